"""What lies beside a brief: findings as JSON, every figure's table as CSV, the sources as BibTeX, all in one zip."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from visavis.brief.citations import bibtex
from visavis.brief.fonts import at_hand
from visavis.brief.model import Brief, ordered, sources
from visavis.brief.render import render
from visavis.brief.view import sentence
from visavis.charts.tables import csv_text
from visavis.finding import Evidence, Finding
from visavis.names.messages import locale_of
from visavis.names.outside import terminal_text
from visavis.store._durable import write_whole

__all__ = ["bibtex", "by_language", "data_zip", "findings_json", "write_brief"]

# A zip holds times of day; one fixed time makes the same data the same file.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def findings_json(findings: Sequence[Finding], lang: str = "en") -> dict[str, list[dict[str, Any]]]:
    """Findings as plain data for ``json.dumps``: sentences told, numbers as they are, text from outside cleaned.

    >>> findings_json([])
    {'findings': []}
    """
    return {"findings": [_finding(finding, lang) for finding in findings]}


def _finding(finding: Finding, lang: str) -> dict[str, Any]:
    return {
        "id": finding.id,
        "chapter": finding.chapter,
        "sentence": sentence(finding.message, lang),
        "details": [sentence(detail, lang) for detail in finding.details],
        "verdict": finding.verdict.value,
        "claim": finding.claim,
        "basis": finding.basis,
        "bits": finding.bits,
        "numbers": {name: asdict(number) for name, number in finding.numbers.items()},
        "evidence": [_evidence(one) for one in finding.evidence],
        "provenance": _cleaned(asdict(finding.provenance)),
        "caveats": [sentence(caveat, lang) for caveat in finding.caveats],
        "would_change": sentence(finding.would_change, lang) if finding.would_change else None,
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    row = {"table": one.table, "key": dict(one.key), "count": one.count, "text": one.text, "source": one.source}
    cleaned: dict[str, Any] = _cleaned(row)
    return cleaned


def _cleaned(node: Any) -> Any:
    """The same tree with every text cleaned of what steers a terminal."""
    if isinstance(node, str):
        return terminal_text(node)
    if isinstance(node, dict):
        return {terminal_text(key): _cleaned(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_cleaned(value) for value in node]
    return node


def data_zip(brief: Brief, lang: str = "en") -> bytes:
    """The data of a brief: ``findings.json``, ``sources.bib`` and a CSV for each figure, numbered as in the text.

    >>> zipfile.ZipFile(io.BytesIO(data_zip(Brief("KOR", "JPN", (), ())))).namelist()
    ['findings.json', 'sources.bib']
    """
    findings = json.dumps(findings_json(brief.findings, lang), ensure_ascii=False, indent=1, allow_nan=False)
    files = {"findings.json": findings + "\n", "sources.bib": bibtex(sources(brief))}
    for finding in (finding for _, part in ordered(brief) for finding in part):
        for chart in finding.charts:
            number = sum(name.endswith(".csv") for name in files) + 1
            # The mark at the start makes spreadsheets read names in any script as what they are.
            files[f"figure-{number}-{finding.chapter}-{chart.name}.csv"] = "\ufeff" + csv_text(chart, lang)
    if brief.objections:
        told = [{"by": who, "text": text} for who, text in brief.objections]
        files["objections.json"] = json.dumps(_cleaned({"objections": told}), ensure_ascii=False, indent=1) + "\n"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            member = zipfile.ZipInfo(name, _EPOCH)
            archive.writestr(member, text.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def by_language(path: Path, langs: str) -> dict[str, Path]:
    """Where the brief of each language goes: to ``path`` where it is one, else to a file each, named after it.

    Raises:
        UsageError: there is no catalogue for a language.
        MissingFontError: no free font on this machine has its letters.

    >>> {lang: place.name for lang, place in by_language(Path("kor-jpn.html"), "en").items()}
    {'en': 'kor-jpn.html'}
    """
    asked = tuple(dict.fromkeys(one.strip() for one in langs.split(",")))
    for one in asked:
        locale_of(one)
        at_hand(one)
    return {one: path if len(asked) == 1 else path.with_suffix(f".{one}{path.suffix}") for one in asked}


def write_brief(brief: Brief, path: Path, lang: str = "en") -> tuple[Path, Path, Path]:
    """Writes the brief to ``path`` (``.html``), its sources and its data beside it; returns the three paths."""
    html, bib, data = path, path.with_suffix(".bib"), path.with_suffix(".zip")
    write_whole(html, lambda file: file.write(render(brief, lang).encode()))
    write_whole(bib, lambda file: file.write(bibtex(sources(brief)).encode()))
    write_whole(data, lambda file: file.write(data_zip(brief, lang)))
    return html, bib, data
