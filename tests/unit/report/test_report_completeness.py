"""Completeness first: what has not arrived is said, and the figures it touches are not shown; late data is told as a restatement."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.unit.report.conftest import WEEK, calls, fill, write_goals

from rashin.errors import Bilingual
from rashin.query import Scope
from rashin.report import restate
from rashin.report.model import Figures, Note, Report, dump


def notes(report: Report, level: str) -> list[str]:
    return [each.text for each in report.blocks if isinstance(each, Note) and each.level == level]


@pytest.fixture
def lacking(make_world: Any) -> Any:
    """Thursday of the reported week did not arrive."""
    world = make_world()
    fill(world, without=(3,))
    write_goals(world)
    return world


def test_a_complete_week_says_so_and_withholds_nothing(centre: Any, build: Any) -> None:
    report = build(centre)
    assert report.complete
    assert notes(report, "info")[0] == "届くはずのデータはすべて届いており、表示を控えた数字はありません。"
    assert all(each.value is not None for each in report.figures)


def test_a_missing_day_is_named_first_and_its_figures_are_withheld(lacking: Any, build: Any) -> None:
    report = build(lacking)
    assert not report.complete
    assert isinstance(report.blocks[1], Note)
    assert report.blocks[1].level == "lack"
    assert report.blocks[1].text == (
        "pbx の応対が 1 日分届いていません(2026-10-22)。このため「応答率」、「放棄呼率」、「平均処理時間」は表示しません。"
    )
    assert all(each.value is None and each.state == "withheld" for each in report.figures)
    assert [(each.source, each.days, each.withholds) for each in report.lacking] == [("pbx", ("2026-10-22",), True)]


def test_what_is_withheld_is_in_no_sentence_table_card_chart_or_file(lacking: Any, build: Any) -> None:
    """The figure that could be computed of six days is nowhere in the document."""
    report = build(lacking)
    cards = [each for block in report.blocks if isinstance(block, Figures) for each in block.figures]
    assert [(each.text, each.judged) for each in cards] == [("非表示", "withheld")] * 2
    assert [each.text for each in report.sentences("kept")] == ["この週は、区間を踏まえて「高く維持できている」と言える項目はありません。"]
    assert next(report.sentences("next")).text == "pbxの未着分を取り込み、この報告を作り直します。"
    assert b"76.0" not in dump(report)
    for table in report.tables():
        assert not any(
            entry.value is not None and entry.unit in ("share", "s")
            for row in table.rows
            for entry in row
            if table.title in ("接続品質", "生産品質")
        )
    for chart in (each for each in report.blocks if type(each).__name__ == "Chart"):
        last = chart.spec["data"]["values"][-1]  # type: ignore[union-attr]
        assert last["value"] is None
        assert last["low"] is None


def test_a_source_that_does_not_feed_a_figure_withholds_nothing_of_it(centre: Any, build: Any) -> None:
    """Chats without answer or loss: their silence on Friday touches the volume, not the rates of the telephone."""
    chat = {"channel": "chat", "direction": "outbound", "outcome": "answered", "queue": "order", "team": "C"}
    days = [WEEK - timedelta(days=28 - number) for number in range(35) if number != 32]
    centre.load("contact", [{**chat, "offered_at": f"{day} 11:00"} for day in days], source="chat")
    report = build(centre)
    shown = {each.kpi: each.value for each in report.figures}
    assert shown["answer_rate"] is not None
    assert shown["abandon_rate"] is not None


def test_days_that_have_not_been_loaded_yet_withhold_too(make_world: Any, build: Any) -> None:
    world = make_world()
    fill(world, without=(3, 4, 5, 6))
    report = build(world)
    assert [each.kind for each in report.lacking] == ["not_yet"]
    assert notes(report, "lack")[0].startswith("2026-10-22, 2026-10-23 のデータがまだ取り込まれていません。")
    assert notes(build(world, "en"), "lack")[0].startswith("Nothing has been loaded for 2026-10-22, 2026-10-23 yet.")


def test_late_data_is_told_as_a_restatement_of_the_report_before(lacking: Any, build: Any, catalogue: Any) -> None:
    """Thursday comes in after all: the withheld figures are there now, and the file is named."""
    before = build(lacking)
    everything = Scope.everything()
    assert restate.changes(lacking.store, catalogue, before, scope=everything) == ()
    load = lacking.load("contact", calls(WEEK + timedelta(days=3), 62, 38) + calls(WEEK + timedelta(days=3), 90, 10, "B"))
    changed = restate.changes(lacking.store, catalogue, before, scope=everything)
    assert [(each.figure.kpi, each.before, round(each.after or 0, 3)) for each in changed] == [
        ("answer_rate", None, 0.76), ("abandon_rate", None, 0.24), ("aht", None, 209.053),
    ]  # fmt: skip
    assert changed[0].snapshot == load
    after = build(lacking, previous=before)
    assert after.complete
    assert notes(after, "restated")[0].startswith(
        "2026年10月19日(月)〜10月25日(日) 第43週の報告後にデータが届き、数字が変わりました: 応答率 – → 76.0%"
    )
    assert f"(データ版 {load})" in notes(after, "restated")[0]


def test_a_correction_says_was_and_is(centre: Any, build: Any) -> None:
    before = build(centre, "en")
    centre.load("contact", calls(WEEK, 0, 140), source="pbx")
    note = notes(build(centre, "en", previous=before), "restated")[0]
    assert "Answer rate 76.0% → 69.1%" in note
    assert "What arrived: file" in note


def test_changes_too_small_to_be_seen_are_counted_and_not_listed(build: Any, lacking: Any) -> None:
    figure = build(lacking, "ja").figures[0]
    assert figure.unit == "share"

    def moved(before: float, after: float) -> restate.Restated:
        return restate.Restated(figure, Bilingual("応答率", "Answer rate"), "10月", before, after, 9, ("late.csv",))

    seen, unseen = moved(0.811, 0.802), moved(0.81101, 0.81102)
    (note,) = restate.notes([seen, unseen, unseen], "ja")
    assert "応答率 81.1% → 80.2%。このほか2項目は表示の桁では同じです。" in note.text
    (note,) = restate.notes([unseen], "en")
    assert note.level == "info"
    assert note.text.startswith(
        "Data arrived after the report on 10月; no figure changed as it is printed (1 by less than the last digit)."
    )
    assert "→" not in note.text
