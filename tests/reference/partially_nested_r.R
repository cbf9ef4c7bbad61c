# Makes partially_nested_r.json: Rscript partially_nested_r.R > partially_nested_r.json
# Debian 12: r-base-core r-cran-nlme r-cran-jsonlite. Scores come from formulas.
suppressMessages({library(nlme); library(jsonlite)})
people <- function(sizes, alone, between, within, other, seed) {
  group <- c(rep(seq_along(sizes), sizes), length(sizes) + seq_len(alone)); i <- seq_along(group)
  arm <- as.numeric(group <= length(sizes))
  pre <- round(40 + 6 * sin(1.7 * i + seed), 1)
  noise <- sin(12.9898 * i + 78.233 * seed) * 43758.5453; noise <- (noise - floor(noise) - 0.5) * 3.46
  post <- round(0.6 * pre + 17 + 2 * arm + arm * between * sin(5 * group + seed) + ifelse(arm == 1, within, other) * noise, 2)
  data.frame(group = group, arm = arm, pre = pre, post = post)
}
tight <- lmeControl(maxIter = 1000, msMaxIter = 1000, tolerance = 1e-12, msTol = 1e-14, opt = "optim", reltol = 1e-14)
one <- function(...) {
  d <- people(...)
  fit <- function(f) {
    # One level of `unit` for everybody who stands alone would share an effect; the design column arm switches it off.
    m <- lme(f, random = list(group = pdDiag(~ 0 + arm)), weights = varIdent(form = ~ 1 | factor(arm)), data = d, method = "REML", control = tight)
    ratio <- coef(m$modelStruct$varStruct, unconstrained = FALSE, allCoef = TRUE)
    list(estimate = fixef(m)[["arm"]], std_error = sqrt(vcov(m)["arm", "arm"]), log_likelihood = as.numeric(logLik(m)),
         group = as.numeric(VarCorr(m)["arm", "Variance"]), residual_1 = (m$sigma * ratio[["1"]])^2, residual_0 = (m$sigma * ratio[["0"]])^2)
  }
  list(data = as.list(d), ancova = fit(post ~ pre + arm), level = fit(post ~ arm))
}
out <- list(R = R.version.string, versions = list(nlme = as.character(packageVersion("nlme"))),
  calls = "lme(post ~ pre + arm, random = list(group = pdDiag(~ 0 + arm)), weights = varIdent(form = ~ 1 | factor(arm)), method = 'REML')",
  cases = list(plain = one(c(8, 7, 9, 6), 25, 2, 3, 4, 1), wide_groups = one(c(6, 10, 8), 30, 4, 2, 2.5, 2), many = one(c(7, 8, 9, 6, 8, 7, 8), 40, 1.5, 3, 2, 3),
               equal = one(c(8, 8, 8, 8), 32, 2.5, 3, 3, 4)))
cat(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE), "\n")
