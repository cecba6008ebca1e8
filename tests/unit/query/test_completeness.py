"""An answer says what its input lacked: days, columns, refused rows; and each touched cell says it too."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from rashin.calendars import Period
from rashin.query import Answer, Question, Scope, ask, seen

KPIS = """
[calls]
unit = "count"
measures.calls = "count(*)"
value = "calls"

[aht]
unit = "s"
measures.total = "sum(talk_s + coalesce(acw_s, 0)) filter (where answered)"
measures.taken = "count(*) filter (where answered)"
value = "total / taken"
"""
OCTOBER_1_9 = Period.parse("2026-10-01..2026-10-09", date(2026, 12, 1))


def call(day: int, **more: Any) -> dict[str, Any]:
    return {
        "channel": "voice",
        "direction": "inbound",
        "outcome": "answered",
        "talk_s": 100,
        "offered_at": f"2026-10-{day:02d} 10:00",
        **more,
    }


def asked(world: Any, kpi: str = "calls", period: Period = OCTOBER_1_9, **more: Any) -> Answer:
    return ask(world.store, world.kpis(KPIS), Question(kpi, period, **more), scope=Scope.everything())


def notes(answer: Answer, kind: str) -> list[Any]:
    return [note for note in answer.completeness.notes if note.kind == kind]


def test_open_days_are_weekdays_without_public_holidays_until_a_calendar_says_otherwise(world: Any) -> None:
    """October 2026: the 3rd and 4th are a weekend. Loaded: 1, 2, 6, 9; so 5, 7 and 8 are missing."""
    world.load("contact", [call(day) for day in (1, 2, 6, 9)])
    (note,) = notes(asked(world), "missing_days")
    assert [day.day for day in note.days] == [5, 7, 8]
    assert "pbx" in note.text.ja


def test_the_workspace_may_say_what_to_expect(make_world: Any) -> None:
    daily, none = make_world('[sources.pbx]\nexpect = "daily"'), make_world('[sources.pbx]\nexpect = "none"')
    for world in (daily, none):
        world.load("contact", [call(day) for day in (1, 2, 6, 9)])
    assert [day.day for day in notes(asked(daily), "missing_days")[0].days] == [3, 4, 5, 7, 8]
    assert asked(none).completeness.complete


def test_the_mapping_of_the_newest_load_may_say_what_to_expect(world: Any) -> None:
    (world.workspace.folder("landing") / "mapping-mapping.toml").write_text('source = "pbx"\nexpect = "none"\n', "utf-8")
    world.load("contact", [call(1), call(9)])
    assert asked(world).completeness.complete


def test_an_opening_calendar_decides_what_an_open_day_is(world: Any) -> None:
    text = '[calendar.shop]\nzone = "Asia/Tokyo"\nholidays = "none"\ndefault = true\nsat = "09:00-18:00"\nsun = "09:00-18:00"\n'
    (world.workspace.folder("calendars") / "shop.toml").write_text(text, "utf-8")
    world.load("contact", [call(1), call(3), call(9)])
    assert [day.day for day in notes(asked(world), "missing_days")[0].days] == [4]


def test_a_calendar_with_a_mistake_leaves_the_working_days_expected_and_says_so(world: Any) -> None:
    text = '[calendar.shop]\nzone = "Asia/Tokio"\ndefault = true\nsat = "09:00-18:00"\n'
    (world.workspace.folder("calendars") / "shop.toml").write_text(text, "utf-8")
    world.load("contact", [call(1), call(9)])
    answer = asked(world)
    assert [day.day for day in notes(answer, "missing_days")[0].days] == [2, 5, 6, 7, 8], (
        "Thursday 1 to Friday 9 October 2026 without the weekend"
    )
    assert "Asia/Tokyo" in notes(answer, "calendar_wrong")[0].text.en


def test_cells_of_the_missing_days_say_so_and_the_others_do_not(world: Any) -> None:
    world.load("contact", [call(1), call(5)])
    answer = asked(world, grain="day")
    said = {cell.bucket[-2:]: cell.reason.en for cell in answer.cells() if cell.reason and "no contact data" in cell.reason.en}
    assert said == {"02": "no record in this bucket; pbx: no contact data for 1 day (2026-10-02)"}


def test_sliced_by_source_only_the_source_concerned_is_marked(world: Any) -> None:
    world.load("contact", [call(day) for day in (1, 2, 5, 6, 7, 8, 9)])
    world.load("contact", [call(day) for day in (1, 9)], source="chat")
    answer = asked(world, by="source")
    assert answer.cell(source="pbx").reason is None
    assert "chat" in (answer.cell(source="chat").reason or answer.cell(source="pbx")).en  # type: ignore[union-attr]


def test_before_the_first_load_and_after_the_last_is_not_missing_but_not_there(world: Any) -> None:
    world.load("contact", [call(5), call(6)])
    answer = asked(world)
    assert [day.day for day in notes(answer, "before_first")[0].days] == [1, 2]
    assert [day.day for day in notes(answer, "not_yet")[0].days] == [7, 8, 9]
    assert not notes(answer, "missing_days")


def test_a_column_that_a_source_never_records_is_named_by_the_kpis_that_need_it(world: Any) -> None:
    world.load("contact", [call(1), call(2, acw_s=30) | {"talk_s": None}])
    world.load("contact", [call(1, acw_s=30)], source="cti")
    answer = asked(world, "aht", by="source")
    found = notes(answer, "never_recorded")
    assert [(note.source, note.names) for note in found] == []
    world.load("contact", [call(1)], source="old-pbx")
    found = notes(asked(world, "aht", by="source"), "never_recorded")
    assert [(note.source, note.names) for note in found] == [("old-pbx", ("acw_s",))]
    assert found[0].text.ja == "old-pbx は「後処理時間」を記録していないため、ahtはその分を欠いています"
    assert found[0].text.en == "aht lacks “After-call work” from old-pbx, which does not record it"
    assert not notes(asked(world, "calls"), "never_recorded"), "a count of contacts needs no after-call work"


def test_refused_rows_of_loads_that_feed_the_period_are_counted(world: Any) -> None:
    columns = {name: ["x"] for name in ("fact", "file", "code", "reason_ja", "reason_en", "mend_ja", "mend_en", "raw")}
    with world.store.load("pbx", "f.csv", "h-rejects", "m", "tester") as load:
        load.stage(
            "contact",
            pa.table({"source": ["pbx"], "native_id": ["r1"], "revision": [1], "business_date": [date(2026, 10, 1)], "_line": [2]}),
        )
        load.reject(pa.table({**columns, "fact": ["contact"], "line": [3]}))
        load.commit()
    (note,) = notes(asked(world), "rejected")
    assert (note.count, note.text.ja) == (1, "応対の取込不可が 1 行あります")
    november = Period.parse("2026-11", date(2026, 12, 1))
    assert not notes(asked(world, period=november), "rejected")


def test_refused_rows_that_were_mended_are_lacking_no_more(world: Any) -> None:
    columns = {name: ["x"] * 2 for name in ("fact", "file", "code", "reason_ja", "reason_en", "mend_ja", "mend_en", "raw")}
    row = {"source": ["pbx"], "revision": [1], "business_date": [date(2026, 10, 1)], "_line": [2]}
    with world.store.load("pbx", "f.csv", "h-first", "m", "tester") as load:
        load.stage("contact", pa.table({**row, "native_id": ["r1"]}))
        load.reject(pa.table({**columns, "fact": ["contact"] * 2, "line": [3, 4]}))
        refusing = load.commit().load_id
    with world.store.load("pbx", "mend.csv", "h-mend", "m", "tester", batch_id=f"mend-{refusing}-x") as load:
        load.stage("contact", pa.table({**row, "native_id": ["r2"], "_line": [3]}))
        load.mend(refusing, "contact", [("x", 3)])
        load.commit()
    assert [note.count for note in notes(asked(world), "rejected")] == [1], "one of two is still open"
    with world.store.load("pbx", "again.csv", "h-again", "m", "tester", batch_id=f"mend-{refusing}-y") as load:
        load.stage("contact", pa.table({**row, "native_id": ["r2"], "_line": [3]}))
        load.mend(refusing, "contact", [("x", 3), ("x", 99)])  # the same row once more, and one that was never refused
        load.commit()
    assert [note.count for note in notes(asked(world), "rejected")] == [1], "mended twice is mended once"
    assert [note.count for note in notes(asked(world, as_of=refusing), "rejected")] == [2], "as it was known then"


def test_sources_tell_how_much_has_arrived(world: Any) -> None:
    world.load("contact", [call(day) for day in (1, 2, 6, 9)])
    (days,) = asked(world).completeness.sources
    assert (days.source, days.expect, days.expected, days.arrived, days.first.day, days.last.day) == ("pbx", "open_days", 7, 4, 1, 9)


def test_rows_that_have_a_date_only_are_in_no_hour(world: Any) -> None:
    world.load("contact", [call(1), {"channel": "voice", "direction": "inbound", "business_date": "2026-10-01", "outcome": "answered"}])
    answer = asked(world, grain="hour", period=Period.parse("2026-10-01", date(2026, 12, 1)))
    assert sum(cell.value or 0 for cell in answer.cells()) == 1
    (note,) = notes(answer, "date_only")
    assert note.count == 1
    assert not notes(asked(world, grain="day"), "date_only")


def test_a_kpi_that_cannot_be_sliced_like_this_lacks_nothing(world: Any) -> None:
    world.load("contact", [call(1)])
    answer = asked(world, by="network")
    assert [cell.state for cell in answer.cells()] == ["not_applicable"]
    assert answer.completeness.complete


def test_a_source_whose_rows_the_kpi_does_not_count_lacks_nothing_of_it(world: Any) -> None:
    """Abandoned calls have no handling time; only where somebody answered does after-call work matter."""
    world.load("contact", [call(1, outcome="abandoned", talk_s=None)], source="ivr")
    world.load("contact", [call(1, acw_s=10)])
    assert not notes(asked(world, "aht"), "never_recorded")


def test_sources_that_lack_the_same_are_named_together(world: Any) -> None:
    for source in ("b", "a"):
        world.load("contact", [call(1)], source=source)
    world.load("contact", [call(1, acw_s=10)])
    (note,) = notes(asked(world, "aht"), "never_recorded")
    assert note.text.en == "aht lacks “After-call work” from a, b, which do not record it"


def test_what_a_source_records_is_learnt_from_each_load_and_unlearnt_when_it_is_withdrawn(world: Any) -> None:
    def lacking() -> list[str]:
        return [note.source for note in notes(asked(world, "aht"), "never_recorded")]

    world.load("contact", [call(1)])
    assert lacking() == ["pbx"]
    with_acw = world.load("contact", [call(2, acw_s=10)])
    assert lacking() == []
    world.load("contact", [call(5)])
    assert lacking() == []
    world.store.withdraw(with_acw, "sato")
    assert lacking() == ["pbx"]
    assert not notes(asked(world, "aht", as_of=3), "never_recorded")


def test_what_only_old_days_show_is_found_too_where_the_newest_are_looked_at_first(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a large fact the newest days are read first; a column that a source recorded long ago counts as recorded all the same."""
    monkeypatch.setattr(seen, "_MANY", 1)
    world.load("contact", [call(1, acw_s=10), call(28)])
    world.load("contact", [call(28)], source="mail")
    assert [note.source for note in notes(asked(world, "aht", Period.parse("2026-10", date(2026, 12, 1))), "never_recorded")] == ["mail"]
