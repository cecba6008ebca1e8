"""From a file to facts: propose a mapping, load, look at what was refused, mend it, take a load back."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Rashin = Callable[..., Any]


def _records(done: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done.out)
    return found


def test_a_file_is_loaded_with_the_mapping_that_fits_it(rashin: Rashin, small: Path, tmp_path: Path) -> None:
    done = rashin("-w", small, "load", tmp_path / "calls.csv", "--format", "json")
    receipt = _records(done)[0]
    assert done.code == 0
    assert (receipt["source"], receipt["fact"]) == ("pbx", "contact")
    assert [receipt[name] for name in ("rows_in", "accepted", "rejected", "duplicate", "ignored")] == [5, 3, 1, 0, 1]
    assert f"rashin rejects list {receipt['load']}" in done.err


def test_the_same_file_twice_changes_nothing(rashin: Rashin, small: Path, tmp_path: Path) -> None:
    rashin("-w", small, "load", tmp_path / "calls.csv")
    again = rashin("-w", small, "load", tmp_path / "calls.csv")
    assert "loaded before" in again.out
    assert len(_records(rashin("-w", small, "loads", "--format", "json"))) == 1


def test_strict_says_by_its_exit_code_that_rows_were_refused(rashin: Rashin, small: Path, tmp_path: Path) -> None:
    assert rashin("-w", small, "load", tmp_path / "calls.csv", "--strict").code == 8


def test_refused_rows_are_listed_exported_mended_and_loaded_again(rashin: Rashin, small: Path, tmp_path: Path) -> None:
    rashin("-w", small, "load", tmp_path / "calls.csv")
    assert _records(rashin("-w", small, "rejects", "list", "--format", "json"))[0]["rejected"] == 1
    listed = rashin("-w", small, "rejects", "list", 1, lang="ja")
    assert "終了が受付より前" in listed.out
    assert rashin("-w", small, "rejects", "export", 1, "mend.csv").code == 0
    rows = list(csv.reader((tmp_path / "mend.csv").read_text("utf-8-sig").splitlines()))
    place = rows[0].index("終了時刻")
    rows[1][place] = "10:04:00"
    with (tmp_path / "mend.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    mended = _records(rashin("-w", small, "rejects", "mend", "mend.csv", "--format", "json"))[0]
    assert (mended["accepted"], mended["rejected"]) == (1, 0)
    assert rashin("-w", small, "rejects", "list", 1, "--open").out.strip() == "0 of 0"


def test_a_load_can_be_taken_back_and_the_log_tells(rashin: Rashin, small: Path, tmp_path: Path) -> None:
    rashin("-w", small, "load", tmp_path / "calls.csv")
    before = rashin("-w", small, "ask", "volume", "--period", "2026-10", "--format", "csv").out
    assert rashin("-w", small, "withdraw", 1).code == 0
    assert rashin("-w", small, "withdraw", 1).code == 2
    assert rashin("-w", small, "ask", "volume", "--period", "2026-10", "--format", "csv").out != before
    assert rashin("-w", small, "ask", "volume", "--period", "2026-10", "--as-of", 1, "--format", "csv").out == before
    log = _records(rashin("-w", small, "log", "--format", "json"))
    assert [entry["action"] for entry in log if entry["action"] in ("load", "withdraw")] == ["load", "withdraw"]
    assert {entry["by"] for entry in log if entry["action"] == "withdraw"} == {"tester"}


def test_what_cannot_be_known_is_asked_and_the_answers_are_kept(rashin: Rashin, tmp_path: Path) -> None:
    rashin("init", "new")
    (tmp_path / "list.csv").write_text(
        "受付日時,応答日時,窓口,結果\n2026/10/1 9:00,2026/10/1 9:01,注文,応答\n2026/10/1 9:05,,注文,放棄\n", "utf-8"
    )
    proposed = rashin("-w", "new", "map", "list.csv", "--save")
    assert "受付日時" in proposed.out
    assert "zone" in proposed.err
    assert rashin("-w", "new", "load", "list.csv").code == 3
    assert rashin("-w", "new", "map", "list.csv", "--settle", "zoen=UTC", "--save").code == 3
    answered = rashin("-w", "new", "map", "list.csv", "--settle", "zone=Asia/Tokyo", "--save")
    assert answered.code == 0
    mapping = (tmp_path / "new" / "mappings" / "list.toml").read_text("utf-8")
    assert mapping.count("settled") >= 1
    while "doubt" in answered.err:
        doubt = next(line for line in answered.err.splitlines() if line.strip().startswith("doubt"))
        name = doubt.split(": ")[0].split("doubt")[1].strip()
        choice = doubt.split("[")[1].split(" | ")[0].rstrip("]")
        answered = rashin("-w", "new", "map", "list.csv", "--settle", f"{name}={choice}", "--save")
    assert _records(rashin("-w", "new", "load", "list.csv", "--format", "json"))[0]["accepted"] == 2


def test_a_mapping_that_somebody_wrote_is_never_overwritten(rashin: Rashin, small: Path, tmp_path: Path) -> None:
    before = (small / "mappings" / "pbx.toml").read_text("utf-8")
    done = rashin("-w", small, "map", tmp_path / "calls.csv", "--source", "pbx", "--save")
    assert "left as it is" in done.err
    assert (small / "mappings" / "pbx.toml").read_text("utf-8") == before


def test_a_vendors_own_form_needs_no_mapping(rashin: Rashin, small: Path, tmp_path: Path) -> None:
    (tmp_path / "queue_log").write_text(
        "1790812800|1790812800.1|repair|NONE|ENTERQUEUE||09000000001|1\n"
        "1790812805|1790812800.1|repair|PJSIP/sato|CONNECT|5|x|3\n"
        "1790812900|1790812800.1|repair|PJSIP/sato|COMPLETECALLER|5|95|1\n"
    )
    done = rashin("-w", small, "load", "queue_log", "--format", "json")
    made = {each["fact"]: each["assembled"] for each in _records(done)}
    assert (done.code, made["contact"]) == (0, 1)
    assert "no mapping is needed" in rashin("-w", small, "map", "queue_log").err


def test_a_file_that_no_mapping_fits_says_what_to_type(rashin: Rashin, small: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", "utf-8")
    done = rashin("-w", small, "load", "other.csv")
    assert done.code == 3
    assert "rashin map other.csv --save" in done.err


def test_files_before_one_that_fails_stay_loaded_and_are_told(rashin: Rashin, small: Path, tmp_path: Path) -> None:
    done = rashin("-w", small, "load", "calls.csv", "missing.csv")
    assert done.code == 4
    assert "calls.csv" in done.out
    assert len(_records(rashin("-w", small, "loads", "--format", "json"))) == 1


def test_a_file_that_cannot_be_placed_does_not_stop_those_after_it(rashin: Rashin, small: Path, tmp_path: Path) -> None:
    """Both kinds are told in the end with what to do next; the exit code is that of the first."""
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", "utf-8")
    done = rashin("-w", small, "load", "other.csv", "missing.csv", "calls.csv")
    assert done.code == 3
    assert "rashin map other.csv --save" in done.err
    assert "missing.csv" in done.err
    assert "2 of 3 files were not loaded." in done.err
    assert "calls.csv" in done.out
    assert len(_records(rashin("-w", small, "loads", "--format", "json"))) == 1


def test_nothing_to_load_is_a_question(rashin: Rashin, small: Path) -> None:
    assert rashin("-w", small, "load").code == 2
