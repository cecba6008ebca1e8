"""`rashin why`: why a KPI moved, by every way of slicing, along its tree, through the staffing model; noise hidden."""

from __future__ import annotations

from rashin.cli.lib.app import app
from rashin.cli.lib.choices import KpiName
from rashin.cli.lib.command import argument, command, option
from rashin.cli.lib.why_options import AS_OF


@command(
    "KPIが動いた理由を、切り口ごと(構成と値)・ツリー・要員モデルに分けて示す。足すと必ず全体になり、偶然の範囲の差は隠す。",
    "Why a KPI moved: split by every way of slicing (mix and rate), along its tree and through the staffing model. Parts add up; what chance does is hidden.",
    argument("kpi", type=KpiName()),
    option("--period", "-p", ja="期間(省略時はデータのある最後の7日間)", en="period (default: the last seven days with data)"),
    option(
        "--against",
        "-a",
        ja="比べる期間: previous、last_year、または期間(省略時は前の期間。7日未満は前の週の同じ曜日)",
        en="compare with: previous, last_year, or a period (default: the period before; under seven days the same weekdays a week earlier)",
    ),
    option(
        "--by",
        "-b",
        multiple=True,
        ja="切り口(queue、team …、slot=30分)。queue+slot で掛け合わせ",
        en="slice by (queue, team …, slot = half hours); queue+slot crosses them",
    ),
    option("--where", multiple=True, metavar="NAME=VALUE", ja="絞り込み。例: channel=voice", en="filter, such as channel=voice"),
    option(
        "--other",
        multiple=True,
        metavar="NAME=VALUE",
        ja="比べる相手の絞り込み(グループどうしの比較)。例: --where weekday=3 --other weekday=1,2,4,5",
        en="the other side's filter, to compare groups: --where weekday=3 --other weekday=1,2,4,5",
    ),
    AS_OF,
    option("--all", "everything", is_flag=True, ja="偶然の範囲の区分もすべて表示", en="show every segment, noise too"),
    examples=(
        "rashin why answer_rate --period 2026-10 --against 2026-09",
        "rashin why service_level --period 2026-05-19 --where channel=voice --by queue+slot",
        "rashin why service_level --period 2026-08..2026-10 --where weekday=3 --other weekday=1,2,4,5",
    ),
)
def why(
    kpi: str,
    period: str | None,
    against: str | None,
    by: tuple[str, ...],
    where: tuple[str, ...],
    other: tuple[str, ...],
    as_of: int | None,
    everything: bool,
) -> None:
    """Explain and print."""
    from rashin.cli.lib.asking import filters, names
    from rashin.cli.lib.why_options import periods
    from rashin.cli.lib.why_words import deliver_change
    from rashin.insight.change import explain
    from rashin.query import Scope

    state = app()
    own, before = periods(state, period, against)
    ways = [tuple(part.strip() for part in each.split("+") if part.strip()) for each in names(by)]
    found = explain(
        state.store,
        state.centre.catalogue,
        kpi,
        own,
        before,
        scope=Scope.everything(),
        by=ways or None,
        where=filters(where),
        other_where=filters(other) if other else None,
        as_of=as_of,
    )
    deliver_change(state, found, everything=everything)
    hidden = sum(not each.shown for each in found.splits)
    if hidden and not everything:
        shows = "1 way of slicing shows" if hidden == 1 else f"{hidden} ways of slicing show"
        state.next_step(
            f"偶然の範囲しかない切り口が{hidden}個あります。`--all` ですべて表示します。",
            f"{shows} nothing beyond chance; `--all` prints {'it' if hidden == 1 else 'them'}.",
        )


COMMAND = why
