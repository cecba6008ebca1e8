"""Goals on the command line: from none to a list with judgement and pace, kept in versions, out to a workbook and back."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

Rashin = Callable[..., Any]


@pytest.fixture
def bare(rashin: Rashin, tmp_path: Path) -> Rashin:
    """Commands on a workspace without goals and without data."""
    assert rashin("init", tmp_path / "bare").code == 0
    return lambda *words, lang="en": rashin("-w", tmp_path / "bare", "goals", *words, lang=lang)


@pytest.fixture
def goals(rashin: Rashin, demo_centre: Path) -> Rashin:
    """Commands on the demo centre, which only read."""
    return lambda *words, lang="en": rashin("-w", demo_centre, "goals", *words, lang=lang)


@pytest.mark.parametrize("words", [["list"], ["check"], ["export", "goals.xlsx"]])
def test_a_workspace_without_goals_says_what_to_do_next(bare: Rashin, words: list[str]) -> None:
    done = bare(*words)
    assert done.code == 0
    assert "rashin goals presets" in done.err
    assert "rashin goals add" in bare(*words, lang="ja").err


def test_a_goal_is_added_changed_and_removed_and_every_step_is_kept(bare: Rashin) -> None:
    added = bare(
        "add", "answer_rate", "--target", "80%", "--where", "channel=voice", "--weekdays", "月火水木金", "--no-holidays", "--name", "rate"
    )
    assert added.code == 0
    assert "Answer rate at least 80.0% (monthly, weekdays, Voice)" in added.err
    assert "no deadline" in added.out
    assert bare("edit", "rate", "--target", "0.85", "--end", "2027-03-31", "--reason", "上期の実績").code == 0
    assert bare("edit", "rate", "--unset", "end").code == 0
    assert bare("remove", "rate").code == 0
    kept = json.loads(bare("history", "rate", "--format", "json").out)
    assert [(each["version"], each["by"], each["reason"]) for each in kept] == [
        (4, "tester", "removed"), (3, "tester", "changed"), (2, "tester", "上期の実績"), (1, "tester", "added"),
    ]  # fmt: skip
    assert "target = 0.85" in bare("history", "rate", "2").out
    assert "end = 2027-03-31" in bare("history", "rate", "2").out
    assert "end" not in bare("history", "rate", "3").out


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["add"], "rashin goals add answer_rate"),
        (["add", "anser_rate", "--target", "80%"], "answer_rate"),
        (["add", "answer_rate", "--target", "80"], "0.8"),
        (["add", "answer_rate", "--target", "viel"], "80% or 0.8"),
        (["add", "answer_rate", "--target", "80%", "--end", "soon"], "2026-11-01"),
        (["add", "aht", "--target", "300"], "band"),
        (["show", "rate"], "rashin goals list"),
        (["remove", "rate"], "no goal"),
        (["presets", "stage_6"], "stage_5"),
        (["history", "../x"], "lower-case"),
        (["import", "nothing.xlsx"], "nothing.xlsx"),
    ],
)
def test_what_cannot_be_understood_says_what_would_do(bare: Rashin, words: list[str], hint: str) -> None:
    done = bare(*words)
    assert done.code not in (0, 1)
    assert hint in done.err


def test_a_goal_may_come_from_a_file_whose_comments_stay(bare: Rashin, tmp_path: Path) -> None:
    (tmp_path / "my-goal.toml").write_text('kpi = "csat"\ntarget = 0.75   # agreed\nevery = "month"\n', "utf-8")
    assert bare("add", "--file", "my-goal.toml").code == 0
    assert "# agreed" in (tmp_path / "bare" / "goals" / "my-goal.toml").read_text("utf-8")


def test_a_preset_is_looked_at_and_adopted(bare: Rashin, tmp_path: Path) -> None:
    assert "stage_5" in bare("presets").out
    shown = bare("presets", "stage_5")
    assert "80–90 %" in shown.out
    assert "set your own" in shown.out
    adopted = bare("presets", "stage_5", "--adopt", "--start", "2026-11-01", "--end", "2027-03-31")
    assert adopted.code == 0
    assert "fcr: set a target of your own" in adopted.err
    made = sorted(path.stem for path in (tmp_path / "bare" / "goals").glob("*.toml"))
    assert made == ["abandon-rate", "answer-rate", "service-level"]
    assert "left as it is" in bare("presets", "stage_5", "--adopt").err


def test_goals_go_out_to_a_workbook_and_come_back_changed(bare: Rashin, tmp_path: Path) -> None:
    bare("add", "answer_rate", "--target", "80%", "--name", "rate")
    bare("add", "csat", "--target", "75%", "--name", "csat")
    assert bare("export", "goals.xlsx").code == 0
    book = openpyxl.load_workbook(tmp_path / "goals.xlsx")
    sheet = book.active
    assert sheet is not None
    head = [cell.value for cell in sheet[1]]
    rows = {sheet.cell(row, 1).value: row for row in (2, 3)}
    sheet.cell(rows["rate"], head.index("Target") + 1).value = 0.85
    for at, value in {"Goal": "nps", "KPI": "npss", "Target": 20, "Every": "month"}.items():
        sheet.cell(4, head.index(at) + 1).value = value
    book.save(tmp_path / "goals.xlsx")
    dry = json.loads(bare("import", "goals.xlsx", "--dry-run", "--format", "json").out)
    assert [(each["value"], each["what"]) for each in dry] == [("csat", "unchanged"), ("rate", "changed"), ("npss", "refused")]
    assert "nps" in dry[2]["reason"]
    bare("import", "goals.xlsx")
    assert "target = 0.85" in (tmp_path / "bare" / "goals" / "rate.toml").read_text("utf-8")
    again = json.loads(bare("import", "goals.xlsx", "--format", "json").out)
    assert again[1]["what"] == "refused"  # the sheet is older than the goal by now
    assert "version 2 now" in again[1]["reason"]


def test_a_bad_file_is_named_and_the_other_goals_are_listed(rashin: Rashin, demo_centre: Path, tmp_path: Path) -> None:
    goals = tmp_path / "copy"
    shutil.copytree(demo_centre, goals, ignore=shutil.ignore_patterns("*.lock", "*.sock"))
    (goals / "goals" / "broken.toml").write_text('kpi = "csat"\ntarget = 80\nevery = "month"\n', "utf-8")
    done = rashin("-w", goals, "goals", "list")
    assert done.code == 0
    assert "goals/broken.toml › target" in done.err
    assert "answer-rate" in done.out


def test_the_demo_centre_has_goals_with_judgement_and_pace(goals: Rashin) -> None:
    done = goals("list", "--on", "2026-10-21")
    assert done.code == 0
    assert "answer-rate" in done.out
    assert "remaining" in done.out
    assert "2026-10-21" in done.out
    japanese = goals("list", "--on", "2026-10-21", lang="ja").out
    assert "残り約" in japanese
    assert "平日" in japanese
    over = goals("list").out
    assert "as of 2026-10-31" in over


def test_machines_get_every_figure_in_a_column_of_its_own(goals: Rashin) -> None:
    rows = list(csv.DictReader(io.StringIO(goals("list", "--on", "2026-10-21", "--format", "csv").out.removeprefix("\ufeff"))))
    one = next(row for row in rows if row["goal"] == "answer-rate")
    assert 0 < float(one["value"]) < 1
    assert one["low"] == "0.8"
    assert one["judgement"] in ("met", "near", "missed", "too_few")
    assert one["state"] in ("secured", "reachable", "out_of_reach")
    assert {"required_low", "probability", "remaining", "days_left", "owner", "version"} <= one.keys()


def test_one_goal_in_full_with_what_to_look_into(goals: Rashin) -> None:
    done = goals("show", "vendor-service-level", "--on", "2026-10-21")
    assert done.code == 0
    for words in ("Where it stands", "Judgement", "95% interval", "Counter-metrics", "What to look into", "aht"):
        assert words in done.out, words


def test_smart_explains_each_letter(goals: Rashin) -> None:
    done = goals("check", "social-reply")
    for words in ("S Specific", "M Measurable", "A Achievable", "R Relevant", "T Time-bound", "no deadline"):
        assert words in done.out
    assert "期限" in goals("check", "social-reply", lang="ja").out


def test_goals_without_data_say_so(bare: Rashin) -> None:
    bare("add", "answer_rate", "--target", "80%", "--name", "rate")
    done = bare("list")
    assert done.code == 0
    assert "no data of this period yet" in done.out
    assert "No past period can be judged" in bare("check", "rate").out


def test_a_goal_that_has_ended_shows_how_its_last_period_came_out(rashin: Rashin, demo_centre: Path, tmp_path: Path) -> None:
    own = tmp_path / "copy"
    shutil.copytree(demo_centre, own, ignore=shutil.ignore_patterns("*.lock", "*.sock"))
    shutil.rmtree(own / "goals")
    rashin(
        "-w", own, "goals", "add", "answer_rate", "--target", "80%", "--start", "2026-09-01", "--end", "2026-09-30", "--name", "september"
    )
    (one,) = json.loads(rashin("-w", own, "goals", "list", "--format", "json").out)
    assert (one["period"], one["state"]) == ("2026-09", "finished")
    assert one["value"] is not None


def test_a_workbook_of_where_goals_stand(goals: Rashin, tmp_path: Path) -> None:
    assert goals("list", "--format", "xlsx", "--out", tmp_path / "stand.xlsx").code == 0
    book = openpyxl.load_workbook(tmp_path / "stand.xlsx")
    assert book.active is not None
    assert book.active.max_row == 10  # a heading and nine goals
