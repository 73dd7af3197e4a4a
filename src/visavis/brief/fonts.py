"""The letters of Korean, Japanese and Chinese inside the page itself, so that a machine without such fonts shows them.

visavis ships no font. When a page is written, the signs in it are cut out of a free font that lies on the writer's
machine (Noto Sans CJK, Source Han Sans or another one under the SIL Open Font License) and put into the page as data.
Every sign is looked up before; one that the font lacks is an error that names it.

Where fonts are looked for, and how to say otherwise: ``VISAVIS_FONTS`` names a font file or a folder of them, or is
``none`` for pages without letters of their own.
"""

from __future__ import annotations

import base64
import html
import io
import os
import re
import struct
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from visavis.errors import MissingFontError
from visavis.names.tongues import tongue

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

__all__ = ["FAMILY", "Face", "at_hand", "families", "font_css", "signs"]

FAMILY = "visavis CJK"
_ENDS = {"ko": "KR", "ja": "JP", "zh": "SC"}
_FILES = re.compile(
    r"(NotoSans(CJK|KR|JP|SC)|SourceHanSans|NanumGothic|BIZUDGothic|LXGW).*\.(ttc|otf|ttf)$", re.IGNORECASE
)
# Signs of every script of East Asia; Latin, Greek and the rest are on any machine.
_SIGNS = re.compile(
    r"[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)
# Marks that Japanese and Chinese set as wide as a sign; taken along where the font has them.
_MARKS = "“”‘’…—·※～→"
# A printer of pages that does not heed the range below takes the space between two words from here too; without it,
# words come from one face and spaces from another, and lines are set wider than they were measured.
_SPACE = " "
# What the face is asked for; Latin letters and figures are none of its business and never wait for it.
_RANGE = "U+B7, U+1100-11FF, U+2014-2026, U+203B, U+2192, U+2E80-FFEF, U+20000-3FFFF"
_UP, _DOWN = 0.92, 0.24  # of a line above and below its foot, in heights of the face
_PRINTED = (0.81, 0.35)  # the same as WeasyPrint has them for Latin letters
_LICENCE = re.compile(r"SIL Open Font License|openfontlicense|scripts\.sil\.org/OFL", re.IGNORECASE)
_WEIGHTS = {"Regular": 400, "Bold": 700}


@dataclass(frozen=True, slots=True)
class Face:
    """One font of a file: its place in a collection, its name, its weight."""

    path: Path
    index: int
    family: str
    weight: int


def signs(page: str) -> frozenset[str]:
    """The signs of a page that need a font of East Asia.

    >>> sorted(signs("<p>Japan, 日本, &#54620;</p>"))
    ['日', '本', '한']
    """
    return frozenset(_SIGNS.findall(html.unescape(page)))


def at_hand(lang: str) -> None:
    """Whether pages in a language can be written here, asked before they are computed.

    Raises:
        MissingFontError: no free font on this machine has its letters.
    """
    if lang in _ENDS and os.environ.get("VISAVIS_FONTS") != "none" and not families(lang):
        raise MissingFontError(_nowhere(lang))


def font_css(page: str, lang: str) -> str:
    """The style that brings the letters of a page; empty where it needs none.

    A page in Korean, Japanese or Chinese must be able to show all of itself; one in another language that quotes such
    text takes the letters along where a font is at hand.

    Raises:
        MissingFontError: no free font is on this machine, or it lacks a sign of the page.
    """
    needed = signs(page)
    if not needed or os.environ.get("VISAVIS_FONTS") == "none":
        return ""
    script = lang if lang in _ENDS else _script(needed)
    found = families(script)
    whole = next((faces for faces in found if not _lacked(faces, needed)), None)
    if whole is None and lang in _ENDS:
        raise MissingFontError(_lacking(found[0], needed, page) if found else _nowhere(script))
    if whole is None and found:  # an English page shows what the best font holds
        needed -= _lacked(found[0], needed)
    return "\n".join(_rule(face, needed) for face in whole or (found[0] if found and needed else ()))


def _lacked(faces: Iterable[Face], needed: frozenset[str]) -> frozenset[str]:
    """Signs that one of these faces does not hold."""
    from fontTools.ttLib import TTFont

    lacked: set[str] = set()
    for face in faces:
        with TTFont(str(face.path), fontNumber=face.index, lazy=True) as font:
            held = font.getBestCmap()
            lacked.update(sign for sign in needed if ord(sign) not in held)
    return frozenset(lacked)


def _script(needed: Iterable[str]) -> str:
    """The language whose font serves signs in a page of another language."""
    return tongue("".join(sorted(needed)), "") or "zh"


def families(lang: str) -> tuple[tuple[Face, ...], ...]:
    """The free fonts of this machine for a language, best first: each a regular face, and a bold one where there is."""
    return _families(lang, os.environ.get("VISAVIS_FONTS", ""))


@cache
def _families(lang: str, named: str) -> tuple[tuple[Face, ...], ...]:
    files = list(_named(Path(named))) if named else sorted({f for f in _installed() if _FILES.search(f.name)})
    by_weight: dict[str, list[Face]] = {}
    for path in files:
        for face in _of_file(path, lang):
            by_weight.setdefault(face.family, []).append(face)
    # A collection or a font made for the language goes before one made for another; ties go by name.
    best = sorted(by_weight, key=lambda name: (not name.endswith(_ENDS[lang]), "Sans" not in name, name))
    return tuple(tuple(sorted(by_weight[name], key=lambda face: face.weight)[:2]) for name in best)


def _named(place: Path) -> Iterator[Path]:
    """The font file, or the font files of a folder, that the user named."""
    if not place.exists():
        raise MissingFontError(
            f"VISAVIS_FONTS names {place}, which does not exist. Name a font file, or a folder of them."
        )
    files = sorted(place.rglob("*")) if place.is_dir() else [place]
    yield from (file for file in files if file.suffix.lower() in (".ttc", ".otf", ".ttf"))


def _installed() -> Iterator[Path]:
    """Font files in the folders that systems keep them in."""
    home = Path.home()
    folders = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts", home / ".fonts"]
    if sys.platform == "darwin":
        folders = [Path("/Library/Fonts"), Path("/System/Library/Fonts"), home / "Library/Fonts"]
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", str(home / "AppData/Local"))
        folders = [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts", Path(local) / "Microsoft/Windows/Fonts"]
    for folder in folders:
        yield from folder.rglob("*.*") if folder.is_dir() else ()


def _of_file(path: Path, lang: str) -> list[Face]:
    """The faces of a file that are free, of a plain weight, and not of even width; none where it cannot be read."""
    from fontTools.ttLib import TTFont, TTLibError

    found = []
    try:
        with path.open("rb") as file:
            for index in range(_held(file)):
                font = TTFont(file, fontNumber=index, lazy=True)
                face = _face(path, index, font["name"], lang)
                found += [face] if face else []
    except (TTLibError, OSError, AssertionError, KeyError, struct.error):
        return []  # a file that is no font, or a broken one: others are looked at
    return found


def _held(file: BinaryIO) -> int:
    """How many fonts a file holds."""
    head = file.read(12)
    return min(64, struct.unpack(">4sLL", head)[2]) if head.startswith(b"ttcf") else 1


def _face(path: Path, index: int, names: Any, lang: str) -> Face | None:
    family, style = names.getBestFamilyName() or path.stem, names.getBestSubFamilyName() or "Regular"
    licence = f"{names.getDebugName(13)} {names.getDebugName(14)}"
    other = any(family.endswith(end) for end in ("KR", "JP", "SC", "TC", "HK") if end != _ENDS[lang])
    fits = _LICENCE.search(licence) and style in _WEIGHTS and "Mono" not in family and not other
    return Face(path, index, family, _WEIGHTS[style]) if fits else None


def _rule(face: Face, needed: frozenset[str]) -> str:
    """One ``@font-face`` with the letters in it."""
    from fontTools.ttLib import TTFont

    with TTFont(str(face.path), fontNumber=face.index, lazy=True, recalcTimestamp=False) as font:
        held = font.getBestCmap()
        wanted = [ord(sign) for sign in (*needed, *_MARKS, _SPACE) if ord(sign) in held]
        data = base64.b64encode(_cut(font, wanted)).decode()
    return (
        # Such fonts have tall lines; with the height of a Latin face, charts and lines keep the room they were given.
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {face.weight}; '
        f"ascent-override: {_UP:.0%}; descent-override: {_DOWN:.0%}; line-gap-override: 0%; unicode-range: {_RANGE}; "
        f'src: url("data:font/woff;base64,{data}") format("woff"); }}'
    )


def _cut(font: TTFont, wanted: Iterable[int]) -> bytes:
    """The font with these signs alone, its notice of rights kept; the same signs give the same bytes."""
    from fontTools import subset

    options = subset.Options()
    options.flavor = "woff"
    options.hinting = False
    options.layout_features = ["ccmp", "locl"]  # Han signs in the form of the language that a run is marked with
    options.name_IDs = [0, 13, 14]  # copyright and licence travel with the letters
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(wanted))
    cutter.subset(font)
    _lower(font)
    out = io.BytesIO()
    subset.save_font(font, out, options)
    return out.getvalue()


def _lower(font: TTFont) -> None:
    """The place of a Latin face in its line, for a printer of pages that does not heed the rule's own.

    WeasyPrint puts the middle of each face into the middle of the line, and a line that holds two grows by what their
    feet differ.
    """
    em = font["head"].unitsPerEm
    up, down = (round(part * em) for part in _PRINTED)
    for name, value in (("ascent", up), ("descent", -down), ("lineGap", 0)):
        setattr(font["hhea"], name, value)
    marks = {"sTypoAscender": up, "sTypoDescender": -down, "sTypoLineGap": 0, "usWinAscent": up, "usWinDescent": down}
    for name, value in marks.items():
        setattr(font["OS/2"], name, value)


def _lacking(faces: tuple[Face, ...], needed: frozenset[str], page: str) -> str:
    missing = sorted(_lacked(faces, needed))
    sign, face = missing[0], faces[0]
    text = re.sub(r"<[^>]*>", " ", html.unescape(page))
    place = text.find(sign)
    beside = " ".join(text[max(0, place - 20) : place + 21].split())
    name = unicodedata.name(sign, "a sign without a name")
    more = f" and {len(missing) - 1} more signs" if len(missing) > 1 else ""
    return (
        f"The font {face.family} ({face.path}) has no {sign!r} (U+{ord(sign):04X}, {name}){more}; it stands in "
        f"“{beside}”. Name another free font with VISAVIS_FONTS, or set VISAVIS_FONTS=none to leave the letters to the "
        "reader's machine."
    )


def _nowhere(lang: str) -> str:
    letters = {"ko": "Korean", "ja": "Japanese", "zh": "Chinese (simplified)"}[lang]
    return (
        f"No free font with {letters} letters is on this machine, so the brief could not be read on every machine. "
        "Install Noto Sans CJK (Debian and Ubuntu: fonts-noto-cjk; Fedora: google-noto-sans-cjk-fonts), or name a font "
        "under the SIL Open Font License with VISAVIS_FONTS=FILE, or set VISAVIS_FONTS=none to leave the letters to "
        "the reader's machine."
    )
