"""What the address of a plan asks for: which days, in which intervals, for which quantile; which group and day are shown."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest

from rashin.errors import Bilingual, OutsideError, QuestionError
from rashin.insight.staffing.workforce import Group
from rashin.query.scope import Scope
from rashin.web.centre import centre
from rashin.web.pages import working
from rashin.web.pages.filters import NOT_KNOWN, Filters, called_value
from rashin.web.pages.forecast import marking
from rashin.web.pages.forecast.choice import SPANS, calendars, limits_of, seen, span
from rashin.web.pages.staffing import reach

if TYPE_CHECKING:
    from rashin.insight.staffing.model import GroupPlan, Plan

SLOTS = (15, 30, 60)
#: Quantiles that are offered, and how sure they make; "" = as staffing.toml says.
QUANTILES: dict[str, Bilingual] = {
    "": Bilingual("設定どおり", "As written"),
    "0.5": Bilingual("0.5(半々)", "0.5 (half the time)"),
    "0.6": Bilingual("0.6", "0.6"),
    "0.7": Bilingual("0.7(10回に7回)", "0.7 (seven of ten)"),
    "0.8": Bilingual("0.8(10回に8回)", "0.8 (eight of ten)"),
    "0.9": Bilingual("0.9(10回に9回)", "0.9 (nine of ten)"),
}
OFFERED = ("channel", "queue")
_CALLED = {word: name for name, label in SPANS.items() for word in (label.ja, label.en, label.en.lower())}


@dataclass(frozen=True)
class Choice:
    """A plan asked for. ``today``: the first day that teaches nothing; ``back``: days that have gone, planned from what was known before them."""

    filters: Filters
    force: reach.Force
    days: str
    first: date
    last: date
    slot: int | None
    quantile: str
    group: str
    day: str
    today: date
    back: bool = False

    @classmethod
    def read(cls, request: HttpRequest, *, scope: Scope | None = None, back: bool = False) -> Choice:
        """Read the address. ``scope``: of an API key. QuestionError for days that have gone (``back``: for days that have not) or make no sense."""
        given = request.GET
        filters = Filters.read(request, compare="none")
        if scope is not None:
            filters = replace(filters, scope=scope)
        on, today = seen()
        text = " ".join(given.get("days", "").split())[:60]
        text = _CALLED.get(text, text)
        if back:
            text, first, last, today = _gone(text, on, today, filters)
        else:
            text = text or "next_month"
            first, last = span(text, on, today, filters)
        return cls(
            filters,
            reach.force_of(request.user, filters.scope),
            text,
            first,
            last,
            int(given["slot"]) if given.get("slot") in {str(each) for each in SLOTS} else None,
            given["quantile"] if given.get("quantile") in QUANTILES else "",
            given.get("g", "")[:64],
            given.get("day", "")[:10],
            today,
            back,
        )

    @property
    def minutes(self) -> int:
        """Minutes of an interval."""
        return self.slot or self.force.workforce.slot_minutes

    @cached_property
    def limits(self) -> dict[str, tuple[str | None, ...]]:
        """What is planned where no group is written: the filters, and the bounds of the scope."""
        return limits_of(self.filters.scope, self.filters.question_filters) if self.force.alone else {}

    @cached_property
    def marks(self) -> tuple[Any, ...]:
        """The marks that count for the reader."""
        return marking.of_scope(self.filters.scope)

    @property
    def key(self) -> Hashable:
        """Everything that the plan depends on."""
        own = centre()
        asked = self.first, self.last, self.slot, self.quantile, self.today, self.back
        where = self.filters.scope, tuple(sorted(self.limits.items(), key=str)), tuple(self.force.workforce.groups)
        return "staffing", own.snapshot(), own.catalogue.version, calendars(), reach.version(), self.marks, *asked, *where

    def make(self, watch: working.Watch) -> Plan:
        """Work the plan out; without the library that makes shifts, one without shifts that says so."""
        try:
            return self._plan(watch, False if self.back else None)
        except OutsideError as error:
            if error.code != "needs_highs":
                raise
            found = self._plan(watch, False)
            said = [each for each in (error.what, error.next_step) if each is not None]
            return replace(found, notes=(*found.notes, *said))

    def _plan(self, watch: working.Watch, cover: bool | None) -> Plan:
        from rashin.insight.staffing import plan

        own, force = centre(), self.force.workforce
        return plan(
            own.store,
            own.catalogue,
            replace(force, slot_minutes=self.minutes),
            scope=self.filters.scope,
            first=self.first,
            last=self.last,
            today=self.today,
            where=cast("Any", self.limits),
            quantile=float(self.quantile) if self.quantile else None,
            cover=cover,
            check=not self.back,
            marks=self.marks,
            progress=lambda share, what: watch(share),
        )

    def shown(self, plan: Plan) -> GroupPlan:
        """Return the group that the address names; else the one with most seats. ``plan`` has groups."""
        named = next((each for each in plan.groups if ref_of(each.group) == self.group), None)
        return named or max(plan.groups, key=lambda each: each.seat_hours)

    def query(self, **changes: Any) -> str:
        """Return the query string with some of it changed; None takes one out."""
        asked: dict[str, Any] = {
            "days": self.days,
            "slot": self.slot,
            "quantile": self.quantile or None,
            "g": self.group or None,
            "day": self.day or None,
            **changes,
        }
        pairs = [(name, str(value)) for name, value in asked.items() if value is not None]
        return urlencode(pairs + [(f"w.{name}", value) for name, values in self.filters.where.items() for value in values])

    def context(self) -> dict[str, Any]:
        """Return what the form needs."""
        lang, alone = self.filters.lang, self.force.alone
        spans = {} if self.back else SPANS
        return {
            "choice": self,
            "filters": self.filters,
            "force": self.force,
            "choices": self.filters.choices(OFFERED) if alone else [],
            "held": [
                (f"w.{name}", value) for name, values in self.filters.where.items() if not alone or name not in OFFERED for value in values
            ],
            "spans": [(label(lang), self.query(days=name, day=None), name == self.days) for name, label in spans.items()],
            "days_shown": spans[self.days](lang) if self.days in spans else self.days,
            "slots": [(each, each == self.minutes) for each in SLOTS],
            "quantiles": [(value, label(lang), value == self.quantile) for value, label in QUANTILES.items()],
            "bounds": bounds_of(self.filters.scope, lang),
            "query": self.query(),
        }


def _gone(text: str, on: date, today: date, filters: Filters) -> tuple[str, date, date, date]:
    """Days that have come, as text, first, last, and the first day that taught nothing then; without a text the month before."""
    from datetime import timedelta

    from rashin.calendars import Period

    if not text:
        last = on.replace(day=1) - timedelta(days=1)
        text = f"{last:%Y-%m}" if (on + timedelta(days=1)).day != 1 else f"{on:%Y-%m}"
    period = Period.parse(text, on, filters.period.settings)
    if period.start >= today:
        raise QuestionError(
            "forecast_ahead",
            Bilingual(f"{period.start} からの実績はまだありません。", f"Nothing from {period.start} on has come yet."),
            Bilingual("過ぎた月や週を選んでください。", "Choose a month or weeks that have gone."),
        )
    return text, period.start, min(period.last, today - timedelta(days=1)), period.start


def ref_of(group: Group) -> str:
    """Return a short name of a group in an address: two queues of one name in two channels are two groups."""
    return hashlib.sha256(repr((group.name, sorted(group.where.items(), key=str))).encode()).hexdigest()[:10]


def called(group: Group, lang: str) -> str:
    """Return what a group is called: by its title; one queue by itself as people call queue and channel."""
    if group.title(lang) != group.name:
        return group.title(lang)
    words = [
        NOT_KNOWN(lang) if value is None else called_value(name, str(value), lang)
        for name in ("queue", "channel")
        for value in group.where.get(name, ())
    ]
    plain = {str(value) for name in ("queue", "channel") for value in group.where.get(name, ())}
    return " / ".join(dict.fromkeys(words)) if words and group.name in plain and len(words) <= 3 else group.name


def bounds_of(scope: Scope, lang: str) -> str:
    """Return the bounds of a scope in words; "" without any."""
    return "、".join(called_value(name, str(value), lang) for name, values in scope.allow for value in values)
