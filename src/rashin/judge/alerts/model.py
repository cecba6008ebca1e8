"""What an alert is, and the case that every kind of alert looks at: the store as of a day, the goals, the limits, and what kind of day a day is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

from rashin.errors import Bilingual
from rashin.query.settings import Settings

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.catalogue import Catalogue
    from rashin.judge.alerts.limits import Limits
    from rashin.judge.goal import Goal
    from rashin.judge.goals import Goals
    from rashin.judge.pace import Pace
    from rashin.query import Scope, Spot
    from rashin.store import Store

Severity: TypeAlias = Literal["high", "middle", "low"]
SEVERITIES: tuple[Severity, ...] = ("high", "middle", "low")

#: Kinds in the order in which they are looked for; control comes last, for its limits are set to what the others leave of the budget.
KINDS: dict[str, Bilingual] = {
    "stopped": Bilingual("データの停止", "source stopped"),
    "missing": Bilingual("データの欠け", "missing data"),
    "goal": Bilingual("目標の未達", "goal missed"),
    "band": Bilingual("帯からの逸脱", "left its band"),
    "counter": Bilingual("対になる指標の悪化", "counter-metric broke"),
    "gaming": Bilingual("見かけの改善の疑い", "improved in appearance"),
    "reported": Bilingual("報告値との食い違い", "reported otherwise"),
    "drift": Bilingual("ゆっくりした悪化", "slow drift"),
    "control": Bilingual("ふだんと違う動き", "out of the usual"),
}


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to look into. ``key``: the same finding has the same key however often it is looked for. ``where``: dimension → values. ``period``: what the
    figures are about. ``spots``: whose rows stand behind it. ``owner``: address of a person, "" when nobody is named. ``since``: the first day of it.
    ``reason``: of an alert that is held back, why."""

    key: str
    kind: str
    kpi: str
    where: Mapping[str, tuple[object, ...]]
    period: Period
    title: Bilingual
    evidence: tuple[Bilingual, ...]
    spots: tuple[Spot, ...]
    figures: Mapping[str, float | str | None]
    severity: Severity
    owner: str
    since: date
    reason: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What one kind found. ``expected``: false alarms a week that looking for it brings, at most."""

    alerts: tuple[Alert, ...] = ()
    expected: float = 0.0
    held_back: tuple[Alert, ...] = ()


@dataclass(frozen=True)
class Case:
    """What is looked at: the days before ``today``, which itself is still running. Nothing after it is seen."""

    store: Store
    catalogue: Catalogue
    goals: Goals
    today: date
    scope: Scope
    limits: Limits
    own: Settings = field(default_factory=Settings)
    country: str | None = None

    @cached_property
    def last(self) -> date | None:
        """The newest day before today on which anything of the centre's work has arrived; None when nothing has."""
        rows = self.store.coverage().select(["fact", "business_date", "row_count"]).to_pylist()
        days = (row["business_date"] for row in rows if row["row_count"] and row["fact"] in ("contact", "agent_time"))
        return max((day for day in days if day is not None and day < self.today), default=None)

    def span(self, first: date, last: date) -> Period:
        """Return a period of days, both ends included."""
        from rashin.calendars import Period

        return Period(first, last + timedelta(days=1), settings=self.own.time)

    @cached_property
    def holidays(self) -> frozenset[date]:
        """Public holidays of the organisation's calendar over the last two years."""
        from rashin.calendars import public_holidays

        if self.country is None:
            return frozenset()
        return frozenset(public_holidays(self.country, self.today - timedelta(days=730), self.today + timedelta(days=1)))

    @cached_property
    def open_days(self) -> frozenset[date] | None:
        """Days of the last two years on which any queue is open; None where there are no calendars."""
        from rashin.calendars import load_calendars

        used = list(load_calendars(self.store.workspace.folder("calendars")).by_name.values())
        if not used:
            return None
        first, until = self.today - timedelta(days=730), self.today + timedelta(days=1)
        return frozenset(day for each in used for day in each.open_days(first, until).tolist())

    def kind_of(self, day: date) -> str:
        """Return what a day is compared with: its weekday ("1" Monday … "7"), "holiday", "after" (a working day after a public holiday), "closed"."""
        if self.open_days is not None and day not in self.open_days:
            return "closed"
        if day in self.holidays:
            return "holiday"
        if day - timedelta(days=1) in self.holidays and day.isoweekday() <= 5:
            return "after"
        return str(day.isoweekday())

    @cached_property
    def _paces(self) -> dict[tuple[str, date], Pace]:
        return {}

    def pace(self, goal: Goal, period: Period) -> Pace:
        """Return where a goal stands in one of its periods on the newest day; kinds that ask again are given what the first was told."""
        from rashin.judge.pace import pace

        key = (goal.name, period.start)
        if key not in self._paces:
            self._paces[key] = pace(
                self.store, self.catalogue, goal, self.last or self.today, scope=self.scope, period=period, last=self.last
            )
        return self._paces[key]

    def owner_of(self, kpis: Iterable[str]) -> str:
        """Return who answers for one of ``kpis``: the owner of a goal for it, else the one that alerts.toml names."""
        wanted = {kpi.partition(":")[0] for kpi in kpis}
        for goal in self.goals.values():
            if goal.owner and goal.definition.kpi in wanted:
                return goal.owner
        return self.limits.owner


def key_of(kind: str, what: str, where: Mapping[str, tuple[object, ...]], first: date) -> str:
    """Return the key of a finding: ``gaming:aht:agent=sato:2026-07-06``."""
    slices = ",".join(f"{name}={'|'.join(map(str, values))}" for name, values in sorted(where.items()))
    return ":".join(part for part in (kind, what, slices, first.isoformat()) if part)


def day_text(day: date) -> Bilingual:
    """Return a day as people read it: 5月19日(火) / Tue 19 May."""
    return Bilingual(
        f"{day.month}月{day.day}日({'月火水木金土日'[day.weekday()]})",
        f"{('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')[day.weekday()]} {day.day} "
        f"{('Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec')[day.month - 1]}",
    )


def days_text(first: date, last: date) -> Bilingual:
    """Return a span of days, one day as a day."""
    one, other = day_text(first), day_text(last)
    return one if first == last else Bilingual(f"{one.ja}〜{other.ja}", f"{one.en} to {other.en}")
