"""Made-up spells with known truth: Weibull lengths, endings that compete, a window in which they are seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from visavis.errors import UsageError
from visavis.models.survival import Spells

__all__ = ["share_running", "simulated_spells", "simulated_stops"]


def simulated_spells(
    mechanisms: int,
    *,
    scale: float,
    rng: np.random.Generator,
    shape: float = 1.0,
    causes: Sequence[float] = (1.0,),
    window: tuple[float, float] = (40.0, 60.0),
    spells: int = 1,
    frailty: float = 0.0,
) -> Spells:
    """Spells that start at random years from 0 on, of which those are seen that run at some time in the window.

    A spell that ended before the window is never seen (left truncation); one that runs when it closes is censored.

    Args:
        mechanisms: how many with at least one spell that is seen.
        scale: Weibull scale of the lengths, in years; with ``frailty`` that of a mechanism of average hazard.
        rng: source of chance.
        shape: Weibull shape; 1 is a constant hazard.
        causes: relative weights of endings 1, 2, ...; which one it is does not depend on the length.
        window: first and last year of observation; a first year of 0 means that every start is seen.
        spells: spells of each mechanism, started independently.
        frailty: variance of a gamma factor on the hazard that the spells of a mechanism share.

    Example:
        >>> made = simulated_spells(50, scale=8, rng=np.random.default_rng(1))
        >>> len(made), bool((made.entry > 0).any()), bool((made.cause == 0).any())
        (50, True, True)
    """
    if scale <= 0 or shape <= 0 or not 0 <= window[0] < window[1]:
        raise UsageError(f"A scale and shape above 0 and a window are needed, got {scale}, {shape}, {window}.")
    weights = np.asarray(causes, np.float64) / np.sum(causes)
    rows: list[tuple[float, float, int, int]] = []
    found = 0
    while found < mechanisms:
        factor = rng.gamma(1 / frailty, frailty) if frailty else 1.0
        starts = rng.uniform(0, window[1], spells)
        ends = starts + scale * (rng.exponential(size=spells) / factor) ** (1 / shape)
        seen = [(a, b) for a, b in zip(starts, ends, strict=True) if b > window[0]]
        for a, b in seen:
            cause = int(rng.choice(len(weights), p=weights)) + 1 if b <= window[1] else 0
            rows.append((max(0.0, window[0] - a), min(b, window[1]) - a, cause, found))
        found += bool(seen)
    entry, leaving, cause_of, mechanism = (list(column) for column in zip(*rows, strict=True))
    return Spells.of(entry, leaving, cause_of, mechanism=mechanism)


def simulated_stops(
    spells: int,
    times: float,
    windows: Sequence[tuple[float, float]],
    *,
    rng: np.random.Generator,
    rate: float = 0.06,
    years: float = 20.0,
) -> tuple[list[tuple[float, float]], list[float]]:
    """Spells that stop ``times`` as often within windows of time as outside; for ``stops_near``.

    Args:
        spells: how many; each begins at a random moment of the first six tenths of the span.
        times: hazard within the windows over that outside.
        windows: stretches of time, in years from 0.
        rng: source of chance.
        rate: stops a year outside the windows.
        years: length of the span.

    Returns:
        First and last moment of each spell, and the moments at which one stopped.

    Example:
        >>> running, stops = simulated_stops(30, 5, [(7, 8)], rng=np.random.default_rng(1))
        >>> len(running), len(stops) <= 30
        (30, True)
    """
    running, stops, step = [], [], 1 / 12
    for _ in range(spells):
        begun = float(rng.uniform(0, 0.6 * years))
        now = np.arange(begun, years, step)
        inside = np.any([(now >= a) & (now < b) for a, b in windows], axis=0)
        stopped = np.flatnonzero(rng.random(len(now)) < rate * step * np.where(inside, times, 1.0))
        if len(stopped):
            stops.append(float(now[stopped[0]]))
        running.append((begun, stops[-1] if len(stopped) else years))
    return running, stops


def share_running(age: float, *, scale: float, shape: float = 1.0, frailty: float = 0.0) -> float:
    """The truth behind ``simulated_spells``: the share of all spells that reach an age.

    Example:
        >>> round(share_running(8, scale=8), 3)
        0.368
    """
    hazard = (age / scale) ** shape
    return float(np.exp(-hazard) if not frailty else (1 + frailty * hazard) ** (-1 / frailty))
