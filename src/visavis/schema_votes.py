"""The tables of roll-call votes, and of figures of them: what a pack holds in place of the ballots."""

from __future__ import annotations

import pyarrow as pa

from visavis.schema import Column, Table

__all__ = [
    "ASSEMBLY", "BALLOTS", "CHOICES", "FIGURES", "JOINT_VOTES", "PLACES", "POSITIONS", "POSITION_GAPS", "ROLL_CALLS",
    "VOTES", "VOTES_CAST", "VOTE_FIELD",
]  # fmt: skip

CHOICES = ("yes", "abstain", "no")
PLACES = 50
"""A field of figures is told by its 0th, 2nd ... 100th percentile."""

_TEXT, _COUNT, _REAL, _DAY = pa.string(), pa.int64(), pa.float64(), pa.date32()
_SESSION = Column("session", _COUNT, "session of the assembly")
_YEAR = Column("year", _COUNT, "year in which the session began: 1945 and its number")
_ISSUES = Column("issues", _TEXT, "set of issue labels of the roll calls; empty for none")
_A = Column("a", _TEXT, "the pair's first country in ISO order")
_B = Column("b", _TEXT, "the pair's second country in ISO order")
_CALLS = Column("calls", _COUNT, "contested roll calls", unit="roll calls")
_DEVIATIONS = "standard deviations of all countries and sessions"

_ROLL_CALL = Column("roll_call", _TEXT, "the source's identifier of the roll call")

BALLOTS = Table(
    "ballots",
    "one row a country and roll call in which the source lists it; a country that is no member has no row",
    (
        _ROLL_CALL,
        Column("country", _TEXT, "country that votes, ISO alpha-3, as of the day"),
        Column("seat", _COUNT, "state number of the Correlates of War; one for a union and the state that follows it"),
        Column("vote", _TEXT, "yes, abstain, no or absent"),
    ),
    ("roll_call", "country"),
)

ROLL_CALLS = Table(
    "roll_calls",
    "one row a roll call of an assembly",
    (
        _ROLL_CALL,
        Column("session", _COUNT, "session of the assembly; the General Assembly's s-th begins in the year 1945 + s"),
        Column("date", _DAY, "day, as the source gives it", nullable=True),
        Column("item", _TEXT, "what is voted on; a resolution that comes again has the same", nullable=True),
        Column("resolution", _TEXT, "number of the resolution, as given", nullable=True),
        Column("title", _TEXT, "short title, as given", nullable=True),
        Column("issues", _TEXT, "set of issue labels; empty for none"),
        Column("withheld", _TEXT, "set of labels of the source that are copies of another one and not used"),
        Column("important", pa.bool_(), "whether the source flags it as important", nullable=True),
        Column("amendment", pa.bool_(), "whether an amendment was voted on", nullable=True),
        Column("paragraph", pa.bool_(), "whether a part of a resolution was voted on", nullable=True),
    ),
    ("roll_call",),
)

VOTES = {t.name: t for t in (BALLOTS, ROLL_CALLS)}
"""Tables of roll-call votes; see ``store.votes``. A pack holds none of them."""

JOINT_VOTES = Table(
    "joint_votes",
    "the measure ``joint_votes``: contested roll calls on which both voted, by what each chose",
    (
        _SESSION,
        _ISSUES,
        _A,
        _B,
        *(
            Column(f"{one}_{other}", _COUNT, f"the first chose {one}, the second {other}", unit="roll calls")
            for one in CHOICES
            for other in CHOICES
        ),
    ),
    ("session", "issues", "a", "b"),
)

VOTES_CAST = Table(
    "votes_cast",
    "the measure ``votes_cast``: what a country chose on contested roll calls",
    (
        _SESSION,
        _ISSUES,
        Column("country", _TEXT, "country that votes, ISO alpha-3"),
        *(Column(choice, _COUNT, f"it chose {choice}", unit="roll calls") for choice in CHOICES),
        _CALLS,
    ),
    ("session", "issues", "country"),
)

VOTE_FIELD = Table(
    "vote_field",
    "how alike all pairs of countries vote, for one session and for five running, all votes and by issue",
    (
        Column("since", _COUNT, "first session"),
        Column("until", _COUNT, "last session"),
        Column("issue", _TEXT, "issue label; empty for all votes"),
        Column("measure", _TEXT, "agreement, s, kappa or pi"),
        Column("pairs", _COUNT, "pairs with ten or more such roll calls in common", unit="pairs"),
        _CALLS,
        Column("items", _COUNT, "different resolutions among them; one that comes again is one", unit="items"),
        Column("withheld", _TEXT, "set of labels of the source that are not used in some of the sessions"),
        Column("quantiles", pa.list_(_REAL), "0th, 2nd ... 100th percentile of the pairs"),
    ),
    ("since", "until", "issue", "measure"),
)

POSITIONS = Table(
    "positions",
    "where countries stand on one line by their votes; see ``ideal_points``",
    (
        _SESSION,
        _YEAR,
        Column("country", _TEXT, "country, ISO alpha-3; '*' for the 5th, 25th, 50th, 75th and 95th percentile of all"),
        Column("place", _COUNT, "percentile in rows of all countries", unit="percent", nullable=True),
        Column("position", _REAL, "posterior mean, or the percentile of all countries", unit=_DEVIATIONS),
        Column("sd", _REAL, "posterior standard deviation", unit=_DEVIATIONS, nullable=True),
        Column("low", _REAL, "lower end of the 90 % interval", unit=_DEVIATIONS, nullable=True),
        Column("high", _REAL, "upper end of the 90 % interval", unit=_DEVIATIONS, nullable=True),
        Column("n_votes", _COUNT, "ballots it rests on", unit="ballots", nullable=True),
    ),
    ("session", "country", "place"),
)

POSITION_GAPS = Table(
    "position_gaps",
    "how far apart the positions of two countries lie in one session, from joint draws",
    (
        _SESSION,
        _YEAR,
        _A,
        _B,
        *(
            Column(f"{name}{end}", _REAL, f"{says}{says_end}", unit=_DEVIATIONS)
            for name, says in (("gap", "the first's position less the second's"), ("distance", "how far apart"))
            for end, says_end in (("", ""), ("_low", ", lower end"), ("_high", ", upper end"))
        ),
        Column("n", _COUNT, "items on which both voted", unit="items"),
        Column("closer", _REAL, "share of the other pairs of the session that are closer", unit="share of pairs"),
        Column("closer_low", _REAL, "the same for the lower end of the distance", unit="share of pairs"),
        Column("closer_high", _REAL, "the same for the upper end", unit="share of pairs"),
        Column("pairs", _COUNT, "other pairs", unit="pairs"),
    ),
    ("session", "a", "b"),
)

ASSEMBLY = Table(
    "assembly",
    "where all members stand, session by session, but for the seat of China up to 1971; for reference classes",
    (
        _SESSION,
        Column("member", _TEXT, "country, ISO alpha-3; of all members, also in a pack of few countries"),
        Column("position", _REAL, "posterior mean to a thousandth", unit=_DEVIATIONS),
    ),
    ("session", "member"),
)

FIGURES = {t.name: t for t in (JOINT_VOTES, VOTES_CAST, VOTE_FIELD, POSITIONS, POSITION_GAPS, ASSEMBLY)}
"""Figures of votes; a pack holds them for its countries, and a record makes them from its ballots when asked."""
