"""What a withheld group could be worked out from: the rest of its line, or a filter that leaves it out, when the total is shown.

Where one slice of a line (the values of a dimension, or the buckets of time) is withheld because it is about too few people, the total less the other slices
would tell it. So the smallest slice that is shown goes with it, until no slice is hidden alone and what the difference tells is about enough people. And a filter shows no more than the slices
of its dimension would: it may hold all of the withheld values or none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from rashin.query.answer import Answer
    from rashin.query.keys import Keys
    from rashin.query.question import Question

Mask = NDArray[np.bool_]
#: Hiding a slice of one line may leave another line with a single hidden one: so often it is looked again at most.
_ROUNDS = 8
#: Whoever filters by these may see people by name, or asks for a time of day.
_FREE = frozenset({"agent", "evaluator", "day"})


def small(keys: Keys, agents: NDArray[np.float64], least: int) -> Mask:
    """Return the cells that are not shown: those about fewer than ``least`` people, and those that would give them away."""
    few = (agents > 0) & (agents < least)
    if not few.any():
        return few
    hidden = few.copy()
    axes = (keys.bucket, *keys.codes)
    for _ in range(_ROUNDS):
        before = int(hidden.sum())
        for at in range(len(axes)):
            _along(hidden, agents, [each for other, each in enumerate(axes) if other != at], least)
        if int(hidden.sum()) == before:
            break
    return hidden


def _along(hidden: Mask, agents: NDArray[np.float64], others: list[NDArray[np.int64]], least: int) -> None:
    """Look at each line of cells that have ``others`` in common."""
    lines = np.unique(np.stack(others), axis=1, return_inverse=True)[1].reshape(-1) if others else np.zeros(len(hidden), np.int64)
    for line in np.unique(lines[hidden]):
        cells = np.flatnonzero(lines == line)
        gone = cells[hidden[cells]]
        shown = cells[~hidden[cells] & (agents[cells] > 0)]
        if len(shown) and (len(gone) == 1 or agents[gone].max() < least):
            hidden[shown[np.argmin(agents[shown])]] = True


def by_filters(question: Question, count: int, keys: Keys, inner: Callable[[Question], Answer]) -> list[Mask]:
    """Return for each of ``count`` KPIs the cells that a filter would give away. ``inner`` answers a question without looking at its filters once more."""
    masks = [np.zeros(len(keys), np.bool_) for _ in range(count)]
    for name, values in question.filters:
        if name in _FREE:
            continue
        rest = {other: kept for other, kept in question.filters if other != name}
        by = question.by if name in question.by else (*question.by, name)
        wider = inner(question.with_(by=by, filters=rest, compare=None, dense=False))
        for mask, one in zip(masks, wider.series, strict=True):
            if one.inputs.small is not None and one.inputs.small.any():
                mask |= _mixed(question, keys, wider.keys, one.inputs.small, name, {_plain(value) for value in values})
    return masks


def _mixed(question: Question, keys: Keys, wider: Keys, hidden: Mask, name: str, chosen: set[object]) -> Mask:
    """Which cells hold some of the hidden slices of ``name``, but not all of them."""
    slices = [_plain(value) for value in wider.values(name)]
    every: dict[tuple[object, ...], int] = {}
    held: dict[tuple[object, ...], int] = {}
    for at in np.flatnonzero(hidden):
        place = _place(question, wider, int(at))
        every[place] = every.get(place, 0) + 1
        held[place] = held.get(place, 0) + (slices[at] in chosen)
    places = [_place(question, keys, at) for at in range(len(keys))]
    return np.array(
        [0 < held.get(place, 0) < every.get(place, 0) or (name in question.by and held.get(place, 0) > 0) for place in places], np.bool_
    )


def _place(question: Question, keys: Keys, at: int) -> tuple[object, ...]:
    row = keys.row(at)
    return (keys.axis.labels[int(keys.bucket[at])], *(_plain(row[name]) for name in question.by))


def _plain(value: object) -> object:
    return None if value is None else str(value)
