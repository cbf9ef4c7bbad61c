# Exact profile-likelihood bounds: Rscript profile_r.R > profile_r.json
# Debian 12: r-base-core r-cran-lme4 1.1-31 r-cran-jsonlite
#
# confint(fit, method = "profile") of lme4 walks along the profile in steps and interpolates between them with splines;
# its bounds have four to five digits, and two or one where the profile bends near 0 or a correlation of 1. Here the
# bounds are the roots of lme4's own deviance function (lme4:::devfun2, in standard deviations and correlations),
# minimised anew over all other parameters at every step. The cases are those of mixed_r.json; `oracle` does the same
# for the fits of shared/oracle where lme4's interpolation is visible.
suppressMessages({library(lme4); library(jsonlite)})

exact <- function(formula, data, which = NULL) {
  control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5), calc.derivs = FALSE,
    check.conv.singular = "ignore")
  fit <- suppressMessages(lmer(formula, data, REML = FALSE, control = control))
  deviance <- lme4:::devfun2(fit, useSc = TRUE, signames = FALSE)
  best <- head(attr(deviance, "optimum"), -length(fixef(fit))); names <- names(best)
  cor <- grepl("^cor", names)
  low <- ifelse(cor, -1, 0); high <- ifelse(cor, 1, Inf); low[length(low)] <- 1e-3 * best[length(best)]
  minimum <- function(index, value) {
    others <- seq_along(best)[-index]
    inner <- function(x) { all <- best; all[index] <- value; all[others] <- x; deviance(all) }
    # A standard deviation of 0 is a stationary point; starts beside it, and other correlations.
    starts <- list(best[others], pmax(best[others], 0.3 * best[length(best)] * !cor[others]))
    if (any(cor[others])) starts <- c(starts, lapply(c(-0.7, 0, 0.7), function(rho) ifelse(cor[others], rho, best[others])))
    tops <- ifelse(cor[others], 1 - 1e-9, Inf); bottoms <- ifelse(cor[others], -1 + 1e-9, low[others])
    scale <- ifelse(cor[others], 1, best[length(best)])
    min(sapply(starts, function(start) minqa::bobyqa(pmin(pmax(start, bottoms), tops) / scale, function(x) inner(x * scale),
      lower = bottoms / scale, upper = tops / scale, control = list(rhobeg = 0.05, rhoend = 1e-7, maxfun = 1e5))$fval))
  }
  least <- deviance(best); limit <- qchisq(.95, 1)
  bound <- function(index, end, step) {
    far <- best[[index]] + step
    lost <- function(value) minimum(index, value) - least - limit
    repeat {
      if (sign(step) * (far - end) >= 0) { far <- end; if (lost(far) <= 0) return(end) else break }
      if (lost(far) > 0) break
      far <- far + step
    }
    uniroot(lost, sort(c(best[[index]], far)), tol = 1e-8 * best[[length(best)]])$root
  }
  wanted <- if (is.null(which)) seq_along(best) else which
  lapply(wanted, function(i) {
    step <- if (cor[i]) 0.2 else max(0.3 * best[[i]], 0.1 * best[[length(best)]])
    end <- if (cor[i]) 1 - 1e-12 else high[i]
    list(parameter = names[i], estimate = best[[i]], low = bound(i, if (cor[i]) -end else low[i] * (i < length(best)), -step),
      high = bound(i, end, step))
  })
}

own <- fromJSON("mixed_r.json", simplifyDataFrame = FALSE)$cases
model <- function(case) list(as.formula(sub("^lmer\\((.*)\\)$", "\\1", case$call)), as.data.frame(case$data))
cases <- list()
for (name in c("one_arm", "one_arm_two_groups", "one_arm_singular", "two_arms", "slopes")) {
  m <- model(own[[name]]); cases[[name]] <- exact(m[[1]], m[[2]])
}
shared <- "../../../shared/oracle/data"
oracle <- list()
if (dir.exists(shared)) {
  read <- function(name) read.csv(file.path(shared, name), stringsAsFactors = TRUE)
  full <- y ~ arm * time + (1 | group) + (1 | group:time) + (1 | person)
  carrots <- subset(read("carrots.csv"), !is.na(Preference)); carrots$Homesize <- factor(carrots$Homesize); carrots$Consumer <- factor(carrots$Consumer)
  oracle$balint_1arm2g <- exact(y ~ time + (1 | group) + (1 | group:time) + (1 | person), read("balint_1arm2g.csv"), 3)
  oracle$balint_2arm2g <- exact(full, read("balint_2arm2g.csv"), 3)
  oracle$orth_corr <- exact(distance ~ age * Sex + (age | Subject), read("orthodont.csv"), c(1, 4))
  oracle$carrots <- exact(Preference ~ sens2 + Homesize + (1 + sens2 | Consumer), carrots, 2:3)
  oracle$balint_sing7 <- exact(y ~ arm * time + (1 | group) + (1 | person), read("balint_sing7.csv"), 1)
}
cat(toJSON(list(R = R.version.string, versions = list(lme4 = as.character(packageVersion("lme4"))),
  call = "uniroot() on lme4:::devfun2() minimised over the other parameters, at qchisq(.95, 1) above its minimum",
  cases = cases, oracle = oracle), digits = NA, auto_unbox = TRUE), "\n")
