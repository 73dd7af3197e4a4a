"""Ask R again: ``python -m tests.golden.r`` (needs Rscript and its survey package). Look at the difference."""

from __future__ import annotations

from tests.golden.r.survey import FOLDER, HEAD, asked_of_r

found = "".join(f"{name},{value!r}\n" for name, value in asked_of_r().items())
(FOLDER / "survey.csv").write_text(f"{HEAD}statistic,value\n{found}")
