"""`rashin effect`: what an action did to a KPI, with its interval and what cannot be known."""

from __future__ import annotations

import click

from rashin.cli.lib.app import app
from rashin.cli.lib.choices import KpiName
from rashin.cli.lib.command import argument, command, option

_HOW = ("worst", "random", "all", "volunteers", "other")


@command(
    "取り組みの効果を、実施しなかったところと比べて区間つきで示す。証拠があるか、ないか、判断できないか。",
    "What an action did to a KPI, against those that did not do it, with its interval: evidence, no evidence, or cannot be known.",
    argument("kpi", type=KpiName()),
    option(
        "--units",
        multiple=True,
        metavar="NAME=VALUE",
        ja="実施したところ(team=naha-2)。省略時は全体",
        en="who did it (team=naha-2); default: everybody",
    ),
    option(
        "--others",
        multiple=True,
        metavar="NAME=VALUE",
        ja="比べる先(省略時は同じ切り口の残りすべて)",
        en="who did not (default: every other value of the same dimension)",
    ),
    option("--start", required=True, metavar="DATE", ja="最初の日", en="first day"),
    option("--end", metavar="DATE", ja="最後の日(省略時は続いている)", en="last day (default: it goes on)"),
    option(
        "--before",
        type=click.IntRange(2, 104),
        default=13,
        show_default=True,
        ja="比べる前の週数",
        en="weeks before the start to compare with",
    ),
    option("--where", multiple=True, metavar="NAME=VALUE", ja="絞り込み(channel=voice)", en="further limit (channel=voice)"),
    option("--picked", type=click.Choice(_HOW), ja="実施先の選び方", en="how the units were picked"),
    option("--as-of", "as_of", metavar="DATE", ja="この日の終わりまでのデータで", en="with the data up to the end of this day"),
    examples=(
        "rashin effect aht --units team=naha-2 --others team=naha-1 --start 2026-06-01 --end 2026-06-30 --where channel=voice",
        "rashin effect repeat_rate --units agent=kimura.ken --start 2026-09-07 --picked worst",
    ),
)
def effect(
    kpi: str,
    units: tuple[str, ...],
    others: tuple[str, ...],
    start: str,
    end: str | None,
    before: int,
    where: tuple[str, ...],
    picked: str | None,
    as_of: str | None,
) -> None:
    """Show the effect of an action."""
    from datetime import timedelta

    from rashin.cli.lib.asking import filters
    from rashin.cli.lib.effect_words import page_of
    from rashin.cli.lib.goal_options import day
    from rashin.cli.lib.goal_words import seen_from
    from rashin.insight.action import Action
    from rashin.insight.effect import effect as estimate
    from rashin.insight.plan import picked as picking
    from rashin.query import Scope

    state = app()
    first = day(start, "start")
    assert first is not None  # the option is required
    units_by, others_by = named(filters(units)), named(filters(others))
    action = Action(units_by, first, day(end, "end"), others_by or None, before, filters(where))
    seen, _ = seen_from(state, day(as_of, "as-of"))
    scope, catalogue = Scope.everything(), state.centre.catalogue
    found = estimate(state.store, catalogue, kpi, action, scope=scope, today=seen + timedelta(days=1))
    chosen = picking(state.store, catalogue, kpi, action, picked, scope=scope) if picked is not None and action.dimension else None  # type: ignore[arg-type]
    page_of(found, chosen).deliver(state)
    if picked is None and action.dimension is not None:
        state.next_step(
            "実施先の選び方を `--picked worst` のように書くと、何もしなくても戻る分を示します。",
            "Say how the units were picked, such as `--picked worst`, to see what comes back by itself.",
        )


def named(given: dict[str, tuple[str | None, ...]]) -> dict[str, tuple[str, ...]]:
    """Return units by dimension; what is not known is no unit."""
    return {name: tuple(value for value in values if value is not None) for name, values in given.items()}


COMMAND = effect
