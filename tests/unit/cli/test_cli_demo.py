"""The demo as a command: what is loaded is what was written, row by row; a second run uses what is there; checks and measures on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Rashin = Callable[..., Any]
#: reasons of the files' book → codes of the intake
_CODES = {
    "unreadable_date": {"no_such_date"},
    "negative": {"negative"},
    "unknown_value": {"value_not_listed"},
    "ends_before_start": {"ends_before_start"},
    "not_a_number": {"not_a_duration", "not_finite"},
    "too_few_columns": {"ragged"},
    "bad_time": {"bad_time"},
    "score_off_scale": {"score_off_scale"},
    "responded_before_sent": {"responded_before_sent"},
    "score_above_max": {"score_above_max"},
    "not_json": {"damaged_record"},
    "no_key": {"foreign_record"},
    "too_few_fields": {"too_few_fields"},
}


def test_every_file_arrives_at_the_counts_that_were_written_beside_it(rashin: Rashin, demo_centre: Path) -> None:
    expected = {Path(each["file"]).name: each for each in json.loads((demo_centre / "expected.json").read_text("utf-8"))["files"]}
    loads = {each["file"]: each for each in json.loads(rashin("-w", demo_centre, "loads", "--format", "json").out)}
    assert set(loads) == set(expected)
    for name, load in loads.items():
        wanted = expected[name]
        rejects = json.loads(rashin("-w", demo_centre, "rejects", "list", load["load"], "--format", "json").out)
        codes = {row["code"] for row in rejects}
        assert all(codes & _CODES[reason] for reason in wanted["bad"]), name
        assert len({row["line"] for row in rejects}) == sum(wanted["bad"].values()), name
        if wanted["source"] not in ("zendesk", "social"):  # one record there becomes several rows
            facts = 3 if wanted["source"] == "vendor-report" else 1
            assert load["rows_in"] == wanted["rows"] * facts, name
        if wanted["source"] not in ("zendesk", "social", "vendor-report"):
            assert load["ignored"] == sum(wanted["ignored"].values()), name
        if wanted["source"] in ("pbx-sapporo", "connect-hoshizora", "pbx-naha") and not wanted["corrected"]:
            assert load["duplicate"] + load["accepted"] == wanted["rows"] - sum(wanted["bad"].values()) - load["ignored"], name


def test_the_board_and_what_to_try_next(rashin: Rashin, demo_centre: Path) -> None:
    done = rashin("demo", demo_centre, "--contacts", 4000, "--months", 2, "--no-site")
    assert done.code == 0
    assert "KPI board 2026-10" in done.out
    assert "Service level" in done.out
    assert "Using the demo centre" in done.err
    for line in done.err.splitlines():
        if line.strip().startswith("rashin -w") and "changes" not in line:
            assert rashin(*line.split()[1:]).code == 0, line


def test_a_folder_with_something_in_it_is_left_alone(rashin: Rashin, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    assert rashin("demo", "mine", "--contacts", 100).code == 5
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_files_only(rashin: Rashin, tmp_path: Path) -> None:
    assert rashin("demo", "files", "--contacts", 100, "--months", 1, "--files-only").code == 0
    assert not (tmp_path / "files" / "rashin.duckdb").exists() or (tmp_path / "files" / "sources").is_dir()


def test_the_demo_workspace_is_in_order(rashin: Rashin, demo_centre: Path) -> None:
    done = rashin("-w", demo_centre, "check", "--deep")
    assert (done.code, "Everything is in order." in done.out) == (0, True)


@pytest.mark.parametrize(
    ("file", "text", "item"),
    [
        ("rashin.toml", '[organisation]\nzone = "Asia/Tokio"\n', "rashin.toml"),
        ("kpis/own.toml", "[mine]\nname = 1\n", "kpis/"),
        ("calendars/own.toml", "[calendar.x]\nzone = 'nowhere'\n", "calendars/"),
        ("org.csv", "agnet\nx\n", "org.csv"),
        ("mappings/own.toml", 'source = "x"\nconector = "table"\n', "mappings/own.toml"),
    ],
)
def test_a_wrong_file_is_found_by_check(rashin: Rashin, small: Path, file: str, text: str, item: str) -> None:
    (small / file).write_text(text, "utf-8")
    done = rashin("-w", small, "check", "--format", "json")
    if file == "rashin.toml":
        assert (done.code, "Asia/Tokyo" in done.err) == (3, True)
        return
    found = {each["item"]: each["fine"] for each in json.loads(done.out)}
    assert (done.code, found[item]) == (8, False)


def test_a_changed_original_is_found_by_a_deep_check(rashin: Rashin, small: Path, tmp_path: Path) -> None:
    rashin("-w", small, "load", "calls.csv")
    landed = next((small / "landing").glob("*.csv"))
    landed.chmod(0o600)
    landed.write_bytes(landed.read_bytes() + b"\n")
    assert rashin("-w", small, "check").code == 0
    assert rashin("-w", small, "check", "--deep").code == 8
    landed.unlink()
    assert rashin("-w", small, "check").code == 8


def test_sealed_days_come_back_into_an_empty_workspace(rashin: Rashin, small: Path, tmp_path: Path) -> None:
    rashin("-w", small, "load", "calls.csv")
    words = ("ask", "volume", "asa", "--by", "queue", "--period", "2026-10-01", "--format", "json")
    before = json.loads(rashin("-w", small, *words).out)["cells"]
    assert rashin("-w", small, "seal").code == 0
    assert rashin("-w", small, "seal", "--period", "2026-10").code == 0
    rashin("init", "other")
    assert rashin("-w", "other", "restore", small / "facts").code == 0
    after = json.loads(rashin("-w", "other", *words).out)["cells"]
    assert [cell["value"] for cell in after] == [cell["value"] for cell in before]
    assert rashin("-w", "other", "restore", small / "facts").code == 5


def test_rebuilding_changes_no_figure(rashin: Rashin, small: Path, tmp_path: Path) -> None:
    rashin("-w", small, "load", "calls.csv")
    words = ("-w", small, "ask", "volume", "answer_rate", "--by", "queue", "--grain", "day", "--period", "2026-10", "--format", "csv")
    before = rashin(*words).out
    assert rashin("-w", small, "rebuild").code == 0
    assert rashin(*words).out == before


def test_bench_measures_and_compares(rashin: Rashin, demo_centre: Path) -> None:
    found = json.loads(rashin("-w", demo_centre, "bench", "--times", 1, "--format", "json").out)
    assert all(each["equal"] and each["rollup_ms"] > 0 for each in found)


def test_what_a_correction_changed(rashin: Rashin, small: Path, tmp_path: Path) -> None:
    rashin("-w", small, "load", "calls.csv", "--exported-at", "2026-11-01")
    text = (tmp_path / "calls.csv").read_bytes().decode("cp932").replace("9:10:30", "9:10:15").replace(",30\r", ",15\r")
    (tmp_path / "corrected.csv").write_bytes(text.encode("cp932"))
    rashin("-w", small, "load", "corrected.csv", "--exported-at", "2026-12-01")
    done = rashin("-w", small, "changes", "asa", "service_level", "--period", "2026-10", "--before", 1)
    assert done.code == 0
    assert "Average speed of answer" in done.out
    assert "corrected.csv" in done.out
    table = json.loads(rashin("-w", small, "changes", "asa", "--period", "2026-10", "--before", 1, "--format", "json").out)
    assert table[0]["after"] < table[0]["before"]
