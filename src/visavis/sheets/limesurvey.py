"""Joint questionnaires in LimeSurvey: a survey to import there (.lss).

One survey is for one side and one order of questions. Question codes are made from item and question; which is which,
and for which questionnaire, stands in the file itself and is still there when LimeSurvey writes the .lss again.
"""

from __future__ import annotations

import html
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

from visavis.asked import Questionnaire
from visavis.errors import UsageError
from visavis.names.outside import terminal_text
from visavis.sheets._limesurvey import Asking, answer_codes, asking
from visavis.sheets.wording import paper_words, question_text, words

__all__ = ["codes", "lss"]

_LANGUAGES = {"en": "en", "ko": "ko", "ja": "ja", "zh": "zh-Hans"}


def codes(questionnaire: Questionnaire) -> dict[str, tuple[str, str]]:
    """LimeSurvey's code of each question -> item and question; letters and digits, a letter first, 20 at most.

    A number of 100 that can be guessed has a second question, whose name ends in ``cannot guess``.

    >>> from visavis.asked import Item, Scale
    >>> item = Item("past-weight", "t", {"en": "?"}, Scale("s", (1, 2), {}, frozenset({2})), estimate="percent")
    >>> codes(Questionnaire("q", {"en": "Q"}, ("JPN", "KOR"), "public", (item,), ""))["pastweightown"]
    ('past-weight', 'own')
    """
    return {
        one.code: (one.item.id, f"{one.question} cannot guess" if one.guess else one.question)
        for one in asking(questionnaire, "own first")
    }


def lss(questionnaire: Questionnaire, side: str, order: str = "own first") -> str:
    """A survey that LimeSurvey 6 imports: all languages, a group an item, codes as keys, numbers checked.

    Raises:
        UsageError: another side or order, a language that LimeSurvey is not told in, or codes that do not fit.

    >>> from visavis.asked import Item, Scale
    >>> item = Item("tea", "t", {"en": "Tea?"}, Scale("s", (1, 2), {"en": ("No", "Yes")}), asks=("own",))
    >>> text = lss(Questionnaire("q", {"en": "Q"}, ("JPN", "KOR"), "public", (item,), "ab" * 32), "KOR")
    >>> ET.fromstring(text).findtext("questions/rows/row/title")
    'teaown'
    """
    langs = [lang for lang in _LANGUAGES if lang in questionnaire.title]
    strange = sorted(set(questionnaire.title) - set(langs))
    if strange:
        raise UsageError(f"Questions are worded in {', '.join(_LANGUAGES)}, not in {', '.join(strange)}.")
    root = ET.Element("document")
    ET.SubElement(root, "LimeSurveyDocType").text = "Survey"
    ET.SubElement(root, "DBVersion").text = "600"
    spoken = ET.SubElement(root, "languages")
    for lang in langs:
        ET.SubElement(spoken, "language").text = _LANGUAGES[lang]
    tables = _Tables(questionnaire, side, order, langs)
    for name, rows in tables.filled().items():
        _table(root, name, rows)
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _shown(text: str) -> str:
    """Text as LimeSurvey shows it: HTML escaped, braces kept from being taken for expressions."""
    return html.escape(terminal_text(text)).replace("{", "&#123;").replace("}", "&#125;")


class _Tables:
    """The tables of an .lss file, row by row."""

    def __init__(self, questionnaire: Questionnaire, side: str, order: str, langs: Sequence[str]) -> None:
        self.questionnaire, self.side, self.order, self.langs = questionnaire, side, order, langs
        self.rows: dict[str, list[dict[str, object]]] = {}
        self.mark = f"visavis {questionnaire.sha256} {side} {order}"

    def add(self, table: str, **row: object) -> None:
        self.rows.setdefault(table, []).append(row)

    def filled(self) -> dict[str, list[dict[str, object]]]:
        asked = asking(self.questionnaire, self.order)
        for gid, item in enumerate(self.questionnaire.items, 1):
            self.add("groups", gid=gid, sid=1, group_order=gid, randomization_group="", grelevance="1")
            for lang in self.langs:
                text, spoken = _shown(item.text[lang]), _LANGUAGES[lang]
                self.add("group_l10ns", gid=gid, group_name=gid, description=text, language=spoken)
            for number, one in enumerate(asked):
                if one.item is item:
                    self._question(gid, number, one)
        self._survey()
        return self.rows

    def _question(self, gid: int, number: int, one: Asking) -> None:
        qid = number + 1
        theme = {"L": "listradio", "N": "numerical", "T": "longfreetext"}[one.kind]
        fixed = {"preg": "", "other": "N", "mandatory": "N", "encrypted": "N", "scale_id": 0, "same_default": 0}
        self.add(
            "questions",
            qid=qid,
            parent_qid=0,
            sid=1,
            gid=gid,
            type=one.kind,
            title=one.code,
            question_order=number,
            relevance="1",
            question_theme_name=theme,
            **fixed,
        )
        attributes = {"cssclass": f"visavis-code-{number}-{one.code}"}
        if one.kind == "N":
            attributes |= {"min_num_value_n": "0", "max_num_value_n": "100", "num_value_int_only": "1"}
        for name, value in attributes.items():
            self.add("question_attributes", qid=qid, attribute=name, value=value, language="")
        for lang in self.langs:
            put = question_text(self.questionnaire, one.item, one.question, self.side, lang)
            text = words(lang)["cannot guess"] if one.guess else put
            self.add("question_l10ns", qid=qid, question=_shown(text), help="", language=_LANGUAGES[lang])
        for place, offered in enumerate(answer_codes(one, self.langs[0]), 1):
            aid = qid * 100 + place
            self.add("answers", aid=aid, qid=qid, code=offered[0], sortorder=place, assessment_value=0, scale_id=0)
            for lang in self.langs:
                label = _shown(answer_codes(one, lang)[place - 1][2])
                self.add("answer_l10ns", aid=aid, answer=label, language=_LANGUAGES[lang])

    def _survey(self) -> None:
        first, *others = (_LANGUAGES[lang] for lang in self.langs)
        settings = {
            "anonymized": "Y",
            "format": "G",
            "datestamp": "N",
            "ipaddr": "N",
            "refurl": "N",
            "savetimings": "N",
        }
        settings |= {"allowprev": "N", "shownoanswer": "Y", "showgroupinfo": "D", "listpublic": "N", "usecookie": "N"}
        self.add("surveys", sid=1, gsid=1, language=first, additional_languages=" ".join(others), **settings)
        for lang in self.langs:
            said = paper_words(lang)
            welcome = "".join(f"<p>{_shown(step)}</p>" for step in said["steps"][1:])
            self.add(
                "surveys_languagesettings",
                surveyls_survey_id=1,
                surveyls_language=_LANGUAGES[lang],
                surveyls_title=_shown(self.questionnaire.title[lang]),
                surveyls_description=self.mark,
                surveyls_welcometext=welcome,
                surveyls_endtext=f"<p>{_shown(said['thanks'])}</p>",
            )


def _table(root: ET.Element, name: str, rows: Sequence[Mapping[str, object]]) -> None:
    table = ET.SubElement(root, name)
    fields = ET.SubElement(table, "fields")
    for field in rows[0]:
        ET.SubElement(fields, "fieldname").text = field
    body = ET.SubElement(table, "rows")
    for row in rows:
        line = ET.SubElement(body, "row")
        for field, value in row.items():
            ET.SubElement(line, field).text = str(value)
