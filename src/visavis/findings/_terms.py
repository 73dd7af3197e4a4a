"""Terms that many findings use."""

from __future__ import annotations

from visavis.finding import Term
from visavis.findings._view import View
from visavis.names.messages import message_keys

__all__ = ["kind_word", "pair_terms", "stream_term", "way", "word"]


def pair_terms(view: View) -> dict[str, Term]:
    """The two countries as ``a`` and ``b``."""
    return {"a": Term("country", view.a), "b": Term("country", view.b)}


def way(source: str, target: str) -> dict[str, Term]:
    """A direction as ``source`` and ``target``."""
    return {"source": Term("country", source), "target": Term("country", target)}


def stream_term(stream: str) -> Term:
    """A stream's name, from the catalogues where they have one."""
    return Term("word", f"stream.{stream}") if f"stream.{stream}" in message_keys() else Term("outside", stream)


def word(family: str, value: str) -> Term:
    """A word of a family, such as ``means`` or ``sector``; ``unknown`` when there is none."""
    return Term("word", f"{family}.{value.replace(' ', '_') or 'unknown'}")


def kind_word(kind: str) -> Term:
    """ "months" or "weeks"."""
    return Term("word", f"kind.{kind}s")
