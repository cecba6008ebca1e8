"""Days that teach nothing, with the reason, and days that look as if they should not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.insight.forecast.model import LeftOut, Suspected

if TYPE_CHECKING:
    from rashin.insight.forecast.history import Grid, Volumes
    from rashin.insight.marks import Mark
    from rashin.query.dimensions import Value
    from rashin.stats.forecast import History

_WORDS = {"surge": Bilingual("急増", "surge"), "drop": Bilingual("急減", "drop")}


def left_out(marks: Sequence[Mark], limits: Mapping[str, Sequence[Value]], volume: Volumes) -> tuple[LeftOut, ...]:
    """Return the days of a series that are marked, or that its source did not deliver, in order of time."""
    end = volume.first + timedelta(days=len(volume.counts))
    found = {
        each: LeftOut(each, "missing", Bilingual("データが届いていません", "no data arrived"))
        for each in volume.missing
        if volume.first <= each < end
    }
    for mark in marks:
        if mark.touches(limits):
            found |= {day: LeftOut(day, mark.kind, mark.said) for day in mark.days if volume.first <= day < end}
    return tuple(found[day] for day in sorted(found))


def suspected(history: History, grid: Grid) -> tuple[Suspected, ...]:
    """Return the odd days of a history that still teach, newest last."""
    from rashin.stats.odd_days import odd_days

    found = []
    for odd in odd_days(history):
        day = history.days[odd.day].item()
        whole = odd.slots < 0
        start = grid.begin_s + odd.first_slot * grid.width_s
        end = start + (grid.slots if whole else odd.slots) * grid.width_s
        word = _WORDS[odd.kind]
        span = (
            Bilingual("終日", "the whole day")
            if whole
            else Bilingual(f"{_clock(start)}〜{_clock(end)}", f"{_clock(start)} to {_clock(end)}")
        )
        text = Bilingual(
            f"{day}({span.ja})に{word.ja}: ふだん{odd.usual:,.0f}件のところ{odd.observed:,.0f}件",
            f"{word.en} on {day} ({span.en}): {odd.observed:,.0f} contacts where {odd.usual:,.0f} are usual",
        )
        found.append(Suspected(day, odd.kind, _clock(start), _clock(end), odd.observed, odd.usual, text))
    return tuple(found)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
