"""Track records of forecasts: taken from where they are kept, or made and kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from visavis.errors import NoDataError, UnknownNameError, UsageError
from visavis.findings._track import HORIZONS, track_of
from visavis.findings._world import kind_of
from visavis.store.coverage import Period
from visavis.store.tables import Tables
from visavis.store.track_record import keep

__all__ = ["tracks"]


def tracks(
    tables: Tables,
    root: Path | None,
    stream: str | None,
    period: str | None,
    horizons: Sequence[int],
    *,
    on_step: Callable[[int, int, str], None] | None = None,
) -> list[dict[str, Any]]:
    """One track record a stream; see ``Record.backtest``.

    Args:
        tables: the record or pack.
        root: folder of the record; None for a pack.
        stream, period, horizons, on_step: see there.
    """
    if stream is not None and stream not in tables.streams:
        known = list(tables.streams)
        raise UnknownNameError(f"No stream {stream!r}. The record holds: {', '.join(known)}.", known)
    if period not in (None, "month", "week"):
        raise UsageError(f"A period of {period!r}: give month or week.")
    found, short = [], []
    for name in [stream] if stream is not None else list(tables.streams):
        kind: Period = kind_of(tables, name) if period is None else "month" if period == "month" else "week"
        try:
            found.append(_one(tables, root, name, kind, horizons, on_step))
        except NoDataError as error:
            short.append(f"{name}: {error}")
    if not found:
        raise NoDataError(" ".join(short))
    return found


def _one(
    tables: Tables,
    root: Path | None,
    stream: str,
    kind: Period,
    horizons: Sequence[int],
    on_step: Callable[[int, int, str], None] | None,
) -> dict[str, Any]:
    kept = tables.track(stream, kind)
    if (
        kept is not None
        and set(horizons or HORIZONS[kind]) <= set(kept["horizons"])
        and (root is None or _scored(kept))
    ):
        return kept
    if root is None:
        raise NoDataError(
            f"The pack {tables.name!r} holds no track record of {stream} by {kind}s for these horizons, and too few "
            "pairs to make one. Use a record of your own: visavis import, then visavis backtest --record."
        )
    if kept is not None and not _scored(kept):
        horizons = sorted({*kept["horizons"], *(horizons or HORIZONS[kind])})
    made = track_of(tables, stream, kind, horizons, on_step)
    keep(root, made)
    return made


def _scored(track: dict[str, Any]) -> bool:
    """Whether its chances were scored; one of before that is right as far as it goes, and made anew if it can be."""
    return all("chance" in one for one in track["forecasts"] if one["outcome"] == "share")
