"""A report on any choice of KPIs over any period: what somebody looks at on the site, on paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual
from rashin.report.compose import Kind, compose

if TYPE_CHECKING:
    from datetime import date

    from rashin.calendars import Period
    from rashin.catalogue import Catalogue
    from rashin.judge.goals import Goals
    from rashin.query import Scope
    from rashin.report.model import Report
    from rashin.report.shelf import Shelf
    from rashin.report.words import Names
    from rashin.store import Store


def build(
    store: Store,
    catalogue: Catalogue,
    goals: Goals,
    period: Period,
    *,
    scope: Scope,
    lang: str,
    today: date,
    kpis: Iterable[str],
    by: str | None = None,
    title: Bilingual | None = None,
    previous: Report | None = None,
    where: Mapping[str, Sequence[Any]] | None = None,
    names: Names | None = None,
    as_of: int | None = None,
    shelf: Shelf | None = None,
) -> Report:
    """Return a report on ``kpis`` over ``period``, sliced by ``by``. See :func:`rashin.report.compose.compose`."""
    kind = Kind(
        "view",
        title or Bilingual("KPIレポート", "KPI report"),
        "stage_5",
        "week" if period.kind == "week" else "month" if period.kind == "month" else None,
    )
    return compose(
        kind,
        store,
        catalogue,
        goals,
        period,
        scope=scope,
        lang=lang,
        today=today,
        previous=previous,
        where=where,
        kpis=kpis,
        by=by,
        names=names,
        as_of=as_of,
        shelf=shelf,
    )
