"""`rashin ask`: KPIs over a period, sliced and compared."""

from __future__ import annotations

from typing import Any

from rashin.cli.lib.app import app
from rashin.cli.lib.asking import question_options, question_parts, whose
from rashin.cli.lib.choices import KpiName
from rashin.cli.lib.command import argument, command, option


@command(
    "KPIを問い合わせる。値とともに件数・区間・状態・データの充足状況を表示する。",
    "Ask for KPIs. Each value comes with its n, interval, state, and what the input lacked.",
    argument("kpis", type=KpiName(), nargs=-1, required=True),
    *question_options(),
    option(
        "--variant", ja="定義の別(KPIが一つのとき)。「kpi:variant」とも書ける", en="variant, for a single KPI; “kpi:variant” does the same"
    ),
    option("--wide", is_flag=True, ja="KPIを列に並べる", en="one column for each KPI"),
    option("--late", is_flag=True, ja="深夜を25:00のように表す", en="label hours past midnight as 25:00"),
    option("--sparse", is_flag=True, ja="実績のない区間を省く", en="leave out buckets in which nothing happened"),
    option("--exact", is_flag=True, ja="分位点を明細から正確に求める", en="percentiles from the facts, never from roll-ups"),
    option("--plan", is_flag=True, ja="どの表が答えたかを示す", en="say which relation answered"),
    examples=(
        "rashin ask service_level --by queue --grain day --period 2026-10",
        "rashin ask service_level answer_rate aht --by channel --period 2026-10 --compare previous",
        "rashin ask aht:seed --where channel=voice --as-of 12 --format csv --out aht.csv",
    ),
)
def ask(kpis: tuple[str, ...], variant: str | None, wide: bool, late: bool, sparse: bool, exact: bool, plan: bool, **given: Any) -> None:
    """Ask and print."""
    from rashin.cli.lib.answers import deliver
    from rashin.cli.lib.totals_words import after_asking

    state = app()
    parts = question_parts(given)
    answer = whose(state, state.centre.ask(kpis, variant=variant, late=late, dense=not sparse, exact=exact, **parts))
    extra = [f"{line.fact}: {line.relation}  {dict(line.refusals) or ''}" for line in answer.plan] if plan else []
    deliver(state, answer, wide=wide, extra=extra)
    after_asking(state, answer)


COMMAND = ask
