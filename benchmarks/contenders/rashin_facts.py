"""Rashin, answering from the facts: definitions from the catalogue, every cell with n, state and completeness."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
from questions import KPIS

if TYPE_CHECKING:
    from questions import Question

    from rashin.catalogue import Catalogue
    from rashin.query import Answer
    from rashin.store import Store

TITLE = "**Rashin on facts**"


class Opened(NamedTuple):
    """An opened workspace."""

    store: Store
    catalogue: Catalogue


def prepare(place: Path) -> Opened:
    """Open the workspace and read the catalogue."""
    from rashin import catalogue
    from rashin.store import Store, Workspace

    return Opened(Store.open(Workspace.find(place / "workspace")), catalogue.load())


def ask(opened: Opened, question: Question) -> pa.Table:
    """Ask as any page or command does, of facts alone."""
    answer = asked(opened, question)
    if any(line.relation != line.fact for line in answer.plan):
        raise SystemExit(f"{question.name}: a roll-up answered: {[line.relation for line in answer.plan]}")
    return table(answer, question)


def asked(opened: Opened, question: Question) -> Answer:
    """Return Rashin's answer."""
    from rashin import query
    from rashin.calendars import Period

    one = query.Question(
        KPIS,
        Period(question.first, question.until),
        by=question.by,
        grain="day",
        filters={"queue": (question.queue,)} if question.queue else None,
        dense=False,
    )
    return query.ask(opened.store, opened.catalogue, one, scope=query.Scope.everything())


def table(answer: Answer, question: Question) -> pa.Table:
    """One row per day and dimension values, one column per KPI."""
    wide = answer.wide
    days = wide.column("bucket").cast(pa.string()).cast(pa.date32())
    return pa.table({"business_date": days} | {name: wide.column(name) for name in (*question.by, *KPIS)})
