"""How often forecasts were right: every method at every past origin, learned from what came before it alone.

A forecast is counted where the dyad had enough acts at the time it was made, not in hindsight. The pool is used only
where its CRPS is below that of the last twelve values with 95 % certainty; forecasts for one pair of countries, in both
directions and at all origins, count as one cluster.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from visavis.errors import NoDataError
from visavis.models.chances import Chances, bent_in_time, learn_line, ratio_of_sums, score_chances
from visavis.models.contenders import POOL, Compared, Contenders
from visavis.models.count_ar import WARM_UP
from visavis.models.dyad_panel import walk
from visavis.models.intervals import Estimate
from visavis.models.naive_forecasts import LAST, RULES
from visavis.models.predictive import coverage, log_score

__all__ = ["BEAT", "LEVELS", "PairScore", "Scored", "Track", "backtest"]

BEAT = f"last {LAST}"
LEVELS = (0.8, 0.9)
_BINS = 10
_FIRST = 24  # known periods before the first origin, where the record is long
_LEAST_FIRST = 12
_GROWN = 1.25  # the pool learns anew when so many times as many periods are known
Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scored:
    """How one method did.

    Args:
        n: forecasts.
        dyads: directed dyads among them.
        crps: mean, in counts, or in share of acts.
        log: mean log score in nats.
        within: how often the interval held, by level of ``LEVELS``.
        pit: share of what came in each tenth of what was forecast; .1 each is right.
    """

    n: int
    dyads: int
    crps: float
    log: float
    within: tuple[float, ...]
    pit: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PairScore:
    """The same by directed dyad, for the method used.

    Args:
        n: forecasts, shape (dyads,).
        inside: of these, how often the 90 % interval of whole numbers, as it is printed, held what came; (dyads,).
        within: sums of ``coverage`` by level of ``LEVELS``, (levels, dyads).
        crps: sum of CRPS, (dyads,).
        beat: the same of the last twelve.
    """

    n: Counts
    inside: Counts
    within: Array
    crps: Array
    beat: Array


@dataclass(frozen=True, slots=True)
class Track:
    """A track record.

    Args:
        methods: how each did, by name.
        ratio: CRPS of the pool over that of the last twelve, with a 90 % interval clustered by pair.
        use: the method to forecast with.
        origins: first and last origin, as numbers of periods.
        by_dyad: scores of the method used.
        chance: how its chances of a ``larger`` and of a ``smaller`` share than in the last equal time did; none for
            counts.
    """

    methods: dict[str, Scored]
    ratio: Estimate
    use: str
    origins: tuple[int, int]
    by_dyad: PairScore
    chance: dict[str, Chances] = field(default_factory=dict)


def backtest(
    contenders: Contenders,
    *,
    rng: np.random.Generator,
    first: int | None = None,
    on_origin: Callable[[int, int], None] | None = None,
    only: Counts | None = None,
) -> Track:
    """Forecast from every origin with every method, and score what came.

    Args:
        contenders: the methods.
        rng: which rows are learned from.
        first: known periods before the first origin; chosen by the length of the record when None.
        on_origin: called with (origins done, origins).
        only: dyads to score; those with enough acts at the time when None.

    Raises:
        NoDataError: the record is too short for any origin.
    """
    panel = contenders.panel
    origins = _origins(contenders, first)
    done, kept, learned = 0, _Kept(len(panel.y)), 0.0
    wanted = set(origins.tolist())
    for t, known in walk(panel):
        if t not in wanted:
            continue
        if t + 1 >= _GROWN * learned:
            contenders.learn(t + 1, rng)
            learned = t + 1
        rows = contenders.rows(known, t) if only is None else only
        if len(rows):
            came, scale = contenders.came(rows, t)
            for method in (POOL, *RULES):
                said = contenders.said(method, known, t, rows)
                if said is not None:
                    kept.take(method, rows, said.crps(came) / scale, said.steps(came))
                    if method in (POOL, BEAT):
                        low, high = said.interval(LEVELS[-1])
                        kept.inside(method, rows[(low <= came) & (came <= high)])
                        kept.compared(method, t, contenders.compared(method, known, t, rows))
        done += 1
        if on_origin is not None:
            on_origin(done, len(origins))
    if BEAT not in kept.crps:
        raise NoDataError("No dyad had enough acts at any origin. Import more files.")
    pairs = np.maximum(np.arange(len(panel.y)), panel.reverse)
    return kept.track(pairs, (int(origins[0]), int(origins[-1])), contenders.target.last)


def _origins(contenders: Contenders, first: int | None) -> Counts:
    panel, target = contenders.panel, contenders.target
    known = np.flatnonzero(panel.known)
    least = max(_LEAST_FIRST, min(_FIRST, len(known) // 2), WARM_UP + target.last + 4)
    least = least if first is None else first
    _, there = panel.sums(target)
    found = known[least - 1 :][there[known[least - 1 :]]] if least <= len(known) else known[:0]
    if not len(found):
        raise NoDataError(
            f"The record has {len(known)} full periods; to try a forecast of {target.last} on the past takes some "
            f"{least + target.last} in a row. Import more files, or ask for a shorter horizon."
        )
    return found


class _Kept:
    """Scores as they come in."""

    def __init__(self, dyads: int) -> None:
        self.dyads = dyads
        self.crps: dict[str, list[Array]] = {}
        self.between: dict[str, list[Array]] = {}
        self.rows: dict[str, list[Counts]] = {}
        self.held: dict[str, list[Counts]] = {}
        self.chances: dict[str, list[tuple[int, Compared]]] = {}

    def compared(self, method: str, t: int, found: Compared | None) -> None:
        if found is not None:
            self.chances.setdefault(method, []).append((t, found))

    def inside(self, method: str, rows: Counts) -> None:
        self.held.setdefault(method, []).append(rows)

    def take(self, method: str, rows: Counts, crps: Array, between: Array) -> None:
        self.crps.setdefault(method, []).append(crps)
        self.between.setdefault(method, []).append(between)
        self.rows.setdefault(method, []).append(rows)

    def track(self, cluster: Counts, origins: tuple[int, int], last: int) -> Track:
        methods = {name: self._scored(name) for name in self.crps}
        rows = np.concatenate(self.rows[BEAT])
        pool, beat = (_sums(rows, np.concatenate(self.crps[m]), self.dyads) for m in (POOL, BEAT))
        ratio, sure = _ratio(pool, beat, cluster, methods[BEAT].n)
        use = POOL if sure else BEAT
        between = np.concatenate(self.between[use])
        held = np.stack([_sums(rows, coverage(between, level), self.dyads) for level in LEVELS])
        inside = np.bincount(np.concatenate(self.held[use]), minlength=self.dyads)
        score = PairScore(np.bincount(rows, minlength=self.dyads), inside, held, pool if sure else beat, beat)
        return Track(methods, ratio, use, origins, score, self._chances(use, cluster, last))

    def _chances(self, method: str, cluster: Counts, last: int) -> dict[str, Chances]:
        """Chances as they would have been told, bent by what had come by then, scored; and the line from now on."""
        found = self.chances.get(method, [])
        if not found:
            return {}
        at = np.concatenate([np.full(len(one.rows), t) for t, one in found])
        one = Compared(*(np.concatenate(part) for part in zip(*(one for _, one in found), strict=True)))
        rows, scored = one.rows, dict[str, Chances]()
        for name, said, came, can in (
            ("larger", one.larger, one.grew, one.may_grow), ("smaller", one.smaller, one.shrank, one.may_shrink),
        ):  # fmt: skip
            told = bent_in_time(at[can], said[can], came[can], last)
            score = score_chances(rows[can], told, came[can], cluster)
            if score is not None:
                scored[name] = replace(score, line=learn_line(said[can], came[can]))
        return scored

    def _scored(self, method: str) -> Scored:
        rows, between = np.concatenate(self.rows[method]), np.concatenate(self.between[method])
        edges = np.linspace(0, 1, _BINS + 1)
        low, high = between[:, :1], between[:, 1:]
        below = np.clip((edges - low) / np.maximum(high - low, 1e-12), 0, 1).mean(axis=0)
        return Scored(
            len(rows),
            len(np.unique(rows)),
            float(np.concatenate(self.crps[method]).mean()),
            float(log_score(between).mean()),
            tuple(float(coverage(between, level).mean()) for level in LEVELS),
            tuple(np.diff(below).tolist()),
        )


def _sums(rows: Counts, weights: Array, size: int) -> Array:
    return np.asarray(np.bincount(rows, weights, size), np.float64)


def _ratio(pool: Array, beat: Array, cluster: Counts, n: int) -> tuple[Estimate, bool]:
    """Sum over sum by dyad, and whether it is under 1 with 95 % certainty."""
    ratio, clusters = ratio_of_sums(pool, beat, cluster, n)
    return ratio, ratio.high < 1 and clusters > 1
