"""The form of a scenario: its fields are the keys of the file, one to one, and what is wrong is told in words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

pytest.importorskip("fastapi.testclient", reason="needs the extra web")

from hypothesis import assume, given
from hypothesis import strategies as st
from tests.toy_web import client, record, shown

from visavis.actions import MEANS
from visavis.names.messages import languages
from visavis.scenario import CHANGES, EXAMPLE, KINDS, Scenario, Step, scenario_of, toml_of
from visavis.web.asking import Asked
from visavis.web.computing import Worker
from visavis.web.scenario import Form, Row, form_of

ASKED = Asked("KOR", "JPN")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    worker = Worker()
    yield client(worker)
    worker.close()
    record.cache_clear()


def _query(form: Form) -> dict[str, str]:
    """What a browser sends of a form."""
    names = [field.name for field in fields(Row)]
    rows = {f"{name}{i}": getattr(row, name) for i, row in enumerate(form.rows, 1) for name in names}
    return {"name": form.name, "months": form.months, "watch": form.watch, **rows}


def test_the_example_file_fills_the_form_and_the_form_gives_it_back() -> None:
    stated = scenario_of(tomllib.loads(EXAMPLE), "example")
    pasted = form_of({"toml": EXAMPLE}, ASKED)
    again = form_of(_query(pasted), ASKED)
    for form in (pasted, again):
        assert form.wrong == ()
        assert form.scenario is not None
        assert (form.scenario.name, form.scenario.steps) == (stated.name, stated.steps)
        assert scenario_of(tomllib.loads(form.toml), "form") == form.scenario


_ACTS = st.builds(
    Step,
    change=st.sampled_from(["add"]),
    what=st.sampled_from([*KINDS, *MEANS]),
    by=st.sampled_from(["both", "KOR", "JPN"]),
    amount=st.floats(0.25, 100).map(lambda x: round(x, 2)),
    first=st.integers(1, 6),
    months=st.integers(1, 24),
)
_STOPS = st.builds(
    Step, change=st.just("stop"), what=st.sampled_from(MEANS), by=st.just("KOR"), first=st.integers(1, 6)
)
_TIES = st.builds(
    Step,
    change=st.just("sd"),
    ties=st.sampled_from([("CHN",), ("CHN", "JPN"), ("PRK", "USA")]),
    amount=st.sampled_from([-3.0, -1.0, 0.5, 2.0]),
)


@given(st.lists(st.one_of(_ACTS, _STOPS, _TIES), min_size=1, max_size=8), st.sampled_from(KINDS), st.integers(6, 24))
def test_every_path_goes_through_the_form_unchanged(steps: list[Step], watch: str, months: int) -> None:
    assume(len({step.ties for step in steps if step.ties}) < 2)  # a path is about one tie at most
    stated = Scenario('a "name" = [x]', tuple(steps), months, watch, "form")
    pasted = form_of({"toml": toml_of(stated)}, ASKED)
    assert pasted.scenario == stated
    assert form_of(_query(pasted), ASKED).scenario == stated


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "name"),
        ({"months": "many"}, "months is 'many'"),
        ({"months": "25"}, "from 1 to 24"),
        ({"watch": "war"}, "watch is 'war'"),
        ({"by1": "PRK"}, "PRK is no side"),
        ({"what1": ""}, "step 1, what"),
        ({"change1": "explode"}, "change"),
        ({"amount1": "-1"}, "step 1, add"),
        ({"amount1": "nan"}, "step 1, add"),
        ({"amount1": "1e999"}, "step 1, add"),
        ({"start1": "20"}, "within the 12"),
        ({"by1": ""}, "step"),
        ({"by1": "ties", "ties1": "Narnia", "change1": "sd"}, "Narnia"),
        ({"by1": "ties", "ties1": "KOR, JPN", "change1": "sd"}, "is the pair itself"),
        ({"by1": "ties", "ties1": "China"}, "ties are no acts"),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_stays(browser: Any, changed: dict[str, str], said: str) -> None:
    fine = _query(form_of({}, ASKED)) | {"name": "summits"}
    assert form_of(fine, ASKED).wrong == ()
    form = form_of(fine | changed, ASKED)
    assert form.scenario is None
    assert any(said in line for line in form.wrong)
    answer = browser.get("/KOR-JPN/scenario", params=fine | changed)
    assert answer.status_code == 400
    assert said in unescape(answer.text)
    for name, text in changed.items():
        if not name.startswith(("by", "what", "change", "watch")) and text:
            assert f'value="{text}"' in answer.text


@pytest.mark.parametrize("text", ["x = [", "a" * 7000, "step = 3", "[" * 3000, "name = 'x'\nstep = [{by = 3}]"])
def test_a_file_that_cannot_be_read_says_so_and_stays_in_its_field(browser: Any, text: str) -> None:
    answer = browser.get("/KOR-JPN/scenario", params={"toml": text})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert text.splitlines()[0][:6000] in unescape(answer.text)


@pytest.mark.parametrize("lang", languages())
def test_the_form_offers_every_means_and_both_sides_by_name(lang: str) -> None:
    worker = Worker()
    browser = client(worker)
    browser.get(f"/?lang={lang}")
    page = browser.get("/KOR-JPN/scenario").text
    for value in (*KINDS, *MEANS, *CHANGES, "both", "KOR", "JPN", "ties"):
        assert f'<option value="{value}"' in page
    worker.close()


def test_third_countries_may_be_named_in_any_language() -> None:
    query = _query(form_of({}, ASKED)) | {"name": "x", "by1": "ties", "ties1": "中国", "change1": "sd", "amount1": "-1"}
    form = form_of(query, ASKED)
    assert form.scenario is not None
    assert form.scenario.steps[0].ties == ("CHN",)


def test_a_stated_path_is_answered_with_the_findings_of_the_command_and_shown_as_a_file(browser: Any) -> None:
    query = _query(form_of({}, ASKED)) | {"name": "summits <b>"}
    stated = form_of(query, ASKED).scenario
    assert stated is not None
    answer = shown(browser, "/KOR-JPN/scenario?" + urlencode(query))
    assert answer.status_code == 200
    text = " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())
    for finding in record().pair("KOR", "JPN").scenario(stated):
        assert " ".join(finding.sentence.split()) in text
    assert toml_of(stated).splitlines()[-1] in answer.text
    assert "<b>" not in answer.text.split("<main")[1].split("summits")[1][:200]
