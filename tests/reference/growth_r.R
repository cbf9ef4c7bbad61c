# Makes growth_r.json: Rscript growth_r.R > growth_r.json
# Debian 12: r-base-core r-cran-lme4 r-cran-lmertest r-cran-pbkrtest r-cran-clubsandwich r-cran-jsonlite
# Scores come from formulas; sleepstudy comes with lme4.
suppressMessages({library(lmerTest); library(pbkrtest); library(clubSandwich); library(jsonlite)})
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5), calc.derivs = FALSE,
  check.conv.singular = "ignore", check.nobs.vs.nRE = "ignore")

people <- function(sizes, arms, months, spread, missing) {
  group <- rep(seq_along(sizes), sizes); i <- seq_along(group)
  slope <- 0.5 + 0.4 * arms[group] + spread * sin(7 * group) + 0.3 * cos(3 * i)
  y <- sapply(seq_along(months), function(w) round(40 + 5 * sin(5 * i) + 1.5 * cos(4 * group) + slope * months[w] + 1.8 * sin(13 * i + 31 * w), 2))
  if (missing) y[cbind(which(i %% 6 == 0), rep(length(months), sum(i %% 6 == 0)))] <- NA
  list(group = group, treated = arms[group], scores = y, months = months)
}
table_row <- function(fit, term) {
  x <- coef(summary(fit, ddf = "Kenward-Roger"))[term, ]
  list(estimate = x[[1]], std_error = x[[2]], df = x[[3]], p = x[[5]])
}
model <- function(d, grouped = TRUE) {
  W <- length(d$months); n <- nrow(d$scores)
  long <- data.frame(score = as.vector(d$scores), months = rep(d$months, each = n), person = rep(seq_len(n), W),
                     group = rep(d$group, W), arm = rep(d$treated, W))
  two <- length(unique(d$treated)) > 1
  fixed <- if (two) "score ~ arm * months" else "score ~ months"
  random <- if (grouped) "+ (months | person) + (months || group)" else "+ (months | person)"
  fit <- suppressWarnings(suppressMessages(lmer(as.formula(paste(fixed, random)), long, control = control)))
  c(table_row(fit, if (two) "arm:months" else "months"), list(reml = REMLcrit(fit), singular = isSingular(fit)))
}
slopes <- function(d) {
  complete <- stats::complete.cases(d$scores)
  s <- apply(d$scores[complete, ], 1, function(y) coef(lm(y ~ d$months))[2]); g <- d$group[complete]; a <- d$treated[complete]
  two <- length(unique(a)) > 1
  fit <- if (two) lm(s ~ a) else lm(s ~ 1)
  test <- coef_test(fit, "CR2", cluster = g, test = "Satterthwaite"); row <- if (two) 2 else 1
  list(estimate = test$beta[row], std_error = test$SE[row], df = conf_int(fit, "CR2", cluster = g)$df[row], p = test$p_Satt[row])
}
one <- function(sizes, arms, months, spread, missing = FALSE) {
  d <- people(sizes, arms, months, spread, missing)
  list(data = d, slopes = slopes(d), model = model(d), alone = model(d, FALSE))
}
sleep <- lmer(Reaction ~ Days + (Days | Subject), sleepstudy, control = control)
wide <- t(sapply(split(sleepstudy, sleepstudy$Subject), function(s) s$Reaction[order(s$Days)]))
out <- list(R = R.version.string,
  versions = lapply(c(lme4 = "lme4", lmerTest = "lmerTest", pbkrtest = "pbkrtest", clubSandwich = "clubSandwich"), function(p) as.character(packageVersion(p))),
  calls = c("lmer(score ~ arm * months + (months | person) + (months || group)), ddf = 'Kenward-Roger'",
            "coef_test(lm(slope ~ arm), 'CR2', cluster = group, test = 'Satterthwaite'), slope = coef(lm(score ~ months))[2] of each person"),
  sleepstudy = list(scores = unname(wide), months = 0:9, model = c(table_row(sleep, "Days"), list(reml = REMLcrit(sleep)))),
  cases = list(
    two_arms = one(c(7, 8, 6, 9, 8, 7), c(1, 0, 1, 0, 1, 0), c(0, 3, 6), 0.2),
    two_arms_missing = one(c(7, 8, 6, 9, 8, 7), c(1, 0, 1, 0, 1, 0), c(0, 3, 9, 12), 0.2, TRUE),
    one_arm = one(c(8, 7, 9, 6, 8), rep(1, 5), c(0, 2, 6, 12), 0.25),
    uneven = one(c(4, 11, 6, 9, 7, 8, 5, 9), c(1, 1, 0, 0, 0, 1, 0, 1), c(0, 1, 7), 0.15),
    singular = one(c(7, 8, 6, 9, 8, 7), c(1, 0, 1, 0, 1, 0), c(0, 3, 6, 9), 0)))
cat(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE, na = "null"), "\n")
