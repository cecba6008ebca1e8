"""Goals as records and pages: where each stands, for people and for machines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from rashin.cli.lib.app import App
from rashin.cli.lib.lang import say, told
from rashin.cli.lib.listing import Column, Listing, column

if TYPE_CHECKING:
    from rashin.cli.lib.page import Page
    from rashin.judge.goal import Goal
    from rashin.judge.goals import Goals
    from rashin.judge.pace import Pace


def goals_of(state: App) -> Goals:
    """Return the workspace's goals; each file that is wrong is told once, beside the result."""
    from rashin.judge.goals import of_store

    found = of_store(state.store, state.centre.catalogue)
    from rashin.cli.lib.lang import lang

    for error in found.refused.values():
        state.note(error.text(lang()))
    return found


def no_goals(state: App) -> None:
    """Say what to do where there is no goal yet."""
    state.note(say("目標はまだありません。", "There are no goals yet."))
    state.next_step(
        "`rashin goals presets` で決め方の例を見るか、`rashin goals add answer_rate --target 80% --where channel=voice` で作成します。",
        "Look at `rashin goals presets`, or make one: `rashin goals add answer_rate --target 80% --where channel=voice`.",
    )


def seen_from(state: App, on: date | None) -> tuple[date, date | None]:
    """Return the day that goals are seen from and the last day taken as over (None: the day is still running): the newest day with data unless said."""
    today = state.centre.today()
    if on is None:
        rows = state.store.coverage().select(["business_date", "row_count", "fact"]).to_pylist()
        days = [
            row["business_date"] for row in rows if row["row_count"] and row["business_date"] and row["fact"] in ("contact", "agent_time")
        ]
        on = max((day for day in days if day <= today), default=today)
    return on, (on if on < today else None)


def pace_of(state: App, goal: Goal, on: date, last: date | None) -> Pace:
    """Return where a goal stands; of one that has ended, how its last period came out."""
    from rashin.judge.pace import pace
    from rashin.query import Scope

    over = goal.periods(on, last=1) if goal.end is not None and goal.end < on else []
    return pace(state.store, state.centre.catalogue, goal, on, scope=Scope.everything(), last=last, period=over[0] if over else None)


def record(found: Pace) -> dict[str, Any]:
    """Return one pace as plain values."""
    goal, judged, rest = found.goal, found.judgement, found.remaining
    return {
        "goal": goal.name,
        "kpi": goal.kpi,
        "title": told(goal.heading),
        "period": found.period.text if found.period else None,
        "value": judged.value,
        "unit": goal.unit,
        "low": goal.ends.low,
        "high": goal.ends.high,
        "judgement": judged.state,
        "certain": judged.certain,
        "gap": judged.gap,
        "attainment": found.attainment,
        "state": found.state,
        "days_left": found.days_left,
        "remaining": rest.volume if rest else None,
        "required_low": found.required.low if found.required else None,
        "required_high": found.required.high if found.required else None,
        "probability": found.probability,
        "probability_low": found.probability_range[0] if found.probability_range else None,
        "probability_high": found.probability_range[1] if found.probability_range else None,
        "owner": goal.owner or None,
        "version": goal.version,
        "pace": told(found.text),
        "judgement_word": told(judged.word),
    }


def listing(records: list[dict[str, Any]], on: date, *, machine: bool) -> Listing:
    """Return all goals as a table; for machines every figure in a column of its own."""
    if machine:
        return Listing([Column(key, _same(key)) for key in records[0] if key != "judgement_word"] if records else [], records)
    columns = [
        column("goal", "目標", "Goal"),
        column("title", "見出し", "Title"),
        column("period", "期間", "Period"),
        column("judgement_word", "判定", "Judgement"),
        column("pace", "ペース", "Pace"),
    ]
    return Listing(columns, records, notes=[say(f"{on} 時点、{len(records)} 件", f"{len(records)} goals, as of {on}")])


def _same(text: str) -> Any:
    from rashin.errors import Bilingual

    return Bilingual(text, text)


def page_of(goal: Goal, found: Pace) -> Page:
    """Return one goal in full: what it says, and where it stands."""
    from rashin.cli.lib.page import Page
    from rashin.judge.goal import EVERY, TERMS
    from rashin.judge.words import days_text, ends_text, hours_text, value_text
    from rashin.stats.chances import chance_in_words

    page = Page()
    page.heading(told(goal.heading))
    _items(
        page,
        {
            ("kpi", "KPI", "KPI"): f"{goal.kpi}  {told(goal.definition.name)}",
            ("target", "目標", "Target"): told(ends_text(goal.ends, goal.unit)),
            ("every", "区切り", "Every"): told(EVERY[goal.every]),
            ("dates", "期間", "Dates"): f"{goal.start or ''} – {goal.end or ''}" if goal.start or goal.end else "",
            ("term", "長短", "Term"): told(TERMS[goal.term]) if goal.term else "",
            ("where", "対象", "Where"): "; ".join(f"{name} = {', '.join(map(str, values))}" for name, values in goal.where),
            ("days", "曜日・時間帯", "Days and hours"): ", ".join(told(each) for each in (days_text(goal), hours_text(goal)) if each),
            ("owner", "責任者", "Owner"): goal.owner,
            ("purpose", "目的", "Purpose"): told(goal.purpose) if goal.purpose else "",
            ("kgi", "KGI", "KGI"): goal.kgi,
            ("benefit", "本人の利点", "Benefit"): told(goal.benefit) if goal.benefit else "",
            ("consequence", "未達のとき", "When missed"): told(goal.consequence) if goal.consequence else "",
            ("plan", "行動計画", "Plan"): told(goal.plan) if goal.plan else goal.cycle,
            ("counter", "対抗指標", "Counter-metrics"): ", ".join(goal.counters),
            ("reviewed", "最終見直し", "Reviewed"): str(goal.reviewed or ""),
            ("origin", "目標値の出どころ", "Origin"): told(goal.origin) if goal.origin else "",
            ("version", "版", "Version"): str(goal.version or ""),
        },
    )
    page.gap(say("いまの位置", "Where it stands"))
    rest, chance = found.remaining, found.probability
    ends = found.probability_range or (None, None)
    _items(
        page,
        {
            ("period", "期間", "Period"): told(found.period.label) if found.period else "",
            ("judgement", "判定", "Judgement"): told(found.judgement.text)
            + (say("(確か)", " (certain)") if found.judgement.certain else ""),
            ("interval", "95%区間", "95% interval"): " – ".join(told(value_text(each, goal.unit)) for each in found.judgement.interval)
            if found.judgement.interval
            else "",
            ("pace", "ペース", "Pace"): told(found.text),
            ("days", "日数", "Days"): say(
                f"経過 {found.days_gone} 日、残り {found.days_left} 日", f"{found.days_gone} gone, {found.days_left} left"
            ),
            ("remaining", "残りの量", "Remaining"): f"{rest.volume:,.0f} ({rest.low:,.0f}–{rest.high:,.0f}); {told(rest.how)}"
            if rest and rest.days
            else "",
            ("chance", "達成の見込み", "Chance"): f"{told(chance_in_words(chance, ends[0], ends[1], found.state))} ({chance:.0%})"
            if chance is not None
            else "",
        },
    )
    for number, note in enumerate(found.lacking, 1):
        page.item(f"lacking.{number}", say("データの欠け", "Lacking"), told(note))
    return page


def _items(page: Page, items: Mapping[tuple[str, str, str], str]) -> None:
    for (key, ja, en), text in items.items():
        if text:
            page.item(key, say(ja, en), text)
