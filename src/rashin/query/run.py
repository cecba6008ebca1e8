"""Question → Answer."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from rashin.errors import Bilingual, QuestionError
from rashin.query import cells, complement, dimensions, recorded
from rashin.query.answer import Answer, PlanLine
from rashin.query.collect import Laid, Result, View, axis_of, lay, obstacle
from rashin.query.complete import attach
from rashin.query.faulty import calendar_fault
from rashin.query.passes import route
from rashin.query.question import Question, definitions
from rashin.query.scope import Scope
from rashin.query.settings import Settings
from rashin.query.unknown import unknown_values
from rashin.query.work import ALL, REST, SQUARES, UNCOUNTED, Job, Place, Work, counting_only, plan
from rashin.records import FACTS

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue, Definition
    from rashin.store import Store

_Planned = tuple[tuple["Definition", ...], Work]
_plans: OrderedDict[object, _Planned] = OrderedDict()
_PLANS = 256
_plans_lock = Lock()


def ask(store: Store, catalogue: Catalogue, question: Question, *, scope: Scope) -> Answer:
    """Return the answer within ``scope``. Everything in it is of one snapshot, also when a load commits meanwhile.

    Raises QuestionError for a KPI, variant, parameter, dimension or snapshot that does not exist.
    """
    work = planned(catalogue, question)
    with store.moment():
        view, snapshot = view_of(store, question, scope)
        return answer(view, catalogue, question, work, snapshot)


def view_of(store: Store, question: Question, scope: Scope) -> tuple[View, int]:
    """Return the view that ``question`` asks for, and the number of its snapshot."""
    newest = store.snapshot()
    as_of = newest if question.as_of is None else _known(question.as_of, newest)
    return View(store, None if as_of == newest else as_of, scope, Settings.of(store)), as_of


def _known(as_of: int, newest: int) -> int:
    if 0 <= as_of <= newest:
        return as_of
    raise QuestionError(
        "snapshot_unknown",
        Bilingual(f"データ版 {as_of} はありません。最新は {newest} です。", f"There is no snapshot {as_of}; the newest is {newest}."),
        Bilingual("存在する版の番号を指定してください。", "Name one that exists."),
    )


def planned(catalogue: Catalogue, question: Question) -> Work:
    """Return the scans that the question's KPIs need; kept, since they change only with the catalogue."""
    key = (catalogue.version, question.kpis, question.params)
    try:
        found = _plans.get(key)
    except TypeError:  # a parameter that is a list cannot be a key
        return plan(definitions(catalogue, question))
    if found is None:
        asked = definitions(catalogue, question)
        found = _plans[key] = (asked, plan(asked))
        with _plans_lock:
            while len(_plans) > _PLANS:
                _plans.popitem(last=False)
    return found[1]


def answer(view: View, catalogue: Catalogue, question: Question, work: Work, snapshot: int, *, guarded: bool = True) -> Answer:
    """Return the answer over one view of the facts; rows whose source does not record what a KPI needs are left out of that KPI.

    ``guarded``: under a privacy minimum, whether the question's filters are looked at for groups that they would give away.
    """
    work = recorded.limited(work, view, snapshot)
    blocked = {job.place: why for job in work.jobs if (why := obstacle(job.place, question, view.scope)) is not None}
    results: list[Result] = []
    lines: list[PlanLine] = []
    periods = [(question.period, False)]
    if (other := question.compare_period) is not None:
        periods.append((other, True))
    for period, compared in periods:
        axis = axis_of(question, period, view.settings)
        for job in _jobs(work, view):
            if job.place in blocked:
                continue
            for routed in route(job, question, period, view):
                results.append(Result(routed.job, routed.table, axis, compared, routed.error))
                lines.append(PlanLine(job.place[0], routed.job.texts, routed.relation, routed.refusals, compared))
    own, before = lay(question, results, view)
    errors = {key: result.error for result in results for key in result.job.keys if result.error is not None}
    series = []
    given = _given_away(view, catalogue, question, work, own, snapshot) if guarded and view.min_group and question.filters else None
    for index, (name, definition) in enumerate(zip(question.kpis, work.definitions, strict=True)):
        why = next((blocked[place] for place in work.places[index] if place in blocked), None)
        if why is not None:
            series.append(_blocked(name, definition, len(own.keys), why, work.places[index], blocked))
            continue
        inputs = _inputs(work, index, own, view, errors)
        if given is not None and inputs.small is not None:
            inputs.small |= given[index]
        one = cells.compute(name, definition, inputs)
        if before is not None:
            one.compared = cells.compute(name, definition, _inputs(work, index, before, view, errors))
            one.compare_value = one.compared.value
        series.append(one)
    completeness = attach(view, question, work, own.keys, series, snapshot)
    asides = unknown_values(view, question, {place[0] for each in work.places for place in each}, snapshot)
    if (wrong := calendar_fault(view.store.workspace.folder("calendars"))) is not None:
        asides.append(wrong)
    if asides:
        completeness = replace(completeness, notes=(*asides, *completeness.notes))
    return Answer(question, own.keys, tuple(series), completeness, snapshot, catalogue.version, tuple(lines), view.settings.language)


def _given_away(view: View, catalogue: Catalogue, question: Question, work: Work, own: Laid, snapshot: int) -> list[complement.Mask]:
    """Which cells the question's filters would give away."""
    return complement.by_filters(
        question, len(work.definitions), own.keys, lambda wider: answer(view, catalogue, wider, work, snapshot, guarded=False)
    )


def _jobs(work: Work, view: View) -> tuple[Job, ...]:
    """The jobs of the question; under a privacy minimum a place with histograms only gets one more, which counts its agents."""
    if not view.min_group:
        return work.jobs
    counted = {job.place for job in work.jobs if not job.histogram}
    alone = dict.fromkeys(job.place for job in work.jobs if job.place not in counted)
    return (*work.jobs, *(counting_only(place) for place in alone))


def _inputs(work: Work, index: int, laid: Laid, view: View, errors: dict[str, float]) -> cells.Inputs:
    keys, places = work.keys[index], sorted(work.places[index], key=str)
    columns = {name: laid.columns[key] for name, key in keys.items() if not name.startswith((SQUARES, UNCOUNTED, ALL, REST))}
    rows = np.sum([laid.rows.get(place, np.zeros(len(laid.keys))) for place in places], axis=0)
    agents = [laid.agents[place] for place in places if place in laid.agents]
    least = np.min(agents, axis=0) if agents else None
    stated = [errors[key] for key in keys.values() if key in errors]
    return cells.Inputs(
        columns=columns,
        squares=laid.columns.get(keys[SQUARES]) if SQUARES in keys else None,  # type: ignore[arg-type]
        uncounted=tuple(laid.columns[key] for name, key in keys.items() if name.startswith(UNCOUNTED)),  # type: ignore[misc]
        rows=rows,
        agents=least,
        min_group=view.min_group,
        small=complement.small(laid.keys, least, view.min_group) if least is not None and view.min_group else None,
        error=max(stated, default=None),
        missing=_silent(places, laid),
        left_out={
            fact: laid.columns[keys[f"{ALL}{fact}"]] - laid.columns[keys[f"{REST}{fact}"]]  # type: ignore[operator]
            for fact in dict.fromkeys(each.fact for each in work.silences[index])
        },
    )


def _silent(places: list[Place], laid: Laid) -> Bilingual | None:
    """Which of several facts says nothing at all in the period."""
    if len({place[0] for place in places}) < 2:
        return None
    names = [FACTS[place[0]].label for place in places if place not in laid.rows or not laid.rows[place].any()]
    if not names:
        return None
    return Bilingual(
        f"「{'」「'.join(name.ja for name in names)}」の実績がありません", f"no record of: {', '.join(name.en for name in names)}"
    )


def _blocked(
    name: str,
    definition: Definition,
    length: int,
    why: tuple[str, tuple[str, ...]],
    places: frozenset[Place],
    blocked: Mapping[Place, object],
) -> cells.Series:
    code, names = why
    fact = FACTS[next(place[0] for place in sorted(places, key=str) if place in blocked)].label
    if code == "grain":
        reason = Bilingual(f"「{fact.ja}」は日単位の実績です", f"“{fact.en}” is known by the day only")
    else:
        labels = [dimensions.label(each) for each in names]
        ja, en = "・".join(label.ja for label in labels), ", ".join(label.en for label in labels)
        if code == "scope":
            reason = Bilingual(
                f"「{fact.ja}」は {ja} で分けられないため、この閲覧範囲では表示しません",
                f"withheld: “{fact.en}” is not known by {en}, which limits what you see",
            )
        else:
            reason = Bilingual(f"「{fact.ja}」には切り口 {ja} がありません", f"“{fact.en}” is not known by {en}")
    found = cells.not_applicable(name, definition, length, reason)
    if code == "scope":
        found.state[:] = cells.WITHHELD
    return found
