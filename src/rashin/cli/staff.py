"""`rashin staff`: seats per interval, shifts, cost; named rosters; plans held to what happened."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from rashin.cli.lib.app import WRITING, App, app
from rashin.cli.lib.command import Group, argument, command, option
from rashin.cli.lib.lang import lang
from rashin.errors import Bilingual, InputError, QuestionError

if TYPE_CHECKING:
    from rashin.insight.staffing.model import Plan

_PERIOD = option(
    "--period", "-p", ja="計画する期間: 2026-11、2026-11-01..2026-11-14 など(省略時は翌月)", en="the days to plan (default: next month)"
)
_GROUPS = option("--group", "-g", multiple=True, ja="グループ(省略時はすべて)", en="only these groups (default: all)")
_AS_OF = option("--as-of", "as_of", metavar="DATE", ja="この日の終わりまでの実績で計画する", en="learn up to the end of this day")
_WHERE = option(
    "--where", multiple=True, metavar="NAME=VALUE", ja="絞り込み(グループが書かれていないとき)", en="limit, where no groups are written"
)


@command(
    "区間ごとに必要な席数を計画する。予測・処理時間・待てる時間は実績から、目標・シュリンケージ・シフト・時給は staffing.toml から。",
    "Plan seats per interval: forecast, handling time and patience from the facts; targets, shrinkage, shifts and wages from staffing.toml.",
    _PERIOD,
    _GROUPS,
    _WHERE,
    option(
        "--by",
        type=click.Choice(("group", "day", "slot", "shift")),
        ja="表の分け方(機械向けの形式では省略時 slot)",
        en="lines of the table (default: group; slot in forms for machines)",
    ),
    option(
        "--quantile",
        type=click.FloatRange(0, 1, min_open=True, max_open=True),
        ja="予測のどの分位で計画するか(0.7 など)",
        en="of the forecast, to plan for (such as 0.7)",
    ),
    option("--cover/--no-cover", default=None, ja="シフトを割り付ける・割り付けない", en="make shifts or not"),
    _AS_OF,
    option(
        "--keep", "name", metavar="NAME", ja="計画を残す(後で実績と比べる)", en="keep the plan under this name, to be held to what comes"
    ),
    option("--replace", is_flag=True, ja="同じ名前の計画を置き換える", en="replace a kept plan of that name"),
    examples=(
        "rashin staff plan --period 2026-11",
        "rashin staff plan --period 2026-11 --by shift",
        "rashin staff plan --period 2026-11 --keep november --format csv --out seats.csv",
    ),
)
def plan(**given: Any) -> None:
    """Plan seats."""
    from rashin.cli.lib.listing import deliver
    from rashin.cli.lib.staff_words import by_day, by_group, by_shift, by_slot
    from rashin.insight.staffing.plans import keep

    state = app()
    found = _plan(state, given)
    if given["name"] is not None:
        with WRITING:
            keep(state.workspace.path, given["name"], found, replace=given["replace"])
        state.next_step(
            f"`rashin staff back-test {given['name']}` で実績と比べます。",
            f"`rashin staff back-test {given['name']}` holds it to what came.",
        )
    by = given["by"] or ("group" if state.format == "table" else "slot")
    deliver(state, {"group": by_group, "day": by_day, "slot": by_slot, "shift": by_shift}[by](found))


def _plan(state: App, given: dict[str, Any], **more: Any) -> Plan:
    from datetime import timedelta

    from rashin.cli.lib.asking import filters, names
    from rashin.cli.lib.goal_options import day
    from rashin.cli.lib.goal_words import seen_from
    from rashin.cli.lib.progress import bar
    from rashin.insight.staffing import plan as make
    from rashin.insight.staffing.workforce import load
    from rashin.query import Scope

    seen, _ = seen_from(state, day(given["as_of"], "as-of"))
    first, last = _span(state, given["period"], seen)
    force = load(state.workspace.path)
    if given.get("where") and force.groups:
        raise _grouped(tuple(force.groups))
    with bar(state, state.workspace.path.name, 1.0) as step:
        return make(
            state.store,
            state.centre.catalogue,
            force,
            scope=Scope.everything(),
            first=first,
            last=last,
            today=seen + timedelta(days=1),
            groups=names(given["group"]),
            where=filters(given.get("where", ())),
            **{"quantile": given.get("quantile"), "cover": given.get("cover"), "progress": step, **more},
        )


def _grouped(names: tuple[str, ...]) -> QuestionError:
    listed = ", ".join(names)
    return QuestionError(
        "staffing_where",
        Bilingual(
            "staffing.toml に窓口のグループが書かれているため、--where では絞り込めません。",
            "staffing.toml has groups, so --where does not apply.",
        ),
        Bilingual(f"--group で選びます: {listed}", f"Choose with --group: {listed}"),
    )


def _span(state: App, text: str | None, seen: date) -> tuple[date, date]:
    from datetime import timedelta

    from rashin.calendars import Period
    from rashin.query.settings import Settings

    if text is None:
        first = (seen.replace(day=1) + timedelta(days=32)).replace(day=1)
        return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    period = Period.parse(text, seen + timedelta(days=1), Settings.of(state.store).time)
    return period.start, period.last


@command(
    "計画の仕方を比べる: 平均・書かれた分位・10回に9回で計画したときの席数と費用、委託の条件との差。",
    "Compare ways to plan: for the mean, the quantile that is written, and nine times of ten; seats and cost, and the outsourcer's terms beside them.",
    _PERIOD,
    _GROUPS,
    _WHERE,
    _AS_OF,
    examples=("rashin staff compare --period 2026-11",),
)
def compare(**given: Any) -> None:
    """Compare ways to plan."""
    from rashin.cli.lib.lang import lang, say
    from rashin.cli.lib.listing import deliver
    from rashin.cli.lib.staff_words import compared, known

    state = app()
    ways = (
        (0.5, say("半々(0.5)", "half the time (0.5)")),
        (None, say("書かれた分位", "as written")),
        (0.9, say("10回に9回(0.9)", "nine of ten (0.9)")),
    )
    rows = []
    for quantile, said in ways:
        for each in _plan(state, given, quantile=quantile, cover=False, check=False).groups:
            rows.append(
                {
                    "group": each.name,
                    "plan": said
                    if quantile is not None
                    else f"{said}({each.group.quantile:g})"
                    if lang() == "ja"
                    else f"{said} ({each.group.quantile:g})",
                    "seat_hours": each.seat_hours,
                    "service_level": known(each.expected_level),
                    "if_more": known(each.level_more),
                    "yen": round(each.cost.yen),
                    "per_contact": known(each.cost.per_contact),
                    "outsourced": None if each.outside is None else round(each.outside.yen),
                }
            )
    order = {name: place for place, name in enumerate(dict.fromkeys(row["group"] for row in rows))}
    deliver(state, compared(sorted(rows, key=lambda row: order[row["group"]])))


@command(
    "計画を実績と比べる。残した計画の名前、または --period(その期間を直前までの実績で計画したものとして)。",
    "Hold a plan to what happened: a kept one by name, or --period (planned from what was known before it).",
    argument("name", required=False),
    option("--period", "-p", ja="期間(計画を残していないとき)", en="the days, where no plan was kept"),
    _GROUPS,
    _WHERE,
    examples=("rashin staff back-test november", "rashin staff back-test --period 2026-10"),
)
def back_test(name: str | None, period: str | None, group: tuple[str, ...], where: tuple[str, ...]) -> None:
    """Hold a plan to what happened."""
    from datetime import timedelta

    from rashin.cli.lib.goal_words import seen_from
    from rashin.cli.lib.listing import deliver
    from rashin.cli.lib.staff_words import back_tested
    from rashin.errors import QuestionError
    from rashin.insight.staffing import back_test as hold
    from rashin.insight.staffing.plans import load_plan
    from rashin.query import Scope

    state = app()
    seen, _ = seen_from(state, None)
    if name is None and period is None:
        raise QuestionError(
            "staff_which",
            Bilingual("どの計画かを、名前か --period で指定してください。", "Say which plan, by its name or by --period."),
            Bilingual("`rashin staff list` で残した計画を一覧します。", "List the kept ones with `rashin staff list`."),
        )
    if name is not None:
        made = load_plan(state.workspace.path, name)
    else:
        first, _last = _span(state, period, seen)
        given = {"period": period, "group": group, "where": where, "as_of": str(min(first - timedelta(days=1), seen))}
        made = _plan(state, given, cover=False, check=False)
    deliver(state, back_tested(hold(made, state.store, state.centre.catalogue, scope=Scope.everything(), today=seen + timedelta(days=1))))


@command(
    "記名の勤務表を作る。org.csv の担当者を、シフトと労働の決まり(11時間の休息、休日、週の時間)に従って割り当てる。",
    "Make a named roster: the agents of org.csv on shifts, under rules of labour (11 hours of rest, days off, hours a week).",
    _PERIOD,
    option("--group", "-g", required=True, ja="グループ", en="the group"),
    _AS_OF,
    option(
        "--seconds",
        type=click.IntRange(1, 600),
        default=30,
        show_default=True,
        ja="計算にかける時間(秒)",
        en="seconds to look for better ones",
    ),
    examples=("rashin staff roster --period 2026-11-02..2026-11-08 --group sapporo",),
)
def roster(period: str | None, group: str, as_of: str | None, seconds: int) -> None:
    """Make a named roster."""
    from rashin.cli.lib.listing import deliver
    from rashin.cli.lib.staff_words import rostered
    from rashin.insight.staffing.named_roster import named_roster
    from rashin.insight.staffing.workforce import load
    from rashin.query import Scope

    state = app()
    found = _plan(state, {"period": period, "group": (group,), "as_of": as_of}, cover=False, check=False)
    if not found.groups:
        from rashin.errors import QuestionError

        raise QuestionError("roster_nothing", found.skipped[0][1])
    deliver(
        state, rostered(named_roster(state.store, found.groups[0], load(state.workspace.path), scope=Scope.everything(), seconds=seconds))
    )


@command("残した計画の一覧。", "List the kept plans.", examples=("rashin staff list",))
def list_() -> None:
    """List the kept plans."""
    from rashin.cli.lib.listing import Listing, column, deliver
    from rashin.insight.staffing.plans import kept, load_plan

    state = app()
    records = []
    for name in kept(state.workspace.path):
        try:
            each = load_plan(state.workspace.path, name)
        except InputError as error:  # one damaged file hides no other plan
            state.note(error.text(lang()))
            continue
        hours = sum(group.rostered_hours for group in each.groups)
        records.append(
            {
                "plan": name,
                "first": str(each.first),
                "last": str(each.last),
                "made": str(each.today),
                "groups": len(each.groups),
                "hours": hours,
                "yen": round(each.yen),
            }
        )
    deliver(
        state,
        Listing(
            [
                column("plan", "計画", "Plan"),
                column("first", "初日", "First day"),
                column("last", "最終日", "Last day"),
                column("made", "作成", "Made on"),
                column("groups", "グループ数", "Groups", right=True),
                column("hours", "配置時間", "Hours", lambda value: f"{value:,.0f}", right=True),
                column("yen", "費用(円)", "Cost (¥)", lambda value: f"{value:,}", right=True),
            ],
            records,
        ),
    )


COMMAND = Group(
    "staff",
    Bilingual(
        "席数の計画: 区間ごとの必要席数、シフト、勤務表、費用、実績との比較。",
        "Seats: what each interval needs, shifts, rosters, cost, and plans held to what happened.",
    ),
    commands={"plan": plan, "compare": compare, "back-test": back_test, "roster": roster, "list": list_},
)
