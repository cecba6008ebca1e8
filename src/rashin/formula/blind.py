"""What a measure can still count when some columns are never known: nothing at all, or some rows after all.

``sum(case when resolved then 1 when not resolved then 0 end)`` is blind without ``resolved``; ``count(*) filter (where coalesce(transfers, 0) = 0)`` is not
blind without ``transfers``, for it says itself what an unknown number means.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import product
from typing import Any, Final, TypeAlias

from rashin.formula import nodes
from rashin.formula.measure import Measure
from rashin.formula.nodes import Constant, Node


class _Anything:
    """Some value that is not null, nobody knows which."""


_SOME: Final = _Anything()
#: What an expression may come to: None (null), known values, or _SOME.
_Outcomes: TypeAlias = frozenset[Any]

_NULL: Final[_Outcomes] = frozenset({None})
_EITHER: Final[_Outcomes] = frozenset({True, False})
_COMPARED: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@lru_cache(maxsize=4096)
def blind(measure: Measure, unknown: frozenset[str]) -> bool:
    """Return True when no row can add anything to the measure as long as the columns ``unknown`` are null in it.

    Never True by mistake: what cannot be followed counts as possible.
    """
    if measure.condition is not None and True not in _outcomes(measure.condition, unknown):
        return True
    if measure.argument is None:
        return False
    nothing = {None, 0} if measure.kind == "sum" else {None}
    return not any(each is _SOME or each not in nothing for each in _outcomes(measure.argument, unknown))


@lru_cache(maxsize=1024)
def counts_rows(measure: Measure) -> bool:
    """Return whether the measure counts rows: a count, or a sum to which each row adds 1 or nothing (``case when resolved then 1 … else 0 end``)."""
    if measure.kind != "sum" or measure.argument is None:
        return measure.kind == "count"
    return _outcomes(measure.argument, frozenset()) <= {None, 0, 1}


@lru_cache(maxsize=1024)
def counts_where(measure: Measure, column: str, value: str) -> bool:
    """Return whether a row whose text ``column`` is ``value`` can count for the measure; False only when it certainly cannot."""

    def settled(node: Node) -> Node:
        if isinstance(node, nodes.Column) and node.name == column:
            return Constant(value)
        return nodes.rebuild(node, settled)

    argument, condition = (None if tree is None else settled(tree) for tree in (measure.argument, measure.condition))
    return not blind(replace(measure, argument=argument, condition=condition), frozenset())


def _outcomes(node: Node, unknown: frozenset[str]) -> _Outcomes:
    match node:
        case Constant():
            return frozenset({node.value})
        case nodes.Column():
            if node.name in unknown:
                return _NULL
            return _EITHER | _NULL if node.type == "bool" else frozenset({_SOME, None})
        case nodes.Negative() | nodes.Arithmetic() | nodes.Elapsed():
            divided = isinstance(node, nodes.Arithmetic) and node.op == "/"
            return _computed([_outcomes(part, unknown) for part in nodes.children(node)], frozenset({_SOME, None} if divided else {_SOME}))
        case nodes.Compare():
            return _compare(node.op, _outcomes(node.left, unknown), _outcomes(node.right, unknown))
        case nodes.Logic():
            return _logic(node.op, [_outcomes(part, unknown) for part in node.operands])
        case nodes.Not():
            return frozenset(None if each is None else not each for each in _truths(_outcomes(node.operand, unknown)))
        case nodes.In():
            found = [_compare("=", _outcomes(node.operand, unknown), _outcomes(item, unknown)) for item in node.items]
            return _logic("or", found)
        case nodes.IsNull():
            return frozenset(each is None for each in _outcomes(node.operand, unknown))
        case nodes.Between():
            low = _compare(">=", _outcomes(node.operand, unknown), _outcomes(node.low, unknown))
            high = _compare("<=", _outcomes(node.operand, unknown), _outcomes(node.high, unknown))
            return _logic("and", [low, high])
        case nodes.Case():
            return _case(node, unknown)
        case nodes.Call():
            return _call(node, unknown)
    return frozenset({_SOME, None, True, False})


def _computed(parts: Iterable[_Outcomes], made: _Outcomes) -> _Outcomes:
    """Null where a part is null, else what is made of them."""
    parts = list(parts)
    if any(each == _NULL for each in parts):
        return _NULL
    return made | (_NULL if any(None in each for each in parts) else frozenset())


def _compare(op: str, left: _Outcomes, right: _Outcomes) -> _Outcomes:
    found: set[bool | None] = set()
    for one, other in product(left, right):
        if one is None or other is None:
            found.add(None)
        elif one is _SOME or other is _SOME:
            found |= _EITHER
        else:
            found.add(_COMPARED[op](one, other))
    return frozenset(found)


def _truths(found: _Outcomes) -> _Outcomes:
    return found - {_SOME} | _EITHER if _SOME in found else found


def _logic(op: str, operands: Iterable[_Outcomes]) -> _Outcomes:
    """Three-valued: a false makes an ``and`` false, a true makes an ``or`` true, whatever the unknown."""
    strong = op == "or"
    found: _Outcomes = frozenset({not strong})
    for each in operands:
        found = frozenset(
            strong if strong in (one, other) else None if None in (one, other) else not strong
            for one, other in product(found, _truths(each))
        )
    return found


def _case(node: nodes.Case, unknown: frozenset[str]) -> _Outcomes:
    found: _Outcomes = frozenset()
    for when, then in node.whens:
        chosen = _truths(_outcomes(when, unknown))
        if True in chosen:
            found |= _outcomes(then, unknown)
        if chosen == {True}:
            return found
    return found | _outcomes(node.otherwise, unknown)


def _call(node: nodes.Call, unknown: frozenset[str]) -> _Outcomes:
    given = [_outcomes(arg, unknown) for arg in node.args]
    if node.name == "coalesce":
        found: _Outcomes = frozenset()
        for each in given:
            found |= each - {None}
            if None not in each:
                return found
        return found | _NULL
    if node.name in ("least", "greatest"):  # these pass over nulls
        known = frozenset({_SOME}) if any(each != _NULL for each in given) else frozenset()
        return known | (_NULL if all(None in each for each in given) else frozenset())
    return _computed(given, frozenset({_SOME}))
