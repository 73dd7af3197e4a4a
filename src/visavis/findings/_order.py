"""Relabel findings for a pair named the other way round. Nothing is computed again: only the order changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from visavis.finding import Finding, Message, Term
from visavis.findings._together import SIDES
from visavis.names.differing import reader_names

__all__ = ["named_first"]

_SWAP = {"a": "b", "b": "a", "ab": "ba", "ba": "ab"}


def named_first(findings: Sequence[Finding], first: str, a: str) -> list[Finding]:
    """The findings with ``first`` said first.

    Of neighbouring findings of one group, those in which ``first`` acts come first. In findings about the pair, the
    slots ``a`` and ``b`` and those that end in ``_a``, ``_b``, ``_ab``, ``_ba`` change places.

    Args:
        findings: of one chapter, computed in ISO order.
        first: the country to say first.
        a: the pair's first country in ISO order.
    """
    found: list[Finding] = []
    for _, run in groupby(findings, key=lambda f: (bool(f.actor), f.group or f.id)):
        members = list(run)
        if members[0].actor:
            members.sort(key=lambda f: f.actor != first)
        found += [_named(f if first == a else _swapped(f), first) for f in members]
    return found


def _named(finding: Finding, first: str) -> Finding:
    """Names that differ in a description of ours: the form of the side said first stands first."""
    evidence = tuple(replace(e, text=e.text and reader_names(e.text, first)) for e in finding.evidence)
    details = tuple(_renamed(d, first) for d in finding.details)
    return replace(finding, evidence=evidence, message=_renamed(finding.message, first), details=details)


def _renamed(message: Message, first: str) -> Message:
    text = message.terms.get("text")
    if not isinstance(text, Term):
        return message
    return replace(message, terms={**message.terms, "text": replace(text, value=reader_names(text.value, first))})


def _swapped(finding: Finding) -> Finding:
    details = finding.details
    if finding.group == SIDES:
        details = tuple(d for i in range(0, len(details), 2) for d in reversed(details[i : i + 2]))
    return replace(
        finding,
        message=_message(finding.message),
        caveats=_all(finding.caveats),
        details=_all(details),
        would_change=finding.would_change and _message(finding.would_change),
    )


def _all(messages: Iterable[Message]) -> tuple[Message, ...]:
    return tuple(_message(m) for m in messages)


def _message(message: Message) -> Message:
    return Message(message.key, _slots(message.numbers), _slots(message.terms))


def _slots(slots: Mapping[str, Any]) -> dict[str, Any]:
    def other(name: str) -> str:
        stem, _, end = name.rpartition("_")
        return f"{stem}_{_SWAP[end]}" if stem and end in _SWAP else _SWAP.get(name, name)

    return {name: slots.get(other(name), value) for name, value in slots.items()}
