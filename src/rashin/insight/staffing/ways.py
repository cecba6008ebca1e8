"""One group's contacts, staffed in several ways: for the mean, for the quantile that is planned, and as the shifts stand; what each gives, and what it gives if more come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rashin.errors import Bilingual
from rashin.insight.staffing.planned import cost_of
from rashin.insight.staffing.reckon import needed, reckon, weighted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.insight.staffing.model import GroupPlan
    from rashin.staffing import Cost

    Floats = NDArray[np.float64]

#: So many times the mean is "more".
MORE = 1.1
WAYS: dict[str, Bilingual] = {
    "mean": Bilingual("平均どおりに置く", "For the mean"),
    "planned": Bilingual("この計画", "This plan"),
    "shifts": Bilingual("シフトどおりに置く", "As the shifts stand"),
}


@dataclass(frozen=True, eq=False)
class Way:
    """One way to staff a group, days × slots. ``seats``: at work; ``level``, ``abandon``, ``occupancy``: expected at the mean of the forecast (NaN where nothing comes);
    ``overloaded``: more work than seats, and nobody leaves. ``total`` and ``more``: service level over all days, as expected and if a tenth more came;
    ``overloaded_more``: slots overloaded then. ``cost``: of the people with shrinkage."""

    name: str
    seats: Floats
    level: Floats
    abandon: Floats
    occupancy: Floats
    overloaded: NDArray[np.bool_]
    total: float
    more: float
    overloaded_more: int
    seat_hours: float
    cost: Cost

    @property
    def label(self) -> Bilingual:
        """What it is called."""
        return WAYS[self.name]

    @property
    def peak(self) -> int:
        """Most seats at once, whole."""
        return int(np.ceil(self.seats.max(initial=0.0) - 1e-9))


def ways(plan: GroupPlan) -> tuple[Way, ...]:
    """Return the ways to staff ``plan``: for the mean, as planned, and by its shifts where it has some. Their costs compare at the same wages."""
    from rashin.staffing import many_with_shrinkage

    group, coming = plan.group, plan.coming
    patience = patience_of(plan)
    handle = np.broadcast_to(plan.handle_s, coming.mean.shape)
    for_mean = needed(group, coming.mean, handle, patience, coming.width_s, plan.opened_s)
    found = [
        _way(plan, "mean", for_mean.astype(np.float64), cost_of(group, coming, many_with_shrinkage(for_mean, group.shrinkage))),
        _way(plan, "planned", plan.seats.astype(np.float64), cost_of(group, coming, plan.rostered)),
    ]
    if plan.cover is not None:
        staffed = plan.cover.staffed
        found.append(_way(plan, "shifts", staffed * float(1 - group.shrinkage), cost_of(group, coming, staffed)))
    return tuple(found)


def patience_of(plan: GroupPlan) -> float | None:
    """Return the patience that a plan was reckoned with; None: as if nobody gave up."""
    mean = None if plan.patience is None else plan.patience.mean_s
    return mean if mean is not None and np.isfinite(mean) else None


def _way(plan: GroupPlan, name: str, seats: Floats, cost: Cost) -> Way:
    group, coming = plan.group, plan.coming
    rest = plan.handle_s, patience_of(plan), coming.width_s, plan.opened_s
    found, more = reckon(group, seats, coming.mean, *rest), reckon(group, seats, coming.mean * MORE, *rest)
    comes = coming.mean > 0
    return Way(
        name,
        seats,
        found.level,
        found.abandon,
        found.occupancy,
        found.overloaded & comes,
        weighted(found.level, coming.mean),
        weighted(more.level, coming.mean),
        int((more.overloaded & comes).sum()),
        float(seats.sum()) * coming.slot_minutes / 60.0,
        cost,
    )
