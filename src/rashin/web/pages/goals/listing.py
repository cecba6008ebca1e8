"""The list of goals: one line each, what is missed first; narrowed by how it stands, by whose it is, by KPI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual
from rashin.judge.goal import EVERY, TERMS, Goal
from rashin.judge.judgement import STATES
from rashin.judge.words import called, days_text, ends_text, hours_text, value_text
from rashin.query import dimensions
from rashin.web.pages.goals import held, standing

if TYPE_CHECKING:
    from rashin.query.scope import Scope
    from rashin.web.people.models import Person

#: A mark beside the word, so that the colour of a judgement is never the only signal.
MARKS = {"met": "✓", "near": "△", "missed": "✗", "too_few": "…", "withheld": "–", "no_data": "–"}
TONES = {"met": "good", "missed": "bad", "near": "near"}
_ORDER = ("missed", "near", "too_few", "met", "withheld", "no_data")
SHOWN: dict[str, Bilingual] = {
    "all": Bilingual("すべて", "All"),
    "open": Bilingual("届いていない", "Not met"),
    "met": Bilingual("達成", "Met"),
    "mine": Bilingual("自分の担当", "Mine"),
}


@dataclass(frozen=True)
class Line:
    """One goal as the list shows it. ``bar``: (how far to the target in per cent, at most 100), None where there is none."""

    goal: Goal
    heading: str
    about: str
    asked: str
    value: str
    state: str
    word: str
    mark: str
    tone: str
    pace: str
    owner: str
    term: str
    deadline: str
    every: str
    bar: int | None
    outlook: str
    partly: bool


def lines(person: Person, scope: Scope, lang: str) -> list[Line]:
    """Return every goal that ``person`` may see, those not met first."""
    goals = held.of(person, scope)
    names = held.owners(goals)
    found = [line(standing.of(goal, scope), names, lang, partly=not held.within(dict(goal.where), scope)) for goal in goals.values()]
    return sorted(found, key=lambda each: (each.outlook == "ended", _ORDER.index(each.state), each.heading))


def line(stands: standing.Standing, names: dict[str, str], lang: str, *, partly: bool = False) -> Line:
    """Return one goal as the list shows it. ``partly``: the reader sees a part of its rows only."""
    goal, judged, pace = stands.goal, stands.judgement, stands.pace
    reached = pace.attainment if pace is not None else None
    told = pace.text(lang) if pace is not None else stands.error.what(lang) if stands.error else ""
    return Line(
        goal,
        (goal.title or goal.definition.entry.name)(lang),
        about(goal, lang),
        ends_text(goal.ends, goal.unit)(lang),
        value_text(judged.value, goal.unit, (goal.ends.low, goal.ends.high))(lang),
        judged.state,
        STATES[judged.state](lang),
        MARKS[judged.state],
        TONES.get(judged.state, ""),
        told,
        names.get(goal.owner.lower(), goal.owner),
        TERMS[goal.term](lang) if goal.term else "",
        goal.end.isoformat() if goal.end else "",
        EVERY[goal.every](lang),
        None if reached is None else max(0, min(100, round(reached * 100))),
        pace.state if pace is not None else "",
        partly,
    )


def about(goal: Goal, lang: str) -> str:
    """Say over which rows, days and hours a goal is judged."""
    parts = [values for _, values in where_words(goal, lang)]
    parts += [each(lang) for each in (days_text(goal), hours_text(goal)) if each is not None]
    return ("、" if lang == "ja" else ", ").join(parts)


def where_words(goal: Goal, lang: str) -> list[tuple[str, str]]:
    """Return what a goal is limited to: (dimension, its values as people call them)."""
    return [
        (dimensions.label(name)(lang), " / ".join(called(goal, name, None if value is None else str(value), lang) for value in values))
        for name, values in goal.where
    ]


def chosen(found: list[Line], shown: str, kpi: str, email: str) -> list[Line]:
    """Return those lines that the filters leave."""
    fits = {
        "open": lambda each: each.state in ("missed", "near"),
        "met": lambda each: each.state == "met",
        "mine": lambda each: bool(each.goal.owner) and each.goal.owner.lower() == email.lower(),
    }.get(shown, lambda each: True)
    return [each for each in found if fits(each) and kpi in ("", each.goal.kpi)]


def context(person: Person, scope: Scope, lang: str, shown: str, kpi: str) -> dict[str, Any]:
    """Return what the page of the list needs."""
    found = lines(person, scope, lang)
    shown = shown if shown in SHOWN else "all"
    tabs = [(name, label(lang), len(chosen(found, name, kpi, person.email)), name == shown) for name, label in SHOWN.items()]
    kpis = {each.goal.kpi: each.goal.definition.name(lang) for each in found}
    counts = [
        (MARKS[state], STATES[state](lang), TONES.get(state, ""), count)
        for state in _ORDER
        if (count := sum(each.state == state for each in found))
    ]
    return {
        "lines": chosen(found, shown, kpi, person.email),
        "total": len(found),
        "tabs": tabs,
        "shown": shown,
        "kpi": kpi,
        "kpis": sorted(kpis.items(), key=lambda each: each[1]),
        "counts": counts,
        "on": held.seen_from()[0],
        "limited": scope.limited,
        "own_only": person.role == "agent",
        "refused": [error.text(lang) for error in held.known().refused.values()] if person.may("edit_goals") else [],
    }
