"""Chart: what assuming likeness would have cost, toward all third countries and toward each with enough acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.side_lines import side_lines
from visavis.charts.theme import themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["likeness_cost"]

_COLUMNS = ("toward", "country", "gap", "low", "high", "n", "mirror", "own", "pooled", "base", "uniform")
_LABELS, _STEP, _AIR, _MOST = 190, 17, 12, 9


def likeness_cost(rows: Sequence[Mapping[str, Any]]) -> Chart:
    """A line a side with its interval, beneath each other for each country acted toward; right of 0: it would cost.

    Args:
        rows: ``toward`` (a ``Term``), ``country`` (whose acts were foretold, ISO alpha-3), ``gap, low, high`` (bits per
            act), ``n`` (acts), ``mirror, own, pooled, base, uniform`` (surprise, bits per act). Rows that share
            ``toward`` stand next to each other; the first nine of these are drawn, the table holds all.

    >>> row = {"toward": Term("country", "CHN"), "gap": 0.2, "low": 0.1, "high": 0.3, "n": 400, "mirror": 2.4}
    >>> row |= {"own": 2.2, "pooled": 2.3, "base": 2.5, "uniform": 3.8}
    >>> likeness_cost([{**row, "country": c} for c in ("JPN", "KOR")]).name
    'likeness_cost'
    """
    pair = sorted({row["country"] for row in rows})
    drawn, labels, height = _placed(rows, pair)
    bits = "bits per act"
    units = {name: bits for name in _COLUMNS[2:] if name != "n"} | {"n": "acts"}
    ends = [float(f(row[end] for row in rows)) for f, end in ((min, "low"), (max, "high"))]
    return Chart(
        name="likeness_cost",
        spec=themed(
            "likeness_cost",
            side_lines(drawn, labels, pair, value="gap", title="assumed.axis.cost", height=height, names=_LABELS),
            [{name: row[name] for name in _COLUMNS} for row in rows],
            units,
        ),
        title=Message("assumed.chart.cost.title"),
        alt=Message(
            "assumed.chart.cost.alt",
            {"rows": Number(len(rows), "rows"), "lowest": Number(ends[0], bits), "highest": Number(ends[1], bits)},
        ),
        columns={name: f"assumed.column.{name}" for name in _COLUMNS},
    )


def _placed(
    rows: Sequence[Mapping[str, Any]], pair: Sequence[str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], float]:
    """What is drawn, the names to its left, and the height of all."""
    drawn: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    top, before = 0.0, None
    for row in rows:
        if row["toward"] != before:
            if len(labels) == _MOST:
                break
            top, before = top + _AIR, row["toward"]
            labels.append({"place": top + _STEP / 2, "label": row["toward"]})
        at = {name: row[name] for name in ("gap", "low", "high")}
        drawn.append({**at, "place": top + _STEP / 2, "holder": Term("country", row["country"])})
        top += _STEP
    return drawn, labels, top + _AIR / 2
