"""Words in a chart: a specification holds ``Message`` and ``Term`` where a reader sees words; ``tell`` fills them in.

So a chart, like a finding, is the same in every language, and what others wrote in it is cleaned in one place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from visavis.charts.theme import SIZE
from visavis.finding import Message, Term
from visavis.names.lines import wrap
from visavis.names.messages import languages, message_keys, say, term_text
from visavis.names.outside import terminal_text

__all__ = ["Lines", "depth", "direction", "of_stream", "tell"]


@dataclass(frozen=True, slots=True)
class Lines:
    """Words broken into lines that fit a width in pixels."""

    words: Message | Term
    width: int


def direction(source: str, target: str) -> Message:
    """ "South Korea toward Japan"."""
    return Message("charts.direction", terms={"source": Term("country", source), "target": Term("country", target)})


def of_stream(stream: str) -> Term:
    """A stream's name where the catalogues have one (``stream.<name>``), else the name itself."""
    key = f"stream.{stream}"
    return Term("word", key) if key in message_keys() else Term("outside", stream)


def depth(label: Lines) -> int:
    """How many lines a label needs at most: a chart is the same in every language, and so is the room it leaves.

    >>> depth(Lines(Term("outside", "Talks help."), 300))
    1
    """
    return max(len(tell(label, lang)) for lang in languages())


def tell(node: Any, lang: str = "en") -> Any:
    """The same tree with every message and term as text in the reader's language, all text clean: plain Vega-Lite.

    >>> tell({"title": Message("charts.axis.share")})
    {'title': 'conflictual share of acts'}
    """
    if isinstance(node, Message):
        return terminal_text(say(node, lang))
    if isinstance(node, Term):
        return terminal_text(term_text(node, lang))
    if isinstance(node, Lines):
        # An average letter of the chart's face is a little over half as wide as it is high.
        return wrap(tell(node.words, lang), max(8, int(node.width / (0.56 * SIZE))))
    if isinstance(node, Mapping):
        return {str(key): tell(value, lang) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [tell(value, lang) for value in node]
    return terminal_text(node) if isinstance(node, str) else node
