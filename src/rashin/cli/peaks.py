"""`rashin peaks`: when and where the load and the waits are, how many people are behind the attempts, what concentration costs in seats."""

from __future__ import annotations

import click

from rashin.cli.lib.app import app
from rashin.cli.lib.command import command, option


@command(
    "混雑を見る。曜日×時間帯×窓口の件数・応答・待ち、とくに悪かった区間、かけ直しを人に直した数、集中が席数に与える影響。",
    "Peaks: volume, reach and wait by weekday, hour and queue; the worst intervals; attempts as people; what concentration costs in seats.",
    option(
        "--period",
        "-p",
        ja="期間: 2026-10、2026-W43、先月 など(省略時はデータの最後の月)",
        en="period: 2026-10, 2026-W43, “last month” … (default: the last month with data)",
    ),
    option(
        "--by",
        "-b",
        multiple=True,
        ja="分け方(省略時は queue。「all」で全体を一つに)",
        en="slice by (default: queue; “all”: everything as one)",
    ),
    option("--where", multiple=True, metavar="NAME=VALUE", ja="絞り込み(channel=voice)", en="limit (channel=voice)"),
    option(
        "--slot", type=click.Choice(("15", "30", "60")), default="30", show_default=True, ja="区間の長さ(分)", en="minutes of an interval"
    ),
    option(
        "--show",
        type=click.Choice(("hours", "map", "worst", "people", "seats")),
        default="hours",
        show_default=True,
        ja="示すもの: hours 悪かった曜日・時間帯、map 曜日×時間の件数、worst 個々の区間、people 人数、seats 集中と席数",
        en="hours: worst hours of the week; map: contacts by weekday and hour; worst: single intervals; people; seats: concentration and seats",
    ),
    examples=(
        "rashin peaks --period 2026-10 --where channel=voice",
        "rashin peaks --by all --where channel=voice --show map",
        "rashin peaks --period 2026-10 --show seats",
        "rashin peaks --format csv --out peaks.csv",
    ),
)
def peaks(period: str | None, by: tuple[str, ...], where: tuple[str, ...], slot: str, show: str) -> None:
    """Show the peaks."""
    from rashin.calendars import Period
    from rashin.cli.lib.asking import filters, names
    from rashin.cli.lib.goal_words import seen_from
    from rashin.cli.lib.listing import deliver
    from rashin.cli.lib.peak_words import LISTINGS, cells
    from rashin.insight.peaks import peaks as find
    from rashin.query import Scope
    from rashin.query.settings import Settings

    state = app()
    seen, _ = seen_from(state, None)
    chosen = names(by) or ("queue",)
    found = find(
        state.store,
        state.centre.catalogue,
        scope=Scope.everything(),
        period=Period.parse(period or f"{seen:%Y-%m}", seen, Settings.of(state.store).time),
        where=filters(where),
        by=() if chosen == ("all",) else chosen,
        slot_minutes=int(slot),
    )
    deliver(state, cells(found) if state.format != "table" and show == "hours" else LISTINGS[show](found))


COMMAND = peaks
