# Makes small_samples.json: Rscript small_samples.R > small_samples.json
# Debian 12: r-base-core r-cran-clubsandwich r-cran-effectsize r-cran-exactranktests r-cran-psych r-cran-jsonlite
suppressMessages({library(clubSandwich); library(effectsize); library(exactRankTests)})
golden_x <- c(20, 22, 19, 20, 22, 18, 24, 20, 19, 24, 26, 13)
golden_y <- c(38, 37, 33, 29, 14, 12, 20, 22, 17, 25, 26, 16)
# Hollander & Wolfe 1973, p. 29: Hamilton depression factor, the example of ?wilcox.test
depression_x <- c(1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30)
depression_y <- c(0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29)
ties <- c(1, 2, -1, 3, 3, 2, -2, 1, 4, 0, 2, 5, 1, -1, 2)
arm_1 <- c(3, 1, 4, 1, 5, 9, 2, 6, 5, 3)
arm_0 <- c(2, 7, 1, 8, 2, 8, 1, 8)
plain_1 <- c(0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46)
plain_0 <- c(1.15, 0.88, 0.90, 0.74, 1.21)
group <- rep(1:7, c(3, 5, 4, 6, 2, 7, 5))
treated <- as.numeric(group %in% c(1, 4, 6))
n <- length(group)
pre <- round(100 + 10 * sin(seq_len(n) * 1.7) + group, 1)
post <- round(0.6 * pre + 42 + 3 * treated + 6 * cos(seq_len(n) * 2.3) + 2 * sin(group * 5), 1)

test_rows <- function(test) list(statistic = unname(test$statistic), p = test$p.value)
with_shift <- function(test) c(test_rows(test), list(estimate = unname(test$estimate), low = test$conf.int[1], high = test$conf.int[2]))
effect_rows <- function(e) list(value = e[[1]], low = e$CI_low, high = e$CI_high)
cr2_rows <- function(model, term, cluster) {
  test <- coef_test(model, vcov = "CR2", cluster = cluster, test = "Satterthwaite")
  ci <- conf_int(model, vcov = "CR2", cluster = cluster, test = "Satterthwaite")
  row <- which(rownames(test) == term)
  list(estimate = test$beta[row], std_error = test$SE[row], statistic = test$tstat[row],
       df = ci$df[row], p = test$p_Satt[row], low = ci$CI_L[row], high = ci$CI_U[row])
}
call_of <- function(text) list(call = text)
quiet <- suppressWarnings
out <- list(
  versions = list(R = R.version.string, clubSandwich = as.character(packageVersion("clubSandwich")),
                  effectsize = as.character(packageVersion("effectsize")),
                  exactRankTests = as.character(packageVersion("exactRankTests"))),
  data = list(golden_x = golden_x, golden_y = golden_y, depression_x = depression_x, depression_y = depression_y,
              ties = ties, arm_1 = arm_1, arm_0 = arm_0, plain_1 = plain_1, plain_0 = plain_0,
              group = group, treated = treated, pre = pre, post = post),
  signed_rank = list(
    golden_exact = c(call_of("wilcox.exact(golden_x, golden_y, paired = TRUE)"), test_rows(wilcox.exact(golden_x, golden_y, paired = TRUE))),
    golden_normal = c(call_of("wilcox.test(golden_x, golden_y, paired = TRUE)"), test_rows(quiet(wilcox.test(golden_x, golden_y, paired = TRUE)))),
    ties_exact = c(call_of("wilcox.exact(ties)"), test_rows(wilcox.exact(ties))),
    ties_normal = c(call_of("wilcox.test(ties)"), test_rows(quiet(wilcox.test(ties)))),
    depression = c(call_of("wilcox.test(depression_x, depression_y, paired = TRUE, conf.int = TRUE)"),
                   with_shift(wilcox.test(depression_x, depression_y, paired = TRUE, conf.int = TRUE))),
    depression_90 = c(call_of("the same, conf.level = 0.9"),
                      with_shift(wilcox.test(depression_x, depression_y, paired = TRUE, conf.int = TRUE, conf.level = 0.9)))),
  rank_sum = list(
    ties_exact = c(call_of("wilcox.exact(arm_1, arm_0)"), test_rows(wilcox.exact(arm_1, arm_0))),
    ties_normal = c(call_of("wilcox.test(arm_1, arm_0)"), test_rows(quiet(wilcox.test(arm_1, arm_0)))),
    plain = c(call_of("wilcox.test(plain_1, plain_0, conf.int = TRUE)"), with_shift(wilcox.test(plain_1, plain_0, conf.int = TRUE)))),
  effects = list(
    d_z_raw = c(call_of("cohens_d(golden_x, golden_y, paired = TRUE)"), effect_rows(cohens_d(golden_x, golden_y, paired = TRUE))),
    d_z_exact_j = c(call_of("hedges_g(golden_x, golden_y, paired = TRUE)"), effect_rows(hedges_g(golden_x, golden_y, paired = TRUE))),
    d_pooled_raw = c(call_of("cohens_d(arm_1, arm_0)"), effect_rows(cohens_d(arm_1, arm_0))),
    rank_biserial = c(call_of("rank_biserial(depression_x, depression_y, paired = TRUE)"), effect_rows(rank_biserial(depression_x, depression_y, paired = TRUE))),
    cliffs_delta_value = c(call_of("cliffs_delta(arm_1, arm_0)"), effect_rows(cliffs_delta(arm_1, arm_0)))),
  t_tests = list(
    paired = c(call_of("t.test(golden_y, golden_x, paired = TRUE)"), with_shift(t.test(golden_y, golden_x, paired = TRUE))),
    student = c(call_of("t.test(arm_1, arm_0, var.equal = TRUE)"), test_rows(t.test(arm_1, arm_0, var.equal = TRUE))),
    welch = c(call_of("t.test(arm_1, arm_0)"), list(df = unname(t.test(arm_1, arm_0)$parameter)), test_rows(t.test(arm_1, arm_0)))),
  cr2 = list(
    change = c(call_of("lm(post - pre ~ 1), CR2, cluster = group"), cr2_rows(lm(I(post - pre) ~ 1), "(Intercept)", group)),
    ancova = c(call_of("lm(post ~ pre + treated), CR2, cluster = group"), cr2_rows(lm(post ~ pre + treated), "treated", group)),
    difference = c(call_of("lm(post - pre ~ treated), CR2, cluster = group"), cr2_rows(lm(I(post - pre) ~ treated), "treated", group)),
    rank_ancova = c(call_of("lm(rank(post) ~ rank(pre) + treated), CR2, cluster = group"),
                    cr2_rows(lm(rank(post) ~ rank(pre) + treated), "treated", group))),
  adjust = list(p = c(0.01, 0.04, 0.03, 0.005, 0.04),
                holm = p.adjust(c(0.01, 0.04, 0.03, 0.005, 0.04), "holm"),
                hochberg = p.adjust(c(0.01, 0.04, 0.03, 0.005, 0.04), "hochberg"),
                bh = p.adjust(c(0.01, 0.04, 0.03, 0.005, 0.04), "BH"))
)
cat(jsonlite::toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE), "\n")
