"""One side's acts foretold from the other's record and from its own: of a pair, in one stream."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visavis.findings._doings import BLOCK, MEMORY, Doings
from visavis.models.assumed_likeness import Forecasts, forecasts
from visavis.models.likeness_cost import Cost, cost

__all__ = ["Dear", "Foretold", "each_other", "third_countries"]


@dataclass(frozen=True)
class Dear:
    """Acts of one kind toward one country in one period that the mirror foretold worse than the own record.

    Args:
        target: the country acted toward.
        period: place of the period among those of the stream.
        kind: place of the kind in ``KINDS``.
        acts: how many.
        bits: what they cost together.
    """

    target: str
    period: int
    kind: int
    acts: int
    bits: float


@dataclass(frozen=True)
class Foretold:
    """How the acts of both sides were foretold.

    Args:
        doings: the stream.
        a: the pair's first country in ISO order.
        b: its second.
        targets: countries acted toward by ``a`` and by ``b``, in the order of the arrays.
        acts: acts of ``a`` and of ``b``, each (Z, T, K).
        found: how those of ``a`` and those of ``b`` were foretold.
        cost: of both, either side counting alike.
        sides: of the acts of ``a`` and of those of ``b``.
    """

    doings: Doings
    a: str
    b: str
    targets: tuple[tuple[str, ...], tuple[str, ...]]
    acts: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
    found: tuple[Forecasts, Forecasts]
    cost: Cost
    sides: tuple[Cost, Cost]

    def toward(self, side: int) -> Iterator[tuple[str, Cost]]:
        """For each country acted toward, the cost for the acts of one side (0 or 1)."""
        whole = self.found[side]
        for i, target in enumerate(self.targets[side]):
            here = slice(i, i + 1)
            one = Forecasts(
                whole.acts[here], whole.bits[:, here], whole.learned[:, here], whole.each[here], whole.record[here]
            )
            yield target, _cost((one,), self.doings, self.a, self.b)

    def dearest(self, side: int, most: int) -> list[Dear]:
        """The acts of one side that cost most, most first."""
        bits = np.where(self.acts[side] > 0, self.acts[side] * self.found[side].each, 0.0)
        found = []
        for place in np.argsort(-bits, axis=None, kind="stable")[:most]:
            z, t, k = (int(i) for i in np.unravel_index(place, bits.shape))
            if bits[z, t, k] > 0:
                found.append(Dear(self.targets[side][z], t, k, int(self.acts[side][z, t, k]), float(bits[z, t, k])))
        return found


def third_countries(doings: Doings, a: str, b: str) -> Foretold:
    """What ``a`` and ``b`` (in ISO order) did toward third countries."""
    others, of_a, of_b = doings.toward_others(a, b)
    return _foretold(doings, a, b, (others, others), (of_a, of_b))


def each_other(doings: Doings, a: str, b: str) -> Foretold:
    """What ``a`` and ``b`` (in ISO order) did toward each other: the mirror is what was done the other way."""
    return _foretold(doings, a, b, ((b,), (a,)), doings.between(a, b))


def _foretold(
    doings: Doings,
    a: str,
    b: str,
    targets: tuple[tuple[str, ...], tuple[str, ...]],
    acts: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
) -> Foretold:
    found = forecasts(*acts, doings.base, memory=MEMORY[doings.kind], rng=_rng(doings, a, b))
    both = _cost(found, doings, a, b)
    sides = _cost(found[:1], doings, a, b), _cost(found[1:], doings, a, b)
    return Foretold(doings, a, b, targets, acts, found, both, sides)


def _cost(found: tuple[Forecasts, ...], doings: Doings, a: str, b: str) -> Cost:
    return cost(found, block=BLOCK[doings.kind], rng=_rng(doings, a, b))


def _rng(doings: Doings, a: str, b: str) -> np.random.Generator:
    """The same draws for the same pair and stream, whoever is named first."""
    return np.random.default_rng(zlib.crc32(f"{a}-{b}-{doings.stream}".encode()))
