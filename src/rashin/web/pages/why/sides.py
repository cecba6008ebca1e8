"""The two sides of a comparison as an address says them: a period, what it is compared with, and what limits the other side where groups are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from rashin.calendars import Period
from rashin.errors import Bilingual
from rashin.insight.change.sides import Side, usual_against
from rashin.query import dimensions
from rashin.web.pages.filters import OFFERED, UNKNOWN, Filters, read_period
from rashin.web.pages.names import check_names

USUAL = "usual"
COMPARISONS = (
    (USUAL, Bilingual("直前の期間(7日未満は前の週)", "Period before (under 7 days: the week before)")),
    ("last_year", Bilingual("前年同期", "Last year")),
)


@dataclass(frozen=True)
class Sides:
    """A comparison. ``compare``: "usual", "previous", "last_year" or a period's text; ``other``: limits of the other side, empty = the same on both sides."""

    filters: Filters
    compare: str
    other: Mapping[str, tuple[str, ...]]

    @classmethod
    def read(cls, request: HttpRequest, *, period: str = "latest 4 weeks") -> Sides:
        """Read the address. QuestionError for what makes no sense; ForbiddenError for people whose names the reader may not see."""
        given = request.GET
        found = Filters.read(request, period=period, compare=USUAL)
        compare = (found.compare or USUAL).strip()[:60] or USUAL
        other: dict[str, tuple[str, ...]] = {}
        for key in given:
            values = tuple(dict.fromkeys(value for value in given.getlist(key) if value)) if key.startswith("o.") else ()
            if values:
                other[key[2:]] = values
        dimensions.check(other)
        check_names(request.user, other)
        return cls(replace(found, compare=compare, by=(), grain=None, other={}), compare, other)

    @property
    def against(self) -> Period | None:
        """The other period; None = the usual one."""
        if self.compare in (USUAL, "previous"):
            return None if self.compare == USUAL else self.filters.period.previous()
        return self.filters.period.last_year() if self.compare == "last_year" else read_period(self.compare)

    @property
    def where(self) -> dict[str, object]:
        """The limits of the later side."""
        return dict(self.filters.question_filters)

    @property
    def other_where(self) -> dict[str, object] | None:
        """The limits of the other side; None = the same."""
        if not self.other:
            return None
        return {name: tuple(None if value == UNKNOWN else value for value in values) for name, values in self.other.items()}

    @property
    def as_of(self) -> int | None:
        """The snapshot that both sides are asked; None = the newest."""
        return self.filters.as_of

    @property
    def both(self) -> tuple[Side, Side]:
        """The side before and the side after."""
        period, other = self.filters.period, self.other_where
        against = self.against or (period if other is not None else usual_against(period))
        return Side(against, self.where if other is None else other, self.as_of), Side(period, self.where, self.as_of)

    @property
    def key(self) -> tuple[Any, ...]:
        """Everything that these sides are, whoever asks."""
        before, after = self.both
        spans = [(each.period.start, each.period.last) for each in (before, after)]
        limits = [
            tuple(sorted((name, tuple(map(str, values))) for name, values in each.items())) for each in (self.filters.where, self.other)
        ]
        return self.filters.scope, self.as_of, *spans, *limits

    @property
    def elsewhere(self) -> str:
        """The comparison as other pages write it."""
        before, after = self.both
        if self.compare == "last_year":
            return "last_year"
        same = (before.period.start, before.period.last) == (after.period.previous().start, after.period.previous().last)
        return "previous" if same else "none" if self.other else f"{before.period.start}..{before.period.last}"

    def query(self, **changes: Any) -> str:
        """Return the query string with some of it changed; None takes one out."""
        return self.filters.query(**{**{f"o.{name}": list(values) for name, values in self.other.items()}, **changes})

    def away(self, **changes: Any) -> str:
        """Return the query string for a page about the later side alone."""
        return self.filters.query(compare=self.elsewhere, **changes)

    @property
    def turned(self) -> str:
        """The query string for a what-if that begins from the later side."""
        limits = [(f"w.{name}", value) for name, values in self.filters.where.items() for value in values]
        return urlencode([("period", self.filters.period_text), *limits])

    def context(self) -> dict[str, Any]:
        """Return what the form of filters needs."""
        filters, lang = self.filters, self.filters.lang
        offered = filters.context(OFFERED)
        comparisons = [(text, label(lang)) for text, label in COMPARISONS]
        if self.compare not in dict(COMPARISONS):
            comparisons.append(
                (
                    self.compare,
                    self.both[0].period.label(lang) if self.compare != "previous" else Bilingual("直前の期間", "Period before")(lang),
                )
            )
        known = {choice["name"] for choice in offered["choices"]}
        offered["held"] = offered["held"] + [(f"o.{name}", value) for name, values in self.other.items() for value in values]
        return {
            **offered,
            "comparisons": comparisons,
            "sides": self,
            "narrowed": [(label, value, self.query(where={name: ()})) for name, label, value, _ in filters.active if name not in known],
        }  # fmt: skip
