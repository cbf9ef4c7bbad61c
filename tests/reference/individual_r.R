# Makes individual_r.json: Rscript individual_r.R > individual_r.json
# Debian 12: r-base-core r-cran-jsonlite. Base R only: prop.test() without correction gives Wilson's interval.
wilson <- function(x, n, level) {
  ci <- suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE))$conf.int
  list(count = x, n = n, level = level, low = ci[1], high = ci[2])
}
before <- c(38, 41, 45, 52, 47, 39, 55, 43, 50, 36, 48, 44)
after <- c(47, 40, 58, 49, 48, 52, 54, 44, 61, 50, 33, 45)
reliability <- 0.81
m <- mean(before); s <- sd(before); s2 <- sd(after)
out <- list(
  versions = list(R = R.version.string),
  wilson = c(lapply(list(c(0, 7), c(1, 9), c(3, 31), c(7, 31), c(23, 23), c(12, 40)), function(x) wilson(x[1], x[2], 0.95)),
             list(wilson(5, 18, 0.9))),
  data = list(before = before, after = after, reliability = reliability),
  jacobson_truax = list(call = "(after - before) / (sqrt(2) * sd(before) * sqrt(1 - r))",
                        index = (after - before) / (sqrt(2) * s * sqrt(1 - reliability))),
  both_waves = list(call = "(after - before) / sqrt((sd(before)^2 + sd(after)^2) * (1 - r))",
                    index = (after - before) / sqrt((s^2 + s2^2) * (1 - reliability))),
  gulliksen_lord_novick = list(call = "residuals from the line through the mean with slope r, over sd(before) * sqrt(1 - r^2)",
                               index = (after - (m + reliability * (before - m))) / (s * sqrt(1 - reliability^2)))
)
cat(jsonlite::toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE), "\n")
