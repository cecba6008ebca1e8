"""``/api/v1/staffing``, ``/api/v1/staffing/plans``, ``/api/v1/whatif``: plans of seats, kept plans held to what happened, what would move; within the asker's scope."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from rashin.errors import DefinitionError, QuestionError
from rashin.insight.staffing.workforce import check_groups
from rashin.web.pages import working
from rashin.web.pages.api.door import endpoint, tagged
from rashin.web.pages.api.forecast import known_names, versions
from rashin.web.pages.api.shapes import both
from rashin.web.pages.staffing import keeping, reach
from rashin.web.pages.staffing.choice import Choice, ref_of
from rashin.web.pages.staffing.views import faulty
from rashin.web.pages.whatif.choice import Choice as Turned
from rashin.web.pages.whatif.shown import without_money

if TYPE_CHECKING:
    from rashin.insight.staffing.model import GroupBackTest, GroupPlan
    from rashin.insight.whatif.model import WhatIf


@endpoint("see_figures")
def plan(request: HttpRequest) -> HttpResponse:
    """Answer with the plan of the days asked for; ``slots=1``: every interval as well."""
    known_names(request, ("days", "slot", "quantile", "g", "slots"))
    choice = Choice.read(request, scope=request.scope)
    _sound(choice.force)
    slots, wanted, money = request.GET.get("slots") == "1", choice.group, choice.force.money

    def make() -> dict[str, Any]:
        found = _worked(choice)
        groups = [each for each in found.groups if wanted in ("", each.name, ref_of(each.group))]
        if wanted and not groups:
            _group_known(wanted, [each.name for each in found.groups])
        return {
            "first": str(found.first),
            "last": str(found.last),
            "slot_minutes": found.slot_minutes,
            "groups": [_group(each, slots, money) for each in groups],
            "skipped": [{"group": name, "text": both(why)} for name, why in found.skipped],
            **versions(),
        }

    return tagged(request, ("staffing", slots, wanted, money, choice.key), make)


@endpoint("see_figures")
def kept(request: HttpRequest) -> HttpResponse:
    """List the kept plans of one's scope, the newest first."""
    known_names(request, ())
    found, _ = keeping.of_scope(request.user, request.scope)
    return JsonResponse({"plans": [_kept(each) for each in found], **versions()}, json_dumps_params={"ensure_ascii": False})


@endpoint("see_figures")
def review(request: HttpRequest, name: str) -> HttpResponse:
    """Hold one kept plan to what happened."""
    known_names(request, ())
    one = keeping.one(name, request.user, request.scope)
    if one is None:
        raise Http404
    key, work = keeping.held_to(one.key, one.plan, request.scope)

    def make() -> dict[str, Any]:
        found = working.done(key, work)
        return {
            "plan": _kept(one),
            "reviews": [_review(each) for each in found.groups],
            "skipped": [{"group": name, "text": both(why)} for name, why in found.skipped],
            **versions(),
        }

    return tagged(request, ("staffing-review", key), make)


@endpoint("see_figures")
def whatif(request: HttpRequest) -> HttpResponse:
    """Answer what the changes of the address would move."""
    known_names(request, ("period", "g", "aht", "volume", "patience", "away", "seats", "on", "from", "to"))
    choice = Turned.read(request, scope=request.scope)
    _sound(choice.force)
    asked = request.GET.get("g", "")[:64]
    if asked and (choice.group is None or asked not in (choice.group.name, ref_of(choice.group))):
        _group_known(asked, choice.force.workforce.groups)
    money = choice.force.money

    def make() -> dict[str, Any]:
        return {**_whatif(_worked(choice), money), **versions()}

    return tagged(request, ("whatif", money, choice.key), make)


def _sound(force: reach.Force) -> None:
    """Refuse to plan with a file that cannot be read; its fault is told to those who can mend it."""
    if force.wrong is not None:
        told = faulty(force, "en")
        raise QuestionError("staffing_faulty", told["refused"], told["next_step"])


def _group_known(name: str, known: Iterable[str]) -> None:
    """Refuse a group that there is not within the scope, with the nearest."""
    try:
        check_groups((name,), known)
    except DefinitionError as error:
        raise QuestionError(error.code, error.what, error.next_step) from None


def _worked(choice: Choice | Turned) -> Any:
    """Return what is worked out. What the staffing file asks of facts that are not there is told as a question that cannot be answered."""
    try:
        return working.done(choice.key, choice.make)
    except DefinitionError as error:
        raise QuestionError(error.code, error.what, error.next_step) from error


def _group(each: GroupPlan, slots: bool, money: bool) -> dict[str, Any]:
    peak, when = each.peak
    cost, outside, coming = each.cost, each.outside, each.coming
    return {
        "group": each.name,
        "title": both(each.group.title),
        "model": each.group.model,
        "where": {name: list(values) for name, values in each.group.where.items()},
        "contacts": each.contacts,
        "peak": peak,
        "peak_at": when,
        "seat_hours": each.seat_hours,
        "rostered_hours": each.rostered_hours,
        "quantile": each.group.quantile,
        "shrinkage": float(each.group.shrinkage),
        "service_level": number(each.expected_level),
        "service_level_if_more": number(each.level_more),
        "abandon": number(each.expected_abandon),
        "occupancy": number(each.expected_occupancy),
        "wape": coming.wape,
        "yen": number(cost.yen) if money else None,
        "yen_per_contact": number(cost.per_contact) if money else None,
        "outsourced_yen": number(outside.yen) if money and outside is not None else None,
        "days": [
            {
                "day": str(day),
                "contacts": float(coming.mean[at].sum()),
                "peak": int(each.seats[at].max(initial=0)),
                "shifts": None
                if each.cover is None
                else {shift.name: int(n) for shift, n in zip(each.cover.shifts, each.cover.counts[at], strict=True)},
            }
            for at, day in enumerate(coming.days)
        ],
        "slots": [
            {
                "day": str(day),
                "time": coming.clock(slot),
                "contacts": float(coming.mean[at, slot]),
                "planned": float(coming.planned[at, slot]),
                "seats": int(each.seats[at, slot]),
                "rostered": int(each.rostered[at, slot]),
                "service_level": number(float(each.level[at, slot])),
                "abandon": number(float(each.abandon[at, slot])),
                "occupancy": number(float(each.occupancy[at, slot])),
            }
            for at, day in enumerate(coming.days)
            for slot in range(coming.mean.shape[1])
            if each.seats[at, slot] or coming.mean[at, slot]
        ]
        if slots
        else None,
        "notes": [both(note) for note in each.notes if money or "hourly_yen" not in note.en],
    }


def _kept(each: keeping.Kept) -> dict[str, Any]:
    plan = each.plan
    return {
        "name": each.name,
        "by": each.by,
        "planned_on": str(plan.today),
        "first": str(plan.first),
        "last": str(plan.last),
        "slot_minutes": plan.slot_minutes,
        "snapshot": plan.snapshot,
        "groups": [one.name for one in plan.groups],
        "rostered_hours": sum(one.rostered_hours for one in plan.groups),
    }


def _review(each: GroupBackTest) -> dict[str, Any]:
    names = ("planned", "came", "wape", "bias", "expected", "actual", "slot_error", "model", "model_error", "seat_hours", "staffed_hours")
    return {
        "group": each.group.name,
        **{name: number(float(getattr(each, name))) for name in names},
        "measured": each.measured,
        "parts": {name: number(value) for name, value in each.parts.items()},
        "worst": [
            {
                "day": str(miss.day),
                "time": miss.clock,
                **{name: number(getattr(miss, name)) for name in ("planned", "came", "seats", "staffed", "expected", "level")},
            }
            for miss in each.worst
        ],
        "text": both(each.text),
    }


def _whatif(found: WhatIf, money: bool) -> dict[str, Any]:
    shown = found if money else without_money(found)
    names = ("actual", "model", "shown", "low", "high", "moved", "moved_low", "moved_high")
    return {
        "group": found.group.name,
        "where": {name: list(values) for name, values in found.group.where.items()},
        "first": str(found.first),
        "last": str(found.last),
        "changes": [
            {"driver": each.driver, "by": each.by, "weekdays": list(each.weekdays), "hours": list(each.hours) if each.hours else None}
            for each in found.changes
        ],
        "measured": found.measured,
        "day_cv": found.day_cv,
        "figures": [
            {"figure": each.figure, "unit": each.unit, "name": both(each.name), **{name: number(getattr(each, name)) for name in names}}
            for each in shown.lines
            if money or each.figure != "yen"
        ],
        "notes": [both(note) for note in found.notes],
        "text": both(shown.text),
    }


def number(value: float | None) -> float | None:
    """Return a number as JSON holds it: null for what is not known."""
    return float(value) if value is not None and math.isfinite(value) else None
