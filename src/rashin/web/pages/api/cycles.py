"""``/api/v1/cycles``: the improvement cycles of the asker's scope, and what came of them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from rashin.query.scope import Scope
from rashin.web.acts import reach
from rashin.web.acts.models import Cycle
from rashin.web.pages.api import asked, shapes
from rashin.web.pages.api.door import endpoint
from rashin.web.pages.cycles import ledger


@endpoint("see_cycles")
def cycles(request: HttpRequest) -> HttpResponse:
    """List the cycles, the newest first, narrowed by ``stage``, ``kpi``, ``q``, ``result``, ``decision``."""
    given = request.GET
    page, size = asked.whole(given, "page", 1) or 1, min(asked.whole(given, "size", asked.SIZE) or 1, asked.MOST)
    wanted = {name: given.get(name, "")[:200] for name in ("q", "kpi", "result", "decision")}
    stage = given.get("stage", "")
    found = [each for each in ledger.visible(request.user, request.scope) if ledger.fits(each, wanted) and stage in ("", each.stage)]
    lines = [line(each, request.scope) for each in shapes.part(found, page, size)]
    return JsonResponse({"cycles": lines, "paging": shapes.paging(page, size, len(found))}, json_dumps_params={"ensure_ascii": False})


@endpoint("see_cycles")
def cycle(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one cycle with its evidence, its entries and its check."""
    found = next((each for each in ledger.visible(request.user, request.scope) if each.public_id == public_id), None)
    if found is None:
        raise Http404
    return JsonResponse({"cycle": full(found, request.scope)}, json_dumps_params={"ensure_ascii": False})


def line(cycle: Cycle, scope: Scope) -> dict[str, Any]:
    """One cycle as plain values; null where there is nothing to say, or where the figures lie outside the scope."""
    checked = cycle.checked or {}
    seen = bool(checked) and _within(checked.get("where", {}), scope)
    return {
        "id": cycle.public_id,
        "title": cycle.title,
        "stage": cycle.stage,
        "kpi": cycle.kpi,
        "where": dict(cycle.where),
        "units": dict(cycle.units),
        "others": dict(cycle.others) if cycle.others is not None and _within(cycle.where, scope) else None,
        "how_picked": cycle.how_picked,
        "issue": cycle.issue,
        "cause": cycle.cause,
        "measure": cycle.measure,
        "expected": cycle.expected,
        "weeks_needed": cycle.weeks_needed,
        "owner": cycle.owner.email if cycle.owner else None,
        "start": _day(cycle.start),
        "end": _day(cycle.end),
        "due": _day(cycle.due),
        "goal": cycle.goal or None,
        "decision": cycle.decision or None,
        "decision_reason": cycle.decision_reason,
        "learned": cycle.learned,
        "verdict": checked.get("verdict"),
        "effect": _effect(checked) if seen else None,
        "created_at": cycle.created_at.isoformat(),
        "version": cycle.version,
    }


def full(cycle: Cycle, scope: Scope) -> dict[str, Any]:
    """One cycle with everything; files by name and size only."""
    return line(cycle, scope) | {
        "evidence": [
            {name: each.get(name) for name in ("kpi", "value", "n", "low", "high", "period", "snapshot", "speaks")}
            for each in cycle.evidence
            if _within(each.get("where", {}), scope)
        ],
        "entries": [
            {
                "kind": each.kind,
                "text": each.text,
                "by": each.by.email if each.by else None,
                "at": each.at.isoformat(),
                "due": _day(each.due),
                "done_at": each.done_at.isoformat() if each.done_at else None,
                "file_name": each.file_name or None,
                "size": each.size or None,
            }
            for each in cycle.entries.select_related("by")
            if each.removed_at is None
        ],
    }


def _effect(checked: dict[str, Any]) -> dict[str, Any]:
    names = ("value", "low", "high", "p", "placebo_p", "method", "snapshot", "today")
    return {name: checked.get(name) for name in names} | {"n": dict(checked.get("n") or {})}


def _within(where: reach.Where, scope: Scope) -> bool:
    from rashin.web.pages.goals import held

    return held.within(where, scope)


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None
