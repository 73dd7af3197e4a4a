"""How alike are they really? Income, size, democracy, votes: what is alike, what is not, then and now."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from visavis.charts.likeness import likeness as likeness_chart
from visavis.countries import country
from visavis.finding import Chart, Evidence, Finding, Message, Number, Term, Verdict
from visavis.findings._alike_votes import voting
from visavis.findings._cited import cited
from visavis.findings._terms import pair_terms
from visavis.findings._view import View
from visavis.models.alike import CLOSE_YEARS, FAR, FEWEST, NEAR, Apart, Place, apart, place
from visavis.names.messages import message_keys

__all__ = ["likeness"]

# One aspect may be measured several ways; it counts once, and is alike only if all of them say so.
_ASPECTS = {
    "GDP per person": "income",
    "GDP": "size",
    "population": "size",
    "electoral democracy": "democracy",
    "liberal democracy": "democracy",
    "polity score": "democracy",
    "UN ideal point": "un",
}
_UNITS = {
    "US dollars, current": "dollars",
    "people": "people",
    "index, 0 to 1": "index",
    "points, -10 to 10": "points",
    "standard deviations of all countries": "deviations",
}
_STANDINGS = ("alike", "apart", "between")
_PANELS = 6  # drawn; the table under the chart holds the others too
_MOVES = ("closer", "further", "same")


@dataclass(frozen=True)
class _Compared:
    """One indicator that both countries have."""

    name: str
    unit: str
    values: dict[str, dict[int, float]]
    sources: dict[tuple[str, int], str]
    found: Apart

    @property
    def aspect(self) -> str:
        return _ASPECTS.get(self.name, self.name)


def likeness(view: View) -> list[Finding]:
    """What the record's indicators and votes say of the two."""
    compared = _compared(view)
    if not compared:
        return [_nothing(view), *voting(view)]
    return [_alike(view, compared), *voting(view), *_closer(view, compared), _placed(view, compared)]


def _compared(view: View) -> list[_Compared]:
    """Indicators in the order in which their aspects are told, the user's own last."""
    values: dict[tuple[str, str], dict[str, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    sources: dict[tuple[str, str], dict[tuple[str, int], str]] = defaultdict(dict)
    begun = max((d for d in (country(view.a).valid_from, country(view.b).valid_from) if d), default=dt.date.min).year
    for row in view.tables.facts("indicators"):
        year = row["year"]
        if year < begun:  # one of the two carries its name only since then
            continue
        if (view.since is None or year >= view.since.year) and (view.until is None or year <= view.until.year):
            values[row["indicator"], row["unit"]][row["country"]][year] = row["value"]
            sources[row["indicator"], row["unit"]][row["country"], year] = row["source"]
    found = []
    for (name, unit), by_country in values.items():
        gap = apart(by_country.get(view.a, {}), by_country.get(view.b, {}), unit)
        if gap is not None:
            found.append(_Compared(name, unit, dict(by_country), sources[name, unit], gap))
    order = list(_ASPECTS)
    return sorted(found, key=lambda c: (order.index(c.name) if c.name in order else len(order), c.name, c.unit))


def _nothing(view: View) -> Finding:
    message = Message("likeness.nothing", terms=pair_terms(view))
    change = Message("likeness.nothing.change")
    return Finding("likeness.nothing", "likeness", message, Verdict.NO_DATA, cited(view, "indicators"),
                   basis="indicators", would_change=change)  # fmt: skip


def _aspects(compared: list[_Compared]) -> dict[str, str]:
    """Standing of each aspect: that of its indicators where they agree, else between."""
    found: dict[str, set[str]] = defaultdict(set)
    for c in compared:
        found[c.aspect].add(c.found.standing)
    return {aspect: next(iter(s)) if len(s) == 1 else "between" for aspect, s in found.items()}


def _word(family: str, name: str) -> Term:
    key = f"{family}.{name.replace(' ', '_')}"
    return Term("word", key) if key in message_keys() else Term("outside", name)


def _listed(aspects: dict[str, str], which: str) -> tuple[Term, ...]:
    return tuple(_word("likeness.aspect", a) for a, standing in aspects.items() if standing == which)


def _alike(view: View, compared: list[_Compared]) -> Finding:
    """The claim that they are alike in all that is compared; one aspect that is not is enough against it."""
    aspects = _aspects(compared)
    numbers = {s: Number(sum(v == s for v in aspects.values()), "aspects") for s in _STANDINGS}
    numbers["all"] = Number(len(aspects), "aspects")
    verdict = Verdict.UNDECIDED
    if numbers["apart"].value:
        verdict = Verdict.DOES_NOT_HOLD
    elif not numbers["between"].value:
        verdict = Verdict.HOLDS
    parts = [Message(f"likeness.are.{s}", terms={"aspects": t}) for s in ("apart", "between", "alike")
             if (t := _listed(aspects, s))]  # fmt: skip
    return Finding(
        id="likeness.alike",
        chapter="likeness",
        message=Message(f"likeness.{verdict.value.replace(' ', '_')}", numbers, pair_terms(view)),
        verdict=verdict,
        provenance=cited(view, "indicators", near=dict(NEAR), far=dict(FAR), years=CLOSE_YEARS),
        charts=(_chart(view, compared),),
        evidence=tuple(_evidence(c, view) for c in compared),
        details=(*parts, *(_stands(c) for c in _telling(compared))),
        caveats=(_thresholds(), Message("likeness.no_interval"), *_old(compared), Message("likeness.not_known")),
        headline=True,
        basis="indicators",
        would_change=Message("likeness.change", {"years": Number(CLOSE_YEARS, "years")}),
    )


def _evidence(c: _Compared, view: View) -> Evidence:
    year = c.found.years[-1]
    key = {"indicator": c.name, "country": f"{view.a}|{view.b}", "year": str(year)}
    return Evidence("indicators", key, 2 * len(c.found.years), None, c.sources[view.a, year])


def _thresholds() -> Message:
    return Message("likeness.thresholds", {"years": Number(CLOSE_YEARS, "years")})


def _old(compared: list[_Compared]) -> list[Message]:
    """Said where indicators end well before the latest one."""
    newest = max(c.found.years[-1] for c in compared)
    old = [c for c in compared if newest - c.found.years[-1] >= CLOSE_YEARS]
    if not old:
        return []
    last = Term("period", str(min(c.found.years[-1] for c in old)))
    return [Message("likeness.old", terms={"indicators": tuple(_indicator(c) for c in old), "last": last})]


def _indicator(c: _Compared) -> Term:
    return _word("likeness.indicator", c.name)


def _gap_number(c: _Compared, gap: float, low: float | None = None, high: float | None = None) -> Number:
    """A gap as it is told: the lower as a share of the higher, a share of the scale, or standard deviations."""
    n = len(c.found.years)
    if c.found.kind == "ratio":
        low, high = (None, None) if low is None or high is None else (1 - high, 1 - low)
        return Number(1 - gap, "share of the higher", low, high, n)
    return Number(gap, "share of the scale" if c.found.kind == "scale" else "standard deviations", low, high, n)


def _stands(c: _Compared) -> Message:
    """One indicator in the last year that both have, the range of the last years, and what it was at first."""
    found, widest = c.found, c.found.widest
    low, high = (round(100 * gap) for gap in found.lately)
    numbers = {
        "gap": _gap_number(c, found.gaps[-1], *found.lately),
        # A range that begins where it ends is not told; nor is that of one year.
        "years": Number(1 if low == high else min(CLOSE_YEARS, len(found.years)), "years"),
        "then": _gap_number(c, found.gaps[0]),
        "most": _gap_number(c, found.gaps[widest]),
    }
    terms = {
        "indicator": _indicator(c),
        "standing": Term("word", f"likeness.standing.{found.standing}"),
        "year": Term("period", str(found.years[-1])),
        "first": Term("period", str(found.years[0])),
        "widest": Term("period", str(found.years[widest])),
    }
    return Message(f"likeness.stands.{found.kind}" + ".first" * (widest == 0), numbers, terms)


def _closer(view: View, compared: list[_Compared]) -> list[Finding]:
    """The claim that they have become more alike than at the beginning of the record."""
    moved = [c for c in compared if c.found.moved is not None]
    if not moved:
        return []
    by_aspect: dict[str, set[str]] = defaultdict(set)
    for c in moved:
        by_aspect[c.aspect].add(str(c.found.moved))
    aspects = {a: next(iter(m)) if len(m) == 1 else "same" for a, m in by_aspect.items()}
    numbers = {m: Number(sum(v == m for v in aspects.values()), "aspects") for m in _MOVES}
    numbers["all"] = Number(len(aspects), "aspects")
    verdict = Verdict.UNDECIDED
    if numbers["closer"].value and not numbers["further"].value and not numbers["same"].value:
        verdict = Verdict.HOLDS
    elif numbers["further"].value and not numbers["closer"].value:
        verdict = Verdict.DOES_NOT_HOLD
    parts = [Message(f"likeness.moved.{m}", terms={"aspects": t}) for m in ("further", "same", "closer")
             if (t := _listed(aspects, m))]  # fmt: skip
    return [
        Finding(
            id="likeness.closer",
            chapter="likeness",
            message=Message(f"likeness.closer.{verdict.value.replace(' ', '_')}", numbers, pair_terms(view)),
            verdict=verdict,
            provenance=cited(view, "indicators", years=CLOSE_YEARS),
            evidence=tuple(_evidence(c, view) for c in moved),
            details=tuple(parts),
            basis="indicators",
            would_change=Message("likeness.closer.change", {"years": Number(CLOSE_YEARS, "years")}),
        )
    ]


def _telling(compared: list[_Compared]) -> list[_Compared]:
    """The first indicator of each aspect, and those of it that stand otherwise."""
    lead = {c.aspect: c for c in _leading(compared)}
    return [c for c in compared if c is lead[c.aspect] or c.found.standing != lead[c.aspect].found.standing]


def _leading(moved: list[_Compared]) -> list[_Compared]:
    """One indicator for each aspect, the first."""
    return list({c.aspect: c for c in reversed(moved)}.values())[::-1]


def _placed(view: View, compared: list[_Compared]) -> Finding:
    """Where the pair stands among all pairs, where the record holds enough countries."""
    places = [(c, p) for c in compared if (p := place(c.values, view.a, view.b, c.unit)) is not None]
    if not places:
        most = max(len([v for v in c.values.values() if c.found.years[-1] in v]) for c in compared)
        numbers = {"most": Number(most, "countries"), "fewest": Number(FEWEST, "countries")}
        message = Message("likeness.place.none", numbers, pair_terms(view))
        return Finding("likeness.place", "likeness", message, Verdict.NO_DATA, cited(view, "indicators"),
                       basis="indicators", would_change=Message("likeness.place.none.change", numbers))  # fmt: skip
    closer = sum(p.closer < 0.5 for _, p in places)
    numbers = {"closer": Number(closer, "indicators"), "all": Number(len(places), "indicators")}
    verdict = Verdict.HOLDS if closer == len(places) else Verdict.UNDECIDED if closer else Verdict.DOES_NOT_HOLD
    return Finding(
        id="likeness.place",
        chapter="likeness",
        message=Message(f"likeness.place.{verdict.value.replace(' ', '_')}", numbers, pair_terms(view)),
        verdict=verdict,
        provenance=cited(view, "indicators", fewest_countries=FEWEST),
        details=tuple(_place(c, p) for c, p in places),
        caveats=(Message("likeness.place.all_pairs"),),
        basis="indicators",
        would_change=Message("likeness.place.change"),
    )


def _place(c: _Compared, p: Place) -> Message:
    numbers = {"share": Number(p.closer, "share of pairs", n=p.pairs), "countries": Number(p.countries, "countries")}
    terms = {"indicator": _indicator(c), "year": Term("period", str(p.year))}
    return Message("likeness.place.one", numbers, terms)


def _chart(view: View, compared: list[_Compared]) -> Chart:
    panels = [_panel(view, c) for c in compared]
    shown = {c.name for c in sorted(compared, key=lambda c: c not in _leading(compared))[:_PANELS]}
    return likeness_chart([p for p, c in zip(panels, compared, strict=True) if c.name in shown], panels)


def _unit(unit: str) -> Term:
    return Term("word", f"likeness.unit.{_UNITS[unit]}") if unit in _UNITS else Term("outside", unit)


def _panel(view: View, c: _Compared) -> dict[str, Any]:
    rows = [
        {"year": year, "country": country, "value": value, "told_in": c.sources[country, year]}
        for country in (view.a, view.b)
        for year, value in sorted(c.values[country].items())
    ]
    return {"indicator": _indicator(c), "unit_of": _unit(c.unit), "ratio": c.found.kind == "ratio",
            "rows": rows}  # fmt: skip
