"""Looking at what a mapping would give before anything is loaded; what a receipt said, later; a withdrawn file once more."""

from __future__ import annotations

from pathlib import Path

import pytest

from rashin.connect import parse_mapping
from rashin.errors import QuestionError
from rashin.intake import rejects
from rashin.intake.again import load_again
from rashin.intake.kept import remarks
from rashin.intake.mend import mend
from rashin.intake.preview import preview
from rashin.intake.run import load, withdraw
from rashin.store import Store, Workspace

MAPPING = parse_mapping("""
source = "pbx"
zone = "Asia/Tokyo"
[[fact]]
fact = "contact"
key = ["id"]
[fact.fields]
channel = { value = "voice" }
direction = { value = "inbound" }
outcome = { value = "answered" }
offered_at = { column = "at" }
wait_s = { column = "wait", unit = "s" }
""")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "calls.csv"
    path.write_text("id,at,wait\n1,2026-11-02 09:00:00,10\n2,2026-11-02 09:01:00,-3\n\n3,2026-11-02 09:02:00,30\n", "utf-8")
    return path


def test_the_first_rows_show_what_they_become_and_which_are_refused(tmp_path: Path, file: Path) -> None:
    (found,) = preview(file, MAPPING, Workspace.create(tmp_path / "w"))
    assert (found.fact, found.accepted, found.rejected) == ("contact", 2, 1)
    assert [row["wait_s"] for row in found.rows] == [10, 30]
    assert [(row["code"], row["line"]) for row in found.rejects] == [("negative", 3)]


def test_what_a_receipt_said_can_be_read_later(tmp_path: Path, file: Path) -> None:
    with Store.open(Workspace.create(tmp_path / "w")) as store:
        (receipt,) = load(store, [file], MAPPING, by="test")
        landing = store.workspace.folder("landing")
        kept = remarks(receipt.load_id, landing)
        assert kept is not None
        assert (kept.ignored, kept.notes, kept.size) == (receipt.ignored, receipt.notes, file.stat().st_size)
        assert remarks(99, landing) is None


def test_a_withdrawn_file_loaded_again_gives_the_same_facts(tmp_path: Path, file: Path) -> None:
    with Store.open(Workspace.create(tmp_path / "w")) as store:
        (receipt,) = load(store, [file], MAPPING, by="test")
        before = store.content_hash("contact")
        withdraw(store, receipt.load_id, "test")
        assert store.content_hash("contact") != before
        assert load_again(store, receipt.load_id, by="test").load_id == 3
        assert store.content_hash("contact") == before


def test_records_mended_by_hand_are_written_as_the_file_that_mend_reads(tmp_path: Path, file: Path) -> None:
    with Store.open(Workspace.create(tmp_path / "w")) as store:
        (receipt,) = load(store, [file], MAPPING, by="test")
        (row,) = rejects.records(store, receipt.load_id)
        rejects.write(tmp_path / "mended.csv", [{**row, "wait": "3"}])
        (mended,) = mend(store, tmp_path / "mended.csv", by="test")
        assert (mended.mends, mended.total.accepted) == (receipt.load_id, 1)
        assert rejects.records(store, receipt.load_id) == []
        withdraw(store, mended.load_id, "test")
        with pytest.raises(QuestionError, match="mend_not_again"):
            load_again(store, mended.load_id, by="test")


def test_the_days_that_a_snapshot_touched_are_known_even_when_its_rows_are_gone(tmp_path: Path, file: Path) -> None:
    with Store.open(Workspace.create(tmp_path / "w")) as store:
        (receipt,) = load(store, [file], MAPPING, by="test")
        (row,) = store.touched(receipt.load_id).to_pylist()
        assert (row["fact"], row["source"], str(row["business_date"])) == ("contact", "pbx", "2026-11-02")
        withdraw(store, receipt.load_id, "test")
        assert store.touched(receipt.load_id).num_rows == store.touched(store.snapshot()).num_rows == 1
