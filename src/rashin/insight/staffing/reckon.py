"""What seats do with contacts, by a group's model: seats may be fractions, since people at work over half an hour are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from rashin.insight.staffing.workforce import Group
    from rashin.staffing import Queue

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Reckoned:
    """By slot: ``level`` (service level; of a pile the share in time), ``abandon``, ``asa_s`` (of the answered), ``occupancy``. NaN where nothing came, and for what a pile has not.
    ``overloaded``: more work than seats, and nobody leaves (level 0)."""

    level: Floats
    abandon: Floats
    asa_s: Floats
    occupancy: Floats
    overloaded: NDArray[np.bool_]


def needed(
    group: Group,
    volume: Floats,
    handle_s: Floats,
    patience_s: float | None,
    width_s: int,
    opened_s: Floats,
) -> Ints:
    """Return seats by slot (days × slots) that keep the group's targets for ``volume``; 0 where no seat is open. ``opened_s``: opening seconds of each slot."""
    from rashin.staffing import backlog_required, chat_required, required

    if group.model == "pile":
        line = backlog_required(
            volume.ravel(),
            float(np.nanmean(handle_s)),
            within_s=group.within_hours * 3600.0,
            interval_s=opened_s.ravel(),
            opening=group.opening,
            occupancy=group.occupancy,
        )
        return np.asarray(np.where(opened_s > 0, np.maximum(line.reshape(volume.shape), group.least), 0), np.int64)
    least, target = np.where(opened_s > 0, group.least, 0), in_line(group)
    if group.model == "chat":
        found = chat_required(
            volume,
            handle_s,
            concurrency=group.concurrency,
            interval_s=width_s,
            service_level=group.service_level,
            target_s=target,
            patience_s=patience_s,
            occupancy=group.occupancy,
            abandon=group.abandon,
            least=least,
        )
        return np.asarray(found, np.int64)
    return required(
        volume,
        handle_s,
        interval_s=width_s,
        service_level=group.service_level,
        target_s=target,
        patience_s=patience_s,
        occupancy=group.occupancy,
        abandon=group.abandon,
        asa_s=None if group.asa_s is None else max(group.asa_s - (group.answer_s or 0.0), 0.5),
        least=least,
    )


def in_line(group: Group) -> float:
    """Return the seconds of the target that are left for waiting in line, ringing and announcement taken off."""
    return max(group.target_s - (group.answer_s or 0.0), 0.0)


def reckon(
    group: Group,
    seats: ArrayLike,
    volume: Floats,
    handle_s: ArrayLike,
    patience_s: ArrayLike | None,
    width_s: int,
    opened_s: Floats | None = None,
) -> Reckoned:
    """Return what ``seats`` do with ``volume``: between two whole numbers of seats in proportion. Of a pile the slots follow one another."""
    staffed, come, handle = np.broadcast_arrays(
        np.asarray(seats, np.float64), np.asarray(volume, np.float64), np.asarray(handle_s, np.float64)
    )
    if group.model == "pile":
        return _pile(group, staffed, come, handle, np.full(come.shape, float(width_s)) if opened_s is None else opened_s)
    below = np.floor(staffed)
    part = staffed - below
    low = _queue(group, below, come, handle, patience_s, width_s)
    if not (part > 0).any():
        return low
    high = _queue(group, below + 1, come, handle, patience_s, width_s)
    return Reckoned(
        _between(low.level, high.level, part),
        _between(low.abandon, high.abandon, part),
        _between(low.asa_s, high.asa_s, part),
        _between(low.occupancy, high.occupancy, part),
        np.where(part > 0, high.overloaded, low.overloaded),
    )


def _between(low: Floats, high: Floats, part: Floats) -> Floats:
    """Where only one side has a value it is taken: no seats have no occupancy."""
    known = np.where(np.isfinite(low), low, high)
    with np.errstate(invalid="ignore"):
        return np.where(part > 0, known * (1 - part) + np.where(np.isfinite(high), high, known) * part, low)


def _queue(group: Group, seats: Floats, volume: Floats, handle: Floats, patience_s: ArrayLike | None, width_s: int) -> Reckoned:
    from rashin.staffing import chat_queue, queue

    whole = seats.astype(np.int64)
    found: Queue
    if group.model == "chat":
        chats = chat_queue(
            whole, volume, handle, concurrency=group.concurrency, interval_s=width_s, patience_s=patience_s, target_s=in_line(group)
        )
        found, occupancy = chats.queue, chats.occupancy
    else:
        found = queue(whole, volume, handle, interval_s=width_s, patience_s=patience_s, target_s=in_line(group))
        occupancy = found.occupancy
    asa = np.where(found.overloaded, math.nan, found.asa_answered_s + (group.answer_s or 0.0))  # overloaded: no number
    return Reckoned(found.service_level, found.abandon, asa, np.where(volume > 0, occupancy, math.nan), found.overloaded)


def _pile(group: Group, seats: Floats, volume: Floats, handle: Floats, opened_s: Floats) -> Reckoned:
    from rashin.staffing import backlog

    mean = float(np.nanmean(handle))
    found = backlog(
        volume.ravel(),
        seats.ravel(),
        mean,
        interval_s=opened_s.ravel(),
        opening=group.opening,
        within_s=group.within_hours * 3600.0,
        occupancy=group.occupancy,
    )
    time = (seats * opened_s).ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        busy = np.where(time > 0, np.minimum(found.done * mean / time, 1.0), math.nan)
    shape = volume.shape
    return Reckoned(
        found.in_time.reshape(shape), np.full(shape, math.nan), np.full(shape, math.nan), busy.reshape(shape), np.zeros(shape, bool)
    )


def weighted(value: Floats, weight: Floats) -> float:
    """Return the mean of what is known, by weight; NaN without any."""
    known = np.isfinite(value) & (weight > 0)
    total = float(weight[known].sum())
    return float((value[known] * weight[known]).sum()) / total if total > 0 else math.nan
