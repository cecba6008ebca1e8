"""The checklist of causes beside a plan: each hint of the catalogue with the figures that would confirm or refute it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rashin.errors import RashinError
from rashin.web import kept
from rashin.web.acts import frozen, reach
from rashin.web.centre import centre
from rashin.web.pages.cycles import form
from rashin.web.pages.filters import read_period
from rashin.web.pages.goals.causing import SPEAKS, address
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person


def context(fields: Mapping[str, Any], person: Person, lang: str) -> dict[str, Any]:
    """Return the checklist for the KPI and rows of a plan. ``number``: the hint's place in the catalogue, which a cycle remembers."""
    if not form.unit_of(fields["kpi"]):
        return {"causes": [], "chosen_hint": "", "causes_asked": False}
    written = [hint.ja for hint in centre().catalogue.definition(fields["kpi"]).entry.hints]
    scope, wrong = scopes.of(person), ""
    try:
        where, period = reach.restricted(person, fields["where"]), read_period(fields["period"] or "latest 4 weeks")
        key = ("cycle causes", centre().catalogue.version, fields["kpi"], period.start, period.last, repr(where), scope)
        found = kept.of_facts(key, lambda: frozen.hints(fields["kpi"], period, where, scope=scope))
        label = period.label(lang)
    except RashinError as error:
        found, label, wrong = [], "", error.what(lang)
    listed = [
        {
            "number": str(written.index(each.hint.ja) + 1),
            "mark": SPEAKS[each.speaks][0],
            "word": SPEAKS[each.speaks][1](lang),
            "speaks": each.speaks,
            "hint": each.hint(lang),
            "figures": [(address(one.kpi, None), one.name(lang), one.text(lang)) for one in each.evidence],
        }
        for each in found
        if each.hint.ja in written
    ]
    return {"causes": listed, "chosen_hint": str(fields["hint"]), "causes_asked": True, "causes_wrong": wrong, "causes_period": label}
