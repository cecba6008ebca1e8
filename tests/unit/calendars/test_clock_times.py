"""Clock times in 25:00 notation, opening hours, and the refusals that say what to write instead."""

import pytest

from rashin.calendars import Hours, format_clock, parse_clock, parse_cutover, parse_hours
from rashin.errors import DefinitionError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("09:00", 32_400),
        ("9:05", 32_700),
        ("25:10", 90_600),
        ("48:00", 172_800),
        ("00:00:30", 30),
        ("２５：１０", 90_600),
        ("9時", 32_400),
        ("9時半", 34_200),
        ("17時30分", 63_000),
    ],
)
def test_clock_times_as_people_write_them(text, seconds):
    assert parse_clock(text) == seconds


@pytest.mark.parametrize("text", ["18:60", "49:00", "48:00:01", "9", "9.30", "", "noon", "-1:00", "10:00:75"])
def test_what_is_no_clock_time_is_refused_with_its_word(text):
    with pytest.raises(DefinitionError) as refused:
        parse_clock(text, "calendars/main.toml › mon")
    assert (refused.value.code, refused.value.word, refused.value.place) == ("clock_invalid", text, "calendars/main.toml › mon")
    assert "25:10" in refused.value.text("ja")
    assert "25:10" in refused.value.text("en")


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("09:00-18:00", Hours(32_400, 64_800)),
        ("22:00-30:00", Hours(79_200, 108_000)),
        ("9時〜17時半", Hours(32_400, 63_000)),
        ("9:00から12:00", Hours(32_400, 43_200)),
        ("00:00-24:00", Hours(0, 86_400)),
    ],
)
def test_opening_hours(text, hours):
    assert parse_hours(text) == hours


@pytest.mark.parametrize(
    ("text", "code", "suggestion"),
    [
        ("22:00-06:00", "hours_end_early", "22:00-30:00"),
        ("09:00-09:00", "hours_end_early", None),
        ("25:00-30:00", "hours_start_late", "01:00-06:00"),
        ("25:00-17:00", "hours_start_late", None),
        ("24:00-26:00", "hours_start_late", "00:00-02:00"),
        ("09:00", "hours_invalid", None),
        ("09:00-12:00-18:00", "hours_invalid", None),
    ],
)
def test_hours_that_cannot_be_meant_are_refused_never_guessed(text, code, suggestion):
    with pytest.raises(DefinitionError) as refused:
        parse_hours(text, "mon")
    assert (refused.value.code, refused.value.suggestion, refused.value.place) == (code, suggestion, "mon")


@pytest.mark.parametrize(("text", "seconds"), [("05:00", 18_000), ("29:00", 18_000), ("24:00", 0), ("00:00", 0)])
def test_a_cutover_may_be_written_as_the_end_of_the_day_before(text, seconds):
    assert parse_cutover(text) == seconds


@pytest.mark.parametrize(("seconds", "text"), [(0, "00:00"), (90_600, "25:10"), (3_661, "01:01:01")])
def test_clock_times_are_shown_as_they_are_written(seconds, text):
    assert format_clock(seconds) == text
