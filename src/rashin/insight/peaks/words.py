"""Sentences of the peaks, made from their figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual

if TYPE_CHECKING:
    from rashin.insight.peaks.found import PeakCell, Peaks, People
    from rashin.insight.peaks.seats import Concentration

WEEKDAYS = tuple(
    Bilingual(ja, en)
    for ja, en in zip("月火水木金土日", ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)


def hour_of(cell: PeakCell) -> Bilingual:
    """Return the hour of the week as people say it."""
    day = WEEKDAYS[cell.weekday - 1]
    return Bilingual(f"{day.ja}曜{cell.hour}時台", f"{day.en} {cell.hour:02d}:00–{cell.hour + 1:02d}:00")


def of(key: Mapping[str, Any]) -> str:
    """Return the key before a sentence: "order: ", nothing when there is none."""
    return f"{' / '.join('–' if value is None else str(value) for value in key.values())}: " if key else ""


def said(peaks: Peaks) -> Bilingual:
    """Return what the largest key's peak is, where most contacts are lost, what people lived through and what concentration costs."""
    parts = [_busiest(peaks.busiest[0])]
    if peaks.worst_hours:
        parts.append(_worst(peaks.worst_hours[0]))
    parts += [_people(each) for each in peaks.people[:1]]
    parts += [spread(each, peaks.slot_minutes) for each in peaks.concentration[:1]]
    return Bilingual("".join(each.ja for each in parts), " ".join(each.en for each in parts))


def _busiest(cell: PeakCell) -> Bilingual:
    at, key = hour_of(cell), of(cell.key)
    return Bilingual(
        f"最も混むのは{key}{at.ja}(1日あたり{cell.per_day:,.0f}件)。", f"Busiest: {key}{at.en} ({cell.per_day:,.0f} contacts a day)."
    )


def _worst(cell: PeakCell) -> Bilingual:
    at, key, lost, rate = hour_of(cell), of(cell.key), cell.lost or 0.0, cell.answer_rate
    share_ja, share_en = ("", "") if rate is None else (f"、応答率{rate:.1%}", f", answer rate {rate:.1%}")
    return Bilingual(
        f"応答できなかった件数が最も多いのは{key}{at.ja}({cell.volume:,.0f}件のうち{lost:,.0f}件{share_ja})。",
        f"Most contacts are lost at {key}{at.en} ({lost:,.0f} of {cell.volume:,.0f}{share_en}).",
    )


def _people(each: People) -> Bilingual:
    key = of(each.key)
    reach_ja, reach_en = "", ""
    if each.reach_contacts is not None and each.reach_people is not None:
        reach_ja = f"。件数では{each.reach_contacts:.1%}、人で見ると{each.reach_people:.1%}が一度はつながっています"
        reach_en = f"; {each.reach_contacts:.1%} of attempts were answered, {each.reach_people:.1%} of people at least once"
    the = "the" if key else "The"
    return Bilingual(
        f"{key}顧客の分かる{each.contacts:,.0f}件は{each.people:,.0f}人から(1人{each.attempts:.2f}回){reach_ja}。",
        f"{key}{the} {each.contacts:,.0f} contacts with a known customer came from {each.people:,.0f} people ({each.attempts:.2f} each){reach_en}.",
    )


def spread(each: Concentration, minutes: int) -> Bilingual:
    """Return how concentrated a key is, and what that costs in seats."""
    key, seats = of(each.key), each.seats
    ja = f"{key}混む上位1割の{minutes}分に件数の{each.top_share:.0%}が集まっています(むらがなくても偶然だけで{each.by_chance:.0%})。"
    en = f"{key}the busiest tenth of the {minutes}-minute intervals holds {each.top_share:.0%} of the volume (an even load: {each.by_chance:.0%} by chance)."
    if seats is not None:
        ja += f"平均的な週で最大{seats.peak}席・延べ{seats.hours:,.0f}席時間が要ります。"
        en += f" A mean week needs {_seats(seats.peak)} at most and {seats.hours:,.0f} seat-hours."
        if seats.even_peak < seats.peak:
            fewer = seats.even_hours < seats.hours
            ja += f"同じ件数が均等に来れば最大{seats.even_peak}席" + (f"・{seats.even_hours:,.0f}席時間" if fewer else "") + "で足ります。"
            en += (
                f" Evenly spread, {_seats(seats.even_peak)}" + (f" and {seats.even_hours:,.0f} seat-hours" if fewer else "") + " would do."
            )
    return Bilingual(ja, en[0].upper() + en[1:] if not each.key else en)


def _seats(number: int) -> str:
    return f"{number} seat" + ("" if number == 1 else "s")
