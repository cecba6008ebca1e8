"""Calendars of a workspace: ``calendars/*.toml`` → :class:`Calendars`; every mistake is refused with its place.

The form of the files is explained in the guide (``docs/guide/*/calendars.md``).
"""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from rashin.calendars.calendar import Calendar
from rashin.calendars.clock import Hours, parse_hours
from rashin.calendars.publicdays import check_country
from rashin.calendars.schedule import ALL_DAY, WEEKDAYS, Days, Schedule, parse_days
from rashin.calendars.zones import zone_info
from rashin.errors import Bilingual, DefinitionError, nearest

_CALENDAR_KEYS = ("zone", "holidays", "queues", "default", "closed", "open_days", "always", "schedule", *WEEKDAYS, "holiday")
_SCHEDULE_KEYS = ("from", "until", "always", *WEEKDAYS, "holiday")


@dataclass(frozen=True, slots=True)
class Calendars:
    """All calendars of a workspace by name."""

    by_name: Mapping[str, Calendar]

    def for_queue(self, queue: str | None) -> Calendar | None:
        """Return the calendar of ``queue``: by its exact name, else by the longest pattern that fits, else the default one.

        None when no calendar applies: such a queue has no opening hours to count, which is not the same as never being open.
        """
        best: tuple[bool, int] | None = None
        chosen = next((each for each in self.by_name.values() if each.default), None)
        for each in self.by_name.values() if queue is not None else ():
            for pattern in each.queues:
                rank = (pattern == queue, len(pattern.replace("*", "").replace("?", "")))
                if (pattern == queue or fnmatchcase(queue or "", pattern)) and (best is None or rank > best):
                    best, chosen = rank, each
        return chosen


def load_calendars(folder: Path) -> Calendars:
    """Return the calendars of all ``*.toml`` in ``folder`` (none when it does not exist). DefinitionError when one is wrong."""
    tables: dict[str, tuple[str, Any]] = {}
    for file in sorted(folder.glob("*.toml")):
        where = f"{folder.name}/{file.name}"
        for name, table in _tables(file, where).items():
            if name in tables:
                raise _error(
                    "calendar_twice",
                    f"{where} › calendar.{name}",
                    name,
                    f"カレンダー「{name}」は {tables[name][0]} にもあります。",
                    f"Calendar “{name}” is also in {tables[name][0]}.",
                )
            tables[name] = (where, table)
    calendars = {name: parse_calendar(name, table, f"{where} › calendar.{name}") for name, (where, table) in tables.items()}
    unasked = [name for name, (_, table) in tables.items() if "default" not in table and not calendars[name].queues]
    return _checked(calendars, unasked)


def _tables(file: Path, where: str) -> dict[str, Any]:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise _error("toml_invalid", where, "", f"TOMLとして読めません: {problem}", f"This is not valid TOML: {problem}") from None
    _known_keys(content, ("calendar",), where)
    return dict(_table_of(content.get("calendar", {}), where))


def _checked(calendars: dict[str, Calendar], unasked: list[str]) -> Calendars:
    """Refuse two calendars for one pattern, and two defaults.

    ``unasked``: calendars without queues that do not say whether they are the default. Where none is, the only such one becomes it.
    """
    owners: dict[str, str] = {}
    for name, calendar in calendars.items():
        for pattern in calendar.queues:
            if pattern in owners:
                raise _error(
                    "queue_twice",
                    f"calendar.{name} › queues",
                    pattern,
                    f"窓口「{pattern}」はカレンダー「{owners[pattern]}」にも書かれています。",
                    f"Queue “{pattern}” is also listed by calendar “{owners[pattern]}”.",
                )
            owners[pattern] = name
    defaults = [name for name, calendar in calendars.items() if calendar.default] or unasked
    if len(defaults) > 1:
        raise _error(
            "default_twice",
            f"calendar.{defaults[1]} › default",
            defaults[1],
            f"「{defaults[0]}」と「{defaults[1]}」のどちらが既定のカレンダーか決まりません。",
            f"Either “{defaults[0]}” or “{defaults[1]}” could be the default calendar.",
            Bilingual(
                "一つに default = true、他に queues か default = false を書いてください。",
                "Give one of them default = true, the others queues or default = false.",
            ),
        )
    return Calendars({name: replace(each, default=True) if name in defaults else each for name, each in calendars.items()})


def parse_calendar(name: str, table: object, place: str = "") -> Calendar:
    """Return the calendar that a TOML table says. DefinitionError with place, word and suggestion when something in it is wrong."""
    place = place or f"calendar.{name}"
    content = _table_of(table, place)
    _known_keys(content, _CALENDAR_KEYS, place)
    if "zone" not in content:
        raise _error(
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
    if mode not in ("", "closed"):
        raise _error(
            "holidays_mode",
            f"{place} › holidays",
            mode,
            f"祝日の扱い「{mode}」はありません。",
            f"There is no way “{mode}” to treat public holidays.",
            Bilingual("「JP」または「JP:closed」と書いてください。", "Write “JP” or “JP:closed”."),
            "closed",
        )
    holidays = None if country == "none" else check_country(country, f"{place} › holidays")
    schedules = _schedules(content, place, closed_on_holidays=mode == "closed")
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
        raise _error(
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


def _schedules(content: Mapping[str, Any], place: str, *, closed_on_holidays: bool) -> tuple[Schedule, ...]:
    """The schedules in order of time; hours may stand in the calendar itself when there is only one."""
    own = {key: value for key, value in content.items() if key in _SCHEDULE_KEYS}
    listed = _list(content.get("schedule", []), f"{place} › schedule")
    if own and listed:
        raise _error(
            "schedule_mixed",
            place,
            next(iter(own)),
            "営業時間がカレンダー本体と schedule の両方に書かれています。",
            "Hours stand both in the calendar itself and in its schedules.",
            Bilingual("[[…schedule]] の中にまとめてください。", "Move them into [[…schedule]]."),
        )
    tables = listed or ([own] if own else [])
    found = [_schedule(_table_of(each, place), f"{place} › schedule {at}", closed_on_holidays) for at, each in enumerate(tables, 1)]
    found.sort(key=lambda each: each.start or date.min)
    for at, (each, following) in enumerate(itertools.pairwise(found)):
        if each.until is None and following.start is not None and each.start != following.start:
            found[at] = Schedule(each.week, each.holiday, each.start, following.start)  # in force until the next one begins
        elif following.start is None or each.until is None or each.until > following.start:
            raise _error(
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


def _schedule(table: Mapping[str, Any], place: str, closed_on_holidays: bool) -> Schedule:
    _known_keys(table, _SCHEDULE_KEYS, place)
    start, until = _date(table.get("from"), f"{place} › from"), _date(table.get("until"), f"{place} › until")
    if start is not None and until is not None and until <= start:
        raise _error(
            "schedule_empty", f"{place} › until", str(until), "until が from より後ではありません。", "`until` is not after `from`."
        )
    hours = {key: tuple(_hours(table[key], f"{place} › {key}")) for key in (*WEEKDAYS, "holiday") if key in table}
    if _flag(table.get("always", False), f"{place} › always"):
        if hours:
            key = next(iter(hours))
            raise _error(
                "always_and_hours",
                f"{place} › {key}",
                key,
                "always = true と営業時間は同時に書けません。",
                "always = true and hours cannot stand together.",
            )
        return Schedule((ALL_DAY,) * 7, None if closed_on_holidays else ALL_DAY, start, until)
    week = tuple(hours.get(day, ()) for day in WEEKDAYS)
    return Schedule(week, None if closed_on_holidays else hours.get("holiday"), start, until)


def _hours(value: object, place: str) -> list[Hours]:
    return [parse_hours(each, place) for each in ([value] if isinstance(value, str) else _texts(value, place))]


def _opened(value: object, place: str) -> tuple[Days, tuple[Hours, ...]]:
    table = _table_of(value, place)
    _known_keys(table, ("on", "hours"), place)
    for key in ("on", "hours"):
        if key not in table:
            raise _error(
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


def _known_keys(table: Mapping[str, Any], known: Sequence[str], place: str) -> None:
    for key in table:
        if key not in known:
            raise _error(
                "key_unknown",
                place,
                key,
                f"「{key}」という項目はありません。",
                f"There is no key “{key}”.",
                Bilingual(f"書ける項目: {'、'.join(known)}", f"Keys that can stand here: {', '.join(known)}"),
                nearest(key, known),
            )


def _table_of(value: object, place: str) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    raise _type_error(value, place, Bilingual("表(テーブル)", "a table"))


def _list(value: object, place: str) -> list[Any]:
    if isinstance(value, list):
        return value
    raise _type_error(value, place, Bilingual("リスト", "a list"))


def _texts(value: object, place: str) -> list[str]:
    return [_day_text(each, place) for each in _list(value, place)]


def _text(value: object, place: str) -> str:
    if isinstance(value, str):
        return value
    raise _type_error(value, place, Bilingual("文字列", "a text"))


def _day_text(value: object, place: str) -> str:
    """A text; a bare TOML date is taken as one."""
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else _text(value, place)


def _flag(value: object, place: str) -> bool:
    if isinstance(value, bool):
        return value
    raise _type_error(value, place, Bilingual("true か false", "true or false"))


def _date(value: object, place: str) -> date | None:
    if value is None:
        return None
    days = parse_days(_day_text(value, place), place)
    if days.yearly or days.first != days.last:
        raise _type_error(value, place, Bilingual("年を含む一つの日付", "one date with its year"))
    return days.first


def _type_error(value: object, place: str, wanted: Bilingual) -> DefinitionError:
    return _error(
        "type_wrong",
        place,
        str(value),
        f"「{value}」ではなく{wanted.ja}を書いてください。",
        f"“{value}” stands where {wanted.en} is needed.",
    )


def _error(
    code: str, place: str, word: str, ja: str, en: str, next_step: Bilingual | None = None, suggestion: str | None = None
) -> DefinitionError:
    return DefinitionError(code, Bilingual(ja, en), next_step, place=place, word=word, suggestion=suggestion)
