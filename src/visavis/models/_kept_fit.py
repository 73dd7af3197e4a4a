"""A fit of ideal points as two plain tables, and back: to keep it, and to go on from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from visavis.models._ballots import ballots_of
from visavis.models._ideal_fit import Fit
from visavis.models._joint import Joint
from visavis.models.ideal_points import IdealPoints, told

__all__ = ["Earlier", "KeptFit", "fit_again", "kept_fit"]

_PLACES = pa.schema([("country", pa.int64()), ("session", pa.int64()), ("position", pa.float64()),
                     ("variance", pa.float64())])  # fmt: skip
_ITEMS = pa.schema([("item", pa.string()), ("parameters", pa.list_(pa.float64(), 3)),
                    ("spread", pa.list_(pa.float64(), 9))])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the next fit needs to know of an earlier one; see ``ideal_points.Start``."""

    country: tuple[Any, ...]
    session: npt.NDArray[np.int64]
    position: npt.NDArray[np.float64]
    item: tuple[Any, ...]
    parameters: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class KeptFit:
    """What is needed to have the same fit again from the same ballots, or to start the next one.

    Args:
        places: country (the number of the seat), session, position, variance with the items known.
        items: item, its slope and two cut points, their covariance row by row.
        steps: rounds of the fit.
        converged: whether it had settled.
    """

    places: pa.Table
    items: pa.Table
    steps: int
    converged: bool

    @property
    def sound(self) -> bool:
        """Whether the tables are such as ``kept_fit`` makes."""
        tables = ((self.places, _PLACES), (self.items, _ITEMS))
        if not all(t.schema.equals(s) and not any(c.null_count for c in t.columns) for t, s in tables):
            return False
        lists = (_numbers(self.items[name]) for name in ("parameters", "spread"))
        plain = (self.places[name].to_numpy() for name in ("position", "variance"))
        return all(bool(np.isfinite(numbers).all()) for numbers in (*lists, *plain))

    @property
    def start(self) -> Earlier:
        """Where the next fit of nearly the same ballots may begin."""
        country, item = (tuple(column.to_pylist()) for column in (self.places["country"], self.items["item"]))
        session, position = (self.places[name].to_numpy() for name in ("session", "position"))
        return Earlier(country, session, position, item, _numbers(self.items["parameters"]).reshape(-1, 3))


def kept_fit(found: IdealPoints) -> KeptFit:
    """The tables of a fast fit by seat.

    Raises:
        TypeError: the fit is a sampled one.
    """
    joint = found.joint
    if not isinstance(joint, Joint):
        raise TypeError("Only the fast fit has a covariance to keep.")
    n = len(found.item)
    spread = pa.FixedSizeListArray.from_arrays(np.ascontiguousarray(joint.spread).reshape(n * 9), 9)
    parameters = pa.FixedSizeListArray.from_arrays(np.ascontiguousarray(found.parameters).reshape(n * 3), 3)
    places = pa.table([list(found.country), found.session, found.position, joint.own], schema=_PLACES)
    return KeptFit(
        places, pa.table([list(found.item), parameters, spread], schema=_ITEMS), found.steps, found.converged
    )


def fit_again(ballots: pa.Table, kept: KeptFit, *, bound: float, level: float) -> IdealPoints | None:
    """The fit that was kept, whole, from the ballots it was made of; None where they are others."""
    held = ballots_of(ballots)
    seats = [held.countries[k] for k in held.country]
    if kept.places["country"].to_pylist() != seats or kept.items["item"].to_pylist() != list(held.items):
        return None
    if not np.array_equal(kept.places["session"].to_numpy(), held.session):
        return None
    position, variance = (kept.places[name].to_numpy() for name in ("position", "variance"))
    parameters, spread = kept.start.parameters, _numbers(kept.items["spread"]).reshape(-1, 3, 3)
    best = Fit(position, variance, parameters, spread, kept.steps, 0.0 if kept.converged else np.inf)
    return told(held, best, bound=bound, level=level)


def _numbers(column: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    return np.asarray(column.combine_chunks().flatten().to_numpy(), dtype=np.float64)
