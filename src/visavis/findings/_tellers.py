"""The same record as told by either side's press. Often that is an English-language wire, and it is said so."""

from __future__ import annotations

from collections import Counter, defaultdict

from visavis.actions import is_conflict
from visavis.charts.tellers import tellers
from visavis.finding import Chart, Finding, Message, Number
from visavis.findings._accounts import account, told_more
from visavis.findings._stories import stories_of, teller_of
from visavis.findings._view import View
from visavis.models.intervals import share_interval

__all__ = ["tellers_findings"]

Key = tuple[str, str, str]  # teller, source, root

_ENOUGH = 10  # reports of either side's press, below which shares are not compared


def tellers_findings(view: View) -> list[Finding]:
    """For each stream that knows its publishers: whom either side's press shows as in conflictual acts."""
    counts: dict[str, Counter[Key]] = defaultdict(Counter)
    for row in view.rows("reports", "month").to_pylist():
        if view.asked(row["period"]):
            counts[row["stream"]][teller_of(view, row["told_by"]), row["source"], row["root"]] += row["reports"]
    known = {s: c for s, c in counts.items() if any(teller in (view.a, view.b) for teller, _, _ in c)}
    stories = stories_of(view, "week") if known else {}
    found = []
    for stream, counted in sorted(known.items()):
        told = stories.get(stream, Counter())
        echo = _echo(view, stream, counted)
        caveats = (Message("history.tellers.wire"), *_unknown(counted))
        found += [account(view, stream, told, _chart(view, counted, echo), caveats)]
        found += told_more(view, stream, told)
    return found


def _conflictual(counted: Counter[Key], teller: str, source: str) -> int:
    return sum(n for (t, s, root), n in counted.items() if (t, s) == (teller, source) and is_conflict(root))


def _echo(view: View, stream: str, counted: Counter[Key]) -> float:
    """Reports per story: reports of one article are not independent. Twice is assumed where stories are not known."""
    stories = sum(
        row["stories"]
        for row in view.rows("stories", "month").to_pylist()
        if row["stream"] == stream and view.asked(row["period"])
    )
    return max(1.0, counted.total() / stories) if stories else 2.0


def _told(counted: Counter[Key], teller: str) -> int:
    return sum(n for (t, _, _), n in counted.items() if t == teller)


def _unknown(counted: Counter[Key]) -> tuple[Message, ...]:
    """Said where the publisher's country of some reports is not known."""
    unknown, total = _told(counted, "unknown"), counted.total()
    if not unknown:
        return ()
    numbers = {"unknown": Number(unknown / total, "share of reports", n=total)}
    return (Message("history.tellers.unknown", numbers),)


def _chart(view: View, counted: Counter[Key], echo: float) -> Chart:
    rows = []
    for teller in sorted({t for t, _, _ in counted}):
        for source, target in view.directions:
            total = sum(n for (t, s, _), n in counted.items() if (t, s) == (teller, source))
            share = share_interval(_conflictual(counted, teller, source), total, dispersion=echo)
            ends = (None, None, None) if share is None or total < _ENOUGH else (share.value, share.low, share.high)
            rows.append(
                {"told_by": teller, "source": source, "target": target, "reports": total}
                | dict(zip(("share", "low", "high"), ends, strict=True))
            )
    return tellers(rows)
