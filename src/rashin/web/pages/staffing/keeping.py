"""Plans kept by name: keeping one, which of them somebody may see, holding one to what happened."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpRequest

from rashin.errors import Bilingual, ForbiddenError, QuestionError, RashinError
from rashin.insight.staffing import plans
from rashin.web import kept
from rashin.web.centre import centre
from rashin.web.pages import working
from rashin.web.pages.forecast.choice import seen
from rashin.web.pages.staffing import reach
from rashin.web.people import audit
from rashin.web.people.models import Person

if TYPE_CHECKING:
    from rashin.insight.staffing.model import BackTest, Plan
    from rashin.query.scope import Scope

#: One owner process has the workspace, so a lock of this process is enough.
_writing = threading.Lock()
#: Of one name so many are kept: name, name-2 …
_SAME = 100


@dataclass(frozen=True)
class Kept:
    """A kept plan as somebody may see it. ``over``: some of its days have come."""

    name: str
    plan: Plan
    by: str
    over: bool

    @property
    def key(self) -> Hashable:
        """What changes when the file does."""
        return self.name, self.plan.snapshot, str(self.plan.today), _stamp(self.name)


def keep(by: Person, plan: Plan, name: str, *, request: HttpRequest | None = None) -> str:
    """Keep a plan and return the name that it got: the one given, with a number behind where that is taken."""
    if not by.may("plan_staffing"):
        raise ForbiddenError("not_allowed", Bilingual("計画を残す権限がありません。", "Your role does not keep plans."))
    if not plan.groups:
        raise QuestionError("plan_empty", Bilingual("計画できたグループがありません。", "No group could be planned."))
    folder = centre().workspace.path
    with _writing, transaction.atomic():
        taken = set(plans.kept(folder))
        wished = name.strip().lower() or f"{plan.first}_{plan.last}"
        free = next((each for each in (wished, *(f"{wished}-{number}" for number in range(2, _SAME))) if each not in taken), wished)
        detail = {
            "first": str(plan.first),
            "last": str(plan.last),
            "groups": len(plan.groups),
            "slot": plan.slot_minutes,
            "snapshot": plan.snapshot,
        }
        path = plans.keep(folder, free, plan, by=by.email)
        audit.record("plan_kept", path.stem, by=by, request=request, detail=detail)
    return path.stem


def of_scope(person: Person, scope: Scope) -> tuple[list[Kept], list[tuple[str, RashinError]]]:
    """Return the kept plans, or what of them somebody may see, the newest first; and the files that cannot be read (to nobody of a limited scope)."""
    found, wrong = [], []
    for name in plans.kept(centre().workspace.path):
        try:
            each = _seen(name, person, scope)
        except RashinError as error:
            if not scope.limited:
                wrong.append((name, error))
        else:
            if each is not None:
                found.append(each)
    return sorted(found, key=lambda each: (each.plan.today, each.plan.first, each.name), reverse=True), wrong


def one(name: str, person: Person, scope: Scope) -> Kept | None:
    """Return a kept plan; None where there is none, or nothing of it within the scope. InputError when its file cannot be read."""
    return _seen(name, person, scope) if name in plans.kept(centre().workspace.path) else None


def _seen(name: str, person: Person, scope: Scope) -> Kept | None:
    plan, by = kept.shelf("lists").get(("kept plan", name, _stamp(name)), lambda: plans.load_kept(centre().workspace.path, name))
    mine = reach.part_of(plan, scope, person.may("see_agents"))
    return None if mine is None else Kept(name, mine, by, mine.first < seen()[1])


def _stamp(name: str) -> Hashable:
    try:
        return (centre().workspace.path / plans.FOLDER / f"{name}.json").stat().st_mtime_ns
    except OSError:
        return None


def held_to(key: Hashable, plan: Any, scope: Scope) -> tuple[Hashable, Any]:
    """Return (key, work) of holding a plan to what happened. ``plan``: the plan, or a function of a watch that makes it."""
    own, (_, today) = centre(), seen()

    def make(watch: working.Watch) -> BackTest:
        from rashin.insight.staffing import back_test

        made = plan(lambda share: watch(0.6 * share)) if callable(plan) else plan
        return back_test(made, own.store, own.catalogue, scope=scope, today=today)

    return ("back-test", own.snapshot(), own.catalogue.version, today, scope, key), make
