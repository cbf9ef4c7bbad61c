# Further reference numbers: Rscript further_r.R > further_r.json
# Debian 12: r-base-core r-cran-clubsandwich r-cran-effectsize r-cran-exactranktests r-cran-jsonlite
# Each case holds its call, the data it was made with and the numbers; the scores come from formulas, so no file is
# needed beside it. Where R has no function, the call is the formula written out, with n x n matrices and loops.
suppressMessages({library(clubSandwich); library(effectsize); library(exactRankTests)})
quiet <- suppressWarnings
cases <- list()
add <- function(kind, call, data, values, ...) cases[[length(cases) + 1]] <<- list(kind = kind, call = call, data = data, settings = list(...), values = values)

# --- people before and after ------------------------------------------------------------------------
i <- function(n) seq_len(n)
pairs <- list(
  six = list(pre = c(31.5, 28, 40, 36.5, 22, 33), post = c(35.2, 31.5, 39, 44, 27.5, 33.4)),
  eleven = list(pre = round(40 + 8 * sin(7 * i(11)), 2), post = round(42.3 + 7 * sin(7 * i(11) + .5) + i(11) / 7, 3)),
  forty = list(pre = round(50 + 10 * sin(3 * i(40)), 3), post = round(51 + 10 * sin(3 * i(40) + .4) + 2 * cos(11 * i(40)), 5)),
  steps = list(pre = c(2, 3, 4, 1, 5, 3, 3, 2, 4, 4, 1, 2, 3, 5), post = c(3, 3, 5, 1, 4, 4, 5, 2, 5, 4, 3, 4, 2, 5)),
  far = list(pre = 1e6 + c(1, 4, 2, 8, 5, 7), post = 1e6 + c(2, 6, 5, 9, 3, 11))
)
# Bounds of the noncentrality by root finding on R's own noncentral t; effectsize stops at five digits. R warns of its
# precision at the far ends of the search, not at the root.
bound <- function(t, df, share) quiet(uniroot(function(d) pt(t, df, d) - share, t + c(-30, 30), tol = 1e-13, maxiter = 5000)$root)
J <- function(df) 1 - 3 / (4 * df - 1)
for (name in names(pairs)) {
  d <- pairs[[name]]; change <- d$post - d$pre; n <- length(change)
  for (level in c(.95, .9)) {
    t <- t.test(d$post, d$pre, paired = TRUE, conf.level = level)
    tail <- (1 - level) / 2
    low <- bound(t$statistic, n - 1, 1 - tail); high <- bound(t$statistic, n - 1, tail)
    add("paired_t", "t.test(post, pre, paired = TRUE, conf.level = level); effect: cohens_d(post, pre, paired = TRUE) * J, bounds by uniroot on pt(t, df, ncp)",
      d, list(estimate = unname(t$estimate), std_error = t$stderr, df = unname(t$parameter), statistic = unname(t$statistic),
        p_value = t$p.value, conf_low = t$conf.int[1], conf_high = t$conf.int[2],
        effect = cohens_d(d$post, d$pre, paired = TRUE)[[1]] * J(n - 1), effect_low = low / sqrt(n) * J(n - 1),
        effect_high = high / sqrt(n) * J(n - 1)), level = level)
  }
  s <- sqrt((var(d$pre) + var(d$post)) / 2); half <- qt(.975, n - 1) * sd(change) / sqrt(n)
  add("d_av", "mean(post - pre) / sqrt((var(pre) + var(post)) / 2) * (1 - 3 / (4 * (n - 1) - 1)), interval of t.test over the same", d,
    list(value = mean(change) / s * J(n - 1), low = (mean(change) - half) / s * J(n - 1), high = (mean(change) + half) / s * J(n - 1)))
  for (margin in c(1, 3, 6)) add("equivalence", "max(t.test(change, mu = -margin, alternative = 'greater')$p.value, t.test(change, mu = margin, alternative = 'less')$p.value)",
    d, list(p_value = max(t.test(change, mu = -margin, alternative = "greater")$p.value, t.test(change, mu = margin, alternative = "less")$p.value)), margin = margin)
  nonzero <- change[change != 0]; walsh <- outer(nonzero, nonzero, "+")[upper.tri(diag(length(nonzero)), TRUE)] / 2
  exact <- wilcox.exact(d$post, d$pre, paired = TRUE); normal <- quiet(wilcox.test(d$post, d$pre, paired = TRUE, exact = FALSE))
  add("wilcoxon", "wilcox.exact(post, pre, paired = TRUE); median of the Walsh averages of the non-zero changes; rank_biserial(post, pre, paired = TRUE)", d,
    list(statistic = unname(exact$statistic), p_value = exact$p.value, estimate = median(walsh),
      effect = rank_biserial(d$post, d$pre, paired = TRUE)[[1]]), exact = TRUE)
  add("wilcoxon", "wilcox.test(post, pre, paired = TRUE, exact = FALSE)", d,
    list(statistic = unname(normal$statistic), p_value = normal$p.value), exact = FALSE)
}
for (name in c("six", "eleven", "forty")) for (level in c(.9, .95)) {  # no ties: R's own exact interval
  d <- pairs[[name]]
  w <- wilcox.test(d$post, d$pre, paired = TRUE, conf.int = TRUE, exact = TRUE, conf.level = level)
  add("wilcoxon", "wilcox.test(post, pre, paired = TRUE, conf.int = TRUE, exact = TRUE, conf.level = level)", d,
    list(statistic = unname(w$statistic), p_value = w$p.value, estimate = unname(w$estimate), conf_low = w$conf.int[1], conf_high = w$conf.int[2]),
    exact = TRUE, level = level)
}

# --- two arms of people -----------------------------------------------------------------------------
arms <- list(
  small = list(first = c(3.1, 4.7, 2.2, 6.9, 5.0), second = c(1.4, 3.6, 0.2, 2.9)),
  uneven = list(first = round(5 * sin(5 * i(9)) + 2, 3), second = round(4 * cos(9 * i(23)), 3)),
  tied = list(first = c(1, 2, 2, 3, 4, 4, 5, 0, 2), second = c(0, 1, 1, 2, 2, 3, 0, 4))
)
for (name in names(arms)) {
  d <- arms[[name]]; x <- d$first; y <- d$second
  student <- t.test(x, y, var.equal = TRUE); welch <- t.test(x, y); df <- length(x) + length(y) - 2
  root <- sqrt(1 / length(x) + 1 / length(y))
  add("change_t", "t.test(first, second, var.equal = TRUE); effect: cohens_d(first, second) * J, bounds by uniroot on pt(t, df, ncp)", d,
    list(estimate = mean(x) - mean(y), std_error = student$stderr, df = unname(student$parameter), statistic = unname(student$statistic),
      p_value = student$p.value, conf_low = student$conf.int[1], conf_high = student$conf.int[2],
      effect = cohens_d(x, y)[[1]] * J(df), effect_low = bound(student$statistic, df, .975) * root * J(df),
      effect_high = bound(student$statistic, df, .025) * root * J(df)))
  add("change_welch", "t.test(first, second)", d, list(std_error = welch$stderr, df = unname(welch$parameter),
      statistic = unname(welch$statistic), p_value = welch$p.value, conf_low = welch$conf.int[1], conf_high = welch$conf.int[2]))
  exact <- wilcox.exact(x, y); normal <- quiet(wilcox.test(x, y, exact = FALSE))
  # Two-sided p: twice the smaller tail, as base R; wilcox.exact counts what lies as far from the mean as the observed
  # rank sum. The two are one where the distribution is symmetric, which ties in unequal arms undo.
  ranks <- rank(c(x, y)); all <- combn(length(ranks), length(x), function(at) sum(ranks[at])); seen <- sum(ranks[i(length(x))])
  add("mann_whitney", "all <- combn of the ranks; 2 * min(mean(all <= seen), mean(all >= seen)); median(outer(first, second, '-')); cliffs_delta(first, second)", d,
    list(statistic = unname(exact$statistic), p_value = min(1, 2 * min(mean(all <= seen), mean(all >= seen))),
      estimate = median(outer(x, y, "-")), effect = cliffs_delta(x, y)[[1]]), exact = TRUE)
  add("by_distance", "wilcox.exact(first, second)$p.value", d, list(p_value = exact$p.value))
  add("mann_whitney", "wilcox.test(first, second, exact = FALSE)", d,
    list(statistic = unname(normal$statistic), p_value = normal$p.value), exact = FALSE)
  add("superiority", "(sum(outer(first, second, '>')) + sum(outer(first, second, '==')) / 2) / (n1 * n2)", d,
    list(value = (sum(outer(x, y, ">")) + sum(outer(x, y, "==")) / 2) / (length(x) * length(y))))
}
for (name in c("small", "uneven")) {
  d <- arms[[name]]; w <- wilcox.test(d$first, d$second, conf.int = TRUE, exact = TRUE)
  add("mann_whitney", "wilcox.test(first, second, conf.int = TRUE, exact = TRUE)", d, list(statistic = unname(w$statistic),
    p_value = w$p.value, estimate = unname(w$estimate), conf_low = w$conf.int[1], conf_high = w$conf.int[2]), exact = TRUE)
}

# --- groups -----------------------------------------------------------------------------------------
grouped <- function(sizes, treated, scale = 6, together = 3) {
  group <- rep(seq_along(sizes), sizes); n <- length(group)
  pre <- round(40 + scale * sin(7 * i(n)), 1)
  list(group = group, treated = as.numeric(group %in% treated), pre = pre,
    post = round(.6 * pre + 18 + 2 * (group %in% treated) + together * sin(5 * group) + scale * cos(13 * i(n)), 1))
}
sets <- list(four = grouped(c(6, 8, 7, 9), 1:2), seven = grouped(c(3, 5, 4, 6, 2, 7, 5), c(1, 4, 6)),
  twelve = grouped(c(2, 3, 9, 4, 5, 6, 6, 7, 8, 2, 3, 10), c(2, 3, 5, 7, 11, 12), 3, 5))
for (name in names(sets)) {
  d <- sets[[name]]; d$dose <- round(5 + 3 * sin(3 * i(length(d$pre)))); d <- lapply(d, as.numeric)
  models <- list(change_cr2 = list("post - pre ~ 1", lm(I(post - pre) ~ 1, d), 1), ancova_cr2 = list("post ~ pre + treated", lm(post ~ pre + treated, d), 3),
    change_difference_cr2 = list("post - pre ~ treated", lm(I(post - pre) ~ treated, d), 2), level_cr2 = list("post ~ treated", lm(post ~ treated, d), 2),
    slope_cr2 = list("post ~ pre + dose", lm(post ~ pre + dose, d), 3))
  for (kind in names(models)) {
    m <- models[[kind]]
    t <- coef_test(m[[2]], vcov = "CR2", cluster = d$group, test = "Satterthwaite")[m[[3]], ]
    ci <- conf_int(m[[2]], vcov = "CR2", cluster = d$group, test = "Satterthwaite")[m[[3]], ]
    add(kind, paste0("coef_test(lm(", m[[1]], "), vcov = 'CR2', cluster = group, test = 'Satterthwaite'), conf_int()"), d,
      list(estimate = t$beta, std_error = t$SE, df = t$df_Satt, statistic = t$tstat, p_value = t$p_Satt, conf_low = ci$CI_L, conf_high = ci$CI_U))
  }
  # Bell-McCaffrey df under a working correlation (Imbens and Kolesar 2016), with n x n matrices
  X <- cbind(1, d$pre, d$treated); n <- nrow(X); H <- X %*% solve(crossprod(X), t(X)); M <- diag(n) - H
  rows <- lapply(unique(d$group), function(g) {
    at <- which(d$group == g); e <- eigen(diag(length(at)) - H[at, at], TRUE)
    A <- e$vectors %*% diag(1 / sqrt(e$values)) %*% t(e$vectors)
    as.vector(M[, at] %*% A %*% X[at, , drop = FALSE] %*% solve(crossprod(X))[, 3])
  })
  G <- do.call(cbind, rows)
  for (icc in c(0, .1, .3)) {
    omega <- icc * outer(d$group, d$group, "==") + (1 - icc) * diag(n); B <- t(G) %*% omega %*% G
    add("working_icc", "df = tr(G' Omega G)^2 / tr((G' Omega G)^2), columns of G (I - H)_g (I - H_gg)^(-1/2) X_g (X'X)^-1 c", d,
      list(df = sum(diag(B))^2 / sum(B^2)), icc = icc)
  }
  means <- tapply(d$post - d$pre, d$group, mean); arm <- tapply(d$treated, d$group, mean)
  t1 <- t.test(means); t2 <- t.test(means[arm == 1], means[arm == 0], var.equal = TRUE)
  add("group_means_change", "t.test(tapply(post - pre, group, mean))", d, list(estimate = unname(t1$estimate), std_error = t1$stderr,
    df = unname(t1$parameter), statistic = unname(t1$statistic), p_value = t1$p.value, conf_low = t1$conf.int[1], conf_high = t1$conf.int[2]))
  add("group_means_difference", "t.test(means of treated groups, means of others, var.equal = TRUE)", d, list(
    estimate = unname(t2$estimate[1] - t2$estimate[2]), std_error = t2$stderr, df = unname(t2$parameter),
    statistic = unname(t2$statistic), p_value = t2$p.value, conf_low = t2$conf.int[1], conf_high = t2$conf.int[2]))
  k <- sum(arm); all <- combn(length(means), k, function(at) mean(means[at]) - mean(means[-at])); seen <- mean(means[arm == 1]) - mean(means[arm == 0])
  add("permutation", "mean(abs(combn(groups, k, difference)) >= abs(observed) - 1e-9)", d, list(estimate = seen, p_value = mean(abs(all) >= abs(seen) - 1e-9)))
  signs <- as.matrix(expand.grid(rep(list(c(-1, 1)), length(means)))); flipped <- as.vector(signs %*% means) / length(means)
  add("sign_flip", "mean(abs(all 2^G sign patterns %*% means) >= abs(sum(means)) - 1e-9)", d,
    list(estimate = mean(means), p_value = mean(abs(flipped) >= abs(mean(means)) - 1e-9)))
  a <- anova(aov(post ~ factor(group), d)); m <- table(d$group); m0 <- (sum(m) - sum(m^2) / sum(m)) / (length(m) - 1)
  icc <- function(f) (f - 1) / (f - 1 + m0)
  add("icc", "f <- anova(aov(post ~ factor(group)))$F; m0 <- (sum(m) - sum(m^2) / sum(m)) / (G - 1); (f - 1) / (f - 1 + m0), bounds at f / qf(c(.975, .025), G - 1, N - G)", d,
    list(icc = icc(a$F[1]), icc_low = icc(a$F[1] / qf(.975, a$Df[1], a$Df[2])), icc_high = icc(a$F[1] / qf(.025, a$Df[1], a$Df[2]))))
}

# --- planning ---------------------------------------------------------------------------------------
for (n in c(4, 8, 20)) for (delta in c(.2, .7, 1.5))
  add("power", "power.t.test(n = n, delta = delta, sd = 1, type = 'one.sample', strict = TRUE)$power", list(),
    list(power = power.t.test(n = n, delta = delta, sd = 1, type = "one.sample", strict = TRUE)$power), n = n, delta = delta)
for (n in c(5, 12)) add("detectable", "power.t.test(n = n, power = .8, sd = 1, type = 'one.sample', strict = TRUE, tol = 1e-12)$delta", list(),
  list(detectable = power.t.test(n = n, power = .8, sd = 1, type = "one.sample", strict = TRUE, tol = 1e-12)$delta), n = n)

versions <- sapply(c("clubSandwich", "effectsize", "exactRankTests"), function(p) as.character(packageVersion(p)))
cat(jsonlite::toJSON(list(R = R.version.string, versions = as.list(versions), cases = cases), auto_unbox = TRUE, digits = NA), "\n")
