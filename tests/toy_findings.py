"""A seeded toy pair: rows for the charts and findings for the brief, made up, in the shape of the real thing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from visavis.charts.periods import following
from visavis.finding import Message, Term

OLD, MIDDLE, RAW = "toy-old", "toy-middle", "toy-raw"
PAIR = (("JPN", "KOR"), ("KOR", "JPN"))


def months(first: str, count: int) -> list[str]:
    """``count`` months from ``first``."""
    found = [first]
    while len(found) < count:
        found.append(following(found[-1]))
    return found


def _counts(rng: np.random.Generator, period: str) -> tuple[int, int]:
    """Acts and hostile acts of one month: three regimes, two pulses."""
    level = 0.28 if "2012-07" <= period < "2014-02" else 0.14 if period >= "2014-02" else 0.19
    level = {"2012-08": 0.62, "2006-04": 0.5, "2005-03": 0.45}.get(period, level)
    acts = int(rng.negative_binomial(6, 6 / (6 + (60 if level > 0.3 else 28)))) + 3
    return acts, int(rng.binomial(acts, level))


def share_rows(seed: int = 7) -> list[dict[str, Any]]:
    """Monthly shares and rates of both directions in three streams, with a gap and two partial months."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for stream, first, count in ((OLD, "2005-01", 132), (MIDDLE, "2018-01", 9), (RAW, "2018-10", 6)):
        for period in months(first, count):
            for source, target in PAIR:
                acts, hostile = _counts(rng, period)
                if "2009-03" <= period <= "2009-07":
                    continue  # a gap
                share = (hostile + 0.5) / (acts + 1)
                half = 1.64 * float(np.sqrt(share * (1 - share) / (acts + 2)))
                rate = acts * (3.1 if stream == RAW else 1.4)
                rows.append(
                    {
                        "stream": stream,
                        "period": period,
                        "source": source,
                        "target": target,
                        "share": hostile / acts,
                        "low": max(0.0, share - half),
                        "high": min(1.0, share + half),
                        "acts": acts,
                        "rate": rate,
                        "rate_low": rate * 0.75,
                        "rate_high": rate * 1.3,
                        "partial": period in ("2014-10", "2018-09"),
                    }
                )
    return rows


def rate_rows(seed: int = 7) -> list[dict[str, Any]]:
    """The same months as acts per 10,000."""
    return [{**row, "low": row["rate_low"], "high": row["rate_high"]} for row in share_rows(seed)]


def regimes() -> list[dict[str, Any]]:
    """Three regimes in each direction of the first stream, one in the others."""
    spans = [(OLD, "2005-01", "2012-06", 0.19), (OLD, "2012-07", "2014-01", 0.28), (OLD, "2014-02", "2015-12", 0.14)]
    spans += [(MIDDLE, "2018-01", "2018-09", 0.14), (RAW, "2018-10", "2019-03", 0.14)]
    return [
        {"stream": s, "source": a, "target": b, "since": since, "until": until, "level": level}
        for s, since, until, level in spans
        for a, b in PAIR
    ]


def turning_points() -> list[dict[str, Any]]:
    """Two turning points in one direction, one in the other."""
    kor = {"stream": OLD, "source": "KOR", "target": "JPN"}
    return [
        {**kor, "period": "2012-07", "low": "2012-05", "high": "2012-09", "probability": 0.97},
        {**kor, "period": "2014-02", "low": "2013-09", "high": "2014-05", "probability": 0.91},
        {
            "stream": OLD,
            "source": "JPN",
            "target": "KOR",
            "period": "2014-02",
            "low": "2013-06",
            "high": "2014-08",
            "probability": 0.8,
        },
    ]


def unusual() -> list[dict[str, Any]]:
    """Months that stand out."""
    rows = {(r["source"], r["period"]): r for r in share_rows()}
    picked = [("KOR", "2012-08"), ("JPN", "2012-08"), ("KOR", "2006-04"), ("JPN", "2005-03"), ("KOR", "2005-03")]
    return [{k: rows[p][k] for k in ("stream", "source", "target", "period", "share", "rate")} for p in picked]


def coverage_rows() -> list[dict[str, Any]]:
    """Every period of three streams with its state."""
    rows = []
    for stream, first, count in ((OLD, "2005-01", 132), (MIDDLE, "2018-01", 9), (RAW, "2018-10", 6)):
        for period in months(first, count):
            state = (
                "gap" if "2009-03" <= period <= "2009-07" else "partial" if period in ("2014-10", "2018-09") else "full"
            )
            rows.append({"stream": stream, "period": period, "state": state})
    return rows


def weeks(first: date, count: int) -> list[str]:
    """ISO weeks from the one that holds ``first``."""
    days = (first + timedelta(days=7 * i) for i in range(count))
    return ["{}-W{:02d}".format(*day.isocalendar()[:2]) for day in days]


def past_rows() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Fifty past weeks and this one for two measures, and what was to be expected."""
    rng = np.random.default_rng(11)
    rows, expected = [], []
    for source, target in PAIR:
        for measure, shape, scale in (("share", (3, 12), 1.0), ("rate", (6, 6), 40.0)):
            known = {"measure": measure, "source": source, "target": target}
            values = scale * rng.beta(*shape, size=50)
            for period, value in zip(months("2015-01", 50), values, strict=True):
                rows.append({**known, "period": period, "value": float(value), "low": None, "high": None, "acts": 40})
            now = float(np.quantile(values, 0.97 if source == "KOR" else 0.6))
            rows.append({**known, "period": "2019-03", "value": now, "low": 0.7 * now, "high": 1.35 * now, "acts": 61})
            low, high = np.quantile(values, [0.05, 0.95])
            expected.append({**known, "low": float(low), "high": float(high), "level": 0.9})
    return rows, expected


def cell_rows() -> list[dict[str, Any]]:
    """What a change is made of."""
    cells = [
        ("government", "dialogue", "KOR", "JPN", 21.0),
        ("government", "disapproval", "KOR", "JPN", 34.0),
        ("military", "force_posture", "JPN", "KOR", 12.0),
        ("civil_society", "protest", "KOR", "JPN", -6.0),
        ("government", "cooperation", "JPN", "KOR", -14.0),
        ("business", "cooperation", "KOR", "JPN", 3.0),
    ]
    return [
        {
            "cell": Message(
                "charts.cell",
                terms={
                    "source": Term("country", source),
                    "sector": Term("word", f"sector.{sector}"),
                    "means": Term("word", f"means.{means}"),
                },
            ),
            "source": source,
            "target": target,
            "change": change,
            "low": change - 7,
            "high": change + 8,
            "n": 60,
        }
        for sector, means, source, target, change in cells
    ]


def teller_rows() -> list[dict[str, Any]]:
    """Each side's press, third countries and unknown publishers, both directions."""
    known = {
        ("JPN", "JPN"): (61, 0.18),
        ("JPN", "KOR"): (70, 0.41),
        ("KOR", "JPN"): (88, 0.37),
        ("KOR", "KOR"): (95, 0.2),
    }
    known |= {("others", "JPN"): (240, 0.22), ("others", "KOR"): (260, 0.26), ("unknown", "JPN"): (9, 0.3)}
    return [
        {
            "told_by": told_by,
            "source": source,
            "target": "KOR" if source == "JPN" else "JPN",
            "reports": reports,
            "share": share,
            "low": max(0.0, share - 1.64 * (share * (1 - share) / reports) ** 0.5),
            "high": share + 1.64 * (share * (1 - share) / reports) ** 0.5,
        }
        for (told_by, source), (reports, share) in known.items()
    ]


def timeline_rows() -> list[dict[str, Any]]:
    """Made-up dated rows, some of them close together."""
    days = [
        "2005-03-16",
        "2006-04-25",
        "2008-07-14",
        "2011-08-30",
        "2011-12-14",
        "2012-06-29",
        "2012-08-10",
        "2012-08-24",
    ]
    days += ["2013-12-26", "2014-03-25", "2015-06-22", "2015-11-02", "2015-12-28", "2010"]
    return [
        {
            "date": day,
            "description": f"A meeting or a statement number {i}, told in neutral words",
            "source": "A paper, 2016",
        }
        for i, day in enumerate(days)
    ]
