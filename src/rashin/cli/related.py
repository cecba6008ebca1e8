"""`rashin related`: KPIs that move together over days or weeks, with lags, and no more than that."""

from __future__ import annotations

import click

from rashin.cli.lib.app import app
from rashin.cli.lib.choices import KpiName
from rashin.cli.lib.command import argument, command, option
from rashin.errors import Bilingual, QuestionError

_NOTHING = Bilingual("調べられる組がありません(値のある日が足りません)。", "There is no pair to look at: too few days have figures.")
_LONGER = Bilingual("期間を長くするか(30日以上)、絞り込みを外してください。", "Take a longer period (30 days at least), or fewer filters.")


@command(
    "一緒に動くKPIの組を探す。曜日・祝日・長期の傾向と前日までの影響を除き、多数の組を比べることによる偶然を補正する。",
    "KPIs that move together: weekday, holidays, trend and memory taken out, corrected for how many pairs were looked at.",
    argument("kpis", type=KpiName(), nargs=-1),
    option(
        "--period",
        "-p",
        ja="期間(省略時はデータの最後の26週。長いほど見つかりやすい)",
        en="period (default: the last 26 weeks with data; the longer, the more shows)",
    ),
    option(
        "--grain",
        "-g",
        type=click.Choice(("day", "week")),
        default="day",
        show_default=True,
        ja="日ごと、または週ごとに見る",
        en="look at days or at weeks",
    ),
    option("--lags", type=click.IntRange(0, 28), ja="ずらす幅(省略時は7日、4週)", en="how far apart to look (default: 7 days, 4 weeks)"),
    option("--where", multiple=True, metavar="NAME=VALUE", ja="絞り込み(channel=voice)", en="limit (channel=voice)"),
    option(
        "--all",
        "everything",
        is_flag=True,
        ja="偶然の範囲の組と、計算式で連動する組も示す",
        en="also pairs within chance, and arithmetic ones",
    ),
    examples=(
        "rashin related --where channel=voice",
        "rashin related csat --period 2026-04..2026-10",
        "rashin related answer_rate aht repeat_rate csat --period 2026-04..2026-10 --all",
        "rashin related --grain week --period 2025-09..2026-10 --format csv --out related.csv",
    ),
)
def related(kpis: tuple[str, ...], period: str | None, grain: str, lags: int | None, where: tuple[str, ...], everything: bool) -> None:
    """Show what moves together."""
    from rashin.cli.lib.asking import filters
    from rashin.cli.lib.listing import deliver
    from rashin.cli.lib.related_words import listing, machine
    from rashin.cli.lib.spans import looking_back
    from rashin.insight.correlation import pairs
    from rashin.query import Scope

    state = app()
    found = pairs(
        state.store,
        state.centre.catalogue,
        kpis if len(kpis) > 1 else None,
        looking_back(state, period, 182),
        scope=Scope.everything(),
        grain="day" if grain == "day" else "week",
        lags=lags,
        filters=filters(where),
        about=kpis[0] if len(kpis) == 1 else None,
    )
    if not found.pairs:
        raise QuestionError("related_nothing", _NOTHING, found.mistyped or _LONGER)
    deliver(state, listing(found, everything=everything) if state.format == "table" else machine(found))
    if state.format == "table" and not everything:
        state.next_step(
            "`--all` で、偶然の範囲の組と計算式で連動する組も見られます。", "`--all` also lists pairs within chance and arithmetic ones."
        )


COMMAND = related
