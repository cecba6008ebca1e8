"""Missing data: a source goes on, and yet some days did not come, or came thin."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.judge.alerts.model import Alert, Case, Found, days_text, key_of

if TYPE_CHECKING:
    from rashin.query.arrival import Arrivals, Day

#: A day is thin below this part of what is usual on its weekday; public holidays are no such weekday.
_THIN = 1 / 3
#: What hangs on who is at work that day is never thin.
_STAFF = {"agent_time", "shift", "headcount"}
#: Runs of lacking days are followed back so far, so that a run keeps its first day.
_BACK = 31


def find(case: Case, budget: float) -> Found:
    """Return, for each source that goes on, runs of days that did not come or brought less than a third of what is usual.

    Thin days are told only where :attr:`Limits.least_rows` rows are usual: so few of fifty do not come by chance once in ten thousand days, and
    that is counted.
    """
    del budget
    from rashin.query.arrival import arrivals

    if case.last is None:
        return Found()
    alerts: list[Alert] = []
    watched = 0
    for source in arrivals(case.store, case.last - timedelta(days=case.limits.days + _BACK), case.last, scope=case.scope):
        steady = not set(source.facts) <= _STAFF
        lacking = [day for day in source.days if _lacks(case, day, steady=steady) and (source.stopped is None or day.day < source.stopped)]
        watched += source.expect != "none"
        for run in _runs(lacking):
            if run[-1].day > case.last - timedelta(days=case.limits.days):
                alerts.append(_alert(case, source, run))
    return Found(tuple(alerts), watched * 7 / 10_000)


def _lacks(case: Case, day: Day, *, steady: bool) -> bool:
    if day.state != "partial":
        return day.state == "missing"
    usual = day.usual or 0.0
    return steady and usual >= case.limits.least_rows and day.rows < usual * _THIN and case.kind_of(day.day) != "holiday"


def _runs(days: list[Day]) -> list[list[Day]]:
    """Days that follow one another, with no more than a weekend between."""
    if not days:
        return []
    runs = [[days[0]]]
    for one, other in pairwise(days):
        if (other.day - one.day).days <= 3:
            runs[-1].append(other)
        else:
            runs.append([other])
    return runs


def _alert(case: Case, source: Arrivals, run: list[Day]) -> Alert:
    first, last = run[0].day, run[-1].day
    gone = [day for day in run if day.state == "missing"]
    when = days_text(first, last)
    ja, en = ("届いていません", "did not come") if gone else ("件数がふだんの3分の1未満です", "brought less than a third of what is usual")
    return Alert(
        key_of("missing", source.source, {}, first),
        "missing",
        "",
        {"source": (source.source,)},
        case.span(first, last),
        Bilingual(f"{source.source}: {when.ja} のデータが{ja}", f"{source.source}: the data of {when.en} {en}"),
        tuple(_said(day) for day in run),
        (),
        {"source": source.source, "days": float(len(run)), "rows": float(sum(day.rows for day in run))},
        "high" if gone else "middle",
        case.limits.owner,
        first,
    )


def _said(day: Day) -> Bilingual:
    when = days_text(day.day, day.day)
    if day.state == "missing":
        return Bilingual(f"{when.ja}: 届いていません", f"{when.en}: nothing came")
    usual = 0.0 if day.usual is None else day.usual
    return Bilingual(
        f"{when.ja}: {day.rows:,}行(ふだん{usual:,.0f}行)",
        f"{when.en}: {day.rows:,} {'row' if day.rows == 1 else 'rows'} (usually {usual:,.0f})",
    )
