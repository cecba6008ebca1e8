"""What a what-if asks and answers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from rashin.errors import Bilingual

if TYPE_CHECKING:
    from rashin.insight.staffing.workforce import Group

#: What can be changed: how it is said, and its unit ("share" of what is there; "s"; "seats"; "level" = the new value itself).
DRIVERS: dict[str, tuple[Bilingual, str]] = {
    "aht_s": (Bilingual("処理時間", "handling time"), "s"),
    "aht": (Bilingual("処理時間", "handling time"), "share"),
    "volume": (Bilingual("件数", "volume"), "share"),
    "seats": (Bilingual("席数", "seats"), "seats"),
    "staffing": (Bilingual("席数", "seats"), "share"),
    "shrinkage": (Bilingual("シュリンケージ", "shrinkage"), "level"),
    "patience_s": (Bilingual("待てる時間", "patience"), "s"),
    "patience": (Bilingual("待てる時間", "patience"), "share"),
}
#: What moves: name, unit. Of a pile "in_time" stands for the service level; the other one is NaN.
FIGURES: dict[str, tuple[Bilingual, str]] = {
    "answer_rate": (Bilingual("応答率", "answer rate"), "share"),
    "service_level": (Bilingual("サービスレベル", "service level"), "share"),
    "in_time": (Bilingual("期限内に終わる割合", "share done within the promise"), "share"),
    "abandon_rate": (Bilingual("放棄呼率", "abandon rate"), "share"),
    "asa": (Bilingual("平均応答時間(応答1件あたり)", "average speed of answer (per answered)"), "s"),
    "asa_offered": (Bilingual("平均応答時間(着信1件あたり)", "average speed of answer (per offered)"), "s"),
    "occupancy": (Bilingual("占有率", "occupancy"), "share"),
    "seat_hours": (Bilingual("席時間", "seat-hours"), "h"),
    "needed_hours": (Bilingual("目標に必要な席時間", "seat-hours that the target needs"), "h"),
    "yen": (Bilingual("費用", "cost"), "yen"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change: ``driver`` (a key of :data:`DRIVERS`) by ``by`` (−20 s, +0.1 of the volume, +2 seats; of the shrinkage the new share), in the slots of ``weekdays`` (1 = Monday) and
    of ``hours`` (from, until); everywhere when they are empty."""

    driver: str
    by: float
    weekdays: tuple[int, ...] = ()
    hours: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One figure. ``actual``: measured (None = not); ``model``: what the model says of the same; ``shown``: the figure after the change = actual + what the model says moves
    (the model's own figure where nothing is measured), within ``low`` … ``high`` in eight of ten cases when contacts come as far from the forecast as they usually do.
    ``moved``: by the change alone, within ``moved_low`` … ``moved_high``. NaN = overloaded or nothing there."""

    figure: str
    unit: str
    actual: float | None
    model: float
    shown: float
    low: float
    high: float
    moved: float
    moved_low: float
    moved_high: float

    @property
    def name(self) -> Bilingual:
        """What the figure is called."""
        return FIGURES[self.figure][0]

    @property
    def off(self) -> float:
        """How far the model is from what was measured, before any change; NaN when nothing was."""
        return self.model - self.actual if self.actual is not None else math.nan


@dataclass(frozen=True, eq=False)
class WhatIf:
    """Every figure of :data:`FIGURES` under the changes, over the days ``first`` … ``last``. ``day_cv``: how far a day's contacts are usually off, as a share; ``measured``:
    whether seats at work are known (else the seats that the target needed stand in)."""

    group: Group
    first: date
    last: date
    changes: tuple[Change, ...]
    lines: tuple[Line, ...]
    day_cv: float
    measured: bool
    notes: tuple[Bilingual, ...]

    def line(self, figure: str) -> Line:
        """Return one figure. KeyError when there is none."""
        for each in self.lines:
            if each.figure == figure:
                return each
        raise KeyError(figure)

    @cached_property
    def text(self) -> Bilingual:
        """What would move, with the range, and how far the model was from what happened."""
        from rashin.insight.whatif.words import said

        return said(self)
