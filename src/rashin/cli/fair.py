"""`rashin fair`: people or teams compared on a KPI at the same mix of work, in tiers rather than places."""

from __future__ import annotations

from rashin.cli.lib.app import app
from rashin.cli.lib.choices import KpiName
from rashin.cli.lib.command import argument, command, option


@command(
    "担当者やチームを公平に比べる。仕事の構成(窓口×時間帯)を揃え、偶然の幅を示し、差があると言えない人どうしに順位をつけない。",
    "Compare people or teams fairly: at the same mix of work (queue × hour), with what chance does, and no order where none can be told.",
    argument("kpi", type=KpiName()),
    option(
        "--by",
        "-b",
        default="agent",
        show_default=True,
        ja="比べる単位: agent、team、vendor、site など",
        en="what to compare: agent, team, vendor, site …",
    ),
    option("--period", "-p", ja="期間(省略時はデータの最後の90日)", en="period (default: the last 90 days with data)"),
    option("--where", multiple=True, metavar="NAME=VALUE", ja="絞り込み(channel=voice)", en="limit (channel=voice)"),
    option(
        "--adjust",
        multiple=True,
        ja="揃える仕事の構成(省略時は queue,hour。「none」で揃えない)",
        en="mix of work to adjust for (default: queue,hour; “none”: do not)",
    ),
    examples=(
        "rashin fair aht --where channel=voice --period 2026-08..2026-10",
        "rashin fair repeat_rate:first_contact --by team",
        "rashin fair service_level --by vendor --period 2026-09 --format xlsx --out vendors.xlsx",
    ),
)
def fair(kpi: str, by: str, period: str | None, where: tuple[str, ...], adjust: tuple[str, ...]) -> None:
    """Compare and show."""
    from rashin.cli.lib.asking import filters, names
    from rashin.cli.lib.fair_words import listing, machine
    from rashin.cli.lib.listing import deliver
    from rashin.cli.lib.spans import looking_back
    from rashin.insight.fair import ADJUST, compare
    from rashin.query import Scope
    from rashin.query.dimensions import check

    state = app()
    chosen = names(adjust)
    found = compare(
        state.store,
        state.centre.catalogue,
        kpi,
        by,
        looking_back(state, period, 90),
        scope=Scope.everything(),
        adjust=() if chosen == ("none",) else check(chosen) if chosen else ADJUST,
        filters=filters(where),
    )
    deliver(state, listing(found) if state.format == "table" else machine(found))


COMMAND = fair
