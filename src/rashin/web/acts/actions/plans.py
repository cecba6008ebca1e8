"""What a cycle plans: read, checked against the person's scope, with the figures that it rests on as they stand now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import Http404

from rashin.errors import Bilingual, QuestionError, RashinError
from rashin.insight.action import Action
from rashin.stats.rebound import HOW_PICKED
from rashin.web.acts import frozen, reach, subjects
from rashin.web.acts.actions import base
from rashin.web.centre import centre
from rashin.web.pages.goals import held
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person

TITLE, LONG = 200, 4000
NAMES: dict[str, Bilingual] = {
    "title": Bilingual("題名", "Title"),
    "issue": Bilingual("課題", "Issue"),
    "cause": Bilingual("原因と考えること", "Suspected cause"),
    "measure": Bilingual("施策", "Measure"),
    "reason": Bilingual("理由", "Reason"),
    "learned": Bilingual("わかったこと", "What was learned"),
}


@dataclass(frozen=True)
class Plan:
    """What a cycle's plan says. ``where``: whose figures; ``units`` and ``others``: one dimension, who does it and who does not (None: every other one; empty: nobody is compared);
    ``expected``: change of the KPI in its own unit; ``hint``: number of the checklist's hint, from 1 (0: none); ``period``: over which the figures are kept."""

    title: str
    kpi: str
    issue: str
    where: reach.Where = field(default_factory=dict)
    cause: str = ""
    hint: int = 0
    measure: str = ""
    owner: str = ""
    due: date | None = None
    start: date | None = None
    end: date | None = None
    units: reach.Where = field(default_factory=dict)
    others: reach.Where | None = None
    how_picked: str = ""
    expected: float | None = None
    goal: str = ""
    alert_key: str = ""
    period: str = ""


def checked(by: Person, plan: Plan) -> dict[str, Any]:
    """Return the plan as fields of the row. QuestionError, 404."""
    own = centre()
    own.catalogue.definition(plan.kpi)
    where = reach.restricted(by, plan.where)
    units = reach.tidy(plan.units)
    others = None if plan.others is None or not units else reach.tidy(plan.others)
    for side in (units, others or {}):
        _inside(side, reach.restricted(by, {**where, **side}), where)
    if units:
        Action(_tuples(units), plan.start or date.min, plan.end, beside(units, others)).check()
    check_dates(plan.start, plan.end)
    if plan.goal and not ((goal := held.known().get(plan.goal)) and held.in_reach(by, dict(goal.where))):
        raise Http404
    if plan.alert_key and subjects.alert(by, plan.alert_key) is None:
        raise Http404
    return {
        "title": base.line(plan.title, NAMES["title"], TITLE, needed=True),
        "kpi": plan.kpi,
        "goal": plan.goal,
        "alert_key": plan.alert_key,
        "where": where,
        "issue": base.text(plan.issue, NAMES["issue"], LONG, needed=True),
        "cause": base.text(plan.cause, NAMES["cause"], LONG),
        "cause_hint": str(plan.hint) if plan.hint else "",
        "measure": base.text(plan.measure, NAMES["measure"], LONG),
        "owner": base.colleague(plan.owner, {**where, **units}),
        "due": plan.due,
        "start": plan.start,
        "end": plan.end,
        "units": units,
        "others": others,
        "how_picked": plan.how_picked if plan.how_picked in HOW_PICKED else "",
        "expected": plan.expected,
        "weeks_needed": needed(by, plan.kpi, units, others, plan.expected, where)[0],
    }


def needed(
    by: Person, kpi: str, units: reach.Where, others: reach.Where | None, expected: float | None, where: reach.Where
) -> tuple[int | None, Bilingual | None]:
    """Return the weeks until the expected effect shows, and the same in words; (None, None) where nothing is expected, (None, why) where it cannot be said."""
    from rashin.insight.plan import weeks_needed

    if not expected:
        return None, None
    own = centre()
    try:
        found = weeks_needed(
            own.store, own.catalogue, kpi, _tuples(units), beside(units, others), expected,
            scope=scopes.of(by), today=own.today(), filters=reach.asked(where),
        )  # fmt: skip
    except RashinError as error:
        return None, error.what
    return found.weeks, found.text


def evidence(by: Person, plan: Plan) -> list[dict[str, Any]]:
    """Return the figure that is the issue, and those of the chosen hint, as they stand now. What cannot be asked for is left out: the words stay."""
    from rashin.web.pages.filters import read_period

    scope, where = scopes.of(by), reach.restricted(by, plan.where)
    try:
        period = read_period(plan.period or "latest 4 weeks")
        kept = [frozen.figure(plan.kpi, period, where, scope=scope)]
        listed = frozen.hints(plan.kpi, period, where, scope=scope) if plan.hint else []
    except RashinError:
        return []
    written = [hint.ja for hint in centre().catalogue.definition(plan.kpi).entry.hints]
    chosen = written[plan.hint - 1] if 0 < plan.hint <= len(written) else None
    cause = next((each for each in listed if each.hint.ja == chosen), None)
    if cause is None:
        return kept
    kept[0]["hint"] = frozen.both(cause.hint)  # in words: the catalogue may say it differently one day
    return kept + frozen.of_cause(cause, period, where)


def _inside(side: reach.Where, asked: reach.Where, where: reach.Where) -> None:
    for name, values in side.items():
        if name in where and not set(values) <= set(where[name]):
            raise QuestionError(
                "units_outside",
                Bilingual(
                    "実施先・比較先が、対象の数字の範囲に入っていません。", "Units or others lie outside the rows that the cycle is about."
                ),
                Bilingual("対象を広げるか、実施先を選び直してください。", "Widen the rows, or choose other units."),
            )


def beside(units: reach.Where, others: reach.Where | None) -> dict[str, tuple[str, ...]] | None:
    """Return the others as an action names them: None = every other one, no value = nobody."""
    dimension = next(iter(units), None)
    if others is None or dimension is None:
        return None
    return {dimension: tuple(others.get(dimension, ()))}


def _tuples(where: reach.Where) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in where.items()}


def check_dates(start: date | None, end: date | None) -> None:
    """Raise QuestionError when the end is before the start."""
    if start and end and end < start:
        raise QuestionError("cycle_dates", Bilingual("終わりが始まりより前です。", "The end is before the start."))
