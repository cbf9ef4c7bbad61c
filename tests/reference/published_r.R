# Makes published_r.json: Rscript published_r.R > published_r.json
# Debian 12: r-base-core r-cran-metafor r-cran-jsonlite
suppressMessages(library(metafor))
# Samples with exactly these means and SDs, so that t.test() sees the printed numbers.
sample_of <- function(n, mean, sd) { z <- scale(seq_len(n) + sin(seq_len(n))); as.numeric(mean + sd * z) }
welch <- function(n1, m1, s1, n2, m2, s2, equal) {
  test <- t.test(sample_of(n1, m1, s1), sample_of(n2, m2, s2), var.equal = equal)
  list(t = unname(test$statistic), df = unname(test$parameter), p = test$p.value)
}
lemogne <- list(125, 0.27, 8.00, 117, -2.36, 11.41)
vaure <- list(155, 1.5, 9.1, 144, -1.8, 10.8)
cheng <- list(70, 20.1, 8.3, 140, 22.6, 8.7)
both <- function(x) list(student = do.call(welch, c(x, TRUE)), welch = do.call(welch, c(x, FALSE)))
smd <- function(x) {
  e <- escalc("SMD", n1i = x[[1]], m1i = x[[2]], sd1i = x[[3]], n2i = x[[4]], m2i = x[[5]], sd2i = x[[6]])
  list(g = as.numeric(e$yi), variance = as.numeric(e$vi))
}
out <- list(
  versions = list(R = R.version.string, metafor = as.character(packageVersion("metafor"))),
  p_of_t = lapply(list(c(-2.662, 34), c(2.898, 17), c(-0.44, 62), c(2.086, 240), c(3.311, 308)),
                  function(x) list(call = "2 * pt(-abs(t), df)", t = x[1], df = x[2], p = 2 * pt(-abs(x[1]), x[2]))),
  p_of_f = lapply(list(c(7.709, 1, 13), c(0.110, 1, 71), c(0.75, 1, 71), c(9.598, 1, 71)),
                  function(x) list(call = "pf(F, df1, df2, lower.tail = FALSE)", f = x[1], df1 = x[2], df2 = x[3],
                                   p = pf(x[1], x[2], x[3], lower.tail = FALSE))),
  from_means = list(call = "t.test on samples with these moments, var.equal = TRUE and FALSE",
                    lemogne = both(lemogne), vaure = both(vaure), cheng = both(cheng)),
  mcnemar = lapply(list(c(3, 0), c(5, 1), c(8, 2), c(4, 4)),
                   function(x) list(call = "binom.test(fell, fell + rose)", fell = x[1], rose = x[2],
                                    p = binom.test(x[1], sum(x))$p.value)),
  smd = list(call = "escalc('SMD')", lemogne = smd(lemogne), vaure = smd(vaure), cheng = smd(cheng))
)
cat(jsonlite::toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE), "\n")
