# Makes arms_r.json: Rscript arms_r.R > arms_r.json
# Debian 12: r-base-core r-cran-clubsandwich r-cran-emmeans r-cran-lme4 r-cran-lmertest r-cran-pbkrtest r-cran-jsonlite
# Scores come from formulas; nothing is needed beside it.
suppressMessages({library(clubSandwich); library(emmeans); library(lmerTest); library(pbkrtest); library(jsonlite)})

people <- function(sizes, arms, seed) {
  group <- rep(seq_along(sizes), sizes); i <- seq_along(group)
  pre <- round(40 + 6 * sin(1.7 * i + seed) + 2 * cos(3 * group), 1)
  post <- round(0.6 * pre + 17 + 2 * arms[group] + 4 * cos(2.3 * i + seed) + 2 * sin(5 * group + seed), 1)
  data.frame(person = i, group = group, arm = arms[group], site = as.numeric(group > length(sizes) / 2), pre = pre, post = post)
}
row_of <- function(test, ci, term) {
  row <- which(rownames(test) == term)
  list(estimate = test$beta[row], std_error = test$SE[row], df = ci$df[row], p = test$p_Satt[row],
       low = ci$CI_L[row], high = ci$CI_U[row])
}
linear <- function(fit, C, cluster) {
  x <- linear_contrast(fit, vcov = "CR2", cluster = cluster, contrasts = C, test = "Satterthwaite", p_values = TRUE)
  list(estimate = x$Est, std_error = x$SE, df = x$df, low = x$CI_L, high = x$CI_U)
}
one <- function(sizes, arms, seed) {
  d <- people(sizes, arms, seed)
  d$a <- factor(d$arm); k <- nlevels(d$a)
  fit <- lm(post ~ pre + a, d)
  wald <- Wald_test(fit, constraints = constrain_zero(2 + seq_len(k - 1)), vcov = "CR2", cluster = d$group, test = "HTZ")
  level <- lm(post ~ a, d)
  wald0 <- Wald_test(level, constraints = constrain_zero(1 + seq_len(k - 1)), vcov = "CR2", cluster = d$group, test = "HTZ")
  C <- cbind(1, mean(d$pre), rbind(0, diag(k - 1)))
  em <- as.data.frame(emmeans(fit, "a", vcov. = as.matrix(vcovCR(fit, d$group, "CR2"))))
  sites <- lm(post ~ pre + a + factor(site), d)
  fixed <- coef_test(sites, "CR2", cluster = d$group, test = "Satterthwaite")
  long <- data.frame(score = c(d$pre, d$post), wave = factor(rep(0:1, each = nrow(d))), arm = rep(d$a, 2),
                     group = rep(d$group, 2), person = rep(d$person, 2))
  control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5), calc.derivs = FALSE, check.conv.singular = "ignore")
  mixed <- suppressMessages(lmer(score ~ arm * wave + (1 | group) + (1 | group:wave) + (1 | person), long, control = control))
  mm <- as.data.frame(emmeans(mixed, ~ arm * wave, lmer.df = "kenward-roger"))
  list(data = as.list(d[, c("person", "group", "arm", "site", "pre", "post")]),
    htz_ancova = list(f = wald$Fstat, df_num = wald$df_num, df_denom = wald$df_denom, p = wald$p_val),
    htz_level = list(f = wald0$Fstat, df_num = wald0$df_num, df_denom = wald0$df_denom, p = wald0$p_val),
    adjusted_means = linear(fit, C, d$group), emmeans = list(mean = em$emmean, se = em$SE),
    by_site = row_of(fixed, conf_int(sites, "CR2", cluster = d$group, test = "Satterthwaite"), "a1"),
    mixed_means = list(arm = mm$arm, wave = mm$wave, mean = mm$emmean, se = mm$SE, df = mm$df, low = mm$lower.CL, high = mm$upper.CL))
}
# One arm in several sites: the mean change given the mix of sites, CR2 within sites.
stratified <- function(sizes, seed) {
  d <- people(sizes, rep(1, length(sizes)), seed)
  fit <- lm(I(post - pre) ~ 0 + factor(site), d)
  share <- as.numeric(table(d$site)) / nrow(d)
  c(list(data = as.list(d[, c("group", "site", "pre", "post")])), linear(fit, matrix(share, 1), d$group))
}
out <- list(R = R.version.string,
  versions = lapply(c(clubSandwich = "clubSandwich", emmeans = "emmeans", lmerTest = "lmerTest", pbkrtest = "pbkrtest"), function(p) as.character(packageVersion(p))),
  calls = c("Wald_test(lm(post ~ pre + arm), constrain_zero(...), vcov = 'CR2', cluster = group, test = 'HTZ')",
            "linear_contrast(lm(post ~ pre + arm), vcov = 'CR2', ...), emmeans(..., vcov. = vcovCR)",
            "emmeans(lmer(score ~ arm * wave + (1 | group) + (1 | group:wave) + (1 | person)), lmer.df = 'kenward-roger')"),
  cases = list(
    three_arms = one(c(8, 7, 9, 6, 8, 7, 9, 8, 6), c(0, 1, 2, 0, 1, 2, 0, 1, 2), 1),
    three_arms_two_groups = one(c(8, 7, 9, 6, 8, 7), c(0, 1, 2, 0, 1, 2), 2),
    four_arms = one(c(5, 6, 8, 7, 6, 9, 7, 8, 6, 7, 8, 9), rep(0:3, 3), 3),
    uneven = one(c(3, 12, 6, 9, 5, 11, 8), c(0, 0, 1, 1, 2, 2, 0), 4),
    two_arms = one(c(8, 7, 9, 6, 8, 7), c(0, 1, 0, 1, 0, 1), 5)),
  stratified = list(stratified(c(8, 7, 9, 6, 8, 7), 1), stratified(c(5, 9, 6, 8), 2)))
cat(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE, na = "null"), "\n")
