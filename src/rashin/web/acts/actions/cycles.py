"""Opening cycles and moving them: plan → do → check → act → closed, and back with a reason."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest
from django.utils import timezone

from rashin.errors import Bilingual, ForbiddenError, QuestionError
from rashin.insight.action import Action
from rashin.web.acts import frozen, reach, subjects
from rashin.web.acts.actions import base, plans
from rashin.web.acts.actions.alerts import row_of
from rashin.web.acts.actions.plans import LONG, NAMES, Plan
from rashin.web.acts.models import AlertState, Cycle, CycleEntry
from rashin.web.acts.subjects import of_cycle as subject
from rashin.web.people import audit
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person

#: From which stage one may go where; going back needs a reason.
FORTH = {"plan": ("do",), "do": ("check",), "check": (), "act": ("closed",), "closed": ()}
BACK = {"plan": (), "do": ("plan",), "check": ("do",), "act": ("check",), "closed": ("act",)}


def action_of(cycle: Cycle) -> Action:
    """Return what was done, as its effect is asked for. QuestionError without a start."""
    if cycle.start is None:
        raise QuestionError("cycle_without_start", Bilingual("開始日がまだ決まっていません。", "It has no first day yet."))
    return Action(
        {name: tuple(values) for name, values in cycle.units.items()},
        cycle.start,
        cycle.end,
        plans.beside(cycle.units, cycle.others),
        filters=reach.asked(cycle.where),
    )


def may_run(person: Person, cycle: Cycle) -> bool:
    """Say whether somebody may plan, check and decide: all figures of the cycle, the others' too, lie within their scope."""
    return person.may("write_cycles") and reach.visible(person, cycle.where)


def may_help(person: Person, cycle: Cycle) -> bool:
    """Say whether somebody may write its log, do its tasks, attach files."""
    return person.may("write_cycles") and reach.visible(person, subject(cycle))


def found(by: Person, public_id: str, *, run: bool) -> Cycle:
    """Return a cycle, locked, for who may run it (or help with it); what is absent and what is out of scope answer alike (404)."""
    cycle = Cycle.objects.select_for_update().filter(public_id=public_id[:32]).first()
    if cycle is None or not reach.visible(by, subject(cycle)):
        raise Http404
    if not (may_run if run else may_help)(by, cycle):
        raise ForbiddenError(
            "cycle_beyond_scope",
            Bilingual(
                "比較先の数字があなたの範囲の外にあるため、計画・検証・判断はできません。",
                "The figures of the others lie outside your scope: you cannot plan, check or decide it.",
            ),
            Bilingual(
                "活動の記録、作業、コメントは書けます。判断は範囲の広い人に依頼してください。",
                "You can write its log, tasks and comments; ask somebody with a wider scope to decide.",
            ),
        )
    return cycle


def begin(by: Person, plan: Plan, *, rolled_from: str = "", request: HttpRequest | None = None) -> Cycle:
    """Open a cycle and return it: what is missed and by how much is kept as it stands now. QuestionError for what makes no sense, 404 beyond the scope."""
    fields, evidence = plans.checked(by, plan), plans.evidence(by, plan)
    with transaction.atomic():
        actor = base.actor(by, "write_cycles")
        source = found(actor, rolled_from, run=False) if rolled_from else None
        cycle = Cycle.objects.create(**fields, evidence=evidence, created_by=actor, rolled_from=source)
        CycleEntry.objects.create(cycle=cycle, kind="stage", text="plan", by=actor)
        if plan.alert_key:
            _in_hand(actor, plan.alert_key, cycle)
        detail = {"kpi": cycle.kpi, "title": cycle.title, "from": rolled_from, "alert": plan.alert_key, "goal": plan.goal}
        audit.record("cycle_opened", cycle.public_id, by=actor, request=request, detail=detail)
    _linked(by, cycle, request)
    return cycle


def change(by: Person, public_id: str, version: int, plan: Plan, *, request: HttpRequest | None = None) -> Cycle:
    """Change the plan of a cycle that has not begun; its figures are asked for anew. ConflictError when ``version`` has passed."""
    fields, evidence = plans.checked(by, plan), plans.evidence(by, plan)
    with transaction.atomic():
        actor = base.actor(by, "write_cycles")
        cycle = found(actor, public_id, run=True)
        base.current(cycle.version, version)
        if cycle.stage != "plan":
            raise QuestionError(
                "cycle_has_begun",
                Bilingual("実行が始まったため、計画は変えられません。", "It has begun: its plan cannot be changed any more."),
                Bilingual("計画を変えるなら「計画に戻す」を選び、理由を書いてください。", "Take it back to the plan first, and say why."),
            )
        before = {name: str(getattr(cycle, name)) for name in ("measure", "start", "units", "expected")}
        for name, value in fields.items():
            setattr(cycle, name, value)
        cycle.evidence = evidence
        audit.record("cycle_changed", cycle.public_id, by=actor, request=request, detail={"before": before, "title": cycle.title})
        return _saved(cycle)


def hand_over(
    by: Person, public_id: str, version: int, owner: str, due: date | None, end: date | None, *, request: HttpRequest | None = None
) -> Cycle:
    """Give a running cycle another owner, due date or last day: somebody leaves, something takes longer."""
    with transaction.atomic():
        actor = base.actor(by, "write_cycles")
        cycle = found(actor, public_id, run=True)
        base.current(cycle.version, version)
        cycle.owner, cycle.due, cycle.end = base.colleague(owner, subject(cycle)), due, end
        plans.check_dates(cycle.start, cycle.end)
        detail = {"owner": cycle.owner.email if cycle.owner else "", "due": str(due or ""), "end": str(end or "")}
        audit.record("cycle_handed_over", cycle.public_id, by=actor, request=request, detail=detail)
        return _saved(cycle)


def move(by: Person, public_id: str, version: int, to: str, reason: str = "", *, request: HttpRequest | None = None) -> Cycle:
    """Take a cycle to its next stage, or one back with a reason (a decision that is taken back stays in its history)."""
    with transaction.atomic():
        actor = base.actor(by, "write_cycles")
        cycle = found(actor, public_id, run=True)
        base.current(cycle.version, version)
        back = to in BACK[cycle.stage]
        if not back and to not in FORTH[cycle.stage]:
            raise QuestionError("stage_unknown", Bilingual("この段階へは進めません。", "It cannot go to that stage from here."))
        if to == "do":
            _ready(cycle, back=back)
        why = base.line(reason, NAMES["reason"], 1000, needed=back)
        undone = {}
        if cycle.stage == "act" and to == "check":
            undone = {"decision": cycle.decision, "decision_reason": cycle.decision_reason, "checked": cycle.checked}
            cycle.decision, cycle.decision_reason, cycle.checked, cycle.decided_by, cycle.decided_at = "", "", None, None, None
        CycleEntry.objects.create(cycle=cycle, kind="stage", text=to, by=actor, detail={"from": cycle.stage, "reason": why, **undone})
        audit.record("cycle_moved", cycle.public_id, by=actor, request=request, detail={"from": cycle.stage, "to": to, "reason": why})
        cycle.stage = to
        return _saved(cycle)


def decide(
    by: Person, public_id: str, version: int, decision: str, reason: str, learned: str, *, request: HttpRequest | None = None
) -> Cycle:
    """Keep, change, drop or roll out. What could be said of the effect at this moment is kept with the decision."""
    seen = Cycle.objects.filter(public_id=public_id[:32]).first()
    if seen is None or not reach.visible(by, subject(seen)):
        raise Http404
    checked = checked_now(by, seen)[0] if may_run(by, seen) else None
    with transaction.atomic():
        actor = base.actor(by, "write_cycles")
        cycle = found(actor, public_id, run=True)
        base.current(cycle.version, version)
        if cycle.stage != "check" or decision not in Cycle.DECISIONS:
            raise QuestionError(
                "decision_unknown",
                Bilingual(
                    "検証の段階で、継続・修正・中止・横展開のどれかを選びます。", "At the check, choose keep, change, drop or roll out."
                ),
            )
        cycle.decision, cycle.checked = decision, checked
        cycle.decision_reason = base.text(reason, NAMES["reason"], LONG, needed=True)
        cycle.learned = base.text(learned, NAMES["learned"], LONG)
        cycle.decided_by, cycle.decided_at, cycle.stage = actor, timezone.now(), "act"
        CycleEntry.objects.create(cycle=cycle, kind="stage", text="act", by=actor, detail={"from": "check", "decision": decision})
        detail = {"decision": decision, "verdict": (checked or {}).get("verdict", ""), "snapshot": (checked or {}).get("snapshot")}
        audit.record("cycle_decided", cycle.public_id, by=actor, request=request, detail=detail)
        return _saved(cycle)


def learn(by: Person, public_id: str, version: int, learned: str, *, request: HttpRequest | None = None) -> Cycle:
    """Write down what was learned, for those who search the ledger later."""
    with transaction.atomic():
        actor = base.actor(by, "write_cycles")
        cycle = found(actor, public_id, run=True)
        base.current(cycle.version, version)
        cycle.learned = base.text(learned, NAMES["learned"], LONG)
        audit.record("cycle_changed", cycle.public_id, by=actor, request=request, detail={"learned": len(cycle.learned)})
        return _saved(cycle)


def checked_now(by: Person, cycle: Cycle) -> tuple[dict[str, Any], Any]:
    """Return what can be said of the effect today within the scope of ``by``: (as it is stored, the effect itself or None)."""
    where = reach.tidy(cycle.where)
    others = [
        (each.title, each.start, each.end)
        for each in Cycle.objects.exclude(pk=cycle.pk).exclude(stage="plan").filter(kpi=cycle.kpi, start__isnull=False)
        if reach.visible(by, subject(each)) and each.start is not None
    ]
    return frozen.check(cycle.kpi, action_of(cycle), cycle.how_picked, where, scope=scopes.of(by), cycles=others)


def _ready(cycle: Cycle, *, back: bool) -> None:
    lacking = [name for name, there in (("施策", cycle.measure), ("開始日", cycle.start), ("責任者", cycle.owner_id)) if not there]
    if lacking and not back:
        named = {"施策": "a measure", "開始日": "a first day", "責任者": "an owner"}
        raise QuestionError(
            "cycle_not_ready",
            Bilingual(
                f"実行に移すには、{'・'.join(lacking)}が要ります。", f"To begin it needs {', '.join(named[each] for each in lacking)}."
            ),
            Bilingual("計画を編集して書き足してください。", "Edit the plan and add it."),
        )


def _linked(by: Person, cycle: Cycle, request: HttpRequest | None) -> None:
    """The goal that the cycle is about leads to it, unless it leads to one that is still under way."""
    from rashin.web.pages.goals import actions as goals
    from rashin.web.pages.goals import held

    goal = held.known().get(cycle.goal) if cycle.goal else None
    if goal is None or Cycle.objects.filter(public_id=goal.cycle or "", stage__in=("plan", "do", "check")).exists():
        return
    goals.lead_to(by, goal.name, cycle.public_id, cycle.title, request=request)


def _in_hand(by: Person, key: str, cycle: Cycle) -> None:
    """An alert from which a cycle is opened is in hand, and leads to it."""
    plain = subjects.alert(by, key)
    row = AlertState.objects.select_for_update().filter(key=key).first() or (row_of(key, plain) if plain else None)
    if row is None:
        raise Http404
    row.cycle, row.changed_by = cycle, by
    if row.state == "open":
        row.state, row.owner = "seen", row.owner or by
    row.version += 1 if row.pk else 0
    row.save()


def _saved(cycle: Cycle) -> Cycle:
    cycle.version += 1
    cycle.changed_at = timezone.now()
    cycle.save()
    return cycle
