"""Do the two sides' ways of dealing with a third country come closer, and what followed over years?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import false_discovery_control

from visavis.charts.distances import distances
from visavis.finding import Chart, Evidence, Finding, Message, Number, Term, Verdict, bits
from visavis.findings._grid import Grid
from visavis.findings._shared import ALARM, countries, of_third, span
from visavis.findings._terms import kind_word, stream_term
from visavis.findings._view import View
from visavis.models.convergence import FEWEST_ACTS, YEARS, Convergence, Followed, convergence, distance, followed
from visavis.models.intervals import Estimate

__all__ = ["converging", "halves"]

_HUNDRED = "distance"


@dataclass(frozen=True)
class _Step:
    """Distance in a window that ends with a period."""

    first: str
    last: str
    found: Estimate


def converging(view: View, grid: Grid, third: str, others: list[str]) -> list[Finding]:
    """The distance of the two mixes toward one third country, then and now; toward the others in one sentence."""
    found = _compared(view, grid, third)
    if found is None:
        return [_too_short(view, grid, third)]
    steps = _steps(view, grid, third)
    after = _after(view, grid, third)
    terms = {**of_third(view, third), **halves(grid), "stream": stream_term(grid.stream)}
    numbers = {
        "early": _hundred(found.early),
        "late": _hundred(found.late),
        "change": _hundred(found.change, f"change in {_HUNDRED}"),
    }
    clear = found.p <= ALARM
    way = ("closer" if found.change.value < 0 else "apart") if clear else "undecided"
    told = Finding(
        id=f"company.convergence.{view.a}-{view.b}.{third}",
        chapter="company",
        message=Message(f"company.convergence.{way}", numbers, terms),
        verdict=Verdict.HOLDS if clear else Verdict.UNDECIDED,
        provenance=view.provenance([grid.stream], block=grid.block, alarm=ALARM),
        charts=_charts(view, third, steps),
        evidence=tuple(_evidence(grid, side, third) for side in (view.a, view.b)),
        details=(
            *_extremes(steps),
            *_toward_others(view, grid, others),
            *(() if after else (_years_short(view, grid, third),)),
        ),
        caveats=(Message("company.convergence.what"),),
        headline=clear,
        basis="acts",
        bits=bits(found.p),
        would_change=Message(f"company.convergence.would.{'clear' if clear else 'undecided'}", terms=terms),
    )
    return [told, *([_followed(view, grid, third, after)] if after else [])]


def _compared(view: View, grid: Grid, third: str) -> Convergence | None:
    return convergence(grid.mix(view.a, third), grid.mix(view.b, third), block=grid.block)


def halves(grid: Grid) -> dict[str, Term]:
    """The four ends of the two halves, by full periods."""
    full = [p for p, whole in zip(grid.periods, grid.full, strict=True) if whole]
    half = len(full) // 2
    ends = {"early_first": full[0], "early_last": full[half - 1], "late_first": full[half], "late_last": full[-1]}
    return {name: Term("period", period) for name, period in ends.items()}


def _hundred(found: Estimate, unit: str = _HUNDRED) -> Number:
    """A distance in bits on a scale to a hundred."""
    return Number(100 * found.value, unit, 100 * found.low, 100 * found.high, found.n, found.level)


def _evidence(grid: Grid, source: str, third: str) -> Evidence:
    key = {"stream": grid.stream, "source": source, "target": third}
    return Evidence("acts", key, int(grid.toward(source, third).sum()))


def _steps(view: View, grid: Grid, third: str) -> list[_Step]:
    """Windows of two years of months, or a quarter of weeks, each half a window after the one before."""
    a, b = (grid.mix(side, third) for side in (view.a, view.b))
    names = [p for p, whole in zip(grid.periods, grid.full, strict=True) if whole]
    wide = 24 if grid.kind == "month" else 13
    found = []
    for end in range(wide, len(names) + 1, wide // 4):
        rows = slice(end - wide, end)
        one = distance(a[rows], b[rows], block=max(1, wide // 12))
        if one is not None and _unbroken(grid, names[end - wide], names[end - 1], wide):
            found.append(_Step(names[end - wide], names[end - 1], one))
    return found


def _unbroken(grid: Grid, first: str, last: str, wide: int) -> bool:
    """Whether a window holds no long gap: a line is not drawn over one."""
    return grid.periods.index(last) - grid.periods.index(first) < wide + 3


def _charts(view: View, third: str, steps: list[_Step]) -> tuple[Chart, ...]:
    if len(steps) < 3:
        return ()
    rows = [
        {"since": s.first, "until": s.last, "value": 100 * s.found.value, "low": 100 * s.found.low}
        | {"high": 100 * s.found.high, "acts": s.found.n}
        for s in steps
    ]
    return (distances(rows, (view.a, view.b), third),)


def _extremes(steps: list[_Step]) -> tuple[Message, ...]:
    """The windows in which the distance was smallest and largest; picked after looking, so nothing is tested."""
    if len(steps) < 3:
        return ()
    order = sorted(steps, key=lambda s: (s.found.value, s.first))
    numbers = {"smallest": _hundred(order[0].found), "largest": _hundred(order[-1].found)}
    terms = {
        "smallest_first": Term("period", order[0].first),
        "smallest_last": Term("period", order[0].last),
        "largest_first": Term("period", order[-1].first),
        "largest_last": Term("period", order[-1].last),
    }
    return (Message("company.convergence.extremes", numbers, terms),)


def _toward_others(view: View, grid: Grid, others: list[str]) -> tuple[Message, ...]:
    """Toward how many further third countries the mixes came closer, under one bound on false discoveries."""
    found = {c: one for c in others if (one := _compared(view, grid, c)) is not None}
    if not found:
        return ()
    q = dict(zip(found, false_discovery_control([one.p for one in found.values()], method="by"), strict=True))
    closer = sorted(c for c in found if q[c] <= ALARM and found[c].change.value < 0)
    apart = sorted(c for c in found if q[c] <= ALARM and found[c].change.value > 0)
    said = []
    for name, some in (("closer", closer), ("apart", apart)):
        if some:
            said.append(Message(f"company.convergence.others.{name}", terms={"countries": countries(some)}))
    open_ = sorted(set(found) - {*closer, *apart})
    if open_:
        said.append(Message("company.convergence.others.open", terms={"countries": countries(open_)}))
    return tuple(said)


def _after(view: View, grid: Grid, third: str) -> Followed | None:
    """The distance of a year against the pair's conflictual share in the next."""
    if grid.kind != "month":
        return None
    a, b = grid.means(view.a, third), grid.means(view.b, third)
    k, n = grid.tie(view.a, view.b)
    far, share = [], []
    for start in range(0, len(grid.periods) - 11, 12):
        rows = slice(start, start + 12)
        whole = grid.full[rows].sum() >= 11
        one = distance(a[rows], b[rows], block=2) if whole else None
        far.append(np.nan if one is None else one.value)
        share.append(k[rows].sum() / n[rows].sum() if whole and n[rows].sum() >= FEWEST_ACTS else np.nan)
    return followed(np.array(far), np.array(share))


def _years_short(view: View, grid: Grid, third: str) -> Message:
    whole = grid.full[: len(grid.periods) // grid.year * grid.year].reshape(-1, grid.year).all(axis=1)
    numbers = {"years": Number(int(whole.sum()) if grid.kind == "month" else 0, "full years")}
    numbers["needed"] = Number(YEARS + 1, "full years")
    return Message("company.followed.too_short", numbers, of_third(view, third))


def _followed(view: View, grid: Grid, third: str, found: Followed) -> Finding:
    """What followed: ten points of distance against points of conflictual share in the next year."""
    e, clear = found.effect, found.p <= ALARM
    way = ("less" if e.value > 0 else "more") if clear else "undecided"
    effect = Number(0.1 * e.value, "change in share of acts", 0.1 * e.low, 0.1 * e.high, found.years, e.level)
    return Finding(
        id=f"company.followed.{view.a}-{view.b}.{third}",
        chapter="company",
        message=Message(f"company.followed.{way}", {"effect": effect}, of_third(view, third)),
        verdict=Verdict.HOLDS if clear else Verdict.UNDECIDED,
        provenance=view.provenance([grid.stream], alarm=ALARM, years=found.years),
        caveats=(Message("company.near_is_not_because"),),
        basis="acts",
        bits=bits(found.p),
        would_change=Message("company.followed.would", terms=of_third(view, third)),
    )


def _too_short(view: View, grid: Grid, third: str) -> Finding:
    numbers = {"acts": Number(FEWEST_ACTS, "acts")}
    for side, end in ((view.a, "a"), (view.b, "b")):
        numbers[f"acts_{end}"] = Number(int(grid.mix(side, third).sum()), "acts")
    terms = {**of_third(view, third), **span(grid), "kind": kind_word(grid.kind)}
    return Finding(
        id=f"company.convergence.{view.a}-{view.b}.{third}",
        chapter="company",
        message=Message("company.convergence.too_short", numbers, terms),
        verdict=Verdict.NO_DATA,
        provenance=view.provenance([grid.stream]),
        basis="acts",
    )
