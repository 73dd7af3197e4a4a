"""New questionnaires from a template: a file that both sides may edit before the first answer."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from visavis import countries
from visavis.asked import Questionnaire
from visavis.errors import UnknownNameError, UsageError
from visavis.sheets.questionnaire import read_questionnaire
from visavis.sheets.wording import country_name

__all__ = ["new_sheet", "templates"]

_WORDING = re.compile(r"^(?:title|text|labels)\.(\w+) = ")


def templates() -> tuple[str, ...]:
    """Names of the questionnaires to start from.

    >>> templates()
    ('bilateral-security', 'public-opinion')
    """
    folder = files("visavis") / "sheets" / "templates"
    return tuple(sorted(one.name.removesuffix(".toml") for one in folder.iterdir() if one.name.endswith(".toml")))


def new_sheet(template: str, first: str, second: str, path: Path) -> Questionnaire:
    """Write a complete questionnaire in TOML, with comments that explain its fields, and read it back.

    The two countries may be given in either order and by code or name; the file is the same.

    Raises:
        UnknownNameError: no such template or country.
        UsageError: the file is there already, its name does not end in ``.toml``, its folder is missing, or both
            countries are the same.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = new_sheet("public-opinion", "South Korea", "JPN", Path(folder) / "sheet.toml")
    >>> made.sides, made.title["en"], len(made.items)
    (('JPN', 'KOR'), 'Public views: Japan and South Korea', 15)
    """
    if template not in templates():
        raise UnknownNameError(
            f"No template named {template!r}. There are {' and '.join(templates())}.", suggestions=templates()
        )
    a, b = sorted(countries.country(one).iso3 for one in (first, second))
    if a == b:
        raise UsageError(f"Both sides are {a}. Name two different countries.")
    if path.suffix != ".toml":
        raise UsageError(f"{path}: a questionnaire is a .toml file. Name it so.")
    source = files("visavis") / "sheets" / "templates" / f"{template}.toml"
    text = _filled(source.read_text(encoding="utf-8"), template, a, b)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} is there already and is left as it is. Name another file.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}). Check the folder.") from None
    return read_questionnaire(path)


def _filled(text: str, template: str, a: str, b: str) -> str:
    """A template with the two countries in it, each line in its own language."""
    fixed = {"{id}": f"{template}-{a}-{b}".lower(), "{A}": a, "{B}": b}
    lines = []
    for line in text.splitlines():
        lang = _WORDING.match(line)
        names = {"{a}": country_name(a, lang[1]), "{b}": country_name(b, lang[1])} if lang else {}
        for place, name in {**fixed, **names}.items():
            line = line.replace(place, name)
        lines.append(line)
    return "\n".join(lines) + "\n"
