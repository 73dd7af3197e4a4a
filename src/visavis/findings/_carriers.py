"""What carries a change: cells within the pair, breadth over an actor's partners, and the actor's change elsewhere."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np

from visavis.actions import is_conflict, means
from visavis.findings._view import View
from visavis.findings._window import Window
from visavis.models.breadth import Breadth, breadth
from visavis.models.decomposition import Contributions, contributions, pooled_dispersion
from visavis.models.elsewhere import Elsewhere, rates_elsewhere

__all__ = ["Carriers", "Cell", "carriers", "sector_of"]

_PRECEDENCE = (
    "government", "military", "legislature", "judiciary", "party", "police", "business", "media", "civil society",
    "public", "other",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """Acts of one kind: who acts toward whom, which sector of the acting side, by which means."""

    source: str
    target: str
    sector: str
    means: str


@dataclass(frozen=True)
class Carriers:
    """What carries the window's change against its past.

    Args:
        cells: the cells of the pair, in the order of ``change``'s positions.
        change: each cell's part; None where the past is empty.
        unknown: share of the pair's acts whose acting sector is not known, 0 to 1; None without acts.
        breadths: for each acting country, how many sectors and partners carry its change in conflictual acts.
        elsewhere: for each acting country, whether it changed toward its other partners as well.
    """

    cells: tuple[Cell, ...]
    change: Contributions | None
    unknown: float | None
    breadths: dict[str, Breadth | None]
    elsewhere: dict[str, Elsewhere]


def sector_of(sectors: str) -> str:
    """One sector for a set of them, so that each act is in exactly one cell: the first in a fixed order.

    >>> sector_of("government|party")
    'government'
    """
    held = set(sectors.split("|"))
    return next((s for s in _PRECEDENCE if s in held), "unknown")


def carriers(view: View, window: Window) -> Carriers:
    """Read the acts of the window and its past once, and ask the three models."""
    acts = _acts(view, window)
    periods = [*window.past, *window.periods]
    volume = _volume(view, window, periods)
    cells = sorted(
        {Cell(s, t, sector, kind) for _, s, t, sector, kind, _ in acts if {s, t} == {view.a, view.b}},
        key=lambda c: (c.source, c.sector, c.means),
    )
    table = _table(acts, periods, {c: i for i, c in enumerate(cells)})
    change = _change(table, volume, len(window.past))
    breadths, elsewhere = {}, {}
    for actor, partner in view.directions:
        breadths[actor] = _breadth(acts, periods, volume, window, actor, partner)
        elsewhere[actor] = _elsewhere(view, window, volume, actor, partner)
    known = np.array([c.sector != "unknown" for c in cells], dtype=bool)
    unknown = float(table[:, ~known].sum() / table.sum()) if table.sum() else None
    return Carriers(tuple(cells), change, unknown, breadths, elsewhere)


_KINDS = {"09": "inquiry"}  # a means of disapproval, but no conflict: told apart

Act = tuple[str, str, str, str, str, bool]  # period, source, target, sector, means, whether conflictual


def _acts(view: View, window: Window) -> Counter[Act]:
    """Acts of either side toward anybody the tables hold, by period and kind."""
    frame = view.tables.frame("acts", window.kind)
    wanted = frame.filter(
        nw.col("stream") == window.stream,
        nw.col("source").is_in([view.a, view.b]),
        nw.col("period").is_in([*window.past, *window.periods]),
    )
    keys = ("period", "source", "target", "root", "source_sectors")
    rows = wanted.group_by(*keys).agg(nw.col("acts").sum().cast(nw.Int64)).collect("pyarrow").to_native()
    found: Counter[Act] = Counter()
    for r in rows.to_pylist():
        kind = _KINDS.get(r["root"]) or means(r["root"]) or "statement"
        found[r["period"], r["source"], r["target"], sector_of(r["source_sectors"]), kind, is_conflict(r["root"])] += r[
            "acts"
        ]
    return found


def _volume(view: View, window: Window, periods: Sequence[str]) -> np.ndarray:
    one = window.series[0]
    return np.array([one.exposure[one.periods.index(p)] for p in periods], dtype=np.float64)


def _table(acts: Counter[Act], periods: Sequence[str], place: dict[Cell, int]) -> np.ndarray:
    """Counts by period and cell, shape (periods, cells)."""
    at = {p: i for i, p in enumerate(periods)}
    counts = np.zeros((len(periods), len(place)))
    for act, n in acts.items():
        column = place.get(Cell(*act[1:5]))
        if column is not None:
            counts[at[act[0]], column] += n
    return counts


def _change(table: np.ndarray, volume: np.ndarray, past: int) -> Contributions | None:
    if past < 2 or not table.size or not volume[:past].sum():
        return None
    return contributions(
        table[:past].sum(0), table[past:].sum(0), float(volume[:past].sum()), float(volume[past:].sum()),
        dispersion=pooled_dispersion(table[:past], volume[:past]),
        net_dispersion=pooled_dispersion(table[:past].sum(1, keepdims=True), volume[:past]),
    )  # fmt: skip


def _breadth(
    acts: Counter[Act], periods: Sequence[str], volume: np.ndarray, window: Window, actor: str, partner: str
) -> Breadth | None:
    """Breadth over sector x partner of an actor's conflictual acts."""
    at, past = {p: i for i, p in enumerate(periods)}, len(window.past)
    kinds = sorted({(a[3], a[2]) for a in acts if a[1] == actor and a[5]})
    place = {kind: i for i, kind in enumerate(kinds)}
    table = np.zeros((len(periods), len(kinds)))
    for act, n in acts.items():
        if act[1] == actor and act[5]:
            table[at[act[0]], place[act[3], act[2]]] += n
    exposure = (float(volume[:past].sum()), float(volume[past:].sum()))
    if past < 2 or not all(exposure) or not table.size:
        return None
    spread = pooled_dispersion(table[:past], volume[:past])
    seed = zlib.crc32("-".join([*sorted((actor, partner)), actor, window.label]).encode())
    rng = np.random.default_rng(seed)
    return breadth(table[:past].sum(0), table[past:].sum(0), *exposure, dispersion=spread, rng=rng)


def _elsewhere(view: View, window: Window, volume: np.ndarray, actor: str, partner: str) -> Elsewhere:
    """The actor's conflictual acts toward the partner, and toward all others in the world (from the totals).

    Counted against what the stream holds of all other pairs: a surge between the two would otherwise make everything
    else look smaller.
    """
    past = len(window.past)
    periods = [*window.past, *window.periods]
    rest = volume - sum(s.acts[window.rows(s, tuple(periods))] for s in window.series)
    exposure = (float(rest[:past].sum()), float(rest[past:].sum()))
    if past < 2 or not (rest > 0).all():
        return Elsewhere(None, None, None, "too few")
    series = next(s for s in window.series if (s.source, s.target) == (actor, partner))
    toward = series.conflict[window.rows(series, tuple(periods))].astype(np.float64)
    others = _conflict_of(view, window, actor, periods) - toward
    spread = max(pooled_dispersion(counts[:past, None], rest[:past]) for counts in (toward, others))
    sums = [(float(counts[:past].sum()), float(counts[past:].sum())) for counts in (toward, others)]
    return rates_elsewhere(sums[0], sums[1], exposure, dispersion=spread)


def _conflict_of(view: View, window: Window, actor: str, periods: Sequence[str]) -> np.ndarray:
    """An actor's conflictual acts toward everybody, by period, shape (periods,)."""
    at = {p: i for i, p in enumerate(periods)}
    found = np.zeros(len(periods))
    for row in view.tables.arrow("totals", window.kind).to_pylist():
        mine = row["stream"] == window.stream and row["source"] == actor and row["period"] in at
        if mine and is_conflict(row["root"]):
            found[at[row["period"]]] += row["acts"]
    return found
