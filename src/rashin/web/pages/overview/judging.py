"""Is a change more than chance, since when, and where does a figure stand against what is usual: said in words, computed from the answer's cells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from rashin import display
from rashin.errors import Bilingual
from rashin.judge import changes
from rashin.web.pages.wording import weekday_word

if TYPE_CHECKING:
    from rashin.catalogue import Definition
    from rashin.query.answer import Cell
    from rashin.web.pages.goals.marks import Aim


@dataclass(frozen=True, slots=True)
class Judged:
    """``verdict`` with its words; ``low``, ``high``: 95 % interval of the change (None where the figure has no interval)."""

    verdict: changes.Way
    low: float | None = None
    high: float | None = None

    def text(self, lang: str) -> str:
        """The verdict in words; nothing when there is none."""
        return changes.WAYS[self.verdict](lang)


def judge(definition: Definition, cell: Cell) -> Judged:
    """Return whether the change of ``cell`` is beyond what chance alone would give: as :func:`rashin.judge.changes.change` judges it, for reports too."""
    found = changes.change(definition, cell, cell.compared)
    return Judged("unknown") if found is None else Judged(found.way, found.low, found.high)


def lately(days: Sequence[Cell], compared: float | None, worse: bool, better: str) -> list[Cell]:
    """Return the days at the end of the period that all lie on the side of the verdict from the compared figure, the earliest first."""
    if compared is None:
        return []
    below = worse == (better == "higher")
    found: list[Cell] = []
    for cell in reversed([each for each in days if each.value is not None]):
        assert cell.value is not None
        if cell.value == compared or (cell.value < compared) != below:
            break
        found.append(cell)
    return found[::-1]


def since(definition: Definition, cell: Cell, days: Sequence[Cell], verdict: changes.Way, scale: display.Scale, lang: str) -> str:
    """Return since when it has been so: the days at the end that all were worse (or better) than the compared figure, else the day that weighed most."""
    known = [each for each in days if each.value is not None]
    if verdict not in {"better", "worse"} or len(known) < 2:
        return ""
    run = lately(known, cell.compare_value, verdict == "worse", definition.better)
    if len(run) == len(known):
        return Bilingual("期間を通じて", "throughout the period")(lang)
    if len(run) >= 2:
        return Bilingual(f"{day(run[0], lang)}から続いて", f"since {day(run[0], lang)}")(lang)
    lowest = (verdict == "worse") == (definition.better == "higher")
    most = (min if lowest else max)(known, key=lambda each: each.value or 0.0)
    return Bilingual(f"特に{day(most, lang)} {scale.text(most.value)}", f"above all {day(most, lang)}, {scale.text(most.value)}")(lang)


def day(cell: Cell, lang: str) -> str:
    """A bucket as people say it: 10/28(水), Wed 28 Oct; weeks and other buckets by their label."""
    return called_day(cell.bucket, lang)


def called_day(bucket: str, lang: str) -> str:
    """As :func:`day`, of a bucket's label; a time of day behind the date stays."""
    try:
        found = date.fromisoformat(bucket[:10])
    except ValueError:
        return bucket
    name = weekday_word(found.isoweekday(), lang)
    text = f"{found.month}/{found.day}({name})" if lang == "ja" else f"{name} {found.day} {found:%b}"
    return f"{text} {bucket[11:]}".rstrip()


@dataclass(frozen=True, slots=True)
class Mark:
    """What is usual: ``low`` to ``high`` (either may be None) of the KPI's own band or of a published benchmark, how that is written, and where the figure stands."""

    low: float | None
    high: float | None
    text: str
    stands: str
    outside: bool


def mark(definition: Definition, value: float | None, lang: str) -> Mark | None:
    """Return the band of a two-sided KPI, else the first published figure; None when there is neither."""
    band = definition.band
    if band is not None:
        text = Bilingual("目安", "band")(lang)
        return _mark(definition, value, band.low, band.high, text, lang, judged=True)
    for each in definition.benchmark:
        low, high = (each.value, each.value) if each.value is not None else (each.low, each.high)
        if low is not None or high is not None:
            return _mark(definition, value, low, high, Bilingual("参考", "benchmark")(lang), lang, judged=False)
    return None


def of_goal(aim: Aim) -> Mark:
    """Return the judgement in one word, then the target of the goal that fits: the word is what must not be cut off."""
    ends = aim.goal.ends
    return Mark(ends.low, ends.high, f"{aim.stands} {aim.short}", "", outside=False)


def _short(scale: display.Scale, *values: float | None) -> display.Scale:
    """The scale without digits behind the point where none of the values needs them."""
    whole = all(value is None or math.isclose(value / scale.by, round(value / scale.by), abs_tol=1e-9) for value in values)
    return replace(scale, digits=0) if whole else scale


def _mark(
    definition: Definition, value: float | None, low: float | None, high: float | None, name: str, lang: str, *, judged: bool
) -> Mark:
    scale = _short(display.scale(definition.unit, [low, high]), low, high)
    unit = "" if scale.mark else scale.word(lang)
    span = scale.text(low) if low == high else f"{'' if low is None else scale.text(low)}–{'' if high is None else scale.text(high)}"
    stands = Bilingual("", "")
    if value is not None and low is not None and value < low:
        stands = Bilingual("下回る", "below")
    elif value is not None and high is not None and value > high:
        stands = Bilingual("上回る", "above")
    elif value is not None and low != high:
        stands = Bilingual("範囲内", "within")
    return Mark(low, high, f"{name} {span}{unit}", stands(lang), judged and stands.en in {"below", "above"})
