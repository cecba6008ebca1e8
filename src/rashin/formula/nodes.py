"""The tree that a formula becomes: a dozen frozen node kinds and nothing else.

Equality ignores ``at`` (where the node begins in the text), so that two texts that mean the same compare equal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, TypeAlias

#: What an expression is. "any" is the type of a bare ``null``.
Kind: TypeAlias = Literal["text", "number", "instant", "date", "bool", "histogram", "any"]
Scalar: TypeAlias = str | int | float | bool | date | datetime | None


def _at() -> int:
    return field(default=0, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, text, true/false, null, date or UTC instant. Whole numbers are kept as int."""

    value: Scalar
    at: int = _at()


@dataclass(frozen=True, slots=True)
class Param:
    """``:name``, replaced by its value when the definition is bound."""

    name: str
    kind: Kind
    at: int = _at()


@dataclass(frozen=True, slots=True)
class Name:
    """A word not yet looked up; never left in a checked tree."""

    name: str
    at: int = _at()


@dataclass(frozen=True, slots=True)
class Column:
    """A stored or virtual column of the fact. ``type`` is the column's stored type, ``virtual`` says that the query supplies it."""

    name: str
    type: str
    unit: str | None = None
    virtual: bool = False
    at: int = _at()


@dataclass(frozen=True, slots=True)
class MeasureRef:
    """A measure used in a value."""

    name: str
    unit: str | None = None
    histogram: bool = False
    at: int = _at()


@dataclass(frozen=True, slots=True)
class Negative:
    operand: Node
    at: int = _at()


@dataclass(frozen=True, slots=True)
class Arithmetic:
    op: Literal["+", "-", "*", "/"]
    left: Node
    right: Node
    at: int = _at()


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Seconds from ``start`` to ``end``, both instants: written ``end - start``."""

    end: Node
    start: Node
    at: int = _at()


@dataclass(frozen=True, slots=True)
class Compare:
    op: Literal["=", "<>", "<", "<=", ">", ">="]
    left: Node
    right: Node
    at: int = _at()


@dataclass(frozen=True, slots=True)
class Logic:
    """``and`` / ``or`` over two or more operands (flattened)."""

    op: Literal["and", "or"]
    operands: tuple[Node, ...]
    at: int = _at()


@dataclass(frozen=True, slots=True)
class Not:
    operand: Node
    at: int = _at()


@dataclass(frozen=True, slots=True)
class In:
    """``operand in (…)``; the items are constants or parameters, never null."""

    operand: Node
    items: tuple[Node, ...]
    at: int = _at()


@dataclass(frozen=True, slots=True)
class IsNull:
    operand: Node
    at: int = _at()


@dataclass(frozen=True, slots=True)
class Between:
    operand: Node
    low: Node
    high: Node
    at: int = _at()


@dataclass(frozen=True, slots=True)
class Case:
    """``case when c1 then v1 … else v end``; ``otherwise`` is null when there is no ``else``."""

    whens: tuple[tuple[Node, Node], ...]
    otherwise: Node
    at: int = _at()


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language by its lower-case name."""

    name: str
    args: tuple[Node, ...]
    at: int = _at()


Node: TypeAlias = (
    Constant
    | Param
    | Name
    | Column
    | MeasureRef
    | Negative
    | Arithmetic
    | Elapsed
    | Compare
    | Logic
    | Not
    | In
    | IsNull
    | Between
    | Case
    | Call
)


def children(node: Node) -> tuple[Node, ...]:
    """Return the node's direct parts, left to right."""
    match node:
        case Negative() | Not() | IsNull():
            return (node.operand,)
        case Arithmetic() | Compare():
            return (node.left, node.right)
        case Elapsed():
            return (node.end, node.start)
        case Logic():
            return node.operands
        case In():
            return (node.operand, *node.items)
        case Between():
            return (node.operand, node.low, node.high)
        case Case():
            return (*(part for pair in node.whens for part in pair), node.otherwise)
        case Call():
            return node.args
        case _:
            return ()


def rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return the node with ``change`` applied to each direct part (not to the node itself)."""
    at = node.at
    match node:
        case Negative():
            return negative(change(node.operand), at)
        case Not():
            return Not(change(node.operand), at=at)
        case IsNull():
            return IsNull(change(node.operand), at=at)
        case Arithmetic():
            return Arithmetic(node.op, change(node.left), change(node.right), at=at)
        case Compare():
            return Compare(node.op, change(node.left), change(node.right), at=at)
        case Elapsed():
            return Elapsed(change(node.end), change(node.start), at=at)
        case Logic():
            return logic(node.op, [change(part) for part in node.operands], at)
        case In():
            return In(change(node.operand), tuple(change(item) for item in node.items), at=at)
        case Between():
            return Between(change(node.operand), change(node.low), change(node.high), at=at)
        case Case():
            return Case(tuple((change(when), change(then)) for when, then in node.whens), change(node.otherwise), at=at)
        case Call():
            return Call(node.name, tuple(change(arg) for arg in node.args), at=at)
        case _:
            return node


def negative(operand: Node, at: int = 0) -> Node:
    """Return minus ``operand``; a number literal simply changes its sign, so that ``-3`` is one constant."""
    if isinstance(operand, Constant) and isinstance(operand.value, int | float) and not isinstance(operand.value, bool):
        return Constant(number(-operand.value), at=at)
    return Negative(operand, at=at)


def logic(op: Literal["and", "or"], operands: list[Node], at: int = 0) -> Node:
    """Return the operands joined by ``op``, nested uses of the same ``op`` flattened, a single operand as it is."""
    flat: list[Node] = []
    for part in operands:
        flat.extend(part.operands if isinstance(part, Logic) and part.op == op else (part,))
    return flat[0] if len(flat) == 1 else Logic(op, tuple(flat), at=at)


def number(value: float) -> int | float:
    """Return a whole number as int (also ``-0.0`` as 0), any other as float: one spelling for one number."""
    return int(value) if float(value).is_integer() else float(value)


def walk(node: Node) -> list[Node]:
    """Return the node and everything below it."""
    found = [node]
    for part in children(node):
        found.extend(walk(part))
    return found


def columns(node: Node | None) -> frozenset[str]:
    """Return the names of the stored and virtual columns that the tree reads."""
    return frozenset() if node is None else frozenset(part.name for part in walk(node) if isinstance(part, Column))


def parameters(node: Node | None) -> frozenset[str]:
    """Return the names of the parameters that the tree uses."""
    return frozenset() if node is None else frozenset(part.name for part in walk(node) if isinstance(part, Param))
