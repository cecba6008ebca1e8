"""UTC ↔ wall clock ↔ business date, on ordinary days and on those on which the clocks move."""

from datetime import date

import numpy as np
import pytest

from rashin.calendars import business_date, day_buckets, grain_labels, local_to_utc, offsets_s, to_local, zone_info
from rashin.errors import DefinitionError


def at(*texts):
    return np.array(texts, "datetime64[us]")


def test_tokyo_is_nine_hours_ahead_and_null_stays_null():
    found = offsets_s(at("2026-10-05T00:00", "NaT"), "Asia/Tokyo")
    assert found[0] == 32_400
    assert np.isnan(found[1])
    assert np.isnat(to_local(at("NaT"), "Asia/Tokyo")[0])


def test_new_york_changes_in_march_and_november():
    assert offsets_s(
        at("2026-03-08T06:59:59", "2026-03-08T07:00", "2026-11-01T05:59:59", "2026-11-01T06:00"), "America/New_York"
    ).tolist() == [
        -18_000,
        -14_400,
        -14_400,
        -18_000,
    ]


def test_tokyo_had_summer_time_once():
    assert offsets_s(at("1950-07-01", "1952-07-01"), "Asia/Tokyo").tolist() == [36_000, 32_400]


def test_a_stray_date_of_the_year_9999_does_not_disturb_the_others():
    assert offsets_s(at("9999-12-31T23:59", "2026-07-01", "0001-01-01"), "Europe/Berlin").tolist()[:2] == [3_600, 7_200]


def test_a_time_that_the_clock_jumps_over_is_reported_and_moved_to_the_jump():
    found = local_to_utc(at("2026-03-08T02:30", "2026-03-08T03:30", "NaT"), "America/New_York")
    assert found.missing.tolist() == [True, False, False]
    assert found.utc[:2].tolist() == at("2026-03-08T07:00", "2026-03-08T07:30").tolist()
    assert np.isnat(found.utc[2])
    assert not found.ambiguous.any()


def test_of_a_time_shown_twice_the_first_is_taken_unless_the_second_is_asked_for():
    local = at("2026-11-01T01:30")
    assert local_to_utc(local, "America/New_York").utc.tolist() == at("2026-11-01T05:30").tolist()
    assert local_to_utc(local, "America/New_York", later=True).utc.tolist() == at("2026-11-01T06:30").tolist()
    assert local_to_utc(local, "America/New_York").ambiguous.all()


def test_in_a_zone_that_never_changes_nothing_is_missing_or_ambiguous():
    found = local_to_utc(at("2026-11-01T01:30"), "Asia/Tokyo")
    assert found.utc.tolist() == at("2026-10-31T16:30").tolist()
    assert not found.missing.any()
    assert not found.ambiguous.any()


@pytest.mark.parametrize("cutover", ["05:00", "29:00"])
def test_the_business_date_begins_at_the_cutover(cutover):
    calls = at("2026-10-04T19:59:59", "2026-10-04T20:00", "2026-10-05T14:59", "NaT")  # 04:59:59, 05:00, 23:59 in Tokyo
    assert business_date(calls, "Asia/Tokyo", cutover).astype(str).tolist() == ["2026-10-04", "2026-10-05", "2026-10-05", "NaT"]


def test_without_a_cutover_it_is_the_local_date():
    assert business_date(at("2026-10-04T15:00"), "Asia/Tokyo").astype(str).tolist() == ["2026-10-05"]


@pytest.mark.parametrize(("day", "count"), [("2026-03-08", 46), ("2026-03-09", 48), ("2026-11-01", 50)])
def test_half_hours_of_a_day_in_new_york(day, count):
    assert len(day_buckets(date.fromisoformat(day), "America/New_York", "30min")) == count


def test_half_hours_begin_at_the_cutover():
    starts = day_buckets(date(2026, 10, 5), "Asia/Tokyo", "30min", "05:00")
    assert (str(starts[0]), len(starts)) == ("2026-10-04T20:00:00.000000", 48)
    assert grain_labels(business_date(starts, "Asia/Tokyo", "05:00"), "day")[-1] == "2026-10-05"


@pytest.mark.parametrize(("word", "suggestion"), [("Asia/Tokio", "Asia/Tokyo"), ("../../etc/passwd", None), ("", None)])
def test_an_unknown_zone_is_refused_with_the_nearest_name(word, suggestion):
    with pytest.raises(DefinitionError) as refused:
        zone_info(word, "rashin.toml › zone")
    assert refused.value.word == word
    assert refused.value.place == "rashin.toml › zone"
    if suggestion:
        assert refused.value.suggestion == suggestion
