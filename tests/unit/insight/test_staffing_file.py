"""The staffing file kept with its versions, a first one made from facts, and one group staffed in several ways side by side."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rashin import charts_staffing
from rashin.errors import Bilingual, ConflictError, DefinitionError
from rashin.insight.staffing import plan_group
from rashin.insight.staffing import shelf as workforce_shelf
from rashin.insight.staffing.measured import Habits
from rashin.insight.staffing.model import Coming
from rashin.insight.staffing.ways import ways
from rashin.insight.staffing.workforce import Group
from rashin.staffing import shift

AT = datetime(2026, 11, 1, tzinfo=UTC)
TEXT = 'quantile = 0.8\n\n[group.a]\nwhere = { channel = "voice" }\n'


def test_the_file_keeps_its_versions_and_refuses_who_comes_second(tmp_path: Path) -> None:
    assert workforce_shelf.now(tmp_path).version == 0
    first = workforce_shelf.save(tmp_path, TEXT, by="a", reason="to begin", expect_version=0, at=AT)
    assert (first.version, workforce_shelf.now(tmp_path).text) == (1, TEXT)
    (tmp_path / "staffing.toml").write_text(TEXT + "slot_minutes = 15\n".replace("slot", "# slot"), "utf-8")  # by hand
    with pytest.raises(ConflictError):
        workforce_shelf.save(tmp_path, TEXT, by="b", reason="late", expect_version=1, at=AT)
    workforce_shelf.save(tmp_path, "", by="b", reason="none any more", expect_version=2, at=AT)
    assert not (tmp_path / "staffing.toml").exists()
    assert [(each.version, each.by, each.removed) for each in workforce_shelf.history(tmp_path)] == [
        (3, "b", True),
        (2, "", False),
        (1, "a", False),
    ]


@pytest.mark.parametrize(("text", "code"), [("a = [", "toml_syntax"), ("quantil = 1", "unknown_key"), ("x" * 200_001, "staffing_too_long")])
def test_what_is_wrong_is_refused_before_anything_is_written(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        workforce_shelf.save(tmp_path, text, by="a", reason="a try", at=AT)
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


def plan(patience_s: float | None, *, shifts: bool = True) -> tuple[Group, object]:
    mean = np.tile(np.array([[0.0, 60, 90, 60, 30, 0]]), (2, 1))
    coming = Coming((date(2026, 11, 2), date(2026, 11, 3)), 540, 60, mean, np.ceil(mean * 1.15), mean * 0.8, mean * 1.2, 0.1)
    turns = (shift("day", "10:00", "14:00"),) if shifts else ()
    group = Group(
        "a", Bilingual("a", "a"), {}, shrinkage=Fraction(1, 5), hourly_yen=1000.0, shifts=turns, patience_s=patience_s, occupancy=1.0
    )
    from rashin.staffing import Patience

    found = None if patience_s is None else Patience(patience_s, patience_s, patience_s, 0, 0)
    return group, plan_group(group, coming, Habits(np.full(6, 180.0), 500.0, found), None, check=False)


def test_the_ways_to_staff_stand_side_by_side_at_the_same_wages() -> None:
    _, made = plan(90.0)
    mean, planned, shifts = ways(made)  # type: ignore[arg-type]
    assert mean.seat_hours < planned.seat_hours < shifts.seat_hours
    assert mean.total < planned.total <= shifts.total
    assert all(way.more < way.total for way in (mean, planned, shifts))
    assert planned.total == pytest.approx(made.expected_level)  # type: ignore[attr-defined]
    assert planned.cost.yen == pytest.approx(1000 * float(made.rostered.sum()))  # type: ignore[attr-defined]
    assert shifts.seats.max() == pytest.approx(float(made.cover.staffed.max()) * 0.8)  # type: ignore[attr-defined]  # a fifth is away
    assert not planned.overloaded.any()


def test_overload_is_counted_where_nobody_leaves() -> None:
    _, made = plan(None, shifts=False)
    mean, planned = ways(made)  # type: ignore[arg-type]
    assert (planned.overloaded_more, mean.overloaded.sum()) == (0, 0)
    starved = np.where(made.seats > 0, 1, 0)  # type: ignore[attr-defined]
    from rashin.insight.staffing.ways import _way

    poor = _way(made, "mean", starved.astype(float), mean.cost)  # type: ignore[arg-type]
    assert poor.overloaded.sum() == 8  # four hours of two days
    assert poor.total == 0.0


def test_a_chart_of_seats_draws_what_there_is() -> None:
    rows = [{"t": f"2026-11-02T{9 + at:02d}:00", "label": f"{9 + at}:00", "seats": 3 + at, "mean": 2.0, "shifts": None} for at in range(3)]
    spec = charts_staffing.seats(rows, "ja", "席")
    marks = [layer["mark"]["type"] for layer in spec["layer"]]
    assert marks == ["area", "line", "rule"]  # no line of shifts where none are written
    levels = charts_staffing.levels([{"t": "2026-11-02", "label": "x", "planned": 0.8, "reached": None}], "en", "SL", target=0.8)
    assert [layer["mark"]["type"] for layer in levels["layer"]] == ["rule", "line", "rule"]
