"""A negative-binomial autoregression of counts, pooled over all directed dyads: one set of coefficients for the world.

The logarithm of the mean is linear in logarithms of the dyad's own past (last period, discounted means), of the
opposite direction's and of all acts of the direction, each at the exposure to come. Dyads are parted into classes by
their acts a period; each class has coefficients of its own, drawn toward those of all rows, so that a class with few
rows takes the common ones. A dyad's own level is its discounted past, drawn toward the common level by the
coefficients: partial pooling without an effect a dyad. A forecast for a sum of periods, or for one that lies further
ahead, is fitted to what came then (a direct forecast), not iterated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visavis.errors import NoDataError
from visavis.models._negative_binomial import dispersion
from visavis.models.dyad_panel import MASSES, NAMES, DyadPanel, Target, walk

__all__ = ["CLASSES", "CountAR", "Rows", "fit_count_ar", "training_rows"]

CLASSES = len(MASSES) + 1
FEWEST_ROWS = 200
"""Past forecasts that a fit needs."""

WARM_UP = 6
"""Known periods before the first one from which a forecast is learned."""

_MOST_SPREAD = 4_000  # rows that a dispersion is learned from
_RIDGE = 20.0  # information that draws a class toward the common coefficients
Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rows:
    """Past origins to learn from.

    Args:
        x: covariates, shape (rows, covariates).
        y: what came, shape (rows,).
        mass: class of the dyad at the time, shape (rows,).
        at: dyad and period of each row, shape (rows, 2).
    """

    x: Array
    y: Array
    mass: Counts
    at: Counts


@dataclass(frozen=True, slots=True)
class CountAR:
    """The fitted autoregression.

    Args:
        target: what it forecasts.
        beta: coefficients by class, in the order of ``dyad_panel.NAMES``, shape (classes, covariates).
        spread: (a, b) of log(1 / size) = a + b log(mean) by class, shape (classes, 2).
        rows: rows learned from by class, shape (classes,).
    """

    target: Target
    beta: Array
    spread: Array
    rows: Counts

    def mean(self, x: Array, mass: Counts) -> Array:
        """Expected count, shape (rows,), for covariates (rows, covariates) and classes (rows,)."""
        told = np.einsum("ij,ij->i", x, self.beta[mass])
        return np.asarray(self.target.span * np.exp(np.clip(told, -12, 12)))

    def size(self, mean: Array, mass: Counts) -> Array:
        """Size of the negative binomial: variance mean + mean^2 / size, shape (rows,)."""
        a, b = self.spread[mass].T
        return np.asarray(np.exp(-np.clip(a + b * np.log(np.maximum(mean, 1e-6)), -9, 6)))


def training_rows(panel: DyadPanel, target: Target, *, most: int, rng: np.random.Generator) -> Rows:
    """Origins to learn from: at most ``most`` of each class, spread evenly over time.

    Args:
        panel: the past.
        target: what came after an origin; only origins after which all of it is known are taken.
        most: rows of a class.
        rng: which rows, where there are more.

    Raises:
        NoDataError: fewer than ``FEWEST_ROWS`` rows.
    """
    came, there = panel.sums(target)
    usable = np.flatnonzero(there)[WARM_UP:]
    quota = -(-most // max(len(usable), 1))
    wanted, parts = set(usable.tolist()), []
    for t, known in walk(panel):
        if t not in wanted:
            continue
        mass = known.mass()
        picked = [_some(np.flatnonzero((mass == c) & (known.since > -1)), quota, rng) for c in range(CLASSES)]
        rows = np.concatenate(picked)
        parts.append((known.covariates(panel.reverse, rows), came[rows, t], mass[rows], rows, np.full(len(rows), t)))
    if sum(len(part[1]) for part in parts) < FEWEST_ROWS:
        raise NoDataError(
            f"Only {len(usable)} past periods can be learned from: a forecast of {target.last} periods needs a longer "
            "record. Import more files."
        )
    x, y, mass, rows, at = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Rows(x, y.astype(float), mass, np.column_stack([rows, at]))


def _some(rows: Counts, most: int, rng: np.random.Generator) -> Counts:
    return rows if len(rows) <= most else np.sort(rng.choice(rows, most, replace=False))


def fit_count_ar(rows: Rows, target: Target) -> CountAR:
    """Fit the autoregression to past origins.

    Example:
        >>> from visavis.models.simulate_panel import simulated_panel
        >>> made = simulated_panel(60, 80, rng=np.random.default_rng(1))
        >>> rows = training_rows(made.panel, Target(1, 1), most=4000, rng=np.random.default_rng(1))
        >>> fit_count_ar(rows, Target(1, 1)).beta.shape
        (4, 9)
    """
    start = np.zeros(len(NAMES))
    start[3] = 1.0
    everything = np.ones(len(rows.y), bool)
    common, spread = _fit(rows, everything, target, start, np.array([-0.5, -0.5]), ridge=1.0)
    beta, spreads = np.tile(common, (CLASSES, 1)), np.tile(spread, (CLASSES, 1))
    counts = np.bincount(rows.mass, minlength=CLASSES)
    for c in range(CLASSES):
        if counts[c] and rows.y[rows.mass == c].any():
            beta[c], spreads[c] = _fit(rows, rows.mass == c, target, common, spread, ridge=_RIDGE)
    return CountAR(target, beta, spreads, counts)


def _fit(
    rows: Rows, keep: npt.NDArray[np.bool_], target: Target, start: Array, spread: Array, *, ridge: float
) -> tuple[Array, Array]:
    """Iterated weighted least squares, with the dispersion found anew after each step; drawn toward the start."""
    x, y = rows.x[keep], rows.y[keep]
    beta, draw = start.copy(), ridge * np.eye(len(start))
    if ridge < _RIDGE:
        draw[0, 0] = 1e-6
    found, some = spread, -(-len(y) // _MOST_SPREAD)
    for turn in range(25):
        mean = target.span * np.exp(np.clip(x @ beta, -12, 12))
        if turn in (2, 6):
            found = dispersion(y[::some], mean[::some], spread)
        weight = mean / (1 + mean * np.exp(np.clip(found[0] + found[1] * np.log(mean), -9, 6)))
        weighted = x * weight[:, None]
        gradient = weighted.T @ ((y - mean) / mean) - draw @ (beta - start)
        step = np.linalg.solve(weighted.T @ x + draw, gradient)
        beta = beta + step * min(1.0, 1.0 / np.abs(step).max())
        if turn > 6 and np.abs(step).max() < 1e-4:
            break
    mean = target.span * np.exp(np.clip(x @ beta, -12, 12))
    return beta, dispersion(y[::some], mean[::some], spread)
