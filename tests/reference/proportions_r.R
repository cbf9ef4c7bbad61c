# Makes proportions_r.json: Rscript proportions_r.R > proportions_r.json
# Debian 12: r-base-core r-cran-clubsandwich r-cran-jsonlite. Data come from formulas; nothing is needed beside it.
suppressMessages({library(clubSandwich); library(jsonlite)})

people <- function(sizes, treated, shift, seed) {
  group <- rep(seq_along(sizes), sizes)
  i <- seq_along(group)
  pre <- round(30 + 8 * sin(1.7 * i + seed) + 2 * cos(3 * group), 1)
  latent <- 0.06 * (pre - 30) + 1.1 * sin(2.9 * i + 2 * seed) + 0.5 * cos(5 * group + seed) + shift * treated[group]
  list(group = group, treated = treated[group], pre = pre, before = as.numeric(pre > 31), after = as.numeric(latent > 0.1))
}
rows <- function(fit, term, cluster) {
  test <- coef_test(fit, vcov = "CR2", cluster = cluster, test = "Satterthwaite")
  ci <- conf_int(fit, vcov = "CR2", cluster = cluster, test = "Satterthwaite")
  row <- which(rownames(test) == term)
  list(estimate = test$beta[row], std_error = test$SE[row], statistic = test$tstat[row], df = ci$df[row],
       p = test$p_Satt[row], low = ci$CI_L[row], high = ci$CI_U[row])
}
tight <- glm.control(epsilon = 1e-14, maxit = 100)
one <- function(sizes, treated, shift, seed) {
  d <- people(sizes, treated, shift, seed)
  twice <- data.frame(side = c(d$before, d$after), wave = rep(0:1, each = length(d$group)), group = rep(d$group, 2))
  out <- list(data = d,
    share_change = rows(lm(I(after - before) ~ 1, d), "(Intercept)", d$group),
    logistic_change = rows(glm(side ~ wave, binomial, twice, control = tight), "wave", twice$group))
  if (length(unique(treated)) > 1) out <- c(out, list(
    share_difference = rows(lm(after ~ pre + treated, d), "treated", d$group),
    logistic_difference = rows(glm(after ~ pre + treated, binomial, d, control = tight), "treated", d$group),
    share_level = rows(lm(after ~ treated, d), "treated", d$group),
    logistic_level = rows(glm(after ~ treated, binomial, d, control = tight), "treated", d$group)))
  out
}
mcnemar <- function(came, left) {
  test <- binom.test(came, came + left)
  list(came = came, left = left, p = test$p.value, low = test$conf.int[1] / (1 - test$conf.int[1]),
       high = if (left > 0) test$conf.int[2] / (1 - test$conf.int[2]) else NULL)
}
wilson <- function(x, n) {
  ci <- prop.test(x, n, correct = FALSE)$conf.int
  list(count = x, n = n, low = ci[1], high = ci[2])
}
fisher <- function(a, b, c, d) list(table = c(a, b, c, d), p = fisher.test(matrix(c(a, b, c, d), 2, byrow = TRUE))$p.value)
out <- list(
  R = R.version.string, versions = list(clubSandwich = as.character(packageVersion("clubSandwich"))),
  calls = c("coef_test(glm(after ~ pre + treated, binomial), vcov = 'CR2', cluster = group, test = 'Satterthwaite')",
            "coef_test(lm(...), the same)", "binom.test", "prop.test(correct = FALSE)", "fisher.test"),
  cases = list(
    six_groups = one(c(8, 7, 9, 6, 8, 7), c(1, 0, 1, 0, 1, 0), 0.6, 1),
    four_groups = one(c(10, 8, 9, 7), c(1, 0, 1, 0), 0.2, 2),
    uneven = one(c(3, 12, 6, 9, 5, 4, 11), c(1, 1, 0, 0, 0, 1, 0), -0.4, 3),
    one_to_two = one(c(7, 8, 9, 6, 8, 7, 10, 6, 9), c(1, 1, 1, rep(0, 6)), 0.5, 4),
    one_arm = one(c(7, 9, 8), c(1, 1, 1), 0.4, 5)),
  mcnemar = list(mcnemar(9, 3), mcnemar(1, 8), mcnemar(5, 0), mcnemar(14, 13)),
  wilson = list(wilson(3, 17), wilson(0, 9), wilson(81, 263), wilson(12, 12)),
  fisher = list(fisher(3, 1, 1, 3), fisher(5, 65, 63, 77), fisher(0, 9, 4, 6), fisher(12, 5, 9, 9)))
cat(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE), "\n")
