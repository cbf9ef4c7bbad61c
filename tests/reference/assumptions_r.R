# Makes assumptions_r.json: Rscript assumptions_r.R > assumptions_r.json
# Debian 12: r-base-core r-cran-jsonlite r-cran-lme4 r-cran-nlme; clubSandwich from CRAN.
suppressMessages({library(lme4); library(nlme); library(clubSandwich)})
pre    <- c(38, 41, 45, 52, 47, 39, 55, 43, 50, 36, 48, 44, 40, 46, 51, 37, 42, 49, 53, 45, 41, 47, 39, 50)
change <- c( 9, -1, 13, -3,  1, 13, -1,  1, 11, 14, -15, 1, 6,  8,  2,  7, -4,  0,  3,  5, 12, -2,  4,  6)
arm    <- c(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
group  <- c(1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5, 6, 6, 6)
# Groups moved apart, so that the variance between them is above zero.
moved  <- change + c(0, 7, -6, 3, -9, 5)[group]
post   <- pre + moved
p <- function(k) (1:k) / (k + 1)
band <- function(q, n) qnorm(.975) * sqrt(q * (1 - q) / n) / dnorm(qnorm(q))
ancova <- lm(post ~ pre + arm)
left <- rstandard(ancova)
share <- p(12)
usual <- function(n, k) { a <- 1 - .95^(1 / n); t <- qt(1 - a / 2, n - k - 1); t * sqrt((n - k) / (n - k - 1 + t^2)) }
slope <- function(x, who) {
  fit <- lm(moved[who] ~ x[who])
  ci <- conf_int(fit, vcov = "CR2", cluster = group[who], level = .95)[2, ]
  list(estimate = ci$beta, low = ci$CI_L, high = ci$CI_U)
}
treated <- arm == 1
spread <- function(y, g, a) {
  d <- data.frame(y, g = factor(g), a = factor(a))
  X <- if (nlevels(d$a) > 1) model.matrix(~ 0 + a, d) else matrix(1, nrow(d), 1)
  fixed_part <- if (nlevels(d$a) > 1) y ~ 0 + a else y ~ 1
  m <- lmer(update(fixed_part, . ~ . + (1 | g)), d, REML = TRUE, control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12)))
  n <- lme(fixed_part, random = ~ 1 | g, data = d, method = "REML", control = lmeControl(tolerance = 1e-12, msTol = 1e-12))
  Z <- model.matrix(~ 0 + g, d)
  # Wald's F from generalised least squares, not from group means.
  within <- sum(resid(lm(y ~ g, d))^2); df2 <- nrow(d) - nlevels(d$g); df1 <- nlevels(d$g) - ncol(X)
  f <- function(rho) { V <- diag(nrow(d)) + rho * Z %*% t(Z); W <- solve(V)
    b <- solve(t(X) %*% W %*% X, t(X) %*% W %*% y); e <- y - X %*% b
    ((t(e) %*% W %*% e) - within) / df1 / (within / df2) }
  limit <- function(q) if (f(0) <= q) 0 else uniroot(function(r) f(r) - q, c(0, 1e4), tol = 1e-13)$root
  ratio <- c(limit(qf(.975, df1, df2)), limit(qf(.025, df1, df2)))
  fixed <- fixef(m); se <- sqrt(diag(as.matrix(vcov(m)))); tau <- as.data.frame(VarCorr(m))$sdcor[1]
  each <- tapply(seq_along(y), g, function(i) sum(X[i[1], ] * fixed))
  half <- qt(.975, df1) * sqrt(tau^2 + se^2)
  list(call = "lmer(y ~ 0 + arm + (1 | group)); ranef(); confidence limits of the ratio by pf on GLS sums of squares",
       sd_between = tau, sd_within = sigma(m), nlme_sd_between = as.numeric(VarCorr(n)[1, 2]), mean = unname(fixed),
       sd_limits = sqrt(ratio * within / df2), predict_low = unname(fixed - half), predict_high = unname(fixed + half),
       shrunken = unname(each + ranef(m)$g[, 1]), group_mean = unname(as.numeric(tapply(y, g, mean))))
}
dealt <- replace(numeric(24), order(change), c(1:6, 6:1, 1:6, 6:1))
out <- list(
  versions = list(R = R.version.string, lme4 = as.character(packageVersion("lme4")), nlme = as.character(packageVersion("nlme")),
                  clubSandwich = as.character(packageVersion("clubSandwich"))),
  data = list(pre = pre, post = post, arm = arm, group = group, change = change, dealt = dealt),
  residuals = list(call = "rstandard(lm(post ~ pre + arm)); quantile(type = 9); qnorm", standardised = unname(left),
                   fitted = unname(fitted(ancova)), expected = qnorm(share), observed = unname(quantile(left, share, type = 9)),
                   half = band(share, length(left)), qqnorm = sort(qqnorm(pre[1:9], plot.it = FALSE)$x)),
  usual = list(call = "Sidak on the t of the externally studentised residual", n = c(6, 24, 60), k = c(1, 3, 3),
               value = c(usual(6, 1), usual(24, 3), usual(60, 3))),
  slopes = list(call = "conf_int(lm(change ~ x), vcov = 'CR2', cluster = group)",
                on_baseline = slope(pre, rep(TRUE, 24)), on_mean = slope((pre + post) / 2, rep(TRUE, 24)),
                arm_on_baseline = slope(pre, treated)),
  spread_two_arms = spread(moved, group, arm),
  spread_one_arm = spread(moved, group, rep(1, 24)),
  spread_at_zero = spread(change, dealt, rep(1, 24))
)
cat(jsonlite::toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE), "\n")
