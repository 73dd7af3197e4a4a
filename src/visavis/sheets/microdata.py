"""Answers from SPSS (.sav, .zsav) and Stata (.dta) files, by a mapping from variables to items; labels are no key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from visavis.asked import MISSING, Person, Questionnaire
from visavis.errors import BadFileError, MissingExtraError, UsageError
from visavis.sheets.files import SideAnswers
from visavis.sheets.reading import Gathering, number_of

__all__ = ["Mapped", "Variable", "read_mapping", "read_microdata"]

FORMAT = "visavis mapping 1"
_TOP = {"format", "side", "side_variable", "sides", "person", "weight", "stratum", "psu", "wave", "order", "orders"}
_MORE = {"encoding", "blank", "missing", "variables"}
_FIELDS = {"item", "question", "codes", "missing"}


@dataclass(frozen=True, slots=True)
class Variable:
    """What a variable of a file asks. ``codes``: the file's value -> the questionnaire's, where they differ."""

    item: str
    question: str
    codes: Mapping[str, float | str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping file: variables by name, and which variables hold what is known of a person.

    Args:
        variables: by name.
        columns: ``person, weight, stratum, psu, wave, order, side_variable`` -> name of the variable.
        side: the side of the whole file; empty where ``sides`` says it by the value of ``side_variable``.
        sides: value of ``side_variable`` -> ISO alpha-3.
        orders: value of the variable ``order`` -> ``own first`` or ``estimate first``.
        missing: a value that stands for no answer, in all variables -> one of ``MISSING``.
        blank: what an empty cell is.
        encoding: of the file's texts, where it is known better than the file knows.
    """

    variables: Mapping[str, Variable]
    columns: Mapping[str, str]
    side: str = ""
    sides: Mapping[str, str] = field(default_factory=dict)
    orders: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    blank: str = "not asked"
    encoding: str = ""


def read_mapping(path: Path, questionnaire: Questionnaire) -> Mapped:
    """A mapping from the variables of a file to items and questions, from TOML.

    Raises:
        BadFileError: it cannot be read, or a field is unknown, missing or names what the questionnaire does not have.

    >>> read_mapping(Path("missing.toml"), None)
    Traceback (most recent call last):
    visavis.errors.BadFileError: missing.toml: cannot be read (No such file or directory).
    """
    try:
        tree = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise BadFileError(f"{path}: cannot be read ({error.strerror}).") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadFileError(f"{path}: not TOML ({error}).") from None
    if tree.get("format") != FORMAT:
        raise BadFileError(f"{path}: field 'format' is {tree.get('format')!r}; wanted: {FORMAT!r}.")
    _only(path, "", tree, _TOP | _MORE)
    rows = _table(path, "", tree, "variables")
    if not rows:
        raise BadFileError(f"{path}: field 'variables' is missing or empty; see docs/sheet-files.md.")
    variables = {name: _variable(path, name, row, questionnaire) for name, row in rows.items()}
    names = ("person", "weight", "stratum", "psu", "wave", "order", "side_variable")
    columns = {name: _text(path, name, tree[name]) for name in names if name in tree}
    side, sides = str(tree.get("side", "")), {k: str(v) for k, v in _table(path, "", tree, "sides").items()}
    if "person" not in columns or bool(side) == bool(sides) or bool(sides) != ("side_variable" in columns):
        raise BadFileError(f"{path}: wanted: 'person', and either 'side' or both 'side_variable' and 'sides'.")
    wrong = sorted({side, *sides.values()} - {"", *questionnaire.sides})
    if wrong:
        raise BadFileError(f"{path}: side {wrong[0]!r} is not one of {' and '.join(questionnaire.sides)}.")
    blank = str(tree.get("blank", "not asked"))
    if blank not in MISSING:
        raise BadFileError(f"{path}: field 'blank' is {blank!r}; wanted: {' or '.join(MISSING)}.")
    orders = {key: str(value) for key, value in _table(path, "", tree, "orders").items()}
    missing = _missing(path, "", tree)
    return Mapped(variables, columns, side, sides, orders, missing, blank, str(tree.get("encoding", "")))


def read_microdata(path: Path, questionnaire: Questionnaire, mapping: Mapped) -> tuple[SideAnswers, ...]:
    """Answers of one side or of both, in ISO order; ``extra["encoding"]`` names the encoding that was used.

    Encodings are tried in order: the one the mapping names or the file states, UTF-8, cp949, cp932. Values that the
    file marks as missing are kept apart; each needs its meaning in the mapping.

    Raises:
        MissingExtraError: pyreadstat is not installed.
        UsageError: the file's name ends otherwise.
        BadFileError: the file cannot be read, lacks a variable, or has bad values; each is named with its row.

    >>> read_microdata(Path("missing.sav"), None, Mapped({}, {"person": "ID"}, "KOR"))
    Traceback (most recent call last):
    visavis.errors.BadFileError: missing.sav: there is no such file.
    """
    columns, missing, encoding = _read(path, mapping.encoding)
    wanted = [*mapping.variables, *mapping.columns.values()]
    lacking = [name for name in wanted if name not in columns]
    if lacking:
        raise BadFileError(f"{path}: has no variable {', '.join(map(repr, lacking[:5]))}; the mapping names it.")
    found = Gathering(path.name, questionnaire)
    for i in range(len(columns[mapping.columns["person"]])):
        row = {name: columns[name][i] for name in wanted}
        _take(found, f"row {i + 1}", row, mapping, missing)
    return found.sides(extra={"encoding": encoding})


def _take(found: Gathering, place: str, row: dict[str, Any], mapping: Mapped, missing: _Missing) -> None:
    def said(name: str) -> str:
        return _key(row[mapping.columns[name]]) if name in mapping.columns else ""

    side = mapping.side or mapping.sides.get(said("side_variable"), "")
    if not side:
        found.fault(place, f"the side is {said('side_variable')!r}, which 'sides' does not name")
        return
    order = mapping.orders.get(said("order"), said("order")) or "own first"
    weight, wave = (number_of(said(name) or "1") for name in ("weight", "wave"))
    if isinstance(weight, str) or not isinstance(wave, int) or ("weight" in mapping.columns and not said("weight")):
        found.fault(place, f"weight {said('weight')!r}, wave {said('wave')!r}; wanted numbers")
        return
    person = Person(said("person"), side, float(weight), said("stratum"), said("psu"), order)
    if not found.person(place, person):
        return
    for name, variable in mapping.variables.items():
        value, what = _value(row[name], variable, mapping, missing.get(name))
        if what:
            found.fault(f"{place}, variable {name}", what)
        else:
            found.answer(
                f"{place}, variable {name}", side, person.id, variable.item, variable.question, value, wave=wave
            )


_Missing = dict[str, tuple[tuple[float, float], ...] | frozenset[str]]


def _value(
    raw: Any, variable: Variable, mapping: Mapped, marked: tuple[tuple[float, float], ...] | frozenset[str] | None
) -> tuple[float | str, str]:
    """The value in the questionnaire's terms, and what is wrong with it."""
    key = _key(raw)
    if not key:
        return mapping.blank, ""
    known = {**mapping.missing, **variable.missing}
    if key in known:
        return known[key], ""
    if isinstance(marked, frozenset):
        user = key in marked
    else:
        user = isinstance(raw, int | float) and any(low <= raw <= high for low, high in marked or ())
    if user:
        return "", f"value {key!r} is marked as missing; say in [missing] which of {', '.join(MISSING)} it is"
    value = number_of(key)
    if key not in variable.codes and value in variable.codes.values():
        return "", f"value {key!r} is not in 'codes', which turns another value into {key}; name it there too"
    return variable.codes.get(key, value), ""


def _read(path: Path, encoding: str) -> tuple[dict[str, list[Any]], _Missing, str]:
    """Columns, marked values, and the encoding that could read the file's texts."""
    if path.suffix.lower() not in (".sav", ".zsav", ".dta"):
        raise UsageError(f"{path}: SPSS files end in .sav or .zsav, Stata files in .dta.")
    if not path.is_file():
        raise BadFileError(f"{path}: there is no such file.")
    try:
        import pyreadstat
    except ImportError:
        raise MissingExtraError('Reading SPSS and Stata files needs pip install "visavis[survey]".') from None
    read = pyreadstat.read_dta if path.suffix.lower() == ".dta" else pyreadstat.read_sav
    tried: list[str] = []
    last = ""
    for name in [encoding] if encoding else _encodings(path):
        try:
            found: Any = read(
                str(path), user_missing=True, output_format="dict", encoding=name, disable_datetime_conversion=True
            )
        except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeDecodeError) as error:
            tried, last = [*tried, name or "its own"], str(error)
            continue
        columns, meta = found
        return dict(columns), _marked(meta), name or meta.file_encoding or "UTF-8"
    raise BadFileError(f"{path}: cannot be read in {', '.join(tried)} ({last}). Name its encoding in the mapping.")


def _marked(meta: Any) -> _Missing:
    """Values that the file marks as missing: letters in Stata, ranges of numbers or texts in SPSS."""
    marked: _Missing = {var: frozenset(map(str, codes)) for var, codes in meta.missing_user_values.items()}
    for var, ranges in meta.missing_ranges.items():
        texts = {one["lo"].strip() for one in ranges if isinstance(one["lo"], str)}
        marked[var] = frozenset(texts) if texts else tuple((one["lo"], one["hi"]) for one in ranges)
    return marked


def _encodings(path: Path) -> list[str | None]:
    """Its own first. Stata files before version 118 state none, and would be read as Western text without complaint."""
    if path.suffix.lower() == ".dta":
        with path.open("rb") as file:
            head = file.read(40)
        if not head.startswith(b"<stata_dta>") or head[28:31] < b"118":
            return ["UTF-8", "CP949", "CP932"]
    return [None, "UTF-8", "CP949", "CP932"]


def _key(value: Any) -> str:
    """A value as a mapping writes it: whole numbers without a point."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _variable(path: Path, name: str, row: Any, questionnaire: Questionnaire) -> Variable:
    if not isinstance(row, dict):
        raise BadFileError(f"{path}: variable {name!r} is not a table with item and question.")
    _only(path, f"variable {name!r}, ", row, _FIELDS)
    item, question = row.get("item", ""), row.get("question", "own")
    asks = next((one.asks for one in questionnaire.items if one.id == item), ())
    if question not in asks:
        raise BadFileError(f"{path}: variable {name!r}: the questionnaire does not ask {question!r} of item {item!r}.")
    codes = _table(path, f"variable {name!r}, ", row, "codes")
    if not all(isinstance(code, int | float | str) and not isinstance(code, bool) for code in codes.values()):
        raise BadFileError(f"{path}: variable {name!r}: field 'codes' is {codes!s:.80}; wanted: codes of the scale.")
    return Variable(item, question, codes, _missing(path, f"variable {name!r}, ", row))


def _missing(path: Path, where: str, tree: dict[str, Any]) -> dict[str, str]:
    found = _table(path, where, tree, "missing")
    wrong = sorted(str(value) for value in found.values() if value not in MISSING)
    if wrong:
        raise BadFileError(f"{path}: {where}field 'missing' has {wrong[0]!r}; wanted: {' or '.join(MISSING)}.")
    return found


def _table(path: Path, where: str, tree: dict[str, Any], name: str) -> dict[str, Any]:
    found = tree.get(name, {})
    if not isinstance(found, dict):
        raise BadFileError(f"{path}: {where}field {name!r} is {found!s:.80}; wanted: a table.")
    return found


def _text(path: Path, name: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise BadFileError(f"{path}: field {name!r} is {value!r}; wanted: the name of a variable.")
    return value


def _only(path: Path, where: str, tree: dict[str, Any], known: set[str]) -> None:
    for name in sorted(set(tree) - known):
        raise BadFileError(f"{path}: {where}field {name!r} is not known; there are {', '.join(sorted(known))}.")
