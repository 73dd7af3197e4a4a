# pscl::ideal, each session by itself: pscl_ideal.R BALLOTS OUT SECONDS. No and abstention against yes.
suppressMessages(library(pscl))
told <- commandArgs(trailingOnly = TRUE)
began <- sum(proc.time()[1:2])
ballots <- read.csv(told[1])
sink("/dev/null")
all <- sort(unique(ballots$session))
out <- list()
set.seed(1)
for (s in all) {
  if (sum(proc.time()[1:2]) - began > 0.9 * as.numeric(told[3])) break
  some <- ballots[ballots$session == s, ]
  votes <- tapply(as.numeric(some$choice == 1), list(some$country, some$item), max)
  split <- apply(votes, 2, function(v) length(unique(v[!is.na(v)])) > 1)
  calls <- rollcall(votes[, split, drop = FALSE], yea = 1, nay = 0, missing = NA, legis.names = rownames(votes))
  fit <- tryCatch(
    ideal(calls, maxiter = 2000, burnin = 1000, thin = 10, normalize = TRUE),
    error = function(e) NULL
  )
  if (is.null(fit)) next
  out[[length(out) + 1]] <- data.frame(country = rownames(fit$xbar), session = s, position = fit$xbar[, 1])
}
sink()
cat(length(out), "of", length(all), "sessions\n")
write.csv(do.call(rbind, out), told[2], row.names = FALSE)
