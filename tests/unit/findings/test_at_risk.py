"""Ties at risk and asleep: base rates recover what is known, count only what could be followed, and take no side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.toy_facts import mechanism_rows, spell, with_facts
from tests.toy_pair import toy_tables

from visavis.finding import Finding, Verdict
from visavis.findings._at_risk import at_risk, dormant
from visavis.findings._order import named_first
from visavis.findings._view import View
from visavis.models.simulate_spells import simulated_spells
from visavis.names.messages import languages, say
from visavis.store.tables import Tables


@pytest.fixture(scope="module")
def plain() -> Tables:
    return toy_tables(months=24)


def view(plain: Tables, rows: list[dict[str, Any]]) -> View:
    return View(with_facts(plain, mechanisms=rows), "JPN", "KOR")


def told(plain: Tables, rows: list[dict[str, Any]]) -> dict[str, Finding]:
    return {finding.id: finding for finding in at_risk(view(plain, rows))}


def stops(count: int, last: str, back: str = "") -> list[dict[str, Any]]:
    """Mechanisms that slept from a day on, and ran again from another."""
    found = []
    for i in range(count):
        name = f"S{last}{back}{i}"
        found.append(spell(name, "1980", last, "suspended"))
        found += [spell(name, back, spell=2)] if back else []
    return found


def test_without_a_mechanism_of_the_two_there_is_no_data_and_it_says_how_to_bring_some(plain: Tables) -> None:
    (found,) = at_risk(view(plain, [spell("M1", "2001", parties="CHN;KOR")]))
    assert found.verdict is Verdict.NO_DATA
    assert "visavis import mechanisms" in found.sentence


def test_a_constant_hazard_is_recovered_for_those_that_run(plain: Tables) -> None:
    spells = simulated_spells(300, scale=8, rng=np.random.default_rng(2), window=(0, 60))
    one = told(plain, mechanism_rows(spells))["ahead.ties.risk"]
    lines = [d.numbers["share"] for d in one.details if d.key == "ahead.ties.risk.one"]
    truth = 1 - np.exp(-5 / 8)
    assert lines
    assert sum(bool(n.low <= truth <= n.high) for n in lines) >= 0.8 * len(lines)  # type: ignore[operator]
    [rate] = [d.numbers["rate"] for d in one.details if d.key == "ahead.ties.risk.rate"]
    assert rate.value == pytest.approx(100 / 8, rel=0.15)


def test_other_pairs_ties_of_the_kind_count_toward_its_rate(plain: Tables) -> None:
    spells = simulated_spells(60, scale=8, rng=np.random.default_rng(2), window=(0, 60))
    elsewhere = [row | {"parties": "CHN;USA"} for row in mechanism_rows(spells)]
    own = [spell("M", "2023-01-01")]
    assert told(plain, own)["ahead.ties.risk"].verdict is Verdict.NO_DATA
    [line] = [d for d in told(plain, own + elsewhere)["ahead.ties.risk"].details if d.key == "ahead.ties.risk.one"]
    assert line.terms["name"].value == "Talks M"  # type: ignore[union-attr]


def test_under_ten_ends_of_a_kind_only_counts_are_told(plain: Tables) -> None:
    rows = [spell(f"M{i}", "2001-01-01", "2005-01-01", "suspended", domain=f"kind {i % 2}") for i in range(18)]
    one = told(plain, rows)["ahead.ties.risk"]
    assert one.verdict is Verdict.NO_DATA
    assert one.numbers["most"].value == 9
    assert {d.key for d in one.details} == {"ahead.ties.risk.counts"}
    enough = told(plain, [*rows, spell("N", "2001", "2004", domain="kind 0"), spell("R", "2020", domain="kind 0")])
    assert enough["ahead.ties.risk"].would_change is not None


def test_the_lines_of_counts_add_up_to_all_that_run(plain: Tables) -> None:
    rows = [spell("S", "2001", "2005", "suspended", domain="finance"), spell("F", "2001", domain="finance")]
    rows += [spell(f"R{i}", "2001", domain="youth" if i else "people") for i in range(3)]
    one = told(plain, rows)["ahead.ties.risk"]
    assert [d.key for d in one.details] == ["ahead.ties.risk.counts", "ahead.ties.risk.rest"]
    lines = [d.numbers["running" if "running" in d.numbers else "rest"].value for d in one.details]
    assert sum(lines) == one.numbers["running"].value == 4  # type: ignore[arg-type]
    assert say(one.details[1]).endswith("none between the two is recorded as stopped: people and youth.")
    [alone] = [d for d in told(plain, rows[:2] + rows[2:3])["ahead.ties.risk"].details if d.key.endswith(".rest")]
    assert say(alone).startswith("The other 1 runs, and of its kind none")


def test_what_was_terminated_replaced_or_ran_out_does_not_sleep(plain: Tables) -> None:
    rows = [spell("M1", "2001", "2019", "suspended"), spell("M2", "2001", "2019", "lapsed")]
    rows += [spell(f"E{end}", "2001", "2020", end) for end in ("terminated", "replaced", "expired")]
    assert [d.mechanism.id for d in dormant(view(plain, rows))] == ["M1", "M2"]


def test_returns_count_only_of_stops_that_could_be_followed_for_ten_years(plain: Tables) -> None:
    followed = [*stops(4, "2000", "2003"), *stops(2, "2001"), *stops(2, "1990", "2010")]
    late = stops(9, "2019", "2021")
    one = told(plain, [*followed, *late])["ahead.ties.revive"]
    assert (one.numbers["returned"].value, one.numbers["followed"].value) == (4, 8)
    assert one.numbers["share"].value == pytest.approx(0.5)
    few = told(plain, [*stops(3, "2000", "2003"), *stops(1, "2001"), *late])["ahead.ties.revive"]
    assert few.verdict is Verdict.UNDECIDED
    assert "share" not in few.numbers


def test_a_return_rate_is_recovered_and_its_interval_covers(plain: Tables) -> None:
    inside = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        rows = [
            row
            for i in range(24)
            for row in (spell(f"M{i:02d}", "1980", "1995", "interrupted"),
                        *([spell(f"M{i:02d}", "1999", spell=2)] if rng.random() < 0.6 else []))
        ]  # fmt: skip
        share = told(plain, rows)["ahead.ties.revive"].numbers["share"]
        inside += bool(share.low <= 0.6 <= share.high)  # type: ignore[operator]
    assert inside >= 16


def test_the_latest_that_fell_asleep_comes_first_and_no_date_is_finer_than_known(plain: Tables) -> None:
    rows = [spell("M1", "2001", "2009", "lapsed"), spell("M2", "2001", "2016-07-01", "suspended")]
    rows.append(spell("M3", "2001", "", "suspended"))
    lines = told(plain, rows)["ahead.ties.revive"].details
    assert [line.terms["name"].value for line in lines] == ["Talks M2", "Talks M1", "Talks M3"]  # type: ignore[union-attr]
    assert [line.terms["since"].value for line in lines[:2]] == ["2016-07", "2009"]  # type: ignore[union-attr]


def test_swapping_changes_only_the_order_and_all_can_be_told(plain: Tables) -> None:
    spells = simulated_spells(60, scale=8, rng=np.random.default_rng(2), window=(0, 60))
    found = at_risk(view(plain, [*mechanism_rows(spells), *stops(7, "2000")]))
    one, other = (named_first(found, first, "JPN") for first in ("JPN", "KOR"))
    for here, there in zip(one, other, strict=True):
        assert (here.verdict, here.numbers, here.evidence) == (there.verdict, there.numbers, there.evidence)
        assert say(here.message) != say(there.message)
        for lang in languages():
            for message in (here.message, *here.details, *here.caveats, here.would_change):
                assert message is not None
                assert say(message, lang)
