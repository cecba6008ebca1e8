"""Everything outside the language is refused, with the place, the offending word and, where one is near, the valid name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rashin.errors import DefinitionError, QuestionError
from rashin.formula import parse_condition, parse_expression, parse_measure, parse_value

PARAMS = {"target_s": 20, "cap_yen": 300, "floor_share": 0.5, "queues": ("A",), "count_of": 3, "zero_s": 0, "channel": "fax"}
PLACE = "kpis/own.toml › mine › measures.m"


def measure(text: str) -> Any:
    return parse_measure("m", text, "contact", PARAMS, PLACE)


def condition(text: str) -> Any:
    return parse_condition(text, "contact", PARAMS, PLACE)


def expression(text: str) -> Any:
    return parse_expression(text, "contact", PARAMS, PLACE)


MEASURES = {
    name: parse_measure(name, text, "contact", {}, PLACE)
    for name, text in {
        "offered": "count(*)",
        "answered": "count(*) filter (where answered)",
        "talk": "sum(talk_s)",
        "waits": "histogram(wait_s)",
    }.items()
}
MEASURES["cost"] = parse_measure("cost", "sum(amount_yen)", "cost", {}, PLACE)


def value(text: str) -> Any:
    return parse_value(text, MEASURES, PARAMS, PLACE)


REFUSED: list[tuple[Callable[[str], Any], str, str, str, str | None]] = [
    # names
    (measure, "count(*) filter (where wait_ss <= 20)", "unknown_column", "wait_ss", "wait_s"),
    (measure, "count(*) filter (where Answered)", "unknown_column", "Answered", "answered"),
    (measure, "count(*) filter (where wait_s <= :targt_s)", "unknown_param", "targt_s", "target_s"),
    (measure, "sum(lest(wait_s, 3))", "unknown_function", "lest", "least"),
    (value, "answerd / offered", "unknown_measure", "answerd", "answered"),
    (condition, "outcome = 'answerd'", "unknown_value", "answerd", "answered"),
    (condition, "channel in ('voice', 'phone')", "unknown_value", "phone", None),
    (condition, "channel = :channel", "unknown_value", "fax", None),
    # units
    (measure, "sum(wait_s + transfers)", "unit_clash", "transfers", None),
    (condition, "wait_s > transfers", "unit_clash", "transfers", None),
    (condition, "wait_s > :cap_yen", "unit_clash", ":cap_yen", None),
    (condition, "transfers < :target_s", "unit_clash", ":target_s", None),
    (measure, "sum(case when resolved then wait_s else transfers end)", "unit_clash", "transfers", None),
    (measure, "sum(least(wait_s, transfers))", "unit_clash", "transfers", None),
    (value, "talk + cost", "unit_clash", "cost", None),
    (value, "answered / offered + offered", "unit_clash", "offered", None),
    (value, "share_at_most(waits, :cap_yen)", "unit_clash", ":cap_yen", None),
    # types
    (condition, "queue", "type_clash", "queue", None),
    (condition, "queue > 3", "type_clash", "3", None),
    (condition, "queue < team", "type_clash", "queue", None),
    (condition, "resolved and wait_s", "type_clash", "wait_s", None),
    (condition, "not wait_s", "type_clash", "wait_s", None),
    (condition, "offered_at = business_date", "type_clash", "business_date", None),
    (condition, "offered_at + 3 > 5", "type_clash", "offered_at", None),
    (condition, "business_date = '2026-1-1'", "bad_moment", "2026-1-1", None),
    (condition, "business_date = '2026-02-30'", "bad_moment", "2026-02-30", None),
    (condition, "offered_at < '2026-10-01 09:00'", "bad_moment", "2026-10-01 09:00", None),
    (condition, "queue in (team)", "type_clash", "team", None),
    (condition, "wait_s in (:queues)", "type_clash", ":queues", None),
    (condition, "queue = :queues", "formula_unsupported", ":queues", None),
    (measure, "sum(queue)", "type_clash", "queue", None),
    (measure, "sum(resolved)", "type_clash", "resolved", None),
    (measure, "count(answered)", "type_clash", "answered", None),
    (measure, "max(offered_at)", "type_clash", "offered_at", None),
    (measure, "sum(lower(wait_s))", "type_clash", "wait_s", None),
    (measure, "sum(wait_s / talk_s)", "division_of_rows", "talk_s", None),
    (measure, "sum(case when resolved then wait_s else queue end)", "type_clash", "queue", None),
    (value, "waits / offered", "type_clash", "waits", None),
    (value, "median(offered)", "type_clash", "offered", None),
    (value, "offered = answered", "type_clash", "offered = answered", None),
    (value, "percentile(waits, offered)", "type_clash", "offered", None),
    (value, "percentile(waits, 90)", "percentile_out_of_range", "90", None),
    # aggregates
    (measure, "avg(wait_s)", "average_of_rows", "avg", None),
    (measure, "median(wait_s)", "average_of_rows", "median", None),
    (measure, "sum(wait_s) / count(*)", "not_a_measure", "sum", None),
    (measure, "wait_s", "not_a_measure", "wait_s", None),
    (measure, "sum(sum(wait_s))", "nested_aggregate", "sum", None),
    (measure, "count(*) filter (where max(wait_s) > 3)", "nested_aggregate", "max", None),
    (measure, "sum(percentile(wait_s, 0.5))", "function_misplaced", "percentile", None),
    (measure, "sum(distinct wait_s)", "formula_unsupported", "distinct", None),
    (measure, "count(distinct agent, queue)", "formula_unsupported", "distinct", None),
    (measure, "count()", "argument_count", "count", None),
    (measure, "min(wait_s, talk_s)", "argument_count", "min", None),
    (measure, "sum(*)", "formula_unsupported", "*", None),
    (value, "count(*) / offered", "nested_aggregate", "count", None),
    (value, "sum(talk)", "nested_aggregate", "sum", None),
    (value, "avg(talk)", "function_misplaced", "avg", None),
    (value, "60", "no_measure", "", None),
    (value, "talk filter (where answered)", "formula_syntax", "filter", None),
    (expression, "coalesce(wait_s)", "argument_count", "coalesce", None),
    (expression, "abs(wait_s, talk_s)", "formula_syntax", ")", None),
    # null
    (condition, "wait_s = null", "formula_unsupported", "null", None),
    (condition, "queue in ('A', null)", "formula_unsupported", "null", None),
    (expression, "coalesce(null, null)", "formula_unsupported", "null", None),
    (condition, "resolved is true", "formula_unsupported", "is", None),
    # zero
    (expression, "wait_s / 0", "division_by_zero", "0", None),
    (expression, "wait_s / (2 - 2)", "division_by_zero", "2 - 2", None),
    (expression, "wait_s / :zero_s", "division_by_zero", ":zero_s", None),
    (value, "offered / 0", "division_by_zero", "0", None),
    # SQL that is not the language
    (condition, "queue in (select queue from contact)", "formula_unsupported", "in", None),
    (condition, "exists (select 1)", "formula_unsupported", "exists", None),
    (condition, "(select 1) = 1", "formula_unsupported", "select", None),
    (measure, "count(*) over (partition by queue)", "not_a_measure", "count", None),
    (condition, "queue like 'a%'", "formula_unsupported", "like", None),
    (condition, "queue || team = 'x'", "formula_unsupported", "||", None),
    (expression, "wait_s::integer", "formula_unsupported", "::integer", None),
    (expression, "cast(wait_s as integer)", "formula_unsupported", "cast", None),
    (expression, "case wait_s when 1 then 2 end", "formula_unsupported", "case", None),
    (condition, "offered_at > date '2026-01-01'", "formula_unsupported", "cast", None),
    (condition, "ended_at - offered_at > interval 1 day", "formula_unsupported", "interval", None),
    (condition, "contact.wait_s > 1", "formula_unsupported", ".wait_s", None),
    (condition, '"wait_s" > 1', "formula_unsupported", '"wait_s"', None),
    (condition, "wait_s == 1", "formula_unsupported", "==", None),
    (condition, "wait_s % 2 = 1", "formula_unsupported", "%", None),
    (expression, "wait_s ** 2", "formula_unsupported", "**", None),
    (condition, "wait_s > 1; drop table contact", "formula_unsupported", ";", None),
    (condition, "wait_s > 1 -- note", "formula_unsupported", "--", None),
    (condition, "wait_s > 1 /* note */", "formula_unsupported", "/*", None),
    (condition, "wait_s <=> 1", "formula_unsupported", "wait_s <=> 1", None),
    (condition, "queue = 'a\nb'", "formula_unsupported", repr("'a\nb'"), None),
    (condition, "queue = 'open", "formula_syntax", "'open", None),
    (condition, "wait_s ≦ 20", "formula_unsupported", "≦", None),
    (condition, "wait_s <= ２０", "formula_unsupported", "２０", None),
    (condition, "待ち時間 <= 20", "formula_unsupported", "待ち時間", "wait_s"),
    (measure, "sum(保留時間)", "formula_unsupported", "保留時間", "hold_s"),
    (condition, "wait_s > 1_000", "formula_unsupported", "1_000", None),
    (condition, "wait_s >", "formula_syntax", ">", None),
    (condition, "(wait_s > 1", "formula_syntax", "1", None),
    (condition, "wait_s > 1)", "formula_syntax", ")", None),
    (condition, "wait_s > 1 talk_s > 2", "formula_syntax", "talk_s", None),
    (condition, "  ", "formula_empty", "", None),
    # size
    (expression, "wait_s * 1e300", "number_out_of_range", "1e300", None),
    (expression, "wait_s * 0.12345678901234567", "number_out_of_range", "0.12345678901234567", None),
    (expression, "wait_s * 0.0000000001", "number_out_of_range", "0.0000000001", None),
]


@pytest.mark.parametrize(("read", "text", "code", "word", "suggestion"), REFUSED, ids=[row[1] for row in REFUSED])
def test_refused(read: Callable[[str], Any], text: str, code: str, word: str, suggestion: str | None) -> None:
    with pytest.raises(DefinitionError) as caught:
        read(text)
    error = caught.value
    assert (error.code, error.word) == (code, word)
    if suggestion is not None:
        assert error.suggestion == suggestion
    place, _, column = error.place.rpartition(":")
    if column:
        assert place == PLACE
        position = int(column) - 1
        assert 0 <= position <= len(text)
        if word in text and code not in ("formula_unsupported", "division_by_zero", "formula_syntax"):
            assert text[position:].lstrip("':").startswith(word.lstrip(":")), (position, text[position:])
    assert error.text("ja")
    assert error.text("en")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("wait_s > 1 or " * 200 + "resolved", "formula_too_long"),
        ("(" * 40 + "wait_s" + ")" * 40 + " > 1", "formula_too_deep"),
        ("not " * 150 + "resolved", "formula_too_deep"),
        ("wait_s > " + "- " * 150 + "1", "formula_too_deep"),
        ("wait_s > " + "abs(" * 60 + "1" + ")" * 60, "formula_too_deep"),
        ("wait_s" + " + 1" * 300 + " > 1", "formula_too_deep"),
    ],
)
def test_no_text_is_too_long_or_deep_to_be_refused_quietly(text: str, code: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        condition(text)
    assert caught.value.code == code


def test_long_but_flat_is_fine() -> None:
    assert condition(" or ".join(f"wait_s = {number}" for number in range(110)))


def test_a_message_says_place_word_and_nearest_name_in_both_languages() -> None:
    with pytest.raises(DefinitionError) as caught:
        measure("count(*) filter (where wait_ss <= 20)")
    ja, en = caught.value.text("ja").splitlines(), caught.value.text("en").splitlines()
    assert ja[0] == "kpis/own.toml › mine › measures.m:24: contact の列「wait_ss」はありません。"
    assert ja[1] == "→ もしかして「wait_s」?"
    assert en[0] == "kpis/own.toml › mine › measures.m:24: there is no column of contact “wait_ss”."
    assert en[1] == "→ Did you mean “wait_s”?"


def test_a_definition_error_is_not_a_question_error() -> None:
    assert DefinitionError.exit_code == 3
    assert QuestionError.exit_code == 2
