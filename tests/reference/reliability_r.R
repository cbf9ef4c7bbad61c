# Makes reliability_r.json: Rscript reliability_r.R > reliability_r.json
# Debian 12: r-base-core, r-cran-psych 2.2.9, r-cran-lavaan 0.6-14, r-cran-jsonlite.
# The answers are drawn here (set.seed) and stand in the JSON.
suppressMessages({library(psych); library(lavaan)})

set.seed(20240229)
answers <- function(n, k, strength, codes) {
  items <- outer(rnorm(n), strength) + matrix(rnorm(n * k), n, k)
  matrix(findInterval(items, qnorm(seq(0.15, 0.85, length.out = codes - 1)) * 1.4), n, k)
}
waves <- function(n) {
  i <- seq_len(n)
  cbind(round(30 + 8 * sin(5 * i) + 3 * cos(17 * i), 1), round(31.5 + 8 * sin(5 * i) + 3 * sin(23 * i + 2), 1))
}
sets <- list(six = answers(60, 6, c(1, .8, 1.2, .6, .9, .7), 5), sixteen = answers(90, 16, rep(c(.5, .9, .7, .4), 4), 5),
             three = answers(45, 3, c(1, .8, .9), 7), mixed = answers(200, 5, c(.9, .8, -.6, .7, 1), 4))
named <- function(x) { colnames(x) <- paste0("x", seq_len(ncol(x))); as.data.frame(x) }

omega_rows <- function(x) {
  data <- named(x); R <- cor(x); sd <- apply(x, 2, sd)
  f <- fa(R, 1, fm = "minres", n.obs = nrow(x), control = list(factr = 10))
  lambda <- abs(sum(f$loadings)) / sum(f$loadings) * as.vector(f$loadings) * sd; theta <- (1 - as.vector(f$loadings)^2) * sd^2
  fit <- cfa(paste("f =~", paste(names(data), collapse = " + ")), data, std.lv = TRUE)
  est <- parameterEstimates(fit); l <- est$est[est$op == "=~"]; u <- est$est[est$op == "~~" & est$lhs != "f"]
  list(call = 'f <- fa(cor(x), 1, fm = "minres"); lambda <- f$loadings * sd; theta <- (1 - f$loadings^2) * sd^2; sum(lambda)^2 / (sum(lambda)^2 + sum(theta)); omega(data, nfactors = 1)$omega.tot; the same formula with cfa(f =~ x1 + ..., std.lv = TRUE)',
       omega = sum(lambda)^2 / (sum(lambda)^2 + sum(theta)), loadings = lambda, unique = theta,
       psych_total = omega(data, nfactors = 1, plot = FALSE, flip = FALSE)$omega.tot,
       lavaan_ml = sum(l)^2 / (sum(l)^2 + sum(u)))
}
alpha_rows <- function(x) {
  a <- psych::alpha(named(x), check.keys = FALSE, warnings = FALSE)
  feldt <- alpha.ci(a$total$raw_alpha, n.obs = nrow(x), n.var = ncol(x))
  list(call = "psych::alpha(data, check.keys = FALSE); alpha.ci(raw_alpha, n.obs, n.var)",
       alpha = a$total$raw_alpha, item_rest = unname(a$item.stats$r.drop), if_dropped = unname(a$alpha.drop$raw_alpha),
       low = feldt$lower.ci, high = feldt$upper.ci)
}
icc_rows <- function(x) {
  r <- ICC(x, lmer = FALSE)$results["Single_random_raters", ]
  list(call = 'psych::ICC(data, lmer = FALSE)$results["Single_random_raters", ]', icc = r$ICC, low = r$`lower bound`, high = r$`upper bound`)
}
poly_rows <- function(x) {
  r <- polychoric(x, correct = 0)$rho
  l <- lavCor(named(x), ordered = colnames(named(x)), se = "none", output = "cor")
  k <- ncol(x)
  list(call = "psych::polychoric(data, correct = 0)$rho; lavCor(data, ordered = names(data)); k / (k - 1) * (1 - k / sum(rho))",
       psych = r[lower.tri(r)], lavaan = unclass(l)[lower.tri(l)],
       ordinal_alpha_psych = k / (k - 1) * (1 - k / sum(r)), ordinal_alpha_lavaan = k / (k - 1) * (1 - k / sum(l)))
}
times <- list(twenty = waves(20), fifty = waves(50), swapped = waves(35)[, 2:1])
quiet <- function(x) suppressWarnings(suppressMessages(x))
out <- list(versions = list(R = R.version.string, psych = as.character(packageVersion("psych")), lavaan = as.character(packageVersion("lavaan"))),
            data = sets, times = times, alpha = lapply(sets, function(x) quiet(alpha_rows(x))),
            omega = lapply(sets, function(x) quiet(omega_rows(x))), icc = lapply(times, function(x) quiet(icc_rows(x))),
            polychoric = lapply(sets[c("six", "three", "mixed")], function(x) quiet(poly_rows(x))))
cat(jsonlite::toJSON(out, auto_unbox = TRUE, digits = NA), "\n")
