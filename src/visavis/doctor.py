"""Is this installation sound: versions, engine, charts, packs, and the record on disk."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import visavis
from visavis.errors import RecordError, VisavisError

__all__ = ["Check", "checks"]

_NEEDED = (
    "babel", "duckdb", "fonttools", "isal", "jinja2", "narwhals", "numpy", "pyarrow", "pynacl", "rich", "scipy",
    "typer", "vl-convert-python",
)  # fmt: skip
_EXTRAS = {"web": "fastapi", "spark": "pyspark", "survey": "pyreadstat", "pdf": "weasyprint"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: its name, whether it is sound, and what was found or what to do."""

    name: str
    sound: bool
    found: str


def checks(record: Path | None = None) -> Iterator[Check]:
    """Look at everything; nothing is changed.

    Args:
        record: a record of the user's, or a pack's file, to check as well.
    """
    supported = (3, 11) <= sys.version_info[:2] <= (3, 13)
    yield Check("python", supported, platform.python_version() + ("" if supported else "; visavis needs 3.11 to 3.13"))
    yield Check("visavis", True, visavis.__version__)
    for package in _NEEDED:
        yield _package(package)
    have = [extra for extra, module in _EXTRAS.items() if find_spec(module)]
    yield Check("extras", True, f"installed: {', '.join(have) or 'none'}; there are {', '.join(_EXTRAS)}")
    looks: list[tuple[str, Callable[[], str]]] = [
        ("engine", _engine),
        ("charts and fonts", _charts),
        ("letters", _letters),
        ("packs", _packs),
    ]
    if record is not None:
        looks.append(("record", lambda: _record(record)))
    for name, look in looks:
        try:
            yield Check(name, True, look())
        except (VisavisError, OSError, ValueError, RuntimeError) as error:
            yield Check(name, False, str(error))


def _package(name: str) -> Check:
    try:
        return Check(name, True, version(name))
    except PackageNotFoundError:
        return Check(name, False, "not installed; install visavis again: pip install --force-reinstall visavis")


def _engine() -> str:
    from visavis.measures import measure
    from visavis.record import open_record

    tables = open_record().tables
    rows = measure("act_count")(tables.frame("acts")).collect("pyarrow").to_native().num_rows
    return f"DuckDB answered through narwhals with {rows:,} rows"


def _charts() -> str:
    from visavis.charts.coverage import coverage
    from visavis.charts.svg import svgs

    drawn = svgs([coverage([{"stream": "icews", "period": "2018-10", "state": "full"}])])
    return f"a chart was drawn with all its words ({len(drawn[0]):,} characters of SVG)"


def _letters() -> str:
    """Free fonts for briefs in Korean, Japanese and Chinese; without them only those briefs cannot be written."""
    from visavis.brief.fonts import families

    found = {lang: families(lang) for lang in ("ko", "ja", "zh")}
    return "; ".join(f"{lang}: {faces[0][0].family if faces else 'no free font'}" for lang, faces in found.items())


def _packs() -> str:
    from visavis.record import shipped_packs

    return "; ".join(f"{name}: {_pack(path)}" for name, path in shipped_packs().items()) or "none shipped"


def _pack(path: Path) -> str:
    from visavis.store.tables import open_pack

    pack = open_pack(path)
    return f"{len(pack.countries)} countries, to {pack.as_of}, {pack.version[:12]}"


def _record(path: Path) -> str:
    """Every fragment that the manifest lists is there, whole, with the rows it should have; a pack, by opening it.

    Raises:
        RecordError: one is missing or damaged; all are named.
    """
    if path.is_file():
        return _pack(path)
    if not path.is_dir():
        raise RecordError(f"{path}: there is no record and no pack there.")
    import pyarrow as pa
    import pyarrow.parquet as pq

    from visavis.store.lake import Lake

    lake, faults = Lake(path), []
    for fragment in lake.manifest.fragments:
        try:
            rows = pq.read_table(path / fragment.path).num_rows
        except FileNotFoundError:
            faults.append(f"{fragment.path}: missing")
            continue
        except (OSError, pa.ArrowInvalid) as error:
            why = str(error).splitlines()[0].replace(str(path / fragment.path), "the file")
            faults.append(f"{fragment.path}: damaged ({why})")
            continue
        if rows != fragment.rows:
            faults.append(f"{fragment.path}: damaged (it holds {rows} rows, and should hold {fragment.rows})")
    if faults:
        raise RecordError(
            f"{len(faults)} files of the record are missing or damaged; restore them from a backup or import again:\n"
            + "\n".join(faults[:20])
        )
    return f"{len(lake.manifest.fragments)} files whole, {sum(f.rows for f in lake.manifest.of('events')):,} events"
