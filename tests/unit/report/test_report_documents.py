"""The same snapshot, catalogue, goals and question give the same bytes: as JSON and as PDF; a document is read back as it was."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.report.conftest import WEEK, calls

from rashin.errors import InputError
from rashin.query import Cell
from rashin.report.figures import change, difference, reach_of
from rashin.report.model import dump, read
from rashin.report.pdf import pdf


def test_a_report_is_rebuilt_byte_for_byte(centre: Any, build: Any) -> None:
    assert dump(build(centre)) == dump(build(centre))
    assert pdf(build(centre)) == pdf(build(centre))


def test_a_report_of_an_earlier_snapshot_is_rebuilt_byte_for_byte(centre: Any, build: Any) -> None:
    """Later loads, on the same days and after them, change nothing of it."""
    before = build(centre)
    centre.load("contact", calls(WEEK, 10, 40) + calls(WEEK + timedelta(days=7), 20, 20))
    again = build(centre, as_of=before.made.snapshot)
    assert dump(again) == dump(before)
    assert dump(build(centre)) != dump(before)


def test_a_document_is_read_back_as_it_was(centre: Any, build: Any) -> None:
    report = build(centre, "en")
    data = dump(report)
    assert dump(read(data)) == data
    assert pdf(read(data)) == pdf(report)
    assert [each.text for each in read(data).sentences()] == [each.text for each in report.sentences()]


def test_a_report_says_what_it_was_made_of(centre: Any, build: Any, catalogue: Any) -> None:
    made = build(centre).made
    assert made.snapshot == centre.store.snapshot()
    assert made.catalogue_version == catalogue.version
    assert len(made.goals_version) == 12
    assert made.today == "2026-10-26"
    assert len(made.questions) == len(build(centre, "en").made.questions) > 3


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"null", b'{"form": 99}', b"\xff\xfe", b'{"form": 1, "blocks": [{"block": "script"}]}']
)
def test_what_is_no_report_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(InputError, match="not a report"):
        read(data)


def test_the_document_is_plain_json_with_one_order(centre: Any, build: Any) -> None:
    data = json.loads(dump(build(centre)))
    assert list(data) == sorted(data)
    assert data["form"] == 1
    assert {each["block"] for each in data["blocks"]} == {"heading", "note", "figures", "sentence", "table", "chart"}


def cell(value: float, low: float | None, high: float | None, state: str = "ok") -> Cell:
    return Cell("k", None, "share", "", {}, value, 70, low, high, state, None, None, None)


def test_the_interval_of_a_change_is_newcombes() -> None:
    """56 of 70 against 48 of 80 (Newcombe 1998, method 10): 0.20, 0.0524 to 0.3339, from the Wilson intervals of both."""
    from rashin.stats.intervals import wilson

    ends = [[float(each[0]) for each in wilson([k], [n])] for k, n in ((56, 70), (48, 80))]
    found = difference(cell(0.8, *ends[0]), cell(0.6, *ends[1]))
    assert found == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))


def test_a_change_is_one_only_when_its_interval_leaves_nought_out(catalogue: Any) -> None:
    rate = catalogue.definition("answer_rate")
    assert change(rate, cell(0.80, 0.75, 0.85), cell(0.70, 0.65, 0.75)).way == "better"  # type: ignore[union-attr]
    assert change(rate, cell(0.80, 0.70, 0.90), cell(0.70, 0.60, 0.80)).way == "same"  # type: ignore[union-attr]
    assert change(rate, cell(0.80, None, None), cell(0.70, 0.65, 0.75)).way == "unknown"  # type: ignore[union-attr]
    assert change(rate, cell(0.80, 0.75, 0.85, "too_few"), cell(0.70, 0.65, 0.75)).way == "unknown"  # type: ignore[union-attr]
    assert change(rate, cell(0.8000001, 0.8000001, 0.8000001), cell(0.8, 0.8, 0.8)).way == "same"  # type: ignore[union-attr]
    assert change(rate, cell(0.80, 0.75, 0.85), None) is None


def test_many_comparisons_need_wider_intervals() -> None:
    assert reach_of(1) == 1.0
    assert reach_of(20) == pytest.approx(1.542, abs=1e-3)
