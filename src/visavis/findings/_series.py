"""The pair's series, one a stream and direction, with coverage; what the models read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visavis.findings._view import View
from visavis.store.coverage import Period

__all__ = ["FEW", "Series", "period_kind", "series_of"]

FEW = 24
"""With fewer full months than this a stream is looked at by weeks."""

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Series:
    """Acts from one country to the other in one stream; a period with coverage and no act is 0, one without is absent.

    Args:
        stream, source, target: what it is.
        kind: month or week.
        periods: names, shape (n,).
        t: index of each period, counted from the stream's first, shape (n,); a gap leaves a hole in it.
        full: whether the period is covered well enough to be tested, shape (n,).
        settled: whether late rows have come in, shape (n,).
        acts, conflict, cooperation, reports: counts, shape (n,).
        exposure: acts between all countries in the stream, shape (n,).
    """

    stream: str
    source: str
    target: str
    kind: Period
    periods: tuple[str, ...]
    t: Counts
    full: npt.NDArray[np.bool_]
    settled: npt.NDArray[np.bool_]
    acts: Counts
    conflict: Counts
    cooperation: Counts
    reports: Counts
    exposure: Counts

    def __len__(self) -> int:
        return len(self.periods)

    @property
    def tested(self) -> Series:
        """Only the periods that may be tested: full ones."""
        return self.where(self.full)

    def where(self, keep: npt.NDArray[np.bool_]) -> Series:
        """Some of the periods."""
        rows = np.flatnonzero(keep)
        arrays = {
            name: getattr(self, name)[rows]
            for name in ("t", "full", "settled", "acts", "conflict", "cooperation", "reports", "exposure")
        }
        periods = tuple(self.periods[i] for i in rows)
        return Series(self.stream, self.source, self.target, self.kind, periods, **arrays)


def period_kind(view: View, stream: str) -> Period:
    """Months, or weeks where the stream as a whole has fewer than ``FEW`` full months."""
    months = [c for c in view.tables.coverage("month") if c.stream == stream and c.full]
    return "month" if len(months) >= FEW else "week"


def series_of(view: View, stream: str, kind: Period) -> list[Series]:
    """The stream's two series, in ISO order of the acting side."""
    covered = [(i, c) for i, c in enumerate(x for x in view.coverage(kind) if x.stream == stream) if c.covered > 0]
    names = tuple(c.period for _, c in covered)
    at = {name: i for i, name in enumerate(names)}
    columns: dict[tuple[str, str], dict[str, Counts]] = {
        way: {c: np.zeros(len(names), np.int64) for c in ("acts", "conflict", "cooperation", "reports")}
        for way in view.directions
    }
    for measure, wanted in (
        ("conflict_share", ("acts", "conflict")),
        ("cooperation_share", ("cooperation",)),
        ("report_count", ("reports",)),
    ):
        for row in view.measure(measure, kind):
            i = at.get(row["period"])
            if row["stream"] == stream and i is not None:
                for column in wanted:
                    columns[row["source"], row["target"]][column][i] = row[column]
    exposure = np.zeros(len(names), np.int64)
    totals = view.tables.arrow("totals", kind)
    for row in totals.group_by(["stream", "period"]).aggregate([("acts", "sum")]).to_pylist():
        if row["stream"] == stream and row["period"] in at:
            exposure[at[row["period"]]] = row["acts_sum"]
    t = np.array([i for i, _ in covered], np.int64)
    full = np.array([c.full for _, c in covered], bool)
    settled = np.array([c.settled for _, c in covered], bool)
    return [
        Series(stream, way[0], way[1], kind, names, t, full, settled, exposure=exposure, **columns[way])
        for way in view.directions
    ]
