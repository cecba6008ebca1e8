"""What can be talked about: found by its kind and name, with whose figures it is about; what is out of scope is as if it were not (404)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import NoReverseMatch, reverse

from rashin.errors import Bilingual, QuestionError
from rashin.judge.alerts.model import KINDS
from rashin.web.acts import finding, looking, reach
from rashin.web.acts.models import AlertState, Cycle, Meeting, SentReport
from rashin.web.centre import centre
from rashin.web.pages.goals import held
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person

#: What is shared with people, so that one wants to know who has read it.
RECEIPTS = frozenset({"report", "meeting", "cycle"})


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing that is talked about. ``where``: whose figures; ``reads``: who of those that may see them reads it, None = all."""

    about: str
    thing: str
    where: Mapping[str, list[str]]
    title: Bilingual
    address: str
    reads: Callable[[Person], bool] | None = None

    def seen_by(self, person: Person) -> bool:
        """Say whether somebody may read what is said about it."""
        if not person.may("see_cycles") or not reach.visible(person, self.where):
            return False
        return self.reads is None or self.reads(person)


def find(person: Person, about: str, thing: str, where: reach.Where | None = None, period: str = "") -> Subject:
    """Return what is talked about, as far as ``person`` may see it; 404 for what does not exist or lies out of scope."""
    finder = _FINDERS.get(about)
    if finder is None or not thing or len(thing) > 200 or not person.may("see_cycles"):
        raise Http404
    return finder(person, thing, where or {}, period)


def of_cycle(cycle: Cycle) -> dict[str, list[str]]:
    """Return whose figures a cycle is about: who may see those sees it. The units narrow it, so that who does it can read it too."""
    return {**cycle.where, **cycle.units}


def _kpi(person: Person, thing: str, where: reach.Where, period: str) -> Subject:
    try:
        definition = centre().catalogue.definition(thing)
    except QuestionError as error:
        raise Http404 from error
    if not person.may("see_figures"):
        raise Http404
    found = reach.restricted(person, where)
    name = definition.name if definition.variant else definition.entry.name
    pairs = [
        ("variant", definition.variant or ""),
        ("period", period),
        *((f"w.{key}", each) for key, values in where.items() for each in values),
    ]
    query = urlencode([(key, value) for key, value in pairs if value])
    return Subject("kpi", thing, found, name, reverse("kpi", args=[definition.kpi]) + (f"?{query}" if query else "") + "#talk")


def _goal(person: Person, thing: str, where: reach.Where, period: str) -> Subject:
    goal = held.known().get(thing)
    if goal is None or not person.may("read_goals") or not held.in_reach(person, dict(goal.where)):
        raise Http404
    return Subject("goal", thing, reach.narrowed(person, dict(goal.where)), goal.heading, reverse("goals-one", args=[thing]) + "#talk")


def _cycle(person: Person, thing: str, where: reach.Where, period: str) -> Subject:
    cycle = Cycle.objects.filter(public_id=thing).first()
    if cycle is None or not reach.visible(person, of_cycle(cycle)):
        raise Http404
    return Subject("cycle", thing, of_cycle(cycle), Bilingual(cycle.title, cycle.title), reverse("cycles-one", args=[thing]) + "#talk")


def _alert(person: Person, thing: str, where: reach.Where, period: str) -> Subject:
    found = alert(person, thing)
    if found is None:
        raise Http404
    plain = found
    place = reach.narrowed(person, {name: values for name, values in plain["where"].items() if name != "source"})

    def reads(other: Person) -> bool:
        return finding.may_see(other, scopes.of(other), key=thing, kind=plain["kind"], where=plain["where"])

    return Subject("alert", thing, place, finding.text(plain["title"]), _page("alerts-one", finding.ref_of(thing)), reads)


def alert(person: Person, key: str) -> dict[str, Any] | None:
    """Return what was found under ``key``, now or when it was last found; None when there is none, or it is not for ``person``."""
    if key.partition(":")[0] not in KINDS:
        return None  # no alert is called so: nothing need be worked out
    row, scope = AlertState.objects.filter(key=key).first(), scopes.of(person)
    plain = row.finding if row is not None and row.finding else None
    if plain is None and person.may("see_alerts"):
        plain = looking.look(scope, named=person.may("see_agents")).found.get(key)
    if plain is None or not finding.may_see(person, scope, key=key, kind=plain["kind"], where=plain["where"]):
        return None
    return plain


def _meeting(person: Person, thing: str, where: reach.Where, period: str) -> Subject:
    meeting = Meeting.objects.filter(public_id=thing).first()
    if meeting is None or not reach.visible(person, meeting.where):
        raise Http404
    kinds = {"weekly": Bilingual("週次レビュー", "Weekly review"), "monthly": Bilingual("月次レビュー", "Monthly review")}
    name = kinds.get(meeting.kind, Bilingual("レビュー", "Review"))
    title = Bilingual(f"{name.ja} {meeting.period}", f"{name.en} {meeting.period}")
    return Subject("meeting", thing, meeting.where, title, reverse("review-one", args=[thing]) + "#talk")


def _report(person: Person, thing: str, where: reach.Where, period: str) -> Subject:
    from rashin.web.tick.readers import covers

    report = SentReport.objects.filter(public_id=thing).first()
    if report is None:
        raise Http404

    def reads(other: Person) -> bool:
        return covers(other, report)

    if not reads(person):
        raise Http404
    place = reach.narrowed(person, report.where)
    return Subject("report", thing, place, Bilingual(report.title, report.title), _page("reports-one", thing), reads)


def _page(route: str, thing: str) -> str:
    try:
        return reverse(route, args=[thing]) + "#talk"
    except NoReverseMatch:
        return ""


_FINDERS: dict[str, Callable[[Person, str, reach.Where, str], Subject]] = {
    "kpi": _kpi,
    "goal": _goal,
    "cycle": _cycle,
    "alert": _alert,
    "meeting": _meeting,
    "report": _report,
}
