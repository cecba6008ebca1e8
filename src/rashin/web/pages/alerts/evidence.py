"""What stands behind an alert: each figure day by day against its limits or its goal, the figures to read beside it, its rows, and what people did with it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from rashin import charts
from rashin.errors import Bilingual, RashinError
from rashin.judge import causes as looking
from rashin.query import dimensions
from rashin.web import kept
from rashin.web.acts.actions import alerts as actions
from rashin.web.acts.looking import goals_of
from rashin.web.centre import centre
from rashin.web.pages.alerts.listed import Card, Reader
from rashin.web.pages.filters import Filters, called_value, read_period
from rashin.web.pages.goals import held
from rashin.web.pages.kpi.links import Links
from rashin.web.pages.overview.judging import called_day
from rashin.web.people.audit import ACTIONS
from rashin.web.people.models import AuditRow

if TYPE_CHECKING:
    from rashin.judge.goal import Goal

#: A week by week picture of the gaming kind goes back so far; a day by day one so many days before the alert.
_WEEKS, _DAYS = 16, 42
_MOST = 6
_LOGGED = ("alert_taken", "alert_given", "alert_snoozed", "alert_closed", "alert_reopened")


def context(reader: Reader, card: Card) -> dict[str, Any]:
    """Return what the page of one alert needs."""
    may = reader.person.may("handle_alerts")
    return {
        "card": card,
        "spots": [_spot(reader, card, spot) for spot in card.finding["spots"][:_MOST]],
        "beside": beside(reader, card),
        "where": _where(card),
        "may_handle": may,
        "people": _people(card) if may and card.live else [],
        "hints": _hints(card),
        "log": _log(card),
        "goal": _goal(reader, card),
        "cycle": _cycle(reader, card),
        "of_cycle": _of_cycle(reader, card),
        "today": centre().today(),
    }


def _hints(card: Card) -> bool:
    """Whether the catalogue says what to look into."""
    kpi = card.finding["kpi"]
    return bool(kpi and card.finding["spots"] and centre().catalogue.definition(kpi).entry.hints)


def _where(card: Card) -> list[tuple[str, str]]:
    lang = card.lang
    return [
        (dimensions.label(name)(lang), " / ".join(called_value(name, value, lang) for value in values))
        for name, values in card.finding["where"].items()
        if name != "source"
    ]


def _people(card: Card) -> list[tuple[str, str]]:
    row = card.row or actions.row_of(card.key, card.finding)
    return [(each.public_id, each.name) for each in actions.handlers(row)]


def _goal(reader: Reader, card: Card) -> Goal | None:
    name = card.finding["figures"].get("goal")
    goal = held.known().get(str(name)) if name else None
    return goal if goal is not None and held.in_reach(reader.person, dict(goal.where), reader.scope) else None


def _cycle(reader: Reader, card: Card) -> str:
    """Where a cycle is opened from this alert; "" where there is no such page, or it is not the reader's."""
    if not reader.person.may("write_cycles") or not card.finding["kpi"]:
        return ""
    try:
        return f"{reverse('cycles-add')}?{urlencode({'alert': card.key})}"
    except NoReverseMatch:
        return ""


def _of_cycle(reader: Reader, card: Card) -> str:
    """The page of the cycle that was opened from this alert; "" where there is none."""
    cycle = card.row.cycle if card.row is not None else None
    if cycle is None or not reader.person.may("see_cycles"):
        return ""
    try:
        return reverse("cycles-one", args=[cycle.public_id])
    except NoReverseMatch:
        return ""


def _log(card: Card) -> list[dict[str, Any]]:
    """What people did with it, the newest first."""
    if card.row is None:
        return []
    rows = AuditRow.objects.filter(action__in=_LOGGED, target=card.row.public_id).order_by("-sequence")[:50]
    return [
        {
            "at": row.at,
            "by": row.person,
            "what": ACTIONS[row.action](card.lang),
            "more": " · ".join(str(row.detail[name]) for name in ("to", "until", "reason") if row.detail.get(name)),
        }
        for row in rows
    ]


def filters_of(reader: Reader, plain: dict[str, Any], first: str, last: str) -> Filters:
    """Return the filters under which the site shows a figure of the alert over the days from ``first`` to ``last``."""
    text = f"{first}..{last}"
    where = {name: tuple(values) for name, values in plain["filters"].items()}
    return Filters(text, read_period(text), "previous", None, (), where, reader.scope, reader.lang)


def _spot(reader: Reader, card: Card, plain: dict[str, Any]) -> dict[str, Any]:
    definition = centre().catalogue.definition(plain["kpi"])
    filters = filters_of(reader, plain, *plain["period"])
    links = Links(filters, plain["kpi"], reader.person.may("see_rows"))
    more = {"grain": plain["grain"], "bucket": plain["bucket"]} if plain["bucket"] else {}
    kinds = {name: values for name, values in plain["filters"].items() if name in ("channel", "team", "queue", "site", "vendor", "agent")}
    of = ", ".join(called_value(name, value, reader.lang) for name, values in kinds.items() for value in values[:4])
    try:
        chart = _drawn(reader, card, plain, definition)
    except RashinError:
        chart = None
    name = definition.name if definition.variant else definition.entry.name
    return {
        "name": name(reader.lang),
        "of": of,
        "page": links.closer(),
        "rows": links.rows(**more),
        "numerator": links.rows("numerator", **more) if definition.interval == "wilson" else "",
        "chart": chart,
        "table": _table(chart["rows"], definition.unit, reader.lang) if chart else [],
    }


def _table(rows: list[dict[str, Any]], unit: str, lang: str) -> list[tuple[str, str, str, float | None, bool]]:
    """The rows of a chart: (day, value, range, n, whether it lies outside), the newest first."""
    from rashin import display

    how = display.scale(unit, [row["value"] for row in rows])

    def span(row: dict[str, Any]) -> str:
        return "" if row["low"] is None or row["high"] is None else how.span(row["low"], row["high"])

    return [
        (row["label"], "–" if row["value"] is None else how.text(row["value"]), span(row), row["n"], bool(row.get("outside")))
        for row in reversed(rows)
    ]


def _drawn(reader: Reader, card: Card, plain: dict[str, Any], definition: Any) -> dict[str, Any] | None:
    name = (definition.name if definition.variant else definition.entry.name)(reader.lang)
    first, last = (date.fromisoformat(each) for each in card.finding["period"])
    since = min(first, date.fromisoformat(card.finding["since"]))
    if card.finding["kind"] == "control":
        rows, ends = _usual(reader, plain, since - timedelta(days=_DAYS), last), []
        said = Bilingual(
            f"{name}。帯はふだんの範囲(曜日の型を含む3シグマ)、三角はその外に出た日",
            f"{name}; the band is what is usual (three sigmas, with the pattern of the week), triangles are days outside",
        )
    else:
        weekly = card.finding["kind"] == "gaming" or (last - since).days > _DAYS
        back = timedelta(weeks=_WEEKS) if weekly else timedelta(days=_DAYS - 14)
        rows = _course(reader, plain, since - back, last, "week" if weekly else "day")
        goal = _goal(reader, card)
        ends = [end for end in (goal.ends.low, goal.ends.high) if end is not None] if goal and goal.kpi == plain["kpi"] else []
        line = Bilingual("、線は目標", "; the line is the goal") if ends else Bilingual("", "")
        grain = Bilingual("週ごと", "by week") if weekly else Bilingual("日ごと", "by day")
        said = Bilingual(f"{name}({grain.ja})。帯は95%の区間{line.ja}", f"{name} {grain.en}; the band is the 95 % interval{line.en}")
    if sum(row["value"] is not None for row in rows) < 2:
        return None
    text = said(reader.lang)
    return {"spec": charts.trend(rows, definition.unit, reader.lang, text, goal=ends), "description": text, "rows": rows}


def _course(reader: Reader, plain: dict[str, Any], first: date, last: date, grain: str) -> list[dict[str, Any]]:
    """The figure by day or week, from some time before the alert to its end."""
    from rashin.web.pages.kpi.course import _start

    filters = filters_of(reader, plain, first.isoformat(), last.isoformat())
    where = {name: values for name, values in filters.question_filters.items() if name != "day"}
    answer = filters.ask(plain["kpi"], by=(), grain=grain, compare=None, filters=where, dense=False)
    return [
        {
            "t": _start(cell.bucket),
            "label": called_day(cell.bucket, reader.lang),
            "value": cell.value,
            "low": cell.low,
            "high": cell.high,
            "n": cell.n,
        }
        for cell in answer.cells()
    ]


def _usual(reader: Reader, plain: dict[str, Any], first: date, last: date) -> list[dict[str, Any]]:
    """The figure by day with the limits of what is usual."""
    from rashin.judge.alerts.limits import of_store
    from rashin.judge.alerts.model import Case
    from rashin.judge.alerts.usual import usual
    from rashin.judge.watch import country_of
    from rashin.query.settings import Settings

    own = centre()

    def make() -> list[dict[str, Any]]:
        limits = of_store(own.store, own.catalogue)
        goals = goals_of(reader.scope, named=reader.named)
        case = Case(own.store, own.catalogue, goals, own.today(), reader.scope, limits, Settings.of(own.store), country_of(own.store))
        days = usual(case, plain["kpi"], {name: tuple(values) for name, values in plain["filters"].items()}, first, last)
        return [
            {
                "t": each.day.isoformat(),
                "label": called_day(each.day.isoformat(), reader.lang),
                "value": each.value,
                "low": each.low,
                "high": each.high,
                "n": each.n,
                "outside": each.outside,
            }
            for each in days
        ]

    told = tuple(sorted((name, tuple(values)) for name, values in plain["filters"].items()))
    key = ("usual", own.snapshot(), own.catalogue.version, plain["kpi"], told, first, last, reader.scope, reader.lang)
    return kept.shelf("answers").get(key, make)


def span_of(card: Card) -> tuple[str, str]:
    """Return over which days an alert is compared with the time before: its own, of a shorter one the week that ends with it."""
    first, last = (date.fromisoformat(each) for each in card.finding["period"])
    if (last - first).days < 6:
        first = last - timedelta(days=6)
    return first.isoformat(), last.isoformat()


def beside(reader: Reader, card: Card) -> list[dict[str, Any]]:
    """Return the counter-metrics of the alert's KPI, over its rows, against the period before: what may have been paid for it."""
    from rashin.judge.causes import WAYS, evidence

    if not card.finding["kpi"] or not card.finding["spots"]:
        return []
    own, goal = centre(), _goal(reader, card)
    labels = goal.counters if goal is not None else own.catalogue.definition(card.finding["kpi"]).entry.counter
    known = tuple(dict.fromkeys(label for label in labels if label.partition(":")[0] in own.catalogue.kpis))
    if not known:
        return []
    filters = filters_of(reader, card.finding["spots"][0], *span_of(card))
    where = {name: values for name, values in filters.question_filters.items() if name != "day"}
    try:
        now = filters.ask(known, by=(), grain=None, compare=None, filters=where)
        then = filters.ask(known, by=(), grain=None, compare=None, filters=where, period=filters.period.previous())
    except RashinError:
        return []
    found = []
    for one, other in zip(now.series, then.series, strict=True):
        each = evidence(one.name, one.definition, now.at(one, 0), then.at(other, 0))
        page = Links(filters, one.name, False).closer()
        found.append(
            {
                "name": each.name(reader.lang),
                "text": each.text(reader.lang),
                "way": each.way,
                "word": WAYS[each.way](reader.lang),
                "page": page,
                "n": each.cell.n,
            }
        )
    return found


def causes(reader: Reader, card: Card) -> tuple[Filters, list[looking.Cause]] | None:
    """Return the hints of the alert's KPI with their figures over its rows; None where there is no KPI."""
    if not card.finding["kpi"] or not card.finding["spots"]:
        return None
    own = centre()
    filters = filters_of(reader, card.finding["spots"][0], *span_of(card))
    where = {name: values for name, values in filters.question_filters.items() if name != "day"}
    key = ("causes", own.snapshot(), own.catalogue.version, card.finding["kpi"], filters.identity)
    found = kept.shelf("answers").get(
        key,
        lambda: looking.causes(own.store, own.catalogue, card.finding["kpi"], filters.period, scope=reader.scope, filters=where),
    )
    return filters, found
