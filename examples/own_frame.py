"""The measures of the brief, on a table of your own.

This one is of pyarrow, which comes with visavis. A frame of polars or pandas will do as well, if you install that:
pip install polars.
"""

import pyarrow as pa

import visavis as vv

acts = pa.table(
    {
        "stream": ["mine"] * 4,
        "period": ["2024-01", "2024-01", "2024-02", "2024-02"],
        "source": ["KOR", "KOR", "JPN", "JPN"],
        "target": ["JPN", "JPN", "KOR", "KOR"],
        "root": ["04", "11", "04", "17"],  # consult, disapprove, consult, coerce
        "source_sectors": ["government"] * 4,
        "target_sectors": ["government"] * 4,
        "tellers": [""] * 4,
        "acts": [6, 2, 9, 1],
    }
)

conflict_share = vv.measure("conflict_share")
print(conflict_share.says)
for row in conflict_share(acts).sort_by("period").to_pylist():  # pyarrow in, pyarrow out
    print(row)
