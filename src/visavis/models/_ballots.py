"""Ballots as the fit wants them: checked, numbered, without roll calls on which all agreed; where the fit starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_array
from scipy.special import ndtri

from visavis.errors import NoDataError, UsageError
from visavis.models._ideal_fit import Chain
from visavis.models._ordinal_votes import Group, groups_of

__all__ = ["COLUMNS", "Ballots", "ballots_of", "chain_of", "first_items", "first_positions"]

_Array = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]
COLUMNS = ("country", "session", "item", "choice")
_STEP = 0.5  # variance of a step when two sessions hold as many ballots: a quarter


@dataclass(frozen=True, slots=True)
class Ballots:
    """Numbered ballots: ``groups`` by choice; what each position (country, session) and each item stands for."""

    groups: tuple[Group, ...]
    countries: tuple[Any, ...]
    country: _Ints
    session: _Ints
    items: tuple[Any, ...]
    votes: _Ints
    unanimous: int


def ballots_of(table: pa.Table | Mapping[str, Any]) -> Ballots:
    """Check and number the ballots; rows without a choice are left out.

    Raises:
        UsageError: a column is missing, lengths differ, a key is empty, or a choice is not 1, 2 or 3.
        NoDataError: on no roll call did two voters differ.
    """
    columns = _columns(table)
    choice = _whole(columns["choice"], "choice")
    known = choice >= 0
    wrong = np.flatnonzero(known & ~np.isin(choice, (1, 2, 3)))
    if wrong.size:
        raise UsageError(
            f"Row {wrong[0]} has the choice {choice[wrong[0]]}. "
            "Choices are 1 yes, 2 abstain, 3 no; leave absent and not voting empty (null)."
        )
    session = _whole(columns["session"], "session")
    (country, countries), (item, items) = _numbered(columns["country"], "country"), _numbered(columns["item"], "item")
    if (session[known] < 0).any():
        raise UsageError("A ballot has no session, or one below 0. Each needs a whole number from 0, in order of time.")
    tallies = np.array([np.bincount(item[choice == kind], minlength=len(items)) for kind in (1, 2, 3)])
    split = tallies.max(axis=0) < tallies.sum(axis=0)
    kept = known & split[item]
    if not kept.any():
        raise NoDataError("No roll call holds two different choices, so nothing tells the voters apart.")
    unanimous = int((~split & (tallies.sum(axis=0) > 0)).sum())
    span = int(session.max()) + 1
    keys, place, votes = np.unique(country[kept] * span + session[kept], return_inverse=True, return_counts=True)
    used, renumbered = np.unique(item[kept], return_inverse=True)
    groups = groups_of(renumbered, place, choice[kept], shape=(len(used), len(keys)))
    return Ballots(groups, countries, keys // span, keys % span, tuple(items[i] for i in used), votes, unanimous)


def _columns(table: pa.Table | Mapping[str, Any]) -> dict[str, pa.Array]:
    held = table.column_names if isinstance(table, pa.Table) else list(table)
    lacking = [name for name in COLUMNS if name not in held]
    if lacking:
        raise UsageError(f"Ballots lack the column {lacking[0]!r}. They need {', '.join(COLUMNS)}; found {held}.")
    out = {}
    for name in COLUMNS:
        column = table[name]
        chunked = isinstance(column, pa.ChunkedArray)
        out[name] = column.combine_chunks() if chunked else pa.array(column, from_pandas=True)
    lengths = {name: len(column) for name, column in out.items()}
    if len(set(lengths.values())) > 1:
        raise UsageError(f"Columns of ballots have different lengths: {lengths}.")
    return out


def _whole(column: pa.Array, name: str) -> _Ints:
    """Whole numbers, -1 where empty."""
    try:
        return np.asarray(column.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)
    except pa.ArrowInvalid as error:
        raise UsageError(f"The column {name!r} must hold whole numbers: {error}") from error


def _numbered(column: pa.Array, name: str) -> tuple[_Ints, tuple[Any, ...]]:
    """Rows of the sorted list of distinct values, and the list."""
    if column.null_count:
        raise UsageError(f"The column {name!r} is empty in {column.null_count} rows. Every ballot needs one.")
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    values = coded.dictionary.to_pylist()
    order = sorted(range(len(values)), key=values.__getitem__)
    rank = np.empty(len(values), dtype=np.int64)
    rank[order] = np.arange(len(values))
    return rank[np.asarray(coded.indices)], tuple(values[i] for i in order)


def chain_of(ballots: Ballots) -> Chain:
    """Each position's last one of the same country, and how far it may have moved since.

    The variance is half the share of the later session's ballots among both, as in the published program.
    """
    country, votes = ballots.country, ballots.votes.astype(np.float64)
    rows = np.arange(len(country))
    follows = np.concatenate([[False], country[1:] == country[:-1]])
    before = np.where(follows, rows - 1, -1)
    variance = np.full(len(rows), _STEP / 2)
    variance[follows] = _STEP * votes[follows] / (votes[follows] + votes[before[follows]])
    first = np.flatnonzero(~follows & np.append(follows[1:], False))
    variance[first] = _STEP * votes[first] / (votes[first] + votes[first + 1])
    inner = follows | ~np.append(follows[1:], False)
    by_session = tuple(np.flatnonzero((ballots.session == s) & inner) for s in np.unique(ballots.session))
    return Chain(before, variance, by_session, first, first + 1)


def first_items(ballots: Ballots) -> _Array:
    """Slope 0 and the cut points that fit the tally, (n_items, 3)."""
    tally = np.column_stack([np.diff(group.starts) for group in ballots.groups]) + 0.5
    shares = np.cumsum(tally, axis=1) / tally.sum(axis=1, keepdims=True)
    low, high = ndtri(shares[:, 0]), ndtri(shares[:, 1])
    return np.column_stack([np.zeros(len(low)), low, np.maximum(high, low + 1e-3)])


def first_positions(ballots: Ballots) -> _Array:
    """One position a country, the same in all its sessions: the first dimension of who votes alike, (n_places,)."""
    groups, country = ballots.groups, ballots.country
    item = np.concatenate([group.item for group in groups])
    voter = country[np.concatenate([group.place for group in groups])]
    value = np.concatenate([np.full(len(group.item), group.choice - 2.0) for group in groups])
    value -= (np.bincount(item, value) / np.bincount(item))[item]
    table = csr_array((value, (item, voter)), shape=(len(ballots.items), len(ballots.countries)))
    alike = (table.T @ table).toarray()
    size = np.sqrt(np.maximum(np.diag(alike), 1e-12))
    vector = np.linalg.eigh(alike / np.outer(size, size))[1][:, -1]
    position = vector[country]
    return np.asarray((position - position.mean()) / max(position.std(), 1e-6))
