"""Findings that say nothing clear of either side, told as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from visavis.finding import Finding, Message, Number

__all__ = ["SIDES", "together"]

SIDES = "sides"
"""Group of a finding about the pair whose details come in twos, one for each acting side in ISO order."""


def together(findings: Sequence[Finding], name: str, message: Message, *, headline: bool = False) -> Finding:
    """One finding with the sentences of several beneath it, and all that they rest on.

    Args:
        findings: in twos, one for each acting side in ISO order, all of the same verdict.
        name: id of the new finding.
        message: what they say together.
        headline: whether it asks for a place on the first page.
    """
    return replace(
        findings[0],
        id=name,
        message=replace(message, numbers={**message.numbers, **_numbers(findings)}),
        charts=tuple(c for f in findings for c in f.charts),
        evidence=tuple(e for f in findings for e in f.evidence),
        caveats=tuple({c.key: c for f in findings for c in f.caveats}.values()),
        details=tuple(f.message for f in findings),
        headline=headline,
        actor="",
        group=SIDES,
    )


def _numbers(findings: Sequence[Finding]) -> dict[str, Number]:
    """The figures of all, each named after what it is about and the direction: ``share_observed_ab``."""
    return {
        f"{finding.group}_{name}_{'ba' if i % 2 else 'ab'}": number
        for i, finding in enumerate(findings)
        for name, number in finding.numbers.items()
    }
