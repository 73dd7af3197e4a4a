"""Each stream as a whole: cooperation and conflict in both directions, volume, and its busiest months."""

from __future__ import annotations

from visavis.actions import is_conflict
from visavis.finding import Evidence, Finding, Message, Number, Term, Verdict
from visavis.findings._regimes import long_enough, pooled_scatter
from visavis.findings._series import Series
from visavis.findings._terms import pair_terms, stream_term
from visavis.findings._view import View
from visavis.models.intervals import share_difference, share_interval

__all__ = ["balances", "busiest", "monthly_reports"]

_FEW = 20  # acts of a direction, below which its share is only counted
_WORTH = 20  # conflictual reports that a month needs to be told on the first page
_BUSIEST = 5  # months listed by their conflictual reports


def balances(view: View, series: list[Series]) -> list[Finding]:
    """For each stream, whether the conflictual shares of the two directions differ."""
    findings = []
    for stream in dict.fromkeys(s.stream for s in series):
        one, other = (next(s for s in series if s.stream == stream and s.source == side) for side in (view.a, view.b))
        counts = [(int(s.conflict.sum()), int(s.acts.sum())) for s in (one, other)]
        if not all(n for _, n in counts):
            continue
        dispersion = max(pooled_scatter(s.conflict, s.acts) for s in (one, other))
        gap = share_difference(*counts[0], *counts[1], dispersion=dispersion)
        assert gap is not None
        few = min(n for _, n in counts) < _FEW
        clear = not few and (gap.low > 0 or gap.high < 0)
        low, high = (gap.low, gap.high) if gap.value >= 0 else (-gap.high, -gap.low)
        numbers = {
            "share_ab": _share(*counts[0], dispersion),
            "share_ba": _share(*counts[1], dispersion),
            "gap": Number(100 * abs(gap.value), "percentage points", 100 * low, 100 * high, gap.n),
        }
        findings.append(
            Finding(
                id=f"history.balance.{stream}",
                chapter="history",
                message=Message(
                    "history.balance.few" if few else "history.balance",
                    numbers,
                    {**pair_terms(view), "stream": stream_term(stream)},
                ),
                verdict=Verdict.HOLDS if clear else Verdict.UNDECIDED,
                provenance=view.provenance([stream], dispersion=f"{dispersion:.2f}"),
                evidence=tuple(
                    Evidence("acts", {"stream": stream, "source": s.source, "target": s.target, "root": "10-20"}, k)
                    for s, (k, _) in zip((one, other), counts, strict=True)
                ),
                details=(_cooperation(view, one, other), _volume(view, one, other)),
                caveats=(Message("history.recorded_not_done"),),
                would_change=Message("history.balance.change"),
            )
        )
    return findings


def _cooperation(view: View, one: Series, other: Series) -> Message:
    """The cooperative shares of both directions."""
    shares = {}
    for end, s in (("ab", one), ("ba", other)):
        spread = pooled_scatter(s.cooperation, s.acts)
        shares[f"share_{end}"] = _share(int(s.cooperation.sum()), int(s.acts.sum()), spread)
    return Message("history.cooperation", shares, pair_terms(view))


def _volume(view: View, one: Series, other: Series) -> Message:
    """How many reports tell of how many acts, and how many stories where the stream knows them."""
    stories = sum(
        row["stories"]
        for row in view.measure("story_count", "month")
        if row["stream"] == one.stream and view.asked(row["period"])
    )
    reports, acts = int(one.reports.sum() + other.reports.sum()), int(one.acts.sum() + other.acts.sum())
    numbers = {
        "reports": Number(reports, "reports"),
        "acts": Number(acts, "acts"),
        "stories": Number(stories, "stories"),
        "each": Number(reports / acts, "reports per act", n=acts),
    }
    return Message("history.volume" if stories else "history.volume.no_stories", numbers, {})


def _share(k: int, n: int, dispersion: float = 1.0) -> Number:
    found = share_interval(k, n, dispersion=dispersion)
    if found is None:
        return Number(None, "share of acts", n=0)
    return Number(found.value, "share of acts", found.low, found.high, n)


def busiest(view: View, series: list[Series]) -> list[Finding]:
    """The months of each long stream with most conflictual reports: a count, no test."""
    found = []
    for stream in dict.fromkeys(s.stream for s in series if long_enough(s)):
        counted = monthly_reports(view, stream)
        top = sorted(counted, key=lambda p: (-counted[p][0], p))[:_BUSIEST]
        rows = [
            Message(
                "history.busiest.month",
                {"conflict": Number(counted[p][0], "reports"), "reports": Number(counted[p][1], "reports")},
                {"period": Term("period", p)},
            )
            for p in top
        ]
        if rows:
            found.append(
                Finding(
                    id=f"history.busiest.{stream}",
                    chapter="history",
                    message=Message(
                        "history.busiest", rows[0].numbers, {**rows[0].terms, "stream": stream_term(stream)}
                    ),
                    verdict=Verdict.HOLDS,
                    provenance=view.provenance([stream]),
                    evidence=tuple(
                        Evidence("reports", {"stream": stream, "period": p, "root": "10-20"}, counted[p][0])
                        for p in top
                    ),
                    details=tuple(rows[1:]),
                    headline=counted[top[0]][0] >= _WORTH,
                    claim=False,
                )
            )
    return found


def monthly_reports(view: View, stream: str) -> dict[str, tuple[int, int]]:
    """Conflictual and all reports of a stream's months, both directions together."""
    counted: dict[str, list[int]] = {}
    for row in view.rows("reports", "month").to_pylist():
        if row["stream"] == stream and view.asked(row["period"]):
            both = counted.setdefault(row["period"], [0, 0])
            both[0] += row["reports"] if is_conflict(row["root"]) else 0
            both[1] += row["reports"]
    return {period: (k, n) for period, (k, n) in counted.items()}
