"""What could come, and what could they do? Base rates and forecasts with their record, and what to talk about."""

from __future__ import annotations

from collections.abc import Callable

from visavis.finding import Finding
from visavis.findings import chapter
from visavis.findings._agenda import agenda
from visavis.findings._at_risk import at_risk
from visavis.findings._forecasts import forecasts
from visavis.findings._long_range import long_range
from visavis.findings._next_act import next_act
from visavis.findings._opening import opening
from visavis.findings._scenarios import scenarios
from visavis.findings._view import View

__all__ = ["ahead"]

_ASKED = ("answers", "understanding", "reaction")  # chapters whose open questions the agenda takes up

_PARTS: tuple[Callable[[View], list[Finding]], ...] = (
    forecasts, scenarios, long_range, opening, next_act, at_risk,
)  # fmt: skip


def ahead(view: View) -> list[Finding]:
    """What to talk about first, then what the record says of what may come, the nearest first."""
    whole, found = 1 + len(_PARTS), list[Finding]()
    view.on_step(0, whole, "agenda")
    found += agenda(view, [finding for name in _ASKED for finding in chapter(name)(view)])
    for done, part in enumerate(_PARTS, 1):
        view.on_step(done, whole, part.__name__)
        found += part(view)
    return found
