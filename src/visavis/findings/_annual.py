"""Annual figures of all pairs that a record holds: positions by votes, and what the user brought (``pair_years``)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import visavis
from visavis.finding import Basis, Provenance, Term
from visavis.findings._cited import cited
from visavis.findings._view import View
from visavis.findings._vote_figures import vote_figures
from visavis.models.reference_classes import Panel, panel_of, panel_of_positions

__all__ = ["Figure", "figures_of"]

_METHOD = "Bailey, Strezhnev and Voeten (2017), Journal of Conflict Resolution 61(2)"
_BEGAN = 1945  # session s of the General Assembly begins in the year 1945 + s


@dataclass(frozen=True)
class Figure:
    """One annual figure of pairs.

    Args:
        name: for ids.
        told: what it is, for a sentence.
        panel: of all pairs.
        basis: what kind of record it is.
        provenance: where it comes from.
    """

    name: str
    told: Term
    panel: Panel
    basis: Basis
    provenance: Provenance


def figures_of(view: View) -> list[Figure]:
    """Votes first, then the user's figures by name; years outside the span asked for are left out."""
    return [*_votes(view), *_brought(view)]


def _votes(view: View) -> list[Figure]:
    pair = (view.a, view.b)
    rows = view.tables.once(f"votes {pair}", lambda: vote_figures(view.tables, pair))["assembly"]
    panel = view.tables.once(f"assembly {_span(view)}", lambda: _panel_of_votes(view, rows))
    if panel is None:
        return []
    return [Figure("votes", Term("word", "ahead.figure.votes"), panel, "votes", _cited(view, panel, rows.num_rows))]


def _cited(view: View, panel: Panel, rows: int) -> Provenance:
    """Where positions of all members come from."""
    told = view.tables.votes_source or "roll-call votes of the United Nations General Assembly, as imported"
    return Provenance(
        source="roll-call votes",
        streams=("votes",),
        version=view.tables.version,
        files=(),
        licence=told,
        citation=f"{told}; {_METHOD}",
        as_of=str(panel.years[-1]),
        rows_read=rows,
        rows_refused=0,
        parameters={},
        visavis=visavis.__version__,
    )


def _span(view: View) -> tuple[int, int]:
    """First and last year asked for."""
    return view.since.year if view.since else 0, view.until.year if view.until else 9999


def _panel_of_votes(view: View, rows: pa.Table) -> Panel | None:
    first, last = _span(view)
    year = pc.add(rows["session"], _BEGAN)
    kept = rows.append_column("year", year).filter(pc.and_(pc.greater_equal(year, first), pc.less_equal(year, last)))
    if not kept.num_rows:
        return None
    names = sorted(set(kept["member"].to_pylist()))
    number, held = {name: k for k, name in enumerate(names)}, kept["year"].to_numpy()
    years = range(int(held.min()), int(held.max()) + 1)
    position = np.full((len(years), len(names)), np.nan)
    column = [number[name] for name in kept["member"].to_pylist()]
    position[held - years[0], column] = kept["position"].to_numpy()
    return panel_of_positions(names, years, position)


def _brought(view: View) -> list[Figure]:
    """Figures of ``pair_years``; rows read as a class go with each of them."""
    first, last = _span(view)
    rows = view.tables.arrow("pair_years")
    rows = rows.filter(pc.and_(pc.greater_equal(rows["year"], first), pc.less_equal(rows["year"], last)))
    if not rows.num_rows:
        return []
    names = sorted(set(rows.filter(pc.not_equal(rows["reads"], "class"))["figure"].to_pylist()))
    about = cited(view, "pair_years")
    panels = view.tables.once(f"pair years {_span(view)}", lambda: {name: _panel_of(rows, name) for name in names})
    return [Figure(_slug(name), Term("outside", name), panels[name], "indicators", about) for name in names]


def _panel_of(rows: pa.Table, name: str) -> Panel:
    """One figure, higher as farther apart, with the classes that pairs were put into."""
    own = rows.filter(pc.and_(pc.equal(rows["figure"], name), pc.not_equal(rows["reads"], "class"))).to_pylist()
    classes: dict[str, dict[tuple[str, str, int], int]] = {}
    for row in rows.filter(pc.equal(rows["reads"], "class")).to_pylist():
        cell = (*_ends(row["parties"]), row["year"])
        classes.setdefault(row["figure"], {})[cell] = int(row["value"])
    told = ((*_ends(row["parties"]), row["year"], row["value"] * (-1 if row["reads"] == "close" else 1)) for row in own)
    return panel_of(told, dict(sorted(classes.items())))


def _ends(parties: str) -> tuple[str, str]:
    a, b = parties.split(";")
    return a, b


def _slug(name: str) -> str:
    plain = "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
    return f"figure-{plain}" if plain in ("", "votes") else plain
