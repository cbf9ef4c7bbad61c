# The job of `balint-eval run` on one cohort, as a careful R user would do it: read, link, score, reliability, every
# comparison, figures, a report for each reader.
#   Rscript peer.R EXPORT.csv KEYS.json OUT [without_omega_intervals]
# Prints CPU seconds of each step as JSON. Needs psych, lme4, lmerTest, pbkrtest, emmeans, clubSandwich, ggplot2, svglite,
# jsonlite; rmarkdown with pandoc where present, else the reports are base HTML, and the output says so.
suppressMessages({
  library(jsonlite); library(psych); library(lmerTest); library(pbkrtest); library(emmeans); library(clubSandwich)
  library(ggplot2)
})
given <- commandArgs(TRUE)
out <- given[3]
resamples <- if (length(given) > 3) 0 else 500
figures <- file.path(out, "figures")
dir.create(figures, recursive = TRUE, showWarnings = FALSE)
seconds <- list(packages = sum(proc.time()[c(1, 2, 4, 5)]))
step <- function(name, work) {
  before <- sum(proc.time()[c(1, 2, 4, 5)])
  result <- force(work)
  seconds[[name]] <<- sum(proc.time()[c(1, 2, 4, 5)]) - before
  invisible(result)
}
set.seed(1)

# --- read, check, link, score ---------------------------------------------------------------------------------------
keys <- fromJSON(given[2], simplifyDataFrame = FALSE)
waves <- c("before", "after", "later")
items_of <- function(answers, key) {
  items <- as.matrix(answers[paste0(key$name, "_", seq_len(key$n_items))])
  storage.mode(items) <- "double"
  if (any(!is.na(items) & !(items %in% unlist(key$codes)))) stop("an answer is none of the codes of ", key$name)
  reversed <- unlist(key$reversed)
  if (length(reversed)) items[, reversed] <- key$low + key$high - items[, reversed]
  items
}
read_and_score <- function() {
  answers <- read.csv(given[1], colClasses = "character", check.names = FALSE)
  if (anyDuplicated(answers[c("person", "wave")])) stop("a person stands twice in a wave")
  answers$wave <- factor(answers$wave, waves)
  scored <- lapply(keys, function(key) {
    items <- items_of(answers, key)
    enough <- rowSums(!is.na(items)) >= key$n_items / 2
    score <- rowMeans(items, na.rm = TRUE) * (if (key$rule == "mean") 1 else key$n_items) * key$multiply
    data.frame(answers[c("person", "group", "wave")], instrument = key$name, score = ifelse(enough, score, NA))
  })
  list(answers = answers, scores = do.call(rbind, scored))
}
read <- step("read, link, score", read_and_score())
answers <- read$answers
scores <- read$scores
wide <- reshape(scores, idvar = c("person", "group", "instrument"), timevar = "wave", direction = "wide")
names(wide) <- sub("^score\\.", "", names(wide))

# --- reliability and items ------------------------------------------------------------------------------------------
# psych::fa() fits one factor like our own: least squares on the residual correlations, which psych::omega() also does,
# but with more work beside it.
omega_of <- function(items) {
  loadings <- fa(cor(items), nfactors = 1, fm = "minres", warnings = FALSE)$loadings[, 1] * apply(items, 2, sd)
  sum(loadings)^2 / sum(cov(items))
}
reliability_of <- function(key, wave) {
  items <- items_of(answers[answers$wave == wave, ], key)
  found <- suppressWarnings(psych::alpha(items, check.keys = FALSE))
  feldt <- alpha.ci(found$total$raw_alpha, n.obs = nrow(items), n.var = ncol(items), digits = 10)
  drawn <- if (resamples) {
    suppressMessages(suppressWarnings(replicate(resamples, omega_of(items[sample(nrow(items), replace = TRUE), ]))))
  } else NA
  list(
    quality = data.frame(instrument = key$name, wave = wave, alpha = found$total$raw_alpha, low = feldt$lower.ci[[1]],
      high = feldt$upper.ci[[1]], omega = omega_of(items), omega_low = quantile(drawn, 0.025, na.rm = TRUE),
      omega_high = quantile(drawn, 0.975, na.rm = TRUE)),
    items = data.frame(instrument = key$name, wave = wave, item = seq_len(key$n_items), found$item.stats,
      dropped = found$alpha.drop$raw_alpha)
  )
}
reliable <- step("reliability", {
  each <- unlist(lapply(keys, function(key) lapply(waves, reliability_of, key = key)), recursive = FALSE)
  list(quality = do.call(rbind, lapply(each, `[[`, "quality")), items = do.call(rbind, lapply(each, `[[`, "items")))
})
alpha_of <- function(name) with(reliable$quality, alpha[instrument == name & wave == "before"])

# --- comparisons: the planned method and six beside it, two contrasts, three outcomes ---------------------------------
as_row <- function(method, estimate, std_error = NA, df = NA, p = NA, low = NA, high = NA, effect = NA) {
  data.frame(method, estimate, std_error, df, p, low, high, effect, row.names = NULL)
}
cr2 <- function(values, group, method, effect = NA) {
  fit <- lm(values ~ 1)
  test <- coef_test(fit, vcov = "CR2", cluster = group, test = "Satterthwaite")
  df <- test[[grep("^df", names(test), value = TRUE)[1]]]
  half <- qt(0.975, df) * test$SE
  as_row(method, test$beta, test$SE, df, test[[grep("^p_", names(test), value = TRUE)[1]]], test$beta - half,
    test$beta + half, effect)
}
fit_mixed <- function(name, later) {
  two <- droplevels(scores[scores$instrument == name & scores$wave %in% c("before", later), ])
  suppressMessages(lmer(score ~ wave + (1 | group) + (1 | group:wave) + (1 | person), two))
}
compared <- function(name, later) {
  people <- wide[wide$instrument == name, ]
  people <- people[!is.na(people$before) & !is.na(people[[later]]), ]
  before <- people$before
  after <- people[[later]]
  change <- after - before
  means <- tapply(change, people$group, mean)
  standard <- mean(change) / sqrt((var(before) + var(after)) / 2)
  t_groups <- t.test(means)
  t_people <- t.test(after, before, paired = TRUE)
  ranks <- matrix(rank(c(before, after)), ncol = 2)
  signed <- suppressWarnings(wilcox.test(after, before, paired = TRUE, conf.int = TRUE))
  flips <- as.matrix(expand.grid(rep(list(c(-1, 1)), length(means))))
  flipped <- abs(flips %*% tapply(change, people$group, sum))
  mixed <- fit_mixed(name, later)
  found <- coef(summary(mixed, ddf = "Kenward-Roger"))[2, ]
  half <- qt(0.975, found[["df"]]) * found[["Std. Error"]]
  rows <- rbind(
    cr2(change, people$group, "change_cr2", standard),
    as_row("group_means_t", t_groups$estimate, t_groups$stderr, t_groups$parameter, t_groups$p.value,
      t_groups$conf.int[1], t_groups$conf.int[2], standard),
    as_row("mixed_model", found[["Estimate"]], found[["Std. Error"]], found[["df"]], found[["Pr(>|t|)"]],
      found[["Estimate"]] - half, found[["Estimate"]] + half),
    as_row("paired_t", t_people$estimate, t_people$stderr, t_people$parameter, t_people$p.value, t_people$conf.int[1],
      t_people$conf.int[2], mean(change) / sd(change)),
    as_row("permutation", mean(change), p = mean(flipped >= abs(sum(change)) - 1e-9), effect = standard),
    cr2(ranks[, 2] - ranks[, 1], people$group, "rank_cr2", mean(sign(outer(after, before, "-")))),
    as_row("wilcoxon", signed$estimate, p = signed$p.value, low = signed$conf.int[1], high = signed$conf.int[2])
  )
  grid <- emmeans(mixed, ~wave, lmer.df = "kenward-roger")
  components <- as.data.frame(VarCorr(mixed))[c("grp", "vcov")]
  left_out <- do.call(rbind, lapply(unique(people$group), function(one) {
    kept <- people$group != one
    cr2(change[kept], people$group[kept], "left_out")
  }))
  left_out <- rbind(left_out, cr2(change[-which.max(change)], people$group[-which.max(change)], "left_out"),
    cr2(change[-which.min(change)], people$group[-which.min(change)], "left_out"))
  spread <- suppressMessages(suppressWarnings(lmer(change ~ 1 + (1 | group), people)))
  interval <- suppressMessages(suppressWarnings(tryCatch(
    confint(spread, parm = "theta_", method = "profile", quiet = TRUE), error = function(error) NULL)))
  table <- anova(lm(change ~ group, people))
  f <- table[1, "F value"]
  ratio <- f / qf(c(0.5, 0.975, 0.025), table[1, 1], table[2, 1])
  icc <- (ratio - 1) / (ratio + nrow(people) / length(means) - 1)
  reliability <- alpha_of(name)
  error <- sqrt(2) * sd(before) * sqrt(1 - reliability)
  moved <- table(cut(change / error, c(-Inf, -1.96, 1.96, Inf)))
  slope <- lm(change ~ before)
  slope_test <- conf_int(slope, vcov = "CR2", cluster = people$group)
  label <- list(instrument = name, contrast = paste0(later, "-before"))
  list(
    comparisons = cbind(label, rows), diagnostics = cbind(label, components), left_out = cbind(label, left_out),
    marginal = cbind(label, as.data.frame(grid)), spread = cbind(label, as.data.frame(VarCorr(spread))[1, "sdcor"]),
    interval = interval, icc = icc, moved = moved, slope = slope_test, residuals = residuals(mixed),
    oldham = cor.test(change, (before + after) / 2), group_effects = cbind(label, ranef(spread)$group, mean = means)
  )
}
results <- step("comparisons", {
  wanted <- expand.grid(later = waves[-1], name = sapply(keys, `[[`, "name"), stringsAsFactors = FALSE)
  Map(compared, wanted$name, wanted$later)
})
stacked <- function(part) do.call(rbind, lapply(results, `[[`, part))
comparisons <- stacked("comparisons")
comparisons$p_adjusted <- ave(comparisons$p, comparisons$method, FUN = function(p) p.adjust(p, "holm"))
descriptives <- do.call(rbind, lapply(split(scores, scores[c("instrument", "wave")]), function(part) {
  data.frame(instrument = part$instrument[1], wave = part$wave[1], n = sum(!is.na(part$score)), mean = mean(part$score),
    sd = sd(part$score), low = min(part$score), high = max(part$score))
}))
step("tables", {
  tables <- list(comparisons = comparisons, diagnostics = stacked("diagnostics"), left_out = stacked("left_out"),
    marginal = stacked("marginal"), quality = reliable$quality, item_statistics = reliable$items,
    descriptives = descriptives, group_effects = stacked("group_effects"), scores = scores)
  for (name in names(tables)) write.csv(tables[[name]], file.path(out, paste0(name, ".csv")), row.names = FALSE)
})

# --- figures: the seventeen of a run with one primary outcome, as SVG and PNG, twelve of them as PDF too ---------------
planned <- comparisons[comparisons$method == "change_cr2", ]
sds <- tapply(scores$score[scores$wave == "before"], scores$instrument[scores$wave == "before"], sd)
planned[c("estimate", "low", "high")] <- planned[c("estimate", "low", "high")] / as.numeric(sds[planned$instrument])
first <- keys[[1]]$name
forest <- ggplot(planned, aes(estimate, contrast, xmin = low, xmax = high)) + geom_vline(xintercept = 0) +
  geom_errorbarh(height = 0.2) + geom_point() + facet_grid(instrument ~ .) + theme_minimal()
means_of <- function(names) {
  ggplot(descriptives[descriptives$instrument %in% names, ], aes(wave, mean, group = 1)) + geom_line() + geom_point() +
    geom_errorbar(aes(ymin = mean - 2 * sd / sqrt(n), ymax = mean + 2 * sd / sqrt(n)), width = 0.1) +
    facet_wrap(~instrument, scales = "free_y") + theme_minimal()
}
slopes_of <- function(name) {
  part <- scores[scores$instrument == name, ]
  ggplot(part, aes(wave, score)) + geom_line(aes(group = person), alpha = 0.3) +
    stat_summary(aes(group = 1), fun = mean, geom = "line", linewidth = 1.2) + theme_minimal()
}
counted <- as.data.frame(table(wave = answers$wave))
errors <- stack(lapply(results, `[[`, "residuals"))
starts <- within(wide, change <- after - before)
names_of <- sapply(keys, `[[`, "name")
plots <- c(
  list(forest = forest, forest_narrow = forest + theme(text = element_text(size = 14)), means = means_of(names_of)),
  setNames(lapply(names_of, means_of), paste0("means_", names_of)),
  setNames(lapply(names_of, slopes_of), paste0("slopes_", names_of)),
  list(
    flow = ggplot(counted, aes(wave, Freq)) + geom_col() + geom_text(aes(label = Freq), vjust = -0.5) + theme_void(),
    raincloud = ggplot(scores[scores$instrument == first, ], aes(wave, score)) + geom_violin() +
      geom_boxplot(width = 0.1) + geom_jitter(width = 0.05, alpha = 0.4) + theme_minimal(),
    published = forest + labs(title = "beside published results"),
    residuals = ggplot(errors, aes(sample = values)) + stat_qq(size = 0.5) + stat_qq_line() + facet_wrap(~ind) +
      theme_minimal(),
    left_out = ggplot(stacked("left_out"), aes(estimate, seq_along(estimate), xmin = low, xmax = high)) +
      geom_errorbarh() + geom_point() + facet_grid(instrument ~ contrast, scales = "free") + theme_minimal(),
    groups = ggplot(stacked("group_effects"), aes(mean, rank(mean))) + geom_point() +
      facet_wrap(instrument ~ contrast, scales = "free") + theme_minimal(),
    edges = ggplot(scores, aes(score)) + geom_histogram(bins = 20) + facet_grid(wave ~ instrument, scales = "free") +
      theme_minimal(),
    starts = ggplot(starts, aes(before, change)) + geom_point() + geom_smooth(method = "lm", formula = y ~ x) +
      facet_wrap(~instrument, scales = "free") + theme_minimal()
  )
)
internal <- c("residuals", "left_out", "groups", "edges", "starts")
step("figures", {
  for (name in names(plots)) {
    for (kind in c("svg", "png", if (!name %in% internal) "pdf")) {
      ggsave(file.path(figures, paste0(name, ".", kind)), plots[[name]], width = 174, height = 100, units = "mm",
        dpi = 300)
    }
  }
})

# --- a report for each reader ---------------------------------------------------------------------------------------
tables_of <- list(educator = c("comparisons", "descriptives"), researcher = setdiff(names(tables), "scores"))
plots_of <- list(educator = c("forest", "means", paste0("slopes_", first)), researcher = names(plots))
with_rmarkdown <- requireNamespace("rmarkdown", quietly = TRUE) && rmarkdown::pandoc_available()
base_html <- function(reader) {
  cell <- function(values, tag) paste0("<", tag, ">", values, "</", tag, ">", collapse = "")
  rows <- function(table) apply(format(table), 1, function(row) paste0("<tr>", cell(row, "td"), "</tr>"))
  parts <- unlist(lapply(tables_of[[reader]], function(name) {
    head <- cell(names(tables[[name]]), "th")
    c(paste0("<h2>", name, "</h2><table><tr>", head, "</tr>"), rows(tables[[name]]), "</table>")
  }))
  pictures <- unlist(lapply(plots_of[[reader]], function(name) readLines(file.path(figures, paste0(name, ".svg")))))
  writeLines(c("<!doctype html><html><body>", parts, pictures, "</body></html>"),
    file.path(out, paste0(reader, ".html")))
}
rendered <- function(reader) {
  source <- file.path(out, paste0(reader, ".Rmd"))
  chunk <- function(code, options = "") c(paste0("```{r, echo=FALSE", options, "}"), code, "```", "")
  writeLines(c(
    "---", paste0("title: ", reader), "output: {html_document: {self_contained: true}}", "---", "",
    unlist(lapply(tables_of[[reader]], function(name) c(paste("##", name), chunk(sprintf("knitr::kable(tables$%s, row.names = FALSE)", name))))),
    unlist(lapply(plots_of[[reader]], function(name) sprintf("![%s](figures/%s.svg)\n", name, name)))
  ), source)
  rmarkdown::render(source, quiet = TRUE, envir = globalenv())
}
step("reports", for (reader in names(tables_of)) if (with_rmarkdown) rendered(reader) else base_html(reader))

cat(toJSON(list(
  seconds = seconds, R = R.version.string, reports = if (with_rmarkdown) "rmarkdown" else "base HTML",
  figures = length(list.files(figures)), comparisons = nrow(comparisons),
  rows = comparisons[c("instrument", "contrast", "method", "estimate", "std_error", "df", "p")]
), auto_unbox = TRUE, digits = NA, na = "null", dataframe = "columns"), "\n")
