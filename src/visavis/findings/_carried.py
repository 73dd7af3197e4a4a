"""What carries a change, how broad it is, and whether it is about the pair or about one of them, as findings."""

from __future__ import annotations

from collections.abc import Sequence

from visavis.charts.contributions import contributions
from visavis.finding import Evidence, Finding, Message, Number, Term, Verdict
from visavis.findings._carriers import Carriers, Cell
from visavis.findings._terms import kind_word, pair_terms, way, word
from visavis.findings._together import together
from visavis.findings._view import View
from visavis.findings._window import Window
from visavis.models.decomposition import CellChange
from visavis.models.intervals import Estimate

__all__ = ["carried_findings"]

_NAMED = 4  # cells named in the sentence; the table holds all
_BARS = 8


def carried_findings(view: View, window: Window, carried: Carriers) -> list[Finding]:
    """Cells that stand out, breadth, and the pair or the actor; what is undecided of both sides is told as one."""
    broad = [_breadth(view, window, carried, actor) for actor, _ in view.directions]
    about = [_elsewhere(view, window, carried, *way) for way in view.directions]
    terms = {**pair_terms(view), "period": Term("period", window.label)}
    found = _carries(view, window, carried)
    for name, both in (("breadth", broad), ("elsewhere", about)):
        quiet = {f.verdict for f in both} <= {Verdict.UNDECIDED, Verdict.NO_DATA}
        if quiet and len({f.verdict for f in both}) == 1:
            found.append(together(both, f"now.{name}", Message(f"now.{name}.both", {}, terms)))
        else:
            found += both
    return found


def _cell(cell: Cell) -> Message:
    terms = {**way(cell.source, cell.target), "sector": word("sector", cell.sector), "means": word("means", cell.means)}
    return Message("charts.cell", terms=terms)


def _carries(view: View, window: Window, carried: Carriers) -> list[Finding]:
    change = carried.change
    if change is None:
        return []
    named = [c for c in change.cells if c.named]
    rows = [_bar(carried.cells[c.cell], c) for c in change.cells if c.observed + c.expected > 0]
    net = change.net
    numbers = {
        "net": Number(net.value, "change in acts", net.low, net.high, net.n),
        "cells": Number(len(carried.cells), "cells"),
        "named": Number(len(named), "cells"),
        "past": Number(len(window.past), "periods"),
    }
    details = _together(window, change.cells) + tuple(
        Message(
            "now.carries.cell",
            {"change": _number(c.excess, "change in acts"), "observed": Number(round(c.observed), "acts")},
            _cell(carried.cells[c.cell]).terms,
        )
        for c in named[:_NAMED]
    )
    return [
        Finding(
            id=f"now.carries.{window.label}",
            chapter="now",
            message=Message(
                "now.carries" if named else "now.carries.none",
                numbers,
                {"period": Term("period", window.label), "kind": kind_word(window.kind)},
            ),
            verdict=Verdict.HOLDS if named or net.low > 0 or net.high < 0 else Verdict.UNDECIDED,
            provenance=view.provenance([window.stream], dispersion=f"{change.dispersion:.2f}"),
            charts=(contributions(rows, most=_BARS),) if named else (),
            details=details,
            evidence=tuple(_cell_evidence(window, carried.cells[c.cell], c) for c in named[:_NAMED]),
            caveats=(Message("now.coded_by_machine"), Message("now.one_sector"), *_sectors_unknown(carried)),
            headline=bool(named),
        )
    ]


def _together(window: Window, cells: Sequence[CellChange]) -> tuple[Message, ...]:
    """Said where the weeks of a month are added up: how many acts they hold, and how many were to be expected."""
    if len(window.periods) == 1:
        return ()
    numbers = {
        "weeks": Number(len(window.periods), "periods"),
        "past": Number(len(window.past), "periods"),
        "observed": Number(round(sum(c.observed for c in cells)), "acts"),
        "expected": Number(sum(c.expected for c in cells), "expected acts"),
    }
    return (Message("now.carries.weeks", numbers, {"period": Term("period", window.label)}),)


def _bar(cell: Cell, change: CellChange) -> dict[str, object]:
    interval = {"low": change.excess.low, "high": change.excess.high, "n": round(change.observed + change.before)}
    return {
        "cell": _cell(cell),
        "source": cell.source,
        "target": cell.target,
        "change": change.excess.value,
        **interval,
    }


def _cell_evidence(window: Window, cell: Cell, change: CellChange) -> Evidence:
    key = {"stream": window.stream, "period": "|".join(window.periods), "source": cell.source, "target": cell.target}
    return Evidence("acts", {**key, "sector": cell.sector, "means": cell.means}, round(change.observed))


def _number(found: Estimate, unit: str) -> Number:
    return Number(found.value, unit, found.low, found.high, found.n, found.level)


def _breadth(view: View, window: Window, carried: Carriers, actor: str) -> Finding:
    found = carried.breadths[actor]
    terms = {"actor": Term("country", actor), "period": Term("period", window.label)}
    numbers: dict[str, Number] = {}
    verdict, key = Verdict.NO_DATA, "now.breadth.nothing"
    if found is not None:
        numbers = {
            "net": _number(found.net, "change in acts"),
            "proportional": _number(found.proportional, "cells"),
            "cells": Number(found.cells, "cells"),
        }
        verdict, key = Verdict.UNDECIDED, "now.breadth.undecided"
        if found.index is not None and found.verdict != "undecided":  # an undecided index is too high on average
            numbers["index"] = _number(found.index, "cells")
            verdict, key = Verdict.HOLDS, f"now.breadth.{found.verdict}"
    return Finding(
        id=f"now.breadth.{actor}",
        chapter="now",
        message=Message(key, numbers, terms),
        verdict=verdict,
        provenance=view.provenance([window.stream], cells="sector x partner, conflictual acts, partners held"),
        caveats=(Message("now.acts_are_not_minds"), *_sectors_unknown(carried), *_partners(view)),
        actor=actor,
        group="breadth",
    )


def _sectors_unknown(carried: Carriers) -> tuple[Message, ...]:
    """Said where the source does not tell the sector of many acts."""
    if not carried.unknown or carried.unknown < 0.1:
        return ()
    return (Message("now.sectors_unknown", {"unknown": Number(carried.unknown, "share of acts")}),)


def _partners(view: View) -> tuple[Message, ...]:
    """Said where a pack holds only some partners."""
    held = len(view.tables.countries)
    return (Message("now.partners_held", {"held": Number(held, "countries")}),) if held else ()


def _elsewhere(view: View, window: Window, carried: Carriers, actor: str, partner: str) -> Finding:
    found = carried.elsewhere[actor]
    numbers: dict[str, Number] = {}
    if found.partner is not None and found.others is not None:
        numbers = {"partner": _number(found.partner, "times"), "others": _number(found.others, "times")}
    key = found.verdict.replace(" ", "_")
    verdicts = {"undecided": Verdict.UNDECIDED, "too few": Verdict.NO_DATA}
    return Finding(
        id=f"now.elsewhere.{actor}",
        chapter="now",
        message=Message(
            f"now.elsewhere.{key}", numbers, {**way(actor, partner), "period": Term("period", window.label)}
        ),
        verdict=verdicts.get(found.verdict, Verdict.HOLDS),
        provenance=view.provenance([window.stream], others="all other countries of the stream"),
        actor=actor,
        group="elsewhere",
    )
