"""What a plan costs, and what the same work costs outside."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rashin.staffing.erlang import at_least_0
from rashin.staffing.shrinkage import Share, exact_share


@dataclass(frozen=True, slots=True)
class Cost:
    """``seat_hours``: at work; ``paid_hours``: with the time away; ``yen``; ``per_contact``: yen ÷ contacts, NaN without any."""

    seat_hours: float
    paid_hours: float
    yen: float
    per_contact: float


@dataclass(frozen=True, slots=True)
class Terms:
    """An outsourcer's price for a period: ``fixed`` yen that include ``included`` contacts, ``per_contact`` yen for each further one, ``per_seat_hour`` yen for seats; ``least``
    yen in any case, ``most`` yen at most."""

    fixed: float = 0.0
    included: float = 0.0
    per_contact: float = 0.0
    per_seat_hour: float = 0.0
    least: float = 0.0
    most: float = math.inf

    def __post_init__(self) -> None:
        if min(self.fixed, self.included, self.per_contact, self.per_seat_hour, self.least) < 0 or self.most < self.least:
            raise ValueError("terms: nothing below 0, and most not below least")


def cost(
    staffed: ArrayLike,
    hourly: float,
    *,
    interval_s: ArrayLike = 1800.0,
    shrinkage: Share = 0,
    premium: ArrayLike = 0.0,
    overhead: float = 0.0,
    contacts: float = 0.0,
) -> Cost:
    """Return the cost of ``staffed`` people at work in each interval. ``hourly``: yen for a paid hour; ``shrinkage``: paid time away; ``premium``: share paid on top in an interval
    (0.25 at night); ``overhead``: yen for an hour of a seat (room, lines). 10 people for 8 hours at 1 500 yen with 20 % away: 100 paid hours, 150 000 yen."""
    people, seconds, more = np.broadcast_arrays(
        at_least_0(staffed, "staffed"), at_least_0(interval_s, "interval_s"), at_least_0(premium, "premium")
    )
    work = float(1 - exact_share(shrinkage))
    hours = people * seconds / 3600.0
    at_work, paid = float(hours.sum()), float(hours.sum()) / work
    yen = float((hours * (1.0 + more)).sum()) / work * hourly + at_work * overhead
    return Cost(at_work, paid, yen, yen / contacts if contacts > 0 else math.nan)


def outsourced(terms: Terms, contacts: float, *, seat_hours: float = 0.0) -> Cost:
    """Return the cost of the same contacts by an outsourcer's terms."""
    yen = terms.fixed + max(contacts - terms.included, 0.0) * terms.per_contact + seat_hours * terms.per_seat_hour
    yen = min(max(yen, terms.least), terms.most)
    return Cost(seat_hours, seat_hours, yen, yen / contacts if contacts > 0 else math.nan)


def break_even(fixed: float, per_contact: float) -> float:
    """Return the contacts at which a fixed price equals a price for each: 20 000 ÷ 300 is 66.7. Infinite when each costs nothing."""
    return fixed / per_contact if per_contact > 0 else math.inf
