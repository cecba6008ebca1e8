"""Periods: half-open spans of business dates, and how people write them in Japanese and English."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from rashin.calendars.grains import TimeSettings, fiscal_quarter
from rashin.errors import Bilingual

#: Kinds that are made of months, and of how many.
MONTHS = {
    "month": 1,
    "quarter": 3,
    "year": 12,
    "fiscal_quarter": 3,
    "fiscal_half": 6,
    "fiscal_year": 12,
}


#: Own names: those of ``strftime`` change with the locale of the process.
_MONTHS_EN = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Period:
    """The business dates ``[start, end)``.

    ``kind``: what it is besides a span ("day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_half", "fiscal_year", else
    "span"): decides what comes before it. ``Period.parse(period.text, …)`` with the same settings gives the same dates again.
    """

    start: date
    end: date
    kind: str = "span"
    settings: TimeSettings = field(default_factory=TimeSettings)

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a period must end after it starts: [{self.start}, {self.end})")

    @staticmethod
    def parse(text: str, today: date, settings: TimeSettings | None = None) -> Period:
        """Return the period that ``text`` names, seen from the business date ``today``. QuestionError with the valid forms otherwise.

        "2026-10", "2026-10-05", "2026-10-01..2026-10-31" (last day included), "2026-W40", "2026-Q3", "2026", "FY2026", "FY2026-Q1",
        "last 7 days", "previous month", "this week", "yesterday", 先月, 今週, 昨日, 2026年10月, 令和8年10月, 2026年度上期, 直近7日間 …
        """
        from rashin.calendars.period_text import read

        return read(text, today, settings or TimeSettings())

    @property
    def last(self) -> date:
        """The last date inside."""
        return self.end - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many dates it has."""
        return (self.end - self.start).days

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def text(self) -> str:
        """The name of the period in the notation that ``parse`` reads: "2026-10", "FY2026-Q1", "2026-10-01..2026-10-07"."""
        year, quarter = fiscal_quarter(self.start, self.settings.fiscal_month)
        match self.kind:
            case "day":
                return self.start.isoformat()
            case "week" if self.start.weekday() == 0:
                iso = self.start.isocalendar()
                return f"{iso.year}-W{iso.week:02d}"
            case "month":
                return self.start.isoformat()[:7]
            case "quarter":
                return f"{self.start.year:04d}-Q{(self.start.month + 2) // 3}"
            case "year":
                return f"{self.start.year:04d}"
            case "fiscal_quarter":
                return f"FY{year}-Q{quarter}"
            case "fiscal_half":
                return f"FY{year}-H{(quarter + 1) // 2}"
            case "fiscal_year":
                return f"FY{year}"
        return f"{self.start}..{self.last}"

    @property
    def label(self) -> Bilingual:
        """The name of the period for people: 2026年10月 / October 2026."""
        year, quarter = fiscal_quarter(self.start, self.settings.fiscal_month)
        first = self.start
        match self.kind:
            case "day":
                return Bilingual(
                    f"{first.year}年{first.month}月{first.day}日({'月火水木金土日'[first.weekday()]})",
                    f"{_DAYS_EN[first.weekday()]} {first}",
                )
            case "month":
                return Bilingual(f"{first.year}年{first.month}月", f"{_MONTHS_EN[first.month - 1]} {first.year}")
            case "quarter":
                return Bilingual(f"{first.year}年第{(first.month + 2) // 3}四半期", f"Q{(first.month + 2) // 3} {first.year}")
            case "year":
                return Bilingual(f"{first.year}年", f"{first.year}")
            case "fiscal_quarter":
                return Bilingual(f"{year}年度第{quarter}四半期", f"FY{year} Q{quarter}")
            case "fiscal_half":
                return Bilingual(f"{year}年度{'上期' if quarter < 3 else '下期'}", f"FY{year} H{(quarter + 1) // 2}")
            case "fiscal_year":
                return Bilingual(f"{year}年度", f"FY{year}")
        span = f"{self.start} 〜 {self.last}", f"{self.start} – {self.last}"
        if self.kind == "week" and first.weekday() == 0:
            return Bilingual(f"{self.text}({span[0]})", f"{self.text} ({span[1]})")
        return Bilingual(*span)

    @property
    def months(self) -> int:
        """How many whole months it is; 0 when it does not start and end with a month."""
        if self.start.day != 1 or self.end.day != 1:
            return 0
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month

    def previous(self) -> Period:
        """Return the period before: before whole months as many months, else as many days.

        October → September, also when written 2026-10-01..2026-10-31; 2026-10-01..2026-10-10 → 2026-09-21..2026-09-30.
        """
        start = add_months(self.start, -self.months) if self.months else self.start - timedelta(days=self.days)
        return Period(start, self.start, self.kind, self.settings)

    def last_year(self) -> Period:
        """Return the same period a year earlier, by the calendar: same dates, not the same weekdays.

        October 2026 → October 2025; 2026-10-05 → 2025-10-05; 29 February → 28 February. A week goes to the ISO week of the same number
        (week 53 to the last week of the year before, which may be 52), and so keeps its weekdays.
        """
        if self.months:
            return Period(add_months(self.start, -12), add_months(self.end, -12), self.kind, self.settings)
        if self.kind == "week":
            # the Thursday decides to which ISO year a Monday week belongs; weeks with another start shift with the Monday they contain
            lead = timedelta(days=(7 - self.start.weekday()) % 7)
            iso = (self.start + lead).isocalendar()
            number = min(iso.week, date(iso.year - 1, 12, 28).isocalendar().week)
            start = date.fromisocalendar(iso.year - 1, number, 1) - lead
            return Period(start, start + timedelta(days=7), "week", self.settings)
        return Period(_year_before(self.start), _year_before(self.last) + timedelta(days=1), self.kind, self.settings)


def add_months(first_of_month: date, months: int) -> date:
    """Return the first of the month so many months later (earlier when negative); only for the first day of a month."""
    number = first_of_month.year * 12 + first_of_month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def month(year: int, number: int, settings: TimeSettings) -> Period:
    """Return a calendar month."""
    start = date(year, number, 1)
    return Period(start, add_months(start, 1), "month", settings)


def around(day: date, kind: str, settings: TimeSettings) -> Period:
    """Return the period of ``kind`` that holds ``day``."""
    if kind == "day":
        return Period(day, day + timedelta(days=1), "day", settings)
    if kind == "week":
        from rashin.calendars.grains import WEEK_STARTS

        start = day - timedelta(days=(day.weekday() - WEEK_STARTS.index(settings.week_start)) % 7)
        return Period(start, start + timedelta(days=7), "week", settings)
    size = MONTHS[kind]
    anchor = settings.fiscal_month - 1 if kind.startswith("fiscal") else 0
    start = add_months(day.replace(day=1), -((day.month - 1 - anchor) % size))
    return Period(start, add_months(start, size), kind, settings)


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
