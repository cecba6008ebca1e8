"""Presets of goals on the screen, and made goals of the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from rashin.cli.lib.app import WRITING, App
from rashin.cli.lib.lang import say, told
from rashin.cli.lib.listing import Listing, column, deliver

if TYPE_CHECKING:
    from rashin.judge.presets import Preset


def listed(state: App, known: Mapping[str, Preset]) -> None:
    """List the presets."""
    records = [
        {"set": each.name, "title": told(each.title), "goals": len(each.goals), "open": len(each.open), "origin": told(each.origin)}
        for each in known.values()
    ]
    columns = [
        column("set", "組", "Set"),
        column("title", "名称", "Title"),
        column("goals", "目標値あり", "With a target", right=True),
        column("open", "自社で決める", "To be set", right=True),
        column("origin", "出どころ", "Origin"),
    ]
    deliver(state, Listing(columns, records, notes=[say(f"{len(records)} 組", f"{len(records)} sets")]))
    state.next_step("はじめは5項目から: `rashin goals presets stage_5`", "Begin with five: `rashin goals presets stage_5`")


def shown(state: App, chosen: Preset) -> None:
    """Show one preset: its goals with their origin, and the KPIs for which nobody publishes a target."""
    from rashin.judge.words import ends_text

    records = [
        {
            "kpi": goal.kpi,
            "target": told(ends_text(goal.ends, goal.unit)),
            "every": goal.every,
            "origin": told(goal.origin) if goal.origin else "",
        }
        for goal in chosen.goals
    ]
    own = say("公表された目標値がない。自社の実績から決める", "nobody publishes a target: set your own from your history")
    records += [{"kpi": kpi, "target": "–", "every": "", "origin": own} for kpi in chosen.open]
    columns = [
        column("kpi", "KPI", "KPI"),
        column("target", "目標", "Target"),
        column("every", "区切り", "Every"),
        column("origin", "出どころ", "Origin"),
    ]
    deliver(state, Listing(columns, records, told(chosen.title), [told(chosen.meaning)]))
    state.next_step(
        f"`rashin goals presets {chosen.name} --adopt --start 開始日 --end 終了日` で自分の目標にします。",
        f"`rashin goals presets {chosen.name} --adopt --start DAY --end DAY` makes them goals of this workspace.",
    )


def adopt(state: App, chosen: Preset, start: date, end: date | None, owner: str) -> None:
    """Add the goals of a preset, except for KPIs that have a goal already."""
    from rashin.cli.lib.goal_words import goals_of
    from rashin.cli.lib.person import who
    from rashin.judge.goals import name_for, save
    from rashin.judge.presets import dated
    from rashin.query.settings import Settings

    known, settings = goals_of(state), Settings.of(state.store)
    covered = {goal.kpi for goal in known.values()}
    taken = [*known, *(each.removesuffix(".toml") for each in known.refused)]
    with WRITING:
        for goal in chosen.goals:
            if goal.kpi in covered:
                state.note(say(f"{goal.kpi} には目標があるので加えません。", f"{goal.kpi} has a goal already: left as it is."))
                continue
            name = name_for(goal.name, taken)
            taken.append(name)
            text = dated(goal, start, end, owner=owner)
            save(
                state.workspace.folder("goals"),
                name,
                text,
                by=who(),
                reason=f"preset {chosen.name}",
                expect_version=0,
                catalogue=state.centre.catalogue,
                settings=settings,
            )
            state.note(say(f"加えました: {name}", f"Added: {name}"))
    for kpi in chosen.open:
        if kpi not in covered:
            state.note(say(f"{kpi}: 目標値を自社で決めて加えてください。", f"{kpi}: set a target of your own."))
    state.next_step("`rashin goals list` でいまの位置を表示します。", "`rashin goals list` shows where they stand.")
