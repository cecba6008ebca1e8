"""Shift patterns: from when to when, with which breaks, and which part of each slot of the day is worked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shift:
    """One pattern; minutes count from midnight of its day and may pass 1440. ``breaks``: spans not worked; ``cost`` of one person working it once (None = worked hours);
    ``least`` and ``most`` people on it a day."""

    name: str
    start: int
    end: int
    breaks: tuple[Span, ...] = ()
    cost: float | None = None
    least: int = 0
    most: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end or self.end - self.start > 24 * 60:
            raise ValueError(f"shift {self.name}: an end after its start, within 24 hours")
        edge = self.start
        for first, last in sorted(self.breaks):
            if not edge <= first < last <= self.end:
                raise ValueError(f"shift {self.name}: breaks lie within it, one after the other")
            edge = last
        if self.least < 0 or (self.most is not None and self.most < self.least):
            raise ValueError(f"shift {self.name}: most not below least, nothing below 0")

    @property
    def worked(self) -> int:
        """Minutes worked, breaks taken off."""
        return self.end - self.start - sum(last - first for first, last in self.breaks)

    @property
    def price(self) -> float:
        """What one person on it costs in the plan."""
        return self.worked / 60.0 if self.cost is None else self.cost

    def slots(self, first: int, slot: int) -> tuple[int, Floats]:
        """Return the slot in which it starts (slots of ``slot`` minutes from minute ``first``; may be negative) and the share worked of that and each following slot."""
        begin = (self.start - first) // slot
        count = -(-(self.end - first) // slot) - begin
        edges = first + (begin + np.arange(count + 1)) * slot
        share = np.clip(np.minimum(edges[1:], self.end) - np.maximum(edges[:-1], self.start), 0, None).astype(np.float64)
        for left, right in self.breaks:
            share -= np.clip(np.minimum(edges[1:], right) - np.maximum(edges[:-1], left), 0, None)
        return int(begin), share / slot


def shift(
    name: str,
    start: str,
    end: str,
    breaks: Iterable[tuple[str, str]] = (),
    *,
    cost: float | None = None,
    least: int = 0,
    most: int | None = None,
) -> Shift:
    """Return the pattern of clock times such as "9:00"; an end at or before the start, or a break before it, is of the next day ("22:00" to "7:00", or "22:00" to "31:00")."""
    begin, finish = minutes(start), minutes(end)
    finish += 1440 if finish <= begin else 0
    spans = tuple((first, last) for first, last in ((minutes(a), minutes(b)) for a, b in breaks))
    late = tuple((a + (1440 if a < begin else 0), b + (1440 if b <= begin else 0)) for a, b in spans)
    return Shift(name, begin, finish, late, cost, least, most)


def staggered(
    name: str,
    starts: Sequence[str],
    hours: float,
    *,
    rest_minutes: int = 60,
    rest_after: Sequence[float] = (4.0,),
    cost: float | None = None,
) -> tuple[Shift, ...]:
    """Return patterns of ``hours`` presence that begin at each of ``starts``, with one break that begins ``rest_after`` hours into the shift (one pattern for each)."""
    found = []
    for start in starts:
        begin = minutes(start)
        for after in rest_after if rest_minutes else (0.0,):
            at = begin + round(after * 60)
            spans = ((at, at + rest_minutes),) if rest_minutes else ()
            label = f"{name}-{start}" + (f"-{after:g}h" if rest_minutes and len(rest_after) > 1 else "")
            found.append(Shift(label, begin, begin + round(hours * 60), spans, cost))
    return tuple(found)


def minutes(clock: str) -> int:
    """Return minutes since midnight of "9:30" or "25:00"; ValueError for anything else."""
    hour, colon, minute = clock.partition(":")
    if not (colon and hour.isdecimal() and minute.isdecimal() and len(minute) == 2 and int(hour) <= 48 and int(minute) < 60):
        raise ValueError(f"“{clock}” is no clock time such as 9:30")
    return int(hour) * 60 + int(minute)


def clock(minute: int) -> str:
    """Return "09:30" for 570; hours of the next day go on after 24."""
    return f"{minute // 60:02d}:{minute % 60:02d}"
