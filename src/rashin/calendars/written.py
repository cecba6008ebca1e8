"""One calendar as a TOML table says it → :class:`Calendar`; every mistake is refused with its place.

The form is explained in the guide (``docs/guide/*/calendars.md``).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from rashin.calendars.calendar import Calendar
from rashin.calendars.clock import Hours, parse_hours
from rashin.calendars.publicdays import check_country
from rashin.calendars.schedule import ALL_DAY, WEEKDAYS, Days, Schedule, parse_days
from rashin.calendars.zones import zone_info
from rashin.errors import Bilingual, DefinitionError, nearest

_CALENDAR_KEYS = ("zone", "holidays", "queues", "default", "closed", "open_days", "always", "schedule", *WEEKDAYS, "holiday")
_HOLIDAY_MODES = ("", "closed", "open")
_HOLIDAY_CHOICES = Bilingual(
    '祝日は休業なら holidays = "JP:closed"、曜日どおり営業なら "JP:open"、'
    '時間が違うなら "JP" として holiday = ["10:00-17:00"] も書いてください。',
    'Write holidays = "JP:closed" when closed on them, "JP:open" when open as on any weekday, '
    'or "JP" together with holiday = ["10:00-17:00"] when the hours differ.',
)
_SCHEDULE_KEYS = ("from", "until", "always", *WEEKDAYS, "holiday")


def parse_calendar(name: str, table: object, place: str = "") -> Calendar:
    """Return the calendar that a TOML table says. DefinitionError with place, word and suggestion when something in it is wrong."""
    place = place or f"calendar.{name}"
    content = table_of(table, place)
    known_keys(content, _CALENDAR_KEYS, place)
    if "zone" not in content:
        raise error(
            "zone_missing",
            place,
            "zone",
            "zone(タイムゾーン)がありません。",
            "It has no zone.",
            Bilingual('zone = "Asia/Tokyo" のように書いてください。', 'Write, for instance, zone = "Asia/Tokyo".'),
        )
    zone = _text(content["zone"], f"{place} › zone")
    zone_info(zone, f"{place} › zone")
    country, _, mode = _text(content.get("holidays", "none"), f"{place} › holidays").partition(":")
    if mode not in _HOLIDAY_MODES:
        raise error(
            "holidays_mode",
            f"{place} › holidays",
            mode,
            f"祝日の扱い「{mode}」はありません。",
            f"There is no way “{mode}” to treat public holidays.",
            _HOLIDAY_CHOICES,
            nearest(mode, ("closed", "open")),
        )
    holidays = None if country == "none" else check_country(country, f"{place} › holidays")
    schedules = _schedules(content, place, mode if holidays else "open")
    calendar = Calendar(
        zone=zone,
        schedules=schedules,
        holidays=holidays,
        closed=tuple(parse_days(each, f"{place} › closed") for each in _texts(content.get("closed", []), f"{place} › closed")),
        opened=tuple(_opened(each, f"{place} › open_days {at}") for at, each in enumerate(_list(content.get("open_days", []), place), 1)),
        name=name,
        queues=tuple(_texts(content.get("queues", []), f"{place} › queues")),
        default=_flag(content.get("default", False), f"{place} › default"),
    )
    if not any(schedule.opens for schedule in schedules) and not calendar.opened:
        raise error(
            "calendar_never_opens",
            place,
            name,
            f"カレンダー「{name}」に営業時間が一つもありません。",
            f"Calendar “{name}” has no opening hours at all.",
            Bilingual(
                'mon = ["09:00-18:00"] のように書くか、24時間営業なら always = true としてください。',
                'Write, for instance, mon = ["09:00-18:00"], or always = true for 24 hours a day.',
            ),
        )
    return calendar


def _schedules(content: Mapping[str, Any], place: str, mode: str) -> tuple[Schedule, ...]:
    """The schedules in order of time; hours may stand in the calendar itself when there is only one."""
    own = {key: value for key, value in content.items() if key in _SCHEDULE_KEYS}
    listed = _list(content.get("schedule", []), f"{place} › schedule")
    if own and listed:
        raise error(
            "schedule_mixed",
            place,
            next(iter(own)),
            "営業時間がカレンダー本体と schedule の両方に書かれています。",
            "Hours stand both in the calendar itself and in its schedules.",
            Bilingual("[[…schedule]] の中にまとめてください。", "Move them into [[…schedule]]."),
        )
    tables = listed or ([own] if own else [])
    found = [_schedule(table_of(each, place), f"{place} › schedule {at}", mode) for at, each in enumerate(tables, 1)]
    found.sort(key=lambda each: each.start or date.min)
    for at, (each, following) in enumerate(itertools.pairwise(found)):
        if each.until is None and following.start is not None and each.start != following.start:
            found[at] = Schedule(each.week, each.holiday, each.start, following.start)  # in force until the next one begins
        elif following.start is None or each.until is None or each.until > following.start:
            raise error(
                "schedules_overlap",
                place,
                str(following.start or ""),
                f"期間の重なる schedule があります({following.start or '開始日なし'} から)。",
                f"Schedules overlap (from {following.start or 'no start date'}).",
                Bilingual(
                    "until は「その日から無効」の日付です(当日は含みません)。",
                    "`until` is the first day on which a schedule no longer holds.",
                ),
            )
    return tuple(found)


def _schedule(table: Mapping[str, Any], place: str, mode: str) -> Schedule:
    known_keys(table, _SCHEDULE_KEYS, place)
    start, until = _date(table.get("from"), f"{place} › from"), _date(table.get("until"), f"{place} › until")
    if start is not None and until is not None and until <= start:
        raise error(
            "schedule_empty", f"{place} › until", str(until), "until が from より後ではありません。", "`until` is not after `from`."
        )
    hours = {key: tuple(_hours(table[key], f"{place} › {key}")) for key in (*WEEKDAYS, "holiday") if key in table}
    if _flag(table.get("always", False), f"{place} › always"):
        if hours:
            key = next(iter(hours))
            raise error(
                "always_and_hours",
                f"{place} › {key}",
                key,
                "always = true と営業時間は同時に書けません。",
                "always = true and hours cannot stand together.",
            )
        return Schedule((ALL_DAY,) * 7, () if mode == "closed" else None, start, until)
    week = tuple(hours.get(day, ()) for day in WEEKDAYS)
    return Schedule(week, _on_holidays(hours.get("holiday"), mode, place), start, until)


def _on_holidays(hours: tuple[Hours, ...] | None, mode: str, place: str) -> tuple[Hours, ...] | None:
    """Hours on public holidays. It must be said once what happens on them: by the mode or by ``holiday``, neither twice nor not at all."""
    if (hours is None) == (mode == ""):
        raise error(
            "holidays_unclear",
            f"{place} › holiday",
            "holiday",
            "祝日の営業が決まりません。" if hours is None else "祝日の営業時間は、祝日を「JP」のように書いたときだけ書けます。",
            "It is not said what happens on public holidays."
            if hours is None
            else "Hours on public holidays can be given only where holidays are written like “JP”.",
            _HOLIDAY_CHOICES,
        )
    return hours if mode == "" else () if mode == "closed" else None


def _hours(value: object, place: str) -> list[Hours]:
    return [parse_hours(each, place) for each in ([value] if isinstance(value, str) else _texts(value, place))]


def _opened(value: object, place: str) -> tuple[Days, tuple[Hours, ...]]:
    table = table_of(value, place)
    known_keys(table, ("on", "hours"), place)
    for key in ("on", "hours"):
        if key not in table:
            raise error(
                "open_day_incomplete",
                place,
                key,
                f"{key} がありません。",
                f"It has no {key}.",
                Bilingual(
                    '{ on = "2026-12-30", hours = ["10:00-15:00"] } のように書いてください。',
                    'Write, for instance, { on = "2026-12-30", hours = ["10:00-15:00"] }.',
                ),
            )
    return parse_days(_day_text(table["on"], place), f"{place} › on"), tuple(_hours(table["hours"], f"{place} › hours"))


def known_keys(table: Mapping[str, Any], known: Sequence[str], place: str) -> None:
    for key in table:
        if key not in known:
            raise error(
                "key_unknown",
                place,
                key,
                f"「{key}」という項目はありません。",
                f"There is no key “{key}”.",
                Bilingual(f"書ける項目: {'、'.join(known)}", f"Keys that can stand here: {', '.join(known)}"),
                nearest(key, known),
            )


def table_of(value: object, place: str) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    raise _typeerror(value, place, Bilingual("表(テーブル)", "a table"))


def _list(value: object, place: str) -> list[Any]:
    if isinstance(value, list):
        return value
    raise _typeerror(value, place, Bilingual("リスト", "a list"))


def _texts(value: object, place: str) -> list[str]:
    return [_day_text(each, place) for each in _list(value, place)]


def _text(value: object, place: str) -> str:
    if isinstance(value, str):
        return value
    raise _typeerror(value, place, Bilingual("文字列", "a text"))


def _day_text(value: object, place: str) -> str:
    """A text; a bare TOML date is taken as one."""
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else _text(value, place)


def _flag(value: object, place: str) -> bool:
    if isinstance(value, bool):
        return value
    raise _typeerror(value, place, Bilingual("true か false", "true or false"))


def _date(value: object, place: str) -> date | None:
    if value is None:
        return None
    days = parse_days(_day_text(value, place), place)
    if days.yearly or days.first != days.last:
        raise _typeerror(value, place, Bilingual("年を含む一つの日付", "one date with its year"))
    return days.first


def _typeerror(value: object, place: str, wanted: Bilingual) -> DefinitionError:
    return error(
        "type_wrong",
        place,
        str(value),
        f"「{value}」ではなく{wanted.ja}を書いてください。",
        f"“{value}” stands where {wanted.en} is needed.",
    )


def error(
    code: str, place: str, word: str, ja: str, en: str, next_step: Bilingual | None = None, suggestion: str | None = None
) -> DefinitionError:
    return DefinitionError(code, Bilingual(ja, en), next_step, place=place, word=word, suggestion=suggestion)
