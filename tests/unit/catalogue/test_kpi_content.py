"""What the built-in catalogue promises: every named KPI, honest benchmarks, two-sided bands, both languages."""

from __future__ import annotations

import re

import pytest

from rashin.catalogue import Catalogue, load
from rashin.catalogue.reference import evaluate

JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
#: Named in the articles, without a formula of their own: ease of getting through (four KPIs here), attainment (a goal), loyalty, engagement of staff.
WITHOUT_FORMULA = {"K37", "K41", "K57", "K58"}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def numbers(catalogue: Catalogue) -> dict[str, list[str]]:
    """Number in the inventory of named KPIs → entries that answer it."""
    found: dict[str, list[str]] = {}
    for kpi in catalogue.kpis.values():
        for number in (kpi.seed or "").split(", "):
            found.setdefault(number, []).append(kpi.key)
    return found


def test_every_named_kpi_with_a_formula_is_there(catalogue: Catalogue) -> None:
    wanted = {f"K{number:02d}" for number in range(1, 60)} - WITHOUT_FORMULA
    assert wanted - numbers(catalogue).keys() == set()


def test_the_twenty_one_have_five_seven_and_nine_by_priority(catalogue: Catalogue) -> None:
    found = numbers(catalogue)
    chosen = [catalogue.kpis[found[f"K{number:02d}"][0]] for number in range(7, 28)]
    counts = {priority: sum(kpi.priority == priority for kpi in chosen) for priority in ("high", "middle", "low")}
    assert counts == {"high": 5, "middle": 7, "low": 9}


def test_the_article_s_reading_can_be_asked_for_by_name(catalogue: Catalogue) -> None:
    assert catalogue.definition("aht:seed").value == catalogue.definition("aht").value
    assert catalogue.definition("asa:seed").value.text == "wait_total_s / offered"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("abandon_rate", "abandon_rate:unanswered"),  # hung up | could not be handled
        ("asa", "asa:over_answered"),  # over offered | over answered
        ("service_level", "service_level:talkdesk"),  # short abandons in | out
        ("escalation_rate", "escalation_rate:hand_over"),  # consulted | handed over
        ("fcr", "fcr:one_responder"),  # one contact | one responder
        ("fcr", "fcr:specialist_not_counted"),  # hand-over to a specialist counts | does not
        ("hold_rate", "hold_rate:contacts"),  # events | contacts
        ("hold_time", "wait_time"),  # hold | wait in the queue
        ("cph", "cph:paid"),  # working | paid hours
        ("occupancy", "occupancy:without_hold"),  # formula | prose
        ("csat:about_company", "csat:about_support"),  # about the company | about the support
        ("first_response_time", "first_response_attainment"),  # mean | share within a target
        ("resolution_rate", "resolution_rate:within_7_days"),  # judged whenever | judged at a fixed age
        ("repeat_rate", "repeat_rate:by_contact_point"),  # by customer | by caller
    ],
)
def test_where_the_articles_contradict_themselves_both_readings_exist(catalogue: Catalogue, first: str, second: str) -> None:
    one, other = catalogue.definition(first), catalogue.definition(second)
    assert (one.value, one.measures, one.exclude, one.repeat) != (other.value, other.measures, other.exclude, other.repeat)


def test_two_sided_kpis_have_a_band_with_its_origin(catalogue: Catalogue) -> None:
    two_sided = {kpi.key for kpi in catalogue.kpis.values() if kpi.better == "band"}
    assert two_sided == {"aht", "att", "cph", "utilisation", "occupancy"}
    for key in two_sided:
        band = catalogue.kpis[key].default.band
        assert band is not None
        assert band.origin is not None


def test_benchmarks_say_that_no_survey_is_named(catalogue: Catalogue) -> None:
    """Not one of the articles behind them names a survey."""
    origins = {kpi.key: each.origin for kpi in catalogue.kpis.values() for each in kpi.benchmark}
    assert len(origins) >= 9
    for key, origin in origins.items():
        assert "調査" in origin.ja, key
        assert "no survey" in origin.en, key


def test_shares_are_bounded_unless_they_may_pass_one(catalogue: Catalogue) -> None:
    open_ended = {
        f"{kpi.key}:{name}"
        for kpi in catalogue.kpis.values()
        for name, reading in kpi.readings.items()
        if reading.unit == "share" and reading.bounds is None
    }
    assert open_ended == {
        "abandon_rate:vicidial_answered",
        "adherence:conformance",
        "attendance_rate:hours",
        "attrition_rate:default",
        "attrition_rate:annualised",
        "engagement_rate:default",
        "engagement_rate:account_followers",
        "engagement_rate:by_reach",
        "engagement_rate:by_impressions",
        "engagement_rate:with_saves",
        "escalation_rate:events",
        "follower_growth:default",
        "hold_rate:default",
        "profile_conversion:default",
        "reopen_rate:events",
    }


def test_both_languages_are_written_in_their_own(catalogue: Catalogue) -> None:
    for kpi in catalogue.kpis.values():
        texts = [kpi.purpose, *(text for reading in kpi.readings.values() for text in (reading.name, reading.meaning))]
        for text in (*texts, *kpi.hints):
            assert JAPANESE.search(text.ja), (kpi.key, text.ja)
            if kpi.family != "business":  # names of series are Japanese in English too
                assert not JAPANESE.search(text.en), (kpi.key, text.en)


def test_sentences_end_as_sentences(catalogue: Catalogue) -> None:
    for kpi in catalogue.kpis.values():
        for text in (kpi.purpose, *(reading.meaning for reading in kpi.readings.values())):
            assert text.ja.endswith("。"), (kpi.key, text.ja)
            assert text.en.endswith("."), (kpi.key, text.en)


def test_without_any_row_only_a_count_has_a_value(catalogue: Catalogue) -> None:
    """Null is not zero: what divides, adds up money or time, or looks at a distribution has no value when nothing was recorded."""
    found = {definition.label: value for definition in catalogue.definitions() if (value := evaluate(definition, {})) is not None}
    assert found == dict.fromkeys(("dials", "handled", "handled:completed", "volume", "volume:customers", "volume:first_legs"), 0)
