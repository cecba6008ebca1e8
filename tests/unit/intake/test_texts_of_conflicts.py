"""Rows that contradict others in their file are refused with their own text, found again in the landed file."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rashin.connect import parse_mapping
from rashin.intake.run import load

MAPPING = """
source = "pbx"
zone = "Asia/Tokyo"
[[fact]]
fact = "contact"
key = ["id"]
[fact.fields]
channel    = { value = "voice" }
direction  = { value = "inbound" }
queue      = "窓口"
offered_at = { column = "at", order = "ymd" }
"""
ROWS = 'id,窓口,at\n1,"受\n注",2026-10-01 09:00\n2,受注,2026-10-01 09:00\n1,"返,品",2026-10-01 09:00\n\n2,受注,2026-10-01 10:00\n3,受注,2026-10-01 10:00\n'
REFUSED = [
    (2, '1,"受\n注",2026-10-01 09:00'),
    (4, "2,受注,2026-10-01 09:00"),
    (5, '1,"返,品",2026-10-01 09:00'),
    (7, "2,受注,2026-10-01 10:00"),
]


def plain(path: Path) -> Path:
    path.write_text(ROWS, "utf-8", newline="")
    return path


def windows(path: Path) -> Path:
    path.write_bytes(ROWS.encode("cp932"))
    return path


def zipped(path: Path) -> Path:
    with zipfile.ZipFile(path.with_suffix(".zip"), "w") as archive:
        archive.writestr("a.csv", ROWS)
        archive.writestr("b.csv", "id,窓口,at\n4,受注,2026-10-01 09:00\n")
    return path.with_suffix(".zip")


def packed(path: Path) -> Path:
    path.with_suffix(".csv.gz").write_bytes(gzip.compress(ROWS.encode()))
    return path.with_suffix(".csv.gz")


@pytest.mark.parametrize("write", [plain, windows, zipped, packed])
def test_a_contradicting_row_shows_its_text(world: Any, tmp_path: Path, write: Callable[[Path], Path]) -> None:
    receipt = load(world.store, [write(tmp_path / "t.csv")], parse_mapping(MAPPING), by="me")[0]
    assert receipt.reasons == {"conflicting_key": 4}
    rejects = world.store.rejects(receipt.load_id).to_pylist()
    assert [(row["line"], row["raw"]) for row in rejects] == REFUSED


def test_two_entries_of_one_row_are_told_apart(world: Any, tmp_path: Path) -> None:
    entry = '[[fact]]\nfact = "contact"\nkey = ["id"]\npart = "{p}"\nonly = {{ "窓口" = ["{q}"] }}\n[fact.fields]\nchannel = {{ value = "voice" }}\n'
    entry += 'direction = {{ value = "inbound" }}\nqueue = "窓口"\noffered_at = {{ column = "at", order = "ymd" }}\n'
    mapping = 'source = "pbx"\nzone = "Asia/Tokyo"\n' + entry.format(p="x", q="受注") + entry.format(p="y", q="返品")
    path = tmp_path / "t.csv"
    path.write_text("id,窓口,at\n1,受注,2026-10-01 09:00\n1,返品,2026-10-01 10:00\n1,返品,2026-10-01 11:00\n", "utf-8")
    receipt = load(world.store, [path], parse_mapping(mapping), by="me")[0]
    rejects = world.store.rejects(receipt.load_id).to_pylist()
    assert [(row["file"], row["line"], row["raw"]) for row in rejects] == [
        ("[y]", 3, "1,返品,2026-10-01 10:00"),
        ("[y]", 4, "1,返品,2026-10-01 11:00"),
    ]
