# MCMCpack's dynamic one-dimensional model, all sessions: mcmcpack_dynamic.R BALLOTS OUT SECONDS ROUNDS.
# No and abstention against yes; a repeated resolution is an item of its own in each session.
suppressMessages(library(MCMCpack))
told <- commandArgs(trailingOnly = TRUE)
ballots <- read.csv(told[1])
item <- paste(ballots$session, ballots$item)
votes <- tapply(as.numeric(ballots$choice != 1), list(ballots$country, item), max)
session <- as.integer(sub(" .*", "", colnames(votes)))
times <- sort(unique(session))
start <- ifelse(rownames(votes) %in% c(2, 20, 200, 666), 1, ifelse(rownames(votes) %in% c(265, 365), -1, 0))
rounds <- as.integer(told[4])
fit <- MCMCdynamicIRT1d(
  votes, item.time.map = match(session, times), theta.start = start, burnin = rounds %/% 2, mcmc = rounds %/% 2,
  seed = 1, store.item = FALSE, verbose = 0
)
mean <- colMeans(fit)
name <- regmatches(names(mean), regexec("^theta\\.(.*)\\.t([0-9]+)$", names(mean)))
good <- lengths(name) == 3
cat(rounds, "rounds\n")
write.csv(data.frame(
  country = sapply(name[good], `[`, 2), session = times[as.integer(sapply(name[good], `[`, 3))], position = mean[good]
), told[2], row.names = FALSE)
