# Times of lmerTest for bench_models.py: Rscript bench_models.R data.json; seconds a fit, Kenward-Roger summary included.
suppressMessages({library(lmerTest); library(pbkrtest); library(jsonlite)})
given <- fromJSON(commandArgs(TRUE)[1], simplifyDataFrame = FALSE)
data <- as.data.frame(given$data)
formula <- as.formula(given$formula)
once <- function() summary(suppressMessages(lmer(formula, data)), ddf = "Kenward-Roger")
invisible(once())
times <- replicate(given$repeats, { start <- proc.time(); once(); sum((proc.time() - start)[1:2]) })
table <- coef(once())
cat(toJSON(list(seconds = times, R = R.version.string, lmerTest = as.character(packageVersion("lmerTest")),
  df = unname(table[, "df"]), std_error = unname(table[, "Std. Error"])), digits = NA, auto_unbox = TRUE), "\n")
