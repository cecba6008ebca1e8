"""A plan as a form: what is offered, what was typed, and back to what the cycle will say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from rashin.errors import Bilingual, QuestionError, RashinError
from rashin.query import dimensions
from rashin.query.scope import Scope
from rashin.web import asking, kept
from rashin.web.acts import frozen, reach
from rashin.web.acts.actions.plans import Plan
from rashin.web.acts.models import Cycle
from rashin.web.centre import centre
from rashin.web.pages.cycles import words
from rashin.web.pages.filters import OFFERED, called_value, read_period, values_of
from rashin.web.pages.talk.views import day
from rashin.web.people.models import Person

TEXTS = (
    "title",
    "kpi",
    "issue",
    "cause",
    "measure",
    "owner",
    "due",
    "start",
    "end",
    "dim",
    "how_picked",
    "expected",
    "goal",
    "alert",
    "period",
    "hint",
    "template",
)
_NUMBER = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(%|pt|ポイント|秒|s|分|min|件|円|点)?")
_NONE = Bilingual("–", "–")
#: What a value of the dimension does: does it, is compared with, is left out.
SIDES: dict[str, Bilingual] = {
    "unit": Bilingual("実施する", "does it"),
    "other": Bilingual("実施しない(比較先)", "does not (compared)"),
    "none": Bilingual("比べない", "left out"),
}


def typed(given: QueryDict) -> dict[str, Any]:
    """Return the fields as they were typed."""
    found: dict[str, Any] = {name: given.get(name, "")[:5000] for name in TEXTS}
    found["where"] = {key[2:]: [value for value in given.getlist(key) if value] for key in given if key.startswith("w.")}
    found["sides"] = {key[2:]: given[key] for key in given if key.startswith("u.")}
    return found


def of_cycle(cycle: Cycle) -> dict[str, Any]:
    """Return the fields of a cycle as it stands."""
    dim = next(iter(cycle.units), "")
    sides = dict.fromkeys(cycle.units.get(dim, ()), "unit") | dict.fromkeys((cycle.others or {}).get(dim, ()), "other")
    kept = cycle.evidence[0] if cycle.evidence else {}
    return {
        **dict.fromkeys(TEXTS, ""),
        "title": cycle.title,
        "kpi": cycle.kpi,
        "issue": cycle.issue,
        "cause": cycle.cause,
        "measure": cycle.measure,
        "owner": cycle.owner.public_id if cycle.owner else "",
        "due": cycle.due or "",
        "start": cycle.start or "",
        "end": cycle.end or "",
        "dim": dim or "all",
        "how_picked": cycle.how_picked,
        "expected": written(cycle.expected, unit_of(cycle.kpi)),
        "goal": cycle.goal,
        "alert": cycle.alert_key,
        "period": kept.get("period", ""),
        "hint": cycle.cause_hint,
        "where": cycle.where,
        "sides": sides,
        "explicit": cycle.others is not None,
    }


def plan_of(fields: Mapping[str, Any], person: Person, scope: Scope) -> Plan:
    """Return what was typed as a plan. QuestionError for what cannot be read."""
    units, others = sides_of(fields, scope)
    return Plan(
        title=fields["title"],
        kpi=fields["kpi"],
        issue=fields["issue"],
        where=fields["where"],
        cause=fields["cause"],
        hint=int(fields["hint"]) if str(fields["hint"]).isdecimal() and len(str(fields["hint"])) < 3 else 0,
        measure=fields["measure"],
        owner=fields["owner"],
        due=_day(fields["due"]),
        start=_day(fields["start"]),
        end=_day(fields["end"]),
        units=units,
        others=others,
        how_picked=fields["how_picked"],
        expected=expected(fields, person, scope, units),
        goal=fields["goal"],
        alert_key=fields["alert"],
        period=fields["period"],
    )


def sides_of(fields: Mapping[str, Any], scope: Scope) -> tuple[dict[str, list[str]], dict[str, list[str]] | None]:
    """Return who does it and who is compared; None: every other value, where none is left out; {}: nobody."""
    dim = fields["dim"]
    if dim not in words.SIDES:
        return {}, None
    sides = fields["sides"]
    units, others = ([value for value, side in sides.items() if side == name] for name in ("unit", "other"))
    if not units:
        return {}, None
    known = set(fields["where"].get(dim) or counted(fields, scope) or values_of(dim, scope, "ja"))
    return {dim: units}, {} if not others else None if known <= {*units, *others} else {dim: others}


def expected(fields: Mapping[str, Any], person: Person, scope: Scope, units: reach.Where) -> float | None:
    """Read the expected change: “-5%” of a share are points, of anything else a part of the present figure; “-30” seconds. QuestionError for what is none."""
    text = unicodedata.normalize("NFKC", str(fields["expected"])).replace("−", "-").replace("–", "-").replace(",", "").strip()
    if not text:
        return None
    found, unit = _NUMBER.fullmatch(text), unit_of(fields["kpi"])
    if found is None:
        raise QuestionError(
            "expected_form",
            Bilingual(f"期待する変化「{text[:20]}」は読めません。", f"The expected change “{text[:20]}” cannot be read."),
            Bilingual("例: -30秒、+3%、-0.5", "For example: -30, +3%, -0.5"),
        )
    value, mark = float(found[1]), found[2] or ""
    if abs(value) > 1e12:
        raise QuestionError("expected_form", Bilingual("期待する変化が大きすぎます。", "The expected change is too large."))
    if unit == "share":
        return value / 100 if mark in ("%", "pt", "ポイント") or abs(value) > 1 else value
    if mark in ("分", "min"):
        return value * 60
    if mark != "%":
        return value
    try:
        now = frozen.figure(
            fields["kpi"],
            read_period(fields["period"] or "latest 4 weeks"),
            reach.restricted(person, {**fields["where"], **units}),
            scope=scope,
        )
    except RashinError:
        now = {"value": None}
    if now["value"] is None:
        raise QuestionError(
            "expected_without_figure",
            Bilingual("今の値がないため、%では書けません。", "There is no present figure to take a part of."),
            Bilingual("値の単位で書いてください(例: -30秒)。", "Write it in the KPI's own unit, such as -30."),
        )
    return float(now["value"]) * value / 100


def unit_of(label: str) -> str:
    """Return the unit of a KPI; "" for one that does not exist."""
    try:
        return centre().catalogue.definition(label).unit
    except RashinError:
        return ""


def written(value: float | None, unit: str) -> str:
    """Return an expected change as it is typed."""
    if value is None:
        return ""
    return f"{round(value * 100, 4):+g}%" if unit == "share" else f"{round(value, 4):+g}"


def offered(fields: Mapping[str, Any], scope: Scope, lang: str) -> dict[str, Any]:
    """Return what can be chosen: KPIs, rows, units, people come from elsewhere."""
    own = centre().catalogue
    kpis = []
    for key, kpi in sorted(own.kpis.items(), key=lambda each: each[1].name(lang)):
        kpis.append((key, kpi.name(lang)))
        if fields["kpi"].startswith(f"{key}:") and fields["kpi"].partition(":")[2] in kpi.readings:
            kpis.append((fields["kpi"], f"{kpi.name(lang)} – {kpi.readings[fields['kpi'].partition(':')[2]].name(lang)}"))
    places = []
    for name in dict.fromkeys((*OFFERED, *fields["where"])):
        chosen = list(fields["where"].get(name, ()))
        listed = [*(values_of(name, scope, lang) if name in OFFERED else ()), *()]
        listed += [each for each in chosen if each not in listed]
        if len(listed) > 1 or chosen:
            boxes = [(value, called_value(name, value, lang), value in chosen) for value in listed]
            places.append((name, dimensions.label(name)(lang), boxes, len(chosen)))
    return {
        "kpis": kpis,
        "places": places,
        **units(fields, scope, lang),
    }


def units(fields: Mapping[str, Any], scope: Scope, lang: str) -> dict[str, Any]:
    """Return the table of who does it: the dimensions to choose from, the values of the chosen one with their side."""
    dims = [(name, dimensions.label(name)(lang)) for name in words.SIDES if len(values_of(name, scope, lang)) > 1 or name == fields["dim"]]
    dim = fields["dim"] if fields["dim"] in {name for name, _ in dims} else ""
    figures = counted(fields, scope) if dim else {}
    values = fields["where"].get(dim) or list(figures) or (values_of(dim, scope, lang) if dim else [])
    rest = "none" if fields.get("explicit") else "other"
    listed = [*values, *(each for each in fields["sides"] if each not in values)] if dim else []
    return {
        "dims": dims,
        "hows": [(name, label(lang), name == fields["how_picked"]) for name, label in words.HOW.items()],
        "dim": dim,
        "sides": [(name, label(lang)) for name, label in SIDES.items()],
        "rows": [
            (value, called_value(dim, value, lang), fields["sides"].get(value, rest), figures.get(value, _NONE)(lang)) for value in listed
        ],
        "figured": bool(figures),
    }


def counted(fields: Mapping[str, Any], scope: Scope) -> dict[str, Bilingual]:
    """Return the values of the chosen dimension that have a figure of the KPI over the last weeks, the largest first, each with it: who could do it at all."""
    from rashin.judge.words import value_text

    dim, unit = fields["dim"], unit_of(fields["kpi"])
    if dim not in words.SIDES or not unit:
        return {}
    where = {name: values for name, values in fields["where"].items() if values}

    def ask() -> dict[str, Bilingual]:
        own = centre()
        try:
            question = own.question(
                fields["kpi"], period=read_period("latest 4 weeks"), by=dim, filters=reach.asked(reach.tidy(where)), dense=False
            )
            cells = [
                cell for cell in asking.answer(question, scope=scope, lang="ja").cells() if cell.n and cell.dimensions[dim] is not None
            ]
        except RashinError:
            return {}
        beside = tuple(cell.value for cell in cells)
        cells.sort(key=lambda cell: -(cell.n or 0))
        return {str(cell.dimensions[dim]): value_text(cell.value, unit, beside) for cell in cells[:200]}

    return kept.of_facts(("units", centre().catalogue.version, fields["kpi"], dim, repr(sorted(where.items())), scope), ask)


def _day(given: Any) -> Any:
    text = str(given or "")
    if not text:
        return None
    found = day(text)
    if found is None:
        raise QuestionError("day_form", Bilingual(f"日付「{text[:20]}」は読めません。", f"The day “{text[:20]}” cannot be read."))
    return found
