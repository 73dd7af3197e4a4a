"""The track record of a stream's forecasts as plain figures, and what was learned, to be kept and to forecast with."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

import visavis
from visavis.errors import NoDataError, UsageError
from visavis.findings._world import OUTCOMES, World, world_of
from visavis.models.backtest import Track, backtest
from visavis.models.contenders import POOL, CountContenders, ShareContenders
from visavis.models.count_ar import CountAR
from visavis.models.dyad_panel import Target, known_at
from visavis.models.forecast_pool import ForecastPool, fit_pool
from visavis.models.pooling import Mix
from visavis.models.share_pool import SharePool, common_share, fit_share_pool
from visavis.store.coverage import Period
from visavis.store.tables import Tables
from visavis.store.track_record import made_from

__all__ = ["HORIZONS", "count_pool", "entry", "share_pool", "track_of"]

HORIZONS: dict[Period, tuple[int, ...]] = {"month": (1, 3, 6, 12), "week": (1, 4, 13, 26)}
_SEASON: dict[Period, int] = {"month": 12, "week": 52}
_MOST_AHEAD: dict[Period, int] = {"month": 12, "week": 26}
OnStep = Callable[[int, int, str], None]


def track_of(
    tables: Tables, stream: str, kind: Period, horizons: Sequence[int] = (), on_step: OnStep | None = None
) -> dict[str, Any]:
    """Try every method on every past origin of a stream, and learn what to forecast with from all of it.

    Args:
        tables: a record; of a pack, which holds few pairs, the track record comes with it.
        stream: the stream.
        kind: month or week.
        horizons: how many periods ahead, besides 1; ``HORIZONS`` when empty.
        on_step: called with (parts done, parts, what).

    Raises:
        UsageError: a horizon out of range.
        NoDataError: the stream is too short for any of them.
    """
    asked = tuple(sorted({1, *(horizons or HORIZONS[kind])}))
    if asked[0] < 1 or asked[-1] > _MOST_AHEAD[kind]:
        raise UsageError(f"Horizons of {asked[0]} to {asked[-1]} {kind}s: give 1 to {_MOST_AHEAD[kind]}.")
    world = world_of(tables, stream, kind)
    if world is None:
        raise NoDataError(f"The stream {stream!r} has no full {kind}. Import more files.")
    wanted, short = list(_wanted(asked)), []
    found: list[dict[str, Any]] = []
    for i, (outcome, target) in enumerate(wanted):
        what = f"{outcome}, {kind}s {target.first} to {target.last} ahead"
        if on_step is not None:
            on_step(i, len(wanted), what)
        try:
            found.append(_tried(world, outcome, target, found))
        except NoDataError as error:
            short.append({"outcome": outcome, "first": target.first, "last": target.last, "why": str(error)})
    if not found:
        raise NoDataError(short[0]["why"])
    if on_step is not None:
        on_step(len(wanted), len(wanted), "done")
    return {
        "stream": stream, "kind": kind, "made_from": made_from(asdict(tables.streams[stream]), kind),
        "visavis": visavis.__version__, "periods": int(world.known.sum()), "last": world.periods[-1],
        "horizons": list(asked), "forecasts": found, "short": short,
    }  # fmt: skip


def _wanted(horizons: Sequence[int]) -> Iterator[tuple[str, Target]]:
    for outcome in OUTCOMES:
        for h in horizons:
            yield outcome, Target(h, h)
            if h > 1:
                yield outcome, Target(1, h)
    for h in horizons:
        yield "share", Target(1, h)


def _tried(world: World, outcome: str, target: Target, before: Sequence[dict[str, Any]]) -> dict[str, Any]:
    seed = zlib.crc32(f"{world.kind} {outcome} {target.first} {target.last}".encode())
    rng = np.random.default_rng(seed)
    if outcome == "share":
        panel = world.panel("conflict")
        acts = next((o for o in before if (o["outcome"], o["first"], o["last"]) == ("acts", 1, target.last)), None)
        many = None if acts is None else CountContenders(panel.of_all_acts, target, _SEASON[world.kind])
        track = backtest(ShareContenders(panel, target, many, POOL if acts is None else acts["use"]), rng=rng)
        learned = _of_share(
            fit_share_pool(panel, target, rng=np.random.default_rng(seed)), common_share(known_at(panel))
        )
    else:
        panel = world.panel(outcome)
        track = backtest(CountContenders(panel, target, _SEASON[world.kind]), rng=rng)
        learned = _of_counts(fit_pool(panel, target, rng=np.random.default_rng(seed)))
    return {
        "outcome": outcome, "first": target.first, "last": target.last, "use": track.use,
        "ratio": _plain([track.ratio.value, track.ratio.low, track.ratio.high]),
        "origins": [world.periods[i] for i in track.origins],
        "methods": {name: {k: _plain(v) for k, v in asdict(scored).items()} for name, scored in track.methods.items()},
        "learned": learned, "dyads": _by_dyad(world, track),
        **({"chance": {k: _plain(asdict(v)) for k, v in track.chance.items()}} if outcome == "share" else {}),
    }  # fmt: skip


def _by_dyad(world: World, track: Track) -> dict[str, list[float]]:
    """Of each dyad with any forecast: how many, how often the printed 90 % interval held, sums of coverage at 80 and
    90 %, of CRPS, and of the rule's CRPS.
    """
    score = track.by_dyad
    rows = np.flatnonzero(score.n)
    body = np.column_stack([score.n, score.inside, *score.within, score.crps, score.beat])
    return {"-".join(world.dyads[i]): _plain(body[i].tolist()) for i in rows}


def _of_counts(pool: ForecastPool) -> dict[str, Any]:
    ar = pool.ar
    parts = {"beta": ar.beta, "spread": ar.spread, "rows": ar.rows, "weights": pool.mix.weights, "bend": pool.mix.bend}
    return {name: _plain(part.tolist()) for name, part in parts.items()}


def _of_share(pool: SharePool, common: float) -> dict[str, Any]:
    parts = {"beta": pool.beta, "within": pool.within, "weights": pool.mix.weights, "bend": pool.mix.bend}
    return {name: _plain(part.tolist()) for name, part in parts.items()} | {"common": _plain(common)}


def _plain(value: Any) -> Any:
    """Numbers as JSON keeps them, rounded to what they are worth."""
    if isinstance(value, dict):
        return {name: _plain(v) for name, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value


def entry(track: dict[str, Any], outcome: str, target: Target) -> dict[str, Any] | None:
    """What a track record holds of one forecast; None where the record was too short for it."""
    for one in track["forecasts"]:
        if (one["outcome"], one["first"], one["last"]) == (outcome, target.first, target.last):
            found: dict[str, Any] = one
            return found
    return None


def count_pool(one: dict[str, Any]) -> ForecastPool:
    """What was learned of a count, from a track record."""
    got = {name: np.array(value) for name, value in one["learned"].items()}
    ar = CountAR(Target(one["first"], one["last"]), got["beta"], got["spread"], got["rows"])
    return ForecastPool(ar, Mix(got["weights"], got["bend"]))


def share_pool(one: dict[str, Any]) -> SharePool:
    """What was learned of the share, from a track record."""
    got = {name: np.array(value) for name, value in one["learned"].items()}
    target, common = Target(one["first"], one["last"]), float(got["common"])
    return SharePool(target, got["beta"], got["within"], Mix(got["weights"], got["bend"]), common)
