"""Roll-call votes from files: three tidy tables in a folder, or one file of countries and roll calls, long or wide
(``_wide_votes``).

Codes of votes are 1 yes, 2 abstain, 3 no, 8 absent, 9 no member, or those words. A row that cannot be used is left out
and named with file, line and value. Whose code a number was on the day is what ``names/countries.csv`` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from visavis import countries
from visavis.errors import BadFileError, UnknownNameError
from visavis.schema_votes import BALLOTS
from visavis.store._roll_calls import Calls, roll_calls
from visavis.store._vote_codes import STRANGE, word
from visavis.store._vote_rows import Rows, read_rows
from visavis.store._wide_votes import by_country, by_roll_call
from visavis.store.votes import Imported

__all__ = ["read_votes"]

_COUNTRY = ("ccode", "iso3", "country_code", "iso3c", "country")
_FIRST = {"JPN": 11, "CHN": 26, "KOR": 46, "PRK": 46}
_LAST = {"TWN": 26}
"""Sessions between which a code that existed before or after was that of a member, by ISO code. The seat of China was
held under one code until within session 26, and under another since; the two are kept apart."""

_SHOWN = 1000
_Ints = npt.NDArray[np.int64]


def read_votes(path: Path) -> Imported:
    """Ballots and roll calls of a folder or a file.

    Raises:
        BadFileError: nothing there, a column is lacking, or no row can be used.
    """
    cells: list[str] = []
    if path.is_dir():
        votes, calls_file = read_rows(_named(path, "votes")), read_rows(_named(path, "roll_calls"))
        issues = next((read_rows(f) for f in _candidates(path, "issues")), None)
        calls = roll_calls(calls_file, issues)
    else:
        votes = listed = read_rows(path)
        if "vote" not in votes.table.column_names:
            votes, cells = _long(votes)
            listed = listed if "roll_call" in listed.table.column_names else votes
        calls = roll_calls(listed.first_of("roll_call"), None)
    votes.needs("roll_call", "vote")
    column = next((c for c in _COUNTRY if c in votes.table.column_names), None)
    if column is None:
        raise BadFileError(f"{votes.name}, line 1: no column of countries; name one of {', '.join(_COUNTRY)}.")
    if not votes.table.num_rows:
        raise BadFileError(f"{votes.name}: no rows below the header that hold a vote.")
    ballots, faults, notes = _ballots(votes, column, calls)
    left_out = [*calls.faults, *cells, *faults]
    if not ballots.num_rows:
        raise BadFileError(f"{votes.name}: no row can be used.\n  " + "\n  ".join(left_out[:20]))
    return Imported(ballots, calls.table, tuple(left_out), (*calls.notes, *notes))


def _long(wide: Rows) -> tuple[Rows, list[str]]:
    """A wide file as one with a row a country and roll call; a column of countries tells which of the two it is."""
    column = next((c for c in _COUNTRY if c in wide.table.column_names), None)
    if column is None or "roll_call" in wide.table.column_names:
        return by_roll_call(wide, lambda text: _carrier(text) is not None)
    return by_country(wide, column, _COUNTRY)


def _candidates(folder: Path, name: str) -> list[Path]:
    stems = {"votes": ("votes", "un_votes"), "roll_calls": ("roll_calls", "un_roll_calls")}
    wanted = stems.get(name, ("issues", "un_roll_call_issues"))
    return [f for stem in wanted for end in ("parquet", "csv", "csv.gz") if (f := folder / f"{stem}.{end}").exists()]


def _named(folder: Path, name: str) -> Path:
    found = _candidates(folder, name)
    if not found:
        raise BadFileError(f"{str(folder)!r} holds no {name}.parquet and no {name}.csv. See docs/votes.md.")
    return found[0]


@cache
def _carrier(text: str) -> tuple[int, str] | None:
    """The state number behind a code or a name, and the code; None where no country is meant."""
    text = text.strip()
    if text.isdigit():
        return int(text), text
    try:
        found = countries.country(text)
    except UnknownNameError:
        return None
    return None if found.cow is None else (found.cow, text)


@cache
def _country_on(code: str, day: date) -> tuple[str, int] | str:
    """The country that a code means on a day, and its seat; or what is wrong with it."""
    carrier = _carrier(code)
    iso3 = None if carrier is None else countries.from_code("cow", carrier[0], day)
    if carrier is None or iso3 is None:
        return "is no country of the table on that day"
    ends = [row.valid_to for row in countries.countries() if row.iso3 == iso3]
    over = max((end for end in ends if end), default=None) if None not in ends else None
    return f"ended on {over}" if over and day > over else (iso3, carrier[0])


def _seated(iso3: str, session: int) -> bool:
    return _FIRST.get(iso3, session) <= session <= _LAST.get(iso3, session)


def _ballots(votes: Rows, column: str, calls: Calls) -> tuple[pa.Table, list[str], list[str]]:
    """The rows that can be used as ballots; what is wrong with the others; what was set right."""
    call, call_names = votes.coded("roll_call")
    code, code_names = votes.coded(column)
    vote, vote_names = votes.coded("vote")
    words = np.array([word(name) for name in vote_names], object)[vote]
    days = [None, *sorted(set(calls.days.values()))]
    number = {day: i for i, day in enumerate(days)}
    when = np.array([number[calls.days.get(name)] for name in call_names])[call]
    pair, where = np.unique(code * len(days) + when, return_inverse=True)
    means = [_meant(code_names[p // len(days)], days[p % len(days)]) for p in pair.tolist()]
    wrong, outside = (np.array(mask, bool)[where] for mask in zip(*map(_flags, means), strict=True))
    who = np.array([m if isinstance(m, str) else m[0] for m in means], object)
    counted = words != ""
    reasons = {
        "roll call {1!r} is not among those that can be used": when == 0,
        "vote {2!r} is no code": words == STRANGE,
        f"{column} {{0!r}} {{3}}": wrong & counted,
        f"{column} {{0!r}} votes again on roll call {{1!r}}": _again(who, where, call) & ~wrong,
        f"{column} {{0!r}} was no member then": outside & counted & (words != "absent"),
    }
    told, faults = _reasoned(
        reasons,
        lambda i: (code_names[code[i]], call_names[call[i]], vote_names[vote[i]], means[where[i]]),
    )
    good = ~told & counted & ~outside
    early = _not_yet(who[where], words, when, days, good)
    kept = np.flatnonzero(good & ~early)
    seats = np.array([0 if isinstance(m, str) else m[1] for m in means], np.int64)
    cells = [np.array(call_names, object)[call[kept]], who[where[kept]], seats[where[kept]], words[kept]]
    gone = int((outside & (words == "absent") & ~told).sum() + early.sum())
    notes = [f"{gone:,} absences of countries that were no members then are not counted"] if gone else []
    lines, left = votes.told(sorted(faults)[:_SHOWN]), int(told.sum())
    return (
        pa.table(cells, schema=BALLOTS.arrow),
        lines + ([f"and {left - len(lines):,} rows more"] if left > len(lines) else []),
        notes,
    )


def _reasoned(
    reasons: Mapping[str, npt.NDArray[np.bool_]], cells: Callable[[int], tuple[object, ...]]
) -> tuple[npt.NDArray[np.bool_], list[tuple[int, str]]]:
    """Rows with a fault, and the first fault of each in words."""
    told, faults = np.zeros(len(next(iter(reasons.values()))), bool), list[tuple[int, str]]()
    for said, mask in reasons.items():
        faults += [(i, said.format(*cells(i))) for i in np.flatnonzero(mask & ~told)[: _SHOWN + 1].tolist()]
        told |= mask
    return told, faults


def _flags(meant: tuple[str, int, bool] | str) -> tuple[bool, bool]:
    """Whether a code means no country, and whether it means one that was no member."""
    return isinstance(meant, str), not isinstance(meant, str) and not meant[2]


def _again(who: npt.NDArray[np.object_], where: _Ints, call: _Ints) -> npt.NDArray[np.bool_]:
    """Rows of which the same country has an earlier one on the same roll call, perhaps under another code."""
    number = {name: i for i, name in enumerate(sorted(set(who.tolist())))}
    same = np.array([number[name] for name in who.tolist()])[where] * (int(call.max()) + 1) + call
    again = np.ones(len(same), bool)
    again[np.unique(same, return_index=True)[1]] = False
    return again


def _meant(code: str, when: tuple[date, int] | None) -> tuple[str, int, bool] | str:
    """Country, seat and whether it was a member on a day of a session; or what is wrong."""
    if when is None:
        return ""
    found = _country_on(code, when[0])
    return found if isinstance(found, str) else (*found, _seated(found[0], when[1]))


def _not_yet(
    country: npt.NDArray[np.object_],
    words: npt.NDArray[np.object_],
    when: _Ints,
    days: Sequence[tuple[date, int] | None],
    good: npt.NDArray[np.bool_],
) -> npt.NDArray[np.bool_]:
    """Absences in the session in which a member came or went, before its first or after its last vote cast."""
    out = np.zeros(len(country), bool)
    of_session = np.array([0 if day is None else day[1] for day in days])
    for ends, came in ((_FIRST, True), (_LAST, False)):
        for iso3, session in ends.items():
            of = good & (of_session[when] == session) & (country == iso3)
            cast = when[of & (words != "absent")]  # numbers of days rise with the days
            away = of & (words == "absent")
            out |= away if not cast.size else away & ((when < cast.min()) if came else (when > cast.max()))
    return out
