"""A source whose own report looks better than its rows: its figure of the last whole month against ours, with what explains the difference."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from rashin.errors import Bilingual, QuestionError
from rashin.judge.alerts.counter import bad_way
from rashin.judge.alerts.model import Alert, Case, Found, key_of
from rashin.judge.words import gap_text, value_text
from rashin.records import called

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.query.reconciliation import Reconciled, Reconciliation

#: A month's report may come so many days after its end, and is told within as many again.
_WAIT = 31
_NAMED = 3


def find(case: Case, budget: float) -> Found:
    """Return one alert for each source and KPI whose report of the last whole month flatters, by more than the limits allow.

    Both figures are counted, not guessed: it costs no false alarm.
    """
    del budget
    from rashin.query import Question
    from rashin.query.reconciliation import reconcile

    if case.last is None:
        return Found()
    following = case.today.replace(day=1)
    period = case.span((following - timedelta(days=1)).replace(day=1), following - timedelta(days=1))
    if period.last > case.last or (case.last - period.last).days > _WAIT:
        return Found()
    alerts: list[Alert] = []
    for kpi in case.limits.reported_kpis:
        try:
            found = reconcile(case.store, case.catalogue, kpi, Question(kpi, period), scope=case.scope)
        except QuestionError:
            continue  # nobody reports this KPI
        sources = dict.fromkeys(each.source for each in found.figures)
        alerts += [alert for source in sources if (alert := _one(case, found, source, period)) is not None]
    return Found(tuple(alerts))


def _one(case: Case, found: Reconciliation, source: str, period: Period) -> Alert | None:
    from rashin.query import Question, Spot

    way = bad_way(found.definition)
    mine = [each for each in found.figures if each.source == source and each.ours is not None and each.difference is not None]
    worst = [each for each in mine if way and _flatters(case, each, way, found.definition.unit)]
    if not worst:
        return None
    worst.sort(key=lambda each: abs(each.difference or 0.0), reverse=True)
    name, unit = found.definition.entry.name, found.definition.unit
    month = period.start.isoformat()[:7]
    where: dict[str, tuple[object, ...]] = {key: (value,) for key, value in worst[0].dimensions if value is not None}
    top = worst[0]
    reported, ours = (value_text(value, unit, (top.reported, top.ours)) for value in (top.reported, top.ours))
    evidence = [_said(each, unit) for each in worst[:_NAMED]]
    if found.nearest.label != found.definition.label:
        reading = found.nearest.name
        evidence.append(
            Bilingual(f"報告値は「{reading.ja}」の数え方に近い値です。", f"The reported figure is nearest to the reading “{reading.en}”.")
        )
    evidence += [item.text for item in sorted(top.items, key=lambda each: -abs(each.effect))[:2]]
    return Alert(
        key_of("reported", found.kpi, {"source": (source,)}, period.start),
        "reported",
        found.kpi,
        where,
        period,
        Bilingual(
            f"{source} の報告する{name.ja} {reported.ja} は、明細から数えた {ours.ja} より良く見えます({month})",
            f"{source} reports {name.en} {reported.en}; counted from the rows it is {ours.en} ({month})",
        ),
        tuple(evidence),
        (Spot(Question(found.kpi, period, filters=dict(where))),),
        {"source": source, "reported": top.reported, "ours": top.ours, "difference": top.difference, "unexplained": top.unexplained},
        "low",
        case.owner_of([found.kpi]),
        period.start,
    )


def _flatters(case: Case, each: Reconciled, way: int, unit: str) -> bool:
    assert each.difference is not None
    assert each.ours is not None
    least = case.limits.reported_share if unit == "share" else case.limits.reported_part * abs(each.ours)
    return -way * each.difference > least


def _said(each: Reconciled, unit: str) -> Bilingual:
    slices = [
        mark.join(called(name, str(value), lang) for name, value in each.dimensions if value is not None)
        for lang, mark in (("ja", "、"), ("en", ", "))
    ]
    reported, ours = (value_text(value, unit, (each.reported, each.ours)) for value in (each.reported, each.ours))
    far = gap_text(each.difference or 0.0, unit)
    head = [f"{one} {each.bucket}".strip() for one in slices]
    return Bilingual(
        f"{head[0]}: 報告 {reported.ja}、明細 {ours.ja}(差 {far.ja})",
        f"{head[1]}: reported {reported.en}, counted {ours.en} ({far.en} apart)",
    )
