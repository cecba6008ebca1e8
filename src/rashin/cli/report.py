"""`rashin report`: the weekly or monthly report, or one on any KPIs, as PDF, HTML, workbook or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rashin.cli.lib.app import app
from rashin.cli.lib.asking import filters, names
from rashin.cli.lib.choices import KpiName
from rashin.cli.lib.command import Group, Option, PathType, argument, command, option
from rashin.cli.lib.lang import lang, say
from rashin.errors import Bilingual

FORMATS = ("pdf", "html", "xlsx", "json")


def _options() -> tuple[click.Parameter, ...]:
    """Return the options that every kind of report has."""
    return (
        option(
            "--period", "-p", ja="期間: 2026-W43、2026-10、先週、先月 など", en="period: 2026-W43, 2026-10, “last week”, “last month” …"
        ),
        option(
            "--scope",
            multiple=True,
            metavar="NAME=VALUE",
            ja="この行だけを対象にする。例: team=sapporo-1、channel=voice,chat",
            en="only these rows, such as team=sapporo-1 or channel=voice,chat",
        ),
        Option(
            "--format",
            "form",
            type=click.Choice(FORMATS),
            told=Bilingual("形式(省略時は --output の拡張子、なければ pdf)", "form (default: by the ending of --output, else pdf)"),
        ),
        Option(
            "--output",
            "--out",
            "-o",
            "output",
            type=PathType(path_type=Path, dir_okay=False),
            told=Bilingual("書き込むファイル(省略時は名前を付ける)", "write it to this file (default: a name is made)"),
        ),
        option(
            "--kpi",
            multiple=True,
            type=KpiName(),
            ja="載せるKPI(省略時は標準の組と目標のKPI)",
            en="which KPIs (default: the usual set and those of the goals)",
        ),
        option("--by", default="team", ja="切り口(省略時は team)", en="slice by (default: team)"),
        option("--as-of", type=int, ja="このデータ版で作る(`rashin loads` の番号)", en="from this snapshot (a number from `rashin loads`)"),
        option("--today", ja="この日に作ったものとする(作り直し用)", en="as if made on this day, to make a report again"),
        Option(
            "--previous",
            type=PathType(path_type=Path, dir_okay=False, exists=True),
            told=Bilingual("前回の報告(JSON)。後から変わった数字を注記する", "the report before (JSON): what has changed since is noted"),
        ),
    )


@command(
    "週次レポートを作る。データの充足を確かめ、高く維持→課題→次の行動の順に述べる。",
    "Make the weekly report: completeness first, then kept high → issue → next action.",
    *_options(),
    examples=("rashin report weekly --period 2026-W43 --output weekly.pdf", "rashin report weekly --scope team=sapporo-1 --format html"),
)
def weekly(**given: Any) -> None:
    """Make the weekly report."""
    _make("weekly", "previous week", given)


@command(
    "月次レポートを作る。",
    "Make the monthly report.",
    *_options(),
    examples=("rashin report monthly --period 2026-10 --output monthly.pdf --lang en", "rashin report monthly --format xlsx"),
)
def monthly(**given: Any) -> None:
    """Make the monthly report."""
    _make("monthly", "previous month", given)


@command(
    "任意のKPIのレポートを作る。",
    "Make a report on any KPIs.",
    argument("kpis", type=KpiName(), nargs=-1, required=True),
    *(each for each in _options() if each.name != "kpi"),
    examples=("rashin report view answer_rate aht --period 2026-10 --by queue --output voice.pdf",),
)
def view(kpis: tuple[str, ...], **given: Any) -> None:
    """Make a report on any KPIs."""
    _make("view", "previous month", {**given, "kpi": kpis})


def _make(kind: str, usual: str, given: dict[str, Any]) -> None:
    from importlib import import_module

    from rashin.cli.lib.goal_options import day
    from rashin.cli.lib.goal_words import goals_of
    from rashin.cli.lib.progress import bar
    from rashin.intake.org import load_org
    from rashin.query import Scope
    from rashin.report.model import read
    from rashin.report.render import written

    state = app()
    output: Path | None = given["output"]
    form = given["form"] or (output.suffix[1:].lower() if output is not None and output.suffix[1:].lower() in FORMATS else "pdf")
    today = day(given["today"]) or state.centre.today()
    period = state.centre.period(given["period"] or usual)
    previous = read(given["previous"].read_bytes()) if given["previous"] is not None else None
    with bar(state, say("レポートを作っています", "Making the report"), 2) as step:
        step(0, say("集計", "figures"))
        report = import_module(f"rashin.report.{kind}").build(
            state.store,
            state.centre.catalogue,
            goals_of(state),
            period,
            scope=Scope.everything(),
            lang=lang(),
            today=today,
            previous=previous,
            where=filters(given["scope"]),
            kpis=names(given["kpi"]),
            by=given["by"] or None,
            names=load_org(state.workspace.path / "org.csv").names,
            as_of=given["as_of"],
        )
        step(1, form)
        data = written(report, form)
    place = output or state.cwd / f"{kind}-{period.text.replace('..', '_')}-{lang()}.{form}"
    _write(place, data)
    for each in report.lacking:
        if each.withholds:
            state.note(say(f"データ未着: {each.text}", f"Missing data: {each.text}"))
    state.note(
        say(
            f"{report.title}({report.period_text})を書き出しました: {place}",
            f"Wrote the {report.title.lower()} ({report.period_text}): {place}",
        )
    )
    if form == "pdf":
        state.next_step(
            "`--format json` で保存しておくと、後から変わった数字を次回の `--previous` で注記できます。",
            "Keep it with `--format json` too: `--previous` then notes next time what has changed since.",
        )


def _write(place: Path, data: bytes) -> None:
    from rashin.errors import OutsideError

    try:
        place.write_bytes(data)
    except OSError as error:
        raise OutsideError(
            "report_not_written",
            Bilingual(f"{place.name} に書き込めません({error.strerror})。", f"{place.name} cannot be written ({error.strerror})."),
            Bilingual("フォルダーと空き容量を確かめてください。", "Check the folder and the space that is left."),
        ) from error


COMMAND = Group(
    "report",
    Bilingual(
        "週次・月次などのレポートを作る(PDF、HTML、Excel、JSON)。", "Make weekly, monthly and other reports (PDF, HTML, workbook, JSON)."
    ),
    commands={"weekly": weekly, "monthly": monthly, "view": view},
)
