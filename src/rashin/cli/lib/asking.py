"""The parts of a question as options: period, slices, grain, filters, comparison, snapshot, parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from rashin.cli.lib.command import option
from rashin.errors import Bilingual, QuestionError

if TYPE_CHECKING:
    from rashin.cli.lib.app import App
    from rashin.query import Answer


def whose(state: App, answer: Answer) -> Answer:
    """Return ``answer`` without the figures that are no team's or person's, by the rule of pages and reports. Python's ``ask`` gives them all."""
    from rashin.judge.nobodys import told
    from rashin.query import Scope

    return told(state.store, state.centre.catalogue, answer, scope=Scope.everything())


def question_options(*, compare: bool = True, as_of: bool = True) -> tuple[click.Parameter, ...]:
    """Return the options that make a question."""
    found = [
        option(
            "--period",
            "-p",
            ja="期間: 2026-10、2026-10-01..2026-10-15、2026-W40、FY2026、先月、last 7 days など(省略時は全期間)",
            en="period: 2026-10, 2026-10-01..2026-10-15, 2026-W40, FY2026, “last 7 days” … (default: all that is loaded)",
        ),
        option(
            "--by",
            "-b",
            multiple=True,
            ja="切り口(queue、team、agent、channel …)。複数可、カンマ区切りも可",
            en="slice by (queue, team, agent, channel …); repeat it or use commas",
        ),
        option(
            "--grain",
            "-g",
            ja="粒度: 15min、30min、hour、day、week、month、quarter、year、fiscal_year",
            en="time bucket: 15min, 30min, hour, day, week, month, quarter, year, fiscal_year",
        ),
        option(
            "--where",
            multiple=True,
            metavar="NAME=VALUE",
            ja="絞り込み。例: channel=voice,chat(値なしは「不明」)",
            en="filter, such as channel=voice,chat (an empty value: not known)",
        ),
        option(
            "--param",
            multiple=True,
            metavar="NAME=NUMBER",
            ja="定義のパラメータ。例: target_s=30",
            en="a parameter of the definition, such as target_s=30",
        ),
    ]
    if as_of:
        found.append(
            option(
                "--as-of",
                type=int,
                ja="このデータ版での値(`rashin loads` の番号)",
                en="figures as of this snapshot (a number from `rashin loads`)",
            )
        )
    if compare:
        found.append(
            option("--compare", ja="比較する期間: previous、last_year、または期間", en="compare with: previous, last_year, or a period")
        )
    return tuple(found)


def question_parts(given: dict[str, Any]) -> dict[str, Any]:
    """Return the options as keyword arguments of :meth:`rashin.face.Centre.ask`."""
    parts: dict[str, Any] = {
        "period": given.get("period"),
        "by": names(given.get("by", ())),
        "grain": given.get("grain"),
        "filters": filters(given.get("where", ())),
        "as_of": given.get("as_of"),
        "params": params(given.get("param", ())),
    }
    if given.get("compare") is not None:
        parts["compare"] = given["compare"]
    return parts


def names(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``a,b`` ``c`` as (a, b, c)."""
    return tuple(name.strip() for each in given for name in each.split(",") if name.strip())


def filters(given: tuple[str, ...]) -> dict[str, tuple[str | None, ...]]:
    """Return ``name=value,value`` as filters; an empty value is None, “not known”."""
    found: dict[str, tuple[str | None, ...]] = {}
    for each in given:
        name, value = pair(each, "--where", "channel=voice")
        found[name] = (*found.get(name, ()), *(part.strip() or None for part in value.split(",")))
    return found


def params(given: tuple[str, ...]) -> dict[str, float]:
    """Return ``name=number`` as parameters."""
    found: dict[str, float] = {}
    for each in given:
        name, value = pair(each, "--param", "target_s=30")
        try:
            number = float(value)
        except ValueError:
            raise _wrong(each, "--param", "target_s=30") from None
        found[name] = int(number) if number.is_integer() else number
    return found


def pair(text: str, what: str, example: str) -> tuple[str, str]:
    """Return ``name=value`` as (name, value); QuestionError when it is not of this form."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise _wrong(text, what, example)
    return name.strip(), value.strip()


def _wrong(text: str, what: str, example: str) -> QuestionError:
    return QuestionError(
        "option_form",
        Bilingual(f"{what} の書き方が違います: 「{text}」", f"{what} is not written like this: “{text}”."),
        Bilingual(f"例: {what} {example}", f"For example: {what} {example}"),
    )
