"""What the address of the page asks for: the KPI that others are looked at beside (or none), days or weeks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest

from rashin.errors import Bilingual, QuestionError
from rashin.insight.chart import Control, control
from rashin.insight.correlation import USUAL, Grain, Together, pairs
from rashin.web.centre import centre
from rashin.web.pages.filters import OFFERED, Filters

GRAINS: dict[Grain, Bilingual] = {"day": Bilingual("日ごと", "By day"), "week": Bilingual("週ごと", "By week")}
WESTERN = ("beyond_3", "2_of_3", "4_of_5", "8_same")


@dataclass(frozen=True)
class Choice:
    """What was asked for. ``kpi``: "" = every pair of the usual ones."""

    filters: Filters
    kpi: str
    grain: Grain

    @classmethod
    def read(cls, request: HttpRequest) -> Choice:
        """Read the address; 404 for a KPI that does not exist."""
        filters = Filters.read(request, period="latest 26 weeks", compare="none")
        kpi = request.GET.get("kpi", "")
        try:
            if kpi:
                centre().catalogue.definition(kpi.partition(":")[0], kpi.partition(":")[2] or None)
        except QuestionError as error:
            raise Http404 from error
        return cls(filters, kpi, "week" if filters.grain == "week" else "day")

    def found(self) -> Together:
        """Look for what moves together."""
        own, filters = centre(), self.filters
        return pairs(
            own.store,
            own.catalogue,
            None,
            filters.period,
            scope=filters.scope,
            grain=self.grain,
            filters=filters.question_filters,
            about=self.kpi or None,
        )

    def control(self, *, drift: bool, rules: bool) -> Control:
        """Return the control chart of the KPI."""
        own, filters = centre(), self.filters
        return control(
            own.store,
            own.catalogue,
            self.kpi,
            filters.period,
            scope=filters.scope,
            grain=self.grain,
            filters=filters.question_filters,
            rules=WESTERN if rules else WESTERN[:1],
            drift=drift,
        )

    def query(self, **changes: Any) -> str:
        """Return the query string with some of it changed; None takes one out."""
        asked: dict[str, Any] = {"kpi": self.kpi or None, "grain": self.grain, **changes}
        return self.filters.query(**asked)

    def context(self) -> dict[str, Any]:
        """Return what the form needs."""
        lang, own = self.filters.lang, centre().catalogue
        listed = [name for name in own.kpis if name in USUAL] + [name for name in own.kpis if name not in USUAL]
        if self.kpi and self.kpi not in listed:
            listed.insert(0, self.kpi)
        offered_by = self.filters.context(OFFERED)
        known = {choice["name"] for choice in offered_by["choices"]}
        return {
            **offered_by,
            "narrowed": [each for each in self.filters.active if each[0] not in known],
            "comparisons": [],
            "choice": self,
            "kpis": [(name, _called(name, lang), name == self.kpi) for name in listed],
            "grains": [(label(lang), self.query(grain=name), name == self.grain) for name, label in GRAINS.items()],
            "query": self.query(),
        }


def _called(name: str, lang: str) -> str:
    from rashin.insight.fair.words import full_name

    kpi, _, variant = name.partition(":")
    return full_name(centre().catalogue.definition(kpi, variant or None))(lang)
