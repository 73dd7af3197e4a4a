"""Own views alone, where nobody was asked what the other side thinks: agreement can be told, understanding cannot."""

from __future__ import annotations

import numpy as np

from visavis.charts.estimates import estimates
from visavis.finding import Finding, Message, Number, Verdict
from visavis.findings._sheet import FEW, MARGIN, Sheet, mean, share, wording
from visavis.models.coorientation import state

__all__ = ["agreement"]

_A_CHART = 8


def agreement(sheet: Sheet) -> list[Finding]:
    """On how many items own views are the same within the margin, differ, or leave it open."""
    compared, rows = [], []
    for item in (i for i in sheet.asked.questionnaire.items if "own" in i.asks and i.role != "control"):
        answers = {side: sheet.matrix(side, "own", [item])[:, 0] for side in sheet.sides}
        if min(int(np.sum(~np.isnan(column))) for column in answers.values()) < FEW:
            continue
        means = [mean(answers[side], sheet.replicates[side]) for side in sheet.sides]
        se, df = float(np.hypot(means[0].se, means[1].se)), min(found.df for found in means)
        compared.append(state(means[1].value - means[0].value, se, df, MARGIN))
        if not sheet.shown(item):
            continue
        for side, found in zip(sheet.sides, means, strict=True):
            own = sheet.told(share(found))
            row = {"item": wording(item), "country": side, "view": own.value, "low": own.low, "high": own.high}
            row["n"] = own.n
            rows.append({**row, **dict.fromkeys(("estimate", "estimate_low", "estimate_high", "estimate_n"))})
    counts = {name: Number(compared.count(name), "items", n=len(compared)) for name in ("same", "differs", "undecided")}
    numbers = {**counts, "items": Number(len(compared), "items"), "margin": Number(round(100 * MARGIN), "points")}
    charts = tuple(estimates(rows[i : i + 2 * _A_CHART]) for i in range(0, len(rows), 2 * _A_CHART))
    key = "understanding.agreement" if compared else "understanding.agreement.none"
    return [
        Finding(
            id=f"understanding.agreement.{sheet.name}",
            chapter="understanding",
            message=Message(key, numbers, sheet.terms),
            verdict=Verdict.HOLDS if compared else Verdict.NO_DATA,
            provenance=sheet.provenance(),
            charts=charts,
            caveats=(Message("understanding.no_estimates"),),
            headline=True,
            claim=False,
        )
    ]
