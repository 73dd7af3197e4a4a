"""Wide files of votes as long ones: a column a country and a row a roll call, or the other way round.

A cell that is empty, or says that there was no member, says nothing and is left out. A cell that is no vote is named
with its line and column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from visavis.errors import BadFileError
from visavis.store._roll_calls import COPIED, FLAGS, ISSUE_COLUMNS
from visavis.store._vote_codes import STRANGE, word
from visavis.store._vote_rows import Rows

__all__ = ["by_country", "by_roll_call"]

_OF_ROLL_CALLS = {"roll_call", "session", *COPIED, *FLAGS, *ISSUE_COLUMNS, "year", "date", "descr"}
_OF_COUNTRIES = {"session", "year", "country_name", "countryname", "stateabb", "statenme", "name", "iso2", "region"}
_IN_A_NAME = re.compile(r"r?/?(\d{1,3})[/_-](.+)", re.IGNORECASE)
_SHOWN = 1000
_Ints = npt.NDArray[np.int64]


def by_roll_call(wide: Rows, is_country: Callable[[str], bool]) -> tuple[Rows, list[str]]:
    """One row a roll call and a column a country, as rows of country and roll call.

    Raises:
        BadFileError: a column is neither known nor a country, or ``roll_call`` is lacking.
    """
    columns = [c for c in wide.table.column_names if c not in _OF_ROLL_CALLS]
    wide.needs("roll_call")
    codes = {c: c.removeprefix("c") if c[1:].isdigit() else c for c in columns}
    strange = [c for c in columns if not is_country(codes[c])]
    if strange or not columns:
        said = f"columns that are no country: {', '.join(map(repr, strange))}" if strange else "no column of countries"
        raise BadFileError(f"{wide.name}, line 1: no column 'vote', and {said}. See docs/votes.md.")
    rows, column, cells, faults = _melted(wide, columns)
    kept = [c for c in wide.table.column_names if c in _OF_ROLL_CALLS]
    table = pa.table({name: wide.table[name].take(pa.array(rows)) for name in kept})
    names = np.array([codes[c] for c in columns], object)
    table = table.append_column("iso3", pa.array(names[column], pa.string())).append_column("vote", cells)
    return Rows(wide.path, table, wide.index[rows]), faults


def by_country(wide: Rows, country: str, others: Sequence[str]) -> tuple[Rows, list[str]]:
    """One row a country, or a country and session, and a column a roll call, as rows of country and roll call.

    Where the columns of a file of several sessions each hold votes of one session alone, they are the names of roll
    calls. Else ``v1`` means another one in each session, and they are called ``SESSION-v1``.

    Args:
        wide: the file.
        country: the column that says which country a row is of.
        others: columns that may say it too and hold no votes.

    Raises:
        BadFileError: a column holds no vote at all, or nothing says which session a vote is of.
    """
    columns = [c for c in wide.table.column_names if c not in _OF_COUNTRIES and c not in others]
    if not columns:
        raise BadFileError(f"{wide.name}, line 1: no column 'vote', and no column of roll calls. See docs/votes.md.")
    rows, column, cells, faults = _melted(wide, columns)
    _all_hold_votes(wide, columns, column)
    session, names, bad = _sessions(wide, columns, rows, column)
    kept = np.flatnonzero(~bad)
    calls = pa.table({
        "roll_call": pa.array(names[kept], pa.string()),
        "session": pa.array(session[kept], pa.string()),
        country: wide.table[country].take(pa.array(rows[kept])),
        "vote": cells.take(pa.array(kept)),
    })  # fmt: skip
    return Rows(wide.path, calls, wide.index[rows[kept]]), [*_bad_sessions(wide, rows[bad]), *faults]


def _melted(wide: Rows, columns: Sequence[str]) -> tuple[_Ints, _Ints, pa.Array, list[str]]:
    """Row, column and text of each cell that holds a vote, column after column, and the cells that hold none."""
    rows, at, cells, faults = [], [], [], list[tuple[int, str]]()
    for k, name in enumerate(columns):
        cell = pc.fill_null(pc.utf8_trim_whitespace(wide.table[name].combine_chunks()), "").dictionary_encode()
        means = np.array([word(text) if text else "" for text in cell.dictionary.to_pylist()] or [""], object)
        said = means[cell.indices.to_numpy()]
        for i in np.flatnonzero(said == STRANGE)[: _SHOWN + 1].tolist():
            faults.append((i, f"column {name!r}: vote {cell[i].as_py()!r} is no code"))
        held = np.flatnonzero((said != "") & (said != STRANGE))
        rows.append(held)
        at.append(np.full(len(held), k))
        cells.append(said[held])
    texts = pa.array(np.concatenate(cells), pa.string())
    told = [line.replace(": column", ", column", 1) for line in wide.told(sorted(faults)[:_SHOWN])]
    more = [f"and {len(faults) - _SHOWN:,} cells more that are no vote"] if len(faults) > _SHOWN else []
    return np.concatenate(rows), np.concatenate(at), texts, told + more


def _all_hold_votes(wide: Rows, columns: Sequence[str], column: _Ints) -> None:
    """Refuse a file with a column in which something stands and nothing is a vote: it is about something else."""
    for k in np.flatnonzero(np.bincount(column, minlength=len(columns)) == 0).tolist():
        said = [text for text in pc.unique(wide.table[columns[k]]).to_pylist() if text and text.strip()]
        if any(word(text) == STRANGE for text in said):
            raise BadFileError(
                f"{wide.name}, line 1, column {columns[k]!r}: none of its cells is a vote (such as {said[0]!r}). Votes "
                "are 1 yes, 2 abstain, 3 no, 8 absent, 9 no member. Take the column out, or see docs/votes.md."
            )


def _sessions(
    wide: Rows, columns: Sequence[str], rows: _Ints, column: _Ints
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_], npt.NDArray[np.bool_]]:
    """Session and name of the roll call of each cell, and whether its row says no session."""
    if "session" in wide.table.column_names:
        of_row = np.array([_plain(text) for text in wide.table["session"].to_pylist()], object)
        session = of_row[rows]
        bad = np.array([not _is_session(text) for text in of_row], bool)[rows]
        good = session[~bad]
        told = {(k, s) for k, s in zip(column[~bad].tolist(), good.tolist(), strict=True)}
        alone = len(told) == len({k for k, _ in told}) and len(set(good.tolist())) > 1
        names = np.array(columns, object)[column]
        return session, names if alone else session + "-" + names, bad
    found = [_IN_A_NAME.fullmatch(c) for c in columns]
    lacking = next((c for c, match in zip(columns, found, strict=True) if match is None), None)
    if lacking is not None:
        raise BadFileError(
            f"{wide.name}, line 1, column {lacking!r}: nothing says of which session it is. Add a column 'session', or "
            "put the session before each name: 46-1, 46/12, R/46/12."
        )
    of = np.array([match[1] for match in found if match], object)
    return of[column], np.array(columns, object)[column], np.zeros(len(column), bool)


def _plain(text: str | None) -> str:
    return (text or "").strip().removesuffix(".0")


def _is_session(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) < 1000


def _bad_sessions(wide: Rows, rows: _Ints) -> Iterator[str]:
    of_row = wide.table["session"].to_pylist() if "session" in wide.table.column_names else []
    faults = [(i, f"session {of_row[i] or ''!r} is no number from 1 to 999") for i in np.unique(rows).tolist()]
    yield from wide.told(faults)
