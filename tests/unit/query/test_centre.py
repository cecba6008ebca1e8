"""``rashin.open(path)``: what an analyst types in a notebook."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import rashin
from rashin.errors import QuestionError, RashinWarning, WorkspaceError
from rashin.face import Centre
from rashin.query import Scope

MAPPING = """
source = "pbx"
zone = "Asia/Tokyo"
expect = "none"
[[fact]]
fact = "contact"
key = ["番号"]
[fact.fields]
offered_at = { column = "着信", order = "ymd" }
queue = { column = "窓口" }
outcome = { column = "結果", values = { "応答" = "answered", "放棄" = "abandoned" } }
wait_s = { column = "待ち", unit = "s" }
channel = { value = "voice" }
direction = { value = "inbound" }
"""
CALLS = """番号,着信,窓口,結果,待ち
1,2026-10-01 09:10:00,A,応答,5
2,2026-10-01 09:40:00,A,応答,50
3,2026-10-02 09:10:00,B,放棄,30
4,2026-10-02 09:20:00,B,不明,30
"""


@pytest.fixture
def centre(tmp_path: Path) -> Any:
    from rashin.store import Workspace

    workspace = Workspace.create(tmp_path / "centre")
    (tmp_path / "mapping.toml").write_text(MAPPING, "utf-8")
    (tmp_path / "calls.csv").write_text(CALLS, "utf-8")
    with rashin.open(str(workspace.path), lang="en") as opened:
        opened.load(tmp_path / "calls.csv", tmp_path / "mapping.toml")
        yield opened


def test_load_ask_look(centre: Centre) -> None:
    answer = centre.ask("service_level", by="queue", grain="day", period="2026-10-01..2026-10-02")
    assert {(cell.bucket, cell.dimensions["queue"]): cell.value for cell in answer.cells() if cell.n} == {
        ("2026-10-01", "A"): 0.5,
        ("2026-10-02", "B"): 0.0,
    }
    assert [row["native_id"] for row in centre.rows(answer, {"bucket": "2026-10-01", "queue": "A"}).to_list()] == ["1"]
    assert [row["native_id"] for row in centre.rows(answer, answer.cell(bucket="2026-10-01", queue="A"), part="denominator").to_list()] == [
        "1",
        "2",
    ]


def test_without_a_period_all_that_was_loaded(centre: Centre) -> None:
    answer = centre.ask("service_level")
    assert (str(answer.question.period.start), str(answer.question.period.last), answer.cell().n) == ("2026-10-01", "2026-10-02", 3)


def test_refused_rows_and_what_they_mean_for_the_answer(centre: Centre) -> None:
    (load,) = centre.loads()
    assert centre.rejects(load.load_id).column("column").to_pylist() == ["結果"]
    assert [note.kind for note in centre.ask("service_level").completeness.notes if note.kind == "rejected"] == ["rejected"]


def test_variants_parameters_and_comparisons(centre: Centre) -> None:
    assert centre.ask("service_level", variant="only_handled").value == 0.5
    assert centre.ask("service_level", params={"target_s": 60}).value == pytest.approx(2 / 3)
    assert centre.ask("service_level", period="2026-10-02", compare="2026-10-01").cell().compare_value == 0.5
    assert len(centre.compare("service_level", period="2026-10").series) > 8
    with pytest.raises(QuestionError, match="kpi:variant"):
        centre.ask(["service_level", "aht"], variant="seed")


def test_withdrawing_and_the_answer_of_before(centre: Centre) -> None:
    before = centre.snapshot()
    centre.withdraw(centre.loads()[0].load_id)
    assert centre.ask("volume", period="2026-10").cell().state == "no_data"
    assert centre.ask("volume", period="2026-10", as_of=before).value == 3
    changed = centre.difference("volume", before, centre.snapshot(), period="2026-10")
    assert [cause.kind for cause in changed.causes] == ["withdraw"]


def test_definitions_are_at_hand(centre: Centre) -> None:
    assert "service_level" in {kpi.key for kpi in centre.kpis()}
    text = str(centre.explain("service_level:amazon_connect"))
    assert "Amazon" in text
    assert "answered" in text or "removed" in text
    with pytest.raises(QuestionError, match="service_level"):
        centre.explain("servise_level")


def test_texts_come_in_the_language_asked_for(centre: Centre) -> None:
    from dataclasses import replace

    answer = centre.ask("service_level", period="2026-10-01..2026-10-03", grain="day")
    assert answer.lang == "en"
    assert "no record" in str(answer.table.column("reason").to_pylist())
    assert "実績がありません" in str(replace(answer, lang="ja").table.column("reason").to_pylist())


def test_a_scope_may_be_handed_in(centre: Centre) -> None:
    assert centre.ask("volume", period="2026-10", scope=Scope({"queue": "B"})).value == 1


def test_mistakes_name_the_nearest_valid_word(centre: Centre) -> None:
    mistakes: list[tuple[dict[str, Any], str]] = [
        ({"kpi": "service_levl"}, "service_level"),
        ({"kpi": "service_level:amazon_conect"}, "amazon_connect"),
        ({"kpi": "service_level", "by": "que"}, "queue"),
        ({"kpi": "service_level", "grain": "dayly"}, "day"),
        ({"kpi": "service_level", "filters": {"chanel": "voice"}}, "channel"),
        ({"kpi": "service_level", "filters": {"direction": "inbond"}}, "inbound"),
        ({"kpi": "service_level", "filters": {"hour": 25}}, "0–23"),
        ({"kpi": "service_level", "filters": {"queue": []}}, "at least one value"),
        ({"kpi": "service_level", "compare": "last_yer"}, "last_year|Write|forms|2026"),
        ({"kpi": "service_level", "params": {"target": 20}}, "target_s"),
        ({"kpi": []}, "No KPI"),
    ]
    for asked, hint in mistakes:
        with pytest.raises(QuestionError, match=hint):
            centre.ask(asked.pop("kpi"), **({"period": "2026-10"} | asked))


def test_there_must_be_a_workspace(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="rashin init"):
        rashin.open(str(tmp_path))


def test_importing_the_query_loads_no_engine() -> None:
    code = "import sys, rashin.face, rashin.query; print([name for name in ('duckdb', 'pyarrow', 'numpy', 'pandas', 'xlsxwriter', 'sqlglot') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_several_kpis_are_one_list_and_the_error_says_so(centre: Centre) -> None:
    with pytest.raises(QuestionError, match="not_by_name") as caught:
        centre.ask("service_level", "aht")
    assert "ask(['service_level', 'aht'])" in caught.value.text("en")
    with pytest.raises(QuestionError, match="not_by_name") as caught:
        centre.ask("service_level", "queue")
    assert "ask('service_level', by=…, period=…)" in caught.value.text("ja")


def test_a_wrong_calendar_is_named_when_the_workspace_is_opened_and_in_each_answer(centre: Centre, tmp_path: Path) -> None:
    (centre.workspace.folder("calendars") / "main.toml").write_text(
        '[calendar.main]\nzone = "Asia/Tokio"\nmon = ["09:00-17:00"]\n', "utf-8"
    )
    answer = centre.ask("service_level", period="2026-10")
    (note,) = [note for note in answer.completeness.notes if note.kind == "calendar_wrong"]
    assert "calendars/main.toml › calendar.main › zone" in note.text.en
    assert "Did you mean “Asia/Tokyo”?" in note.text.en
    assert answer.value == pytest.approx(1 / 3)  # no opening hours are needed for it
    centre.close()
    with pytest.warns(RashinWarning, match="Asia/Tokio"):
        rashin.open(str(centre.workspace.path), lang="en").close()
