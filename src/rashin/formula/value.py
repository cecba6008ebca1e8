"""A value: the formula over measures, computed last, for a whole column of buckets at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import numpy as np

from rashin.errors import Bilingual
from rashin.formula import nodes, syntax
from rashin.formula.check import check
from rashin.formula.histogram import FloatArray, Histogram
from rashin.formula.histograms import Histograms
from rashin.formula.linear import Linear, ratio_of
from rashin.formula.nodes import Constant, Node
from rashin.formula.normal import bind
from rashin.formula.printer import show
from rashin.formula.problems import Text
from rashin.formula.scope import MeasureInfo, ParamValue, Scope
from rashin.formula.units import Unit

Columns: TypeAlias = Mapping[str, FloatArray | Sequence[Histogram]]


@dataclass(frozen=True)
class Value:
    """A checked value with its parameters bound. ``measures``: the names it reads, in the order of first use."""

    node: Node
    unit: Unit = None
    measures: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """The value as formula text, parameters filled in."""
        return show(self.node)

    @cached_property
    def ratio(self) -> tuple[Linear, Linear] | None:
        """Numerator and denominator as sums of measures, when the value is a quotient of such sums; else None.

        ``1 - escalated / handled`` is (handled − escalated, handled). A plain sum, a median or a product of measures has none.
        """
        return ratio_of(self.node)

    def evaluate(self, columns: Columns) -> FloatArray:
        """Return one float64 per bucket; NaN stands for null, going in and coming out.

        ``columns`` holds, for each measure, an array of numbers or a sequence of histograms, all of one length. Anything ÷ 0 is null.
        """
        length = max((len(columns[name]) for name in self.measures), default=1)
        with np.errstate(all="ignore"):
            found = _evaluate(self.node, columns, length)
        return np.where(np.isfinite(found), found, np.nan)


@dataclass(frozen=True, slots=True)
class ValueForm:
    """A checked value whose parameters are still open; ``bind`` closes them without parsing anything again."""

    node: Node
    unit: Unit
    measures: tuple[str, ...]

    @property
    def parameters(self) -> frozenset[str]:
        """The names of the parameters it uses."""
        return nodes.parameters(self.node)

    def bind(self, params: Mapping[str, ParamValue]) -> Value:
        """Return the value with these parameter values."""
        return Value(bind(self.node, params), self.unit, self.measures)


def parse_value_form(text: str, measures: Mapping[str, MeasureInfo], params: Mapping[str, ParamValue], place: str) -> ValueForm:
    """Return the checked value, its parameters still open. Raises DefinitionError."""
    source = Text(text, place)
    raw = syntax.expression(source)
    found = check(source, raw, Scope(params, measures=measures))
    if found.kind != "number":
        source.kind(raw.at, show(raw), found.kind, "number")
    names = [node.name for node in nodes.walk(found.node) if isinstance(node, nodes.MeasureRef)]
    if not names:
        source.refuse(
            "no_measure",
            Bilingual("value には集計値が一つも使われていません。", "the value uses no measure."),
            known=measures,
        )
    return ValueForm(found.node, found.unit, tuple(dict.fromkeys(names)))


def _evaluate(node: Node, columns: Columns, length: int) -> FloatArray:
    def inner(part: Node) -> FloatArray:
        return _evaluate(part, columns, length)

    match node:
        case Constant():
            return np.full(length, np.nan if node.value is None else float(node.value), dtype=np.float64)  # type: ignore[arg-type]
        case nodes.MeasureRef():
            return np.asarray(columns[node.name], dtype=np.float64)
        case nodes.Negative():
            return -inner(node.operand)
        case nodes.Arithmetic():
            return _ARITHMETIC[node.op](inner(node.left), inner(node.right))
        case nodes.Call():
            return _call(node, columns, length)
        case nodes.Case():
            return _case(node, columns, length)
    raise TypeError(f"not part of a value: {type(node).__name__}")


def _divide(left: FloatArray, right: FloatArray) -> FloatArray:
    found: FloatArray = np.divide(left, right, out=np.full(len(left), np.nan), where=right != 0)
    return found


_ARITHMETIC: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": _divide,
}


def _call(node: nodes.Call, columns: Columns, length: int) -> FloatArray:
    first = node.args[0]
    if node.name in _OF_HISTOGRAM and isinstance(first, nodes.MeasureRef):
        extra = [float(_evaluate(arg, columns, 1)[0]) for arg in node.args[1:]]
        held: Sequence[Histogram] = columns[first.name]  # type: ignore[assignment]
        if isinstance(held, Histograms) and node.name in _OF_ALL:
            return _OF_ALL[node.name](held, *extra)
        return np.array([_OF_HISTOGRAM[node.name](each, *extra) for each in held], dtype=np.float64)
    args = [_evaluate(arg, columns, length) for arg in node.args]
    match node.name:
        case "abs":
            return np.abs(args[0])
        case "nullif":
            return np.where(args[0] == args[1], np.nan, args[0])
        case "coalesce":
            return _fold(args, lambda a, b: np.where(np.isnan(a), b, a))
        case "least":
            return _fold(args, np.fmin)
        case "greatest":
            return _fold(args, np.fmax)
    raise TypeError(f"not a function of values: {node.name}")


def _fold(args: list[FloatArray], step: Callable[[FloatArray, FloatArray], FloatArray]) -> FloatArray:
    found = args[0]
    for arg in args[1:]:
        found = step(found, arg)
    return found


#: The same of many at once.
_OF_ALL: dict[str, Callable[..., FloatArray]] = {
    "median": Histograms.medians,
    "percentile": Histograms.percentiles,
    "share_at_most": Histograms.shares_at_most,
    "size": lambda histograms: histograms.sizes,
}

_OF_HISTOGRAM: dict[str, Callable[..., float]] = {
    "mean": Histogram.mean,
    "median": Histogram.median,
    "percentile": Histogram.percentile,
    "share_at_most": Histogram.share_at_most,
    "size": lambda histogram: histogram.size,
}


def _case(node: nodes.Case, columns: Columns, length: int) -> FloatArray:
    found = _evaluate(node.otherwise, columns, length)
    for when, then in reversed(node.whens):
        true, _ = _condition(when, columns, length)
        found = np.where(true, _evaluate(then, columns, length), found)
    return found


BoolPair: TypeAlias = tuple[np.ndarray, np.ndarray]
_COMPARE: dict[str, Callable[[FloatArray, FloatArray], np.ndarray]] = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def _condition(node: Node, columns: Columns, length: int) -> BoolPair:
    """Return (is true, is false); where neither holds the condition is null."""
    match node:
        case Constant():
            return np.full(length, node.value is True), np.full(length, node.value is False)
        case nodes.Not():
            true, false = _condition(node.operand, columns, length)
            return false, true
        case nodes.Logic():
            pairs = [_condition(part, columns, length) for part in node.operands]
            every, some = np.logical_and.reduce, np.logical_or.reduce
            trues, falses = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
            return (every(trues), some(falses)) if node.op == "and" else (some(trues), every(falses))
        case nodes.IsNull():
            null = np.isnan(_evaluate(node.operand, columns, length))
            return null, ~null
        case nodes.Compare():
            left, right = _evaluate(node.left, columns, length), _evaluate(node.right, columns, length)
            return _known(_COMPARE[node.op](left, right), left, right)
        case nodes.Between():
            low, high = nodes.Compare(">=", node.operand, node.low), nodes.Compare("<=", node.operand, node.high)
            return _condition(nodes.Logic("and", (low, high)), columns, length)
        case nodes.In():
            operand = _evaluate(node.operand, columns, length)
            hit = np.logical_or.reduce([operand == _evaluate(item, columns, length) for item in node.items])
            return _known(hit, operand)
    raise TypeError(f"not a condition over measures: {type(node).__name__}")


def _known(hit: np.ndarray, *operands: FloatArray) -> BoolPair:
    null = np.logical_or.reduce([np.isnan(operand) for operand in operands])
    return hit & ~null, ~hit & ~null
