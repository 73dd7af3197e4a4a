"""Specification to SVG: static, self-contained, readable by a screen reader, and checked before it leaves.

Everything goes through one engine in this process (vl-convert); its start takes about half a second, each further
chart some hundredths.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from babel import dates

from visavis.charts.telling import tell
from visavis.errors import VisavisError
from visavis.finding import Chart
from visavis.names.messages import locale_of
from visavis.names.tongues import tag, tongue

__all__ = ["svg", "svgs", "without_links"]

_SVG = "http://www.w3.org/2000/svg"
_LINKS = ("href", "url", "tooltip", "description")
_SAFE = {"svg", "g", "path", "text", "tspan", "rect", "line", "circle", "clipPath", "defs", "title", "desc"}


def svgs(charts: Sequence[Chart], lang: str = "en", prefix: str = "c") -> list[str]:
    """One SVG a chart, for one HTML document: no id is in two of them, and every id starts with ``prefix``.

    Raises:
        VisavisError: words of the chart are missing in the picture, or it holds what no picture of ours needs.
    """
    return [_one(chart, lang, f"{prefix}{i}") for i, chart in enumerate(charts, start=1)]


def svg(chart: Chart, lang: str = "en", prefix: str = "c") -> str:
    """One chart as SVG text.

    >>> from visavis.charts.coverage import coverage
    >>> text = svg(coverage([{"stream": "icews", "period": "2018-10", "state": "full"}]))
    >>> text.startswith("<svg"), "<script" in text
    (True, False)
    """
    return svgs([chart], lang, prefix)[0]


def _one(chart: Chart, lang: str, name: str) -> str:
    import vl_convert

    spec = without_links(tell(chart.spec, lang))
    text = vl_convert.vegalite_to_svg(spec, time_format_locale=_time_words(lang), show_warnings=False)
    root = ElementTree.fromstring(text)
    _check_words(chart.name, spec, root)
    _clean(chart.name, root)
    _rename(root, name)
    _mark(root, lang)
    _describe(root, name, tell(chart.title, lang), tell(chart.alt, lang))
    ElementTree.register_namespace("", _SVG)
    return ElementTree.tostring(root, encoding="unicode")


def without_links(node: Any) -> Any:
    """The same specification without addresses, tooltips and data from elsewhere: a picture on paper has none."""
    if isinstance(node, Mapping):
        return {key: without_links(value) for key, value in node.items() if key not in _LINKS}
    if isinstance(node, list):
        return [without_links(value) for value in node]
    return node


def _time_words(lang: str) -> dict[str, Any]:
    """Names of months and days for the time axis, in the shape that d3 expects.

    Not Babel's "stand-alone" names: in a process that has told Japanese or Chinese before, those of Korean are theirs.
    """
    locale = locale_of(lang)
    months = {width: dates.get_month_names(width, "format", locale) for width in ("wide", "abbreviated")}
    days = {width: dates.get_day_names(width, "format", locale) for width in ("wide", "abbreviated")}
    return {
        "dateTime": "%c",
        "date": "%Y-%m-%d",
        "time": "%H:%M",
        "periods": ["AM", "PM"],
        "days": [days["wide"][i] for i in (6, 0, 1, 2, 3, 4, 5)],
        "shortDays": [days["abbreviated"][i] for i in (6, 0, 1, 2, 3, 4, 5)],
        "months": [months["wide"][i] for i in range(1, 13)],
        "shortMonths": [months["abbreviated"][i] for i in range(1, 13)],
    }


def _words(node: Any, key: str = "") -> Iterator[str]:
    """Titles and drawn labels of a specification: the words that must be in the picture."""
    if isinstance(node, Mapping):
        for name, value in node.items():
            if name not in ("datasets", "config", "usermeta"):
                yield from _words(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from _words(value, key)
    elif isinstance(node, str) and key in ("title", "label", "name", "text") and node not in ("", "text"):
        yield node


def _flat(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text))


def _check_words(name: str, spec: Mapping[str, Any], root: ElementTree.Element) -> None:
    """A font that is missing, or a label that does not fit, drops text without a word: look for each."""
    drawn = _flat("\n".join(t for t in root.itertext()))
    missing = sorted({words for words in _words(spec) if _flat(words) not in drawn})
    if missing:
        raise VisavisError(
            f"The chart {name!r} lost text when it was drawn: {missing[0]!r} and {len(missing) - 1} more. "
            "Run 'visavis doctor' to check the fonts."
        )


def _clean(name: str, root: ElementTree.Element) -> None:
    """Only shapes and text, no style attribute (a strict content policy refuses it), nothing that points outside."""
    for element in root.iter():
        kind = element.tag.removeprefix(f"{{{_SVG}}}")
        if kind not in _SAFE:
            raise VisavisError(f"The chart {name!r} was drawn with <{kind}>, which no picture of visavis holds.")
        style = element.attrib.pop("style", "")
        for key, _, value in (part.partition(":") for part in style.split(";") if ":" in part):
            element.set(key.strip(), value.strip())
        for attribute in [a for a in element.attrib if "href" in a or a.startswith(("on", "aria", "role", "class"))]:
            del element.attrib[attribute]


def _rename(root: ElementTree.Element, name: str) -> None:
    """Puts the chart's name before every id and every reference to one."""
    for element in root.iter():
        if "id" in element.attrib:
            element.set("id", f"{name}-{element.attrib['id']}")
        for key, value in element.attrib.items():
            if "url(#" in value:
                element.set(key, re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", value))


def _mark(root: ElementTree.Element, lang: str) -> None:
    """Words in another language than the reader's say so: names of agreements, of series of polls."""
    for element in root.iter(f"{{{_SVG}}}text"):
        found = tongue("".join(element.itertext()), lang)
        if found:
            element.set("lang", tag(found))


def _describe(root: ElementTree.Element, name: str, title: str, alt: str) -> None:
    """A title and a description, tied to the picture for screen readers."""
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title {name}-alt")
    root.attrib.pop("version", None)
    for i, (kind, words) in enumerate((("title", title), ("desc", alt))):
        element = ElementTree.Element(f"{{{_SVG}}}{kind}", {"id": f"{name}-{'title' if i == 0 else 'alt'}"})
        element.text = words
        root.insert(i, element)
