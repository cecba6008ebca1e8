"""What a report is made of: kind, period, KPIs, filters; asked for once and kept with the report, so that it can be made again."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

from django.http import QueryDict

from rashin.calendars import Period, business_date
from rashin.calendars.period import around
from rashin.errors import Bilingual
from rashin.judge.goals import Goals
from rashin.query.scope import Scope
from rashin.query.settings import Settings
from rashin.report.model import Report, dump, read
from rashin.report.shelf import Shelf
from rashin.web.acts.looking import goals_of
from rashin.web.acts.models import Schedule, SentReport
from rashin.web.centre import centre
from rashin.web.pages.filters import UNKNOWN
from rashin.web.people.models import SavedView
from rashin.web.tick import readers

KINDS: dict[str, Bilingual] = {
    "weekly": Bilingual("週次レポート", "Weekly report"),
    "monthly": Bilingual("月次レポート", "Monthly report"),
    "view": Bilingual("保存した表示のレポート", "Report of a saved view"),
}
_PERIODS = {"day": ("yesterday", "today"), "week": ("previous week", "this week"), "month": ("previous month", "this month")}


@dataclass(frozen=True)
class Order:
    """One report to be made. ``title``: of a view, what it is called."""

    kind: str
    period: Period
    scope: Scope
    lang: str
    kpis: tuple[str, ...] = ()
    by: str | None = "team"
    where: Mapping[str, tuple[Any, ...]] | None = None
    title: str = ""


def today_of(now: datetime) -> date:
    """Return the business date of ``now`` (aware) in the organisation's zone."""
    import numpy as np

    own = centre().workspace.config.organisation
    found: date = business_date(np.datetime64(now.astimezone(UTC).replace(tzinfo=None), "us"), own.zone, own.cutover)[0].item()
    return found


def period(text: str, today: date) -> Period:
    """Return the period that ``text`` names, seen from ``today``."""
    return Period.parse(text, today, Settings.of(centre().store).time)


def period_of(schedule: Schedule, at: datetime) -> Period:
    """Return what the report of the appointment at ``at`` is about: the last whole day, week or month, the running one, or the last whole one that data reach."""
    kind, today = {"weekly": "week", "monthly": "month"}.get(schedule.kind, schedule.every), today_of(at)
    found = period(_PERIODS[kind][schedule.covers == "running"], today)
    return _reached(found, kind, today) if schedule.covers == "newest" else found


def _reached(last: Period, kind: str, today: date) -> Period:
    """``last``, or the newest before it on whose last day contacts (or anything at all) have arrived. Dates ahead of ``today`` are nobody's."""
    rows = [row for row in centre().store.coverage().to_pylist() if row["row_count"] and row["business_date"] is not None]
    days = [row["business_date"] for row in rows if row["fact"] == "contact"] or [row["business_date"] for row in rows]
    newest = max((day for day in days if day <= today), default=None)
    if newest is None or newest >= last.last:
        return last
    found = around(newest, kind, last.settings)
    return found if found.last == newest else found.previous()


def view_parts(view: SavedView) -> tuple[tuple[str, ...], str | None, dict[str, tuple[str | None, ...]]]:
    """Return KPIs, slicing and filters of a saved view."""
    given = QueryDict(view.query)
    where = {key[2:]: tuple(None if each == UNKNOWN else each for each in given.getlist(key)) for key in given if key.startswith("w.")}
    by = [each for each in given.getlist("by") if each]
    return tuple(each for each in given.getlist("kpi") if each), by[0] if by else None, where


def parts_of(schedule: Schedule) -> tuple[tuple[str, ...], str | None, dict[str, tuple[Any, ...]]]:
    """Return KPIs, slicing and filters of a schedule."""
    if schedule.kind == "view" and schedule.view is not None:
        return view_parts(schedule.view)
    return tuple(schedule.kpis), schedule.by_dimension or None, {name: tuple(values) for name, values in schedule.where.items()}


def build(order: Order, *, today: date, as_of: int, previous: Report | None = None, shelf: Shelf | None = None) -> Report:
    """Return the report. The same order, day, snapshot, definitions and goals give the same document. ``shelf``: where the reports of one tick share figures."""
    from rashin.intake.org import load_org

    own = centre()
    options: dict[str, Any] = {"kpis": order.kpis, "by": order.by}
    if order.kind == "view" and order.title:
        options["title"] = Bilingual(order.title, order.title)
    made: Report = import_module(f"rashin.report.{order.kind}").build(
        own.store,
        own.catalogue,
        _goals(order, shelf or Shelf()),
        order.period,
        scope=order.scope,
        lang=order.lang,
        today=today,
        previous=previous,
        where=order.where or {},
        names=load_org(own.workspace.path / "org.csv").names,
        as_of=as_of,
        shelf=shelf,
        **options,
    )
    return made


def _goals(order: Order, shelf: Shelf) -> Goals:
    """The goals that the readers are concerned with: of those that could touch their scope, the ones with any contact in it."""
    known = goals_of(order.scope, named=readers.named(order.scope))
    if not order.scope.limited:
        return known
    held = {name for name, _ in order.scope.allow}
    key = ("goals", centre().snapshot(), known.version, tuple(known), order.scope, order.period.start, order.period.end)
    named = shelf.get(
        key,
        lambda: [name for name, goal in known.items() if {each for each, _ in goal.where} <= held or _concerns(dict(goal.where), order)],
    )
    mine = {name: known[name] for name in named}
    return Goals(mine, known.refused, known.version)


def _concerns(where: dict[str, Any], order: Order) -> bool:
    from rashin.query import Question, ask

    own = centre()
    span = Period(order.period.previous().start, order.period.end, settings=order.period.settings)
    found = ask(own.store, own.catalogue, Question(("volume",), span, filters=where), scope=order.scope)
    cell = found.at(found.series[0], 0)
    return bool(cell.value or cell.n)


def row_of(order: Order, report: Report, key: str, now: datetime, **more: Any) -> SentReport:
    """Return the row that keeps ``report``, not saved."""
    return SentReport(
        key=key,
        kind=order.kind,
        title=(order.title or report.title)[:300],
        period=report.period,
        lang=order.lang,
        scope=readers.scope_data(order.scope),
        where={name: list(values) for name, values in (order.where or {}).items()},
        kpis=list(order.kpis),
        by_dimension=order.by or "",
        document=zlib.compress(dump(report)),
        snapshot=report.made.snapshot,
        catalogue_version=report.made.catalogue_version[:64],
        goals_version=report.made.goals_version[:64],
        today=date.fromisoformat(report.made.today),
        complete=report.complete,
        made_at=now,
        checked_snapshot=report.made.snapshot,
        **more,
    )


def document_of(sent: SentReport) -> bytes:
    """Return the document as it was made (canonical JSON)."""
    return zlib.decompress(bytes(sent.document))


def report_of(sent: SentReport) -> Report:
    """Return the report as it was made."""
    return read(document_of(sent))


def order_of(sent: SentReport) -> Order:
    """Return what a kept report was made of."""
    return Order(
        sent.kind,
        period(sent.period, sent.today),
        readers.scope_from(sent.scope),
        sent.lang,
        tuple(sent.kpis),
        sent.by_dimension or None,
        {name: tuple(values) for name, values in sent.where.items()},
        sent.title if sent.kind == "view" else "",
    )


def again(sent: SentReport) -> Report:
    """Make a kept report anew from its own snapshot: the same bytes, as long as definitions and goals are those of then."""
    before = SentReport.objects.filter(public_id=(sent.restatement or {}).get("previous", "")).first()
    return build(order_of(sent), today=sent.today, as_of=sent.snapshot, previous=report_of(before) if before else None)
