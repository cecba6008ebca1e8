"""Sums of measures with coefficients, and the numerator and denominator of a value that is a quotient of two such sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from rashin.formula import nodes
from rashin.formula.histogram import FloatArray
from rashin.formula.nodes import Node
from rashin.formula.normal import constant_value


@dataclass(frozen=True, eq=False)
class Linear(Mapping[str, float]):
    """``coefficient × measure`` summed; a mapping of measure → coefficient. ``optional``: measures whose null counts as 0 (``coalesce(m, 0)``)."""

    terms: Mapping[str, float]
    constant: float = 0.0
    optional: frozenset[str] = field(default=frozenset())

    def __getitem__(self, name: str) -> float:
        return self.terms[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    def evaluate(self, columns: Mapping[str, FloatArray]) -> FloatArray:
        """Return the sum per bucket; NaN where a measure that is not optional is NaN."""
        total: FloatArray = np.array(self.constant, dtype=np.float64)
        for name, coefficient in self.terms.items():
            column = np.asarray(columns[name], dtype=np.float64)
            total = total + coefficient * (np.nan_to_num(column, nan=0.0) if name in self.optional else column)
        return total

    def scaled(self, factor: float) -> Linear:
        """Return the sum times a number."""
        return Linear({name: coefficient * factor for name, coefficient in self.terms.items()}, self.constant * factor, self.optional)

    def plus(self, other: Linear) -> Linear | None:
        """Return both sums together; None when a measure is optional in one of them only."""
        shared = self.terms.keys() & other.terms.keys()
        if (self.optional ^ other.optional) & shared:
            return None
        terms = dict(self.terms)
        for name, coefficient in other.terms.items():
            terms[name] = terms.get(name, 0.0) + coefficient
        return Linear(terms, self.constant + other.constant, self.optional | other.optional)

    def same(self, other: Linear) -> bool:
        """Say whether both are the same sum."""
        return dict(self.terms) == dict(other.terms) and self.constant == other.constant and self.optional == other.optional


_ONE = Linear({}, 1.0)
_Quotient = tuple[Linear, Linear]


def ratio_of(node: Node) -> _Quotient | None:
    """Return (numerator, denominator) of a value; None when it is no quotient of two sums of measures."""
    found = _quotient(node)
    if found is None or not found[1].terms or found[1].constant or found[0].constant:
        return None
    return found


def linear_of(node: Node) -> Linear | None:
    """Return the value as one sum of measures; None when it is something else."""
    found = _quotient(node)
    return found[0] if found is not None and found[1].same(_ONE) else None


def _quotient(node: Node) -> _Quotient | None:
    constant = constant_value(node)
    if constant is not None:
        return Linear({}, constant), _ONE
    match node:
        case nodes.MeasureRef() if not node.histogram:
            return Linear({node.name: 1.0}), _ONE
        case nodes.Negative():
            return _scale(_quotient(node.operand), -1.0)
        case nodes.Arithmetic():
            return _combine(node.op, _quotient(node.left), _quotient(node.right))
        case nodes.Call() if node.name == "coalesce" and len(node.args) == 2 and constant_value(node.args[1]) == 0:
            first = node.args[0]
            if isinstance(first, nodes.MeasureRef) and not first.histogram:
                return Linear({first.name: 1.0}, optional=frozenset((first.name,))), _ONE
            return None
        case _:
            return None


def _scale(found: _Quotient | None, factor: float) -> _Quotient | None:
    return None if found is None else (found[0].scaled(factor), found[1])


def _combine(op: str, left: _Quotient | None, right: _Quotient | None) -> _Quotient | None:
    if left is None or right is None:
        return None
    if op == "-":
        return _combine("+", left, _scale(right, -1.0))
    if op == "*":
        for one, other in ((left, right), (right, left)):
            if not one[0].terms and one[1].same(_ONE):
                return _scale(other, one[0].constant)
        return None
    if op == "/":
        if not right[0].terms and right[1].same(_ONE):
            return _scale(left, 1 / right[0].constant) if right[0].constant else None
        return (left[0], right[0]) if left[1].same(_ONE) and right[1].same(_ONE) else None
    return _sum(left, right)


def _sum(left: _Quotient, right: _Quotient) -> _Quotient | None:
    if left[1].same(right[1]):
        total = left[0].plus(right[0])
        return None if total is None else (total, left[1])
    for one, other in ((left, right), (right, left)):
        # 1 - a / b = (b - a) / b
        if not one[0].terms and one[1].same(_ONE):
            total = other[0].plus(other[1].scaled(one[0].constant))
            return None if total is None else (total, other[1])
    return None
