"""Chart: when each mechanism ran, and how each of its spells ended; one line a mechanism, by domain."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.panels import Panel, time_axis
from visavis.charts.theme import FAINT, GREY, INK, RULE, SIZE, WIDTH, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["spells"]

_COLUMNS = ("domain", "mechanism", "spell", "since", "until", "ending", "seen", "told_in")
_DOMAINS, _NAMES, _STEP = 108, 256, 14
_PER_LINE = 4  # marks explained side by side
_STUB = dt.timedelta(days=550)  # how long a spell is drawn, dotted, of which one end is not known
_MARKS = {
    "running": "M-.4,-.7L.6,0L-.4,.7",
    "paused": "M-.4,-.9V.9M.4,-.9V.9",
    "stopped": "M-.75,-.75L.75,.75M-.75,.75L.75,-.75",
    "expired": "circle",
    "replaced": "triangle-right",
    "notice": "diamond",
    "unknown": "M-.5,-.5A.5,.5,0,1,1,.1,.1L0,.4M0,.8V.95",
}
_KINDS = {"running": "running", "suspended": "paused", "interrupted": "paused", "lapsed": "stopped",
          "terminated": "stopped", "expired": "expired", "replaced": "replaced", "notice": "notice"}  # fmt: skip


def spells(rows: Sequence[Mapping[str, Any]], every: Sequence[Mapping[str, Any]] = ()) -> Chart:
    """A line for each mechanism with a bar for each spell; a mark at its end says how it ended, or that it runs.

    Args:
        rows: spells, those of one mechanism next to each other: ``id`` of the mechanism, ``domain`` (``Term``),
            ``mechanism`` (its name, from outside), ``spell`` (number), ``since, until`` (as dated, or None), ``begun,
            ended, last_seen`` (dates to draw, or None), ``ending`` (as in ``store.facts.ENDS``), ``notices`` (ends
            announced that did not come), ``told_in`` (source, from outside).
        every: rows for the table, where it is to hold more than is drawn.

    >>> row = {"id": "M1", "domain": Term("outside", "finance"), "mechanism": "Swap", "spell": 1}
    >>> row |= {"since": "2001", "until": "2015"}
    >>> dates = {"begun": dt.date(2001, 7, 4), "ended": dt.date(2015, 2, 23), "last_seen": None}
    >>> spells([{**row, **dates, "ending": "expired", "notices": 0, "told_in": "a paper"}]).name
    'spells'
    """
    names = list(dict.fromkeys((row["id"], row["mechanism"], row["domain"]) for row in rows))
    ends = [d for row in rows for d in (row["begun"], row["ended"], row["last_seen"]) if d] or [dt.date(2000, 1, 1)]
    panel = Panel("", dt.date(min(ends).year, 1, 1), dt.date(max(ends).year + 1, 1, 1), WIDTH - _DOMAINS - _NAMES - 16)
    height = _STEP * len(names)
    body = {
        "width": panel.width,
        "height": height,
        "encoding": {"x": time_axis(panel, labels=True), "y": _place(height)},
        "layer": [*_names(names, height, panel), *_bars(rows, names, panel), *_marks(rows, names)],
    }
    table = [
        {**{c: row[c] for c in _COLUMNS if c not in ("ending", "seen")}}
        | {"ending": Term("word", f"ties.ending.{row['ending']}"), "seen": _day(row["last_seen"])}
        for row in every or rows
    ]
    return Chart(
        name="spells",
        spec=themed("spells", body, table, {"spell": "spells"}),
        title=Message("charts.spells.title"),
        alt=_alt(rows, len(names)),
        columns={c: f"column.spells.{c}" for c in _COLUMNS},
    )


def _alt(rows: Sequence[Mapping[str, Any]], mechanisms: int) -> Message:
    running = sum(row["ending"] == "running" for row in rows)
    numbers = {"mechanisms": Number(mechanisms, "mechanisms"), "spells": Number(len(rows), "spells")}
    return Message("charts.spells.alt", {**numbers, "running": Number(running, "spells")})


def _day(day: dt.date | None) -> Term | None:
    return Term("date", day.isoformat()) if day else None


def _place(height: int) -> dict[str, Any]:
    return {"field": "place", "type": "quantitative", "axis": None, "scale": {"domain": [height, 0], "nice": False}}


def _names(names: Sequence[tuple[str, str, Term]], height: int, panel: Panel) -> list[dict[str, Any]]:
    """The domain at its first mechanism, with a thin line above it; and each mechanism's name, cut to its column."""
    drawn, heads, before = [], [], None
    for i, (_, name, domain) in enumerate(names):
        drawn.append({"place": _STEP * (i + 0.5), "name": _short(name)})
        if domain != before:
            heads.append({"place": _STEP * (i + 0.5), "line": float(_STEP * i), "name": domain})
            before = domain
    left = {"type": "text", "align": "left", "baseline": "middle", "fontSize": SIZE}
    words = {"text": {"field": "name"}, "x": None}
    rule = {"type": "rule", "color": RULE, "x": -_DOMAINS - _NAMES, "x2": panel.width}
    return [
        {"data": {"values": heads}, "mark": rule, "encoding": {"y": {**_place(height), "field": "line"}, "x": None}},
        {"data": {"values": heads}, "mark": {**left, "x": -_DOMAINS - _NAMES, "color": GREY}, "encoding": words},
        {"data": {"values": drawn}, "mark": {**left, "x": -_NAMES, "color": INK}, "encoding": words},
    ]


def _short(name: str) -> str:
    fits = int(_NAMES / (0.5 * SIZE)) - 1
    return name if len(name) <= fits else name[: fits - 1].rstrip(" (,") + "…"


def _bars(
    rows: Sequence[Mapping[str, Any]], names: Sequence[tuple[str, str, Term]], panel: Panel
) -> list[dict[str, Any]]:
    """Dark where a spell still ran when last seen, grey where it is over, dotted where its beginning is not known."""
    drawn: dict[str, list[dict[str, Any]]] = {"running": [], "over": [], "dotted": []}
    for row in rows:
        begun, last = row["begun"], row["ended"] or row["last_seen"]
        if begun is None and last is None:
            continue
        kind = "dotted" if begun is None or last is None else "running" if row["ending"] == "running" else "over"
        begun, last = begun or max(last - _STUB, panel.first), last or min(begun + _STUB, panel.last)
        bar = {"start": begun.isoformat(), "end": last.isoformat(), "place": _at(row, names)}
        drawn[kind].append(bar)
    styles: dict[str, dict[str, Any]] = {
        "running": {"strokeWidth": 6, "color": INK},
        "over": {"strokeWidth": 6, "color": FAINT},
        "dotted": {"strokeWidth": 2, "color": GREY, "strokeDash": [2, 2]},
    }
    return [
        {"data": {"values": values}, "mark": {"type": "rule", **styles[kind]}, "encoding": {"x2": {"field": "end"}}}
        for kind, values in drawn.items()
        if values
    ]


def _at(row: Mapping[str, Any], names: Sequence[tuple[str, str, Term]]) -> float:
    return _STEP * ([name[0] for name in names].index(row["id"]) + 0.5)


def _marks(rows: Sequence[Mapping[str, Any]], names: Sequence[tuple[str, str, Term]]) -> list[dict[str, Any]]:
    """How each spell ended, and what the marks mean. Where neither beginning nor end is dated nothing is marked."""
    values = []
    for row in rows:
        day = row["ended"] or row["last_seen"] or (row["begun"] and row["begun"] + _STUB)
        if day is not None:
            kind = _KINDS.get(row["ending"], "unknown")
            values.append({"start": day.isoformat(), "place": _at(row, names), "kind": kind})
    there = [kind for kind in _MARKS if kind in {v["kind"] for v in values}]
    scale = {"domain": list(_MARKS), "range": list(_MARKS.values())}
    mark = {"type": "point", "size": 64, "strokeWidth": 1.6, "stroke": INK, "fill": "#ffffff", "opacity": 1}
    shape = {"shape": {"field": "kind", "type": "nominal", "scale": scale, "legend": None}}
    layers: list[dict[str, Any]] = [{"data": {"values": values}, "mark": mark, "encoding": shape}]
    lines = math.ceil(len(there) / _PER_LINE)
    for i, kind in enumerate(there):
        x = WIDTH / _PER_LINE * (i % _PER_LINE) - _DOMAINS - _NAMES
        y = {"value": _STEP * (i // _PER_LINE - lines) + 2}
        word = {"type": "text", "align": "left", "baseline": "middle", "x": x + 16, "color": INK, "fontSize": SIZE}
        key = {"data": {"values": [{"kind": kind, "name": Term("word", f"ties.mark.{kind}")}]}}
        layers.append({**key, "mark": {**mark, "x": x + 6}, "encoding": {**shape, "x": None, "y": y}})
        layers.append({**key, "mark": word, "encoding": {"text": {"field": "name"}, "x": None, "y": y}})
    return layers
