"""Where a cycle begins: a KPI's page, an alert, a missed goal, a pattern, a cycle that is rolled out, or an empty form."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.urls import reverse

from rashin.errors import Bilingual, RashinError
from rashin.judge.goal import Goal
from rashin.web.acts import finding, frozen, reach, subjects
from rashin.web.acts.models import Cycle
from rashin.web.acts.subjects import of_cycle
from rashin.web.centre import centre
from rashin.web.language import language_of
from rashin.web.pages.cycles import form, patterns
from rashin.web.pages.filters import read_period, values_of
from rashin.web.pages.goals import held, standing
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person


def fields(request: HttpRequest) -> dict[str, Any]:
    """Return what the empty form begins with, by the address; 404 for a source that is absent or out of scope."""
    given, person, lang = request.GET, request.user, language_of(request)
    found = form.typed(given)
    found["period"] = found["period"] or "latest 4 weeks"
    found["owner"] = person.public_id
    if found["alert"]:
        _of_alert(found, person, lang)
    elif found["goal"]:
        _of_goal(found, person, lang)
    elif given.get("from"):
        _of_cycle(found, person, given["from"][:32], lang)
    elif found["template"]:
        _of_pattern(found, lang)
    for name, values in scopes.of(person).allow:  # what one sees of everything is one's own part
        found["where"].setdefault(name, [str(value) for value in values])
    reach.restricted(person, found["where"])
    if found["kpi"] and not form.unit_of(found["kpi"]):
        raise Http404
    if found["kpi"] and not found["issue"]:
        found["issue"] = _issue(found, person, lang)
    if found["kpi"] and not found["title"]:
        found["title"] = Bilingual(
            f"{_name(found['kpi']).ja}の改善", f"Better {_name(found['kpi']).en[:1].lower()}{_name(found['kpi']).en[1:]}"
        )(lang)
    return found


def address(**given: str) -> str:
    """Return where a cycle is opened from something."""
    return f"{reverse('cycles-add')}?{urlencode({name: value for name, value in given.items() if value})}"


def _of_alert(found: dict[str, Any], person: Person, lang: str) -> None:
    plain = subjects.alert(person, found["alert"])
    if plain is None:
        raise Http404
    found["kpi"], title = plain["kpi"] or found["kpi"], finding.text(plain["title"])(lang)
    found["where"] = reach.narrowed(person, {name: values for name, values in plain["where"].items() if name != "source"})
    found["period"] = "..".join(plain["period"])
    found["title"] = title[:200]
    found["issue"] = "\n".join([title, *(finding.text(each)(lang) for each in plain["evidence"])])[:4000]
    goal = held.known().get(str(plain["figures"].get("goal") or ""))  # an alert about a goal: the cycle works on that goal
    found["goal"] = goal.name if goal is not None and held.in_reach(person, dict(goal.where)) else ""
    if goal is not None and found["goal"]:
        found["title"] = _to_meet(goal, lang)


def _of_goal(found: dict[str, Any], person: Person, lang: str) -> None:
    goal = held.known().get(found["goal"])
    if goal is None or not held.in_reach(person, dict(goal.where)):
        raise Http404
    found["kpi"], found["where"] = goal.kpi, reach.narrowed(person, dict(goal.where))
    stands = standing.of(goal, scopes.of(person))
    found["title"] = _to_meet(goal, lang)
    parts = [stands.judgement.text(lang)] + ([stands.pace.text(lang)] if stands.pace is not None else [])
    found["issue"] = "\n".join(dict.fromkeys(parts))
    if stands.pace is not None and stands.pace.period is not None:
        done = standing.so_far(stands.pace)
        found["period"] = done.text if done else stands.pace.period.text
    if goal.plan:
        found["measure"] = goal.plan if isinstance(goal.plan, str) else goal.plan(lang)


def _to_meet(goal: Goal, lang: str) -> str:
    return Bilingual(f"目標に届かせる: {goal.heading.ja}", f"To meet: {goal.heading.en}")(lang)[:200]


def _of_cycle(found: dict[str, Any], person: Person, public_id: str, lang: str) -> None:
    """The next cycle of a measure that is rolled out: for those that did not do it yet."""
    cycle = Cycle.objects.select_related("owner").filter(public_id=public_id).first()
    if cycle is None or not reach.visible(person, of_cycle(cycle)):
        raise Http404
    found |= form.of_cycle(cycle)
    found |= {
        "title": Bilingual(f"横展開: {cycle.title}", f"Roll-out: {cycle.title}")(lang)[:200],
        "due": "",
        "start": "",
        "end": "",
        "alert": "",
    }
    found |= {"period": "latest 4 weeks", "owner": person.public_id, "how_picked": "", "from": public_id}
    dim = found["dim"]
    did = set(cycle.units.get(dim, ()))
    scope = scopes.of(person)
    rest = (
        [each for each in cycle.where.get(dim) or form.counted(found, scope) or values_of(dim, scope, lang) if each not in did]
        if did
        else []
    )
    found["sides"] = dict.fromkeys(did, "none") | dict.fromkeys(rest, "unit")
    said = cycle.learned or cycle.decision_reason
    found["issue"] = (
        Bilingual("「{t}」で分かったこと: {s}", "What “{t}” has shown: {s}").format(t=cycle.title, s=said)(lang) if said else cycle.issue
    )[:4000]


def _of_pattern(found: dict[str, Any], lang: str) -> None:
    pattern = patterns.named(found["template"])
    if pattern is None:
        raise Http404
    kpi = found["kpi"] or (pattern.kpi if pattern.kpi in centre().catalogue.kpis else "")
    found |= {
        "kpi": kpi,
        "title": pattern.title(lang),
        "issue": pattern.issue(lang),
        "cause": pattern.cause(lang),
        "measure": pattern.measure(lang),
    }


def _issue(found: dict[str, Any], person: Person, lang: str) -> str:
    """The figure in a sentence: what is at issue, against the period before."""
    name = _name(found["kpi"])(lang)
    try:
        period = read_period(found["period"])
        kept = frozen.figure(found["kpi"], period, reach.restricted(person, found["where"]), scope=scopes.of(person))
    except RashinError:
        return ""
    if kept["value"] is None:
        return ""
    return Bilingual(
        f"{name}: {frozen.read(kept['text']).ja}({period.label.ja}、前の期間と比べて)。",
        f"{name}: {frozen.read(kept['text']).en} ({period.label.en}, against the period before).",
    )(lang)


def _name(label: str) -> Bilingual:
    definition = centre().catalogue.definition(label)
    return definition.name if definition.variant else definition.entry.name
