"""Parts of the page that are asked for after the first view: by dimension, by hour and weekday, under every reading."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse

from rashin import charts, display
from rashin.calendars import Period
from rashin.errors import Bilingual
from rashin.query import dimensions
from rashin.records import FACTS
from rashin.web import asking
from rashin.web.centre import centre
from rashin.web.pages.filters import OFFERED, UNKNOWN, Filters, business_hour, called_value, values_of
from rashin.web.pages.kpi import course
from rashin.web.pages.kpi.links import Links
from rashin.web.pages.wording import hour_word, week_from, weekday_word

if TYPE_CHECKING:
    from rashin.query.answer import Cell

#: Offered for slicing first, in this order, where the KPI's fact has them; agents only for those who may see them by name. The rest follows.
SLICES = ("channel", "queue", "team", "site", "vendor", "category", "stage", "agent")
MOST = 40
#: So many hours are named as hidden in the mean.
NAMED = 4
#: An hour that is bad over so long is no accident of one week.
LONG = timedelta(weeks=4)


def offered(fact: str, named: bool) -> list[str]:
    """Return the dimensions by which a KPI of ``fact`` can be sliced here, the usual first."""
    known = dimensions.of_fact(FACTS[fact])
    rest = sorted(known - set(SLICES) - {"hour", "weekday", "evaluator"})
    return [name for name in (*SLICES, *rest) if name in known and (named or name != "agent")]


def slices(filters: Filters, links: Links, chosen: str, named: bool) -> dict[str, Any]:
    """Return the KPI by one dimension: a table with n and interval, and the same as a chart."""
    definition = centre().catalogue.definition(links.asked)
    known = offered(definition.fact, named)
    chosen = chosen if chosen in known else _telling(known, filters)
    if not chosen:
        return {"cells": [], "options": [], "chosen": ""}
    answer = filters.ask(links.asked, by=chosen, grain=None, dense=False)
    cells = [cell for cell in answer.cells() if cell.n or cell.value is not None]
    if untold := asking.untold(answer, definition.label):
        return {"cells": [], "untold": untold, "options": _options(known, filters, links), "chosen": chosen}
    cells.sort(key=lambda cell: (cell.value is None, -(cell.n or 0)))
    whole = _whole(filters, links.asked)
    label, lang = dimensions.label(chosen)(filters.lang), filters.lang
    lines = [(cell, called_value(chosen, _value(cell, chosen), lang), {chosen: (_value(cell, chosen),)}) for cell in cells[:MOST]]
    rows = [
        {"name": name, "value": cell.value, "low": cell.low, "high": cell.high, "n": cell.n, "link": links.rows(where=where)}
        for cell, name, where in lines
        if cell.value is not None
    ]
    said = Bilingual(f"{label}別。横線は95%の区間、破線は全体", f"By {label.lower()}; bars: 95 % intervals, dashed: all together")(lang)
    spec = charts.bars(rows, definition.unit, lang, said, whole=whole.value) if len(rows) > 1 else None
    return {
        "cells": [(cell, name, links.closer(where=where), links.rows(where=where) if cell.n else "") for cell, name, where in lines],
        "more": max(0, len(cells) - MOST),
        "label": label,
        "chosen": chosen,
        "better": definition.better,
        "whole": whole,
        "scale": display.scale(definition.unit, [cell.value for cell in (*cells, whole)]),
        "options": _options(known, filters, links),
        "unfit": next((cell.reason for cell in cells if cell.reason), None) if cells and not rows else None,
        "chart": {"spec": spec, "description": said} if spec else None,
        "explore": _explore(filters, links.asked, chosen),
    }


def _options(known: list[str], filters: Filters, links: Links) -> list[tuple[str, str, str]]:
    return [(name, dimensions.label(name)(filters.lang), links.closer(slice=name)) for name in known]


def _whole(filters: Filters, asked: str) -> Cell:
    found = course.head(filters, asked)
    return found.at(found.series[0], 0)


def _telling(known: list[str], filters: Filters) -> str:
    """The dimension to begin with: the queue, else the first usual one of which the data knows more than one value."""
    usual = [name for name in ("queue", *OFFERED) if name in known]
    several = (name for name in usual if name in filters.where or len(values_of(name, filters.scope, filters.lang)) > 1)
    return next(several, (usual or known or [""])[0])


def _value(cell: Cell, dimension: str) -> str:
    value = cell.dimensions[dimension]
    return UNKNOWN if value is None else str(value)


def _explore(filters: Filters, asked: str, chosen: str) -> str:
    """The same question in explore, with a second dimension to begin with."""
    second = "vendor" if chosen != "vendor" else "queue"
    return f"{reverse('explore')}?{urlencode([('kpi', asked)])}&{filters.query(by=[chosen, second])}"


def hours(filters: Filters, links: Links) -> dict[str, Any]:
    """Return the KPI by hour and weekday, and which of these hours the mean hides."""
    definition, lang = centre().catalogue.definition(links.asked), filters.lang
    if "hour" not in dimensions.of_fact(FACTS[definition.fact]):
        return {"chart": None}
    answer = filters.ask(links.asked, by=("weekday", "hour"), grain=None, compare=None, dense=False)
    if untold := asking.untold(answer, definition.label):
        return {"chart": None, "untold": untold}
    if not any(cell.n for cell in answer.cells()):
        return {"chart": None, "empty": True}
    cells = [cell for cell in answer.cells() if cell.dimensions["hour"] is not None and cell.dimensions["weekday"] is not None and cell.n]
    whole = _whole(filters, links.asked)
    how = display.scale(definition.unit, [whole.value] if whole.value is not None else [cell.value for cell in cells])
    month = _four_weeks(filters, links, definition.better) if filters.period.days < LONG.days else {}
    rank = {place: at for at, place in enumerate(month)}
    found = sorted(hidden(cells, whole, definition.better), key=lambda cell: rank.get(_place(cell), len(rank)))[:NAMED]
    order = sorted({_place(cell)[1] for cell in cells}, key=business_hour)
    week = week_from(filters.period.settings.week_start)
    rows = [
        _field(cell, how, lang, links, cell in found, week)
        for cell in sorted(cells, key=lambda each: (business_hour(_place(each)[1]), _place(each)[0]))
    ]
    said = _said(definition.better, any(row["few"] for row in rows), bool(found), how, lang)
    table = {_place(cell): (cell, links.rows(where=_where(cell))) for cell in cells}
    return {
        "chart": {"spec": charts.heat(rows, definition.unit, lang, said, definition.better), "description": said} if rows else None,
        "hours": [business_hour(hour) for hour in order],
        "rows": [(weekday_word(day, lang), [table.get((day, hour)) for hour in order]) for day in week],
        "scale": how,
        "whole": whole,
        "hidden": [
            (
                f"{weekday_word(_place(cell)[0], lang)} {hour_word(business_hour(_place(cell)[1]), lang)}",
                cell,
                links.closer(where=_where(cell), grain="30min"),
                month.get(_place(cell)),
            )
            for cell in found
        ],
    }


def _four_weeks(filters: Filters, links: Links, better: str) -> dict[tuple[int, int], Cell]:
    """The hours that the mean of the last four weeks hides: what is among them is no bad luck of one week."""
    period = Period(filters.period.end - LONG, filters.period.end, settings=filters.period.settings)
    common: dict[str, Any] = {"grain": None, "compare": None, "period": period}
    cells = [cell for cell in filters.ask(links.asked, by=("weekday", "hour"), dense=False, **common).cells() if cell.n]
    known = [cell for cell in cells if cell.dimensions["hour"] is not None and cell.dimensions["weekday"] is not None]
    return {_place(cell): cell for cell in hidden(known, filters.ask(links.asked, by=(), **common).cell(), better)}


def hidden(cells: list[Cell], whole: Cell, better: str) -> list[Cell]:
    """Return the fields that the mean of all hides: their whole interval lies on the worse side of it. Those that cost most come first."""
    if whole.value is None or better not in {"higher", "lower"}:
        return []
    middle, way = whole.value, 1 if better == "higher" else -1

    def worse(cell: Cell) -> bool:
        edge = cell.high if better == "higher" else cell.low
        return cell.state in {"ok", "approximate"} and edge is not None and way * (middle - edge) > 0

    def loss(cell: Cell) -> float:
        return way * (middle - (cell.value or 0.0)) * (cell.n or 0)

    return sorted((cell for cell in cells if worse(cell)), key=loss, reverse=True)


def _place(cell: Cell) -> tuple[int, int]:
    return int(str(cell.dimensions["weekday"])), int(str(cell.dimensions["hour"]))


def _where(cell: Cell) -> dict[str, tuple[str]]:
    day, hour = _place(cell)
    return {"weekday": (str(day),), "hour": (str(hour),)}


def _field(cell: Cell, how: display.Scale, lang: str, links: Links, framed: bool, week: list[int]) -> dict[str, Any]:
    day, hour = _place(cell)
    return {
        "order": week.index(day),
        "weekday": weekday_word(day, lang),
        "hour": str(business_hour(hour)),
        "value": cell.value,
        "n": cell.n,
        "few": cell.state == "too_few",
        "hidden": framed,
        "shown": "" if cell.value is None else _short(how, cell.value),
        "link": links.rows(where=_where(cell)),
    }


def _short(how: display.Scale, value: float) -> str:
    """A figure small enough for a field of the map: whole per cent and seconds."""
    digits = 0 if how.mark == "%" or abs(value / how.by) >= 100 else how.digits
    return f"{value / how.by:,.{digits}f}"


def _said(better: str, few: bool, framed: bool, how: display.Scale, lang: str) -> str:
    unit = how.mark or how.word(lang)
    ja = [f"曜日 × 時間帯。数字は{unit}" if unit else "曜日 × 時間帯"]
    en = [f"Weekday × hour; figures in {unit}" if unit else "Weekday × hour"]
    ja.append("色が濃いほど悪い" if better in {"higher", "lower"} else "色が濃いほど値が大きい")
    en.append("a stronger tone is worse" if better in {"higher", "lower"} else "a stronger tone is more")
    if framed:
        ja.append("枠は平均に隠れた時間帯")
        en.append("framed: hours that the mean hides")
    if few:
        ja.append("色のない薄い数字は件数不足")
        en.append("faint figures without a tone rest on too few")
    return Bilingual("。".join(ja), "; ".join(en))(lang)


def variants(filters: Filters, kpi: str) -> dict[str, Any]:
    """Return every reading of the KPI on the same rows, each with what it means and whose figure it reproduces."""
    from rashin.query import compare_variants

    own = centre()
    question = own.question(kpi, period=filters.period, filters=filters.question_filters, compare=filters.compare, as_of=filters.as_of)
    answer = asking.told(compare_variants(own.store, own.catalogue, kpi, question, scope=filters.scope), filters.scope)
    found = list(zip(answer.definitions, answer.cells(), strict=True))
    return {"readings": [(definition, cell, display.scale(definition.unit, [cell.value])) for definition, cell in found]}
