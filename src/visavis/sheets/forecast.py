"""Dated forecasts: what will the other side do, by when, and how likely does each side hold it?

Both sides agree on questions beforehand. Each side's ballots are sealed like answers (purpose ``forecast``, the
questions' own hash as the sheet) and scored once the day has come: by the Brier score, against knowing nothing and
against the mean of both sides, with a jackknife over people. Under six people there are scores and no intervals.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visavis.errors import UsageError
from visavis.sheets._ballots import (
    ballots_of,
    body_of,
    outcomes_of,
    read_ballots,
    read_outcomes,
    write_ballots,
    write_outcomes,
)
from visavis.sheets._briers import Held, Measured, Score, score
from visavis.sheets._questions import (
    Ballots,
    Forecast,
    Outcome,
    Question,
    forecast_of,
    read_questions,
    write_questions,
)

__all__ = [
    "Ballots",
    "Calibrated",
    "Forecast",
    "Measured",
    "Outcome",
    "Question",
    "Round",
    "Score",
    "ballots_of",
    "body_of",
    "calibration",
    "forecast_of",
    "outcomes_of",
    "read_ballots",
    "read_outcomes",
    "read_questions",
    "scores",
    "waiting",
    "write_ballots",
    "write_outcomes",
    "write_questions",
]


@dataclass(frozen=True, slots=True)
class Round:
    """One round of forecasts, open: questions, the ballots of both sides, and what came true so far."""

    forecast: Forecast
    ballots: tuple[Ballots, ...]
    outcomes: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Of what a side held about this likely, how much came true?

    Args:
        side: ISO alpha-3.
        low: lower end of the bin, in it.
        high: upper end, not in it; the last bin holds 1.
        forecasts: probabilities given, over people, questions and rounds.
        questions: questions behind them; forecasts of one question stand or fall together.
        rounds: rounds behind them.
        held: mean probability.
        came: share that came true.
    """

    side: str
    low: float
    high: float
    forecasts: int
    questions: int
    rounds: int
    held: float
    came: float


def waiting(round_: Round, today: dt.date) -> tuple[Question, ...]:
    """Questions whose day has come and whose outcome is not known yet; find it out and write it down.

    >>> asked = forecast_of({"id": "a", "sides": ["JPN", "KOR"], "question": [
    ...     {"id": "visit", "text": "A visit?", "criteria": "Both say so.", "due": dt.date(2027, 3, 31)}]}, "a.toml")
    >>> [question.id for question in waiting(Round(asked, (), {}), dt.date(2027, 4, 1))]
    ['visit']
    """
    return tuple(q for q in round_.forecast.questions if q.due <= today and q.id not in round_.outcomes)


def scores(round_: Round, *, today: dt.date, level: float = 0.95) -> tuple[Score, ...]:
    """Scores of each side, question by question and over all that have an outcome.

    The intervals are about other people of the side; on few questions luck is more than they show.

    Args:
        round_: an open round.
        today: no question due later is scored.
        level: coverage that intervals aim at.

    Raises:
        UsageError: an outcome was given before its question's day, its date is yet to come, or a side stands twice.

    >>> asked = forecast_of({"id": "a", "sides": ["JPN", "KOR"], "question": [
    ...     {"id": "visit", "text": "A visit?", "criteria": "Both say so.", "due": dt.date(2027, 3, 31)}]}, "a.toml")
    >>> both = (Ballots("JPN", {"p": {"visit": (0.9, 0.1)}}), Ballots("KOR", {"q": {"visit": (0.5, 0.5)}}))
    >>> came = {"visit": Outcome("yes", dt.date(2027, 3, 2), "joint statement")}
    >>> [(s.side, round(s.brier.value, 3)) for s in scores(Round(asked, both, came), today=dt.date(2027, 4, 1))]
    [('JPN', 0.01), ('JPN', 0.01), ('KOR', 0.25), ('KOR', 0.25)]
    """
    questions = _due(round_, today)
    sides = [Held.of(one, questions) for one in sorted(round_.ballots, key=lambda ballots: ballots.side)]
    came = [_as_came(q, round_.outcomes[q.id]) for q in questions]
    each = [(q.id, [j]) for j, q in enumerate(questions)]
    found = []
    for at, side in enumerate(sides):
        other = sides[1 - at] if len(sides) == 2 else None
        for name, asked in [*each, ("", list(range(len(questions))))]:
            answered = [j for j in asked if side.gave[:, j].any()]
            if answered:
                found.append(score(name, side.only(answered), other and other.only(answered), came, level))
    return tuple(found)


def calibration(rounds: Sequence[Round], *, today: dt.date, bins: int = 5) -> tuple[Calibrated, ...]:
    """How often came true what a side held about so likely, over rounds; bins without forecasts are absent.

    Of two outcomes the first one's probability counts, of more than two each.

    Raises:
        UsageError: as ``scores``, or fewer than 2 bins.

    >>> calibration([], today=dt.date(2027, 4, 1))
    ()
    """
    if bins < 2:
        raise UsageError(f"{bins} bins cannot show calibration. Take 2 or more; 5 is common.")
    cells: dict[tuple[str, int], list[tuple[float, float, int, str]]] = {}
    for number, one in enumerate(rounds):
        questions = _due(one, today)
        for ballots in one.ballots:
            for row in ballots.given.values():
                for q in questions:
                    true = _as_came(q, one.outcomes[q.id])
                    for p, came in list(zip(row.get(q.id, ()), true, strict=False))[: 1 if len(true) == 2 else None]:
                        at = min(int(p * bins + 1e-9), bins - 1)
                        cells.setdefault((ballots.side, at), []).append((p, came, number, q.id))
    return tuple(
        Calibrated(
            side,
            at / bins,
            (at + 1) / bins,
            len(held),
            len({(number, name) for _, _, number, name in held}),
            len({number for _, _, number, _ in held}),
            sum(p for p, _, _, _ in held) / len(held),
            float(sum(came for _, came, _, _ in held) / len(held)),
        )
        for (side, at), held in sorted(cells.items())
    )


def _due(round_: Round, today: dt.date) -> list[Question]:
    """Questions that have an outcome; refuses those whose day has not come."""
    sides = [ballots.side for ballots in round_.ballots]
    if len(set(sides)) < len(sides) or not set(sides) <= set(round_.forecast.sides):
        raise UsageError(f"Ballots of {', '.join(sides)}: give one of each of {' and '.join(round_.forecast.sides)}.")
    found = []
    for q in round_.forecast.questions:
        outcome = round_.outcomes.get(q.id)
        if outcome is None:
            continue
        if today < q.due:
            raise UsageError(f"Question {q.id!r} is due on {q.due}; today is {today}. Score it from that day on.")
        if today < outcome.date:
            raise UsageError(f"The outcome of {q.id!r} is dated {outcome.date}, after today, {today}. Mend its date.")
        found.append(q)
    return found


def _as_came(question: Question, outcome: Outcome) -> npt.NDArray[np.float64]:
    """1 for what came true, 0 for the rest, (K,)."""
    return np.array([float(one == outcome.outcome) for one in question.outcomes])
