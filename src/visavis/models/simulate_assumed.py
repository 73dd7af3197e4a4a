"""Made-up acts of two countries toward others, with a known difference of their mixes. All draws come from ``rng``."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from visavis.models.simulate_cells import overdispersed_counts

__all__ = ["apart", "divergence", "mixed_acts", "mixes"]

_Counts = npt.NDArray[np.int64]
_Array = npt.NDArray[np.float64]


def mixes(others: int, centre: npt.ArrayLike, spread: float, *, rng: np.random.Generator) -> _Array:
    """One mix a third country, Dirichlet around ``centre`` with concentration ``spread``, (Z, K).

    Example:
        >>> mixes(3, [0.5, 0.5], 20, rng=np.random.default_rng(1)).shape
        (3, 2)
    """
    return rng.dirichlet(spread * np.asarray(centre, dtype=np.float64), others)


def divergence(p: npt.ArrayLike, q: npt.ArrayLike) -> _Array:
    """Kullback-Leibler divergence of mixes ``p`` from ``q``, in bits, over the last axis.

    Example:
        >>> float(divergence([0.5, 0.5], [0.5, 0.5]))
        0.0
    """
    x, y = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    held = np.where(x > 0, x, 1.0)
    return np.asarray((x * np.log2(held / np.where(x > 0, y, 1.0))).sum(-1), dtype=np.float64)


def apart(mix: npt.ArrayLike, bits: float) -> _Array:
    """Mixes from which ``mix`` diverges by ``bits``: moved toward their own reverse, (Z, K).

    Example:
        >>> divergence([[0.7, 0.3]], apart([[0.7, 0.3]], 0.2)).round(6).tolist()
        [0.2]
    """
    here = np.asarray(mix, dtype=np.float64)
    low, high = np.zeros(len(here)), np.full(len(here), 0.999)
    order = np.argsort(here, axis=-1)
    turned = np.empty_like(here)
    np.put_along_axis(turned, order, np.take_along_axis(here, order[:, ::-1], -1), -1)
    for _ in range(60):
        middle = (low + high) / 2
        far = divergence(here, (1 - middle)[:, None] * here + middle[:, None] * turned) > bits
        low, high = np.where(far, low, middle), np.where(far, middle, high)
    return (1 - low)[:, None] * here + low[:, None] * turned


def mixed_acts(
    mix: npt.ArrayLike, rate: float, periods: int, *, ratio: float, bursts: float, rng: np.random.Generator
) -> _Counts:
    """Acts by third country, period and kind, (Z, T, K).

    Args:
        mix: shares of the kinds toward each third country, (Z, K).
        rate: expected acts toward one of them in a period.
        periods: T.
        ratio: variance divided by mean of a period's acts, above 1.
        bursts: concentration of a period's own mix around ``mix``: the lower, the more alike the acts of a period.
        rng: source of the draws.

    Example:
        >>> mixed_acts([[0.7, 0.3]], 5, 10, ratio=2, bursts=10, rng=np.random.default_rng(1)).shape
        (1, 10, 2)
    """
    shares = np.asarray(mix, dtype=np.float64)
    own = rng.standard_gamma(np.broadcast_to(bursts * shares[:, None], (len(shares), periods, shares.shape[1])))
    own = (own + 1e-12) / (own + 1e-12).sum(-1, keepdims=True)
    counts = overdispersed_counts(np.full((len(shares), periods), rate), ratio, rng=rng)
    return rng.multinomial(counts, own).astype(np.int64)
