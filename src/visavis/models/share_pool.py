"""Forecasts of the conflictual share: how many of the acts to come will be conflictual, given how many come.

Members: a beta-binomial regression on the logits of the dyad's past shares, pooled over all dyads; beta-binomial
discount filters; and the last twelve shares. They are weighed and bent like the counts (``pooling``). A forecast of the
share itself takes the number of acts from the forecast of acts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, gammaln, logit

from visavis.errors import NoDataError
from visavis.models.count_ar import CLASSES, FEWEST_ROWS, WARM_UP
from visavis.models.dyad_panel import DISCOUNTS, DyadPanel, Known, Target, walk
from visavis.models.forecast_pool import Origin
from visavis.models.naive_forecasts import LAST, Windows, empirical
from visavis.models.pooling import Mix, learn_mix, pooled, some_of_each
from visavis.models.predictive import Predictive, buckets

__all__ = [
    "SharePool",
    "acts_windows",
    "common_share",
    "fit_share_pool",
    "forecast_share",
    "naive_share",
    "share_draws",
]

_FILTERS = (1, 2, 3)
_COMMON = 4.0  # acts that the share of all dyads counts for in a dyad's own
_MOST = 8_000
_MANY = 1e7  # acts of a beta distribution so sure that the rest is a binomial
Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SharePool:
    """What was learned.

    Args:
        target: what it forecasts.
        beta: coefficients of the logit of the share, shape (covariates,).
        within: correlation of the acts of a period by class, 0 to 1: the beta distribution's 1 / (a + b + 1),
            shape (classes,).
        mix: how the members are pooled.
        common: share of all dyads at the origin, where the panel does not hold all of them; else None.
    """

    target: Target
    beta: Array
    within: Array
    mix: Mix
    common: float | None = None


@dataclass(frozen=True, slots=True)
class _Said:
    """Parameters of the members' beta-binomials, (members - 1, rows), the last counts at ``n`` acts, and ``n``."""

    a: Array
    b: Array
    last: Counts
    n: Counts

    def tops(self, least: Counts) -> Counts:
        return np.maximum(self.n, least)

    def cdfs(self, rows: Counts, top: int) -> Array:
        n = self.n[rows]
        parts = [_cdf(a, b, n, top) for a, b in zip(self.a[:, rows], self.b[:, rows], strict=True)]
        return np.stack([*parts, empirical(self.last[rows], top)])


def _cdf(a: Array, b: Array, n: Counts, top: int) -> Array:
    """Distribution functions of beta-binomials at 0 to ``top``, shape (rows, top + 1)."""
    start = gammaln(b + n) - gammaln(b) + gammaln(a + b) - gammaln(a + b + n)
    k = np.arange(top)
    left = np.maximum(n[:, None] - k, 0)
    ratio = np.log(np.maximum(left, 1e-300)) + np.log(a[:, None] + k) - np.log(k + 1)
    ratio -= np.log(np.maximum(b[:, None] + left - 1, 1e-300))
    mass = np.exp(np.cumsum(np.concatenate([start[:, None], ratio], axis=1), axis=1))
    return np.asarray(np.minimum(np.cumsum(mass, axis=1), 1.0))


def common_share(known: Known) -> float:
    """Share of the acts of all dyads together, 0 to 1; the latest count most."""
    return float((known.sums[2].sum() + 1) / (known.totals[2].sum() + 5))


def _covariates(known: Known, reverse: Counts, rows: Counts, common: float | None = None) -> tuple[Array, Array]:
    """Logits of past shares, each drawn toward the share of all dyads, (rows, covariates); and that share's (rows,)."""
    all_share = common_share(known) if common is None else common
    shares = (known.sums + _COMMON * all_share) / (known.totals + _COMMON)
    other = np.append(shares[1], all_share)[reverse]
    logits = logit(np.clip(np.vstack([shares, other]), 1e-4, 1 - 1e-4))[:, rows]
    base = np.full(logits.shape[1], logit(all_share))
    return np.column_stack([np.ones(logits.shape[1]), *(logits - base), base]), base


def _said(
    pool: tuple[Array, Array, float | None], known: Known, reverse: Counts, rows: Counts, last: Counts, n: Counts
) -> _Said:
    beta, within, common = pool
    x, base = _covariates(known, reverse, rows, common)
    share = np.clip(expit(x @ beta), 1e-4, 1 - 1e-4)
    acts = 1 / within[known.mass()[rows]] - 1
    a, b = [share * acts], [(1 - share) * acts]
    for i in _FILTERS:
        k, all_acts = DISCOUNTS[i] * known.sums[i, rows], DISCOUNTS[i] * known.totals[i, rows]
        a.append(k + _COMMON * expit(base))
        b.append(np.maximum(all_acts - k, 0) + _COMMON * (1 - expit(base)))
    return _Said(np.stack(a), np.stack(b), last, n)


def acts_windows(panel: DyadPanel, target: Target) -> Windows:
    """Past sums of all acts, as ``Windows.of`` gives those of the acts forecast."""
    return Windows.of(panel.of_all_acts, target)


def _last(windows: tuple[Windows, Windows], t: int, rows: Counts, n: Counts) -> Counts:
    """Conflictual acts among ``n`` at each of the last twelve shares; a window without acts has that of all twelve."""
    k, acts = (w.last(t, rows) for w in windows)
    together = (k.sum(axis=1) + 0.5) / (acts.sum(axis=1) + 2.0)
    share = np.where(acts > 0, k / np.maximum(acts, 1), together[:, None])
    return np.asarray(np.rint(share * n[:, None]), np.int64)


def fit_share_pool(panel: DyadPanel, target: Target, *, rng: np.random.Generator, most: int = _MOST) -> SharePool:
    """Learn from a panel's past; arguments as ``forecast_pool.fit_pool``, ``panel.y`` being conflictual acts.

    Raises:
        NoDataError: the past is too short.
    """
    at, k, n, mass = _past(panel, target, most, rng)
    x = np.empty((len(k), len(DISCOUNTS) + 3))
    for t, known in walk(panel):
        here = np.flatnonzero(at[:, 1] == t)
        if len(here):
            x[here] = _covariates(known, panel.reverse, at[here, 0])[0]
    beta, within = _fit(x, k, n, mass)
    picked = some_of_each(mass, rng)
    at, k, n, mass = at[picked], k[picked], n[picked], mass[picked]
    windows, parts, order = (Windows.of(panel, target), acts_windows(panel, target)), [], []
    for t, known in walk(panel):
        here = np.flatnonzero(at[:, 1] == t)
        if len(here):
            rows = at[here, 0]
            last = _last(windows, t, rows, n[here])
            parts.append(_said((beta, within, None), known, panel.reverse, rows, last, n[here]))
            order.append(here)
    keep = np.concatenate(order)
    said = _Said(
        np.concatenate([p.a for p in parts], axis=1), np.concatenate([p.b for p in parts], axis=1),
        np.concatenate([p.last for p in parts]), n[keep],
    )  # fmt: skip
    mix = learn_mix(said, k[keep], mass[keep], scale=1 + n[keep].astype(np.float64), classes=CLASSES)
    return SharePool(target, beta, within, mix)


def _past(
    panel: DyadPanel, target: Target, most: int, rng: np.random.Generator
) -> tuple[Counts, Counts, Counts, Counts]:
    """Dyad and period, conflictual and all acts that came, and class, of origins after which any act came."""
    (k, there), (n, _) = panel.sums(target), panel.of_all_acts.sums(target)
    usable = set(np.flatnonzero(there)[WARM_UP:].tolist())
    quota = -(-most // max(len(usable), 1))
    at, mass = [], []
    for t, known in walk(panel):
        if t in usable:
            classes = np.where(n[:, t] > 0, known.mass(), -1)
            for c in range(CLASSES):
                rows = np.flatnonzero(classes == c)
                rows = rows if len(rows) <= quota else np.sort(rng.choice(rows, quota, replace=False))
                at.append(np.column_stack([rows, np.full(len(rows), t)]))
                mass.append(np.full(len(rows), c))
    where = np.concatenate(at) if at else np.zeros((0, 2), np.int64)
    if len(where) < FEWEST_ROWS:
        raise NoDataError(f"Only {len(usable)} past periods can be learned from. Import more files.")
    return where, k[where[:, 0], where[:, 1]], n[where[:, 0], where[:, 1]], np.concatenate(mass)


def _fit(x: Array, k: Counts, n: Counts, mass: Counts) -> tuple[Array, Array]:
    """Quasi-likelihood: weighted logits with a beta-binomial's variance, the correlation within by moments."""
    beta = np.zeros(x.shape[1])
    beta[2], beta[-1] = 1.0, 1.0
    within = np.full(CLASSES, 0.1)
    for _ in range(15):
        share = np.clip(expit(x @ beta), 1e-4, 1 - 1e-4)
        spread = share * (1 - share)
        weight = n * spread / (1 + (n - 1) * within[mass])
        z = (k / n - share) / spread
        weighted = x * weight[:, None]
        step = np.linalg.solve(weighted.T @ x + np.eye(x.shape[1]), weighted.T @ z)
        beta = beta + step * min(1.0, 1.0 / np.abs(step).max())
        square = (k - n * share) ** 2 / (n * spread)
        for c in range(CLASSES):
            many = (mass == c) & (n > 1)
            extra = np.sum(np.minimum(square[many], 50) - 1) + 0.1 * 20
            within[c] = float(np.clip(extra / (np.sum(n[many] - 1.0) + 20), 0.005, 0.8))
    return beta, within


def forecast_share(
    pool: SharePool, panel: DyadPanel, origin: Origin, acts: Windows, *, rows: Counts, n: Counts
) -> Predictive:
    """How many of ``n`` acts, shape (rows,), will be conflictual.

    Args:
        pool: what was learned.
        panel: the past; ``panel.y`` are conflictual acts.
        origin: the moment.
        acts: past sums of all acts.
        rows: the dyads.
        n: acts that come.
    """
    last = _last((origin.windows, acts), origin.t, rows, n)
    said = _said((pool.beta, pool.within, pool.common), origin.known, panel.reverse, rows, last, n)
    return pooled(pool.mix, said, origin.known.mass()[rows], np.zeros(len(rows), np.int64))


def naive_share(rule: str, origin: Origin, acts: Windows, *, rows: Counts, n: Counts) -> Predictive | None:
    """What a rule says of how many of ``n`` acts will be conflictual; None where it has nothing to say of shares.

    Persistence takes the share of the last window, all history that of all windows, both as a binomial.
    """
    if rule == "seasonal":
        return None
    if rule == f"last {LAST}":
        last = _last((origin.windows, acts), origin.t, rows, n)
        return Predictive(tuple((some, empirical(last[some], top)) for some, top in buckets(n)), len(rows))
    ends = origin.windows.until(origin.t)[-1 if rule == "persistence" else 0 :]
    k, all_acts = (w.sums[rows[:, None], ends].sum(axis=1) for w in (origin.windows, acts))
    share = (k + 0.5) / (all_acts + 2.0)
    blocks = [(i, _cdf(_MANY * share[i], _MANY * (1 - share[i]), n[i], top)) for i, top in buckets(n)]
    return Predictive(tuple(blocks), len(rows))


def share_draws(
    pool: SharePool, panel: DyadPanel, origin: Origin, *, row: int, n: Counts, rng: np.random.Generator
) -> Array:
    """Shares drawn for one dyad, one for each number of acts drawn, (draws,); NaN where no act comes."""
    values, back = np.unique(n, return_inverse=True)
    acts = acts_windows(panel, pool.target)
    rows = np.full(len(values), row)
    found = forecast_share(pool, panel, origin, acts, rows=rows, n=values)
    u, drawn = rng.random(len(n)), np.empty(len(n))
    for held, cdf in found.blocks:
        for i, at in enumerate(held):
            here = back == at
            drawn[here] = np.searchsorted(cdf[i], u[here] * cdf[i, -1])
    return np.where(n > 0, drawn / np.maximum(n, 1), np.nan)
