"""Peaks as tables for people and as records for machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rashin.cli.lib.forecast_words import keys_of, named
from rashin.cli.lib.lang import say, told
from rashin.cli.lib.listing import Column, Listing, column
from rashin.errors import Bilingual

if TYPE_CHECKING:
    from rashin.insight.peaks import PeakCell, Peaks


def cells(found: Peaks) -> Listing:
    """Return every hour of the week, for machines."""
    records = [{**dict(cell.key), **_plain(cell)} for cell in found.cells]
    return Listing([Column(key, Bilingual(key, key)) for key in (records[0] if records else {})], records)


def hours(found: Peaks) -> Listing:
    """Return the hours of the week in which most contacts were lost."""
    records = [{**named(cell.key), **_plain(cell), "at": _at(cell)} for cell in found.worst_hours]
    columns = [
        *keys_of(_key(found)),
        column("at", "曜日・時間帯", "Hour of the week"),
        column("volume", "件数", "Contacts", _count, right=True),
        column("lost", "応答できず", "Lost", _count, right=True),
        column("answer_rate", "応答率", "Answer rate", _share, right=True),
        column("service_level", "SL", "SL", _share, right=True),
        column("wait_s", "応答の待ち(秒)", "Wait (s)", _count, right=True),
        column("people", "人数", "People", _count, right=True),
    ]
    return Listing(columns, records, _title(found), _notes(found))


def matrix(found: Peaks) -> Listing:
    """Return contacts a day by hour (down) and weekday (across), for each key."""
    from rashin.insight.peaks.words import WEEKDAYS

    table: dict[tuple[tuple[tuple[str, str], ...], int], dict[str, Any]] = {}
    for cell in found.cells:
        place = (tuple(sorted((name, str(value)) for name, value in cell.key.items())), cell.hour)
        line = table.setdefault(place, {**named(cell.key), "hour": f"{cell.hour:02d}"})
        line[f"d{cell.weekday}"] = cell.per_day
    columns = [
        *keys_of(_key(found)),
        column("hour", "時", "Hour", right=True),
        *(column(f"d{number}", day.ja, day.en[:3], _fine, right=True) for number, day in enumerate(WEEKDAYS, 1)),
    ]
    return Listing(columns, [table[place] for place in sorted(table)], _title(found))


def worst(found: Peaks) -> Listing:
    """Return the single intervals that lost most beyond the usual."""
    records = [
        {**named(each.key), "start": each.label, "volume": each.volume, "lost": each.lost, "usual": each.usual, "wait_s": each.wait_s}
        for each in found.worst
    ]
    columns = [
        *keys_of(_key(found)),
        column("start", "区間", "Interval"),
        column("volume", "件数", "Contacts", _count, right=True),
        column("lost", "応答できず", "Lost", _count, right=True),
        column("usual", "ふだん", "Usual", _fine, right=True),
        column("wait_s", "応答の待ち(秒)", "Wait (s)", _count, right=True),
    ]
    return Listing(columns, records, _title(found))


def people(found: Peaks) -> Listing:
    """Return attempts and the people behind them."""
    records = [
        {
            **named(each.key),
            "contacts": each.contacts,
            "people": each.people,
            "attempts": each.attempts,
            "reach_contacts": each.reach_contacts,
            "reach_people": each.reach_people,
            "known": each.known,
        }
        for each in found.people
    ]
    columns = [
        *keys_of(_key(found)),
        column("contacts", "件数", "Contacts", _count, right=True),
        column("people", "人数", "People", _count, right=True),
        column("attempts", "1人あたり", "Each", lambda value: f"{value:.2f}", right=True),
        column("reach_contacts", "件数での応答率", "Answered, contacts", _share, right=True),
        column("reach_people", "つながった人", "Answered, people", _share, right=True),
        column("known", "顧客の分かる割合", "Customer known", _share, right=True),
    ]
    return Listing(columns, records, _title(found))


def seats(found: Peaks) -> Listing:
    """Return how concentrated each key is and what that costs."""
    from rashin.insight.peaks.words import spread

    records = []
    for each in found.concentration:
        own = each.seats
        seated = {} if own is None else {"peak": own.peak, "hours": own.hours, "even_peak": own.even_peak, "even_hours": own.even_hours}
        records.append(
            {
                **named(each.key),
                "volume": each.volume,
                "top_share": each.top_share,
                "by_chance": each.by_chance,
                "peak_ratio": each.peak_ratio,
                **seated,
            }
        )
    columns = [
        *keys_of(_key(found)),
        column("volume", "件数", "Contacts", _count, right=True),
        column("top_share", "上位1割の区間", "Top tenth", _share, right=True),
        column("by_chance", "偶然だけ", "Chance", _share, right=True),
        column("peak_ratio", "ピーク÷平均", "Peak ÷ mean", _fine, right=True),
        column("peak", "最大席数", "Seats", _count, right=True),
        column("hours", "席時間/週", "Seat-hours", _count, right=True),
        column("even_peak", "均等なら(席)", "Seats if even", _count, right=True),
        column("even_hours", "均等なら(席時間)", "Hours if even", _count, right=True),
    ]
    notes = [told(spread(each, found.slot_minutes)) for each in found.concentration] + [told(each) for each in found.notes]
    return Listing(columns, records, _title(found), notes)


LISTINGS: Mapping[str, Callable[[Any], Listing]] = {"hours": hours, "map": matrix, "worst": worst, "people": people, "seats": seats}


def _plain(cell: PeakCell) -> dict[str, Any]:
    names = ("weekday", "hour", "volume", "per_day", "lost", "answer_rate", "service_level", "wait_s", "contacts", "people")
    return {name: getattr(cell, name) for name in names}


def _at(cell: PeakCell) -> str:
    from rashin.insight.peaks.words import hour_of

    return told(hour_of(cell))


def _key(found: Peaks) -> Mapping[str, Any]:
    return dict.fromkeys(found.by)


def _title(found: Peaks) -> str:
    return say(f"混雑 {found.period.label.ja}", f"Peaks, {found.period.label.en}")


def _notes(found: Peaks) -> list[str]:
    return [told(found.text), *(told(each) for each in found.notes)]


def _count(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _fine(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"
