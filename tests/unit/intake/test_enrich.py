"""What a row gains on its way to the store, and what it must not gain."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from rashin.calendars import Calendars, parse_calendar
from rashin.intake.enrich import Setting, enrich, merge_notes
from rashin.intake.org import parse_org
from rashin.records import FACTS

CONTACT = FACTS["contact"]
ORG = parse_org(
    """agent,queue,team,site,vendor,client,channel,valid_from,valid_to
sato,,red,sapporo,,,,,2026-09-30
sato,,blue,naha,,,,2026-10-01,
tanaka,,green,okinawa,vendor-a,,,,
,support,front,sapporo,vendor-q,shop,voice,,
"""
)
OFFICE = parse_calendar(
    "office", {"zone": "Asia/Tokyo", "queues": ["support"]} | dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-18:00")
)


def at(text):
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC).replace(tzinfo=None)


def table(*rows):
    """A batch as the intake has it: instants where the name ends in _at, else what the values say."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows]
        columns[name] = pa.array([at(v) for v in values], pa.timestamp("us")) if name.endswith("_at") else pa.array(values)
    return pa.table(columns)


def contacts(*rows, **setting):
    base = {"channel": "voice", "direction": "inbound"}
    return enrich(CONTACT, table(*({**base, **row} for row in rows)), Setting("Asia/Tokyo", **setting))


def column(found, name):
    return found.table.column(name).to_pylist()


def test_a_row_counts_at_its_first_anchor_on_the_local_business_date():
    found = contacts(
        {"offered_at": "2026-10-04T16:00", "answered_at": "2026-10-04T16:01"}, {"answered_at": "2026-10-04T21:00"}, cutover="05:00"
    )
    assert column(found, "counted_at") == [at("2026-10-04T16:00"), at("2026-10-04T21:00")]
    assert column(found, "business_date") == [date(2026, 10, 4), date(2026, 10, 5)]  # 01:00 and 06:00 in Tokyo
    assert column(found, "utc_offset_s") == [32_400, 32_400]
    assert not found.notes


def test_when_the_source_lacks_the_first_anchor_it_is_told():
    found = contacts({"first_response_at": "2026-10-04T16:00"}, {"resolved_at": "2026-10-04T17:00"})
    assert [(note.code, note.rows) for note in found.notes] == [("counted_by_other", 2)]
    assert found.notes[0].text.en.startswith("Counted by first_response_at")
    assert "the source gives no offered_at" in found.notes[0].text.en
    assert "着信・受付時刻" in found.notes[0].text.ja


def test_a_row_without_any_instant_has_no_date_and_a_given_date_is_kept():
    found = contacts({"offered_at": None, "business_date": None}, {"offered_at": "2026-10-04T16:00", "business_date": date(2026, 10, 4)})
    assert column(found, "business_date") == [None, date(2026, 10, 4)]
    assert column(found, "utc_offset_s") == [None, 32_400]


def test_a_fact_that_has_a_date_only_has_no_instant():
    found = enrich(FACTS["account_day"], table({"account": "@shop", "business_date": date(2026, 10, 1)}), Setting("Asia/Tokyo"))
    assert column(found, "business_date") == [date(2026, 10, 1)]
    assert column(found, "counted_at") == [None]
    assert column(found, "utc_offset_s") == [None]


def test_sites_in_several_zones_have_their_own_dates():
    found = contacts(
        {"offered_at": "2026-10-04T16:00", "_zone": "Asia/Manila"},
        {"offered_at": "2026-10-04T15:30", "_zone": None},
        {"offered_at": "2026-10-04T15:30", "_zone": "Asia/Kolkata"},
    )
    assert column(found, "business_date") == [date(2026, 10, 5), date(2026, 10, 5), date(2026, 10, 4)]
    assert column(found, "utc_offset_s") == [28_800, 32_400, 19_800]
    assert "_zone" not in found.table.column_names


def test_an_agent_s_place_is_the_one_of_that_day_and_what_the_source_says_stays():
    found = contacts(
        {"offered_at": "2026-09-30T03:00", "agent": "sato", "team": None},
        {"offered_at": "2026-10-01T03:00", "agent": "sato", "team": None},
        {"offered_at": "2026-10-01T03:00", "agent": "sato", "team": "night"},
        {"offered_at": "2026-10-01T03:00", "agent": "tanaka", "team": None},
        org=ORG,
    )
    assert column(found, "team") == ["red", "blue", "night", "green"]
    assert column(found, "site") == ["sapporo", "naha", "naha", "okinawa"]
    assert column(found, "vendor") == [None, None, None, "vendor-a"]


def test_a_row_without_a_listed_agent_belongs_where_its_queue_does():
    found = contacts(
        {"offered_at": "2026-10-01T03:00", "queue": "support", "agent": None},
        {"offered_at": "2026-10-01T03:00", "queue": "support", "agent": "sato"},
        {"offered_at": "2026-10-01T03:00", "queue": "other", "agent": "suzuki"},
        org=ORG,
    )
    assert column(found, "team") == ["front", "blue", None]
    assert column(found, "vendor") == ["vendor-q", None, None]  # a listed agent without a vendor is in-house
    assert column(found, "client") == ["shop", "shop", None]
    assert [(note.code, note.rows, note.examples) for note in found.notes] == [("agent_not_listed", 1, ("suzuki",))]


def test_a_missing_channel_comes_from_the_queue():
    batch = table({"offered_at": "2026-10-01T03:00", "queue": "support", "direction": "inbound"})
    assert column(enrich(CONTACT, batch, Setting("Asia/Tokyo", org=ORG)), "channel") == ["voice"]


def test_the_wait_of_a_call_is_worked_out_only_where_it_is_certain():
    call = {"offered_at": "2026-10-01T03:00:00", "wait_s": None}
    found = contacts(
        call | {"answered_at": "2026-10-01T03:00:20", "outcome": "answered"},
        call | {"ended_at": "2026-10-01T03:00:45", "outcome": "abandoned"},
        call | {"ended_at": "2026-10-01T03:00:45", "outcome": "voicemail"},
        call | {"answered_at": "2026-10-01T03:00:20", "channel": "mail"},
        call | {"answered_at": "2026-10-01T03:00:20", "direction": "outbound"},
        call | {"answered_at": "2026-10-01T03:00:20", "wait_s": 12.5},
        call | {"answered_at": "2026-10-01T02:59:00"},
    )
    assert column(found, "wait_s") == [20.0, 45.0, None, None, None, 12.5, None]


def test_a_chat_waits_until_a_person_first_responds():
    chat = {"offered_at": "2026-10-01T03:00:00", "channel": "chat", "wait_s": None}
    found = contacts(
        chat | {"first_response_at": "2026-10-01T03:00:35", "outcome": "answered"},
        chat | {"answered_at": "2026-10-01T03:00:10", "first_response_at": "2026-10-01T03:00:35", "outcome": "answered"},
        chat | {"outcome": "open"},
    )
    assert column(found, "wait_s") == [35.0, 10.0, None]


def test_first_response_and_resolution_by_the_clock_and_in_opening_hours():
    friday_17_to_monday_11 = {
        "queue": "support",
        "offered_at": "2026-10-02T08:00",
        "first_response_at": "2026-10-05T02:00",
        "channel": "mail",
    }
    found = contacts(
        friday_17_to_monday_11 | {"resolved_at": "2026-10-05T02:30"},
        {**friday_17_to_monday_11, "queue": "unknown", "resolved_at": None},
        {**friday_17_to_monday_11, "first_response_at": None, "resolved_at": None},
        calendars=Calendars({"office": OFFICE}),
    )
    assert column(found, "first_response_s") == [66 * 3600.0, 66 * 3600.0, None]
    assert column(found, "resolution_s") == [66.5 * 3600, None, None]
    assert column(found, "first_response_open_s") == [3 * 3600.0, None, None]
    assert column(found, "first_response_last_schedule_s") == [3 * 3600.0, None, None]
    assert column(found, "resolution_open_s") == [3.5 * 3600, None, None]
    assert [(note.code, note.rows) for note in found.notes] == [("no_calendar", 1)]
    assert "unknown" in found.notes[0].text.ja


def test_the_two_rules_differ_when_the_schedule_changed_in_between():
    changed = parse_calendar(
        "main",
        {
            "zone": "Asia/Tokyo",
            "schedule": [{"until": "2026-10-02", "thu": "09:00-18:00"}, {"from": "2026-10-02", "thu": "09:00-12:00", "fri": "09:00-12:00"}],
        },
    )
    found = contacts(
        {"offered_at": "2026-10-01T00:00", "first_response_at": "2026-10-02T02:00", "channel": "mail"},
        calendars=Calendars({"main": changed}),
    )
    assert column(found, "first_response_open_s") == [None]  # neither a queue nor a default calendar
    default = Calendars({"main": parse_calendar("main", {"zone": "Asia/Tokyo", "always": True, "default": True})})
    found = contacts({"offered_at": "2026-10-01T00:00", "first_response_at": "2026-10-02T02:00"}, calendars=default)
    assert column(found, "first_response_open_s") == [26 * 3600.0]
    named = Calendars({"main": changed.__class__(changed.zone, changed.schedules, queues=("*",))})
    found = contacts({"queue": "q", "offered_at": "2026-10-01T00:00", "first_response_at": "2026-10-02T02:00"}, calendars=named)
    assert (column(found, "first_response_open_s"), column(found, "first_response_last_schedule_s")) == ([11 * 3600.0], [5 * 3600.0])


def test_posts_and_shifts():
    post = enrich(FACTS["post"], table({"posted_at": "2026-10-01T00:00", "first_reply_at": "2026-10-01T00:10"}), Setting("Asia/Tokyo"))
    assert column(post, "first_reply_s") == [600.0]
    shift = {
        "agent": "sato",
        "start_at": "2026-10-01T00:00",
        "end_at": "2026-10-01T09:00",
        "clock_in_at": "2026-10-01T00:05",
        "clock_out_at": None,
    }
    found = enrich(FACTS["shift"], table(shift), Setting("Asia/Tokyo", org=ORG))
    assert column(found, "scheduled_s") == [32_400.0]
    assert "attended_s" not in found.table.column_names
    assert column(found, "team") == ["blue"]


def test_an_empty_batch_stays_empty():
    found = enrich(
        CONTACT, table({"offered_at": "2026-10-01T00:00", "agent": "sato", "queue": "q"}).slice(0, 0), Setting("Asia/Tokyo", org=ORG)
    )
    assert found.table.num_rows == 0


def test_a_batch_may_come_in_several_chunks():
    one = table({"channel": "voice", "direction": "inbound", "offered_at": "2026-10-01T03:00", "agent": "sato", "queue": "support"})
    found = enrich(CONTACT, pa.concat_tables([one, one]), Setting("Asia/Tokyo", org=ORG, calendars=Calendars({"office": OFFICE})))
    assert column(found, "team") == ["blue", "blue"]


def test_notes_of_several_batches_become_one():
    first = contacts({"offered_at": "2026-10-01T03:00", "agent": "suzuki"}, org=ORG).notes
    second = contacts({"offered_at": "2026-10-01T03:00", "agent": "ito"}, org=ORG).notes
    merged = merge_notes([*first, *second])
    assert [(note.rows, note.examples) for note in merged] == [(2, ("suzuki", "ito"))]


@pytest.mark.parametrize("name", sorted(FACTS))
def test_every_fact_can_be_enriched(name):
    fact = FACTS[name]
    anchor = fact.anchors[0]
    found = enrich(
        fact, table({anchor: date(2026, 10, 1) if anchor == "business_date" else "2026-10-01T03:00"}), Setting("Asia/Tokyo", org=ORG)
    )
    assert column(found, "business_date") == [date(2026, 10, 1)]
