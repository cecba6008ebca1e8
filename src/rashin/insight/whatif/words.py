"""Sentences of a what-if, made from its figures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.insight.whatif.model import DRIVERS

if TYPE_CHECKING:
    from rashin.insight.whatif.model import Change, Line, WhatIf

_WEEKDAYS = ("月火水木金土日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
#: Figures that a sentence names; the others stand in the table.
_SAID = ("service_level", "in_time", "answer_rate", "occupancy", "yen")
#: A model as far off as this is told.
_OFF = 0.01
#: One that is farther off does not describe what happened.
_FAR_OFF = 0.1
_RANGE = Bilingual(
    "かっこ内は、件数が予測からいつもの程度外れたときの幅(10回に8回)。",
    "In brackets the range when contacts come as far from the forecast as they usually do (eight times of ten).",
)


def said(found: WhatIf) -> Bilingual:
    """Return the changes, what they move with the range, and how far the model was from what happened."""
    changes = [change_said(each) for each in found.changes]
    title = found.group.title
    head = Bilingual(
        f"{title.ja}、{'、'.join(each.ja for each in changes) or '変更なし'}: ",
        f"{title.en}, {', '.join(each.en for each in changes) or 'no change'}: ",
    )
    moved = [each for each in (_line(found.line(name)) for name in _SAID) if each is not None]
    figures = Bilingual("、".join(each.ja for each in moved) + "。", "; ".join(each.en for each in moved) + ".")
    parts = [figures, _RANGE, *(each for each in (_distance(found.line("service_level")),) if each is not None)]
    return Bilingual(head.ja + "".join(each.ja for each in parts), head.en + " ".join(each.en for each in parts))


def change_said(change: Change) -> Bilingual:
    """Return one change in words: "処理時間 −20秒"."""
    name, unit = DRIVERS[change.driver]
    when_ja, when_en = "", ""
    if change.weekdays:
        when_ja = "".join(_WEEKDAYS[0][day - 1] for day in change.weekdays)
        when_en = "/".join(_WEEKDAYS[1][day - 1] for day in change.weekdays)
    if change.hours is not None:
        first, last = (f"{hour:g}" for hour in change.hours)
        when_ja, when_en = f"{when_ja}{first}〜{last}時", f"{when_en} {first}–{last} h".strip()
    when_ja, when_en = (f"({when_ja})" if when_ja else ""), (f" ({when_en})" if when_en else "")
    by = f"{change.by * (100 if unit == 'share' else 1):+g}".replace("-", "−")
    amount = {
        "s": (f"{by}秒", f"{by} s"),
        "share": (f"{by}%", f"{by} %"),
        "seats": (f"{by}席", by),
        "level": (f"{change.by * 100:g}%に", f"to {change.by * 100:g} %"),
    }[unit]
    return Bilingual(f"{name.ja}{amount[0]}{when_ja}", f"{name.en} {amount[1]}{when_en}")


def _line(line: Line) -> Bilingual | None:
    if not math.isfinite(line.shown) or (line.figure == "yen" and not line.moved):
        return None
    start = line.actual if line.actual is not None else line.model
    if line.unit == "yen":
        return Bilingual(f"費用は{start:,.0f}円→{line.shown:,.0f}円", f"cost ¥{start:,.0f} → ¥{line.shown:,.0f}")

    def show(value: float) -> str:
        return f"{value * 100:.1f}%" if line.unit == "share" else f"{value:,.1f}"

    return Bilingual(
        f"{line.name.ja}は{show(start)}→{show(line.shown)}({show(line.low)}〜{show(line.high)})",
        f"{line.name.en} {show(start)} → {show(line.shown)} ({show(line.low)} to {show(line.high)})",
    )


def _distance(line: Line) -> Bilingual | None:
    if not math.isfinite(line.off):
        return None
    points = f"{line.off * 100:+.1f}".replace("-", "−")
    if abs(line.off) < _OFF:
        return Bilingual(
            f"変更前の計算は実績と{points}ポイントの差で、よく合っています。",
            f"Before the change the model is {points} points from what happened: a good fit.",
        )
    if abs(line.off) >= _FAR_OFF:
        return Bilingual(
            f"変更前の計算は実績から{points}ポイントも離れており、実績をよく説明できていません。実績に変化分だけを足した、おおよその目安です。",
            f"Before the change the model is {points} points from what happened and describes it badly: the difference, added to the actual figure, is a rough guide.",
        )
    return Bilingual(
        f"変更前の計算は実績から{points}ポイントずれているため、実績に変化分だけを足しています。",
        f"Before the change the model is {points} points from what happened, so only the difference is added to the actual figure.",
    )
