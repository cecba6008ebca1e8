"""A goal as a form: from what its file says to fields, and from what was typed back to what the file will say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from rashin.errors import Bilingual, DefinitionError
from rashin.judge import sheet
from rashin.judge.goal import EVERY, TERMS, Goal
from rashin.judge.goals import name_for
from rashin.judge.written import as_data, read
from rashin.query import dimensions
from rashin.query.scope import Scope
from rashin.query.settings import Settings
from rashin.web.centre import centre
from rashin.web.pages.filters import OFFERED, called_value, values_of
from rashin.web.pages.goals import held
from rashin.web.pages.wording import weekday_word

#: Fields whose text is read as a cell of the goals' workbook is.
_CELLS = ("near", "better", "every", "start", "end", "term", "owner", "kgi", "cycle", "reviewed", "params", "counter")
TEXTS: tuple[tuple[str, Bilingual, Bilingual], ...] = (
    (
        "purpose",
        Bilingual("目的", "Purpose"),
        Bilingual("何のための数字か。一文で。", "What the figure is for, in one sentence."),
    ),
    (
        "benefit",
        Bilingual("本人の利点", "Benefit to the person"),
        Bilingual("達成すると、現場の人に何が良いか。", "What the people who do it gain."),
    ),
    (
        "consequence",
        Bilingual("届かなかったとき", "When it is missed"),
        Bilingual("何が起きるか。", "What follows."),
    ),
    (
        "plan",
        Bilingual("行動計画", "Action plan"),
        Bilingual("だれが、何を変えるか。", "Who changes what."),
    ),
    (
        "title",
        Bilingual("見出し", "Title"),
        Bilingual("空欄なら、KPIと条件から作ります。", "Left empty, it is made of KPI and conditions."),
    ),
    (
        "origin",
        Bilingual("目標値の出どころ", "Origin of the target"),
        Bilingual("調査、契約、経営計画など。", "A survey, a contract, a plan."),
    ),
)


def start(scope: Scope, owner: str, kpi: str) -> dict[str, Any]:
    """Return what the form of a new goal begins with: this month or the next, for what the person may see."""
    on, _ = held.seen_from()
    data: dict[str, Any] = {"kpi": kpi, "every": "month", "start": on.replace(day=1), "owner": owner, "term": "short"}
    where = {name: [str(each) for each in allowed] for name, allowed in scope.allow}
    return data | ({"where": where} if where else {})


def fields(data: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Return the texts of the form's fields for what a goal's file says."""
    band = data.get("band", {})
    found: dict[str, Any] = {name: _line(data.get(name)) for name in _CELLS}
    unit = _unit(str(data.get("kpi", "")))
    found |= {"kpi": str(data.get("kpi", "")), "target": _figure(data.get("target"), unit)}
    found |= {
        "band_low": _figure(band.get("low"), unit),
        "band_high": _figure(band.get("high"), unit),
        "near": _figure(data.get("near"), unit),
    }
    found["weekdays"] = [str(each) for each in data.get("weekdays", ())] or [str(each) for each in range(1, 8)]
    found["hours"] = "-".join(map(str, data["hours"])) if data.get("hours") else ""
    found["holidays"] = data.get("holidays", True)
    if "counter" in data:
        found["counter"] = ", ".join(data["counter"]) or "-"
    found["params"] = "; ".join(
        f"{name}={','.join(map(str, value)) if isinstance(value, list) else value}" for name, value in data.get("params", {}).items()
    )
    found["where"] = {name: ["-" if each is None else str(each) for each in values] for name, values in data.get("where", {}).items()}
    other = "en" if lang == "ja" else "ja"
    for name, _, _ in TEXTS:
        text = data.get(name, "")
        both = {"ja": text, "en": text} if isinstance(text, str) else text
        found[name] = both[lang]
        found[f"{name}_other"] = both[other] if both[other] != both[lang] else ""
    return found


def typed(given: QueryDict, lang: str) -> dict[str, Any]:
    """Return the texts of the fields as they were typed, to be shown again."""
    names = (
        "kpi",
        "target",
        "band_low",
        "band_high",
        "hours",
        *_CELLS,
        *(name for each, _, _ in TEXTS for name in (each, f"{each}_other")),
    )
    found: dict[str, Any] = {name: given.get(name, "")[:4000] for name in names}
    found["weekdays"] = given.getlist("weekdays")
    found["holidays"] = given.get("holidays") == "yes"
    found["where"] = {key[2:]: given.getlist(key) for key in given if key.startswith("w.")}
    return found


def data_of(given: QueryDict, lang: str) -> dict[str, Any]:
    """Return what the goal's file will say. DefinitionError, its place a field, for what cannot be read."""
    shown = typed(given, lang)
    found: dict[str, Any] = {"kpi": shown["kpi"].strip()}
    for name in ("target", "band_low", "band_high", "hours", *_CELLS):
        text = shown[name].strip()
        if text:
            try:
                sheet.put(found, name, text)
            except ValueError as error:
                how = sheet.HOW.get(str(error))
                raise DefinitionError(
                    "field_form",
                    Bilingual(f"「{text[:40]}」は読めません。", f"“{text[:40]}” cannot be read."),
                    how,
                    place=name,
                    word=text[:40],
                ) from None
    if shown["counter"].strip() == "-":
        found["counter"] = []
    weekdays = sorted({int(each) for each in shown["weekdays"] if each.isdecimal() and len(each) == 1})
    if len(weekdays) < 7:
        found["weekdays"] = weekdays
    if not shown["holidays"]:
        found["holidays"] = False
    where = {name: [None if each == "-" else each for each in values if each] for name, values in shown["where"].items()}
    if any(where.values()):
        found["where"] = {name: values for name, values in where.items() if values}
    other = "en" if lang == "ja" else "ja"
    for name, _, _ in TEXTS:
        one, two = (" ".join(shown[each].split()) for each in (name, f"{name}_other"))
        if one or two:
            found[name] = {lang: one or two, other: two or one} if two and two != one else one or two
    return found


def goal_of(data: Mapping[str, Any], name: str) -> Goal:
    """Return the goal that ``data`` says, checked exactly as a file is; nothing is saved."""
    own = centre()
    country = next((goal.country for goal in held.known().values()), "JP" if Settings.of(own.store).zone == "Asia/Tokyo" else None)
    return read(name, data, own.catalogue, Settings.of(own.store), country=country, place=f"goals/{name}.toml")


def offered(data: Mapping[str, Any], scope: Scope, lang: str) -> dict[str, Any]:
    """Return what can be chosen: KPIs by name, values of each dimension within the scope, periods, terms, weekdays."""
    own, chosen = centre().catalogue, {name: list(values) for name, values in data.get("where", {}).items()}
    places = []
    for name in (*OFFERED, *(each for each in chosen if each not in OFFERED)):
        texts = ["-" if each is None else str(each) for each in chosen.get(name, ())]
        values = values_of(name, scope, lang) if name in OFFERED else []
        listed = [*values, *(each for each in texts if each not in values)]
        if len(listed) > 1 or texts:
            boxes = [(value, called_value(name, value, lang), value in texts) for value in listed]
            places.append((name, dimensions.label(name)(lang), boxes, sum(each[2] for each in boxes)))
    kpis = []
    for key, kpi in sorted(own.kpis.items(), key=lambda each: each[1].name(lang)):
        kpis.append((key, kpi.name(lang)))
        kpis += [(f"{key}:{variant}", f"{kpi.name(lang)} – {kpi.readings[variant].name(lang)}") for variant in kpi.variants]
    return {
        "kpis": kpis,
        "places": places,
        "everies": [(name, label(lang)) for name, label in EVERY.items()],
        "terms": [(name, label(lang)) for name, label in TERMS.items()],
        "weekdays": [(str(day), weekday_word(day, lang)) for day in range(1, 8)],
    }


def offered_texts(lang: str) -> list[tuple[str, str, str]]:
    """Return the texts of a goal: (field, label, what to write)."""
    return [(name, label(lang), hint(lang)) for name, label, hint in TEXTS]


def free_name(kpi: str) -> str:
    """Return a name that no goal has."""
    found = held.known()
    return name_for(kpi, [*found, *(each.removesuffix(".toml") for each in found.refused)])


def as_written(goal: Goal) -> dict[str, Any]:
    """Return what a goal says, as its file does."""
    return as_data(goal)


def _unit(label: str) -> str:
    kpi = centre().catalogue.kpis.get(label.partition(":")[0])
    return kpi.default.unit if kpi else ""


def _figure(value: Any, unit: str) -> str:
    if value is None or value == "":
        return ""
    return f"{round(float(value) * 100, 6):g}%" if unit == "share" else f"{value:g}"


def _line(value: Any) -> str:
    return "" if value is None else str(value)
