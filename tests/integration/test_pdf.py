from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from visavis.brief.fonts import families
from visavis.errors import MissingExtraError
from visavis.record import open_record


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("lang", ["en", "ko", "ja"])
def test_the_pdf_is_tagged_for_screen_readers_and_has_at_most_eight_pages(lang: str, tmp_path: Path) -> None:
    pytest.importorskip("weasyprint", reason="needs WeasyPrint (visavis[pdf])")
    if shutil.which("pdfinfo") is None:
        pytest.skip("needs pdfinfo (poppler-utils)")
    if lang != "en" and not families(lang):
        pytest.skip("needs a free font with the letters, such as Noto Sans CJK")
    files = open_record("east-asia").pair("KOR", "JPN").brief(tmp_path / "brief.html", pdf=True, lang=lang).files
    told = subprocess.run(["pdfinfo", files[-1]], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Tagged:\s+yes", told)
    assert 1 < int(re.findall(r"Pages:\s+(\d+)", told)[0]) <= 8


def test_without_weasyprint_the_error_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'visavis\[pdf\]'"):
        open_record("east-asia").pair("KOR", "JPN").brief(tmp_path / "brief.html", pdf=True)
