"""The measures of the brief, on a frame of your own. Any polars, pandas or pyarrow frame with these columns will do."""

import polars as pl

import visavis as vv

acts = pl.DataFrame(
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
print(conflict_share(acts).sort("period"))  # polars in, polars out
