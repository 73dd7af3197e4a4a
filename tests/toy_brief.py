"""The toy pair's findings and its brief: made up, in the shape of the real thing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests import toy_findings as toy

from visavis.brief.model import Brief, NameForms, TimelineRow
from visavis.charts.against_past import against_past
from visavis.charts.contributions import contributions
from visavis.charts.coverage import coverage
from visavis.charts.levels import levels
from visavis.charts.shares import shares
from visavis.charts.tellers import tellers
from visavis.charts.timeline import timeline
from visavis.finding import Chart, Evidence, Finding, Message, Number, Provenance, Term, Verdict
from visavis.names import messages

PROVENANCE = Provenance(
    source="toy pack",
    streams=(toy.OLD, toy.MIDDLE, toy.RAW),
    version="version 1",
    files=("ab12" * 16, "cd34" * 16),
    licence="made up for a test; no terms",
    citation="Nobody (2020). A toy pair. Nowhere",
    as_of="2019-03-31",
    rows_read=325_691,
    rows_refused=12,
    parameters={"per": "month", "interval": "90 %"},
    visavis="0.1.0",
)

# Sentences of the toy's own chapter file; tests put it beside the shipped ones.
SENTENCES = {
    "toy.age": "The record ends on {day}: what follows is about {period}, not about today.",
    "toy.unusual": "In {period}, {share} of {source}'s {share.n} acts toward {target} were conflictual; the pair's own "
    "past led one to expect {expected.range}.",
    "toy.broad": "The change is shared out over sectors and kinds of act: breadth {breadth}, of at most 1.",
    "toy.turn": "{source}'s conflictual share toward {target} changed for good around {period} ({since} to {until}): "
    "by {change} points.",
    "toy.pulse": "{period} stands out: {share} of {share.n} acts, against {past.value} in the years around it.",
    "toy.teller": "Each side's press shows the other as the hostile one more often than third countries' press does.",
    "toy.coverage": "The record covers {covered} of {all} months.",
    "toy.detail": "The other country changed by {change} points over the same months.",
    "toy.near": "Dated events near a turning point are shown beside it; near is not because.",
    "toy.level": "In {period} the two did {rate} acts per 10,000 of the stream toward each other.",
    "toy.caveat.hearts": "Acts cannot show that a society has changed its mind.",
    "toy.caveat.wire": "The press of a country here is often an English-language wire.",
    "toy.caveat.streams": "Streams were collected differently; their levels are never compared.",
    "toy.lack": "No story identifiers: reports of one article cannot be told from reports of several.",
}


def write_sentences(folder: Path) -> None:
    """Writes the toy's catalogue into a folder of catalogues."""
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    body = "".join(f'\nmsgid "{key}"\nmsgstr "{text}"\n' for key, text in SENTENCES.items())
    (folder / "toy.po").write_text(head + body, encoding="utf-8")


def message(key: str, numbers: Mapping[str, Number] | None = None, **terms: Term) -> Message:
    """A message of the toy's catalogue."""
    return Message(f"toy.{key}", dict(numbers or {}), terms)


def _finding(name: str, chapter: str, told: Message, verdict: Verdict = Verdict.HOLDS, *charts: Chart) -> Finding:
    return Finding(f"{chapter}.{name}.JPN-KOR", chapter, told, verdict, PROVENANCE, charts=charts)


def _way(source: str, target: str) -> dict[str, Term]:
    return {"source": Term("country", source), "target": Term("country", target)}


def now_findings() -> list[Finding]:
    """The chapter ``now``."""
    period = Term("period", "2019-03")
    age = message("age", day=Term("date", "2019-03-31"), period=period)
    found = [replace(_finding("age", "now", age), headline=True)]
    for source, target in toy.PAIR:
        numbers = {
            "share": Number(0.35 if source == "KOR" else 0.2, "share of acts", 0.25, 0.47, 61),
            "expected": Number(0.18, "share of acts", 0.06, 0.32, 50),
        }
        told = message("unusual", numbers, period=period, **_way(source, target))
        verdict = Verdict.HOLDS if source == "KOR" else Verdict.DOES_NOT_HOLD
        charts = (against_past(*toy.past_rows(), now="2019-03"),) if source == "JPN" else ()
        key = {"stream": toy.RAW, "period": "2019-03", "source": source}
        found.append(
            replace(
                _finding(f"unusual.{source}", "now", told, verdict, *charts),
                headline=True,
                actor=source,
                group="unusual",
                evidence=(Evidence("acts", key, 61), Evidence("timeline", {"id": "T1"}, 1, "A visit", "A paper")),
            )
        )
    broad = message("broad", {"breadth": Number(0.62, "breadth index", 0.4, 0.95, 122)})
    caveats = (message("caveat.hearts"),)
    chart = contributions(toy.cell_rows())
    return [*found, replace(_finding("broad", "now", broad, Verdict.UNDECIDED, chart), headline=True, caveats=caveats)]


def history_findings() -> list[Finding]:
    """The chapter ``history``."""
    change = Number(0.12, "change in share of acts", 0.07, 0.18, 1412)
    dates = {n: Term("period", p) for n, p in (("period", "2012-07"), ("since", "2012-05"), ("until", "2012-09"))}
    turn = message("turn", {"change": change}, **_way("KOR", "JPN"), **dates)
    pulse = {"share": Number(0.62, "share of acts", 0.53, 0.71, 84), "past": Number(0.24, "share of acts")}
    rows = toy.share_rows()
    marks = {"turning_points": toy.turning_points(), "unusual": toy.unusual()}
    level = {"rate": Number(36.4, "acts per 10,000", 30.1, 44.0, 61)}
    months = {"covered": Number(140, "months"), "all": Number(147, "months")}
    return [
        replace(
            _finding("turn", "history", turn, Verdict.HOLDS, shares(rows, regimes=toy.regimes(), **marks)),
            headline=True,
            details=(message("detail", {"change": replace(change, value=0.03, low=-0.02, high=0.08)}),),
            caveats=(message("caveat.hearts"),),
        ),
        replace(_finding("pulse", "history", message("pulse", pulse, period=Term("period", "2012-08"))), headline=True),
        replace(
            _finding("level", "history", message("level", level, period=Term("period", "2019-03"))),
            charts=(levels(toy.rate_rows()),),
            caveats=(message("caveat.streams"),),
        ),
        _finding("coverage", "history", message("coverage", months), Verdict.HOLDS, coverage(toy.coverage_rows())),
        replace(
            _finding("tellers", "history", message("teller"), Verdict.HOLDS, tellers(toy.teller_rows())),
            caveats=(message("caveat.wire"),),
        ),
        _finding(
            "near",
            "history",
            message("near"),
            Verdict.NO_DATA,
            timeline(toy.timeline_rows(), toy.turning_points(), since="2005-01", until="2015-12"),
        ),
    ]


def brief(first: str = "KOR", second: str = "JPN", edition: str = "joint") -> Brief:
    """The toy's brief."""
    rows = tuple(TimelineRow(r["date"], r["description"], r["source"]) for r in toy.timeline_rows())
    read_in = {"KOR": "A ministry", "JPN": "A ministry"}
    names = (
        NameForms("Sea between the two", {"KOR": "East Sea", "JPN": "Sea of Japan"}, read_in),
        NameForms("Islets", {"KOR": "Dokdo", "JPN": "Takeshima"}, read_in),
    )
    return Brief(
        first,
        second,
        tuple(now_findings() + history_findings()),
        ("now", "history"),
        edition=edition,
        names=names,
        timeline=rows,
        lacks=(message("lack"),),
        command=f"visavis brief {first} {second}",
    )


@contextmanager
def toy_sentences() -> Iterator[None]:
    """Adds the toy's own chapter file to the catalogues as long as it is open."""
    shipped = messages._FOLDER
    caches = (messages._catalogue, messages.locale_of)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(shipped / "en", Path(folder) / "en")
        write_sentences(Path(folder) / "en")
        try:
            messages._FOLDER = Path(folder)
            for cached in caches:
                cached.cache_clear()
            yield
        finally:
            messages._FOLDER = shipped
            for cached in caches:
                cached.cache_clear()
