"""Kinds of days on which people call otherwise than on their weekday: public holidays, long weekends, Golden Week, Obon, the turn of the year.

Public holidays are an argument (:func:`rashin.calendars.public_holidays`); what Japan adds to them without a law stands here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rashin.errors import Bilingual

#: Every kind, as people call it.
KINDS: dict[str, Bilingual] = {
    "ordinary": Bilingual("通常日", "ordinary day"),
    "holiday": Bilingual("祝日", "public holiday"),
    "substitute": Bilingual("振替休日・国民の休日", "substitute holiday"),
    "long_weekend": Bilingual("連休中の祝日", "public holiday in a long weekend"),
    "weekend_in_break": Bilingual("連休中の土日", "weekend in a long weekend"),
    "gw": Bilingual("ゴールデンウィーク", "Golden Week"),
    "bridge": Bilingual("連休の谷間の平日", "working day between holidays"),
    "obon": Bilingual("お盆", "Obon"),
    "year_end": Bilingual("年末", "end of the year"),
    "new_year": Bilingual("大晦日・三が日", "New Year"),
    "after_break": Bilingual("連休明け", "first day after a break"),
    "after_holiday": Bilingual("祝日の翌日", "day after a public holiday"),
}
#: Kinds on which most of the country does not work; a new one is expected to be like the others.
OFF = frozenset({"holiday", "substitute", "long_weekend", "gw", "new_year"})
#: So many days off in a row are a break (連休).
BREAK = 3
_WEEKEND = (5, 6)
_SUBSTITUTE = ("振替休日", "国民の休日", "substitute", "Citizen's Holiday")


@dataclass(frozen=True, slots=True)
class DayType:
    """``kind``: one of ``KINDS``. ``key``: the same holiday in another year has the same ("海の日", "08-14", "振替休日")."""

    kind: str
    key: str

    @property
    def special(self) -> bool:
        """Whether the day is no ordinary weekday."""
        return self.kind != "ordinary"


def day_types(days: Sequence[date], holidays: Mapping[date, Bilingual], *, japan: bool = True) -> list[DayType]:
    """Return what kind of day each is. ``holidays`` must reach a week beyond ``days`` on both sides. ``japan``: Obon, Golden Week and the turn of the year count.

    2026-09-22 (国民の休日 between two holidays): substitute; 2026-09-24, a Thursday: after_break; 2026-08-14: obon.
    """
    return [_one(day, holidays, japan) for day in days]


def is_off(day: date, holidays: Mapping[date, Bilingual], japan: bool = True) -> bool:
    """Return whether most people do not work that day: weekend, public holiday, in Japan also 31 December to 3 January."""
    return day.weekday() in _WEEKEND or day in holidays or (japan and _turn(day) == "new_year")


def break_around(day: date, holidays: Mapping[date, Bilingual], japan: bool = True) -> int:
    """Return how many days off in a row ``day`` is one of; 0 for a working day."""
    if not is_off(day, holidays, japan):
        return 0
    length = 1
    for step in (-1, 1):
        at = day + timedelta(days=step)
        while is_off(at, holidays, japan) and length < 31:
            length, at = length + 1, at + timedelta(days=step)
    return length


def _one(day: date, holidays: Mapping[date, Bilingual], japan: bool) -> DayType:
    turn = _turn(day) if japan else None
    month_day = f"{day:%m-%d}"
    if turn is not None:
        return DayType(turn, month_day)
    if japan and day.month == 8 and 13 <= day.day <= 16:
        return DayType("obon", month_day)
    length = break_around(day, holidays, japan)
    if japan and (4, 29) <= (day.month, day.day) <= (5, 6) and (length or _between(day, holidays)):
        return DayType("gw", month_day) if day in holidays else DayType("gw" if length >= BREAK else "bridge", f"GW {day.weekday()}")
    if day in holidays:
        name = holidays[day]
        if any(word in text for word in _SUBSTITUTE for text in (name.ja, name.en)):
            return DayType("substitute", "振替休日")
        return DayType("long_weekend" if length >= BREAK else "holiday", name.ja)
    if length >= BREAK:
        return DayType("weekend_in_break", str(day.weekday()))
    if length:
        return DayType("ordinary", "")
    if _between(day, holidays):
        return DayType("bridge", str(day.weekday()))
    before = break_around(day - timedelta(days=1), holidays, japan)
    if before >= BREAK:
        return DayType("after_break", "long" if before > BREAK else "three days")
    if day - timedelta(days=1) in holidays:
        return DayType("after_holiday", str(day.weekday()))
    return DayType("ordinary", "")


def _turn(day: date) -> str | None:
    if (day.month, day.day) in ((12, 31), (1, 1), (1, 2), (1, 3)):
        return "new_year"
    return "year_end" if day.month == 12 and day.day in (29, 30) else None


def _between(day: date, holidays: Mapping[date, Bilingual]) -> bool:
    """A working day with a day off on both sides, at least one of them a public holiday."""
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    off = (before in holidays or before.weekday() in _WEEKEND) and (after in holidays or after.weekday() in _WEEKEND)
    return day.weekday() not in _WEEKEND and day not in holidays and off and (before in holidays or after in holidays)
