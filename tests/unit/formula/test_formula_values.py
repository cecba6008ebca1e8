"""Values over measures: arithmetic on whole columns of buckets, null, histograms, numerator and denominator."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rashin.formula import Histogram, Value, parse_measure, parse_value
from rashin.formula.linear import linear_of

MEASURES = {
    name: parse_measure(name, text, "contact", {}, "test")
    for name, text in {
        "offered": "count(*)",
        "answered": "count(*) filter (where answered)",
        "escalated": "count(*) filter (where transfers > 0)",
        "short": "count(*) filter (where abandoned and wait_s < 5)",
        "talk": "sum(talk_s)",
        "acw": "sum(acw_s)",
        "waits": "histogram(wait_s)",
    }.items()
}
NAN = float("nan")


def value(text: str, **params: Any) -> Value:
    return parse_value(text, MEASURES, params, "test")


def evaluate(text: str, **columns: Any) -> list[float | None]:
    ready = {name: np.array(column, dtype=float) if name != "waits" else column for name, column in columns.items()}
    return [None if np.isnan(one) else float(one) for one in value(text).evaluate(ready)]


def test_each_bucket_by_itself() -> None:
    assert evaluate("answered / offered", answered=[70, 3], offered=[100, 4]) == [0.7, 0.75]


def test_anything_divided_by_zero_is_null_not_zero() -> None:
    assert evaluate("answered / offered", answered=[0, 5], offered=[0, 0]) == [None, None]


def test_null_stays_null_unless_the_formula_says_otherwise() -> None:
    assert evaluate("(talk + acw) / answered", talk=[60, 60], acw=[NAN, 30], answered=[1, 1]) == [None, 90]
    assert evaluate("(talk + coalesce(acw, 0)) / answered", talk=[60], acw=[NAN], answered=[1]) == [60]
    assert evaluate("greatest(talk, acw)", talk=[60, NAN, NAN], acw=[NAN, 3, NAN]) == [60, 3, None]
    assert evaluate("talk / nullif(acw, 0)", talk=[60], acw=[0]) == [None]


def test_cases_and_comparisons_over_measures() -> None:
    text = "case when offered >= 10 and talk is not null then answered / offered when offered = 0 then 0 end"
    assert evaluate(text, offered=[10, 9, 0, 20], answered=[5, 5, 0, 5], talk=[1, 1, 1, NAN]) == [0.5, None, 0, None]
    assert evaluate("case when offered in (1, 2) or not offered between 0 and 50 then 1 else 0 end", offered=[2, 3, 51]) == [1, 0, 1]


def test_a_value_that_leaves_the_numbers_is_null() -> None:
    assert evaluate("talk * talk", talk=[1e300]) == [None]


def test_parameters_are_bound() -> None:
    assert value("100 * answered / offered - :floor", floor=5).text == "100 * answered / offered - 5"


# histograms


def test_percentiles_interpolate_like_percentile_inc() -> None:
    waits = Histogram.of([1, 2, 3, 4])
    assert waits.percentile(0.9) == pytest.approx(3.7)
    assert waits.median() == 2.5
    assert waits.percentile(0) == 1
    assert waits.percentile(1) == 4
    assert Histogram.of([15, 20, 35, 40, 50]).percentile(0.4) == pytest.approx(29)


def test_a_histogram_knows_values_with_counts_and_forgets_nulls() -> None:
    held = Histogram.of([5.0, None, 5.0, 1.0, NAN])
    assert held.items() == [(1.0, 1.0), (5.0, 2.0)]
    assert held == Histogram.of([1.0, 5.0], [1, 2])
    assert held.size == 3
    assert held.mean() == pytest.approx(11 / 3)
    assert held.share_at_most(1) == pytest.approx(1 / 3)
    assert len({held, Histogram.of([1, 5, 5])}) == 1
    assert "5.0: 2.0" in repr(held)


def test_nothing_has_no_percentile() -> None:
    nothing = Histogram.empty()
    assert nothing.size == 0
    assert all(np.isnan(one) for one in (nothing.mean(), nothing.median(), nothing.percentile(0.9), nothing.share_at_most(3)))
    with pytest.raises(ValueError, match="between 0 and 1"):
        nothing.percentile(90)


def test_values_over_histograms() -> None:
    waits = [Histogram.of([1, 2, 3, 4]), Histogram.empty()]
    assert evaluate("percentile(waits, 0.9)", waits=waits) == [pytest.approx(3.7), None]
    assert evaluate("share_at_most(waits, 2)", waits=waits) == [0.5, None]
    assert evaluate("size(waits)", waits=waits) == [4, 0]
    assert evaluate("mean(waits) - median(waits)", waits=waits) == [0, None]


# numerator and denominator


@pytest.mark.parametrize(
    ("text", "above", "below"),
    [
        ("answered / offered", {"answered": 1}, {"offered": 1}),
        ("answered / (offered - short)", {"answered": 1}, {"offered": 1, "short": -1}),
        ("1 - escalated / answered", {"answered": 1, "escalated": -1}, {"answered": 1}),
        ("(talk + coalesce(acw, 0)) / answered", {"talk": 1, "acw": 1}, {"answered": 1}),
        ("answered / (talk / 3600)", {"answered": 1}, {"talk": 1 / 3600}),
        ("100 * (answered - short) / offered", {"answered": 100, "short": -100}, {"offered": 1}),
        ("answered / offered + escalated / offered", {"answered": 1, "escalated": 1}, {"offered": 1}),
        ("-(answered / offered)", {"answered": -1}, {"offered": 1}),
    ],
)
def test_a_quotient_of_sums_shows_its_parts(text: str, above: dict[str, float], below: dict[str, float]) -> None:
    ratio = value(text).ratio
    assert ratio is not None
    assert dict(ratio[0]) == above
    assert dict(ratio[1]) == below


@pytest.mark.parametrize(
    "text",
    [
        "answered",
        "median(waits)",
        "answered / offered * talk",
        "answered / (offered + 1)",
        "answered / offered / talk",
        "answered / offered + short / answered",
        "least(answered, offered) / offered",
        "(talk + coalesce(talk, 0)) / answered",
    ],
)
def test_what_is_no_quotient_of_sums_has_no_parts(text: str) -> None:
    assert value(text).ratio is None


def test_a_null_that_counts_as_zero_does_so_in_the_numerator_too() -> None:
    ratio = value("(talk + coalesce(acw, 0)) / answered").ratio
    assert ratio is not None
    assert ratio[0].optional == {"acw"}
    columns = {"talk": np.array([60.0, NAN]), "acw": np.array([NAN, 5.0]), "answered": np.array([2.0, 2.0])}
    assert ratio[0].evaluate(columns).tolist()[0] == 60
    assert np.isnan(ratio[0].evaluate(columns)[1])


def test_a_plain_sum_is_linear() -> None:
    plain = linear_of(value("offered - 2 * short").node)
    assert plain is not None
    assert dict(plain) == {"offered": 1, "short": -2}
    assert linear_of(value("answered / offered").node) is None
