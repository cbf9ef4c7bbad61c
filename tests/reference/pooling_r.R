# Makes pooling_r.json: Rscript pooling_r.R > pooling_r.json
# Debian 12: r-base-core r-cran-metafor r-cran-metadat r-cran-jsonlite
suppressMessages({library(metafor); library(metadat)})
bcg <- escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
normand <- escalc("MD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.normand1999)
sets <- list(
  bcg = list(y = as.numeric(bcg$yi), v = as.numeric(bcg$vi)),
  normand1999 = list(y = as.numeric(normand$yi), v = as.numeric(normand$vi)),
  konstantopoulos2011 = list(y = as.numeric(dat.konstantopoulos2011$yi), v = as.numeric(dat.konstantopoulos2011$vi)),
  two_alike = list(y = c(2.1, 2.3), v = c(1.2, 0.9)^2),
  two_apart = list(y = c(-1.0, 6.5), v = c(1.2, 0.9)^2),
  three = list(y = c(4.9, 1.2, 3.3), v = c(1.4, 0.8, 1.1)^2),
  four_alike = list(y = c(3.0, 3.1, 2.9, 3.05), v = c(1.1, 1.6, 0.9, 1.3)^2),
  six_unequal = list(y = c(-0.2, 7.5, 1.1, 2.4, 0.3, 2.2), v = c(0.2, 3.5, 0.9, 1.5, 0.25, 1.0)^2)
)
fit <- function(set, test, level) {
  m <- rma(yi = set$y, vi = set$v, method = "REML", test = test, level = level,
           control = list(threshold = 1e-14, maxiter = 10000, stepadj = 0.5))
  p <- predict(m)
  c(list(estimate = as.numeric(m$beta), std_error = m$se, statistic = m$zval, p_value = m$pval, conf_low = m$ci.lb,
         conf_high = m$ci.ub, tau_squared = m$tau2, q = m$QE, q_p = m$QEp, i_squared = m$I2 / 100,
         predict_low = p$pi.lb, predict_high = p$pi.ub))
}
profile <- function(set, level) {
  m <- rma(yi = set$y, vi = set$v, method = "REML", control = list(threshold = 1e-14, maxiter = 10000, stepadj = 0.5))
  ci <- confint(m, level = level, control = list(tol = 1e-12, tau2.max = 1e6))$random
  list(tau_squared_low = ci["tau^2", "ci.lb"], tau_squared_high = ci["tau^2", "ci.ub"],
       i_squared_low = ci["I^2(%)", "ci.lb"] / 100, i_squared_high = ci["I^2(%)", "ci.ub"] / 100)
}
out <- list(
  versions = list(R = R.version.string, metafor = as.character(packageVersion("metafor")),
                  metadat = as.character(packageVersion("metadat"))),
  call = "rma(yi, vi, method = 'REML', test = 'knha' or 'adhoc', level), predict(), confint()",
  cases = do.call(c, lapply(names(sets), function(name) lapply(c(95, 90), function(level) list(
    name = name, level = level / 100, y = sets[[name]]$y, v = sets[[name]]$v,
    knha = fit(sets[[name]], "knha", level), adhoc = fit(sets[[name]], "adhoc", level),
    profile = profile(sets[[name]], level)))))
)
cat(jsonlite::toJSON(out, auto_unbox = TRUE, digits = NA, pretty = FALSE), "\n")
