"""What the page is asked: which KPI, which sides, which further way of slicing."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import Http404, HttpRequest

from rashin.errors import QuestionError
from rashin.insight.change import Change, along_tree, explain
from rashin.insight.change.sides import SLOT, form
from rashin.insight.change.staffed import Staffed
from rashin.insight.change.ways import CROSSED, check, known_of
from rashin.insight.change.ways import USUAL as WAYS
from rashin.insight.trees.values import ComputedTree
from rashin.query import Scope, dimensions
from rashin.web import kept
from rashin.web.centre import centre
from rashin.web.pages import working
from rashin.web.pages.filters import OFFERED, called_value, values_of
from rashin.web.pages.names import PEOPLE, check_names
from rashin.web.pages.tree import held
from rashin.web.pages.why.sides import Sides

KPI = "answer_rate"


@dataclass(frozen=True)
class Choice:
    """A question for why. ``way``: a way of slicing asked for besides the usual ones, () = none; ``everything``: show what is within chance too; ``named``: people may be a way."""

    sides: Sides
    kpi: str
    way: tuple[str, ...]
    everything: bool
    named: bool

    @classmethod
    def read(cls, request: HttpRequest, scope: Scope | None = None) -> Choice:
        """Read the address; 404 for a KPI that does not exist, ForbiddenError for people whose names the reader may not see. ``scope``: of a key instead of the person's."""
        given = request.GET
        sides = Sides.read(request)
        if scope is not None:
            sides = replace(sides, filters=replace(sides.filters, scope=scope))
        kpi = given.get("kpi", "") or KPI
        try:
            definition = centre().catalogue.definition(kpi)
        except QuestionError as error:
            if scope is not None:
                raise
            raise Http404 from error
        way = tuple(dict.fromkeys(part for text in given.getlist("split")[:2] for part in re.split(r"[+ ]", text) if part))[:2]
        check_names(request.user, way)
        check(way, known_of(definition))
        way = tuple(sorted(way, key=lambda name: name != SLOT))
        return cls(sides, definition.label, way, given.get("all") == "1", request.user.may("see_agents"))

    @property
    def key(self) -> tuple[Hashable, ...]:
        """Everything that the explanation depends on."""
        own = centre()
        return "why", own.snapshot(), own.catalogue.version, self.kpi, *self.sides.key

    def explained(self, way: tuple[str, ...] = ()) -> Change:
        """Return why the KPI moved, without tree and staffing model; by ``way`` alone where one is given."""
        own, sides = centre(), self.sides
        return explain(
            own.store,
            own.catalogue,
            self.kpi,
            sides.filters.period,
            sides.against,
            scope=sides.filters.scope,
            where=sides.where,
            other_where=sides.other_where,
            by=[way] if way else None,
            along=False,
            as_of=sides.as_of,
        )

    def made(self, patience: float | None = None) -> Change | working.Work:
        """Return the explanation by the usual ways, or how far it has come."""
        return working.made((*self.key, "ways"), lambda watch: self.explained(), patience)

    def by_way(self, way: tuple[str, ...]) -> Change:
        """Return the explanation by one way, kept."""
        return kept.shelf("works").get((*self.key, "way", way), lambda: self.explained(way))

    def along(self) -> tuple[ComputedTree | None, Staffed | None]:
        """Return the change along a tree and through the staffing model, kept."""
        own = centre()

        def make() -> tuple[ComputedTree | None, Staffed | None]:
            return along_tree(own.store, own.catalogue, self.kpi, *self.sides.both, scope=self.sides.filters.scope, trees=held.known())

        return kept.shelf("works").get((*self.key, "along", held.state()), make)

    def query(self, **changes: Any) -> str:
        """Return the query string with some of it changed; None takes one out."""
        asked: dict[str, Any] = {"kpi": self.kpi, "split": "+".join(self.way) or None, "all": "1" if self.everything else None}
        return self.sides.query(**{**asked, **changes})

    def context(self) -> dict[str, Any]:
        """Return what the forms need."""
        lang, own = self.sides.filters.lang, centre().catalogue
        definition = own.definition(self.kpi)
        found = self.sides.context()
        asked = [("kpi", self.kpi)] + ([("split", "+".join(self.way))] if self.way else []) + ([("all", "1")] if self.everything else [])
        found["held"] = found["held"] + asked
        pairs = parse_qsl(self.query())
        names = list(own.kpis)
        if self.kpi not in names:
            names.insert(0, self.kpi)
        return {
            **found,
            "narrowed": [(label, value, self.query(where=self._without(label))) for label, value, _ in found["narrowed"]],
            "choice": self,
            "kpis": kept_names(tuple(names), lang),
            "ways": [(name, _called(name)(lang), name in self.way) for name in self._ways(definition)] if form(definition) is not None else [],
            "others": self._others(),
            "kpi_held": [pair for pair in pairs if pair[0] not in ("kpi", "split")],
            "way_held": [pair for pair in pairs if pair[0] != "split"],
            "other_held": [pair for pair in pairs if pair[0] != "compare" and not pair[0].startswith("o.")],
            "groups": bool(self.sides.other),
            "same_again": self.query(**{f"o.{name}": None for name in self.sides.other}),
            "query": self.query(),
            "beside": urlencode([("kpi", self.kpi), *((f"w.{name}", value) for name, values in self.sides.filters.where.items() for value in values)]),
            "sides_query": self.sides.query(),
        }  # fmt: skip

    def _without(self, label: str) -> dict[str, tuple[str, ...]]:
        lang = self.sides.filters.lang
        return {name: () for name in self.sides.filters.where if dimensions.label(name)(lang) == label}

    def _ways(self, definition: Any) -> list[str]:
        known = {name for name in known_of(definition) if self.named or name not in PEOPLE}
        return [name for name in WAYS if name in known] + sorted(known - set(WAYS))

    def _others(self) -> list[dict[str, Any]]:
        """What the other group can be limited to: the usual dimensions and whatever it is limited to already."""
        filters = self.sides.filters
        found = []
        for name in dict.fromkeys((*OFFERED, "weekday", *self.sides.other)):
            values = [str(day) for day in range(1, 8)] if name == "weekday" else values_of(name, filters.scope, filters.lang)
            chosen = self.sides.other.get(name, ())
            if len(values) > 1 or chosen:
                listed = [(value, called_value(name, value, filters.lang), value in chosen) for value in dict.fromkeys((*values, *chosen))]
                found.append({"name": name, "label": dimensions.label(name)(filters.lang), "values": listed})
        return found


def kept_names(names: tuple[str, ...], lang: str) -> list[tuple[str, str]]:
    """Return what the KPIs are called."""
    from rashin.insight.fair.words import full_name

    return kept.of_definitions(
        ("why_names", names, lang), lambda: [(name, full_name(centre().catalogue.definition(name))(lang)) for name in names]
    )


def _called(name: str) -> Any:
    from rashin.insight.change.sayings import sliced

    return sliced((name,))


__all__ = ["CROSSED", "Choice", "kept_names"]
