# Fits what awkward_sets.py has drawn: Rscript awkward_fits.R sets.json > fits.json
# Debian 12: r-base-core r-cran-lme4 r-cran-lmertest r-cran-pbkrtest r-cran-clubsandwich r-cran-numderiv r-cran-jsonlite
#
# lmer stops about 1e-5 short of its optimum in theta, and standard errors feel that in their sixth digit. So every
# fit starts from several places and is taken on by Newton steps on lme4's own deviance function before anything is
# read from it; a variance whose theta is below 1e-4 and may be zero without loss is put at zero. lmerTest takes the
# derivatives behind Satterthwaite's df in steps of 1e-4 of each parameter, which are lost in rounding where theta is
# small (df 3.6 for 4.9 at a theta of .006); the same derivatives are taken here in wider steps.
suppressMessages({library(lmerTest); library(pbkrtest); library(clubSandwich); library(jsonlite)})

wide <- list(d = 0.1, r = 5)

polish <- function(devfun, theta, lower) {
  for (i in which(lower == 0 & abs(theta) < 1e-4)) {
    zero <- theta; zero[i] <- 0
    if (devfun(zero) <= devfun(theta) + 1e-9) theta <- zero
  }
  free <- which(!(lower == 0 & theta == 0))
  if (length(free) == 0) return(theta)
  # numDeriv's steps are relative to the argument, and theta may be small: 1 + change in theta is not.
  inner <- function(x) { all <- theta; all[free] <- theta[free] + x - 1; devfun(all) }
  for (step in 1:8) {
    at <- rep(1, length(free))
    slope <- numDeriv::grad(inner, at, method.args = wide)
    bend <- numDeriv::hessian(inner, at, method.args = wide)
    move <- tryCatch(-solve(bend, slope), error = function(e) NULL)
    if (is.null(move) || any(eigen(bend, TRUE, TRUE)$values <= 0) || max(abs(move)) > 0.05) return(theta)
    theta[free] <- theta[free] + move
    if (max(abs(move)) < 1e-10) break
  }
  theta
}

control <- lmerControl(calc.derivs = FALSE,
  check.conv.singular = "ignore", check.nobs.vs.nRE = "ignore", check.nobs.vs.nlev = "ignore",
  check.nlev.gtr.1 = "ignore", check.scaleX = "ignore", check.rankX = "stop.deficient")

best_fit <- function(formula, data) {
  parts <- suppressMessages(lFormula(formula, data, REML = TRUE, control = control))
  devfun <- do.call(mkLmerDevfun, parts)
  lower <- parts$reTrms$lower
  starts <- list(parts$reTrms$theta, 0.1 * parts$reTrms$theta, ifelse(lower == 0, 3, 0), ifelse(lower == 0, 0.5, -1),
    ifelse(lower == 0, 0.5, 1))
  found <- lapply(starts, function(start)
    minqa::bobyqa(start, devfun, lower = lower, control = list(rhoend = 1e-10, maxfun = 1e5))$par)
  theta <- polish(devfun, found[[which.min(sapply(found, devfun))]], lower)
  value <- devfun(theta)
  fit <- mkMerMod(environment(devfun), list(par = theta, fval = value, conv = 0, message = ""), parts$reTrms, parts$fr)
  # lmerTest makes the deviance function anew from the call, so what the call names must be found anywhere.
  assign("the_data", data, globalenv())
  fit@call <- call("lmer", formula = formula, data = quote(the_data), control = quote(control))
  list(fit = fit, theta = theta, devfun = devfun)
}

with_sharp_derivatives <- function(fit, devfun) {
  best <- c(getME(fit, "theta"), sigma(fit)); scale <- c(rep(1, length(best) - 1), sigma(fit))
  at <- function(u) best + (u - 1) * scale
  ones <- rep(1, length(best)); p <- length(fixef(fit))
  bend <- numDeriv::hessian(function(u) lmerTest:::devfun_vp(at(u), devfun, TRUE), ones, method.args = wide)
  parts <- eigen(bend / outer(scale, scale), TRUE); keep <- parts$values > 1e-8
  vectors <- parts$vectors[, keep, drop = FALSE]
  fit@vcov_varpar <- 2 * vectors %*% (t(vectors) / parts$values[keep])
  slopes <- numDeriv::jacobian(function(u) lmerTest:::get_covbeta(at(u), devfun), ones, method.args = wide)
  fit@Jac_list <- lapply(seq_along(best), function(i) matrix(slopes[, i] / scale[i], p, p))
  devfun(getME(fit, "theta"))
  fit
}

columns_of <- function(table) list(estimate = table[, 1], std_error = table[, 2], df = table[, 3], p_value = table[, 5])
joint_of <- function(fit, L, ddf) {
  x <- contestMD(fit, L, ddf = ddf)
  list(statistic = x[["F value"]], df = x[["DenDF"]], p_value = x[["Pr(>F)"]])
}
guard <- function(value) tryCatch(value, error = function(e) list(error = conditionMessage(e)))

one <- function(set) {
  data <- as.data.frame(set$columns)
  got <- suppressWarnings(best_fit(as.formula(set$formula), data))
  fit <- with_sharp_derivatives(suppressWarnings(suppressMessages(as_lmerModLmerTest(got$fit))), got$devfun)
  v <- as.data.frame(VarCorr(fit))
  L <- do.call(rbind, set$joint)
  out <- list(name = set$name, reml = REMLcrit(fit), theta = got$theta, sigma = sigma(fit), names = names(fixef(fit)),
    beta = unname(fixef(fit)), std_error = unname(sqrt(diag(as.matrix(vcov(fit))))),
    variances = v[, c("grp", "var1", "var2", "vcov")],
    satterthwaite = guard(columns_of(coef(summary(fit, ddf = "Satterthwaite")))),
    kenward_roger = guard(columns_of(coef(summary(fit, ddf = "Kenward-Roger")))),
    joint = list(satterthwaite = guard(joint_of(fit, L, "Satterthwaite")),
      kenward_roger = guard(joint_of(fit, L, "Kenward-Roger"))))
  plain <- lm(as.formula(set$fixed), data)
  test <- guard(suppressWarnings(coef_test(plain, vcov = "CR2", cluster = data[[set$cluster]], test = "Satterthwaite")))
  out$cr2 <- if (is.null(test$error)) list(estimate = test$beta, std_error = test$SE, df = test$df_Satt, p_value = test$p_Satt) else test
  out
}

sets <- fromJSON(commandArgs(TRUE)[1], simplifyVector = TRUE, simplifyDataFrame = FALSE, simplifyMatrix = FALSE)
versions <- sapply(c("lme4", "lmerTest", "pbkrtest", "clubSandwich"), function(p) as.character(packageVersion(p)))
cat(toJSON(list(R = R.version.string, versions = as.list(versions), fits = lapply(sets$sets, function(s) guard(one(s)))),
  digits = NA, auto_unbox = TRUE, dataframe = "columns", na = "null"), "\n")
