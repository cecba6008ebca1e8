"""What the address of the page asks for: KPIs, dimensions, grain, pivot, order. All of it is in the link; nothing is remembered elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

from django.http import HttpRequest

from rashin.calendars import GRAINS
from rashin.errors import Bilingual, QuestionError
from rashin.query import dimensions
from rashin.records import FACTS
from rashin.web.centre import centre
from rashin.web.pages.filters import OFFERED, Filters, values_of
from rashin.web.pages.names import PEOPLE

#: KPIs and dimensions at once; cells that a page shows, that a file holds, and beyond which nothing is computed at all.
KPIS, BY = 12, 4
CELLS, FILE_CELLS, NEVER = 20_000, 500_000, 5_000_000
TIME = "time"
_PER_DAY = {"15min": 96, "30min": 48, "hour": 24, "day": 1, "week": 1 / 7, "month": 1 / 28}


@dataclass(frozen=True)
class Choice:
    """The question of the page, and how its answer is laid out."""

    filters: Filters
    kpis: tuple[str, ...]
    pivot: str
    sort: str
    falling: bool
    find: str

    @classmethod
    def read(cls, request: HttpRequest) -> Choice:
        """Read the address. QuestionError, with what to do, for names that do not exist and for more than can be shown."""
        given = request.GET
        filters = Filters.read(request, period="latest 4 weeks", compare="none")
        kpis = tuple(dict.fromkeys(name for name in given.getlist("kpi") if name))
        for name in kpis:
            centre().catalogue.definition(name)
        if len(kpis) > KPIS or len(filters.by) > BY:
            raise QuestionError(
                "too_much_at_once",
                Bilingual(
                    f"一度に選べるのは、KPI {KPIS} 個、切り口 {BY} 個までです。", f"At most {KPIS} KPIs and {BY} dimensions at once."
                ),
                Bilingual("いくつか外してください。", "Take some out."),
            )
        pivot = given.get("pivot", "")
        if pivot not in filters.by and not (pivot == TIME and filters.grain):
            pivot = ""
        return cls(filters, kpis, pivot, given.get("sort", ""), given.get("order") == "down", given.get("find", "")[:100])

    def query(self, **changes: Any) -> str:
        """Return the query string of this choice with some of it changed."""
        own: dict[str, Any] = {
            "kpi": list(self.kpis),
            "pivot": self.pivot or None,
            "sort": self.sort or None,
            "order": "down" if self.falling else None,
        }
        return self.filters.query(**{**own, **changes})

    def check_size(self) -> None:
        """Raise QuestionError when even a rough count is beyond what can be computed for a page."""
        if self.expected > NEVER:
            raise too_many(self.expected)

    @property
    def expected(self) -> int:
        """A rough upper count of cells: KPIs × buckets × values of each dimension."""
        days, grain = self.filters.period.days, self.filters.grain
        buckets = max(1.0, days * _PER_DAY.get(grain, 1 / 80)) if grain else 1.0
        known = {"hour": 24, "weekday": 7}
        sizes = [known.get(name) or self._values(name) for name in self.filters.by]
        return int(len(self.kpis) * buckets * prod(sizes))

    def _values(self, name: str) -> int:
        if name in self.filters.where:
            return len(self.filters.where[name])
        return max(1, len(values_of(name, self.filters.scope, self.filters.lang))) if name in FACTS["contact"].dimensions else 10


def too_many(count: int) -> QuestionError:
    """Return the error for a question with too many cells: it says how to narrow."""
    return QuestionError(
        "too_many_cells",
        Bilingual(f"およそ {count:,} マスになり、計算しません。", f"That would be about {count:,} cells; it is not computed."),
        Bilingual(
            "期間を短くする、粒度を粗くする、切り口を減らす、または値を絞り込んでください。",
            "Shorten the period, choose a coarser grain, take a dimension out, or filter to fewer values.",
        ),
    )


def dimensions_for(kpis: tuple[str, ...], lang: str, named: bool) -> list[tuple[str, str]]:
    """Return the dimensions offered: the usual first, then those that a chosen KPI's fact has; people only for those who may see them by name."""
    own = centre().catalogue
    facts = {own.definition(name).fact for name in kpis} or {"contact"}
    had = {name for fact in facts for name in dimensions.of_fact(FACTS[fact])}
    usual = [*OFFERED, "agent", "weekday", "hour"]
    order = [name for name in usual if name in had] + sorted(had - set(usual))
    return [(name, dimensions.label(name)(lang)) for name in order if named or name not in PEOPLE]


__all__ = ["CELLS", "FILE_CELLS", "GRAINS", "TIME", "Choice", "dimensions_for", "too_many"]
