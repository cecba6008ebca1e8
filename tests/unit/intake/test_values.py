"""How single texts become values: a page of the manual for each kind."""

from __future__ import annotations

import datetime as dt

import pytest

from rashin.intake.values.durations import parse_duration
from rashin.intake.values.instants import ABSOLUTE, DATE, LOCAL, How, parse_date, parse_instant
from rashin.intake.values.numbers import parse_number
from rashin.intake.values.texts import Lookup
from rashin.intake.values.words import NO, YES

EPOCH = dt.datetime.fromisoformat("1970-01-01")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234", 1234), ("1,234", 1234), ("１，２３４", 1234), ("1,234.5", 1234.5), ("¥1,234", 1234), ("1,234円", 1234), ("-5", -5), ("−5", -5), ("△12", -12),
        ("▲1,000", -1000), ("(1,234)", -1234), ("94.5%", 0.945), ("９４．５％", 0.945), ("3.5万", 35_000), ("1億2万", 100_020_000), ("1e3", 1000), (".5", 0.5),
        ("+7", 7), (" 7 ", 7), ("12件", 12), ("5名", 5),
    ],
)  # fmt: skip
def test_numbers(text: str, number: float) -> None:
    assert parse_number(text) == (number, "")


@pytest.mark.parametrize("text", ["", "-", "－", "―", "N/A", "n/a", "#N/A", "null", "NULL", "NA", "なし", "未", "#DIV/0!", "　", "\\N"])
def test_what_means_no_value(text: str) -> None:
    assert parse_number(text) == (None, "")
    assert parse_duration(text) == (None, "")
    assert parse_instant(text)[0] is None
    assert parse_instant(text)[2] == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nan", "not_finite"), ("inf", "not_finite"), ("-Infinity", "not_finite"), ("1e999", "not_finite"), ("#VALUE!", "sheet_error"), ("#REF!", "sheet_error"),
        ("abc", "not_a_number"), ("1,23", "decimal_comma"), ("1.2.3", "not_a_number"), ("0x10", "not_a_number"), ("1_000", "not_a_number"), ("5-", "not_a_number"),
        ("12 345", "not_a_number"), ("千", "not_a_number"), ("x" * 500, "not_a_number"),
    ],
)  # fmt: skip
def test_what_is_no_number(text: str, code: str) -> None:
    assert parse_number(text) == (None, code)


def test_a_decimal_comma_is_read_when_the_mapping_says_so() -> None:
    assert parse_number("1.234,5", decimal=",") == (1234.5, "")
    assert parse_number("1,5", decimal=",") == (1.5, "")


def test_units_of_numbers() -> None:
    assert parse_number("94.5", "percent") == (0.945, "")
    assert parse_number("12", "thousand_yen") == (12_000, "")
    assert parse_number("94.5%", "share") == (0.945, "")


@pytest.mark.parametrize(
    ("text", "unit", "seconds"),
    [
        ("90", "s", 90), ("1.5", "min", 90), ("1500", "ms", 1.5), ("2", "h", 7200), ("0.0625", "day", 5400), ("1:02:03", "s", 3723), ("01:02:03", "min", 3723),
        ("25:10:00", "s", 90_600), ("25:10", "hms", 90_600), ("25:10", "ms_clock", 1510), ("75:30", "ms_clock", 4530), ("1時間2分3秒", "s", 3723), ("２分", "s", 120),
        ("PT1M30S", "s", 90), ("P1DT2H", "s", 93_600), ("1 day, 2:03:04", "s", 93_784), ("1日 2:03:04", "s", 93_784), ("1h 2m 3s", "s", 3723), ("90 sec", "s", 90),
        ("500ms", "s", 0.5), ("0:00:01.250", "s", 1.25), ("1,234", "s", 1234), ("-0:01:00", "s", -60), ("１：０２：０３", "s", 3723),
    ],
)  # fmt: skip
def test_durations(text: str, unit: str, seconds: float) -> None:
    assert parse_duration(text, unit) == (seconds, "")


@pytest.mark.parametrize(
    ("text", "unit", "code"),
    [("25:10", "s", "ambiguous_clock"), ("25:10", None, "ambiguous_clock"), ("1:75", "hms", "not_a_duration"), ("1:02:75", "s", "not_a_duration"), ("P", "s", "not_a_duration"), ("1:2:3:4", "s", "not_a_duration"), ("nan", "s", "not_finite")],
)  # fmt: skip
def test_what_is_no_duration(text: str, unit: str | None, code: str) -> None:
    assert parse_duration(text, unit) == (None, code)


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2026-10-01 09:05:07", "2026-10-01 09:05:07"), ("2026/10/1 9:05", "2026-10-01 09:05"), ("2026.10.1 9:05", "2026-10-01 09:05"),
        ("2026年10月1日 9時5分", "2026-10-01 09:05"), ("2026年10月1日9時半", "2026-10-01 09:30"), ("令和8年10月1日 9:05", "2026-10-01 09:05"), ("R8.10.1 9:05", "2026-10-01 09:05"),
        ("H31/4/30 23:59", "2019-04-30 23:59"), ("令和元年5月1日 午前0時", "2019-05-01 00:00"), ("2026/10/01(木) 09:05", "2026-10-01 09:05"),
        ("2026-10-01 午後3:05", "2026-10-01 15:05"), ("2026-10-01 3:05 PM", "2026-10-01 15:05"), ("2026-10-01 12:00:00 AM", "2026-10-01 00:00"),
        ("2026-10-01 12:30 p.m.", "2026-10-01 12:30"), ("2026-10-01 25:10", "2026-10-02 01:10"), ("2026-10-01 24:00", "2026-10-02 00:00"), ("2026-10-01 翌6:00", "2026-10-02 06:00"),
        ("20261001090507", "2026-10-01 09:05:07"), ("20261001 0905", "2026-10-01 09:05"), ("Oct 1, 2026 9:05 AM", "2026-10-01 09:05"), ("01-Oct-26 09:05", "2026-10-01 09:05"),
        ("２０２６／１０／１　９：０５", "2026-10-01 09:05"), ("2026-10-01 09:05:07.5", "2026-10-01 09:05:07.500"),
    ],
)  # fmt: skip
def test_wall_clock_times(text: str, local: str) -> None:
    micros, kind, code = parse_instant(text)
    assert (code, kind) == ("", LOCAL)
    assert EPOCH + dt.timedelta(microseconds=micros or 0) == dt.datetime.fromisoformat(local)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-10-01T09:05:07Z", "2026-10-01 09:05:07"), ("2026-10-01T09:05:07+09:00", "2026-10-01 00:05:07"), ("2026-10-01 09:05:07 +0900", "2026-10-01 00:05:07"),
        ("2026-10-01T09:05:07.000-0330", "2026-10-01 12:35:07"), ("2026-10-01 09:05 JST", "2026-10-01 00:05"), ("Wed Oct 11 06:55:44 +0000 2017", "2017-10-11 06:55:44"),
        ("Thu, 01 Oct 2026 09:05:07 +0900", "2026-10-01 00:05:07"), ("01/Oct/2026:09:05:07 +0900", "2026-10-01 00:05:07"), ("2026-10-01 09:05:07 UTC", "2026-10-01 09:05:07"),
    ],
)  # fmt: skip
def test_times_with_an_offset_are_instants_whatever_the_zone(text: str, utc: str) -> None:
    micros, kind, code = parse_instant(text)
    assert (code, kind) == ("", ABSOLUTE)
    assert EPOCH + dt.timedelta(microseconds=micros or 0) == dt.datetime.fromisoformat(utc)


@pytest.mark.parametrize("text", ["2026-10-01", "2026/10/1", "2026年10月1日(木)", "令和8年10月1日", "20261001", "1 Oct 2026"])
def test_a_date_alone_is_told_from_midnight(text: str) -> None:
    assert parse_instant(text) == (1_790_812_800_000_000, DATE, "")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-02-30", "no_such_date"), ("2026-13-01 09:00", "no_such_date"), ("2026-10-01 25:61", "bad_time"), ("2026-10-01 48:00", "bad_time"), ("2026-10-01 13:05 PM", "bad_time"),
        ("9999-12-31", "date_out_of_range"), ("1800-01-01", "date_out_of_range"), ("10/11/2026", "order_unknown"), ("9:05", "date_missing"), ("? 9:05", "date_missing"),
        ("1700000000", "bare_number_as_time"), ("45231.5", "bare_number_as_time"), ("2026-10-01 09:05 EST", "zone_abbreviation"), ("2026-10-01 09:05+19:00", "bad_offset"), ("きのう", "not_a_time"),
    ],
)  # fmt: skip
def test_what_is_no_time(text: str, code: str) -> None:
    assert parse_instant(text) == (None, 0, code)


def test_day_and_month_order_is_as_mapped() -> None:
    assert parse_instant("04/05/2026 09:00", How("mdy"))[0] == parse_instant("2026-04-05 09:00")[0]
    assert parse_instant("04/05/2026 09:00", How("dmy"))[0] == parse_instant("2026-05-04 09:00")[0]
    assert parse_instant("04-11-18 4:53", How("mdy"))[0] == parse_instant("2018-04-11 04:53")[0]
    assert parse_instant("13/11/2018", How("mdy"))[2] == "no_such_date"


def test_counted_times() -> None:
    second = parse_instant("2026-10-01T00:00:00Z")[0] or 0
    assert parse_instant(str(second // 1_000_000), How(unit="epoch_s")) == (second, ABSOLUTE, "")
    assert parse_instant(f"{second // 1_000_000}.25", How(unit="epoch_s"))[0] == second + 250_000
    assert parse_instant(str(second // 1_000), How(unit="epoch_ms")) == (second, ABSOLUTE, "")
    assert parse_instant("46296.375", How(unit="excel_serial"))[0] == parse_instant("2026-10-01 09:00")[0]
    assert parse_instant("60", How(unit="excel_serial"))[2] == "date_out_of_range"  # 29 February 1900 never was


def test_months_are_their_first_day() -> None:
    first = parse_date("2026-10-01")[0]
    assert [parse_date(text)[0] for text in ("2026年10月", "2026/10", "2026-10", "Oct-2026")] == [first] * 4
    assert parse_date("10月")[1] != ""


def look(kind: str, values: dict[str, str] | None = None, otherwise: str | None = None, folding: bool = False) -> Lookup:
    return Lookup(kind, values or {}, otherwise, (), folding)


def test_yes_and_no() -> None:
    flag = look("flag")
    assert all(flag(word) == (True, "") for word in YES)
    assert all(flag(word) == (False, "") for word in NO - {"なし", "未"})
    assert flag(" はい ") == (True, "")
    assert flag("×") == (False, "")
    assert flag("") == (None, "")
    assert flag("たぶん") == (None, "not_yes_or_no")


def test_listed_values_are_compared_folded() -> None:
    outcome = look("choice", values={"応答": "answered", "ok": "answered", "": "abandoned"})
    assert outcome("　応答 ") == ("answered", "")
    assert outcome("ＯＫ") == ("answered", "")
    assert outcome(None) == ("abandoned", "")
    assert outcome("放棄") == (None, "value_not_listed")
    assert look("choice", values={"応答": "answered"}, otherwise="open")("放棄") == ("open", "")


def test_texts_are_trimmed_and_folded_only_when_asked() -> None:
    assert look("text")("　ｺｰﾙ　") == ("ｺｰﾙ", "")
    assert look("text", folding=True)("　ｺｰﾙ　") == ("コール", "")
    assert look("text")("NA") == ("NA", "")
    assert look("text")("NULL") == (None, "")
