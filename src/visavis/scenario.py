"""A path that a user states: what is taken to happen between two countries, or around them, month by month.

It is said in steps. A step adds acts of a kind, stops them, or lets them (or the ties of third countries) move by so
many of their own usual swings. Nothing here says what follows; ``models.scenario`` asks that of the record.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from visavis import countries
from visavis.actions import MEANS
from visavis.errors import BadFileError, UsageError, VisavisError
from visavis.names.outside import terminal_text

__all__ = ["CHANGES", "EXAMPLE", "KINDS", "LONGEST", "Scenario", "Step", "read_scenario", "scenario_of", "toml_of"]

KINDS = ("conflict", "cooperation")
"""What may be watched, and moved as a whole."""
CHANGES = ("add", "stop", "sd")
LONGEST = 24
"""Months that a scenario may look ahead."""
_MOST_STEPS, _MOST_ACTS, _MOST_SD, _NAME = 8, 100.0, 3.0, 80
_TOP = ("name", "months", "watch", "step")
_STEP = ("by", "what", "ties", "from", "months", *CHANGES)
Change = Literal["add", "stop", "sd"]

EXAMPLE = """\
# A path to look at: what was seen after months like these, if the past pattern holds.
# visavis scenario KOR JPN this-file.toml

name = "Monthly summits resume"
months = 12           # how far to look, 1 to 24
watch = "conflict"    # acts that the chart shows: conflict or cooperation

[[step]]
by = "both"           # both sides, or one of them by its code
what = "dialogue"     # a means, or all acts of a kind: cooperation, conflict
add = 1               # so many a month more than else; or stop = true; or sd = 1 (their own usual swings)
from = 1              # first month, counted from the last of the record
months = 6            # how many

# Ties of a third country that cool (sd below 0) or warm: with both sides, or between two countries.
# [[step]]
# ties = ["CHN"]
# sd = -1
# from = 1
# months = 6
"""
"""A file to start from."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is taken to happen.

    Args:
        change: ``add`` acts, ``stop`` them, or move by ``sd`` usual swings.
        what: a means of ``actions.MEANS``, or all acts of a kind: ``conflict``, ``cooperation`` (dialogue and aid among
            them); empty where ties are meant.
        by: the side that acts toward the other, ISO alpha-3, or ``both``; empty where ties are meant.
        ties: one third country (its ties with both sides) or two countries (the tie between them); empty for acts.
        amount: acts a month for ``add``; swings for ``sd``, above 0 for more acts, or warmer ties; 0 for ``stop``.
        first: first month, 1 for the next one.
        months: how many.
    """

    change: Change
    what: str = ""
    by: str = ""
    ties: tuple[str, ...] = ()
    amount: float = 0.0
    first: int = 1
    months: int = 6

    @property
    def last(self) -> int:
        """Its last month."""
        return self.first + self.months - 1


@dataclass(frozen=True, slots=True)
class Scenario:
    """A stated path.

    Args:
        name: what its author calls it; text from outside.
        steps: what is taken to happen.
        months: how far to look.
        watch: the acts that a chart shows.
        where: the file or form it was read from, for errors.
    """

    name: str
    steps: tuple[Step, ...]
    months: int = 12
    watch: str = "conflict"
    where: str = "scenario"

    def between(self, a: str, b: str) -> Scenario:
        """The same, once it is sure that it can be meant of this pair.

        Raises:
            UsageError: a step names a side that is none of the two, or ties that are the pair's own.
        """
        for i, step in enumerate(self.steps, 1):
            if step.by not in ("", "both", a, b):
                raise UsageError(
                    f"{self.where}: step {i}, by: {step.by} is no side of {a} and {b}. Write both, {a} or {b}."
                )
            if step.ties and ({a, b} >= set(step.ties)):
                told = " and ".join(step.ties)
                raise UsageError(f"{self.where}: step {i}, ties: {told} is the pair itself. Name a third country.")
        return self


def read_scenario(path: str | Path) -> Scenario:
    """A scenario from a TOML file; ``EXAMPLE`` is one.

    Raises:
        BadFileError: no such file, no TOML, or wrong values: every one is named.
    """
    path = Path(path)
    try:
        tree = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise BadFileError(
            f"{terminal_text(str(path))}: there is no such file. visavis scenario KOR JPN --example prints one."
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        told = terminal_text(str(error))
        raise BadFileError(f"{terminal_text(path.name)}: no TOML in UTF-8 ({told}). Mend it at that place.") from None
    return scenario_of(tree, path.name)


def scenario_of(tree: Mapping[str, Any], where: str) -> Scenario:
    """A scenario from a tree as TOML, or the app's form, gives it.

    Raises:
        BadFileError: names every wrong key with its value and what to write.

    >>> step = {"by": "both", "what": "dialogue", "add": 1, "months": 6}
    >>> scenario_of({"name": "Monthly summits", "step": [step]}, "form").steps[0].amount
    1.0
    """
    look = _Look(where)
    name = terminal_text(tree["name"]) if isinstance(tree.get("name"), str) else ""
    if not 0 < len(name) <= _NAME:
        look.wrong("name", tree.get("name"), f"a name of 1 to {_NAME} signs")
    months = look.whole("months", tree.get("months", 12), 1, LONGEST)
    watch = tree.get("watch", KINDS[0])
    if watch not in KINDS:
        look.wrong("watch", watch, " or ".join(KINDS))
    look.known("", tree, _TOP)
    rows = tree.get("step")
    if not isinstance(rows, list) or not 0 < len(rows) <= _MOST_STEPS:
        look.wrong("step", rows, f"1 to {_MOST_STEPS} tables [[step]]")
        rows = []
    steps = [_step(look, f"step {i}, ", row if isinstance(row, dict) else {}) for i, row in enumerate(rows, 1)]
    for i, step in enumerate(steps, 1):
        if step.first > months:
            look.wrong(f"step {i}, from", step.first, f"a month within the {months} looked at")
    ties = sorted({step.ties for step in steps if step.ties})
    if len(ties) > 1:
        look.wrong("step, ties", [list(one) for one in ties], "the same ties in every step that has some")
    look.end()
    return Scenario(name, tuple(steps), months, str(watch), look.where)


def toml_of(scenario: Scenario) -> str:
    """The scenario as a TOML file that reads back as the same.

    >>> steps = (Step("sd", ties=("CHN",), amount=-1.0),)
    >>> scenario_of(tomllib.loads(toml_of(Scenario("Cooler", steps))), "scenario") == Scenario("Cooler", steps)
    True
    """
    name = scenario.name.replace("\\", "\\\\").replace('"', '\\"')
    lines = [f'name = "{name}"', f"months = {scenario.months}", f'watch = "{scenario.watch}"']
    for step in scenario.steps:
        sides = ", ".join(f'"{c}"' for c in step.ties)
        lines += [
            "",
            "[[step]]",
            *([f"ties = [{sides}]"] if step.ties else [f'by = "{step.by}"', f'what = "{step.what}"']),
        ]
        lines += ["stop = true" if step.change == "stop" else f"{step.change} = {step.amount:g}"]
        lines += [f"from = {step.first}", f"months = {step.months}"]
    return "\n".join(lines) + "\n"


def _step(look: _Look, at: str, row: Mapping[str, Any]) -> Step:
    """One step; what is wrong is noted and something sound put in its place."""
    look.known(at, row, _STEP)
    given: list[Change] = [c for c in ("add", "stop", "sd") if c in row]
    if len(given) != 1:
        look.wrong(f"{at}change", ", ".join(given) or None, "one of add = 1, stop = true, sd = 1")
    change = given[0] if given else "stop"
    if "ties" in row:
        by, what, ties = "", "", _ties(look, at, row["ties"])
        for key in ("by", "what"):
            if key in row:
                look.wrong(f"{at}{key}", row[key], "ties, or by and what, not both")
        if change != "sd":
            look.wrong(f"{at}{change}", row.get(change), "sd = -1 (cooler) or sd = 1 (warmer), for ties are no acts")
    else:
        by, what, ties = _by(look, at, row.get("by")), str(row.get("what", "")), ()
        names = dict.fromkeys((*KINDS, *MEANS))
        if what not in names:
            look.wrong(f"{at}what", row.get("what"), f"one of {', '.join(names)}")
    amount = 0.0
    if change == "stop" and given and row["stop"] is not True:
        look.wrong(f"{at}stop", row["stop"], "true")
    if change == "add":
        amount = look.number(f"{at}add", row["add"], 0.0, _MOST_ACTS)
    if change == "sd":
        amount = look.number(f"{at}sd", row["sd"], -_MOST_SD, _MOST_SD)
    first = look.whole(f"{at}from", row.get("from", 1), 1, LONGEST)
    return Step(change, what, by, ties, amount, first, look.whole(f"{at}months", row.get("months", 6), 1, LONGEST))


def _by(look: _Look, at: str, value: Any) -> str:
    if value == "both":
        return "both"
    found = look.country(f"{at}by", value)
    return found or "both"


def _ties(look: _Look, at: str, value: Any) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not 1 <= len(given) <= 2:
        look.wrong(f"{at}ties", value, 'one third country, ["CHN"], or two countries, ["JPN", "CHN"]')
        return ()
    found = sorted({code for one in given if (code := look.country(f"{at}ties", one))})
    if len(found) == 1 < len(given):
        look.wrong(f"{at}ties", value, "two different countries")
    return tuple(found)


class _Look:
    """Everything that is wrong with a scenario, told at once."""

    def __init__(self, where: str) -> None:
        self.where, self.found = terminal_text(where), list[str]()

    def wrong(self, key: str, value: Any, wanted: str) -> None:
        told = "is missing" if value is None else f"is {terminal_text(repr(value))[:60]}"
        self.found.append(f"{key} {told}; write {wanted}.")

    def known(self, at: str, row: Mapping[str, Any], keys: tuple[str, ...]) -> None:
        for key in row.keys() - set(keys):
            self.found.append(f"{at}{terminal_text(str(key))[:40]} is no key; known are {', '.join(keys)}.")

    def number(self, key: str, value: Any, low: float, high: float) -> float:
        fits = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high and value != 0
        if not fits:
            self.wrong(key, value, f"a number from {low:g} to {high:g}, not 0")
        return float(value) if fits else 1.0

    def whole(self, key: str, value: Any, low: int, high: int) -> int:
        fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        if not fits:
            self.wrong(key, value, f"a whole number from {low} to {high}")
        return int(value) if fits else low

    def country(self, key: str, value: Any) -> str | None:
        if not isinstance(value, str):
            self.wrong(key, value, "a country's code")
            return None
        try:
            return countries.country(value).iso3
        except VisavisError as error:
            self.wrong(key, value, f"a country's code ({error})")
            return None

    def end(self) -> None:
        if self.found:
            raise BadFileError(f"{self.where}: mend these and read it again.\n  " + "\n  ".join(sorted(self.found)))
