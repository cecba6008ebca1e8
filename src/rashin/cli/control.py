"""`rashin control`: a KPI's control chart, seasonally adjusted, with the false alarms that chance alone brings."""

from __future__ import annotations

import click

from rashin.cli.lib.app import app
from rashin.cli.lib.choices import KpiName
from rashin.cli.lib.command import argument, command, option
from rashin.errors import Bilingual, QuestionError

_OTHERWISE = Bilingual("期間か絞り込みを変えてください。", "Choose another period or filter.")
_RULES = ("2_of_3", "4_of_5", "8_same")


@command(
    "管理図。曜日・祝日の型を除いた限界と、その外の日、偶然だけで出る合図の数を示す。",
    "A control chart: limits without the pattern of weekdays and holidays, the days outside, and how many signals chance alone brings.",
    argument("kpi", type=KpiName()),
    option("--period", "-p", ja="期間(省略時はデータの最後の26週)", en="period (default: the last 26 weeks with data)"),
    option(
        "--grain",
        "-g",
        type=click.Choice(("day", "week")),
        default="day",
        show_default=True,
        ja="日ごと、または週ごと",
        en="by day or by week",
    ),
    option("--where", multiple=True, metavar="NAME=VALUE", ja="絞り込み(channel=voice)", en="limit (channel=voice)"),
    option(
        "--rule",
        "extra",
        type=click.Choice(_RULES),
        multiple=True,
        ja="Western Electricのルールを加える(誤報が増える)",
        en="add a Western Electric rule (more false alarms)",
    ),
    option("--drift", is_flag=True, ja="ゆっくりしたずれ(EWMA)も見る", en="also look for slow drifts (EWMA)"),
    examples=(
        "rashin control service_level --where channel=voice",
        "rashin control aht --where team=naha-2 --drift --period 2026-05..2026-10",
        "rashin control volume --grain week --rule 8_same --format csv --out volume.csv",
    ),
)
def control(kpi: str, period: str | None, grain: str, where: tuple[str, ...], extra: tuple[str, ...], drift: bool) -> None:
    """Show the chart's points."""
    from rashin.cli.lib.asking import filters
    from rashin.cli.lib.listing import deliver
    from rashin.cli.lib.related_words import points
    from rashin.cli.lib.spans import looking_back
    from rashin.insight.chart import control as chart
    from rashin.query import Scope

    state = app()
    found = chart(
        state.store,
        state.centre.catalogue,
        kpi,
        looking_back(state, period, 182),
        scope=Scope.everything(),
        grain="day" if grain == "day" else "week",
        filters=filters(where),
        rules=("beyond_3", *extra),
        drift=drift,
    )
    if all(point.value is None for point in found.points):
        raise QuestionError("control_nothing", found.text, found.mistyped or _OTHERWISE)
    deliver(state, points(found))


COMMAND = control
