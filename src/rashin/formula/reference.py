"""The second opinion: formulas evaluated one row at a time in plain Python. Slow, obvious, and not a line shared with the SQL renderer.

Null is None. Conditions follow SQL's three-valued logic: anything compared with null is null; ``false and null`` is false, ``true or null``
is true. ``least`` and ``greatest`` pass over nulls.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from rashin.formula import nodes
from rashin.formula.histogram import Histogram
from rashin.formula.measure import Measure
from rashin.formula.nodes import Node
from rashin.formula.value import Value

Row: TypeAlias = Mapping[str, Any]


def evaluate_row(node: Node, row: Row) -> Any:
    """Return the value of a row expression or condition (None = null). A column that the row does not name is null."""
    match node:
        case nodes.Constant():
            return node.value
        case nodes.Column():
            return row.get(node.name)
        case nodes.Negative():
            inner = evaluate_row(node.operand, row)
            return None if inner is None else -inner
        case nodes.Arithmetic():
            return _arithmetic(node.op, evaluate_row(node.left, row), evaluate_row(node.right, row))
        case nodes.Elapsed():
            end, start = evaluate_row(node.end, row), evaluate_row(node.start, row)
            return None if end is None or start is None else (end - start).total_seconds()
        case nodes.Compare():
            return _compare(node.op, evaluate_row(node.left, row), evaluate_row(node.right, row))
        case nodes.Logic():
            return _logic(node.op, [evaluate_row(part, row) for part in node.operands])
        case nodes.Not():
            inner = evaluate_row(node.operand, row)
            return None if inner is None else not inner
        case nodes.In():
            return _logic("or", [_compare("=", evaluate_row(node.operand, row), evaluate_row(item, row)) for item in node.items])
        case nodes.IsNull():
            return evaluate_row(node.operand, row) is None
        case nodes.Between():
            operand = evaluate_row(node.operand, row)
            above = _compare(">=", operand, evaluate_row(node.low, row))
            below = _compare("<=", operand, evaluate_row(node.high, row))
            return _logic("and", [above, below])
        case nodes.Case():
            for when, then in node.whens:
                if evaluate_row(when, row) is True:
                    return evaluate_row(then, row)
            return evaluate_row(node.otherwise, row)
        case nodes.Call():
            return _function(node.name, [evaluate_row(arg, row) for arg in node.args])
    raise TypeError(f"no row has a value for {node!r}")


def _arithmetic(op: str, left: Any, right: Any) -> float | None:
    if left is None or right is None:
        return None
    if op == "+":
        return float(left) + float(right)
    if op == "-":
        return float(left) - float(right)
    if op == "*":
        return float(left) * float(right)
    return None if right == 0 else float(left) / float(right)


def _compare(op: str, left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    if op == "=":
        return bool(left == right)
    if op == "<>":
        return bool(left != right)
    if op == "<":
        return bool(left < right)
    if op == "<=":
        return bool(left <= right)
    if op == ">":
        return bool(left > right)
    return bool(left >= right)


def _logic(op: str, operands: Sequence[bool | None]) -> bool | None:
    decisive = op == "or"
    if decisive in operands:
        return decisive
    return None if None in operands else not decisive


def _function(name: str, args: list[Any]) -> Any:
    known = [arg for arg in args if arg is not None]
    if name == "coalesce":
        return known[0] if known else None
    if name == "least":
        return min(known) if known else None
    if name == "greatest":
        return max(known) if known else None
    if name == "nullif":
        return None if args[0] is None or args[0] == args[1] else args[0]
    if not known:
        return None
    if name == "abs":
        return abs(args[0])
    if name == "floor":
        return float(math.floor(args[0]))
    if name == "ceil":
        return float(math.ceil(args[0]))
    if name == "lower":
        # letter by letter, as the engines do: no letter becomes two
        return "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in args[0])
    raise TypeError(f"unknown function {name}")


def evaluate_measure(measure: Measure, rows: Sequence[Row]) -> float | Histogram | None:
    """Return the measure over the rows: a number, None for null, or a histogram."""
    chosen = [row for row in rows if measure.condition is None or evaluate_row(measure.condition, row) is True]
    if measure.argument is None:
        return float(len(chosen))
    found = [evaluate_row(measure.argument, row) for row in chosen]
    known = [each for each in found if each is not None]
    if measure.kind == "count":
        return float(len(known))
    if measure.kind == "distinct":
        return float(len(set(known)))
    if measure.kind == "histogram":
        return Histogram.of(known)
    if not known:
        return None
    if measure.kind == "sum":
        return math.fsum(known)
    return float(min(known) if measure.kind == "min" else max(known))


def merge(measure: Measure, parts: Sequence[float | Histogram | None]) -> float | Histogram | None:
    """Return the measure of a union from the measures of its parts. Raises ValueError for a distinct count, which cannot be merged."""
    if measure.kind == "histogram":
        return Histogram.merge(part for part in parts if isinstance(part, Histogram))
    known = [part for part in parts if isinstance(part, float | int)]
    if measure.kind == "count":
        return math.fsum(known)
    if measure.kind == "distinct":
        raise ValueError(f"{measure.name}: a distinct count of a union does not follow from its parts")
    if not known:
        return None
    if measure.kind == "sum":
        return math.fsum(known)
    return min(known) if measure.kind == "min" else max(known)


def evaluate_value(value: Value, measures: Mapping[str, float | Histogram | None]) -> float | None:
    """Return the value of one bucket; None for null."""
    found = _value(value.node, measures)
    return None if found is None or not math.isfinite(found) else float(found)


def _value(node: Node, measures: Mapping[str, Any]) -> Any:
    match node:
        case nodes.MeasureRef():
            return measures[node.name]
        case nodes.Call() if node.name in ("mean", "median", "percentile", "share_at_most", "size"):
            extra = [_value(arg, measures) for arg in node.args[1:]]
            return _of_sorted(node.name, _spread(_value(node.args[0], measures)), *extra)
        case nodes.Arithmetic():
            return _arithmetic(node.op, _value(node.left, measures), _value(node.right, measures))
        case nodes.Call():
            return _function(node.name, [_value(arg, measures) for arg in node.args])
        case _:
            # conditions and constants mean the same over measures as over a row
            return evaluate_row(_filled(node, measures), {})


def _filled(node: Node, measures: Mapping[str, Any]) -> Node:
    if isinstance(node, nodes.MeasureRef | nodes.Call | nodes.Arithmetic):
        return nodes.Constant(_value(node, measures))
    return nodes.rebuild(node, lambda part: _filled(part, measures))


def _spread(histogram: Histogram | None) -> list[float]:
    return [] if histogram is None else [value for value, count in histogram.items() for _ in range(int(count))]


def _of_sorted(name: str, values: list[float], extra: float = 0.0) -> float | None:
    if name == "size":
        return float(len(values))
    if not values:
        return None
    if name == "mean":
        return math.fsum(values) / len(values)
    if name == "share_at_most":
        return sum(value <= extra for value in values) / len(values)
    place = (0.5 if name == "median" else extra) * (len(values) - 1)
    low = math.floor(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)
