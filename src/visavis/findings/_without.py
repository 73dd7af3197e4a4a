"""The pair with a third country's share taken out: what is left of the change in its conflictual share."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visavis.actions import is_conflict
from visavis.finding import Evidence, Finding, Message, Number, Verdict, bits
from visavis.findings._converging import halves
from visavis.findings._grid import Grid
from visavis.findings._shared import ALARM, of_third, share_change
from visavis.findings._terms import kind_word, stream_term
from visavis.findings._view import View
from visavis.models.without import FEWEST_ACTS, Without, hottest, without
from visavis.store.coverage import days_in, period_of

__all__ = ["taken_out"]

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Articles:
    """Reports between the two by full period: all that name their article, and those whose article is theirs alone."""

    k: Counts
    n: Counts
    k_left: Counts
    n_left: Counts


def taken_out(view: View, grid: Grid, third: str) -> Finding:
    """The change from the first half to the second, with and without the third country's hottest periods."""
    k, n = (x[grid.full] for x in grid.tie(view.a, view.b))
    own, other = (grid.tie(side, third) for side in (view.a, view.b))
    hot = hottest((own[0] + other[0])[grid.full], (own[1] + other[1])[grid.full])
    found = without(k, n, np.where(hot, 0, k), np.where(hot, 0, n), block=_block(grid))
    terms = {**of_third(view, third), **halves(grid), "kind": kind_word(grid.kind), "stream": stream_term(grid.stream)}
    name = f"company.without.{view.a}-{view.b}.{third}"
    if found is None or not hot.any():
        message = Message("company.without.too_short", {"acts": Number(FEWEST_ACTS, "acts")}, terms)
        return Finding(
            name, "company", message, Verdict.NO_DATA, view.provenance([grid.stream]), basis="acts",
            details=_articles_told(view, grid, third),
        )  # fmt: skip
    way, p = _way(found)
    numbers = {
        "change": share_change(found.all),
        "left": share_change(found.left),
        "gap": share_change(found.gap),
        "periods": Number(int(hot.sum()), "periods"),
        "acts": Number(found.removed, "acts"),
    }
    return Finding(
        id=name,
        chapter="company",
        message=Message(f"company.without.{way}", numbers, terms),
        verdict=Verdict.UNDECIDED if way in ("no_change", "unclear") else Verdict.HOLDS,
        provenance=view.provenance([grid.stream], taken_out="hottest quarter of periods", block=_block(grid)),
        evidence=(Evidence("acts", {"stream": grid.stream, "pair": f"{view.a}-{view.b}"}, int(n.sum())),),
        details=_articles_told(view, grid, third),
        caveats=(Message("company.without.what", terms=terms),),
        basis="acts",
        bits=bits(p),
        would_change=Message("company.without.would", terms=terms),
    )


def _block(grid: Grid) -> int:
    """Half a year of months where there are enough, for shares follow their own past longer than mixes do."""
    return 2 * grid.block if grid.kind == "month" and grid.full.sum() >= 24 * grid.block else grid.block


def _way(found: Without) -> tuple[str, float]:
    """What can be said, and the p-value that says it."""
    if found.p > ALARM:
        return "no_change", found.p
    if found.gap_p <= ALARM:
        smaller = abs(found.left.value) < abs(found.all.value)
        return "smaller" if smaller else "larger", found.gap_p
    stays = found.left.low > 0 if found.all.value > 0 else found.left.high < 0
    return ("stays", found.p) if stays else ("unclear", found.p)


def _articles_told(view: View, grid: Grid, third: str) -> tuple[Message, ...]:
    """The same by articles, where the record knows them: those that also tell of the third country are left out."""
    held = _articles(view, grid, third)
    if held is None or not held.n.sum():
        return ()
    found = without(held.k, held.n, held.k_left, held.n_left, block=_block(grid))
    numbers = {"removed": Number(float(1 - held.n_left.sum() / held.n.sum()), "share of reports", n=int(held.n.sum()))}
    if found is None:
        return (Message("company.without.articles.share", numbers, of_third(view, third)),)
    numbers |= {"change": share_change(found.all), "left": share_change(found.left)}
    return (Message("company.without.articles", numbers, of_third(view, third)),)


def _articles(view: View, grid: Grid, third: str) -> _Articles | None:
    """Reports between the two whose article tells no act between the third country and either of them."""
    if view.tables.events is None:
        return None
    first, last = days_in(grid.periods[0])[0], days_in(grid.periods[-1])[1]
    full = [p for p, whole in zip(grid.periods, grid.full, strict=True) if whole]
    place = {period: i for i, period in enumerate(full)}
    theirs = {row[1] for side in (view.a, view.b) for row in _rows(view, grid, (side, third), (first, last))}
    counts = np.zeros((4, len(full)), np.int64)
    for day, story, root, count in _rows(view, grid, (view.a, view.b), (first, last)):
        i = place.get(period_of(day, grid.kind))
        if i is not None:
            both = (count if is_conflict(root) else 0, count)
            counts[:, i] += (*both, *((0, 0) if story in theirs else both))
    return _Articles(*counts)


def _rows(
    view: View, grid: Grid, pair: tuple[str, str], days: tuple[dt.date, dt.date]
) -> list[tuple[dt.date, str, str, int]]:
    """Day, article, root and count of the stream's events between two countries that name their article."""
    assert view.tables.events is not None
    rows = view.tables.events(*pair, *days).to_pylist()
    kept = (row for row in rows if row["stream"] == grid.stream and row["story"])
    return [(row["date"], row["story"], row["root"], row["count"]) for row in kept]
