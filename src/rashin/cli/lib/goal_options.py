"""What a goal says as options of a command, and from options to what its file says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from rashin.cli.lib.command import PathType, option
from rashin.errors import Bilingual, QuestionError

#: Options whose text is read as a cell of the goals' workbook is.
_CELLS = (
    "target",
    "band_low",
    "band_high",
    "near",
    "better",
    "every",
    "start",
    "end",
    "term",
    "weekdays",
    "hours",
    "owner",
    "kgi",
    "cycle",
    "reviewed",
)
_TEXTS = ("title", "purpose", "benefit", "consequence", "plan")


def goal_options(*, new: bool) -> tuple[click.Parameter, ...]:
    """Return the options that say what a goal says."""
    return (
        option("--target", ja="目標値(80% または 0.8。KPIの単位で)", en="the target, in the KPI's unit (80% or 0.8)"),
        option("--low", "band_low", ja="範囲の下限", en="lower end of a band"),
        option("--high", "band_high", ja="範囲の上限", en="upper end of a band"),
        option("--near", ja="「あと少し」とみなす幅", en="how close on the wrong side still counts as near"),
        option("--better", ja="良い方向: higher、lower(KPIが決めていないとき)", en="higher or lower, where the KPI itself does not say"),
        option(
            "--every",
            default="month" if new else None,
            show_default=new,
            ja="区切り: day、week、month、quarter、year、once",
            en="day, week, month, quarter, year or once",
        ),
        option("--start", ja="開始日", en="first day"),
        option("--end", ja="終了日(この日を含む)", en="last day, included"),
        option("--term", ja="short(短期)、middle(中期)、long(長期)", en="short, middle or long"),
        option("--where", multiple=True, metavar="NAME=VALUE", ja="対象。例: channel=voice", en="which rows, such as channel=voice"),
        option("--param", multiple=True, metavar="NAME=NUMBER", ja="定義のパラメータ。例: target_s=30", en="a parameter of the definition"),
        option("--weekdays", ja="曜日: 12345 または 月火水木金", en="weekdays, 1 = Monday: 12345"),
        option("--hours", ja="時間帯: 9-18", en="hours of the day: 9-18"),
        option("--holidays/--no-holidays", default=None, ja="祝日を数える・数えない", en="whether public holidays count"),
        option("--owner", ja="責任者のメールアドレス", en="address of the person who answers for it"),
        option("--title", ja="見出し", en="title"),
        option("--purpose", ja="何のための数字か", en="what the figure is for"),
        option("--kgi", ja="つながるKGI(series:名前 または文)", en="the final goal it serves (series:NAME, or words)"),
        option("--benefit", ja="本人にとっての利点", en="what the person gains"),
        option("--consequence", ja="届かなかったとき何が起きるか", en="what follows when it is missed"),
        option("--plan", ja="行動計画", en="the action plan"),
        option("--cycle", ja="PDCAサイクルの番号", en="id of the cycle that is the plan"),
        option("--counter", multiple=True, metavar="KPI", ja="一緒に見張るKPI(複数可)", en="a KPI watched beside it; repeat it"),
        option("--reviewed", ja="最後に見直した日", en="day of the last review"),
        option(
            "--file", type=PathType(path_type=Path, dir_okay=False), ja="目標のTOMLファイルから", en="take the goal from this TOML file"
        ),
        option("--reason", default="", ja="変更の理由(履歴に残る)", en="why; kept in the history"),
    )


def changed(data: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a goal's file says, with the given options laid over it. QuestionError for one that cannot be read."""
    from rashin.cli.lib.asking import filters, params
    from rashin.judge import sheet

    found = dict(data)
    if given.get("target") is not None:
        found.pop("band", None)
    elif given.get("band_low") is not None or given.get("band_high") is not None:
        found.pop("target", None)
    for name in _CELLS:
        if given.get(name) is not None:
            try:
                sheet.put(found, name, given[name])
            except ValueError as error:
                raise _unreadable(name, str(given[name]), sheet.HOW.get(str(error))) from None
    found |= {name: given[name] for name in _TEXTS if given.get(name)}
    if given.get("where"):
        if any(value is None for values in filters(given["where"]).values() for value in values):
            raise _unreadable("where", ", ".join(given["where"]), Bilingual("値を書いてください。", "Name a value."))
        found["where"] = {name: list(values) for name, values in filters(given["where"]).items()}
    if given.get("param"):
        found["params"] = {**found.get("params", {}), **params(given["param"])}
    if given.get("counter"):
        found["counter"] = [name for each in given["counter"] for name in each.split(",") if name]
    if given.get("holidays") is not None:
        found["holidays"] = given["holidays"]
    return found


def day(text: str | None, option: str = "on") -> date | None:
    """Return a date that was typed. QuestionError when it is none."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _unreadable(option, text, Bilingual("2026-11-01 の形で書いてください。", "Write it like 2026-11-01.")) from None


def _unreadable(name: str, value: str, how: Bilingual | None) -> QuestionError:
    named = {"band_low": "low", "band_high": "high"}.get(name, name)
    return QuestionError("option_form", Bilingual(f"--{named} の値「{value}」が読めません。", f"--{named} cannot be “{value}”."), how)
