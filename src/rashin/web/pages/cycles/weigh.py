"""What a plan lacks, said while it is written: warnings, never a refusal. And how many weeks it takes until the expected effect can be seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rashin.errors import Bilingual, RashinError
from rashin.insight.action import Action
from rashin.web.acts import frozen, reach
from rashin.web.acts.actions import plans
from rashin.web.acts.actions.plans import Plan
from rashin.web.acts.models import Cycle
from rashin.web.acts.subjects import of_cycle
from rashin.web.centre import centre
from rashin.web.pages.cycles import form, words
from rashin.web.pages.filters import read_period
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person

#: A measure of fewer characters is hardly one that somebody else could repeat.
_VAGUE = 8


def weighed(fields: dict[str, Any], person: Person, lang: str, without: str = "") -> dict[str, Any]:
    """Return what there is to say of what is typed so far; ``without``: the cycle itself, which is no rival of its own."""
    scope = scopes.of(person)
    if not form.unit_of(fields["kpi"]):
        return {"weighed": False}
    try:
        plan = form.plan_of(fields, person, scope)
        where = reach.restricted(person, plan.where)
        weeks, said = plans.needed(person, plan.kpi, plan.units, plan.others, plan.expected, where)
    except RashinError as error:
        return {"weighed": True, "wrong": error.what(lang), "next_step": error.next_step(lang) if error.next_step else ""}
    unit = form.unit_of(plan.kpi)
    try:
        sides = _where(plan, person, where)
    except RashinError as error:
        sides = [(False, error.what)]
    hints = [*_what(plan), *_who(plan, weeks), *sides, *_beside(plan, person, without)]
    return {
        "weighed": True,
        "weeks": weeks,
        "weeks_text": said(lang) if said else "",
        "expected": words.change(plan.expected, unit, lang),
        "hints": [(good, text(lang)) for good, text in hints],
        "units": words.where(plan.units, lang) if plan.units else "",
        "others": words.where(plan.others, lang) if plan.others else "",
        "alone": plan.others == {},
        "dim": next(iter(plan.units), ""),
    }


def _what(plan: Plan) -> list[tuple[bool, Bilingual]]:
    definition = centre().catalogue.definition(plan.kpi)
    found: list[tuple[bool, Bilingual]] = []
    if not plan.measure.strip():
        found.append(
            (False, Bilingual("施策がまだありません。一つのサイクルに一つだけ書きます。", "There is no measure yet: one for one cycle."))
        )
    elif len("".join(plan.measure.split())) < _VAGUE:
        found.append(
            (
                False,
                Bilingual(
                    "施策が短すぎて、ほかの人が同じことを再現できません。", "The measure is too short for somebody else to do the same."
                ),
            )
        )
    if plan.expected is None:
        found.append(
            (
                False,
                Bilingual(
                    "期待する変化がありません。どれだけ動けば成功かを先に決めます。",
                    "No change is expected: decide beforehand how much would be a success.",
                ),
            )
        )
    elif definition.better in ("higher", "lower") and (plan.expected > 0) != (definition.better == "higher"):
        found.append(
            (
                False,
                Bilingual(
                    "期待する変化が、悪くなる向きです。符号を確かめてください。", "The expected change goes the bad way: look at its sign."
                ),
            )
        )
    if not plan.hint and not plan.cause.strip():
        found.append(
            (
                False,
                Bilingual(
                    "原因と考えることがありません。外れたときに学べるよう、書いておきます。",
                    "No cause is suspected: write one down, to learn from it when it proves wrong.",
                ),
            )
        )
    return found


def _who(plan: Plan, weeks: int | None) -> list[tuple[bool, Bilingual]]:
    found: list[tuple[bool, Bilingual]] = []
    if not plan.owner:
        found.append((False, Bilingual("責任者がいません。", "Nobody answers for it.")))
    if plan.start is None:
        found.append(
            (
                False,
                Bilingual(
                    "開始日がありません。その日の前後で比べます。", "There is no first day: what comes before and after it is compared."
                ),
            )
        )
    if plan.due is None:
        found.append((False, Bilingual("期日がありません。", "There is no due date.")))
    elif plan.start is not None and weeks is not None and plan.due < plan.start + timedelta(weeks=weeks):
        found.append(
            (
                False,
                Bilingual(
                    f"期日は開始から{(plan.due - plan.start).days // 7}週後ですが、効果が見えるまでに{weeks}週ほどかかります。",
                    f"It is due {words.weeks((plan.due - plan.start).days // 7)} after the start, but the effect takes about {words.weeks(weeks)} to show.",
                ),
            )
        )
    return found


def _where(plan: Plan, person: Person, where: reach.Where) -> list[tuple[bool, Bilingual]]:
    """Who does it, who does not, and what comes back by itself."""
    if not plan.units or plan.others == {}:
        return [
            (
                False,
                Bilingual(
                    "比べる先がありません。前後の比較だけになり、同じ時期のほかのことと区別できません。",
                    "There is nobody to compare with: only before and after, and other changes of that time cannot be told apart.",
                ),
            )
        ]
    found: list[tuple[bool, Bilingual]] = []
    name = next(iter(plan.units))
    if frozen.untold(plan.kpi, read_period(plan.period or "latest 4 weeks"), name, where, scope=scopes.of(person)):
        found.append(
            (
                False,
                Bilingual(
                    "このKPIには、どこのものか分からない件が多くあります(放棄呼など)。この分け方では効果が見えません。",
                    "Many cases of this KPI belong to nobody (abandoned calls): split like this its effect will not show.",
                ),
            )
        )
    if not plan.how_picked:
        found.append((False, Bilingual("実施先をどう選んだかを書いてください。", "Say how those who do it were picked.")))
    if plan.how_picked:
        own = centre()
        start = plan.start or own.today()
        newest = min(start, own.today())
        action = Action({name: tuple(values) for name, values in plan.units.items()}, newest, filters=reach.asked(where))
        picking = frozen.picking(plan.kpi, action, plan.how_picked, scope=scopes.of(person))
        if picking is not None and (picking["warn"] or plan.how_picked in ("volunteers", "all")):
            found.append((False, frozen.read(picking["text"])))
        elif picking is not None and plan.how_picked == "random":
            found.append((True, frozen.read(picking["text"])))
    return found


def _beside(plan: Plan, person: Person, without: str) -> list[tuple[bool, Bilingual]]:
    """What else moves at the same time, and what must not get worse."""
    found: list[tuple[bool, Bilingual]] = []
    running = Cycle.objects.filter(kpi=plan.kpi, stage__in=("do", "check")).exclude(public_id=without)
    for each in running:
        shared = any(set(values) & set(each.units.get(name, values)) for name, values in plan.units.items())
        if (shared or not plan.units or not each.units) and reach.visible(person, of_cycle(each)):
            found.append(
                (
                    False,
                    Bilingual(
                        f"同じところで「{each.title}」が動いています。効果を分けられません。",
                        f"“{each.title}” is under way at the same place: the effects cannot be told apart.",
                    ),
                )
            )
    catalogue = centre().catalogue
    counters = [catalogue.kpis[name].name for name in catalogue.definition(plan.kpi).entry.counter if name in catalogue.kpis]
    if counters:
        found.append(
            (
                True,
                Bilingual(
                    f"一緒に見張る指標: {'、'.join(each.ja for each in counters)}",
                    f"Watch beside it: {', '.join(each.en for each in counters)}",
                ),
            )
        )
    return found
