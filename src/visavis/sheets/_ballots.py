"""Ballots and outcomes of forecasts as JSON: what a side seals, and what came true."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from visavis.errors import BadFileError
from visavis.names.outside import terminal_text
from visavis.sheets._questions import Ballots, Faults, Forecast, Outcome, Question, raw, shown, write

__all__ = ["ballots_of", "body_of", "outcomes_of", "read_ballots", "read_outcomes", "write_ballots", "write_outcomes"]

_BALLOTS, _OUTCOMES = "visavis ballots 1", "visavis outcomes 1"
_PERSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_NEAR = 1e-6  # what the probabilities of one question may be off 1


def body_of(ballots: Ballots, forecast: Forecast) -> dict[str, Any]:
    """Ballots as a tree of JSON: what is sealed."""
    given = {
        person: {name: dict(zip(forecast.question(name).outcomes, p, strict=True)) for name, p in rows.items()}
        for person, rows in ballots.given.items()
    }
    return {"format": _BALLOTS, "sheet": forecast.sha256, "side": ballots.side, "ballots": given}


def ballots_of(tree: Any, forecast: Forecast, where: str) -> Ballots:
    """Ballots from a tree of JSON; of two outcomes a lone number is the probability of the first.

    Raises:
        BadFileError: names every wrong person and question; of a probability that is one it tells no value.
    """
    faults = _faults(tree, _BALLOTS, forecast, where)
    side, rows = tree.get("side"), tree.get("ballots")
    if side not in forecast.sides:
        faults.add("side", f"{shown(side)} is not {' or '.join(forecast.sides)}")
    if not isinstance(rows, dict) or not rows:
        faults.add("ballots", "there are none; write person -> question -> probability")
        rows = {}
    questions = {q.id: q for q in forecast.questions}
    given: dict[str, dict[str, tuple[float, ...]]] = {}
    for person, row in rows.items():
        if not _PERSON.fullmatch(person):
            faults.add(f"person {person}", "use a short code of letters and digits, never a name")
        if not isinstance(row, dict):
            faults.add(f"person {person}", "not a mapping of question -> probability")
            continue
        given[person] = {}
        for name, value in row.items():
            at = f"person {person}, question {name}"
            if name not in questions:
                faults.add(at, f"no such question; there are {', '.join(questions)}")
            elif value is not None:
                given[person][name] = _probabilities(value, questions[name], at, faults)
    faults.end()
    return Ballots(side, {person: given[person] for person in sorted(given)})


def _probabilities(value: Any, question: Question, at: str, faults: Faults) -> tuple[float, ...]:
    outcomes = question.outcomes
    if not isinstance(value, dict):
        if len(outcomes) != 2:
            faults.add(at, f"write one probability for each of {', '.join(outcomes)}")
            return ()
        if _in_range(value, at, faults):
            return (float(value), 1 - float(value))
        return ()
    if set(value) != set(outcomes):
        faults.add(at, f"write one probability for each of {', '.join(outcomes)}, and for nothing else")
        return ()
    sound = [_in_range(value[one], f"{at}, {one}", faults) for one in outcomes]
    if not all(sound):
        return ()
    if abs(math.fsum(value.values()) - 1) > _NEAR:
        faults.add(at, "the probabilities do not add up to 1")
    return tuple(float(value[one]) for one in outcomes)


def _in_range(value: Any, at: str, faults: Faults) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        hint = "; for 70 of 100 write 0.7" if isinstance(value, int | float) and 1 < value <= 100 else ""
        faults.add(at, f"{shown(value)} is no probability from 0 to 1{hint}")
        return False
    return True


def outcomes_of(tree: Any, forecast: Forecast, where: str) -> dict[str, Outcome]:
    """Outcomes from a tree of JSON, question -> outcome; each needs its date and a source.

    Raises:
        BadFileError: names every wrong question and field.
    """
    faults = _faults(tree, _OUTCOMES, forecast, where)
    rows = tree.get("outcomes")
    if not isinstance(rows, dict):
        faults.add("outcomes", "there are none; write question -> outcome, date, source")
        rows = {}
    questions = {q.id: q for q in forecast.questions}
    found = {}
    for name, row in rows.items():
        if name not in questions:
            faults.add(f"question {name}", f"no such question; there are {', '.join(questions)}")
        elif not isinstance(row, dict):
            faults.add(f"question {name}", "write outcome, date and source")
        else:
            found[name] = _outcome(row, questions[name], faults)
    faults.end()
    return {name: found[name] for name in questions if name in found}


def _outcome(row: Mapping[str, Any], question: Question, faults: Faults) -> Outcome:
    at, came, source = f"question {question.id}", row.get("outcome"), row.get("source")
    for field in sorted(row.keys() - {"outcome", "date", "source"}):
        faults.add(f"{at}, {field}", "unknown field; known are outcome, date and source")
    if came not in question.outcomes:
        faults.add(f"{at}, outcome", f"{shown(came)} is not one of {', '.join(question.outcomes)}")
    if not isinstance(source, str) or not source.strip():
        faults.add(f"{at}, source", "say what was read that tells the outcome")
    try:
        day = dt.date.fromisoformat(row.get("date"))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        faults.add(f"{at}, date", f"{shown(row.get('date'))} is no date such as 2027-03-31")
        day = dt.date.max
    return Outcome(str(came), day, str(source))


def _faults(tree: Any, form: str, forecast: Forecast, where: str) -> Faults:
    if not isinstance(tree, dict) or tree.get("format") != form:
        raise BadFileError(f"{terminal_text(where)}: its format is not {form!r}. Check which file it is.")
    if tree.get("sheet") != forecast.sha256:
        raise BadFileError(
            f"{terminal_text(where)}: made for other questions ({shown(tree.get('sheet'))[:14]}, not "
            f"{forecast.sha256[:12]}). Both sides need the very same file of questions."
        )
    return Faults(where)


def read_ballots(path: Path, forecast: Forecast) -> Ballots:
    """Ballots of a side from a JSON file.

    Raises:
        BadFileError: no such file, no JSON, or wrong rows; they are named.
    """
    return ballots_of(_json(path), forecast, path.name)


def read_outcomes(path: Path, forecast: Forecast) -> dict[str, Outcome]:
    """Outcomes from a JSON file.

    Raises:
        BadFileError: no such file, no JSON, or wrong rows; they are named.
    """
    return outcomes_of(_json(path), forecast, path.name)


def write_ballots(path: Path, ballots: Ballots, forecast: Forecast) -> None:
    """Write a side's ballots, whole or not at all, readable by its owner only."""
    write(path, json.dumps(body_of(ballots, forecast), ensure_ascii=False, indent=1) + "\n", 0o600)


def write_outcomes(path: Path, outcomes: Mapping[str, Outcome], forecast: Forecast) -> None:
    """Write outcomes, whole or not at all."""
    rows = {
        name: {"outcome": o.outcome, "date": o.date.isoformat(), "source": o.source} for name, o in outcomes.items()
    }
    tree = {"format": _OUTCOMES, "sheet": forecast.sha256, "outcomes": rows}
    write(path, json.dumps(tree, ensure_ascii=False, indent=1) + "\n", 0o644)


def _json(path: Path) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise BadFileError(f"{terminal_text(path.name)}: a key stands twice in one mapping. Keep one of them.")
        return dict(pairs)

    try:
        return json.loads(raw(path).decode("utf-8-sig"), object_pairs_hook=once)
    except json.JSONDecodeError as error:
        told = f"no JSON in line {error.lineno}"
    except (UnicodeDecodeError, RecursionError):
        told = "no JSON in UTF-8"
    raise BadFileError(f"{terminal_text(path.name)}: {told}. Mend it and read it again.")
