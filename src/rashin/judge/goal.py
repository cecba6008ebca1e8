"""One goal: which figure, over which rows, how good, in which periods. Its dates are business dates; it reads no clock and no data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from rashin.errors import Bilingual
from rashin.query.settings import Settings

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.catalogue import Definition
    from rashin.formula import ParamValue
    from rashin.query import Question
    from rashin.query.dimensions import Filters

Every: TypeAlias = Literal["day", "week", "month", "quarter", "year", "once"]
EVERY: dict[str, Bilingual] = {
    "day": Bilingual("日ごと", "daily"),
    "week": Bilingual("週ごと", "weekly"),
    "month": Bilingual("月ごと", "monthly"),
    "quarter": Bilingual("四半期ごと", "quarterly"),
    "year": Bilingual("年度ごと", "yearly"),
    "once": Bilingual("期間全体", "as one period"),
}
TERMS: dict[str, Bilingual] = {
    "short": Bilingual("短期", "short term"),
    "middle": Bilingual("中期", "middle term"),
    "long": Bilingual("長期", "long term"),
}
#: What each choice of ``every`` is called among the periods of the calendar.
_KIND = {"day": "day", "week": "week", "month": "month", "quarter": "fiscal_quarter", "year": "fiscal_year"}


@dataclass(frozen=True, slots=True)
class Ends:
    """At least ``low``, at most ``high``, both = a band, ends included, in the KPI's own unit."""

    low: float | None = None
    high: float | None = None

    def met(self, value: float) -> bool:
        """Say whether ``value`` lies within. Rounding in the last digits of a sum never decides."""
        return self.short(value) <= 0

    def short(self, value: float) -> float:
        """Return by how much ``value`` misses the nearer end; 0 inside."""
        missing = max(
            0.0 if self.low is None else self.low - value,
            0.0 if self.high is None else value - self.high,
        )
        scale = max(abs(value), abs(self.low or 0.0), abs(self.high or 0.0), 1e-12)
        return 0.0 if missing <= 1e-9 * scale else missing


@dataclass(frozen=True)
class Goal:
    """A target with dates. ``definition``: the reading of the KPI that it is about, with ``params`` bound; equality looks at what is written only.

    ``ends``: what is good (from target and the KPI's good side, or from band). ``where``: dimensions as in ``Question.filters``. ``hours``: half-open local
    hours; (20, 25) goes past midnight. ``holidays``: False = public holidays of ``country`` do not count. ``version``: raised by every save; 0 = never saved.
    ``names``: what the organisation calls its teams, sites, vendors … (dimension → value → name), for words only.
    """

    name: str
    kpi: str
    ends: Ends
    target: float | None = None
    near: float | None = None
    better: str | None = None
    params: tuple[tuple[str, ParamValue], ...] = ()
    every: Every = "month"
    start: date | None = None
    end: date | None = None
    term: str | None = None
    where: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    weekdays: tuple[int, ...] = ()
    hours: tuple[int, int] | None = None
    holidays: bool = True
    title: Bilingual | None = None
    owner: str = ""
    purpose: Bilingual | None = None
    kgi: str = ""
    benefit: Bilingual | None = None
    consequence: Bilingual | None = None
    plan: Bilingual | None = None
    cycle: str = ""
    counter: tuple[str, ...] | None = None
    reviewed: date | None = None
    origin: Bilingual | None = None
    version: int = 0
    definition: Definition = field(compare=False, repr=False, kw_only=True)
    settings: Settings = field(compare=False, repr=False, kw_only=True, default_factory=Settings)
    country: str | None = field(compare=False, repr=False, kw_only=True, default=None)
    names: Mapping[str, Mapping[str, str]] = field(compare=False, repr=False, kw_only=True, default_factory=dict)

    @property
    def unit(self) -> str:
        """The unit of target, band and values."""
        return self.definition.unit

    @property
    def counters(self) -> tuple[str, ...]:
        """The KPIs watched lest this one be gamed: the goal's own, else the catalogue's."""
        return self.definition.entry.counter if self.counter is None else self.counter

    @property
    def filters(self) -> dict[str, tuple[Any, ...]]:
        """Dimension → values, weekday and hour among them; what public holidays leave out depends on the period (:meth:`question`)."""
        found: dict[str, tuple[Any, ...]] = dict(self.where)
        if self.weekdays:
            found["weekday"] = self.weekdays
        if self.hours is not None:
            found["hour"] = tuple(dict.fromkeys(hour % 24 for hour in range(*self.hours)))
        return found

    def periods(self, today: date, last: int | None = None) -> list[Period]:
        """Return the periods begun by ``today``, oldest first, at most the ``last`` ones; the one that holds today (if any) is the last.

        Whole calendar periods; the first and the last are cut at ``start`` and ``end``. A goal without ``start`` begins with the period that holds today.
        """
        found: list[Period] = []
        period = self.period_at(min(today, self.end) if self.end else today)
        while period is not None and (last is None or len(found) < last):
            found.append(period)
            before = period.start - timedelta(days=1)
            period = self.period_at(before) if self.start is not None and before >= self.start else None
        return found[::-1]

    def period_at(self, day: date) -> Period | None:
        """Return the period of the goal that holds ``day``; None before its start and after its end."""
        from rashin.calendars import Period
        from rashin.calendars.period import around

        if (self.start is not None and day < self.start) or (self.end is not None and day > self.end):
            return None
        time = self.settings.time
        if self.every == "once":
            assert self.start is not None  # reading the goal has seen to it
            assert self.end is not None
            return Period(self.start, self.end + timedelta(days=1), settings=time)
        whole = around(day, _KIND[self.every], time)
        first = max(whole.start, self.start) if self.start else whole.start
        until = min(whole.end, self.end + timedelta(days=1)) if self.end else whole.end
        return whole if (first, until) == (whole.start, whole.end) else Period(first, until, settings=time)

    def coming(self, today: date) -> Period | None:
        """Return the first period of a goal that begins after ``today``; None when it has begun."""
        return self.period_at(self.start) if self.start is not None and today < self.start else None

    def counts(self, day: date) -> bool:
        """Say whether a day counts: by its weekday, and unless it is a public holiday that is left out."""
        return (not self.weekdays or day.isoweekday() in self.weekdays) and (self.holidays or not self.is_holiday(day))

    def is_holiday(self, day: date) -> bool:
        """Say whether a day is a public holiday of the goal's country."""
        from rashin.calendars import public_holidays

        return self.country is not None and bool(public_holidays(self.country, day, day + timedelta(days=1)))

    def days(self, first: date, last: date) -> Iterator[date]:
        """Yield the days from ``first`` to ``last`` (both included) that count."""
        day = first
        while day <= last:
            if self.counts(day):
                yield day
            day += timedelta(days=1)

    def question(self, period: Period, **options: Any) -> Question:
        """Return the question whose answer is the goal's figure over ``period``; ``options`` as of Question (by, grain, compare, as_of …)."""
        from rashin.query import Question

        filters: dict[str, Any] = {**options.pop("filters", {}), **self.filters}
        if not self.holidays and self._holidays_in(period):
            kept = [day.isoformat() for day in self.days(period.start, period.last)]
            filters["day"] = kept or [(period.start - timedelta(days=1)).isoformat()]  # a span of holidays only: no row can count
        return Question(self.kpi, period, filters=filters, params={**dict(self.params), **options.pop("params", {})}, **options)

    def _holidays_in(self, period: Period) -> bool:
        from rashin.calendars import public_holidays

        return self.country is not None and bool(public_holidays(self.country, period.start, period.end))

    @property
    def heading(self) -> Bilingual:
        """The title, or one made of what the goal says: 応答率 80.0%以上(月ごと、平日、電話) / Answer rate at least 80.0% (monthly, Mon–Fri, Voice)."""
        from rashin.judge.words import heading

        return self.title or heading(self)


def as_filters(where: Mapping[str, Any]) -> Filters:
    """Return ``where`` checked and in one form. QuestionError for an unknown dimension or value."""
    from rashin.query import dimensions

    return dimensions.check_filters(where)
