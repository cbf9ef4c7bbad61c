# Makes ordinal_r.json: Rscript ordinal_r.R > ordinal_r.json
# Debian 12: r-base-core r-cran-ordinal r-cran-lme4 r-cran-numderiv r-cran-jsonlite. Nothing is needed beside it.
# clmm and glmer stop where the likelihood moves by 1e-6, and clmm takes its Hessian from modes found as loosely (its
# errors are off by up to 26 % in a model with two random intercepts). So each is asked for its own likelihood with
# the mode found to the last digit, and Newton steps on that are taken until nothing moves.
suppressMessages({library(ordinal); library(lme4); library(jsonlite); library(numDeriv)})

peak <- function(nll, par) {
  for (step in 1:6) par <- par - solve(hessian(nll, par), grad(nll, par))
  list(par = par, se = sqrt(diag(solve(hessian(nll, par)))), logLik = -nll(par))
}
exact_mode <- function(rho) { rho$ctrl$gradTol <- 1e-10; rho$ctrl$maxIter <- 100; rho$ctrl$innerCtrl <- "noWarn"; rho }
laplace <- function(formula, d) {  # two factors: parameters end with standard deviations
  start <- clmm(formula, d)
  rho <- exact_mode(clmm(formula, d, doFit = FALSE))
  peak(function(p) ordinal:::getNLA(rho, p), unname(c(start$alpha, start$beta, unlist(start$ST))))
}
one_factor <- function(formula, d, nodes) {  # parameters end with the logarithm of the standard deviation
  start <- clmm(formula, d, nAGQ = nodes)
  rho <- exact_mode(clmm(formula, d, nAGQ = nodes, doFit = FALSE))
  nll <- if (nodes > 1) ordinal:::getNAGQ.ssr else ordinal:::getNLA.ssr
  c(peak(function(p) nll(rho, p), unname(c(start$alpha, start$beta, log(unlist(start$ST))))), list(nodes = nodes))
}
answers <- function(groups, members, shift, seed, cuts) {
  group <- rep(seq_len(2 * groups), each = members); i <- seq_along(group)
  arm <- as.numeric(group <= groups)
  pre <- 1 + (7 * i + seed) %% 5
  latent <- 0.5 * pre + 1.6 * sin(2.3 * i + seed) + 1.6 * cos(4 * group + seed) + shift * arm
  data.frame(group = group, arm = arm, pre = pre, post = findInterval(latent, cuts) + 1)
}
designs <- list(
  four_groups = list(d = answers(4, 8, 0.8, 1, c(0.5, 1.5, 2.5)), f = ~ pre + arm, spread = TRUE),
  five_answers = list(d = answers(6, 7, 0.4, 2, c(0, 1, 2, 3)), f = ~ arm, spread = TRUE),
  no_spread = list(d = answers(3, 9, -0.5, 5, c(1, 2)), f = ~ pre + arm, spread = FALSE))
cases <- lapply(designs, function(x) {
  d <- x$d; d$y <- factor(d$post); d$group <- factor(d$group)
  alone <- clm(update(x$f, y ~ .), data = d, control = clm.control(gradTol = 1e-12))
  out <- list(data = x$d, terms = attr(terms(x$f), "term.labels"),
    alone = list(par = unname(coef(alone)), se = unname(sqrt(diag(vcov(alone)))), logLik = as.numeric(logLik(alone))))
  if (x$spread) out$fits <- lapply(c(1, 10), function(nodes) one_factor(update(x$f, y ~ . + (1 | group)), d, nodes))
  out
})
# Two crossed factors: every person at two moments, persons within groups.
d <- answers(5, 6, 0.7, 3, c(0.8, 1.8, 2.8)); d$person <- seq_len(nrow(d))
before <- findInterval(1.8 + 1.5 * sin(1.9 * d$person) + 1.6 * cos(4 * d$group + 3), c(0.8, 1.8, 2.8)) + 1
long <- rbind(cbind(d, time = 0, y = before), cbind(d, time = 1, y = d$post))
both <- long; both$y <- factor(both$y); both$person <- factor(both$person); both$group <- factor(both$group)
nested <- laplace(y ~ time * arm + (1 | person) + (1 | group), both)

# cbpp: Lesnoff et al. 2004, Prev Vet Med 64:67-83, as lme4 holds it.
form <- cbind(incidence, size - incidence) ~ period + (1 | herd)
plain <- glmer(form, cbpp, binomial)
dev <- lme4::updateGlmerDevfun(glmer(form, cbpp, binomial, devFunOnly = TRUE), glFormula(form, cbpp, family = binomial)$reTrms)
environment(dev)$tolPwrss <- 1e-13
binary <- peak(function(p) dev(p) / 2, unname(c(getME(plain, "theta"), fixef(plain))))

cat(toJSON(list(
  call = "ordinal::clmm (own likelihood, Newton), ordinal::clm, lme4::glmer (own deviance, Newton)",
  versions = list(R = R.version.string, ordinal = as.character(packageVersion("ordinal")),
                  lme4 = as.character(packageVersion("lme4"))),
  cases = cases, nested = c(list(data = long), nested), cbpp = c(list(data = cbpp), binary)),
  digits = NA, auto_unbox = TRUE, dataframe = "columns"))
