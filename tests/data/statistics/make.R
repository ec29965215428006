# Reference vectors for src/analyze/cluster.rs: Rscript tests/data/statistics/make.R
# R's survey package; svyciprop(method = "beta") is two-sided, so that its level is 1 - 2 (1 - confidence).
suppressPackageStartupMessages(library(survey))

designs <- list(
  list(k = c(1, 3), n = c(4, 5)),
  list(k = c(0, 1, 2), n = c(4, 4, 4)),
  list(k = c(1, 0, 0, 0, 0), n = c(1, 9, 2, 40, 3)),
  list(k = c(4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), n = rep(4, 11)),
  list(k = c(1, rep(0, 30)), n = c(rep(4, 11), rep(1, 20))),
  list(k = c(4, 4, 0, 0, 0, 3, 0, 0, 1, 0, 0, rep(0, 19), 1), n = c(rep(4, 11), rep(1, 20))),
  list(k = c(10, 9, 10, 10, 8, 10, 10, 10, 7, 10), n = rep(10, 10)),
  list(k = c(5, 0, 5, 5, 0, 5, 0, 0, 5, 0), n = rep(5, 10)),
  list(k = rep(c(1, 1), 10), n = rep(2, 20)),
  list(k = rep(c(1, 2), 10), n = rep(3, 20)),
  list(k = (0:49 * 7) %% 4, n = 3 + (0:49 * 5) %% 6),
  list(k = (0:199 %% 20 == 0) * 5, n = rep(5, 200)),
  list(k = (0:999 %% 100 == 0) * 1, n = 1 + (0:999) %% 3),
  list(k = c(900, 1, 0, 0), n = c(1000, 1, 1, 2)),
  list(k = c(300, 250, 270, 260, 310), n = rep(1000, 5)),
  list(k = c(1, 0), n = c(1, 1000)),
  list(k = c(40000, 39000), n = c(50000, 50000)),
  list(k = c(1, rep(0, 299)), n = rep(1000, 300)),
  list(k = (1:2000 * 31) %% 11, n = rep(10, 2000))
)

rows <- character()
for (design in designs) {
  k <- pmin(design$k, design$n)
  n <- design$n
  cases <- data.frame(
    cluster = rep(seq_along(n), n),
    hit = unlist(Map(function(k, n) rep(c(1, 0), c(k, n - k)), k, n))
  )
  sampled <- svydesign(ids = ~cluster, weights = ~1, data = cases)
  mean <- svymean(~hit, sampled)
  variance <- as.numeric(vcov(mean))
  # R's own n.eff divides by this variance: equal shares in all clusters have none but for rounding
  if (variance < 1e-25) next
  share <- as.numeric(coef(mean))
  for (confidence in c(0.6, 0.8, 0.9, 0.95, 0.99, 0.999)) {
    alpha <- 1 - confidence
    bounds <- attr(svyciprop(~hit, sampled, method = "beta", level = 1 - 2 * alpha), "ci")
    worth <- share * (1 - share) / variance
    effective <- worth * (qt(alpha, nrow(sampled) - 1) / qt(alpha, degf(sampled)))^2
    row <- c(sum(k), sum(n), length(n), sum(n^2), sum(n * k), sum(k^2), confidence, sqrt(variance), worth, effective, bounds)
    rows <- c(rows, paste(sprintf("%.17g", row), collapse = "\t"))
  }
}
columns <- "part, whole, clusters, sum whole^2, sum part whole, sum part^2, one-sided confidence, standard error, n.eff without and with degrees of freedom, lower, upper"
head <- sprintf("# %s; make.R, R %s, survey %s", columns, getRversion(), packageVersion("survey"))
writeLines(c(head, rows), "tests/data/statistics/cluster.tsv")
