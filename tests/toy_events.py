"""Tiny files in every format that visavis reads, with rows of our own invention."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from visavis.sources import Batch, Scope, icews, phoenix, polecat, source
from visavis.sources import _gdelt_reduced as reduced

COUNTRIES = ("JPN", "KOR", "USA", "CHN", "EUR", "")
NAMES = ("Japan", "South Korea", "United States", "China", "")
CODES = ("010", "036", "042", "043", "112", "141", "163", "190", "0211")


def lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as tab-separated lines."""
    return "".join("\t".join(map(str, row)) + "\n" for row in rows).encode()


def quoted(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as comma-separated lines, quoted where needed."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def gdelt(
    event: object = 1, *, width: int = 61, day: str = "20190121", source: str = "KOR", target: str = "JPN",
    code: str = "042", added: str = "", url: str = "https://news.example.org/a", actors: tuple[str, str] = ("", ""),
    types: tuple[str, str] = ("", ""),
) -> list[object]:  # fmt: skip
    """One GDELT row, 57, 58 or 61 columns wide."""
    row: list[object] = [""] * width
    row[0], row[1], row[2], row[3] = event, day, day[:6], day[:4]
    row[5], row[15] = (given or side for given, side in zip(actors, (source, target), strict=True))
    row[7], row[17], row[12], row[22] = source, target, *types
    row[25:35] = [1, code, code[:3], code[:2], 1, 0.0, 4, 1, 4, -1.5]
    if width == 57:
        row[56] = "20130203"
    else:
        row[-2], row[-1] = added or (day if width == 58 else day + "220000"), url
    return row


def gdelt_file(n: int, seed: int, width: int = 61) -> bytes:
    """A file of random rows; the same seed gives the same file."""
    rng = np.random.default_rng(seed)
    made = []
    for i in range(n):
        source, target = (str(rng.choice(COUNTRIES)) for _ in range(2))
        day = f"2019{rng.integers(1, 4):02}{rng.integers(1, 29):02}"
        url = f"https://paper{rng.integers(5)}.example.org/{rng.integers(n)}"
        made.append(
            gdelt(
                1000 * seed + i,
                width=width,
                day=day,
                source=source,
                target=target,
                code=str(rng.choice(CODES)),
                url=url,
            )
        )
    return lines(made)


def reduced_row(source: str = "KORGOV", target: str = "JPN", code: str = "042", count: object = 3) -> list[object]:
    """One row of GDELT's reduced master."""
    return ["19920115", source, target, code, count, 9, 1, 1.9, *([4, 35.7, 139.7] * 3)]


def reduced_file(*rows: Sequence[object]) -> bytes:
    """GDELT's reduced master."""
    return lines([reduced.COLUMNS, *rows])


def icews_row(
    event: object = 1, *, day: str = "2019-01-21", source: str = "South Korea", target: str = "Japan",
    code: str = "042", sectors: str = "Government,Military", story: object = 7, publisher: str = "Invented Daily",
    text: str = "Make a visit",
) -> list[object]:  # fmt: skip
    """One ICEWS row."""
    given = [event, day, "Somebody", sectors, source, text, code, 1.9, "Somebody else", "", target, story, 2, publisher]
    return [*given, "", "", "", "", "", ""]


def icews_file(n: int, seed: int) -> bytes:
    """A file of random rows; the same seed gives the same file."""
    rng = np.random.default_rng(seed)
    made = [
        icews_row(
            1000 * seed + i, day=f"2019-0{rng.integers(1, 4)}-{rng.integers(1, 29):02}", source=str(rng.choice(NAMES)),
            target=str(rng.choice(NAMES)), code=str(rng.choice(CODES)), story=rng.integers(n),
        )
        for i in range(n)
    ]  # fmt: skip
    return lines([icews.COLUMNS, *made])


def phoenix_row(
    event: object = "1_v1", *, day: str = "20150604", source: str = "KOR", target: str = "JPN", code: str = "042",
    root: str = "04", types: tuple[str, str] = ("GOV", ""), story: str = "abc_3", url: str = "http://paper.example.kr/1",
) -> list[object]:  # fmt: skip
    """One row of a real-time Phoenix file."""
    sides = [source + types[0], source, types[0], "", target + types[1], target, types[1], ""]
    place = ["", 1, 0.0, "", 37.5, 127.0, "Seoul", "", "KOR"]
    return [event, day, day[:4], day[4:6], day[6:], *sides, code, root, *place[1:], story, url, "invented_feed"]


def cline_row(event: object = "X1", *, day: str = "06/04/1975", code: str = "42", root: str = "4") -> list[object]:
    """One row of a historical Phoenix file."""
    sides = ["KORGOV", "KOR", "GOV", "", "JPN", "JPN", "", ""]
    return [event, day, 1975, 6, 4, *sides, code, root, 1, 1.9, "", "", "", "Seoul, city", "", "KOR", 99, "PETR"]


def polecat_row(
    event: str = "0a1b_1", *, day: str = "2021-03-04", kind: str = "CONSULT", mode: str = "visit", actor: str = "KOR",
    recipient: str = "JPN", sectors: tuple[str, str] = ("GOV", "None"), city: str = "Seoul",
) -> list[object]:  # fmt: skip
    """One POLECAT row."""
    row = dict.fromkeys(polecat.COLUMNS, "None")
    row |= {"Event ID": event, "Event Date": day, "Event Type": kind, "Event Mode": mode, "Actor Country": actor}
    row |= {"Recipient Country": recipient, "Primary Actor Sector": sectors[0], "Primary Recipient Sector": sectors[1]}
    row |= {"City": city, "Source": "Invented Daily", "Intensity": "2.5"}
    return list(row.values())


def polecat_file(*rows: Sequence[object], header: Sequence[str] = polecat.COLUMNS) -> bytes:
    """A POLECAT file."""
    return lines([header, *rows])


def phoenix_header(kind: Sequence[str] = phoenix.REAL_TIME) -> list[str]:
    """The header of a copy that R wrote."""
    return ["", "X", *kind]


def zipped(path: Path, raw: bytes) -> Path:
    """A zip with one member, named as the zip is."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(path.name.removesuffix(".zip"), raw)
    return path


def read(name: str, raw: bytes, file: str, scope: Scope | None = None) -> list[Batch]:
    """The batches of a file, its layout told first, as an import does."""
    chosen = source(name)
    chosen.layout(file, raw[: raw.find(b"\n") + 1] or raw)
    return list(chosen.read(io.BytesIO(raw), file, scope or Scope()))


def rows(batches: Iterable[Batch]) -> list[dict[str, object]]:
    """The accepted rows."""
    return [row for batch in batches for row in batch.rows.to_pylist()]


def refused(batches: Iterable[Batch]) -> dict[str, int]:
    """How many rows were refused, by reason."""
    found: dict[str, int] = {}
    for batch in batches:
        for (reason, _), n in batch.refused.items():
            found[reason] = found.get(reason, 0) + n
    return found
