"""The ledger of cycles: what was tried on which KPI, for which cause, and what came of it. Searched by words; narrowed by stage, KPI, result, decision."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rashin.errors import Bilingual
from rashin.query.scope import Scope
from rashin.web.acts import frozen, reach
from rashin.web.acts.models import Cycle
from rashin.web.acts.subjects import of_cycle
from rashin.web.centre import centre
from rashin.web.pages.cycles import patterns, words
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person

PAGE = 50
TABS: dict[str, Bilingual] = {
    "open": Bilingual("進行中", "Under way"),
    "mine": Bilingual("自分の担当", "Mine"),
    "plan": words.STAGES["plan"],
    "do": words.STAGES["do"],
    "check": words.STAGES["check"],
    "act": words.STAGES["act"],
    "closed": words.STAGES["closed"],
    "all": Bilingual("すべて(台帳)", "All (ledger)"),
}


@dataclass(frozen=True)
class Line:
    """One cycle as the list shows it."""

    cycle: Cycle
    kpi: str
    stage: str
    units: str
    owner: str
    gone: bool
    verdict: str
    mark: str
    tone: str
    effect: str
    decision: str
    overdue: bool


def visible(person: Person, scope: Scope | None = None) -> list[Cycle]:
    """Return the cycles that ``person`` may see, the newest first: one question."""
    limit = scope or scopes.of(person)
    found = Cycle.objects.select_related("owner")
    return [each for each in found if reach.visible(person, of_cycle(each), limit)]


def context(person: Person, lang: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page of the list needs."""
    every = visible(person)
    asked = {name: str(given.get(name, ""))[:130] for name in ("q", "kpi", "result", "decision", "show")}
    narrowed = [each for each in every if fits(each, asked)]
    show = asked["show"] if asked["show"] in TABS else ("all" if asked["q"] or asked["result"] or asked["decision"] else "open")
    chosen = [each for each in narrowed if _in_tab(each, show, person)]
    page = int(given["page"]) if str(given.get("page", "")).isdecimal() and len(str(given.get("page", ""))) < 6 else 1
    last = max(1, -(-len(chosen) // PAGE))
    page = min(max(page, 1), last)
    scope = scopes.of(person)
    return {
        "lines": [line(each, person, scope, lang) for each in chosen[(page - 1) * PAGE : page * PAGE]],
        "total": len(every),
        "found": len(chosen),
        "tabs": [(name, label(lang), sum(_in_tab(each, name, person) for each in narrowed), name == show) for name, label in TABS.items()],
        "show": show,
        **{f"asked_{name}": value for name, value in asked.items()},
        "kpis": sorted({(each.kpi, kpi_name(each.kpi, lang)) for each in every}, key=lambda each: each[1]),
        "results": [(name, words.verdict(name, lang)) for name in words.MARKS],
        "decisions": [(name, label(lang)) for name, label in words.DECISIONS.items()],
        "patterns": [(each.name, each.title(lang), each.issue(lang)) for each in patterns.PATTERNS] if not every else [],
        "pages": (page, last),
        "limited": scope.limited,
    }


def fits(cycle: Cycle, asked: Mapping[str, str]) -> bool:
    """Say whether a cycle is among those that are looked for: every word in any of its texts, its KPI, its result, its decision."""
    if asked.get("kpi") and cycle.kpi != asked["kpi"]:
        return False
    if asked.get("decision") and cycle.decision != asked["decision"]:
        return False
    if asked.get("result") and (cycle.checked or {}).get("verdict", "") != asked["result"]:
        return False
    if asked.get("q"):
        texts = _plain(
            "\n".join(
                (
                    cycle.title,
                    cycle.issue,
                    cycle.cause,
                    cycle.measure,
                    cycle.learned,
                    cycle.decision_reason,
                    kpi_name(cycle.kpi, "ja"),
                    kpi_name(cycle.kpi, "en"),
                )
            )
        )
        return all(word in texts for word in _plain(asked["q"]).split())
    return True


def line(cycle: Cycle, person: Person, scope: Scope, lang: str) -> Line:
    """Return one cycle as the list shows it; of the effect no figure for whom the others' figures are out of scope."""
    checked = cycle.checked or {}
    mark, tone = words.MARKS.get(checked.get("verdict", ""), ("", ""))
    whole = bool(checked) and reach.visible(person, checked.get("where", {}), scope)
    due = cycle.due is not None and cycle.due < centre().today() and cycle.stage in ("plan", "do", "check")
    return Line(
        cycle,
        kpi_name(cycle.kpi, lang),
        words.STAGES[cycle.stage](lang),
        words.where(cycle.units or cycle.where, lang),
        cycle.owner.name if cycle.owner else "",
        bool(cycle.owner and not cycle.owner.is_active),
        words.verdict(checked.get("verdict", ""), lang),
        mark,
        tone,
        words.change(checked.get("value"), checked.get("unit", ""), lang) if whole else "",
        words.DECISIONS[cycle.decision](lang) if cycle.decision in words.DECISIONS else "",
        due,
    )


def kpi_name(label: str, lang: str) -> str:
    """Return what a KPI is called; its key where the catalogue has it no longer."""
    kpi = centre().catalogue.kpis.get(label.partition(":")[0])
    return kpi.name(lang) if kpi else label


def evidence(cycle: Cycle, person: Person, scope: Scope, lang: str) -> list[dict[str, Any]]:
    """Return the figures that a cycle rests on, as they stood; those of rows beyond the reader's scope are left out."""
    return [
        {
            "kpi": each["kpi"].partition(":")[0],
            "name": frozen.read(each["name"])(lang),
            "text": frozen.read(each["text"])(lang),
            "n": each["n"],
            "speaks": each["speaks"],
            "period": each["period"],
            "snapshot": each["snapshot"],
        }
        for each in cycle.evidence
        if reach.visible(person, each.get("where", {}), scope)
    ]


def _in_tab(cycle: Cycle, show: str, person: Person) -> bool:
    match show:
        case "all":
            return True
        case "open":
            return cycle.stage != "closed"
        case "mine":
            return cycle.owner_id == person.pk
    return cycle.stage == show


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
