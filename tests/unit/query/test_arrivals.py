"""What has arrived on which day: expected days that lack data, days with unusually little, sources that stopped."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

import rashin
from rashin.query import Scope
from rashin.query.arrival import arrivals
from rashin.store import Workspace

FIRST = date(2026, 8, 3)  # a Monday
MAPPING = """
source = "{source}"
zone = "Asia/Tokyo"
expect = "{expect}"
[[fact]]
fact = "contact"
key = ["id"]
[fact.fields]
channel = {{ value = "voice" }}
direction = {{ value = "inbound" }}
outcome = {{ value = "answered" }}
team = {{ column = "team" }}
offered_at = {{ column = "at" }}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Workspace.create(tmp_path / "w")
    return tmp_path


def load(centre: rashin.face.Centre, folder: Path, source: str, days: dict[int, int], expect: str = "daily", team: str = "A") -> None:
    """Load ``rows`` contacts on each day (counted from FIRST)."""
    mapping, file = folder / f"{source}.toml", folder / f"{source}.csv"
    mapping.write_text(MAPPING.format(source=source, expect=expect), "utf-8")
    lines = [f"{source}-{day}-{n},{FIRST + timedelta(days=day)} 10:00:00,{team}" for day, rows in days.items() for n in range(rows)]
    file.write_text("\n".join(["id,at,team", *lines]) + "\n", "utf-8")
    centre.load(file, mapping, by="test")


def states(centre: rashin.face.Centre, source: str, days: int, scope: Scope | None = None) -> list[str]:
    last = FIRST + timedelta(days=days - 1)
    found = {each.source: each for each in arrivals(centre.store, FIRST, last, scope=scope or Scope.everything())}
    return [each.state for each in found[source].days]


def test_a_day_on_which_nothing_came_is_missing_only_where_something_was_expected(folder: Path) -> None:
    with rashin.open(folder / "w") as centre:
        load(centre, folder, "pbx", {0: 2, 2: 2, 3: 1})
        load(centre, folder, "monthly", {0: 1}, expect="none")
        load(centre, folder, "office", {0: 1, 1: 1, 2: 1, 3: 1, 4: 1}, expect="open_days")
        assert states(centre, "pbx", 6) == ["arrived", "missing", "arrived", "arrived", "missing", "not_yet"]
        assert states(centre, "monthly", 6) == ["arrived", *["not_expected"] * 5]
        assert states(centre, "office", 6)[5] == "not_expected"  # a Saturday


def test_a_source_that_falls_silent_while_others_go_on_has_stopped(folder: Path) -> None:
    with rashin.open(folder / "w") as centre:
        load(centre, folder, "goes-on", dict.fromkeys(range(10), 1))
        load(centre, folder, "stops", dict.fromkeys(range(3), 1))
        found = {each.source: each for each in arrivals(centre.store, FIRST, FIRST + timedelta(days=9), scope=Scope.everything())}
        assert (found["goes-on"].stopped, found["stops"].stopped) == (None, FIRST + timedelta(days=3))
        assert found["stops"].missing == 7


def test_less_than_half_of_what_is_usual_on_the_weekday_is_partial(folder: Path) -> None:
    with rashin.open(folder / "w") as centre:
        load(centre, folder, "pbx", {0: 20, 7: 20, 14: 20, 21: 9, 22: 1})
        found = states(centre, "pbx", 23)
        assert (found[21], found[22]) == ("partial", "arrived")  # of the 22nd day's weekday nothing is usual yet


def test_a_source_out_of_scope_is_not_named(folder: Path) -> None:
    with rashin.open(folder / "w") as centre:
        load(centre, folder, "ours", {0: 1}, team="A")
        load(centre, folder, "theirs", {0: 1}, team="B")
        found = arrivals(centre.store, FIRST, FIRST, scope=Scope({"team": ("A",)}))
        assert [each.source for each in found] == ["ours"]
