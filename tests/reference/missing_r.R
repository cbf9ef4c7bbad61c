# Makes missing_r.json: Rscript missing_r.R > missing_r.json
# Debian 12: r-base-core r-cran-jsonlite r-cran-mice.
suppressMessages(library(mice))
scalar <- function(q, u, v) {
  # With k = 1 the complete-data df are n - k.
  p <- pool.scalar(Q = q, U = u, n = v + 1, k = 1)
  list(q = q, u = u, complete_df = v, call = "mice::pool.scalar(Q, U, n = v + 1, k = 1)", qbar = p$qbar, t = p$t,
       df = p$df, fmi = p$fmi, r = p$r)
}
set.seed(1)
pools <- list(
  scalar(c(2.1, 1.7, 2.6, 2.0, 1.4), c(0.81, 0.92, 0.77, 1.02, 0.88), 12),
  scalar(c(-0.31, -0.29, -0.33), c(1.2, 1.3, 1.1), 2.02),
  scalar(rnorm(50, 3, 0.4), rchisq(50, 5) / 5, 5.8),
  scalar(rnorm(20, -12, 5), rchisq(20, 3), 40.5),
  scalar(c(100.2, 100.9), c(4.4, 4.1), 3.3)
)
draws <- function(y, x, label, many = 40000) {
  ry <- !is.na(y)
  set.seed(7)
  made <- replicate(many, as.vector(mice.impute.norm(y, ry, x, ridge = 0)))
  list(label = label, call = "mice.impute.norm(y, ry, x, ridge = 0)", draws = many, mean = rowMeans(made),
       sd = apply(made, 1, sd), correlation = cor(made[1, ], made[2, ]), lost = which(!ry) - 1)
}
pre <- c(41, 52, 47, 39, 55, 44, 50, 36, 48, 43, 58, 40, 46, 51)
post <- c(45, 58, 47, 45, 60, NA, 52, 44, NA, 49, 57, NA, 52, 50)
arm <- c(1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)
later <- c(45, 58, 47, 45, 60, NA, 52, 44, NA, 49, 57, 41, 52, NA)
out <- list(
  versions = list(R = R.version.string, mice = as.character(packageVersion("mice"))),
  pools = pools,
  data = list(pre = pre, arm = arm, post_one_arm = post, post_two_arms = later),
  one_arm = draws(post, matrix(pre, ncol = 1), "one arm: post on pre"),
  two_arms = draws(later, cbind(pre, arm), "two arms: post on pre and arm")
)
cat(jsonlite::toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE, na = "null"), "\n")
