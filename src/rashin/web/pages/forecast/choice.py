"""What the address of the forecast asks for: which days, what of, in which intervals, as one or one for each queue."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest

from rashin.calendars import Period
from rashin.calendars.grains import WEEK_STARTS
from rashin.errors import Bilingual, QuestionError
from rashin.web.centre import centre
from rashin.web.pages import working
from rashin.web.pages.filters import Filters
from rashin.web.pages.forecast import marking
from rashin.web.pages.goals import held

if TYPE_CHECKING:
    from rashin.insight.forecast import Forecast
    from rashin.query.scope import Scope

#: Short cuts to days: word of the address → what it is called.
SPANS: dict[str, Bilingual] = {"next_week": Bilingual("翌週", "Next week"), "next_month": Bilingual("翌月", "Next month")}
SLOTS = (15, 30)
#: How the volume is taken apart.
UNITS: dict[str, tuple[str, ...]] = {"each": ("queue", "channel"), "channel": ("channel",), "all": ()}
UNIT_WORDS: dict[str, Bilingual] = {
    "each": Bilingual("窓口・チャネルごと", "Each queue and channel"),
    "channel": Bilingual("チャネルごと", "Each channel"),
    "all": Bilingual("まとめて一つ", "All as one"),
}
OFFERED = ("channel", "queue")
_CALLED = {word: name for name, label in SPANS.items() for word in (label.ja, label.en, label.en.lower(), name)} | {
    "来月": "next_month",
    "来週": "next_week",
}


def seen() -> tuple[date, date]:
    """Return (the newest day with data, the first day that teaches nothing): a day that still runs teaches nothing."""
    on, over = held.seen_from()
    return on, on if over is None else on + timedelta(days=1)


def limits_of(scope: Scope, where: Mapping[str, tuple[str | None, ...]]) -> dict[str, tuple[str | None, ...]]:
    """Return the filters of a question with the bounds of the scope said as filters, too: what is made under them says itself what it speaks of."""
    return {name: tuple(values) for name, values in scope.allow} | dict(where)


@dataclass(frozen=True)
class Choice:
    """A forecast asked for. ``today``: the first day that teaches nothing."""

    filters: Filters
    days: str
    first: date
    last: date
    slot: int
    unit: str
    leave: bool
    of: str
    day: str
    today: date

    @classmethod
    def read(cls, request: HttpRequest) -> Choice:
        """Read the address. QuestionError, with what to do, for days that have gone or make no sense."""
        given = request.GET
        filters = Filters.read(request, compare="none")
        on, today = seen()
        text = " ".join(given.get("days", "").split())[:60] or "next_month"
        text = _CALLED.get(text, text)
        first, last = span(text, on, today, filters)
        slot = int(given["slot"]) if given.get("slot") in {str(each) for each in SLOTS} else 30
        unit = given.get("unit", "")
        return cls(
            filters,
            text,
            first,
            last,
            slot,
            unit if unit in UNITS else "each",
            given.get("leave") == "1",
            given.get("of", "")[:16],
            given.get("day", "")[:10],
            today,
        )

    @cached_property
    def limits(self) -> dict[str, tuple[str | None, ...]]:
        """The filters, and the bounds of the scope."""
        return limits_of(self.filters.scope, self.filters.question_filters)

    @cached_property
    def marks(self) -> tuple[Any, ...]:
        """The marks that count: those within the reader's scope; what is marked of one team, site … only where the forecast is of that team, site …."""
        known = {*self.limits, *UNITS["each"]}
        return tuple(mark for mark in marking.of_scope(self.filters.scope) if all(name in known for name, _ in mark.where))

    @property
    def key(self) -> Hashable:
        """Everything that the forecast depends on."""
        own, asked = centre(), tuple(sorted(self.limits.items(), key=str))
        where = self.filters.scope, asked, UNITS[self.unit]
        return (
            "forecast",
            own.snapshot(),
            own.catalogue.version,
            calendars(),
            self.marks,
            self.today,
            self.first,
            self.last,
            self.slot,
            self.leave,
            *where,
        )

    def make(self, watch: working.Watch) -> tuple[Forecast, ...]:
        """Work the forecast out."""
        from rashin.insight.forecast import forecasts

        own = centre()
        return forecasts(
            own.store,
            own.catalogue,
            scope=self.filters.scope,
            where=cast("Mapping[str, object]", self.limits),
            by=UNITS[self.unit],
            first=self.first,
            last=self.last,
            slot_minutes=self.slot,
            today=self.today,
            marks=self.marks,
            leave_out_suspected=self.leave,
            progress=watch,
        )

    def of_day(self, day: date) -> Choice:
        """Return the same question about one day, as it stood in its morning."""
        return replace(self, days=day.isoformat(), first=day, last=day, today=day)

    def query(self, **changes: Any) -> str:
        """Return the query string with some of it changed; None takes one out."""
        asked: dict[str, Any] = {
            "days": self.days,
            "slot": self.slot,
            "unit": self.unit,
            "leave": "1" if self.leave else None,
            "of": self.of or None,
            "day": self.day or None,
            **changes,
        }
        pairs = [(name, str(value)) for name, value in asked.items() if value is not None]
        return urlencode(pairs + [(f"w.{name}", value) for name, values in self.filters.where.items() for value in values])

    def context(self) -> dict[str, Any]:
        """Return what the form needs."""
        lang = self.filters.lang
        return {
            "choice": self,
            "filters": self.filters,
            "choices": self.filters.choices(OFFERED),
            "held": [(f"w.{name}", value) for name, values in self.filters.where.items() if name not in OFFERED for value in values],
            "narrowed": [
                (label, value, self.query_without(name, value)) for name, label, value, _ in self.filters.active if name not in OFFERED
            ],
            "spans": [(label(lang), self.query(days=name, day=None), name == self.days) for name, label in SPANS.items()],
            "days_shown": SPANS[self.days](lang) if self.days in SPANS else self.days,
            "slots": [(each, each == self.slot) for each in SLOTS],
            "units": [(name, label(lang), name == self.unit) for name, label in UNIT_WORDS.items()],
            "query": self.query(),
        }

    def query_without(self, name: str, value: str) -> str:
        """Return the query string without one value of a filter."""
        where = {each: tuple(v for v in values if (each, v) != (name, value)) for each, values in self.filters.where.items()}
        return replace(self, filters=replace(self.filters, where=where)).query()


def span(text: str, on: date, today: date, filters: Filters) -> tuple[date, date]:
    """Return first and last day of ``text``, seen from ``on``, the newest day with data; what has gone of it is left away."""
    settings = filters.period.settings
    if text == "next_month":
        first = (on.replace(day=1) + timedelta(days=32)).replace(day=1)
        return max(first, today), (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    if text == "next_week":
        back = (on.weekday() - WEEK_STARTS.index(settings.week_start[:3])) % 7
        first = on + timedelta(days=7 - back)
        return first, first + timedelta(days=6)
    period = Period.parse(text, on, settings)
    if period.last < today:
        raise QuestionError(
            "forecast_gone",
            Bilingual(
                f"{period.last} までは実績があります。予測できるのは {today} からです。",
                f"What came up to {period.last} is known; a forecast begins on {today}.",
            ),
            Bilingual(
                "残した予測の答え合わせは「残した予測」で見られます。", "Kept forecasts are held to what came under “Kept forecasts”."
            ),
        )
    return max(period.start, today), period.last


def ref_of(forecast: Forecast) -> str:
    """Return a short name of a series in an address."""
    return hashlib.sha256(repr(sorted(forecast.key.items(), key=str)).encode()).hexdigest()[:10]


def calendars() -> Hashable:
    """Return what changes when a calendar is edited."""
    folder = centre().workspace.folder("calendars")
    return tuple(sorted((each.name, each.stat().st_mtime_ns) for each in folder.glob("*.toml"))) if folder.exists() else ()
