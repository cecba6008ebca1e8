"""Each preset reads its sample as `samples/expected.toml` says, with nothing left to ask."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

import rashin.connect
from rashin.connect import read_mapping
from rashin.intake import run

HOME = Path(rashin.connect.__file__).parent / "presets"
EXPECTED = tomllib.loads((HOME / "samples" / "expected.toml").read_text("utf-8"))
NAMES = sorted(path.stem for path in HOME.glob("*.toml"))


def test_every_preset_has_a_sample() -> None:
    assert sorted(EXPECTED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_reads_its_sample(name: str, world: Any) -> None:
    (receipt,) = run.load(world.store, [HOME / "samples" / f"{name}.csv"], name, by="tester")
    for fact, wanted in EXPECTED[name].items():
        counts = receipt.store.counts[fact]
        found = {"accepted": counts.accepted, "rejected": counts.rejected, "duplicate": counts.duplicate, "ignored": counts.ignored}
        assert found == {"accepted": 0, "rejected": 0, "duplicate": 0, "ignored": 0} | wanted, receipt.reasons


@pytest.mark.parametrize("name", NAMES)
def test_leaves_nothing_to_ask(name: str) -> None:
    mapping = read_mapping(HOME / f"{name}.toml")
    assert mapping.zone
    assert mapping.open_doubts == ()


def test_means_of_a_daily_summary_become_sums(world: Any) -> None:
    run.load(world.store, [HOME / "samples" / "daily_call_summary.csv"], "daily_call_summary", by="tester")
    (row,) = world.store.read(
        f"SELECT sum(offered_count) AS offered, sum(answered_count) AS answered, sum(wait_total_s) AS wait FROM {world.store.relation('contact_total')}"
    ).to_pylist()
    assert row == {"offered": 2500, "answered": 2270, "wait": 1080 * 15 + 240 * 42 + 950 * 11}


def test_a_shift_ends_at_27_oclock_on_the_next_day(world: Any) -> None:
    run.load(world.store, [HOME / "samples" / "attendance_king_of_time.csv"], "attendance_king_of_time", by="tester")
    (row,) = world.store.read(
        f"SELECT epoch(end_at - start_at) / 3600 AS planned, strftime(clock_out_at + interval 9 hours, '%d %H:%M') AS leaving, attended_s"
        f" FROM {world.store.relation('shift')} WHERE agent = '鈴木 花子'"
    ).to_pylist()
    assert row == {"planned": 9, "leaving": "02 03:15", "attended_s": 8.25 * 3600}
