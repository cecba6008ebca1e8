"""The one function that says met, near or missed: page, report, alert and API all ask it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from rashin.errors import Bilingual
from rashin.judge.words import ends_text, gap_text, value_text

if TYPE_CHECKING:
    from rashin.judge.goal import Ends, Goal
    from rashin.query import Cell

State: TypeAlias = Literal["met", "near", "missed", "too_few", "withheld", "no_data"]
STATES: dict[str, Bilingual] = {
    "met": Bilingual("達成", "met"),
    "near": Bilingual("あと少し", "near"),
    "missed": Bilingual("未達", "missed"),
    "too_few": Bilingual("件数不足", "too few"),
    "withheld": Bilingual("非表示", "withheld"),
    "no_data": Bilingual("データなし", "no data"),
}
#: How close on the wrong side still counts as near, where the goal does not say: shares in points, everything else as a part of the missed end.
NEAR: dict[str, float] = {"share": 0.02}
NEAR_PART = 0.05


@dataclass(frozen=True, slots=True)
class Judgement:
    """A figure against its goal. ``value``: None unless it may be shown. ``target``: what was asked. ``gap``: how far inside (positive) or outside
    (negative) the nearer end, in the KPI's unit. ``interval``: 95 %, None where the KPI has none. ``certain``: the whole interval lies on the side
    where the value does; without an interval nothing is certain."""

    state: State
    value: float | None
    target: Ends
    gap: float | None
    interval: tuple[float, float] | None
    certain: bool
    text: Bilingual

    @property
    def word(self) -> Bilingual:
        """The state in one word."""
        return STATES[self.state]

    @property
    def good(self) -> bool | None:
        """True when met, False when near or missed, None when nobody can say."""
        return self.state == "met" if self.state in ("met", "near", "missed") else None


def judge(cell: Cell | None, goal: Goal) -> Judgement:
    """Return what ``cell`` means for ``goal``.

    An answer rate of 77.4 % against at least 80 %: missed (2.6 points short); of 79 %: near. Ends are included: exactly 80 % is met. A value that rests on
    too few contacts is shown and not judged; one that may not be shown is not looked at.
    """
    if cell is None or cell.value is None or cell.state in ("withheld", "no_data", "not_applicable"):
        state: State = "withheld" if cell is not None and cell.state == "withheld" else "no_data"
        return Judgement(state, None, goal.ends, None, None, False, _reason(cell, state))
    value, ends = cell.value, goal.ends
    interval = None if cell.low is None or cell.high is None else (cell.low, cell.high)
    gap = _gap(value, ends)
    if cell.state == "too_few":
        return Judgement("too_few", value, ends, gap, interval, False, _said(goal, value, gap, "too_few", cell.reason))
    state = "met" if ends.met(value) else "near" if ends.short(value) <= near_of(goal, value) * (1 + 1e-9) else "missed"
    return Judgement(state, value, ends, gap, interval, _certain(interval, ends, met=state == "met"), _said(goal, value, gap, state, None))


def near_of(goal: Goal, value: float) -> float:
    """Return how close on the wrong side is near: what the goal says, else two points of a share, else 5 % of the end that ``value`` misses."""
    if goal.near is not None:
        return goal.near
    if goal.unit in NEAR:
        return NEAR[goal.unit]
    low, high = goal.ends.low, goal.ends.high
    missed = low if low is not None and value < low else high
    return abs(missed or 0.0) * NEAR_PART


def _gap(value: float, ends: Ends) -> float:
    low = math.inf if ends.low is None else value - ends.low
    high = math.inf if ends.high is None else ends.high - value
    return min(low, high)


def _certain(interval: tuple[float, float] | None, ends: Ends, *, met: bool) -> bool:
    if interval is None:
        return False
    low, high = interval
    if met:
        return ends.met(low) and ends.met(high)
    return (ends.low is not None and high < ends.low) or (ends.high is not None and low > ends.high)


def _said(goal: Goal, value: float, gap: float, state: State, reason: Bilingual | None) -> Bilingual:
    beside = (goal.ends.low, goal.ends.high)
    own, asked, far = value_text(value, goal.unit, beside), ends_text(goal.ends, goal.unit), gap_text(gap, goal.unit, beside)
    word = STATES[state]
    if state == "too_few":
        because = reason or Bilingual("件数が少ない", "too few to judge")
        return Bilingual(f"{own.ja}(目標 {asked.ja})。判定しません: {because.ja}", f"{own.en} (goal: {asked.en}); not judged: {because.en}")
    if state == "met":
        return Bilingual(f"{own.ja}。目標 {asked.ja}: {word.ja}", f"{own.en}; goal {asked.en}: {word.en}")
    return Bilingual(f"{own.ja}。目標 {asked.ja} まであと{far.ja}: {word.ja}", f"{own.en}; {far.en} off the goal of {asked.en}: {word.en}")


def _reason(cell: Cell | None, state: State) -> Bilingual:
    word = STATES[state]
    if cell is None or cell.reason is None:
        return word
    if cell.reason.en.startswith(f"{word.en}: "):  # it says so itself
        return cell.reason
    return Bilingual(f"{word.ja}: {cell.reason.ja}", f"{word.en}: {cell.reason.en}")
