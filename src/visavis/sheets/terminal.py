"""Answering in a terminal, one question at a time; stopping in any way, a crash too, loses no answer that was given."""

from __future__ import annotations

from typing import TextIO

from visavis.asked import CAUSES
from visavis.errors import UsageError
from visavis.names.outside import terminal_text
from visavis.sheets._steps import LONGEST_REASON, Step, parsed
from visavis.sheets.answering import Sheet
from visavis.sheets.wording import choices, ends, question_text
from visavis.sheets.words import label, phrase, spoken

__all__ = ["answer_in_terminal"]

_BACK = ("back", "뒤로", "戻る", "返回")
_STOP = ("stop", "중지", "中断", "停止")
_GUESS = ("?", "？")
_YES = ("yes", "y", "예", "네", "はい", "是")
_NO = ("", "no", "n", "아니요", "아니오", "いいえ", "否")
_DECLINE = ("-", "－", "ー", "–")


def answer_in_terminal(sheet: Sheet, source: TextIO, out: TextIO, *, language: str, wave: int = 1) -> bool:
    """Put what has no answer yet; returns whether everything has one now.

    Before the first question it says what happens with the answers and, where that is still open, asks whether the
    person agrees to be shown in small groups. What is left empty is put again after the rest; a round that brings
    nothing new ends, as do ``stop`` and the end of ``source``. An interrupt is passed on: everything answered before it
    is kept.

    Raises:
        UsageError: the questionnaire has no wording in ``language``.

    >>> import io, tempfile
    >>> from pathlib import Path
    >>> from visavis.asked import Item, Questionnaire, Scale
    >>> from visavis.sheets.answering import new_person, open_sheet
    >>> item = Item("a", "t", {"en": "Is it so?"}, Scale("s", (1, 2), {"en": ("No", "Yes")}))
    >>> asked = Questionnaire("q", {"en": "Q"}, ("JPN", "KOR"), "delegation", (item,), "0" * 64)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with open_sheet(Path(folder), asked, "KOR", new_person(Path(folder), asked, "KOR")) as sheet:
    ...         answer_in_terminal(sheet, io.StringIO("no\\n1\\n2\\n10\\n"), io.StringIO(), language="en")
    True
    """
    talk = _Talk(sheet, source, out, spoken(sheet.questionnaire, language), wave)
    talk.greet()
    on = talk.consent()
    while on and not sheet.finished(wave):
        before = len(sheet.remaining(wave))
        on = talk.round() and len(sheet.remaining(wave)) < before
    talk.say(phrase("common.finished" if sheet.finished(wave) else "terminal.later", language))
    return sheet.finished(wave)


class _Talk:
    """A sheet, and where questions are put and answers come from."""

    def __init__(self, sheet: Sheet, source: TextIO, out: TextIO, language: str, wave: int) -> None:
        self.sheet, self.source, self.out, self.wave = sheet, source, out, wave
        self.language = language

    def say(self, line: str = "") -> None:
        """One line, at once, whatever the terminal can show of it."""
        encoding = getattr(self.out, "encoding", None) or "utf-8"
        self.out.write(line.encode(encoding, "replace").decode(encoding) + "\n")
        self.out.flush()

    def greet(self) -> None:
        questionnaire = self.sheet.questionnaire
        self.say(terminal_text(questionnaire.title[self.language]))
        if questionnaire.synthetic:
            self.say(phrase("common.synthetic", self.language))
        if self.wave > 1:
            self.say(phrase("common.wave", self.language, wave=self.wave))
        count = len(self.sheet.steps)
        self.say(phrase("common.kept", self.language, done=count - len(self.sheet.remaining(self.wave)), count=count))
        self.say(phrase("consent.about", self.language))

    def consent(self) -> bool:
        """Ask for consent unless it was given or refused before; False when the person stops."""
        while not self.sheet.consent_asked:
            self.say(f"{phrase('consent.ask', self.language)} {phrase('consent.how', self.language)}")
            text = self.line()
            if text is None or text.lower() in _STOP:
                return False
            if text.lower() in (*_YES, *_NO):
                self.sheet.agree(text.lower() in _YES)
        answer = phrase("consent.yes" if self.sheet.person.consent else "consent.no", self.language)
        self.say(phrase("consent.now", self.language, answer=answer))
        self.say(phrase("terminal.how", self.language))
        return True

    def round(self) -> bool:
        """Put each open question once; False when the person stops."""
        waiting = [self.sheet.steps.index(step) for step in self.sheet.remaining(self.wave)]
        at = waiting[0]
        while True:
            said = self.put(at)
            if said == "stop":
                return False
            if said == "back":
                at = max(at - 1, 0)
            elif at >= waiting[-1]:
                return True
            else:
                at = next(i for i in waiting if i > at)

    def put(self, at: int) -> str:
        """Put one question until it has an answer; returns ``next``, ``back`` or ``stop``."""
        step = self.sheet.steps[at]
        self.show(step, at)
        while True:
            text = self.line()
            if text is None or text.lower() in _STOP:
                return "stop"
            if text.lower() in _BACK:
                if at == 0:
                    self.say(phrase("terminal.first", self.language))
                return "back"
            if not text or self.take(step, text):
                return "next"

    def take(self, step: Step, text: str) -> bool:
        """Keep what was typed; False, with a word on what is wanted, when it is no answer."""
        if text in _GUESS or text in _DECLINE:
            self.sheet.leave(step, "cannot guess" if text in _GUESS else "declined", self.wave)
            return True
        try:
            self.sheet.answer(step, parsed(step, _cause(step, text)), self.wave)
        except UsageError:
            self.say(phrase("terminal.wrong", self.language, wanted=self.wanted(step)))
            return False
        return True

    def show(self, step: Step, at: int) -> None:
        self.say()
        self.say(phrase("common.item", self.language, number=at + 1, count=len(self.sheet.steps)))
        self.say(terminal_text(step.item.text[self.language]))
        questionnaire, side = self.sheet.questionnaire, self.sheet.person.side
        self.say(terminal_text(question_text(questionnaire, step.item, step.question, side, self.language)))
        if step.form in ("scale", "cause"):
            given_labels = choices(step.item, step.question, self.language)
            for place, (code, text) in enumerate(given_labels, 1):
                self.say(f"  {place if step.form == 'cause' else code:>3}  {terminal_text(text)}")
        elif step.form == "ten":
            low, high = ends(step.question, self.language)
            self.say(f"  0–10: 0 {low}, 10 {high}")
        else:
            self.say(f"  ({self.wanted(step)})")
        given = self.sheet.given(step, self.wave)
        if given is not None:
            answer = terminal_text(label(step, given.value, given.missing, self.language))
            self.say(phrase("terminal.now", self.language, answer=answer))

    def wanted(self, step: Step) -> str:
        """The answers that a question takes, in few words."""
        if step.form == "text":
            return phrase("terminal.text", self.language, count=LONGEST_REASON)
        if step.form == "percent":
            return phrase("terminal.range", self.language)
        return "1, 2, 3" if step.form == "cause" else ", ".join(map(str, step.codes))

    def line(self) -> str | None:
        """What is typed, cleaned; None when the source has ended, was closed, or the terminal is gone."""
        self.out.write("> ")
        self.out.flush()
        try:
            text = self.source.readline()
        except UnicodeDecodeError:
            return "\ufffd"  # not text in the terminal's encoding: no answer, asked again
        except (ValueError, OSError):
            return None
        return terminal_text(text) if text.endswith("\n") else None


def _cause(step: Step, text: str) -> str:
    """The key of a cause for its number; any other text as it is."""
    if step.form == "cause" and text in ("1", "2", "3"):
        return CAUSES[int(text) - 1]
    return text
