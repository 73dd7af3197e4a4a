"""Make the shipped pack again, by the public command line.

    python tools/build_pack.py FOLDER [OUT.zip]

FOLDER holds the three ICEWS files named below, and a folder ``votes`` beside it the roll calls of the General Assembly.
The same files give the same bytes.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
COUNTRIES = "KOR,JPN,CHN,PRK,USA,RUS,TWN,MNG,DEU,FRA,ITA,ESP,POL,NLD,GBR"
FREQUENT = "the most frequent entities only, one a day; use shares, never levels"
STREAMS = {
    "icews": ("icews_raw_daily_20181004_20190325.tar.xz", ""),
    "icews-frequent-2005-2015": ("icews_subset_2005_2015.tab.gz", FREQUENT),
    "icews-frequent-2018": ("icews_subset_2018_01_09.tab.gz", FREQUENT),
}
LACKS = (
    "Only the pairs among its fifteen countries are held; all other countries are one total.",
    "It holds counts and no rows of events, so evidence is a table, a key and a count.",
    "For 2005 to 2015 and for January to early October 2018 only the most frequent actors are there, one act a day "
    "each, without articles or publishers.",
    "There is nothing for 2016 and 2017, and nothing after 25 March 2019.",
    "Of votes it holds figures, to 2023, and no ballots; answered sheets are not in it.",
)
VOTES_SOURCE = (
    "Voeten, Erik, United Nations General Assembly Voting Data (UNVotes), https://hdl.handle.net/1902.1/12379, "
    "as carried by public packages; CC0"
)
LEFT_OUT = 5  # exit code where rows cannot be used: 13 of Zanzibar, which has no ISO code


def visavis(*arguments: str, fine: tuple[int, ...] = (0,)) -> None:
    """Run one command; stops here when it fails."""
    run = subprocess.run([sys.executable, "-c", "from visavis.cli import main; main()", *arguments])
    if run.returncode not in fine:
        sys.exit(run.returncode)


def build(folder: Path, out: Path) -> None:
    """Import the files into a record that is thrown away, and pack it."""
    with tempfile.TemporaryDirectory() as scratch:
        record = ("--record", f"{scratch}/record")
        for stream, (file, note) in STREAMS.items():
            visavis("import", "icews", str(folder / file), "--stream", stream, "--note", note, *record)
        for facts in ("timeline", "polls", "mechanisms", "indicators"):
            visavis("import", facts, str(HERE / "facts" / f"{facts}.csv"), *record)
        visavis("import", "votes", str(folder.resolve().parent / "votes"), *record, fine=(0, LEFT_OUT))
        lacks = [word for text in LACKS for word in ("--lacks", text)]
        about = ("--votes-source", VOTES_SOURCE)
        visavis("pack", out.stem, "--countries", COUNTRIES, "--output", str(out), *about, *lacks, *record)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    build(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) == 3 else "east-asia.zip"))
