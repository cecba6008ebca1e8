"""What an action did, as the check shows it: units against others, interval, method, n, verdict in words, and what cannot be known."""

from __future__ import annotations

from datetime import date
from typing import Any

from rashin import charts
from rashin.errors import Bilingual
from rashin.judge.words import value_text
from rashin.web import kept
from rashin.web.acts import frozen, reach
from rashin.web.acts.actions import cycles as actions
from rashin.web.acts.models import Cycle
from rashin.web.centre import centre
from rashin.web.pages.cycles import words
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person


def now(person: Person, cycle: Cycle) -> dict[str, Any]:
    """Return what can be said of the effect today, worked out once per snapshot, definitions, scope and plan. QuestionError without a start."""
    own = centre()
    rivals = tuple(Cycle.objects.filter(kpi=cycle.kpi).exclude(pk=cycle.pk).values_list("pk", "version").order_by("pk"))
    key = ("cycle", own.snapshot(), own.catalogue.version, own.today(), scopes.of(person), cycle.pk, cycle.version, rivals)
    return kept.shelf("answers").get(key, lambda: actions.checked_now(person, cycle)[0])


def shown(person: Person, cycle: Cycle, stored: dict[str, Any], lang: str) -> dict[str, Any]:
    """Return what the page shows of a check. Who may not see the others' figures is told the verdict in words, and that there is more."""
    mark, tone = words.MARKS.get(stored.get("verdict", ""), ("–", ""))
    found: dict[str, Any] = {
        "verdict": words.verdict(stored.get("verdict", ""), lang),
        "mark": mark,
        "tone": tone,
        "hidden": not reach.visible(person, stored.get("where", {})),
    }
    if found["hidden"]:
        return found
    unit = stored.get("unit", "")
    return found | {
        "error": frozen.read(stored["error"])(lang) if stored.get("error") else "",
        "text": frozen.read(stored.get("text"))(lang),
        "figures": _figures(stored, unit, lang),
        "chart": _chart(cycle, stored, unit, lang),
        "table": _table(stored, unit, lang),
        "picking": (stored["picking"]["warn"], frozen.read(stored["picking"]["text"])(lang)) if stored.get("picking") else None,
        "confounders": [frozen.read(each)(lang) for each in stored.get("confounders", ())],
        "unknown": [text(lang) for text in unknown(cycle, stored)],
        "snapshot": stored.get("snapshot"),
        "catalogue": stored.get("catalogue", ""),
        "today": stored.get("today", ""),
    }


def _figures(stored: dict[str, Any], unit: str, lang: str) -> list[tuple[str, str, str]]:
    """The estimate and what it rests on: (label, figure, basis)."""
    counted = stored.get("n") or {}
    found = []
    if stored.get("value") is not None:
        low, high = (words.change(stored[end], unit, lang) for end in ("low", "high"))
        found.append(
            (Bilingual("推定した効果", "Estimated effect")(lang), words.change(stored["value"], unit, lang), f"95% {low} – {high}")
        )
    if stored.get("method"):
        found.append((Bilingual("方法", "Method")(lang), words.method(stored["method"], lang), ""))
    if counted:
        sides = Bilingual("実施 {units} ・ 比較 {others}", "{units} did it, {others} did not").format(**counted)(lang)
        weeks = Bilingual("前 {before}週 ・ 後 {after}週", f"{words.weeks(counted['before'])} before, {counted['after']} after").format(
            **counted
        )(lang)
        found.append(("n", sides, weeks))
    placebo = stored.get("placebo_p")
    if placebo is not None:
        found.append(
            (
                Bilingual("何もしていない日で試すと", "At dates when nothing was done")(lang),
                Bilingual(f"{placebo:.0%}", f"{placebo:.0%}")(lang),
                Bilingual("の偽の開始日で、同じほど動いた(小さいほど確か)", "of the fake starts moved as much (the fewer, the surer)")(
                    lang
                ),
            )
        )
    elif stored.get("p") is not None:
        swaps = Bilingual("実施先を入れ替えても、同じほどの差が出る割合", "of the swaps of who did it show as much")
        chance = Bilingual("偶然だけで、同じほどの変化が出る割合", "how often chance alone shows as much")
        basis = swaps if stored.get("method") == "did" else chance
        found.append((Bilingual("偶然なら", "By chance alone")(lang), _chance(stored["p"]), basis(lang)))
    return found


def _chance(p: float) -> str:
    return f"p = {p:.3f}" if p >= 0.001 else "p < 0.001"


def _table(stored: dict[str, Any], unit: str, lang: str) -> list[tuple[str, str, str, bool]]:
    """The weeks of the chart: (first day, those who did it, those who did not, whether it had begun)."""
    series = stored.get("series", ())
    beside = tuple(each for row in series for each in row[1:] if each is not None)
    return [(row[0], *(value_text(each, unit, beside)(lang) for each in row[1:]), row[0] >= stored.get("start", "")) for row in series]


def _chart(cycle: Cycle, stored: dict[str, Any], unit: str, lang: str) -> dict[str, Any] | None:
    series = stored.get("series", ())
    names = (Bilingual("実施先", "did it")(lang), Bilingual("比較先", "did not")(lang))
    rows = [
        {"t": day, "name": name, "value": value, "n": None}
        for name, at in zip(names, (1, 2), strict=True)
        for day, value in ((row[0], row[at]) for row in series)
        if any(row[at] is not None for row in series)
    ]
    if sum(row["value"] is not None for row in rows) < 2 or not stored.get("start"):
        return None
    name = centre().catalogue.kpis.get(cycle.kpi.partition(":")[0])
    called = name.name(lang) if name else cycle.kpi
    said = Bilingual(
        f"{called}の週ごとの値。縦の線は開始日({stored['start']})。実施先と比較先の差がどう変わったかを見る",
        f"{called} by week; the upright line is the start ({stored['start']}). Look at how the gap between the two changes",
    )(lang)
    start = (stored["start"], Bilingual("開始", "start")(lang))
    return {"spec": charts.lines(rows, unit, lang, said, since=start), "description": said}


def unknown(cycle: Cycle, stored: dict[str, Any]) -> list[Bilingual]:
    """Say what these figures cannot tell, whatever they say."""
    found: list[Bilingual] = []
    counted = stored.get("n") or {}
    after = counted.get("after", 0)
    if cycle.weeks_needed and after < cycle.weeks_needed:
        found.append(
            Bilingual(
                f"計画では効果が見えるまで{cycle.weeks_needed}週の見込みでした。まだ{after}週分なので、あっても見えないことがあります。",
                f"The plan expected {words.weeks(cycle.weeks_needed)} until it shows; there are {after} so far, so an effect may be there unseen.",
            )
        )
    nobody = not cycle.units or (cycle.others is not None and not any(cycle.others.values()))
    if not counted.get("others") and (after or nobody):  # within the first week nothing is counted yet, on either side
        found.append(
            Bilingual(
                "実施しなかったところがないので、同じ時期のほかの出来事による変化と区別できません。",
                "Nobody did without it, so other changes of that time cannot be told apart.",
            )
        )
    if cycle.how_picked not in ("random", ""):
        found.append(
            Bilingual(
                "くじで選んでいないので、もともとの違いが残っているかもしれません。",
                "Those who did it were not picked by lot: other differences between the sides may remain.",
            )
        )
    found += [
        Bilingual(
            "なぜ効いたのか(または効かなかったのか)は、この数字からは分かりません。", "Why it worked, or did not, these figures do not say."
        ),
        Bilingual(
            "ほかのチームでも同じだけ動くとは限りません。続くかどうかも、まだ分かりません。",
            "Other teams need not move as much, and whether it lasts is not known yet.",
        ),
    ]
    return found


def first_check(cycle: Cycle) -> date | None:
    """Return the day from which the expected effect should show; None where nothing was expected."""
    from datetime import timedelta

    return cycle.start + timedelta(weeks=cycle.weeks_needed) if cycle.start and cycle.weeks_needed else None
