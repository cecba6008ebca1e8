"""What the address of a what-if asks: which past days of what, and what is changed about them."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from rashin.errors import Bilingual, QuestionError
from rashin.insight.staffing.workforce import Group
from rashin.insight.whatif.model import Change
from rashin.query.scope import Scope
from rashin.web import kept
from rashin.web.centre import centre
from rashin.web.pages import working
from rashin.web.pages.filters import Filters
from rashin.web.pages.forecast.choice import calendars, limits_of, seen
from rashin.web.pages.staffing import reach
from rashin.web.pages.staffing.choice import bounds_of, called, ref_of
from rashin.web.pages.wording import weekday_word

if TYPE_CHECKING:
    from rashin.insight.whatif import Start
    from rashin.insight.whatif.model import WhatIf

OFFERED = ("channel", "queue")


@dataclass(frozen=True, slots=True)
class Dial:
    """Something that can be turned: its word in the address, its driver, how it is called, its unit, from where to where, and what one unit of the address is."""

    name: str
    driver: str
    label: Bilingual
    unit: Bilingual
    low: int
    high: int
    step: int = 1
    factor: float = 1.0


_S, _PERCENT = Bilingual("秒", "s"), Bilingual("%", "%")
DIALS = (
    Dial("aht", "aht_s", Bilingual("処理時間を増減", "Handling time by"), _S, -120, 120, 5),
    Dial("volume", "volume", Bilingual("件数を増減", "Volume by"), _PERCENT, -50, 100, 1, 0.01),
    Dial("patience", "patience_s", Bilingual("待てる時間を増減", "Patience by"), _S, -120, 300, 10),
    Dial("away", "shrinkage", Bilingual("シュリンケージを(この値に)", "Shrinkage becomes"), _PERCENT, 0, 60, 1, 0.01),
    Dial("seats", "seats", Bilingual("席数を増減", "Seats by"), Bilingual("席", "seats"), -20, 20),
)
#: Numbers as far from nothing as these are no question.
_FARTHEST = 100_000.0


@dataclass(frozen=True)
class Choice:
    """A what-if asked for. ``given``: dial → number of the address; ``weekdays``, ``hours``: when the seats change."""

    filters: Filters
    force: reach.Force
    group: Group | None
    given: dict[str, float]
    weekdays: tuple[int, ...]
    hours: tuple[float, float] | None

    @classmethod
    def read(cls, request: HttpRequest, *, scope: Scope | None = None) -> Choice:
        """Read the address; QuestionError for what is no number."""
        filters = Filters.read(request, period="latest 4 weeks", compare="none")
        if scope is not None:
            filters = replace(filters, scope=scope)
        force = reach.force_of(request.user, filters.scope)
        groups = list(force.workforce.groups.values())
        asked = request.GET.get("g", "")
        named = next((each for each in groups if asked in (ref_of(each), each.name)), None) or _nearest(groups, filters.where)
        given = {dial.name: value for dial in DIALS if (value := _number(request.GET, dial.name)) is not None}
        weekdays = tuple(sorted({int(each) for each in request.GET.getlist("on") if each in {"1", "2", "3", "4", "5", "6", "7"}}))
        return cls(filters, force, named, given, weekdays, _hours(request.GET))

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What is changed."""
        found = []
        for dial in DIALS:
            value = self.given.get(dial.name)
            if value is None or (not value and dial.name != "away"):
                continue
            when = (self.weekdays, self.hours) if dial.name == "seats" else ((), None)
            found.append(Change(dial.driver, round(value * dial.factor, 6), *when))
        return tuple(found)

    @cached_property
    def where(self) -> dict[str, tuple[str | None, ...]]:
        """What is asked about where no group is written: the filters, calls where there are none, and the bounds of the scope."""
        return limits_of(self.filters.scope, self.filters.question_filters or {"channel": ("voice",)})

    @property
    def base_key(self) -> Hashable:
        """Everything that the days before any change depend on."""
        own, period = centre(), self.filters.period
        about = ref_of(self.group) if self.group is not None else tuple(sorted(self.where.items(), key=str))
        return (
            "whatif",
            own.snapshot(),
            own.catalogue.version,
            calendars(),
            reach.version(),
            period.start,
            period.last,
            seen()[1],
            self.filters.scope,
            about,
        )

    @property
    def key(self) -> Hashable:
        """Everything that the answer depends on."""
        return (*cast("tuple[Hashable, ...]", self.base_key), self.changes)

    def make(self, watch: working.Watch) -> WhatIf:
        """Work it out; what the changes begin from is kept for the next turn of a dial."""
        from rashin.insight.whatif import under

        begun = kept.shelf("works").get(self.base_key, self._start)
        watch(0.6)
        return under(begun, self.changes)

    def _start(self) -> Start:
        from rashin.insight.whatif import start

        own, period = centre(), self.filters.period
        return start(
            own.store,
            own.catalogue,
            self.force.workforce,
            scope=self.filters.scope,
            first=period.start,
            last=period.last,
            group=None if self.group is None else self.group.name,
            where=None if self.group is not None else cast("Any", self.where),
            today=max(seen()[1], period.start + timedelta(days=1)),
        )

    def query(self, **changes: Any) -> str:
        """Return the query string with some of it changed; None takes one out."""
        asked: dict[str, Any] = {
            "period": self.filters.period_text,
            "g": ref_of(self.group) if self.group is not None else None,
            **{dial.name: f"{self.given[dial.name]:g}" for dial in DIALS if dial.name in self.given},
            "from": f"{self.hours[0]:g}" if self.hours else None,
            "to": f"{self.hours[1]:g}" if self.hours else None,
            **changes,
        }
        pairs = [(name, str(value)) for name, value in asked.items() if value is not None]
        pairs += [("on", str(day)) for day in self.weekdays if changes.get("on", 0) is not None]
        return urlencode(pairs + [(f"w.{name}", value) for name, values in self.filters.where.items() for value in values])

    def context(self) -> dict[str, Any]:
        """Return what the form needs."""
        lang, groups = self.filters.lang, self.force.workforce.groups.values()
        shrinkage = float((self.group or self.force.workforce.alone({})).shrinkage) * 100
        filters = self.filters.context(OFFERED if not groups else ())
        return {
            **filters,
            "choice": self,
            "force": self.force,
            "groups": [(ref_of(each), called(each, lang), each is self.group) for each in groups],
            "dials": [
                {
                    "name": dial.name,
                    "label": dial.label(lang),
                    "unit": dial.unit(lang),
                    "low": min(dial.low, math.floor(self.given.get(dial.name, 0))),
                    "high": max(dial.high, math.ceil(self.given.get(dial.name, 0))),
                    "step": dial.step,
                    "value": f"{self.given[dial.name]:g}" if dial.name in self.given else "",
                    "at": f"{self.given.get(dial.name, shrinkage if dial.name == 'away' else 0):g}",
                    "hint": f"{shrinkage:g}" if dial.name == "away" else "0",
                }
                for dial in DIALS
            ],
            "weekdays": [(day, weekday_word(day, lang), day in self.weekdays) for day in range(1, 8)],
            "hours_from": f"{self.hours[0]:g}" if self.hours else "",
            "hours_to": f"{self.hours[1]:g}" if self.hours else "",
            "bounds": bounds_of(self.filters.scope, lang),
            "query": self.query(),
            "reset": self.query(**dict.fromkeys((*(dial.name for dial in DIALS), "from", "to", "on"))),
        }


def _nearest(groups: list[Group], where: Mapping[str, tuple[str, ...]]) -> Group | None:
    """The group that the filters of another page lie in; else the first."""
    asked = {name: set(values) for name, values in where.items() if values}

    def inside(group: Group) -> bool:
        common = [name for name in asked if name in group.where]
        return bool(common) and all(asked[name] <= set(group.where[name]) for name in common)

    return next((each for each in groups if inside(each)), groups[0] if groups else None)


def _number(given: QueryDict, name: str) -> float | None:
    text = given.get(name, "").strip()[:20].replace("−", "-")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or abs(value) > _FARTHEST:
        raise QuestionError(
            "whatif_text",
            Bilingual(f"「{text}」を数として読めません。", f"“{text}” cannot be read as a number."),
            Bilingual("-20 や 10 のように書いてください。", "Write it like -20 or 10."),
        )
    return value


def _hours(given: QueryDict) -> tuple[float, float] | None:
    first, last = _number(given, "from"), _number(given, "to")
    if first is None and last is None:
        return None
    found = (first if first is not None else 0.0, last if last is not None else 48.0)
    if not 0 <= found[0] < found[1] <= 48:
        raise QuestionError(
            "whatif_hours",
            Bilingual("時間帯の始めと終わりが合いません。", "The hours do not fit together."),
            Bilingual("9 から 12 のように、始めを終わりより小さく書いてください。", "Write them like 9 to 12: the first before the last."),
        )
    return found
