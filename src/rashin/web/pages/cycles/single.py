"""One cycle in full: its plan, what is done, what it did, what was decided, and how it came there."""

from __future__ import annotations

from typing import Any

from rashin.errors import Bilingual
from rashin.web.acts import frozen, reach
from rashin.web.acts.actions import cycles as actions
from rashin.web.acts.models import AlertState, Cycle, CycleEntry
from rashin.web.acts.subjects import of_cycle
from rashin.web.centre import centre
from rashin.web.pages.cycles import checking, ledger, words
from rashin.web.pages.goals import held
from rashin.web.pages.goals.causing import address
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person

_ORDER = tuple(words.STAGES)
#: Stage → what the button to the next says.
FORTH: dict[str, tuple[str, Bilingual]] = {
    "plan": ("do", Bilingual("実行に移す", "Begin doing it")),
    "do": ("check", Bilingual("検証に進む", "Go to the check")),
    "act": ("closed", Bilingual("サイクルを完了する", "Close the cycle")),
}
BACK: dict[str, tuple[str, Bilingual]] = {
    "do": ("plan", Bilingual("計画に戻す", "Back to the plan")),
    "check": ("do", Bilingual("実行に戻す", "Back to doing")),
    "act": ("check", Bilingual("判断を取り消して検証に戻す", "Take the decision back")),
    "closed": ("act", Bilingual("再開する", "Open it again")),
}


def context(cycle: Cycle, person: Person, lang: str) -> dict[str, Any]:
    """Return what the page of one cycle needs: a constant number of questions."""
    scope = scopes.of(person)
    entries = list(cycle.entries.select_related("by", "assignee"))
    run, helps = actions.may_run(person, cycle), actions.may_help(person, cycle)
    checked = cycle.checked or None
    people = [(each.public_id, each.name) for each in reach.readers(of_cycle(cycle))] if helps else []
    linked = Cycle.objects.filter(rolled_from=cycle) | Cycle.objects.filter(pk=cycle.rolled_from_id or 0)
    near = [each for each in linked if reach.visible(person, of_cycle(each), scope)]
    shown = [each for each in entries if each.removed_at is None or each.by_id == person.pk]
    goal = held.known().get(cycle.goal) if cycle.goal else None
    return {
        "cycle": cycle,
        "kpi_address": address(cycle.kpi, None),
        "line": ledger.line(cycle, person, scope, lang),
        "steps": [(name, words.STAGES[name](lang), _step(cycle.stage, name)) for name in _ORDER[:4]],
        "evidence": ledger.evidence(cycle, person, scope, lang),
        "hidden_evidence": bool(cycle.evidence) and not ledger.evidence(cycle, person, scope, lang),
        "facts": facts(cycle, lang, whole=reach.visible(person, cycle.where, scope)),
        "tasks": [(each, _late(each), _may_take_back(each, person, run=run)) for each in shown if each.kind == "task"],
        "log": [(each, _may_take_back(each, person, run=run)) for each in shown if each.kind == "log"],
        "files": [(each, _may_take_back(each, person, run=run)) for each in shown if each.kind == "file"],
        "history": [_move(each, lang) for each in entries if each.kind == "stage"],
        "check": checking.shown(person, cycle, checked, lang) if checked else None,
        "first_check": checking.first_check(cycle),
        "run": run,
        "helps": helps and cycle.stage != "closed",
        "narrow": helps and not run,
        "people": people,
        "forth": FORTH.get(cycle.stage),
        "back": BACK.get(cycle.stage),
        "decisions": [(name, label(lang), words.MEANT[name](lang)) for name, label in words.DECISIONS.items()],
        "decided": words.MEANT[cycle.decision](lang) if cycle.decision in words.MEANT else "",
        "rolled_from": next((each for each in near if each.pk == cycle.rolled_from_id), None),
        "rolled_out": [each for each in near if each.rolled_from_id == cycle.pk],
        "goal": goal if goal is not None and held.in_reach(person, dict(goal.where), scope) else None,
        "alert": AlertState.objects.filter(key=cycle.alert_key, cycle=cycle).first() if cycle.alert_key else None,
        "hint": _hint(cycle, lang),
        "today": centre().today(),
    }


def facts(cycle: Cycle, lang: str, *, whole: bool = True) -> list[tuple[str, str]]:
    """Return where, when and how much, in words. ``whole``: the reader may see the others, too; else they are not named."""
    dim = next(iter(cycle.units), "")
    every = Bilingual("ほかのすべて", "every other one")(lang)
    nobody = Bilingual("なし", "nobody")(lang)
    beyond = Bilingual("あなたの範囲の外", "outside your scope")(lang)
    unit = (cycle.evidence[0].get("unit", "") if cycle.evidence else "") or _unit(cycle.kpi)
    said = [
        (Bilingual("対象の数字", "Rows"), words.where(cycle.where, lang)),
        (Bilingual("実施先", "Where it is done"), words.where(cycle.units, lang) if cycle.units else Bilingual("全部", "everywhere")(lang)),
        (
            Bilingual("比較先(実施しない)", "Where it is not done"),
            (
                every
                if cycle.others is None
                else words.values_text(dim, cycle.others[dim], lang)
                if cycle.others and whole
                else beyond
                if cycle.others
                else nobody
            )
            if dim
            else Bilingual("なし", "none")(lang),
        ),
        (Bilingual("実施先の選び方", "How they were picked"), words.HOW[cycle.how_picked](lang) if cycle.how_picked in words.HOW else ""),
        (Bilingual("期待する変化", "Expected change"), words.change(cycle.expected, unit, lang)),
        (
            Bilingual("効果が見えるまで", "Until it shows"),
            Bilingual(f"およそ{cycle.weeks_needed}週", f"about {words.weeks(cycle.weeks_needed)}")(lang) if cycle.weeks_needed else "",
        ),
        (Bilingual("実施期間", "Dates"), f"{cycle.start or '–'} – {cycle.end or ''}" if cycle.start else ""),
    ]
    return [(label(lang), text) for label, text in said if text]


def _unit(label: str) -> str:
    kpi = centre().catalogue.kpis.get(label.partition(":")[0])
    return kpi.unit if kpi else ""


def _hint(cycle: Cycle, lang: str) -> str:
    return frozen.read(cycle.evidence[0].get("hint"))(lang) if cycle.evidence else ""


def _step(now: str, name: str) -> str:
    at, here = _ORDER.index(name), _ORDER.index(now)
    return "here" if at == here else "done" if at < here else ""


def _late(entry: CycleEntry) -> bool:
    return entry.due is not None and entry.due < centre().today() and entry.done_at is None


def _may_take_back(entry: CycleEntry, person: Person, *, run: bool) -> bool:
    return run or entry.by_id == person.pk


def _move(entry: CycleEntry, lang: str) -> dict[str, Any]:
    detail = entry.detail or {}
    decision = detail.get("decision", "")
    undone = entry.text == "check" and detail.get("from") == "act"
    word = words.DECISIONS[decision](lang) if decision in words.DECISIONS else ""
    return {
        "at": entry.at,
        "by": entry.by.name if entry.by else "",
        "stage": words.STAGES[entry.text](lang) if entry.text in words.STAGES else entry.text,
        "reason": detail.get("reason", ""),
        "decision": word,
        "undone": undone,
    }
