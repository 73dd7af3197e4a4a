"""How alike two countries vote: raw agreement, S, kappa and pi, with abstention half way between yes and no.

With P the 3 x 3 shares of (yes, abstain, no) over the roll calls on which both voted, p and q its margins, m their mean
and d = |k - l| / 2: agreement is the sum of P_kk; S = 1 - 2 sum P d (Signorino and Ritter 1999, Int. Studies Quarterly
43(1)); kappa = 1 - sum P d / sum p q d (Cohen 1968, Psychological Bulletin 70(4)); pi = 1 - sum P d / sum m m d
(Scott 1955, Public Opinion Quarterly 19(3)). Kappa and pi take out the agreement that two countries with their habits
would reach by chance: Häge (2011), Political Analysis 19(3).

Roll calls on which all who voted chose the same say nothing of any pair and are dropped. Absence is no choice: a roll
call on which one of the two did not vote is not counted for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visavis.errors import UsageError
from visavis.models.intervals import Estimate

__all__ = [
    "CODES", "LEAST", "MEASURES", "PairVotes", "contested", "drawn_measures", "estimate_of", "joint_counts",
    "measures_of", "pair_similarity", "pair_similarity_by_issue", "similarities",
]  # fmt: skip

MEASURES = ("agreement", "s", "kappa", "pi")
CODES = {"yes": 1, "abstain": 2, "no": 3, "absent": 8}
"""Numbers of choices in a matrix of votes; 0 where the source lists nothing for the country."""

LEAST = 10
"""Roll calls on which two countries both voted, below which a pair is not compared with the others."""

_CHOICES = np.array([1, 2, 3])
_APART = np.abs(_CHOICES[:, None] - _CHOICES) / 2
# From the nine cells of a table: their sum, the sum of those where both chose the same, distances, and both margins.
_SUMS = np.column_stack(
    [np.ones(9), np.eye(3).ravel(), _APART.ravel(), np.kron(np.eye(3), np.ones((3, 1))), np.tile(np.eye(3), (3, 1))]
)
_Votes = npt.NDArray[np.integer]
_Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PairVotes:
    """Two countries in one session, or in the roll calls of one issue of it.

    Args:
        n: contested roll calls on which both chose yes, abstain or no.
        values: by measure, with a bootstrap interval over roll calls; None where it is not defined: kappa and pi when
            the habits of the two leave no room to disagree, all when ``n`` is 0.
        percentile: by measure, share of the other pairs that are less alike, equals counted half; None below ``LEAST``.
        pairs: other pairs that the percentile is of.
        unanimous: roll calls dropped because all who voted chose the same.
        absent: contested roll calls on which one of the two, or both, are listed as absent.
        unlisted: contested roll calls on which one of them, or both, have no entry at all: not voting, or no member.
        if_abstained: by measure, the value if, where one of the two voted, the other's absence or lack of an entry had
            been an abstention.
        agreement_bounds: least and greatest raw agreement that the roll calls missed by one or both allow.
        absence_matters: whether a value of ``if_abstained`` lies outside the interval of the measure.
    """

    n: int
    values: dict[str, Estimate | None]
    percentile: dict[str, float | None]
    pairs: int
    unanimous: int
    absent: int
    unlisted: int
    if_abstained: dict[str, float | None]
    agreement_bounds: tuple[float, float] | None
    absence_matters: bool


def contested(votes: _Votes) -> npt.NDArray[np.bool_]:
    """Roll calls on which two who voted chose differently.

    Args:
        votes: (countries, roll calls), numbers as in ``CODES``.
    """
    found = np.array([(votes == choice).any(axis=0) for choice in _CHOICES]).sum(axis=0)
    return np.asarray(found > 1)


def similarities(votes: _Votes) -> dict[str, _Array]:
    """All pairs: each measure and ``n`` as a (countries, countries) matrix; NaN where it is not defined.

    Args:
        votes: (countries, roll calls), numbers as in ``CODES``.

    Example:
        >>> votes = np.array([[1, 1, 3, 2], [1, 2, 3, 8], [3, 3, 1, 1]])
        >>> similarities(votes)["agreement"].round(2)[0].tolist()
        [1.0, 0.67, 0.0]
    """
    counts = joint_counts(votes)
    return measures_of(counts) | {"n": counts.sum(axis=(-1, -2))}


def joint_counts(votes: _Votes) -> _Array:
    """All pairs: contested roll calls by what each of the two chose, (countries, countries, 3, 3).

    Args:
        votes: (countries, roll calls), numbers as in ``CODES``.
    """
    _checked(votes)
    used = votes[:, contested(votes)]
    chose = [(used == choice).astype(np.float64) for choice in _CHOICES]
    return np.stack([np.stack([one @ other.T for other in chose], axis=-1) for one in chose], axis=-2)


def pair_similarity(
    votes: _Votes, first: int, second: int, *, seed: int, draws: int = 2000, level: float = 0.9
) -> PairVotes:
    """Two countries of a session, and their place among all its pairs.

    The interval is that of a bootstrap over contested roll calls, missed ones too, so ``n`` varies with the draws. To
    the cells of the table half a roll call is added, spread evenly: two who agree each time could still have disagreed.

    Args:
        votes: (countries, roll calls) of one session, numbers as in ``CODES``.
        first, second: rows of the two.
        seed: of the bootstrap; make it from the unordered pair.
        draws, level: of the bootstrap.

    Raises:
        UsageError: a number that is no code of a vote, or twice the same country.
    """
    return _pair(votes, (first, second), similarities(votes), np.random.default_rng(seed), draws=draws, level=level)


def pair_similarity_by_issue(
    votes: _Votes, issues: Sequence[frozenset[str]], first: int, second: int, *, seed: int, draws: int = 2000
) -> dict[str, PairVotes]:
    """The same by issue; a roll call with two labels counts under both.

    Args:
        votes: (countries, roll calls) of one session.
        issues: labels of each roll call.
        first, second: rows of the two.
        seed, draws: of the bootstrap.
    """
    found = {}
    for issue in sorted(set().union(*issues)):
        part = votes[:, np.array([issue in labels for labels in issues], bool)]
        found[issue] = pair_similarity(part, first, second, seed=seed, draws=draws)
    return found


def _checked(votes: _Votes) -> None:
    strange = set(np.unique(votes).tolist()) - {0, *CODES.values()}
    if strange:
        raise UsageError(f"Votes are {CODES} and 0 for none; got {min(strange)}.")


def measures_of(counts: _Array) -> dict[str, _Array]:
    """Measures of tables of counts, (..., 3, 3), such as rows of ``measures.joint_votes``; NaN where not defined.

    >>> {name: round(float(value), 2) for name, value in measures_of(np.diag([6.0, 2, 2])).items()}
    {'agreement': 1.0, 's': 1.0, 'kappa': 1.0, 'pi': 1.0}
    """
    sums = counts.reshape(*counts.shape[:-2], 9) @ _SUMS
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = sums / sums[..., :1]
        agreed, apart, p, q = shares[..., 1], shares[..., 2], shares[..., 3:6], shares[..., 6:]
        mean = (p + q) / 2
        by_both = ((p @ _APART) * q).sum(axis=-1)
        by_mean = ((mean @ _APART) * mean).sum(axis=-1)
        return {
            "agreement": agreed,
            "s": 1 - 2 * apart,
            "kappa": np.where(by_both > 0, 1 - apart / by_both, np.nan),
            "pi": np.where(by_mean > 0, 1 - apart / by_mean, np.nan),
        }


def _table(one: _Votes, other: _Votes) -> _Array:
    both = np.isin(one, _CHOICES) & np.isin(other, _CHOICES)
    cells = (one[both].astype(np.int64) - 1) * 3 + other[both].astype(np.int64) - 1
    return np.bincount(cells, minlength=9).astype(np.float64)


def _pair(
    votes: _Votes,
    sides: tuple[int, int],
    field: dict[str, _Array],
    rng: np.random.Generator,
    *,
    draws: int,
    level: float,
) -> PairVotes:
    first, second = sides
    if first == second:
        raise UsageError(f"Two countries are needed; got row {first} twice.")
    used = contested(votes)
    one, other = votes[first, used], votes[second, used]
    table = _table(one, other)
    n, missed = int(table.sum()), int(used.sum()) - int(table.sum())
    value = _numbers(table)
    drawn = drawn_measures(table, missed, rng, draws)
    values = {name: estimate_of(value[name], drawn[name], n, level) for name in MEASURES}
    any_cast = np.isin(one, _CHOICES) | np.isin(other, _CHOICES)
    filled = _numbers(_table(*(np.where(any_cast & ~np.isin(side, _CHOICES), 2, side) for side in (one, other))))
    share, pairs = _places(field, first, second)
    agreed = float(np.trace(table.reshape(3, 3)))
    if not n:  # one of the two never voted: nothing to be sensitive
        filled = dict.fromkeys(MEASURES)
    absent = (one == 8) | (other == 8)
    return PairVotes(
        n=n,
        values=values,
        percentile=share,
        pairs=pairs,
        unanimous=int((~used).sum()),
        absent=int(absent.sum()),
        unlisted=int((((one == 0) | (other == 0)) & ~absent).sum()),
        if_abstained=filled,
        agreement_bounds=(agreed / (n + missed), (agreed + missed) / (n + missed)) if n + missed else None,
        absence_matters=any(_outside(filled[name], values[name]) for name in MEASURES),
    )


def _numbers(table: _Array) -> dict[str, float | None]:
    return {k: None if np.isnan(v) else float(v) for k, v in measures_of(table.reshape(3, 3)).items()}


def drawn_measures(
    table: _Array, missed: int, rng: np.random.Generator, draws: int, *, weight: float = 1.0
) -> dict[str, _Array]:
    """Measures of tables drawn again; a draw of roll calls with replacement is a multinomial one of cells.

    Args:
        table: counts, (9,).
        missed: roll calls on which not both voted.
        rng, draws: of the bootstrap.
        weight: what a roll call is worth, 0 to 1, where some are repeats of others.
    """
    n = table.sum()
    if not n:
        return {name: np.full(draws, np.nan) for name in MEASURES}
    cells = np.append((table + 0.5 / 9) * n / (n + 0.5), missed)
    sample = rng.multinomial(max(1, round((n + missed) * weight)), cells / cells.sum(), size=draws)
    return measures_of(sample[:, :9].reshape(draws, 3, 3).astype(np.float64))


def estimate_of(value: float | None, drawn: _Array, n: int, level: float) -> Estimate | None:
    """A value with the interval of its draws; None where it is not defined."""
    known = drawn[~np.isnan(drawn)]
    if value is None or not known.size:
        return None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, min(value, float(low)), max(value, float(high)), n, level)


def _places(field: dict[str, _Array], first: int, second: int) -> tuple[dict[str, float | None], int]:
    """Share of other pairs that are less alike, by measure, and how many other pairs could be compared."""
    above = np.triu(np.ones(field["n"].shape, bool), 1) & (field["n"] >= LEAST)
    low, high = min(first, second), max(first, second)
    enough = bool(above[low, high])
    above[low, high] = False
    share: dict[str, float | None] = {}
    for name in MEASURES:
        own, others = field[name][low, high], field[name][above]
        others = others[~np.isnan(others)]
        if enough and others.size and not np.isnan(own):
            near = np.isclose(others, own, rtol=0, atol=1e-12)
            share[name] = float(((others < own) & ~near).mean() + near.mean() / 2)
        else:
            share[name] = None
    return share, int(above.sum())


def _outside(value: float | None, estimate: Estimate | None) -> bool:
    return value is not None and estimate is not None and not estimate.low <= value <= estimate.high
