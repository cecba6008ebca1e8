"""`rashin alerts`: what is to be looked into, within a budget of false alarms."""

from __future__ import annotations

from rashin.cli.lib.app import app
from rashin.cli.lib.command import command, option


@command(
    "アラートの一覧。目標・帯・ふだんと違う動き・見かけの改善・データの欠けを、誤報を週1件未満に抑えて示す。",
    "List the alerts: goals, bands, figures out of the usual, gains in appearance only, data that lacks; with less than one false alarm a week.",
    option(
        "--as-of",
        "as_of",
        metavar="DATE",
        ja="この日の終わりの時点で(省略時はデータの最後の日)",
        en="as of the end of this day (default: the last day with data)",
    ),
    option(
        "--held-back",
        "held_back",
        is_flag=True,
        ja="誤報を抑えるために見送ったものも理由とともに示す",
        en="also what was held back, with the reason",
    ),
    examples=("rashin alerts", "rashin alerts --as-of 2026-05-19", "rashin alerts --held-back --format json --out alerts.json"),
)
def alerts(as_of: str | None, held_back: bool) -> None:
    """List the alerts."""
    from datetime import timedelta

    from rashin.cli.lib.alert_words import listing
    from rashin.cli.lib.goal_options import day
    from rashin.cli.lib.goal_words import goals_of, seen_from
    from rashin.cli.lib.listing import deliver
    from rashin.judge.watch import watch
    from rashin.query import Scope

    state = app()
    seen, _ = seen_from(state, day(as_of, "as-of"))
    goals = goals_of(state)
    found = watch(state.store, state.centre.catalogue, goals, seen + timedelta(days=1), scope=Scope.everything())
    deliver(state, listing(found, seen, held_back=held_back, machine=state.format != "table"))
    first = next((alert for alert in found.alerts if alert.spots), None)
    if first is not None:
        kpi, period = first.spots[0].question.kpis[0], first.period
        where = " ".join(f"--where {name}={value}" for name, values in first.where.items() for value in values if value is not None)
        words = " ".join(part for part in (f"rashin rows {kpi} --period {period.start}..{period.last}", where) if part)
        state.next_step(f"`{words}` でもとの行を表示します。", f"`{words}` shows the rows behind it.")


COMMAND = alerts
