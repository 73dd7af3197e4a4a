"""Write the golden files again: ``python -m tests.golden``. Look at the difference before committing it."""

from __future__ import annotations

from tests.golden.measured import FOLDER, HEAD, as_csv

from visavis.measures import measures

for name in measures():
    (FOLDER / f"{name}.csv").write_text(HEAD + as_csv(name))
