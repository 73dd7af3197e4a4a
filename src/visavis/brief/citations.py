"""How sources ask to be cited: BibTeX in, a line for a reader or a clean entry out.

A citation may come with a pack that somebody else made, so entries are taken apart and written anew: nothing but
names and values gets through, with braces in balance and every other sign of TeX escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from visavis.finding import Provenance
from visavis.names.outside import terminal_text

__all__ = ["bibtex", "citation_text"]

_HEAD = re.compile(r"@([A-Za-z]+)\s*\{\s*([A-Za-z0-9_.:+-]+)\s*,")
_FIELD = re.compile(r"\s*,?\s*([A-Za-z]+)\s*=\s*\{")
_LATEX = {c: f"\\{c}" for c in "&%$#_"} | {
    "\\": r"\textbackslash ",
    "~": r"\textasciitilde ",
    "^": r"\textasciicircum ",
}


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: str
    key: str
    fields: dict[str, str]


def citation_text(citation: str) -> str:
    """A citation as a line of text; one that is no BibTeX is that line already.

    >>> citation_text("@data{x, author = {Roe, A. and Doe, B.}, title = {{ABC} data}, year = {2015}, doi = {10.1/x}}")
    'Roe, A.; Doe, B. (2015). ABC data. doi:10.1/x'
    """
    entries = _entries(terminal_text(citation))
    return " ".join(_line(entry) for entry in entries) if entries else terminal_text(citation)


def _line(entry: _Entry) -> str:
    told = {name: value.replace("{", "").replace("}", "").replace("--", "–") for name, value in entry.fields.items()}
    author = "; ".join(told.get("author", "").split(" and "))
    head = f"{author} ({told['year']})." if "year" in told else f"{author}."
    parts = [f"{told[name]}." for name in ("title", "booktitle", "journal", "publisher") if name in told]
    where = f"doi:{told['doi']}" if "doi" in told else told.get("url", "")
    return " ".join(part for part in (head, *parts, where) if part.strip(". "))


def bibtex(provenances: Iterable[Provenance]) -> str:
    """One entry for each source that is cited, with what of it was read.

    >>> bibtex([])
    ''
    """
    written: dict[str, str] = {}
    for source in sorted(provenances, key=lambda p: (p.source, p.version, p.as_of, len(p.streams))):
        note = f"Data to {source.as_of}, from {source.source}, version {source.version}. Licence: {source.licence}. "
        note += f"Read with visavis {source.visavis}"
        entries = _entries(terminal_text(source.citation))
        plain = {"title": source.source, "howpublished": source.citation}
        for entry in entries or [_Entry("misc", _key(source.source), plain)]:
            fields = {**entry.fields, "note": note}
            lines = ",\n".join(f"  {name} = {{{_latex(value)}}}" for name, value in fields.items())
            written[entry.key] = f"@{entry.kind}{{{entry.key},\n{lines}\n}}\n"
    return "\n".join(written.values())


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "source"


def _entries(text: str) -> list[_Entry]:
    """The entries of a BibTeX text; none where it is anything else."""
    entries = []
    for head in _HEAD.finditer(text):
        fields: dict[str, str] = {}
        place = head.end()
        while (field := _FIELD.match(text, place)) is not None:
            end = _closing(text, field.end())
            if end is None:
                return []
            fields[field[1].lower()] = text[field.end() : end]
            place = end + 1
        if fields:
            entries.append(_Entry(head[1].lower(), head[2], fields))
    return entries


def _closing(text: str, place: int) -> int | None:
    """Where the brace that was opened before ``place`` closes."""
    depth = 1
    for i in range(place, len(text)):
        depth += {"{": 1, "}": -1}.get(text[i], 0)
        if depth == 0:
            return i
    return None


def _latex(text: str) -> str:
    """Text with every sign of TeX escaped; braces stay where they are in balance."""
    clean = terminal_text(text)
    depth, balanced = 0, True
    for c in clean:
        depth += {"{": 1, "}": -1}.get(c, 0)
        balanced = balanced and depth >= 0
    braces = {} if balanced and depth == 0 else {"{": "(", "}": ")"}
    return "".join((_LATEX | braces).get(c, c) for c in clean)
