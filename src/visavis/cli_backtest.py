"""How often forecasts were right, in a terminal: ``visavis backtest``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from visavis.cli_options import Json, RecordDir
from visavis.errors import UsageError

if TYPE_CHECKING:
    from visavis.record import Record

__all__ = ["register"]

_RANK = ("pool", "last 12", "persistence", "seasonal", "all history")


def register(app: typer.Typer, opened: Callable[[str | None], Record]) -> None:
    """Add the command to ``app``; ``opened`` gives the record that ``--record`` means."""

    @app.command(name="backtest")
    def _backtest(
        record: RecordDir = None,
        stream: Annotated[str | None, typer.Option(help="Only this stream; without it all of them.")] = None,
        period: Annotated[
            str | None, typer.Option(help="month or week; without it months where the stream has enough of them.")
        ] = None,
        horizons: Annotated[
            str,
            typer.Option(help="Periods ahead, joined by commas: 1,3,6,12 months or 1,4,13,26 weeks when not given."),
        ] = "",
        as_json: Json = False,
    ) -> None:
        """Try the forecasts on the record's own past, against simple rules, and keep how often they were right."""
        from visavis.brief.terminal import json_text, progress

        with progress() as step:
            found = opened(record).backtest(stream, period, _numbers(horizons), on_step=step)
        if as_json:
            typer.echo(json_text({"backtest": [_short(track) for track in found]}))
            return
        for track in found:
            for line in _lines(track):
                typer.echo(line)


def _numbers(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise UsageError(f"--horizons takes whole numbers joined by commas, as in 1,3,12; got {text!r}.") from None


def _short(track: dict[str, Any]) -> dict[str, Any]:
    """Without what was learned and without the rows of each dyad, which the record keeps."""
    left = ("learned", "dyads")
    rows = [{k: v for k, v in one.items() if k not in left} for one in track["forecasts"]]
    return {**track, "forecasts": rows}


def _lines(track: dict[str, Any]) -> Iterator[str]:
    kind = track["kind"]
    yield f"{track['stream']}: {track['periods']} full {kind}s to {track['last']}"
    yield (
        f"{'what':<12}{kind + 's':>8}  {'rule':<13}{'forecasts':>10}{'dyads':>7}{'CRPS':>9}{'log score':>11}"
        f"{'80 %':>7}{'90 %':>7}  PIT by tenth"
    )
    for one in track["forecasts"]:
        span = f"{one['first']}-{one['last']}" if one["last"] > one["first"] else f"{one['last']}"
        for name, m in sorted(one["methods"].items(), key=lambda method: _RANK.index(method[0])):
            pit = " ".join(f"{100 * x:.0f}" for x in m["pit"])
            yield (
                f"{one['outcome']:<12}{span:>8}  {name:<13}{m['n']:>10,}{m['dyads']:>7,}{m['crps']:>9.4f}"
                f"{m['log']:>11.3f}{100 * m['within'][0]:>7.1f}{100 * m['within'][1]:>7.1f}  {pit}"
            )
        value, low, high = one["ratio"]
        yield f"{'':<22}used: {one['use']}; pool against last 12: {value:.3f} [{low:.3f}, {high:.3f}]"
        for name, scored in (one.get("chance") or {}).items():
            yield from _chance(name, scored)
    for one in track["short"]:
        yield f"{one['outcome']}, {one['first']}-{one['last']} {kind}s: {one['why']}"
    yield "CRPS in acts, or in share of acts: lower is better. 80 %, 90 %: how often such intervals held what came."
    yield "Larger, smaller: than in the last equal time. Brier score, and over that of always saying how often it came."
    yield "PIT: how often what came fell into each tenth of what was forecast; 10 everywhere is right."


def _chance(name: str, scored: dict[str, Any]) -> Iterator[str]:
    """How chances of a larger, or a smaller, share did: one line, and one by what was said."""
    ratio = scored["ratio"]
    yield (
        f"{'':<22}{name} share, {scored['n']:,} times, came in {100 * scored['rate']:.0f} %: "
        f"Brier {scored['brier']:.3f}, {ratio['value']:.3f} [{ratio['low']:.3f}, {ratio['high']:.3f}]"
    )
    bands = (f"{100 * b['said']:.0f} % {100 * b['came']['value']:.0f} % ({b['n']:,})" for b in scored["bands"])
    yield f"{'':<24}said, came: " + ", ".join(bands)
