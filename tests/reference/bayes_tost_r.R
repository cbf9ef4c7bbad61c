# Makes bayes_tost_r.json: Rscript bayes_tost_r.R > bayes_tost_r.json
# Debian 12: r-base-core r-cran-bayesfactor r-cran-jsonlite. TOST needs base R only: two one-sided t.test.
suppressMessages({library(BayesFactor); library(jsonlite)})
changes <- list(clear = c(3.1, 2.2, 4.0, 1.5, 2.8), none = c(0.4, -0.6, 0.1, -0.2, 0.5, -0.3), wide = c(9, -4, 3, 12, -7, 5, 1, 2))
arms <- list(
  apart = list(first = c(5.1, 6.0, 4.8, 5.6), second = c(3.9, 3.1, 4.2, 3.6)),
  alike = list(first = c(1.0, -0.5, 0.7), second = c(0.4, 0.1, -0.2, 0.9, 0.3)))
bf <- function(...) exp(ttestBF(..., rscale = 0.707)@bayesFactor$bf)
one <- function(x) list(x = x, t = unname(t.test(x)$statistic), bf = bf(x))
two <- function(a) list(first = a$first, second = a$second, t = unname(t.test(a$first, a$second, var.equal = TRUE)$statistic),
                        bf = bf(a$first, a$second))
tost_one <- function(x, margin) {
  fit <- t.test(x)
  list(estimate = mean(x), std_error = fit$stderr, df = unname(fit$parameter), margin = margin,
    p = max(t.test(x, mu = -margin, alternative = "greater")$p.value, t.test(x, mu = margin, alternative = "less")$p.value))
}
tost_two <- function(a, margin) {
  fit <- t.test(a$first, a$second)
  list(estimate = unname(fit$estimate[1] - fit$estimate[2]), std_error = fit$stderr, df = unname(fit$parameter), margin = margin,
    p = max(t.test(a$first, a$second, mu = -margin, alternative = "greater")$p.value,
            t.test(a$first, a$second, mu = margin, alternative = "less")$p.value))
}
out <- list(R = R.version.string, versions = list(BayesFactor = as.character(packageVersion("BayesFactor"))),
  calls = c("ttestBF(x, rscale = 0.707)", "ttestBF(first, second, rscale = 0.707)", "max of two one-sided t.test p values (Welch for two samples)"),
  one = lapply(changes, one), two = lapply(arms, two),
  tost = list(tost_one(changes$none, 1), tost_one(changes$none, 0.5), tost_one(changes$wide, 3), tost_one(changes$clear, 2),
              tost_two(arms$alike, 1), tost_two(arms$alike, 2), tost_two(arms$apart, 0.5)))
cat(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE), "\n")
