"""calendars/*.toml: what can be written, which queue gets which calendar, and how a mistake is shown."""

import pytest

from rashin.calendars import load_calendars
from rashin.errors import DefinitionError

OFFICE = """
[calendar.office]
zone = "Asia/Tokyo"
holidays = "JP"
closed = ["12-29..01-03", 2026-08-13]
queues = ["support*", "sales"]

[[calendar.office.schedule]]
until = 2026-04-01
mon = ["09:00-17:00"]
holiday = []

[[calendar.office.schedule]]
from = 2026-04-01
mon = ["09:00-12:00", "13:00-18:00"]
holiday = ["10:00-17:00"]
"""
NIGHT = """
[calendar.night]
zone = "Asia/Tokyo"
always = true
queues = ["support_night", "*night*"]
"""
REST = '[calendar.rest]\nzone = "Asia/Tokyo"\nmon = "10:00-16:00"\n'


@pytest.fixture
def folder(tmp_path):
    def write(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_each_queue_gets_the_calendar_that_names_it_best(folder):
    calendars = load_calendars(folder(a=OFFICE, b=NIGHT, c=REST))
    names = {
        queue: found.name
        for queue in ("support", "support_eu", "sales", "support_night", "midnight", "fax", None)
        if (found := calendars.for_queue(queue))
    }
    assert names == {
        "support": "office",
        "support_eu": "office",
        "sales": "office",
        "support_night": "night",  # its own name beats every pattern
        "midnight": "night",
        "fax": "rest",
        None: "rest",
    }


def test_without_a_default_a_queue_that_nobody_names_has_no_calendar(folder):
    calendars = load_calendars(folder(a=OFFICE))
    assert calendars.for_queue("fax") is None
    assert calendars.for_queue(None) is None


def test_no_folder_means_no_calendars(tmp_path):
    assert load_calendars(tmp_path / "calendars").by_name == {}


def test_a_schedule_without_an_end_holds_until_the_next_one(folder):
    text = '[calendar.a]\nzone = "UTC"\n[[calendar.a.schedule]]\nalways = true\n[[calendar.a.schedule]]\nfrom = 2026-04-01\nmon = "09:00-10:00"\n'
    first, second = load_calendars(folder(a=text)).by_name["a"].schedules
    assert (str(first.until), second.until) == ("2026-04-01", None)


def refused(folder, text, **more):
    with pytest.raises(DefinitionError) as error:
        load_calendars(folder(main=text, **more))
    return error.value


HEAD = '[calendar.a]\nzone = "Asia/Tokyo"\n'


@pytest.mark.parametrize(
    ("text", "code", "place", "word", "suggestion"),
    [
        ('[calendar.a]\nzone = "Asia/Tokio"\nalways = true', "zone_unknown", "calendar.a › zone", "Asia/Tokio", "Asia/Tokyo"),
        ("[calendar.a]\nalways = true", "zone_missing", "calendar.a", "zone", None),
        (HEAD + 'moon = ["09:00-18:00"]', "key_unknown", "calendar.a", "moon", "mon"),
        (HEAD + 'mon = ["22:00-06:00"]', "hours_end_early", "calendar.a › schedule 1 › mon", "22:00-06:00", "22:00-30:00"),
        (HEAD + 'mon = ["25:00-17:00"]', "hours_start_late", "calendar.a › schedule 1 › mon", "25:00-17:00", None),
        (HEAD + 'mon = ["09:00-18:60"]', "clock_invalid", "calendar.a › schedule 1 › mon", "18:60", None),
        (HEAD + 'mon = "09:00-18:00"\nholidays = "JPN"', "holidays_unknown", "calendar.a › holidays", "JPN", "JP"),
        (HEAD + 'mon = "09:00-18:00"\nholidays = "Japan"', "holidays_unknown", "calendar.a › holidays", "Japan", "JP"),
        (HEAD + 'mon = "09:00-18:00"\nholidays = "US-CAA"', "holidays_unknown", "calendar.a › holidays", "US-CAA", "US-CA"),
        (HEAD + 'mon = "09:00-18:00"\nholidays = "JP:close"', "holidays_mode", "calendar.a › holidays", "close", "closed"),
        (HEAD + 'mon = "09:00-18:00"\nclosed = ["2026-02-30"]', "days_invalid", "calendar.a › closed", "2026-02-30", None),
        (HEAD + 'mon = "09:00-18:00"\nclosed = ["2026-08-16..2026-08-13"]', "days_invalid", "calendar.a › closed", "2026-08-16..2026-08-13", None),
        (HEAD + 'mon = "09:00-18:00"\nclosed = ["2026-12-29..01-03"]', "days_invalid", "calendar.a › closed", "2026-12-29..01-03", None),
        (HEAD + 'mon = "09:00-18:00"\nclosed = "お盆"', "type_wrong", "calendar.a › closed", "お盆", None),
        (HEAD + "mon = 9", "type_wrong", "calendar.a › schedule 1 › mon", "9", None),
        (HEAD + 'always = "yes"', "type_wrong", "calendar.a › schedule 1 › always", "yes", None),
        (HEAD + 'always = true\nmon = "09:00-18:00"', "always_and_hours", "calendar.a › schedule 1 › mon", "mon", None),
        (HEAD + 'open_days = [{ on = "2026-12-30" }]', "open_day_incomplete", "calendar.a › open_days 1", "hours", None),
        (HEAD, "calendar_never_opens", "calendar.a", "a", None),
        (HEAD + 'mon = "09:00-10:00"\n[[calendar.a.schedule]]\nalways = true', "schedule_mixed", "calendar.a", "mon", None),
        (HEAD + "[[calendar.a.schedule]]\nalways = true\n[[calendar.a.schedule]]\nalways = true", "schedules_overlap", "calendar.a", "", None),
        (
            HEAD + "[[calendar.a.schedule]]\nuntil = 2026-04-02\nalways = true\n[[calendar.a.schedule]]\nfrom = 2026-04-01\nalways = true",
            "schedules_overlap",
            "calendar.a",
            "2026-04-01",
            None,
        ),
        (HEAD + "[[calendar.a.schedule]]\nfrom = 2026-04-01\nuntil = 2026-04-01\nalways = true", "schedule_empty", "calendar.a › schedule 1 › until", "2026-04-01", None),
        (HEAD + '[[calendar.a.schedule]]\nfrom = "04-01"\nalways = true', "type_wrong", "calendar.a › schedule 1 › from", "04-01", None),
        ("[calender.a]", "key_unknown", "main.toml", "calender", "calendar"),
        ("calendar = 1", "type_wrong", "main.toml", "1", None),
        ("[calendar", "toml_invalid", "main.toml", "", None),
        (HEAD + 'always = true\nqueues = ["a"]\n[calendar.b]\nzone = "UTC"\nalways = true\nqueues = ["a"]', "queue_twice", "calendar.b › queues", "a", None),
        (HEAD + 'always = true\n[calendar.b]\nzone = "UTC"\nalways = true', "default_twice", "calendar.b › default", "b", None),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_place_word_and_suggestion(folder, text, code, place, word, suggestion):
    error = refused(folder, text)
    assert (error.code, error.word, error.suggestion) == (code, word, suggestion)
    assert error.place.endswith(place)
    assert error.text("ja") != error.text("en")


def test_one_name_in_two_files_is_refused(folder):
    error = refused(folder, HEAD + "always = true", other=HEAD + "always = true")
    assert (error.code, error.word) == ("calendar_twice", "a")
    assert "main.toml" in error.text("en")


def test_a_calendar_may_decline_to_be_the_default(folder):
    text = HEAD + 'always = true\ndefault = true\n[calendar.b]\nzone = "UTC"\nalways = true\n'
    assert load_calendars(folder(main=text)).for_queue("x").name == "a"
