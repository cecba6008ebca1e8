"""`rashin forecast`: volumes to come per queue, channel and interval, with the error of the past beside them; kept ones held to what came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from rashin.cli.lib.app import App, app
from rashin.cli.lib.command import command, option

if TYPE_CHECKING:
    from rashin.insight.forecast import Forecast


@command(
    "これから来る件数を窓口・チャネル・区間ごとに予測する。過去の誤差、前週と同じとした場合の誤差、偶然だけの誤差を並べて示す。",
    "Forecast volumes per queue, channel and interval, with the error of the past, the naive forecast's and chance's side by side.",
    option(
        "--period",
        "-p",
        ja="予測する期間: 2026-11、2026-11-01..2026-11-14 など(省略時は翌月)",
        en="the days to forecast: 2026-11, 2026-11-01..2026-11-14 (default: next month)",
    ),
    option(
        "--by",
        "-b",
        multiple=True,
        ja="分け方(省略時は queue,channel。「all」で全体を一つに)",
        en="one forecast for each (default: queue,channel; “all”: one for everything)",
    ),
    option("--where", multiple=True, metavar="NAME=VALUE", ja="絞り込み(queue=order)", en="limit (queue=order)"),
    option(
        "--slot", type=click.Choice(("15", "30", "60")), default="30", show_default=True, ja="区間の長さ(分)", en="minutes of an interval"
    ),
    option(
        "--as-of",
        "as_of",
        metavar="DATE",
        ja="この日の終わりまでの実績で予測する(省略時はデータの最後の日)",
        en="learn up to the end of this day (default: the last day with data)",
    ),
    option("--days", is_flag=True, ja="日ごとの合計を示す", en="totals of days"),
    option(
        "--slots",
        is_flag=True,
        ja="区間ごとに示す(ファイルや機械向けの形式では常に区間ごと)",
        en="every interval (always so in forms for machines)",
    ),
    option(
        "--leave-out-suspected",
        is_flag=True,
        ja="ふだんと違う日を学習から外す(外した日は示す)",
        en="days that look odd teach nothing (they are named)",
    ),
    option("--keep", is_flag=True, ja="予測を残す(後で実績と比べる)", en="keep it, to be held to what comes"),
    option("--name", ja="残すときの名前(省略時は期間と作成日)", en="its name (default: its days and the day it was made)"),
    option("--kept", is_flag=True, ja="残した予測の一覧", en="list the kept forecasts"),
    option("--review", metavar="NAME", ja="残した予測を実績と比べる", en="hold a kept forecast to what came"),
    option(
        "--intraday",
        metavar='"DATE HH:MM"',
        ja="当日のこの時刻までの実績で、その日の残りを予測し直す",
        en="the rest of a day anew, from what came by this time",
    ),
    examples=(
        "rashin forecast --period 2026-11",
        "rashin forecast --where queue=order --days",
        "rashin forecast --slot 15 --format csv --out forecast.csv",
        "rashin forecast --period 2026-11 --keep --name november",
        "rashin forecast --review november",
    ),
)
def forecast(**given: Any) -> None:
    """Forecast, keep, review."""
    state = app()
    if given["kept"]:
        _list_kept(state)
    elif given["review"] is not None:
        _review(state, given["review"], given["as_of"])
    else:
        _forecast(state, given)


def _forecast(state: App, given: dict[str, Any]) -> None:
    from datetime import timedelta

    from rashin.calendars import Period
    from rashin.cli.lib.app import WRITING
    from rashin.cli.lib.asking import filters, names
    from rashin.cli.lib.forecast_words import by_day, by_slot, summary
    from rashin.cli.lib.goal_options import day
    from rashin.cli.lib.goal_words import seen_from
    from rashin.cli.lib.listing import deliver
    from rashin.insight.forecast import forecasts
    from rashin.insight.forecast.keep import keep
    from rashin.query import Scope
    from rashin.query.settings import Settings

    seen, _ = seen_from(state, day(given["as_of"], "as-of"))
    today = seen + timedelta(days=1)
    moment = _moment(given["intraday"])
    if moment is not None:
        today = moment[0]
    period = None if given["period"] is None else Period.parse(given["period"], today, Settings.of(state.store).time)
    if period is None:
        first = today if moment is not None else (seen.replace(day=1) + timedelta(days=32)).replace(day=1)
        last = first if moment is not None else (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    else:
        first, last = period.start, period.last
    by = names(given["by"]) or ("queue", "channel")
    found = forecasts(
        state.store,
        state.centre.catalogue,
        scope=Scope.everything(),
        where=filters(given["where"]),
        by=() if by == ("all",) else by,
        first=first,
        last=last,
        slot_minutes=int(given["slot"]),
        today=today,
        leave_out_suspected=given["leave_out_suspected"],
    )
    if given["keep"]:
        with WRITING:
            path = keep(state.workspace.path, found, given["name"])
        state.next_step(
            f"`rashin forecast --review {path.stem}` で実績と比べます。", f"`rashin forecast --review {path.stem}` holds it to what comes."
        )
    if moment is not None:
        _intraday(state, found, moment)
    elif given["slots"] or state.format != "table":
        deliver(state, by_slot(found))
    else:
        deliver(state, by_day(found) if given["days"] else summary(found))


def _moment(text: str | None) -> tuple[Any, str] | None:
    from rashin.cli.lib.goal_options import day

    if text is None:
        return None
    on, _, clock = text.strip().replace("T", " ").partition(" ")
    return day(on, "intraday"), clock.strip() or "24:00"


def _intraday(state: App, found: tuple[Forecast, ...], moment: tuple[Any, str]) -> None:
    from rashin.cli.lib.forecast_words import anew
    from rashin.cli.lib.listing import deliver
    from rashin.errors import QuestionError
    from rashin.insight.forecast.intraday import update
    from rashin.query import Scope

    made, missed = [], None
    for each in found:
        try:
            made.append((each, update(state.store, state.centre.catalogue, each, scope=Scope.everything(), day=moment[0], upto=moment[1])))
        except QuestionError as problem:  # a queue that is closed that day, or of which nothing has come: the others are told
            missed = problem
    if not made and missed is not None:
        raise missed
    deliver(state, anew(made, slots=state.format != "table"))


def _list_kept(state: App) -> None:
    from rashin.cli.lib.forecast_words import kept_listing
    from rashin.cli.lib.listing import deliver
    from rashin.insight.forecast.keep import kept, names

    folder = state.workspace.path
    deliver(state, kept_listing([kept(folder, name) for name in names(folder)]))


def _review(state: App, name: str, as_of: str | None) -> None:
    from datetime import timedelta

    from rashin.cli.lib.forecast_words import reviewed
    from rashin.cli.lib.goal_options import day
    from rashin.cli.lib.goal_words import seen_from
    from rashin.cli.lib.listing import deliver
    from rashin.insight.forecast.keep import kept
    from rashin.insight.forecast.review import review
    from rashin.query import Scope

    seen, _ = seen_from(state, day(as_of, "as-of"))
    found = review(
        state.store, state.centre.catalogue, kept(state.workspace.path, name), scope=Scope.everything(), today=seen + timedelta(days=1)
    )
    deliver(state, reviewed(found))


COMMAND = forecast
