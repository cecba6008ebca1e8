"""Binding and normal form: two texts that must give the same figure become the same tree, so that work is shared and keys are equal."""

from __future__ import annotations

from collections.abc import Mapping

from rashin.errors import Bilingual, DefinitionError
from rashin.formula import nodes
from rashin.formula.nodes import Constant, Node
from rashin.formula.printer import show
from rashin.formula.scope import ParamValue

_FLIPPED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def bind(node: Node, params: Mapping[str, ParamValue]) -> Node:
    """Return the tree with every parameter replaced by its value. Raises DefinitionError when that divides by zero."""
    if isinstance(node, nodes.Param):
        return literal(params[node.name], node.at)
    if isinstance(node, nodes.In):
        items: list[Node] = []
        for item in node.items:
            value = params[item.name] if isinstance(item, nodes.Param) else None
            items.extend(literal(each, item.at) for each in value) if isinstance(value, tuple) else items.append(bind(item, params))
        return nodes.In(bind(node.operand, params), tuple(items), at=node.at)
    bound = nodes.rebuild(node, lambda part: bind(part, params))
    if isinstance(bound, nodes.Arithmetic) and bound.op == "/" and constant_value(bound.right) == 0:
        raise DefinitionError(
            "division_by_zero",
            Bilingual("パラメータが 0 のため 0 で割ることになります。", "a parameter of 0 makes this divide by zero."),
            Bilingual("0 でない値を指定してください。", "Give another value."),
            word=show(node),
        )
    return bound


def literal(value: ParamValue, at: int = 0) -> Constant:
    """Return a parameter's value as a constant."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Constant(nodes.number(value), at=at)
    return Constant(value, at=at)  # type: ignore[arg-type]


def constant_value(node: Node) -> float | None:
    """Return the number that a tree of constants amounts to; None when it reads anything else (or divides by zero)."""
    match node:
        case Constant():
            return float(node.value) if isinstance(node.value, int | float) else None
        case nodes.Negative():
            inner = constant_value(node.operand)
            return None if inner is None else -inner
        case nodes.Arithmetic():
            left, right = constant_value(node.left), constant_value(node.right)
            if left is None or right is None or (node.op == "/" and right == 0):
                return None
            return {"+": left + right, "-": left - right, "*": left * right, "/": left / (right or 1.0)}[node.op]
        case _:
            return None


def normal(node: Node) -> Node:
    """Return the normal form of a bound tree; it means the same under three-valued logic.

    ``between`` becomes two comparisons, a literal stands on the right, ``not`` moves into comparisons, ``and``/``or`` operands and ``in``
    items are sorted and freed of repetitions.
    """
    node = nodes.rebuild(node, normal)
    match node:
        case nodes.Between():
            low, high = nodes.Compare(">=", node.operand, node.low), nodes.Compare("<=", node.operand, node.high)
            return normal(nodes.logic("and", [low, high], node.at))
        case nodes.Compare():
            return _comparison(node)
        case nodes.In():
            items = sorted(set(node.items), key=show)
            return _comparison(nodes.Compare("=", node.operand, items[0])) if len(items) == 1 else nodes.In(node.operand, tuple(items))
        case nodes.Not():
            return _negated(node.operand)
        case nodes.Logic():
            operands = sorted(set(node.operands), key=show)
            return nodes.logic(node.op, operands, node.at)
        case _:
            return node


def _comparison(node: nodes.Compare) -> Node:
    left, right = node.left, node.right
    swap = isinstance(left, Constant) and not isinstance(right, Constant)
    if not swap and isinstance(left, Constant) == isinstance(right, Constant) and node.op in ("=", "<>"):
        swap = show(left) > show(right)
    return nodes.Compare(_FLIPPED[node.op], right, left) if swap else node  # type: ignore[arg-type]


def _negated(operand: Node) -> Node:
    if isinstance(operand, nodes.Not):
        return operand.operand
    if isinstance(operand, nodes.Compare):
        return nodes.Compare(_OPPOSITE[operand.op], operand.left, operand.right)  # type: ignore[arg-type]
    return nodes.Not(operand)
