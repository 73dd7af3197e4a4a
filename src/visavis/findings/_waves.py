"""The same items before and after a meeting or an act: what moved, person by person."""

from __future__ import annotations

import numpy as np

from visavis.finding import Finding, Message, Number, Term, Verdict
from visavis.findings._sheet import FEW, Sheet, points
from visavis.models._perception import Figure
from visavis.models.replicates import Replicates, jackknife, vary

__all__ = ["waves"]


def waves(sheet: Sheet) -> list[Finding]:
    """For each side, how its own views and its errors about the other moved between the first and the last wave.

    People who answered in both waves are paired. Part of any such change is regression to the mean; a control group or
    a second wave before the meeting is what tells it apart, and the finding says so.
    """
    all_waves = sheet.asked.waves
    if len(all_waves) < 2:
        return []
    first = Sheet(sheet.asked, all_waves[0])
    findings = []
    for side, other in zip(sheet.sides, reversed(sheet.sides), strict=True):
        own = sheet.matrix(side, "own") - first.matrix(side, "own")
        closer = _errors(first, side, other) - _errors(sheet, side, other)
        terms = {"source": Term("country", side), "target": Term("country", other)}
        moved, nearer = (_paired(change, sheet.replicates[side], sheet.size) for change in (own, closer))
        if moved is None or nearer is None:
            findings.append(_too_few(sheet, side, terms))
            continue
        ends = nearer.estimate()
        clear = ends.low > 0 or ends.high < 0
        numbers = {"moved": points(moved), "closer": points(nearer), "people": Number(nearer.n, "people")}
        findings.append(
            Finding(
                id=f"understanding.waves.{sheet.name}.{side}",
                chapter="understanding",
                message=Message("understanding.waves", numbers, terms),
                verdict=(Verdict.HOLDS if ends.low > 0 else Verdict.DOES_NOT_HOLD) if clear else Verdict.UNDECIDED,
                provenance=sheet.provenance(waves=f"{all_waves[0]} and {all_waves[-1]}"),
                caveats=(Message("understanding.waves.regression"),),
                actor=side,
                group=f"waves.{sheet.name}",
            )
        )
    return findings


def _errors(sheet: Sheet, side: str, other: str) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Distance of each estimate from the other side's mean in the same wave, (people, items)."""
    own, weights = sheet.matrix(other, "own"), sheet.replicates[other].weights
    known = ~np.isnan(own)
    total = weights @ known
    truth = np.where(total > 0, weights @ np.where(known, own, 0.0) / np.where(total > 0, total, 1.0), np.nan)
    errors: np.ndarray[tuple[int, int], np.dtype[np.float64]] = np.abs(sheet.matrix(side, "other") - truth)
    return errors


def _paired(change: np.ndarray[tuple[int, int], np.dtype[np.float64]], people: Replicates, size: str) -> Figure | None:
    """Mean change over items and the people who answered in both waves; None with fewer than six of them."""
    both = ~np.isnan(change)
    rows = both.any(axis=1)
    if rows.sum() < FEW:
        return None
    means = np.where(both[rows], change[rows], 0.0).sum(axis=1) / both[rows].sum(axis=1)
    if size == "public":
        kept = Replicates(people.weights[rows], people.replicates[:, rows], people.scale, people.df)
    else:
        kept = jackknife(int(rows.sum()))
    varied = vary(lambda w: np.array([w @ means / w.sum()]), kept)
    return Figure(float(varied.value[0]), float(varied.se()[0]), varied.df, int(rows.sum()))


def _too_few(sheet: Sheet, side: str, terms: dict[str, Term]) -> Finding:
    return Finding(
        id=f"understanding.waves.{sheet.name}.{side}",
        chapter="understanding",
        message=Message("understanding.waves.few", {"needed": Number(FEW, "people")}, terms),
        verdict=Verdict.NO_DATA,
        provenance=sheet.provenance(),
        actor=side,
        group=f"waves.{sheet.name}",
    )
