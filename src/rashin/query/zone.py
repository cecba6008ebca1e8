"""The clock of a zone over a span of time, its changes, and the SQL that follows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import numpy as np


class Change(NamedTuple):
    """The clock changes at the instant ``at`` (UTC) from ``before_s`` to ``after_s`` seconds ahead of UTC."""

    at: np.datetime64
    before_s: int
    after_s: int

    @property
    def back_s(self) -> int:
        """Seconds that the clock shows twice; negative when it jumps ahead."""
        return self.before_s - self.after_s

    @property
    def back_until(self) -> np.datetime64:
        """The instant at which the second showing ends."""
        return self.at + np.timedelta64(self.back_s, "s")


@dataclass(frozen=True, slots=True)
class ZoneClock:
    """The offset ``offset_s`` of a zone at the beginning of a span, and the changes within it (in Japan none)."""

    offset_s: int
    changes: tuple[Change, ...] = ()


@lru_cache(maxsize=512)
def zone_clock(zone: str, first: date, last: date) -> ZoneClock:
    """Return the clock of ``zone`` for the dates ``first`` … ``last``, with a margin of two days on both sides."""
    from rashin.calendars import offsets_s

    margin = np.timedelta64(2, "D")
    days = np.arange(np.datetime64(first, "D") - margin, np.datetime64(last, "D") + margin + 2).astype("datetime64[us]")
    offsets = offsets_s(days, zone)
    found = []
    for index in np.flatnonzero(np.diff(offsets)):
        quarters = np.arange(days[index], days[index + 1] + 1, np.timedelta64(900, "s"))
        within = offsets_s(quarters, zone)
        found += [Change(quarters[each + 1], int(within[each]), int(within[each + 1])) for each in np.flatnonzero(np.diff(within))]
    return ZoneClock(int(offsets[0]), tuple(found))


def offset_sql(clock: ZoneClock, instant: str) -> str:
    """Return SQL for the offset in seconds at the TIMESTAMP expression ``instant``."""
    if not clock.changes:
        return str(clock.offset_s)
    arms = " ".join(f"WHEN {instant} < {_literal(each.at)} THEN {each.before_s}" for each in clock.changes)
    return f"(CASE {arms} ELSE {clock.changes[-1].after_s} END)"


def again_sql(clocks: tuple[ZoneClock, ...], utc: str, offset: str) -> str:
    """Return SQL that is 1 where the row's clock shows a time for the second time, else 0.

    A row does not know its zone; it is taken to follow a zone whose offset after the change is its own.
    """
    arms = {
        f"WHEN {offset} = {each.after_s} AND {utc} >= {_literal(each.at)} AND {utc} < {_literal(each.back_until)} THEN 1"
        for clock in clocks
        for each in clock.changes
        if each.back_s > 0
    }
    return f"(CASE {' '.join(sorted(arms))} ELSE 0 END)" if arms else "0"


def regimes_sql(clock: ZoneClock) -> str:
    """Return a VALUES list of (from, until, offset): the stretches of time with one offset each."""
    edges = ["TIMESTAMP '0001-01-01'", *(_literal(each.at) for each in clock.changes), "TIMESTAMP '9999-12-31'"]
    offsets = [clock.offset_s, *(each.after_s for each in clock.changes)]
    rows = ", ".join(f"({low}, {high}, {offset})" for low, high, offset in zip(edges[:-1], edges[1:], offsets, strict=True))
    return f"(VALUES {rows})"


def _literal(at: np.datetime64) -> str:
    return f"TIMESTAMP '{str(at.astype('datetime64[s]')).replace('T', ' ')}'"
