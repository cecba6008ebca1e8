"""How much each driver brought to a change of any formula (Shapley; for products the same as Das Gupta 1993), along one formula or down a tree of formulas."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rashin.stats.settle import settled

Floats = NDArray[np.float64]
#: Each driver doubles the work: 2^12 = 4096 evaluations.
MOST_DRIVERS = 12


def shapley(value: Callable[[list[Any]], Any], before: Sequence[Any], after: Sequence[Any]) -> Floats:
    """Return what each driver brought; the parts add up to ``value(after) − value(before)``, an unused driver brings 0, going back flips the signs.

    ``value`` gets the drivers in order, each as it was before or after; a driver may be anything (a number, an array over segments), the value is one number.
    Zeros are allowed. Where drivers are Fractions the arithmetic is exact until the end. Earnings × share of earners, 10,930 × 0.717892 then 16,591 × 0.825974:
    4,369.91 and 1,487.26. ValueError for more than 12 drivers, and where the formula has no value for a mixture of before and after (a division by 0).
    """
    count = len(before)
    if count != len(after):
        raise ValueError("as many drivers after as before are needed")
    if count > MOST_DRIVERS:
        raise ValueError(f"at most {MOST_DRIVERS} drivers")
    try:
        values = [value([after[i] if mask >> i & 1 else before[i] for i in range(count)]) for mask in range(1 << count)]
    except ZeroDivisionError:
        values = [math.nan]
    if not all(isinstance(each, Fraction) or math.isfinite(float(each)) for each in values):
        raise ValueError("the formula has no value for some mixture of before and after")
    if all(isinstance(each, Fraction | int) for each in values):
        return np.array([float(_exact(values, driver, count)) for driver in range(count)])
    found = _parts(np.array([float(each) for each in values]), count)
    total = float(values[-1]) - float(values[0])
    return settled(found, total, float(np.abs(values).max()))


def _parts(values: Floats, count: int) -> Floats:
    masks = np.arange(1 << count)
    sizes = np.array([mask.bit_count() for mask in range(1 << count)])
    weights = np.array([math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count) for size in range(count)])
    found = np.zeros(count)
    for driver in range(count):
        without = masks[(masks >> driver & 1) == 0]
        found[driver] = math.fsum(weights[sizes[without]] * (values[without | (1 << driver)] - values[without]))
    return found


def _exact(values: list[Any], driver: int, count: int) -> Fraction:
    total = Fraction(0)
    for mask in range(1 << count):
        if not mask >> driver & 1:
            size = mask.bit_count()
            weight = Fraction(math.factorial(size) * math.factorial(count - size - 1), math.factorial(count))
            total += weight * (values[mask | 1 << driver] - values[mask])
    return total


@dataclass(frozen=True, slots=True)
class Branch:
    """A node of a tree of formulas: ``value`` computes it from its ``children`` in order. A leaf has neither and holds ``before`` and ``after``; of a node with
    children these are what ``value`` makes of the children's, and may be left out."""

    name: str
    before: float = math.nan
    after: float = math.nan
    children: tuple[Branch, ...] = ()
    value: Callable[[Sequence[float]], float] | None = None

    def at(self, side: int) -> float:
        """Return the value before (0) or after (1), computed from the leaves."""
        if self.value is None:
            return self.after if side else self.before
        return float(self.value([child.at(side) for child in self.children]))


@dataclass(frozen=True, slots=True)
class BranchPart:
    """What one node brought to the change of the root, and its children's parts, which add up to its own."""

    name: str
    part: float
    children: tuple[BranchPart, ...] = ()


def tree_shapley(root: Branch) -> BranchPart:
    """Return the parts of a whole tree: at every node the children's parts add up to the node's own, at the root to the change.

    Children share their parent's part by Shapley, where the parent's effect on the root is averaged over the states of all that stands beside it on the way down
    (nested, after Owen). ValueError as :func:`shapley`.
    """
    change = root.at(1) - root.at(0)
    return BranchPart(root.name, change, _below(root, lambda value: value, change))


def _below(node: Branch, outer: Callable[[float], float], own: float) -> tuple[BranchPart, ...]:
    """Parts of the children, ``outer`` being the root as a function of this node; they add up to ``own``."""
    if node.value is None:
        return ()
    formula = node.value
    before, after = [child.at(0) for child in node.children], [child.at(1) for child in node.children]
    parts = shapley(lambda drivers: outer(float(formula(drivers))), before, after)
    parts = settled(parts, own, max(abs(outer(node.at(0))), abs(outer(node.at(1)))))
    found = []
    for place, child in enumerate(node.children):
        through = _through(formula, outer, before, after, place)
        found.append(BranchPart(child.name, float(parts[place]), _below(child, through, float(parts[place]))))
    return tuple(found)


def _through(
    formula: Callable[[Sequence[float]], float], outer: Callable[[float], float], before: list[float], after: list[float], place: int
) -> Callable[[float], float]:
    """The root as a function of one child, averaged with Shapley's weights over the states of its siblings."""
    count = len(before)
    others = [i for i in range(count) if i != place]
    states = []
    for mask in range(1 << len(others)):
        size = mask.bit_count()
        drivers = list(before)
        for bit, i in enumerate(others):
            drivers[i] = after[i] if mask >> bit & 1 else before[i]
        states.append((math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count), drivers))

    def at(value: float) -> float:
        return math.fsum(weight * outer(float(formula([*drivers[:place], value, *drivers[place + 1 :]]))) for weight, drivers in states)

    return at
