"""What does a country do next? A log-linear mix of what several parts of the record say, and what each part is worth.

Given that A acts toward B in a period (a day, a week, a month), how likely is each kind of act? Each component is a
mix of kinds, counted in earlier periods only and drawn toward the mix of all earlier acts, b (Dirichlet smoothing):

    p_j(k) = (n_j(k) + alpha_j b(k)) / (n_j + alpha_j)

``own``: what A did toward B; ``lately``: the same, an act of ``age`` periods ago counted as 2^-age; ``actor``: what A
did toward anybody; ``target``: what anybody did toward B; ``after``: what usually comes after what A did last toward
B; ``mirror``: what B did toward A, as if A did what B does; ``answer``: what usually comes after what B did last
toward A. They are put together as

    log p(k) = w_0 log b(k) + sum_j w_j log(p_j(k) / b(k)) - log of the sum over k

with weights of the greatest likelihood on earlier cases, a problem with one optimum. A weight of 0 means that the
component adds nothing to the others. Source: Genest and Zidek (1986), Statistical Science 1(1), on pooling by logs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from visavis.errors import UsageError
from visavis.models._past import COMPONENTS, Acts, Cases, Floats, cases

__all__ = ["COMPONENTS", "FEWEST", "Acts", "Cases", "Mix", "Scores", "alone", "cases", "fit", "score", "smoothing"]

FEWEST = 100
"""With fewer foretold acts nothing is said."""

_Array = npt.NDArray[np.float64]
_ALPHAS = 2.0 ** np.arange(-2, 11)
_AT_ONCE = 4096
_RIDGE = 1.0  # a weight is taken to lie within a few units of 0 before anything is seen
_NEAR = 10.0  # and within a third of what many directions have, where it is fitted on a few


@dataclass(frozen=True, slots=True)
class Mix:
    """A fitted mix.

    Args:
        alpha: smoothing of each component, in acts.
        base: weight of the mix of all acts.
        weights: of the components used.
        n: acts that they were fitted on.
    """

    alpha: Mapping[str, float]
    base: float
    weights: Mapping[str, float]
    n: int


@dataclass(frozen=True, slots=True)
class Scores:
    """How acts were foretold.

    Args:
        bits: surprise of a case's acts together, in bits, shape (G,).
        acts: acts of each case, shape (G,).
        reciprocal: one over the rank of each act's kind, summed over the case, shape (G,). The other kinds that the
            same direction did in the same period are left out of the ranking.
    """

    bits: _Array
    acts: _Array
    reciprocal: _Array

    @property
    def per_act(self) -> float:
        """Bits an act."""
        return float(self.bits.sum() / self.acts.sum())

    @property
    def mrr(self) -> float:
        """Mean reciprocal rank of the acts."""
        return float(self.reciprocal.sum() / self.acts.sum())


def smoothing(held: Cases) -> dict[str, float]:
    """For each component, the smoothing with which it alone foretells best.

    Args:
        held: cases that no weight is judged by.
    """
    row, kind = np.nonzero(held.y)
    count, b = held.y[row, kind], held.base[held.at[row], kind]
    found = {}
    for name, past in zip(COMPONENTS, held.past, strict=True):
        n, total = past[row, kind], past.sum(axis=1)[row]
        told = [float(count @ np.log((n + a * b) / (total + a))) for a in _ALPHAS]
        found[name] = float(_ALPHAS[int(np.argmax(told))])
    return found


def alone(name: str, alpha: Mapping[str, float]) -> Mix:
    """One component by itself; ``base`` is the mix of all acts."""
    return Mix(alpha, 1.0, {} if name == "base" else {name: 1.0}, 0)


def fit(
    held: Cases,
    alpha: Mapping[str, float],
    use: Sequence[str] = COMPONENTS,
    *,
    most: int = 12_000,
    seed: int = 1,
    around: Mix | None = None,
) -> Mix:
    """The weights of the greatest likelihood.

    Args:
        held: cases to fit on; none of those to be foretold.
        alpha: from ``smoothing``.
        use: components to put together; the mix of all acts is always there.
        most: so many cases are drawn where there are more.
        seed: of that draw.
        around: a mix of the same components from many directions: the weights are held near it, the less the more
            acts there are.

    Raises:
        UsageError: there are no cases, or no such component.

    Example:
        >>> from visavis.models.simulate_acts import made_acts
        >>> acts = made_acts(8, 100, 5, weights={"own": 0.8}, rng=np.random.default_rng(1))
        >>> found = fit(cases(acts, 20, 99), dict.fromkeys(COMPONENTS, 4.0))
        >>> 0.6 < found.weights["own"] < 1.0, abs(found.weights["mirror"]) < 0.1
        (True, True)
    """
    if unknown := set(use) - set(COMPONENTS):
        raise UsageError(f"No component named {sorted(unknown)[0]!r}. There are: {', '.join(COMPONENTS)}.")
    if not held.n:
        raise UsageError("There are no acts to fit weights on.")
    if len(held.at) > most:
        held = held.where(np.sort(np.random.default_rng(seed).choice(len(held.at), most, replace=False)))
    x, y = _logs(held, alpha, use), held.y
    each, seen = y.sum(axis=1, dtype=np.float64), np.tensordot(y, x, ([0, 1], [0, 1])).astype(np.float64)
    flat = x.reshape(-1, x.shape[2])
    prior = np.r_[1.0, np.zeros(len(use))] if around is None else np.r_[around.base, list(around.weights.values())]
    ridge = _RIDGE if around is None else _NEAR

    def loss(w: _Array) -> tuple[float, _Array]:
        told, norm = _soft(flat @ w.astype(np.float32), y.shape)
        slope = (told * each[:, None].astype(np.float32)).ravel() @ flat - seen + ridge * (w - prior)
        value = float(each @ norm - seen @ w) + ridge / 2 * float((w - prior) @ (w - prior))
        return value / each.sum(), np.asarray(slope, np.float64) / each.sum()

    def curve(w: _Array) -> _Array:
        told, _ = _soft(flat @ w.astype(np.float32), y.shape)
        mean = np.einsum("gk,gkj->gj", told, x)
        spread = (flat * (told * each[:, None]).reshape(-1, 1)).T @ flat - (mean * each[:, None]).T @ mean
        return np.asarray((spread + ridge * np.eye(len(w))) / each.sum(), np.float64)

    found = minimize(loss, prior, jac=True, hess=curve, method="trust-exact", options={"maxiter": 50, "gtol": 1e-5})
    best = found.x
    return Mix(alpha, float(best[0]), dict(zip(use, best[1:].tolist(), strict=True)), int(each.sum()))


def score(mix: Mix, told: Cases) -> Scores:
    """How a mix foretells cases.

    Example:
        >>> from visavis.models.simulate_acts import made_acts
        >>> acts = made_acts(6, 40, 5, weights={"own": 0.8}, rng=np.random.default_rng(1))
        >>> held, told = cases(acts, 10, 24), cases(acts, 25, 39)
        >>> alpha = smoothing(held)
        >>> score(fit(held, alpha), told).per_act < score(alone("base", alpha), told).per_act
        True
    """
    parts = [_scored(mix, told.where(np.arange(i, min(i + _AT_ONCE, len(told.at)))))
             for i in range(0, len(told.at), _AT_ONCE)]  # fmt: skip
    bits, ranks = (np.concatenate([p[i] for p in parts]) if parts else np.zeros(0) for i in (0, 1))
    return Scores(bits, told.y.sum(axis=1, dtype=np.float64), ranks)


def _scored(mix: Mix, told: Cases) -> tuple[_Array, _Array]:
    weights = np.array([mix.base, *mix.weights.values()], np.float32)
    logit = _logs(told, mix.alpha, tuple(mix.weights)) @ weights
    _, norm = _soft(logit.ravel(), logit.shape)
    y = told.y.astype(np.float64)
    bits = (y.sum(axis=1) * norm - (y * logit).sum(axis=1)) / np.log(2)
    row, kind = np.nonzero(y)
    mine, rest = logit[row, kind][:, None], np.where(y > 0, -np.inf, logit)[row]
    rank = 1 + (rest > mine).sum(axis=1) + 0.5 * (rest == mine).sum(axis=1)
    reciprocal = np.bincount(row, y[row, kind] / rank, minlength=len(y)).astype(np.float64)
    return bits, reciprocal


def _logs(held: Cases, alpha: Mapping[str, float], use: Sequence[str]) -> Floats:
    """Log of the mix of all acts, and of each component against it, shape (G, K, 1 + used)."""
    b = held.base[held.at]
    found = np.empty((*b.shape, 1 + len(use)), np.float32)
    found[..., 0] = np.log(b)
    for i, name in enumerate(use):
        n = held.past[COMPONENTS.index(name)]
        a = np.float32(alpha[name])
        found[..., 1 + i] = np.log((n + a * b) / ((n.sum(axis=1, keepdims=True) + a) * b))
    return found


def _soft(logit: Floats, shape: tuple[int, ...]) -> tuple[Floats, _Array]:
    """Probabilities and the logarithm of what they were divided by, of logits by case."""
    rows = logit.reshape(shape)
    top = rows.max(axis=1, keepdims=True)
    raised = np.exp(rows - top)
    total = raised.sum(axis=1, keepdims=True)
    return raised / total, (top + np.log(total))[:, 0].astype(np.float64)
