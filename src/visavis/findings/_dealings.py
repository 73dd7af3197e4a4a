"""What both sides did toward a third country, week by week: from the tables to what the models read."""

from __future__ import annotations

import datetime as dt
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import narwhals as nw
import numpy as np
import numpy.typing as npt

from visavis.actions import MEANS, ROOTS, is_conflict, means
from visavis.findings._view import View
from visavis.models.mixes import MixGap, compare_mixes
from visavis.models.toward import Toward, toward
from visavis.store.coverage import Period, days_in

__all__ = ["CLASSES", "ENOUGH", "Dealing", "by_reports", "dealings"]

_Counts = npt.NDArray[np.int64]

ENOUGH = 50
"""Acts of each side toward a third country, below which nothing is compared."""
CLASSES = ("statement", *MEANS)
"""What acts are sorted into: a statement is no means, but it is an act."""
_MOST = 8  # third countries of a stream, those that both sides deal with most
_DIALOGUE = ("03", "04", "05", "06", "07")
_PRESSURE = ("10", "11", "12", "13", "16", "17")
_ROOTS = tuple(ROOTS)
_CLASS_OF = np.array([CLASSES.index(means(root) or "statement") for root in _ROOTS])


@dataclass(frozen=True)
class Dealing:
    """Both sides and one third country in one stream, over some blocks of time.

    Args:
        stream, third: what it is.
        pair: the two sides in ISO order.
        periods: the blocks: full weeks, or months where the stream has no weeks; (n,).
        months: month of each block, or its year where blocks are months; (n,).
        to: for each side, what it did toward the third country, by root, (2, n, 20).
        back: for each side, what it received from there, by root, (2, n, 20).
        everywhere: for each side, what it did toward all others, (2, n).
    """

    stream: str
    third: str
    pair: tuple[str, str]
    periods: tuple[str, ...]
    months: tuple[str, ...]
    to: _Counts
    back: _Counts
    everywhere: _Counts

    @property
    def acts(self) -> tuple[int, int]:
        """Acts of either side toward the third country."""
        return int(self.to[0].sum()), int(self.to[1].sum())

    @property
    def ends(self) -> tuple[str, str]:
        """First and last day."""
        return str(days_in(self.periods[0])[0]), str(days_in(self.periods[-1])[1])

    def mixes(self) -> tuple[_Counts, _Counts]:
        """Acts by class of means, (n, classes), of either side."""
        return _by_class(self.to[0]), _by_class(self.to[1])

    @cached_property
    def toward(self) -> Toward:
        """Attention, what is received, dialogue and pressure, and the verdict on both."""
        sides = [
            np.column_stack([
                self.to[i].sum(axis=1), self.everywhere[i],
                self.back[i].sum(axis=1), self.back[i][:, [is_conflict(r) for r in _ROOTS]].sum(axis=1),
                _of(self.to[i], _DIALOGUE), _of(self.to[i], _PRESSURE),
            ])
            for i in (0, 1)
        ]  # fmt: skip
        return toward(sides[0], sides[1], np.array(self.months))

    @cached_property
    def mix(self) -> MixGap:
        """How different the mixes of means are; the seed comes from the unordered pair."""
        seed = zlib.crc32(" ".join(["answers", *self.pair, self.third, self.stream, *self.ends]).encode())
        return compare_mixes(*self.mixes(), np.array(self.months), seed=seed)

    def during(self, first: str, last: str) -> Dealing:
        """The blocks whose month lies between two months or years, both inside."""
        keep = [first <= month[: len(first)] and month[: len(last)] <= last for month in self.months]
        rows = np.flatnonzero(keep)
        periods, months = (tuple(names[i] for i in rows) for names in (self.periods, self.months))
        arrays = self.to[:, rows], self.back[:, rows], self.everywhere[:, rows]
        return Dealing(self.stream, self.third, self.pair, periods, months, *arrays)


def _by_class(counts: _Counts) -> _Counts:
    found = np.zeros((len(counts), len(CLASSES)), np.int64)
    np.add.at(found.T, _CLASS_OF, counts.T)
    return found


def _of(counts: _Counts, roots: Iterable[str]) -> _Counts:
    return np.asarray(counts[:, [_ROOTS.index(root) for root in roots]].sum(axis=1))


def dealings(view: View) -> list[Dealing]:
    """Every stream's third countries toward which each side has ``ENOUGH`` acts, most acts first."""
    found = []
    for stream in sorted(view.tables.streams):
        held = [d for d in _in_stream(view, stream, "acts") if min(d.acts) >= ENOUGH]
        found += sorted(held, key=lambda d: (-min(d.acts), d.third))[:_MOST]
    return found


def by_reports(view: View, d: Dealing) -> Dealing:
    """The same, every report counted."""
    return next(one for one in _in_stream(view, d.stream, "reports") if one.third == d.third)


def _in_stream(view: View, stream: str, table: str) -> list[Dealing]:
    """All third countries that either side did anything toward."""
    kind: Period = "week"
    rows = _rows(view, stream, table, kind)
    if not rows:
        kind = "month"
        rows = _rows(view, stream, table, kind)
    full = [c.period for c in view.coverage(kind) if c.stream == stream and c.full and view.within(c.period)]
    at = {period: i for i, period in enumerate(full)}
    both = (view.a, view.b)
    to: dict[str, _Counts] = defaultdict(lambda: np.zeros((2, len(full), len(_ROOTS)), np.int64))
    back: dict[str, _Counts] = defaultdict(lambda: np.zeros((2, len(full), len(_ROOTS)), np.int64))
    for (period, source, target, root), n in rows.items():
        if period in at and source in both and target not in both:
            to[target][both.index(source), at[period], _ROOTS.index(root)] += n
        elif period in at and target in both and source not in both:
            back[source][both.index(target), at[period], _ROOTS.index(root)] += n
    if not to:
        return []
    everywhere = _everywhere(view, stream, table, kind, at)
    months = tuple(_month(period) if kind == "week" else period[:4] for period in full)
    return [Dealing(stream, c, both, tuple(full), months, to[c], back[c], everywhere) for c in sorted(to) if c != "*"]


def _rows(view: View, stream: str, table: str, kind: Period) -> Counter[tuple[str, str, str, str]]:
    """Acts of and toward either side by period, source, target and root."""
    frame = view.tables.frame(table, kind)
    pair = [view.a, view.b]
    of_pair = nw.col("source").is_in(pair) | nw.col("target").is_in(pair)
    summed = (
        frame.filter(nw.col("stream") == stream, of_pair)
        .group_by("period", "source", "target", "root")
        .agg(nw.col(table).sum().cast(nw.Int64))
    )
    found: Counter[tuple[str, str, str, str]] = Counter()
    for row in summed.collect("pyarrow").to_native().to_pylist():
        found[row["period"], row["source"], row["target"], row["root"]] += row[table]
    return found


def _everywhere(view: View, stream: str, table: str, kind: Period, at: dict[str, int]) -> _Counts:
    """What each side did toward all others, in every block."""
    found = np.zeros((2, len(at)), np.int64)
    frame = view.tables.frame("totals", kind)
    own = frame.filter(nw.col("stream") == stream, nw.col("source").is_in([view.a, view.b]))
    for row in own.collect("pyarrow").to_native().to_pylist():
        if row["period"] in at:
            found[(view.a, view.b).index(row["source"]), at[row["period"]]] += row[table]
    return found


def _month(week: str) -> str:
    """The month of a week: of its Thursday, which ISO counts by."""
    return str(days_in(week)[0] + dt.timedelta(days=3))[:7]
