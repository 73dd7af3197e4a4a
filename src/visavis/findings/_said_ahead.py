"""What the forecasts say of one directed dyad, from the track record that is kept with the tables."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from visavis.finding import Number
from visavis.findings._track import count_pool, entry, share_pool
from visavis.findings._world import World
from visavis.models.backtest import BEAT
from visavis.models.chances import bent
from visavis.models.contenders import POOL
from visavis.models.dyad_panel import RECENT, Target
from visavis.models.forecast_pool import Origin, forecast
from visavis.models.naive_forecasts import Windows, naive
from visavis.models.predictive import Predictive
from visavis.models.share_pool import share_draws

__all__ = ["Ahead", "Outlook", "Part", "ahead_of", "tried"]

_DRAWS = 4000
_SEASON = {"month": 12, "week": 52}
Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is said of one count over one stretch: the middle, both intervals, and what the last such stretch held."""

    value: int
    low: int
    high: int
    low80: int
    high80: int
    past: int


@dataclass(frozen=True, slots=True)
class Part:
    """What is said of the conflictual share of one stretch.

    Args:
        share: with its 90 % interval.
        low80, high80: ends of the 80 % interval; None where nothing can be said.
        past: the share of the last such stretch; None without acts.
        chance: that the share will be higher than that.
        smaller: that it will be lower; the rest is the chance that it stays the same, as where nothing is conflictual.
    """

    share: Number
    low80: float | None = None
    high80: float | None = None
    past: float | None = None
    chance: float | None = None
    smaller: float | None = None


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is said of one direction.

    Args:
        source, target: who acts toward whom.
        counts: by outcome, first and last period ahead.
        parts: the conflictual share, by how many periods ahead the stretch reaches.
        longest: how many periods the longest of them has.
        exposure: acts of the stream in a period, as lately.
        periods: full periods that the forecasts start from.
    """

    source: str
    target: str
    counts: Mapping[tuple[str, int, int], Outlook]
    parts: Mapping[int, Part]
    longest: int
    exposure: float
    periods: int

    @property
    def part(self) -> Part:
        """The share of the longest stretch, which the claim is about."""
        return self.parts[self.longest]


def ahead_of(world: World, track: Mapping[str, Any], source: str, target: str) -> Ahead:
    """Forecast one direction from the last full period.

    Args:
        world: the stream's dyads.
        track: the track record of the same stream.
        source, target: who acts toward whom.
    """
    world = world.pair(source, target)
    row = world.row(source, target)
    counts = {}
    for one in track["forecasts"]:
        if one["outcome"] != "share":
            counts[one["outcome"], one["first"], one["last"]] = _outlook(world, one, row)
    reaches = sorted(one["last"] for one in track["forecasts"] if one["outcome"] == "share")
    parts = {last: _share(world, track, row, last) for last in reaches}
    exposure = float(world.exposure[np.flatnonzero(world.known)[-RECENT:]].mean())
    return Ahead(source, target, counts, parts, reaches[-1], exposure, int(world.known.sum()))


def tried(track: Mapping[str, Any], outcome: str, last: int, source: str, target: str) -> tuple[int, int]:
    """Past forecasts of a dyad for the periods up to ``last`` ahead, and how often the 90 % interval held."""
    one = entry(dict(track), outcome, Target(1, last))
    score = None if one is None else one["dyads"].get(f"{source}-{target}")
    return (0, 0) if score is None else (int(score[0]), int(score[1]))


def _said(world: World, one: Mapping[str, Any], row: int) -> tuple[Predictive, Windows, int]:
    """The distribution by the method that the track record allows."""
    panel, target = world.panel(one["outcome"]), Target(one["first"], one["last"])
    origin, rows = Origin.last(panel, target), np.array([row])
    if one["use"] == POOL:
        return forecast(count_pool(dict(one)), panel, origin, rows=rows), origin.windows, origin.t
    least = np.zeros(1, np.int64)
    found = naive(BEAT, origin.windows, origin.t, rows, target=target, season=_SEASON[world.kind], least=least)
    assert found is not None, "the last twelve always say something"
    return found, origin.windows, origin.t


def _outlook(world: World, one: Mapping[str, Any], row: int) -> Outlook:
    said, windows, t = _said(world, one, row)
    (low, high), (low80, high80) = said.interval(0.9), said.interval(0.8)
    past = windows.sums[row, windows.until(t)[-1]]
    middle = said.quantile(0.5)
    return Outlook(int(middle[0]), int(low[0]), int(high[0]), int(low80[0]), int(high80[0]), int(past))


def _share(world: World, track: Mapping[str, Any], row: int, last: int) -> Part:
    """The share to come by draws: first how many acts, then how many of them are conflictual."""
    whole = dict(track)
    one, acts = (entry(whole, outcome, Target(1, last)) for outcome in ("share", "acts"))
    assert one is not None, "the stretch comes from the track record"
    assert acts is not None, "a share has its acts"
    panel, target = world.panel("conflict"), Target(1, last)
    a, b = sorted(world.dyads[row])
    rng = np.random.default_rng(zlib.crc32(f"{a}-{b} ahead".encode()))
    origin = Origin.last(panel, target)
    many = _said(world, acts, row)[0].draws(_DRAWS, rng)[:, 0]
    all_acts = Windows.of(panel.of_all_acts, target)
    if one["use"] == POOL:
        drawn = share_draws(share_pool(one), panel, origin, row=row, n=many, rng=rng)
    else:
        k, n = (w.last(origin.t, np.array([row]))[0] for w in (origin.windows, all_acts))
        drawn = k[n > 0] / n[n > 0]
    drawn = drawn[np.isfinite(drawn)]
    end = origin.windows.until(origin.t)[-1]
    k_last, n_last = int(origin.windows.sums[row, end]), int(all_acts.sums[row, end])
    past = k_last / n_last if n_last else None
    if not len(drawn):
        return Part(Number(None, "share of acts"), past=past)
    low, low80, middle, high80, high = (float(q) for q in np.quantile(drawn, [0.05, 0.1, 0.5, 0.9, 0.95]))
    chance, smaller = (None, None) if past is None else _chances(drawn, past, one.get("chance") or {})
    rests_on = int(world.counts["acts"][row, world.known].sum())
    return Part(Number(middle, "share of acts", low, high, rests_on), low80, high80, past, chance, smaller)


def _chances(drawn: Array, past: float, scored: Mapping[str, Any]) -> tuple[float, float]:
    """Chances of a larger and of a smaller share, bent as the record says; none of what cannot come."""
    raw = {"larger": np.mean(drawn > past), "smaller": np.mean(drawn < past)}
    lines = {name: tuple(scored[name]["line"]) if name in scored else (0.0, 1.0) for name in raw}
    larger, smaller = (float(bent(np.array([p]), lines[name])[0]) for name, p in raw.items())
    return larger if past < 1 else 0.0, smaller if past > 0 else 0.0
