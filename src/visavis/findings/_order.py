"""Relabel findings for a pair named the other way round. Nothing is computed again: only the order changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from visavis.finding import Finding, Message

__all__ = ["named_first"]

_SWAP = {"a": "b", "b": "a", "ab": "ba", "ba": "ab"}


def named_first(findings: Sequence[Finding], first: str, a: str) -> list[Finding]:
    """The findings with ``first`` said first.

    Of neighbouring findings that say the same of the two directions, the one in which ``first`` acts comes first. In
    findings about the pair, the slots ``a`` and ``b`` and those that end in ``_a``, ``_b``, ``_ab``, ``_ba`` change
    places.

    Args:
        findings: of one chapter, computed in ISO order.
        first: the country to say first.
        a: the pair's first country in ISO order.
    """
    if first == a:
        return list(findings)
    found: list[Finding] = []
    for _, run in groupby(findings, key=lambda f: (f.message.key, bool(f.actor), f.group)):
        members = list(run)
        if members[0].actor:
            members.sort(key=lambda f: f.actor != first)
        found += [_swapped(f) for f in members]
    return found


def _swapped(finding: Finding) -> Finding:
    return replace(
        finding,
        message=_message(finding.message),
        caveats=_all(finding.caveats),
        details=_all(finding.details),
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
