"""What the address of the fair comparison asks for: a KPI, what to compare, whether the mix of work is evened out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest

from rashin.errors import QuestionError
from rashin.insight.fair import ADJUST, Fair, compare
from rashin.insight.fair.tables import kind_of
from rashin.query import dimensions
from rashin.records import FACTS
from rashin.web import kept
from rashin.web.centre import centre
from rashin.web.pages.filters import OFFERED, Filters
from rashin.web.pages.names import PEOPLE, check_names

KPI, BY = "aht", "team"
#: What one compares, the usual first; people only for those who may see them by name.
UNITS = ("agent", "team", "site", "vendor", "queue")


@dataclass(frozen=True)
class Choice:
    """A comparison asked for. ``named``: the reader may see people by name."""

    filters: Filters
    kpi: str
    by: str
    even: bool
    named: bool

    @classmethod
    def read(cls, request: HttpRequest) -> Choice:
        """Read the address; 404 for a KPI that does not exist, ForbiddenError for people whose names the reader may not see."""
        filters = Filters.read(request, period="latest 13 weeks", compare="none")
        kpi = request.GET.get("kpi", KPI)
        try:
            centre().catalogue.definition(*_parts(kpi))
        except QuestionError as error:
            raise Http404 from error
        named = request.user.may("see_agents")
        (by,) = dimensions.check((request.GET.get("unit") or ("agent" if named else BY),))
        check_names(request.user, (by,))
        return cls(filters, kpi, by, request.GET.get("even", "1") != "0", named)

    def compared(self) -> Fair:
        """Work the comparison out."""
        own, filters = centre(), self.filters
        return compare(
            own.store,
            own.catalogue,
            self.kpi,
            self.by,
            filters.period,
            scope=filters.scope,
            adjust=ADJUST if self.even else (),
            filters=filters.question_filters,
        )

    def query(self, **changes: Any) -> str:
        """Return the query string of this comparison with some of it changed."""
        asked = {"kpi": self.kpi, "unit": self.by, **({} if self.even else {"even": "0"}), **changes}
        return self.filters.query(**asked)

    def context(self) -> dict[str, Any]:
        """Return what the form needs."""
        lang = self.filters.lang
        facts = centre().catalogue.definition(*_parts(self.kpi)).facts
        units = [
            name for name in UNITS if (self.named or name not in PEOPLE) and all(name in dimensions.of_fact(FACTS[fact]) for fact in facts)
        ]
        if self.by not in units:
            units.append(self.by)
        offered_by = self.filters.context(OFFERED)
        known = {choice["name"] for choice in offered_by["choices"]}
        return {
            **offered_by,
            "narrowed": [each for each in self.filters.active if each[0] not in known],
            "comparisons": [],
            "choice": self,
            "kpis": offered(self.kpi, lang),
            "units": [(name, dimensions.label(name)(lang), name == self.by) for name in units],
            "query": self.query(),
            "other_even": self.query(even="0" if self.even else None),
        }


def offered(chosen: str, lang: str) -> list[tuple[str, str, bool]]:
    """Return the KPIs that units can be compared on, by name, and the chosen one whatever it is."""
    listed = kept.of_definitions("fair_kpis", _comparable)
    own = centre().catalogue
    if chosen not in listed:
        listed = [*listed, chosen]
    return [(name, _called(own.definition(*_parts(name)), lang), name == chosen) for name in listed]


def _comparable() -> list[str]:
    own = centre().catalogue
    found = []
    for name in own.kpis:
        definition = own.definition(name)
        try:
            kind_of(definition)
        except QuestionError:
            continue
        if all("team" in dimensions.of_fact(FACTS[fact]) for fact in definition.facts):
            found.append(name)
    # a repeated contact is somebody's who left it unsolved: that reading is the fair one
    return [f"{name}:first_contact" if name == "repeat_rate" and "first_contact" in own.kpi(name).readings else name for name in found]


def _called(definition: Any, lang: str) -> str:
    from rashin.insight.fair.words import full_name

    return full_name(definition)(lang)


def _parts(kpi: str) -> tuple[str, str | None]:
    name, _, variant = kpi.partition(":")
    return name, variant or None
