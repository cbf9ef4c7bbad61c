# Reference numbers for test_mixed_oracle.py. Run: Rscript mixed_r.R > mixed_r.json
# Debian bookworm: r-cran-lme4 1.1-31, r-cran-lmertest 3.1-3, r-cran-pbkrtest 0.5.2, r-cran-jsonlite.
# The scores come from a formula, so the file needs no data beside it.
suppressMessages({library(lmerTest); library(pbkrtest); library(jsonlite)})

people <- function(sizes, waves, arms = rep(1, length(sizes)), strength = 2, drift = 1.5) {
  rows <- list(); i <- 0
  for (g in seq_along(sizes)) for (m in seq_len(sizes[g])) {
    i <- i + 1
    for (w in seq_len(waves) - 1) {
      if ((7 * i + 3 * w) %% 11 == 0) next                      # a missed wave
      y <- 30 + 3 * sin(5 * i) + strength * cos(3 * g) + drift * strength * sin(2 * g + 4 * w) +
        1.7 * w + 0.8 * w * arms[g] + 2.5 * sin(17 * i + 29 * w + 1) + 0.5 * w * cos(11 * i)
      rows[[length(rows) + 1]] <- data.frame(person = i, group = g, wave = w, arm = arms[g], score = round(y, 3))
    }
  }
  do.call(rbind, rows)
}

table_of <- function(x) list(estimate = x[, 1], se = x[, 2], df = x[, 3], p = x[, 5])
joint <- function(fit, L, ddf) {
  x <- contestMD(fit, L, ddf = ddf)
  list(f = x[["F value"]], num_df = x[["NumDF"]], den_df = x[["DenDF"]], p = x[["Pr(>F)"]])
}

one <- function(formula, data, L = NULL) {
  control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5), calc.derivs = FALSE,
    check.conv.singular = "ignore")
  fit <- suppressMessages(lmer(formula, data, control = control))
  v <- as.data.frame(VarCorr(fit))
  out <- list(call = paste0("lmer(", deparse1(formula), ")"), data = as.list(data), names = names(fixef(fit)),
    reml = REMLcrit(fit), sigma = sigma(fit), singular = isSingular(fit), variances = v[, c("grp", "var1", "var2", "vcov")],
    satterthwaite = table_of(coef(summary(fit, ddf = "Satterthwaite"))),
    kenward_roger = table_of(coef(summary(fit, ddf = "Kenward-Roger"))),
    adjusted = as.matrix(vcovAdj(fit)))
  if (!is.null(L)) out$joint <- list(L = L, satterthwaite = joint(fit, L, "Satterthwaite"),
    kenward_roger = joint(fit, L, "Kenward-Roger"))
  out
}

three <- rbind(c(0, 0, 1, 0, 0, 0), c(0, 0, 0, 1, 0, 0))
inter <- rbind(c(0, 0, 0, 0, 1, 0), c(0, 0, 0, 0, 0, 1))
full <- score ~ arm * factor(wave) + (1 | group) + (1 | group:wave) + (1 | person)
change <- score ~ wave + (1 | group) + (1 | group:wave) + (1 | person)
controlled <- score ~ wave * arm + (1 | group) + (1 | group:wave) + (1 | person)
arms <- function(first, second) rep(c(1, 0), c(first, second))

cases <- list(
  one_arm = one(change, people(c(6, 7, 8, 9, 5), 2)),
  one_arm_two_groups = one(change, people(c(7, 9), 2)),
  one_arm_singular = one(change, people(c(8, 7, 6, 9), 2, strength = 0.05)),
  two_arms = one(controlled, people(c(6, 8, 7, 9, 6, 7, 8), 2, arms(3, 4))),
  two_arms_two_groups = one(controlled, people(c(8, 7, 6, 9), 2, arms(2, 2), 3)),
  two_arms_singular = one(controlled, people(c(6, 8, 7, 9, 6, 7, 8), 2, arms(4, 3), 0.05)),
  three_waves = one(full, people(c(6, 8, 7, 9, 6, 7), 3, arms(3, 3)), three),
  three_waves_interaction = one(full, people(c(6, 8, 7, 9, 6, 7), 3, arms(3, 3), 1, 2), inter),
  three_waves_two_groups = one(full, people(c(8, 7, 6, 9), 3, arms(2, 2), 3), inter),
  three_waves_one_arm_two_groups = one(score ~ factor(wave) + (1 | group) + (1 | group:wave) + (1 | person),
    people(c(7, 9), 3), rbind(c(0, 1, 0), c(0, 0, 1))),
  slopes = one(score ~ wave + (wave | person) + (1 | group), people(c(6, 7, 8, 9, 5), 4)),
  slopes_by_group = one(score ~ wave + (wave | group) + (1 | person), people(c(6, 7, 8, 9, 5, 6), 4)),
  slopes_independent = one(score ~ wave + (wave || person) + (1 | group:wave), people(c(6, 7, 8, 9, 5), 4))
)
versions <- lapply(c(lme4 = "lme4", lmerTest = "lmerTest", pbkrtest = "pbkrtest"), function(p) as.character(packageVersion(p)))
cat(toJSON(list(R = R.version.string, versions = versions, cases = cases), digits = 15, auto_unbox = TRUE, matrix = "rowmajor", dataframe = "columns"), "\n")
