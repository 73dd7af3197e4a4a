"""A made-up assembly whose members' positions are known, as files of votes and as a record."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from visavis.models.simulate_chambers import Chamber, simulated_chamber
from visavis.record import Record, open_record

MEMBERS = (
    "AUS", "AUT", "BRA", "CAN", "CHE", "CHL", "CHN", "CUB", "DNK", "EGY", "FIN", "FRA", "GBR", "GRC", "IND", "IRN",
    "ISR", "ITA", "JPN", "KOR", "MEX", "NOR", "PAK", "PER", "POL", "PRT", "RUS", "SWE", "TUR", "USA",
)  # fmt: skip
FIRST = 60
"""The first session; the chamber's own begin at 0."""


def chamber(sessions: int = 6, seed: int = 3, **how: object) -> Chamber:
    """Thirty members; the United States stand high and Russia low."""
    found = simulated_chamber(len(MEMBERS), sessions, 40, rng=np.random.default_rng(seed), **how)  # type: ignore[arg-type]
    order = np.argsort(found.positions.mean(axis=0))
    place = {"RUS": order[0], "USA": order[-1], "GBR": order[-2], "CAN": order[-3], "ISR": order[-4]}
    rest = iter(sorted(set(range(len(MEMBERS))) - set(place.values())))
    voters = [int(place[name]) if name in place else next(rest) for name in MEMBERS]
    rank = {voter: k for k, voter in enumerate(voters)}
    country = np.array([rank[v] for v in found.ballots["country"].tolist()])
    return Chamber({**found.ballots, "country": country}, found.positions[:, voters])


def write(folder: Path, made: Chamber, sessions: int | None = None) -> Path:
    """The three tidy files of a chamber, of its first sessions alone where a number is given."""
    folder.mkdir(parents=True, exist_ok=True)
    b = made.ballots
    kept = b["session"] < (sessions or 10**6)
    calls = {(s, i): f"{FIRST + s}{i:04d}" for s, i in zip(b["session"].tolist(), b["item"].tolist(), strict=True)}
    votes, listed = ["rcid,country,vote"], ["rcid,session,linked_id"]
    first: dict[int, str] = {}
    for (s, i), name in sorted(calls.items()):
        first.setdefault(i, name)
        if s < (sessions or 10**6):
            listed.append(f"{name},{FIRST + s},{first[i]}")
    for c, s, i, x in zip(*(b[k][kept].tolist() for k in ("country", "session", "item", "choice")), strict=True):
        votes.append(f"{calls[s, i]},{MEMBERS[c]},{8 if np.isnan(x) else int(x)}")
    labels = ["rcid,short_name", *(f"{name},nu" for (s, i), name in sorted(calls.items())
                                   if i % 2 and s < (sessions or 10**6))]  # fmt: skip
    for name, lines in (("votes", votes), ("roll_calls", listed), ("issues", labels)):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def record(folder: Path, made: Chamber, sessions: int | None = None) -> Record:
    """A record of a chamber."""
    found = open_record(folder / "record")
    found.import_votes(write(folder / "files", made, sessions))
    return found
