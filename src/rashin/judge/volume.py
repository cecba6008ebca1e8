"""How much is still to come in a period: the days that are left, and the usual volume of such days."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from rashin.errors import Bilingual

if TYPE_CHECKING:
    from rashin.judge.goal import Goal
    from rashin.store import Store

#: So many weeks tell what is usual of a weekday.
WEEKS = 6
#: Ends of the range: nineteen times of twenty.
_WIDE = 1.96
_HOLIDAY, _SUNDAY = 8, 7
_LEAST_WEEKS = 3


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is still to come: ``volume`` (of what the KPI divides by; of a count the days), its believable range ``low`` … ``high``, ``days`` that are
    left and count, and ``how`` the volume was found."""

    volume: float
    low: float
    high: float
    days: int
    how: Bilingual
    #: the usual volume of each day that is left
    each: tuple[float, ...] = ()
    #: the kind of each day that is left: 1–7 the weekday, 8 a public holiday
    kinds: tuple[int, ...] = ()


def open_days(store: Store, goal: Goal, first: date, last: date) -> list[date]:
    """Return the days that count for the goal and on which one of its queues is open (any queue, where it names none; every day without calendars)."""
    from rashin.calendars import load_calendars

    calendars = load_calendars(store.workspace.folder("calendars"))
    queues = [str(each) for each in dict(goal.where).get("queue", ()) if each is not None]
    own = [found for each in queues if (found := calendars.for_queue(each)) is not None]
    used = own if queues and len(own) == len(queues) else list(calendars.by_name.values())
    wanted = list(goal.days(first, last))
    if not used or not wanted:
        return wanted
    opened = {day for each in used for day in each.open_days(first, last + timedelta(days=1)).tolist()}
    return [day for day in wanted if day in opened]


def kind_of(goal: Goal, day: date) -> int:
    """Return 1–7 for the weekday, 8 for a public holiday."""
    return _HOLIDAY if goal.is_holiday(day) else day.isoweekday()


def remaining(goal: Goal, past: Mapping[date, float], left: Sequence[date], today_so_far: float | None = None) -> Remaining | None:
    """Return what is still to come on the days ``left``, from the volumes of past days; None when nothing is known of the past.

    A day brings the mean of its own kind over the last six weeks: the same weekday, public holidays apart (of which the last known ones count; without any,
    Sundays). The range is that of a Poisson count, widened by how unequal such days and whole weeks have been. ``today_so_far``: the first of the days has begun
    and has brought so much already.
    """
    kinds = [kind_of(goal, day) for day in left]
    if not left:
        return Remaining(0.0, 0.0, 0.0, 0, Bilingual("残りの日はありません", "no day is left"))
    means, sizes, spread = _usual(goal, past)
    if not means:
        return None
    every = sum(past.values()) / len(past)
    each = [means.get(kind, means.get(_SUNDAY, every) if kind == _HOLIDAY else every) for kind in kinds]
    if today_so_far is not None:
        each[0] = max(each[0] - today_so_far, 0.0)
    total = sum(each)
    # what is to come varies by itself, and the mean of few days is not quite known
    counts = {kind: kinds.count(kind) for kind in set(kinds)}
    unsure = sum((count * count) * means.get(kind, every) / sizes.get(kind, len(past)) for kind, count in counts.items())
    # a week as a whole is busier or quieter than another by more than its days' chance: the weeks to come may be, and the mean of the past ones was
    weekly = _weekly(goal, past, means, spread) * total * total * (1 + 1 / WEEKS)
    wide = _WIDE * math.sqrt(spread * (total + unsure) + weekly)
    how = Bilingual(
        f"直近{WEEKS}週間の同じ曜日の平均(祝日は別)から",
        f"from the mean of the same weekdays over the last {WEEKS} weeks, public holidays apart",
    )
    return Remaining(total, max(total - wide, 0.0), total + wide, len(left), how, tuple(each), tuple(kinds))


def _usual(goal: Goal, past: Mapping[date, float]) -> tuple[dict[int, float], dict[int, int], float]:
    """For each kind of day its mean and how many there were; and how many times the variance is that of chance (at least 1)."""
    groups: dict[int, list[float]] = {}
    for day, volume in past.items():
        groups.setdefault(kind_of(goal, day), []).append(volume)
    means = {kind: sum(each) / len(each) for kind, each in groups.items()}
    free = sum(len(each) - 1 for each in groups.values())
    chi = sum((value - means[kind]) ** 2 / means[kind] for kind, each in groups.items() if means[kind] > 0 for value in each)
    return means, {kind: len(each) for kind, each in groups.items()}, max(chi / free, 1.0) if free > 0 else 1.0


def _weekly(goal: Goal, past: Mapping[date, float], means: Mapping[int, float], spread: float) -> float:
    """The relative variance between past weeks beyond what their days' chance explains; 0 below three weeks."""
    newest = max(past)
    seen: dict[int, list[float]] = {}
    for day, volume in past.items():
        week = seen.setdefault((newest - day).days // 7, [0.0, 0.0])
        week[0] += volume
        week[1] += means[kind_of(goal, day)]
    usual = [week for week in seen.values() if week[1] > 0]
    if len(usual) < _LEAST_WEEKS:
        return 0.0
    excess = sum((brought / expected - 1) ** 2 - spread / expected for brought, expected in usual)
    return max(excess / (len(usual) - 1), 0.0)
