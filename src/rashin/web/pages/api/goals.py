"""``/api/v1/goals``: the goals of the asker's scope, each with its judgement and pace."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from rashin.judge.goal import Goal
from rashin.judge.pace import Pace
from rashin.web.centre import centre
from rashin.web.pages.api.door import endpoint, tagged
from rashin.web.pages.api.shapes import both
from rashin.web.pages.goals import held, standing


@endpoint("read_goals")
def goals(request: HttpRequest) -> HttpResponse:
    """List the goals."""
    found = held.of(request.user, request.scope)
    return tagged(request, _tag(request, "goals"), lambda: {"goals": [shape(goal, request.scope) for goal in found.values()], **_seen()})


@endpoint("read_goals")
def goal(request: HttpRequest, name: str) -> HttpResponse:
    """Show one goal."""
    found = held.of(request.user, request.scope).get(name)
    if found is None:
        raise Http404
    return tagged(request, _tag(request, "goal", name), lambda: {"goal": shape(found, request.scope), **_seen()})


def _tag(request: HttpRequest, *what: str) -> tuple[Any, ...]:
    own = centre()
    return (*what, own.snapshot(), own.catalogue.version, held.version(), held.seen_from(), request.scope, request.user.role)


def _seen() -> dict[str, Any]:
    own = centre()
    return {
        "on": held.seen_from()[0].isoformat(),
        "snapshot": own.snapshot(),
        "catalogue_version": own.catalogue.version,
        "goals_version": held.version(),
    }


def shape(goal: Goal, scope: Any) -> dict[str, Any]:
    """One goal as plain values; null where there is nothing to say."""
    stands = standing.of(goal, scope)
    judged, pace = stands.judgement, stands.pace
    return {
        "name": goal.name,
        "kpi": goal.kpi,
        "title": both(goal.heading),
        "unit": goal.unit,
        "target": _ends(goal.ends),
        "every": goal.every,
        "start": goal.start.isoformat() if goal.start else None,
        "end": goal.end.isoformat() if goal.end else None,
        "term": goal.term,
        "where": {name: list(values) for name, values in goal.where},
        "weekdays": list(goal.weekdays),
        "hours": list(goal.hours) if goal.hours else None,
        "holidays": goal.holidays,
        "owner": goal.owner or None,
        "counter": list(goal.counters),
        "version": goal.version,
        "judgement": {
            "state": judged.state,
            "value": judged.value,
            "gap": judged.gap,
            "interval": list(judged.interval) if judged.interval else None,
            "certain": judged.certain,
            "text": both(judged.text),
        },
        "pace": _pace(pace) if pace is not None else None,
    }


def _pace(pace: Pace) -> dict[str, Any]:
    rest = pace.remaining
    return {
        "state": pace.state,
        "period": [pace.period.start.isoformat(), pace.period.last.isoformat()] if pace.period else None,
        "last": pace.last.isoformat() if pace.last else None,
        "days_gone": pace.days_gone,
        "days_left": pace.days_left,
        "n": pace.so_far.n if pace.so_far else None,
        "remaining": {"volume": rest.volume, "low": rest.low, "high": rest.high} if rest else None,
        "required": _ends(pace.required) if pace.required else None,
        "probability": pace.probability,
        "probability_range": list(pace.probability_range) if pace.probability_range else None,
        "attainment": pace.attainment,
        "lacking": [both(each) for each in pace.lacking],
        "text": both(pace.text),
    }


def _ends(ends: Any) -> dict[str, float | None]:
    return {"low": ends.low, "high": ends.high}
