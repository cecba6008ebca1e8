"""Text → unchecked tree. The only module that knows SQLGlot; it runs when definitions are loaded, never per question.

A scanner first lets only the language's own marks through (no comments, semicolons, quoted names, casts …), so that SQLGlot sees nothing
surprising; its tree is then copied node by node, and whatever is not known here is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NoReturn, TypeVar

from rashin.errors import Bilingual
from rashin.formula import nodes
from rashin.formula.nodes import Constant, Name, Node
from rashin.formula.problems import Text
from rashin.formula.scan import MAX_DEPTH, read_number, scan, too_deep

MAX_REMEMBERED = 4096
#: Functions of a row expression and of a value, with the least and greatest number of arguments.
ROW_FUNCTIONS = {
    "abs": (1, 1),
    "ceil": (1, 1),
    "coalesce": (2, 20),
    "floor": (1, 1),
    "greatest": (2, 20),
    "least": (2, 20),
    "lower": (1, 1),
}
VALUE_FUNCTIONS = {
    "abs": (1, 1),
    "coalesce": (2, 20),
    "greatest": (2, 20),
    "least": (2, 20),
    "nullif": (2, 2),
    "mean": (1, 1),
    "median": (1, 1),
    "percentile": (2, 2),
    "share_at_most": (2, 2),
    "size": (1, 1),
}
AGGREGATES = ("count", "sum", "min", "max", "histogram")
_AVERAGES = ("avg", "average", "mean", "median", "percentile", "quantile", "stddev", "variance")


@dataclass(frozen=True, slots=True)
class RawMeasure:
    """One aggregate as written: ``count(distinct agent) filter (where …)``."""

    function: str
    argument: Node | None
    distinct: bool
    condition: Node | None
    at: int


def expression(source: Text) -> Node:
    """Return the tree of a row expression, condition or value. Raises :class:`rashin.errors.DefinitionError`."""
    found = _expressions.get(source.text)
    return found if found is not None else _remember(_expressions, source.text, _Copier(source).node(_tree(source), 0))


def measure(source: Text) -> RawMeasure:
    """Return the parts of a measure. Raises :class:`rashin.errors.DefinitionError`."""
    found = _measures.get(source.text)
    return found if found is not None else _remember(_measures, source.text, _Copier(source).measure(_tree(source)))


# the variants of an entry share most of their texts, and a tree depends on nothing but its text
_expressions: dict[str, Node] = {}
_measures: dict[str, RawMeasure] = {}
_Tree = TypeVar("_Tree")


def _remember(known: dict[str, _Tree], text: str, tree: _Tree) -> _Tree:
    if len(known) >= MAX_REMEMBERED:
        known.clear()
    known[text] = tree
    return tree


@cache
def _grammar() -> Any:
    import sqlglot

    return sqlglot.Dialect.get_or_raise(None)


def _tree(source: Text) -> Any:
    scan(source)
    from sqlglot import exp
    from sqlglot.errors import ParseError, TokenError

    try:
        found = _grammar().parse_into(exp.Condition, source.text)
    except (ParseError, TokenError) as error:
        details = getattr(error, "errors", None) or [{}]
        word = details[0].get("highlight") or ""
        # SQLGlot's "col" is where the offending token ends, 1-based
        at = max(int(details[0].get("col") or 1) - max(len(word), 1), 0)
        source.syntax(at, word)
    except RecursionError:
        too_deep(source, 0)
    if len(found) != 1 or found[0] is None:
        source.syntax(0, "")
    return found[0]


class _Copier:
    """Copies SQLGlot's tree into ours; refuses what it does not know."""

    def __init__(self, source: Text) -> None:
        self.source = source

    def node(self, found: Any, depth: int) -> Node:
        from sqlglot import exp

        if depth > 4 * MAX_DEPTH:
            too_deep(self.source, self.position(found))
        handler = _HANDLERS.get(type(found).__name__)
        if handler is not None:
            copied: Node = handler(self, found, depth + 1)
            return copied
        if isinstance(found, exp.Func) and "start" in found.meta:
            return self.call(found, depth + 1)
        self.refuse(found)

    def position(self, found: Any) -> int:
        """Return where the expression begins: SQLGlot knows it of names, literals and functions only."""
        starts = [part.meta["start"] for part in found.walk() if "start" in part.meta]
        return min(starts, default=0)

    def word(self, word: str) -> int:
        """Return where a keyword first stands: SQLGlot does not say which of several."""
        place = re.search(rf"\b{word}\b", self.source.text, re.IGNORECASE)
        return place.start() if place else 0

    def refuse(self, found: Any) -> NoReturn:
        at = self.position(found)
        kind = type(found).__name__
        word = _WORDS.get(kind) or self.source.text[at : at + 30]
        place = re.search(rf"\b{re.escape(word)}\b" if word.isalpha() else re.escape(word), self.source.text, re.IGNORECASE)
        self.source.unsupported(place.start() if place else at, word, _WORD_HINTS.get(kind))

    def only(self, found: Any, *allowed: str) -> None:
        """Refuse an expression that carries anything besides the allowed parts: nothing is dropped silently."""
        for key, value in found.args.items():
            if key not in allowed and key not in _HARMLESS and value not in (None, False, []):
                self.refuse(found)

    def call(self, found: Any, depth: int) -> Node:
        at = found.meta["start"]
        word = re.match(r"\w*", self.source.text[at:])
        name = word.group().lower() if word else ""
        if name not in ROW_FUNCTIONS and name not in VALUE_FUNCTIONS and name not in AGGREGATES:
            if not name or not re.match(rf"{name}\s*\(", self.source.text[at:], re.IGNORECASE):
                self.refuse(found)
            return nodes.Call(name, (), at=at)  # the checker knows which functions are near
        self.only(found, "this", "expression", "expressions")
        parts = [found.args.get("this"), found.args.get("expression"), *(found.args.get("expressions") or [])]
        if type(found).__name__ == "Anonymous":
            parts = list(found.expressions)
        args: list[Node] = []
        for part in parts:
            if part is None:
                continue
            if type(part).__name__ in ("Star", "Distinct"):
                if name in AGGREGATES:
                    return nodes.Call(name, (), at=at)  # an aggregate where none may stand; the checker says so
                self.refuse(part)
            args.append(self.node(part, depth))
        return nodes.Call(name, tuple(args), at=at)

    def measure(self, found: Any) -> RawMeasure:
        condition = None
        if type(found).__name__ == "Filter":
            self.only(found, "this", "expression")
            condition = self.node(found.expression.this, 1)
            found = found.this
        at = self.position(found) if "start" not in found.meta else found.meta["start"]
        word = re.match(r"\w*", self.source.text[at:])
        name = word.group().lower() if word else ""
        if name in _AVERAGES and "start" in found.meta:
            self.average(name, at)
        if name not in AGGREGATES or "start" not in found.meta or type(found).__name__ in _HANDLERS:
            self.source.refuse(
                "not_a_measure",
                Bilingual(
                    "集計値は count, sum, min, max, histogram のどれか一つです。",
                    "a measure is one of count, sum, min, max, histogram.",
                ),
                at=at,
                word=name,
                known=() if name in AGGREGATES else AGGREGATES,
                next_step=Bilingual("割り算や足し算は value に書きます。", "Write the arithmetic in value."),
            )
        parts = (
            list(found.expressions)
            if type(found).__name__ == "Anonymous"
            else [found.args.get("this"), *(found.args.get("expressions") or [])]
        )
        parts = [part for part in parts if part is not None]
        if type(found).__name__ != "Anonymous":
            self.only(found, "this", "expressions")
        if len(parts) != 1:
            self.source.refuse(
                "argument_count",
                Bilingual(f"{name} には引数が一つ要ります。", f"{name} takes one argument."),
                at=at,
                word=name,
            )
        part = parts[0]
        distinct = type(part).__name__ == "Distinct"
        if distinct:
            if name != "count" or len(part.expressions) != 1 or part.args.get("on"):
                self.source.unsupported(
                    at, "distinct", Bilingual("count(distinct 列) だけ使えます。", "Only count(distinct column) is known.")
                )
            part = part.expressions[0]
        if type(part).__name__ == "Star":
            if name != "count" or distinct or any(value for key, value in part.args.items()):
                self.source.unsupported(at, "*", Bilingual("* は count(*) でだけ使えます。", "* is known in count(*) only."))
            return RawMeasure("count", None, False, condition, at)
        return RawMeasure(name, self.node(part, 1), distinct, condition, at)

    def average(self, name: str, at: int) -> None:
        self.source.refuse(
            "average_of_rows",
            Bilingual(f"集計値に {name} は使えません(平均の平均になるため)。", f"{name} is no measure: averages cannot be merged."),
            at=at,
            word=name,
            next_step=Bilingual(
                "平均は value に sum(x) ÷ count(x) と書きます。中央値や分位点は histogram(x) を集計値にします。",
                "Write sum(x) / count(x) in value; for medians and percentiles make histogram(x) the measure.",
            ),
        )


def _constant(copier: _Copier, found: Any, _depth: int) -> Node:
    copier.only(found, "this", "is_string")
    at = copier.position(found)
    if found.args.get("is_string"):
        return Constant(str(found.this), at=at)
    return Constant(read_number(copier.source, str(found.this), at), at=at)


def _column(copier: _Copier, found: Any, _depth: int) -> Node:
    copier.only(found, "this")
    if type(found.this).__name__ != "Identifier" or found.this.args.get("quoted"):
        copier.refuse(found)
    return Name(found.this.this, at=copier.position(found))


def _placeholder(copier: _Copier, found: Any, _depth: int) -> Node:
    copier.only(found, "this")
    if not isinstance(found.this, str) or not found.this:
        copier.refuse(found)
    place = re.search(rf":{found.this}\b", copier.source.text)
    return nodes.Param(found.this, "any", at=place.start() if place else 0)


def _binary(copier: _Copier, found: Any, depth: int) -> tuple[Node, Node]:
    copier.only(found, "this", "expression")
    return copier.node(found.this, depth), copier.node(found.expression, depth)


def _arithmetic(op: Literal["+", "-", "*", "/"]) -> Any:
    def copy(copier: _Copier, found: Any, depth: int) -> Node:
        left, right = _binary(copier, found, depth)
        return nodes.Arithmetic(op, left, right, at=copier.position(found))

    return copy


def _compare(op: Literal["=", "<>", "<", "<=", ">", ">="]) -> Any:
    def copy(copier: _Copier, found: Any, depth: int) -> Node:
        left, right = _binary(copier, found, depth)
        return nodes.Compare(op, left, right, at=copier.position(found))

    return copy


def _logic(op: Literal["and", "or"]) -> Any:
    def copy(copier: _Copier, found: Any, depth: int) -> Node:
        # a long chain leans to the left: walk it down in a loop, so that its length costs no depth
        parts, kind, step = [], type(found), found
        while type(step) is kind:
            copier.only(step, "this", "expression")
            parts.append(step.expression)
            step = step.this
        operands = [copier.node(part, depth) for part in (step, *reversed(parts))]
        return nodes.logic(op, operands, copier.position(found))

    return copy


def _is(copier: _Copier, found: Any, depth: int) -> Node:
    copier.only(found, "this", "expression")
    if type(found.expression).__name__ != "Null":
        copier.source.unsupported(
            copier.position(found),
            "is",
            Bilingual("is null / is not null だけ使えます。", "Only is null and is not null are known."),
        )
    return nodes.IsNull(copier.node(found.this, depth), at=copier.position(found))


def _rounded(copier: _Copier, found: Any, depth: int) -> Node:
    copier.only(found, "this")
    name = type(found).__name__.lower()
    # SQLGlot does not say where these begin: the word stands before what it rounds
    at = copier.source.text.lower().rfind(name, 0, copier.position(found) + 1)
    return nodes.Call(name, (copier.node(found.this, depth),), at=max(at, 0))


def _in(copier: _Copier, found: Any, depth: int) -> Node:
    if not found.expressions:
        at = copier.position(found)
        copier.source.unsupported(at, "in", Bilingual("in ('a', 'b') の形で書きます。", "Write in ('a', 'b')."))
    copier.only(found, "this", "expressions")
    items = tuple(copier.node(item, depth) for item in found.expressions)
    return nodes.In(copier.node(found.this, depth), items, at=copier.position(found))


def _between(copier: _Copier, found: Any, depth: int) -> Node:
    copier.only(found, "this", "low", "high")
    operand, low, high = (copier.node(found.args[key], depth) for key in ("this", "low", "high"))
    return nodes.Between(operand, low, high, at=copier.position(found))


def _case(copier: _Copier, found: Any, depth: int) -> Node:
    copier.only(found, "ifs", "default")
    whens = []
    for when in found.args["ifs"]:
        copier.only(when, "this", "true")
        whens.append((copier.node(when.this, depth), copier.node(when.args["true"], depth)))
    default = found.args.get("default")
    otherwise = copier.node(default, depth) if default is not None else Constant(None)
    return nodes.Case(tuple(whens), otherwise, at=copier.position(found))


def _single(build: Any) -> Any:
    def copy(copier: _Copier, found: Any, depth: int) -> Node:
        copier.only(found, "this")
        built: Node = build(copier.node(found.this, depth), copier.position(found))
        return built

    return copy


_HANDLERS: dict[str, Any] = {
    "Ceil": _rounded,
    "Floor": _rounded,
    "Literal": _constant,
    "Boolean": lambda copier, found, _depth: Constant(bool(found.this), at=copier.word("true" if found.this else "false")),
    "Null": lambda copier, _found, _depth: Constant(None, at=copier.word("null")),
    "Column": _column,
    "Placeholder": _placeholder,
    "Paren": lambda copier, found, depth: (copier.only(found, "this"), copier.node(found.this, depth))[1],
    "Neg": _single(nodes.negative),
    "Not": _single(lambda operand, at: nodes.Not(operand, at=at)),
    "Add": _arithmetic("+"),
    "Sub": _arithmetic("-"),
    "Mul": _arithmetic("*"),
    "Div": _arithmetic("/"),
    "EQ": _compare("="),
    "NEQ": _compare("<>"),
    "LT": _compare("<"),
    "LTE": _compare("<="),
    "GT": _compare(">"),
    "GTE": _compare(">="),
    "And": _logic("and"),
    "Or": _logic("or"),
    "Is": _is,
    "In": _in,
    "Between": _between,
    "Case": _case,
}
#: Notes that SQLGlot leaves on its nodes; they change nothing of the meaning.
_HARMLESS = frozenset(("typed", "safe", "big_int", "ignore_nulls"))
_WORDS = {
    "Subquery": "select",
    "Select": "select",
    "Exists": "exists",
    "Window": "over",
    "Cast": "cast",
    "TryCast": "cast",
    "Like": "like",
    "ILike": "ilike",
    "Interval": "interval",
    "Filter": "filter",
    "Collate": "collate",
    "AtTimeZone": "at time zone",
    "Tuple": ",",
    "Case": "case",
    "Star": "*",
}
_WORD_HINTS = {
    "Like": Bilingual("lower(列) = '…' か in (…) を使ってください。", "Use lower(column) = '…' or in (…)."),
    "Case": Bilingual("case when 条件 then 値 else 値 end と書きます。", "Write case when condition then value else value end."),
    "Filter": Bilingual("filter は measures の集計値にだけ付けられます。", "filter belongs to a measure."),
}
