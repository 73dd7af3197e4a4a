"""The same items asked again: each wave is sealed and exchanged by itself, then joined to what was opened before.

What was opened in an earlier wave comes from the earlier joint file alone, so that no side can change its first answers
after it has seen the other's.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

from visavis.asked import Asked, Person, Questionnaire, Reason
from visavis.errors import BadFileError, UsageError
from visavis.sheets.files import SideAnswers, joined, read_joint

__all__ = ["checked_wave", "joined_waves"]


def checked_wave(answers: SideAnswers, wave: int, where: str) -> SideAnswers:
    """The same answers, if all are of this wave and nobody stands there who answered nothing in it.

    Raises:
        BadFileError: an answer of another wave, or a person without one; the first is named.

    >>> from visavis.asked import Answer
    >>> side = SideAnswers("KOR", "00", (Person("1", "KOR"),), (Answer("KOR", "1", "tea", "own", 2, wave=2),))
    >>> checked_wave(side, 2, "a.json").people[0].id
    '1'
    """
    for one in answers.answers:
        if one.wave != wave:
            raise BadFileError(
                f"{where}: person {one.person!r} answers {one.question!r} of item {one.item!r} in wave {one.wave}, and "
                f"this is the exchange of wave {wave}. Each wave is sealed by itself: collect --wave {wave}."
            )
    answered = {one.person for one in answers.answers if one.missing != "not asked"}
    for person in answers.people:
        if person.id not in answered:
            raise BadFileError(f"{where}: person {person.id!r} answers nothing in wave {wave}. Take that person out.")
    return answers


def joined_waves(
    questionnaire: Questionnaire, one: SideAnswers, other: SideAnswers, wave: int, earlier: Path | None, source: str
) -> Asked:
    """Both sides' answers of a wave, with those of the waves before it.

    Args:
        questionnaire: what was asked.
        one: a side's answers of this wave.
        other: the other side's.
        wave: 1, 2 ...
        earlier: the joint file of the waves before; None for wave 1 only. Ratings and objections in it are kept.
        source: where the answers come from.

    Raises:
        UsageError: ``earlier`` is missing for a later wave, or given for the first.
        BadFileError: another questionnaire, a wave that is there already, or what contradicts the earlier file.
    """
    now = joined(
        questionnaire, *(checked_wave(s, wave, f"the answers of {s.side}") for s in (one, other)), source=source
    )
    if earlier is None:
        if wave > 1:
            raise UsageError(f"For wave {wave} name the joint file of the waves before it: --earlier joint.json")
        return now
    if wave == 1:
        raise UsageError("Wave 1 has no earlier joint file. Leave --earlier out.")
    before = _before(earlier, questionnaire, wave)
    return replace(
        now,
        people=_people(before, now, earlier),
        answers=(*before.answers, *now.answers),
        reasons=_reasons(before, now, earlier),
        source=before.source or now.source,
        as_of=max(before.as_of, now.as_of),
        objections=before.objections,
    )


def _before(earlier: Path, questionnaire: Questionnaire, wave: int) -> Asked:
    before = read_joint(earlier)
    if before.questionnaire.sha256 != questionnaire.sha256:
        raise BadFileError(
            f"{earlier}: answers to another questionnaire ({before.questionnaire.sha256[:12]}, not "
            f"{questionnaire.sha256[:12]}). A wave asks the very same questions."
        )
    if max(before.waves, default=0) >= wave:
        raise BadFileError(f"{earlier}: holds wave {max(before.waves)} already; wanted: the waves before wave {wave}.")
    return before


def _people(before: Asked, now: Asked, earlier: Path) -> tuple[Person, ...]:
    """Everybody once; the same in both waves but for consent, of which the later word counts."""
    found = {(person.side, person.id): person for person in before.people}
    for person in now.people:
        old = found.get((person.side, person.id), person)
        for name, value in asdict(person).items():
            if name != "consent" and value != getattr(old, name):
                raise BadFileError(
                    f"{earlier}: {name} of person {person.id!r} of {person.side} is {getattr(old, name)!r} there and "
                    f"{value!r} in the new wave. Ask that side which is right; nothing was joined."
                )
        found[person.side, person.id] = person
    return tuple(found.values())


def _reasons(before: Asked, now: Asked, earlier: Path) -> tuple[Reason, ...]:
    known = {(reason.side, reason.id) for reason in before.reasons}
    twice = next((reason for reason in now.reasons if (reason.side, reason.id) in known), None)
    if twice is not None:
        raise BadFileError(
            f"{earlier}: has a reason {twice.id!r} of {twice.side} already, and the new wave has it again. A new wave "
            "brings new texts; nothing was joined."
        )
    return (*before.reasons, *now.reasons)
