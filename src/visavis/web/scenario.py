"""The form in which a reader states a path, one field for each key of the file, and the file itself.

Everything is checked by ``visavis.scenario``; here fields become a tree such as TOML gives, and back.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from visavis import countries
from visavis.errors import BadFileError, VisavisError
from visavis.names.outside import terminal_text
from visavis.scenario import CHANGES, KINDS, Scenario, Step, scenario_of, toml_of
from visavis.web.asking import Asked

__all__ = ["Form", "Row", "form_of"]

_MOST, _LONGEST_FILE, _LONGEST_FIELD = 8, 6000, 80
_WHERE = "form"


@dataclass(frozen=True, slots=True)
class Row:
    """A step as the form shows it: what stands in each field; ``by`` is empty for a step that is left out."""

    by: str = ""
    ties: str = ""
    what: str = ""
    change: str = "add"
    amount: str = "1"
    start: str = "1"
    months: str = "6"


@dataclass(frozen=True, slots=True)
class Form:
    """The form: what stands in it, the path it states, the path as a file, and what is wrong.

    Args:
        name, months, watch: as in the file.
        rows: the steps, and an empty one where there is room.
        scenario: the path; None where the form is empty or wrong.
        toml: the path as a file; what was pasted, where that is wrong.
        wrong: what is wrong, a line each; visavis says it in English.
    """

    name: str
    months: str
    watch: str
    rows: tuple[Row, ...]
    scenario: Scenario | None = None
    toml: str = ""
    wrong: tuple[str, ...] = ()


def form_of(query: Mapping[str, str], asked: Asked) -> Form:
    """The form as an address gives it: its fields, or a pasted file; an example where there is neither."""
    pasted = query.get("toml", "").strip()
    if pasted:
        return _pasted(pasted, asked)
    if "watch" not in query:
        return Form("", "12", KINDS[0], (Row("both", what="dialogue"), Row()))
    rows = [row for i in range(1, _MOST + 1) if (row := _row(query, i)).by]
    name, months, watch = (query.get(key, "")[:_LONGEST_FIELD] for key in ("name", "months", "watch"))
    form = Form(name, months, watch, _room(rows))
    return _checked(_tree(form, rows), form, asked)


def _pasted(text: str, asked: Asked) -> Form:
    empty = Form("", "12", KINDS[0], (Row(),), toml=text[:_LONGEST_FILE])
    if len(text) > _LONGEST_FILE:
        return _wrong(empty, f"The file has {len(text)} signs; at most {_LONGEST_FILE} are read here.")
    try:
        tree = tomllib.loads(text.replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:
        return _wrong(empty, f"This is no TOML ({error}). Mend it at that place.")
    return _checked(tree, empty, asked)


def _checked(tree: Mapping[str, Any], form: Form, asked: Asked) -> Form:
    """The form with the path, its fields as the path has them; or with what is wrong, as it was typed."""
    try:
        found = scenario_of(tree, _WHERE).between(*asked.iso)
    except BadFileError as error:
        return _wrong(form, *str(error).splitlines()[1:])
    except VisavisError as error:
        return _wrong(form, str(error))
    rows = [_shown(step) for step in found.steps]
    return Form(found.name, str(found.months), found.watch, _room(rows), found, toml_of(found))


def _wrong(form: Form, *lines: str) -> Form:
    told = tuple(terminal_text(line) for line in lines)
    return Form(form.name, form.months, form.watch, form.rows, None, form.toml, told or ("This cannot be read.",))


def _room(rows: list[Row]) -> tuple[Row, ...]:
    """The steps and, where there is room, an empty one."""
    return (*rows, *([Row()] if len(rows) < _MOST else []))


def _row(query: Mapping[str, str], number: int) -> Row:
    names = [field.name for field in fields(Row)]
    return Row(**{name: query.get(f"{name}{number}", "").strip()[:_LONGEST_FIELD] for name in names})


def _tree(form: Form, rows: list[Row]) -> dict[str, Any]:
    """What a file with these fields would hold; what is no number stays text, and is found wrong."""
    steps = [_step(row) for row in rows]
    return {"name": form.name, "months": _number(form.months), "watch": form.watch, "step": steps}


def _step(row: Row) -> dict[str, Any]:
    who: dict[str, Any] = {"by": row.by, "what": row.what}
    if row.by == "ties":
        who = {"ties": [_code(one) for one in row.ties.replace("、", ",").split(",") if one.strip()]}
    how = row.change if row.change in CHANGES else "change"
    amount = True if how == "stop" else _number(row.amount)
    return {**who, how: amount, "from": _number(row.start), "months": _number(row.months)}


def _code(text: str) -> str:
    """A country's code where its name is known; else what was typed, which is found wrong."""
    try:
        return countries.country(text.strip()).iso3
    except VisavisError:
        return text.strip()


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _shown(step: Step) -> Row:
    amount = "" if step.change == "stop" else f"{step.amount:g}"
    by = "ties" if step.ties else step.by
    return Row(by, ", ".join(step.ties), step.what, step.change, amount, str(step.first), str(step.months))
