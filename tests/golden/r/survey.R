# Means, variances and covariances of five designs by R's survey package: people as CSV in, "statistic,value" out.
suppressPackageStartupMessages(library(survey))
people <- read.csv(file("stdin"), na.strings = "")
items <- c("x1", "x2", "x3")
out <- function(name, value) cat(sprintf("%s,%.15g\n", name, as.numeric(value)), sep = "")

whole <- function(name, design) {
  m <- svymean(~x1 + x2, design)
  out(paste(name, "mean", c("x1", "x2"), sep = "."), coef(m))
  out(paste(name, c("var.x1", "cov.x1.x2", "var.x2"), sep = "."), vcov(m)[c(1, 2, 4)])
  out(paste(name, "df", sep = "."), degf(design))
}
whole("simple", svydesign(ids = ~1, data = people, weights = rep(1, nrow(people))))
whole("weights", svydesign(ids = ~1, weights = ~weight, data = people))
whole("strata", svydesign(ids = ~1, strata = ~stratum, weights = ~weight, data = people))
full <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = people, nest = TRUE)
whole("clusters", full)

# Missing answers, one item at a time; the covariance of two items with different answerers as that of two ratios.
for (item in items) {
  m <- svymean(as.formula(paste("~", item)), full, na.rm = TRUE)
  out(paste("missing", c("mean", "var"), item, sep = "."), c(coef(m), vcov(m)))
}
told <- update(full, y2 = ifelse(is.na(x2), 0, x2), y3 = ifelse(is.na(x3), 0, x3), one = 1,
               d2 = as.numeric(!is.na(x2)), d3 = as.numeric(!is.na(x3)))
r <- svyratio(~y2 + y3, ~d2 + d3, told, covmat = TRUE)
out("missing.cov.x2.x3", vcov(r)[1, 4])

# A domain with missing answers, and all domains at once.
inside <- subset(full, group == "b")
m <- svymean(~x3, inside, na.rm = TRUE)
out(c("domain.mean.x3", "domain.var.x3"), c(coef(m), vcov(m)))
by <- svyby(~x1, ~group, full, svymean, covmat = TRUE)
out(paste("groups.mean", names(coef(by)), sep = "."), coef(by))
out(c("groups.var.a", "groups.cov.a.b", "groups.var.b", "groups.cov.b.c"), vcov(by)[cbind(c(1, 1, 2, 2), c(1, 2, 2, 3))])

# An extreme share by Korn and Graubard, and a design effect.
ends <- attr(svyciprop(~rare, full, method = "beta", df = degf(full)), "ci")
out(c("rare.low", "rare.high"), ends)
out("clusters.deff.x1", deff(svymean(~x1, full, deff = "replace")))
