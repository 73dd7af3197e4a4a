"""The figures of the chapter on history."""

from __future__ import annotations

from visavis.charts.coverage import coverage
from visavis.charts.levels import levels
from visavis.charts.shares import shares
from visavis.finding import Chart
from visavis.findings._regimes import Cut, scatter
from visavis.findings._series import Series
from visavis.findings._view import View
from visavis.models.intervals import part_interval, share_interval

__all__ = ["coverage_chart", "levels_chart", "shares_chart"]


def coverage_chart(view: View, series: list[Series]) -> Chart:
    kinds = {s.stream: s.kind for s in series}
    rows = []
    for stream, kind in kinds.items():
        for c in view.coverage(kind):
            if c.stream == stream:
                state = "full" if c.full else "partial" if c.covered > 0 else "gap"
                rows.append({"stream": stream, "period": c.period, "state": state})
    return coverage(rows)


def _direction(s: Series) -> dict[str, str]:
    return {"stream": s.stream, "source": s.source, "target": s.target}


Rows = list[dict[str, object]]


def _marks(cuts: list[Cut], what: str) -> tuple[Rows, Rows, Rows]:
    """Regimes (where there is more than one), turning points and pulses, as the charts want them."""
    regimes: Rows = []
    turns: Rows = []
    pulses: Rows = []
    of_kind = [c for c in cuts if c.what == what]
    alone = {(c.series.stream, c.period(u.index)) for c in of_kind for u in c.found.pulses}
    for c in of_kind:
        key = _direction(c.series)
        for r in c.found.regimes if c.found.points else ():
            regimes.append({**key, "since": c.period(r.start), "until": c.period(r.end), "level": r.level})
        for p in c.found.points:
            turns.append({**key, "period": c.period(p.index), "low": c.period(p.low), "high": c.period(p.high)})
        for stream, period in sorted(alone):  # marked in both directions, whichever of them is far off
            if stream == c.series.stream and period in c.series.periods:
                level = c.level(int(c.series.t[c.series.periods.index(period)]))
                pulses.append({**key, "period": period, what: level})
    return regimes, turns, pulses


def shares_chart(series: list[Series], cuts: list[Cut]) -> Chart:
    rows = []
    for s in series:
        spread = scatter(s, "share")
        for i, period in enumerate(s.periods):
            found = share_interval(int(s.conflict[i]), int(s.acts[i]), dispersion=spread)
            if found is not None:
                estimate = {"share": found.value, "low": found.low, "high": found.high}
                rows.append({**_direction(s), "period": period, **estimate, "acts": found.n, "partial": not s.full[i]})
    regimes, turns, pulses = _marks(cuts, "share")
    return shares(rows, regimes=regimes, turning_points=turns, unusual=pulses)


def levels_chart(series: list[Series], cuts: list[Cut]) -> Chart:
    rows = []
    for s in series:
        spread = scatter(s, "rate")
        for i, period in enumerate(s.periods):
            found = part_interval(int(s.acts[i]), float(s.exposure[i]), per=10_000, dispersion=spread)
            if found is not None:
                estimate = {"rate": found.value, "low": found.low, "high": found.high}
                rows.append({**_direction(s), "period": period, **estimate, "acts": found.n, "partial": not s.full[i]})
    regimes, turns, pulses = _marks(cuts, "rate")
    return levels(rows, regimes=regimes, turning_points=turns, unusual=pulses)
