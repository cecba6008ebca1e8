"""Tree → text of the formula language. ``parse(show(node))`` gives the node back."""

from __future__ import annotations

from datetime import date, datetime

from rashin.formula import nodes
from rashin.formula.nodes import Constant, Node

_LEVEL = {"or": 1, "and": 2, "not": 3, "compare": 4, "+": 5, "-": 5, "*": 6, "/": 6, "leaf": 9}


def show(node: Node) -> str:
    """Return the node as formula text."""
    return _show(node)[0]


def _wrap(node: Node, least: int) -> str:
    text, level = _show(node)
    return text if level >= least else f"({text})"


def _show(node: Node) -> tuple[str, int]:
    match node:
        case Constant():
            negative = isinstance(node.value, int | float) and not isinstance(node.value, bool) and node.value < 0
            return constant(node), _LEVEL["*"] if negative else _LEVEL["leaf"]
        case nodes.Param():
            return f":{node.name}", _LEVEL["leaf"]
        case nodes.Name() | nodes.Column() | nodes.MeasureRef():
            return node.name, _LEVEL["leaf"]
        case nodes.Negative():
            return f"-{_wrap(node.operand, _LEVEL['leaf'])}", _LEVEL["*"]
        case nodes.Arithmetic():
            level = _LEVEL[node.op]
            return f"{_wrap(node.left, level)} {node.op} {_wrap(node.right, level + 1)}", level
        case nodes.Elapsed():
            return f"{_wrap(node.end, _LEVEL['-'])} - {_wrap(node.start, _LEVEL['-'] + 1)}", _LEVEL["-"]
        case nodes.Compare():
            return f"{_wrap(node.left, 5)} {node.op} {_wrap(node.right, 5)}", _LEVEL["compare"]
        case nodes.Logic():
            level = _LEVEL[node.op]
            return f" {node.op} ".join(_wrap(part, level + 1) for part in node.operands), level
        case nodes.Not():
            return f"not {_wrap(node.operand, _LEVEL['compare'])}", _LEVEL["not"]
        case nodes.In():
            return f"{_wrap(node.operand, 5)} in ({', '.join(show(item) for item in node.items)})", _LEVEL["compare"]
        case nodes.IsNull():
            return f"{_wrap(node.operand, 5)} is null", _LEVEL["compare"]
        case nodes.Between():
            return f"{_wrap(node.operand, 5)} between {_wrap(node.low, 5)} and {_wrap(node.high, 5)}", _LEVEL["compare"]
        case nodes.Case():
            whens = " ".join(f"when {show(when)} then {show(then)}" for when, then in node.whens)
            return f"case {whens} else {show(node.otherwise)} end", _LEVEL["leaf"]
        case nodes.Call():
            return f"{node.name}({', '.join(show(arg) for arg in node.args)})", _LEVEL["leaf"]


def constant(node: Constant) -> str:
    """Return a literal as it is written in a formula."""
    value = node.value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, datetime):
        return f"'{value.isoformat(timespec='seconds')}Z'"
    if isinstance(value, date):
        return f"'{value.isoformat()}'"
    return repr(value)
