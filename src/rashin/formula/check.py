"""Unchecked tree → checked tree: names looked up, derived columns expanded, types and units proved. Everything else is refused here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from rashin.errors import Bilingual
from rashin.formula import nodes, syntax, units
from rashin.formula.nodes import Constant, Kind, Node
from rashin.formula.normal import bind, constant_value
from rashin.formula.printer import show
from rashin.formula.problems import Text
from rashin.formula.scope import VIRTUAL, Scope, derived, kind_of_column, kind_of_param, row_names, stored
from rashin.formula.units import Unit

_ANY: Kind = "any"


@dataclass(frozen=True, slots=True)
class Checked:
    """A checked tree with its type and unit."""

    node: Node
    kind: Kind
    unit: Unit = None
    choices: tuple[str, ...] = ()


def check(source: Text, raw: Node, scope: Scope) -> Checked:
    """Return the checked tree. Raises :class:`rashin.errors.DefinitionError`."""
    return _Checker(source, scope).any(raw)


@cache
def expanded(fact: str, name: str) -> Checked:
    """Return the checked tree of a derived column, written out in stored columns."""
    column = derived(fact)[name]
    source = Text(column.expression, f"records › {fact} › {name}")
    found = check(source, syntax.expression(source), Scope({}, fact=fact))
    return Checked(found.node, found.kind, column.unit or found.unit)


class _Checker:
    def __init__(self, source: Text, scope: Scope) -> None:
        self.source = source
        self.scope = scope

    def any(self, node: Node) -> Checked:
        match node:
            case Constant():
                return self.constant(node)
            case nodes.Param():
                return self.param(node)
            case nodes.Name():
                return self.name(node)
            case nodes.Negative():
                inner = self.number(node.operand)
                return Checked(nodes.negative(inner.node, node.at), "number", inner.unit)
            case nodes.Arithmetic():
                return self.arithmetic(node)
            case nodes.Call():
                return self.call(node)
            case nodes.Case():
                return self.case(node)
            case nodes.Compare() | nodes.Logic() | nodes.Not() | nodes.In() | nodes.IsNull() | nodes.Between():
                return self.condition(node)
        raise AssertionError(f"not a raw node: {node!r}")  # pragma: no cover - the copier makes no other

    # leaves

    def constant(self, node: Constant) -> Checked:
        if node.value is None:
            return Checked(node, _ANY)
        if isinstance(node.value, bool):
            return Checked(node, "bool")
        return Checked(node, "text" if isinstance(node.value, str) else "number")

    def param(self, node: nodes.Param) -> Checked:
        if node.name not in self.scope.params:
            self.source.unknown("unknown_param", Bilingual("パラメータ", "parameter"), node.name, node.at, self.scope.params)
        value = self.scope.params[node.name]
        if isinstance(value, tuple):
            self.source.unsupported(
                node.at, f":{node.name}", Bilingual("リストは in (:名前) でだけ使えます。", "A list is known in in (:name) only.")
            )
        kind = kind_of_param(value)
        return Checked(nodes.Param(node.name, kind, at=node.at), kind, units.unit_of_name(node.name))

    def name(self, node: nodes.Name) -> Checked:
        if self.scope.fact is None:
            return self.measure(node)
        fact, name = self.scope.fact, node.name
        if name in derived(fact):
            return expanded(fact, name)
        if name in stored(fact):
            column = stored(fact)[name]
            kind = kind_of_column(column.type)
            return Checked(nodes.Column(name, column.type, column.unit, at=node.at), kind, column.unit, column.choices)
        if name in VIRTUAL.get(fact, {}):
            type_, unit = VIRTUAL[fact][name]
            return Checked(nodes.Column(name, type_, unit, virtual=True, at=node.at), kind_of_column(type_), unit)
        self.source.unknown("unknown_column", Bilingual(f"{fact} の列", f"column of {fact}"), name, node.at, row_names(fact))

    def measure(self, node: nodes.Name) -> Checked:
        measures = self.scope.measures or {}
        if node.name not in measures:
            self.source.unknown("unknown_measure", Bilingual("集計値", "measure"), node.name, node.at, measures)
        found = measures[node.name]
        kind: Kind = "histogram" if found.histogram else "number"
        return Checked(nodes.MeasureRef(node.name, found.unit, found.histogram, at=node.at), kind, found.unit)

    # wanted types

    def wanted(self, node: Node, kind: Kind) -> Checked:
        found = self.any(node)
        if found.kind not in (kind, _ANY):
            self.source.kind(node.at, self.words(node), found.kind, kind)
        return found

    def number(self, node: Node) -> Checked:
        return self.wanted(node, "number")

    def words(self, node: Node) -> str:
        return show(node)

    # arithmetic

    def arithmetic(self, node: nodes.Arithmetic) -> Checked:
        left, right = self.any(node.left), self.any(node.right)
        if node.op == "-" and left.kind == right.kind == "instant":
            return Checked(nodes.Elapsed(left.node, right.node, at=node.at), "number", "s")
        for part, found in ((node.left, left), (node.right, right)):
            if found.kind not in ("number", _ANY):
                self.source.kind(part.at, self.words(part), found.kind, "number")
        tree = nodes.Arithmetic(node.op, left.node, right.node, at=node.at)
        if node.op in "+-":
            return Checked(tree, "number", self.same_unit(node.left, left, node.right, right))
        if node.op == "*":
            return Checked(tree, "number", units.times(left.unit, right.unit))
        if self.scope.fact is not None and not _is_constant(right.node):
            self.source.refuse(
                "division_of_rows",
                Bilingual(
                    f"行ごとの割り算は定数でだけできます(「{self.words(node.right)}」は行ごとに変わります)。",
                    f"a row can be divided by a constant only; “{self.words(node.right)}” differs from row to row.",
                ),
                at=node.right.at,
                word=self.words(node.right),
                next_step=Bilingual(
                    "比率は、合計どうしの割り算として value に書きます。", "Write a ratio in value, as one sum divided by another."
                ),
            )
        if constant_value(bind(right.node, self.scope.params) if _is_constant(right.node) else right.node) == 0:
            self.source.refuse(
                "division_by_zero",
                Bilingual(f"0 で割っています:「{self.words(node)}」", f"divides by zero: “{self.words(node)}”."),
                at=node.right.at,
                word=self.words(node.right),
            )
        return Checked(tree, "number", units.over(left.unit, right.unit))

    def same_unit(self, left_node: Node, left: Checked, right_node: Node, right: Checked) -> Unit:
        if not units.fits(left.unit, right.unit):
            self.source.units(right_node.at, (self.words(left_node), str(left.unit)), (self.words(right_node), str(right.unit)))
        return units.common(left.unit, right.unit)

    # conditions

    def condition(self, node: Node) -> Checked:
        match node:
            case nodes.Not():
                return Checked(nodes.Not(self.wanted(node.operand, "bool").node, at=node.at), "bool")
            case nodes.Logic():
                return Checked(nodes.logic(node.op, [self.wanted(part, "bool").node for part in node.operands], node.at), "bool")
            case nodes.IsNull():
                inner = self.any(node.operand)
                self.no_histogram(node.operand, inner)
                return Checked(nodes.IsNull(inner.node, at=node.at), "bool")
            case nodes.In():
                return self.membership(node)
            case nodes.Between():
                operand = self.any(node.operand)
                low = self.comparable(node.operand, operand, node.low, ordered=True)
                high = self.comparable(node.operand, operand, node.high, ordered=True)
                return Checked(nodes.Between(operand.node, low.node, high.node, at=node.at), "bool")
            case nodes.Compare():
                return self.comparison(node)
        raise AssertionError(f"not a condition: {node!r}")  # pragma: no cover

    def comparison(self, node: nodes.Compare) -> Checked:
        ordered = node.op not in ("=", "<>")
        left = self.any(node.left)
        if isinstance(left.node, Constant | nodes.Param) and not isinstance(node.right, Constant | nodes.Param):
            # the column decides what a literal is (date, choice), so it is looked at first
            right = self.any(node.right)
            left = self.comparable(node.right, right, node.left, ordered=ordered)
        else:
            right = self.comparable(node.left, left, node.right, ordered=ordered)
        return Checked(nodes.Compare(node.op, left.node, right.node, at=node.at), "bool")

    def comparable(self, first_node: Node, first: Checked, node: Node, *, ordered: bool) -> Checked:
        """Check ``node`` as something that ``first`` is compared with."""
        self.no_histogram(first_node, first)
        found = self.any(node)
        if _ANY in (first.kind, found.kind):
            self.source.unsupported(
                node.at, "null", Bilingual("null とは比べられません。is null を使います。", "Nothing equals null: write is null.")
            )
        if found.kind == "text" and first.kind in ("date", "instant") and isinstance(found.node, Constant):
            found = self.moment(found.node, first.kind)
        if found.kind != first.kind:
            self.source.kind(node.at, self.words(node), found.kind, first.kind)
        if ordered and first.kind in ("text", "bool"):
            self.source.kind(first_node.at, self.words(first_node), first.kind, "number")
        self.choice(first, node, found)
        self.choice(found, first_node, first)
        self.same_unit(first_node, first, node, found)
        return found

    def no_histogram(self, node: Node, found: Checked) -> None:
        if found.kind == "histogram":
            self.source.kind(node.at, self.words(node), "histogram", "number")

    def moment(self, node: Constant, kind: Kind) -> Checked:
        text = str(node.value)
        pattern = r"\d{4}-\d\d-\d\d" if kind == "date" else r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
        try:
            if not re.fullmatch(pattern, text):
                raise ValueError
            value = date.fromisoformat(text) if kind == "date" else datetime.fromisoformat(text.removesuffix("Z"))
        except ValueError:
            shape = "2026-11-30" if kind == "date" else "2026-11-30T09:00:00Z"
            self.source.refuse(
                "bad_moment",
                Bilingual(f"「{text}」は日時として読めません。", f"“{text}” cannot be read as a date or instant."),
                at=node.at,
                word=text,
                next_step=Bilingual(f"'{shape}' の形で書きます。", f"Write it as '{shape}'."),
            )
        return Checked(Constant(value, at=node.at), kind)

    def choice(self, column: Checked, node: Node, found: Checked) -> None:
        """Refuse a text that the column can never hold."""
        if not column.choices:
            return
        if isinstance(found.node, Constant):
            value = found.node.value
        elif isinstance(found.node, nodes.Param):
            value = self.scope.params[found.node.name]  # type: ignore[assignment]
        else:
            return
        for each in value if isinstance(value, tuple) else (value,):
            if each not in column.choices:
                label = Bilingual(f"{self.words(column.node)} の値", f"value of {self.words(column.node)}")
                self.source.unknown("unknown_value", label, str(each), node.at, column.choices)

    def membership(self, node: nodes.In) -> Checked:
        operand = self.any(node.operand)
        items: list[Node] = []
        for item in node.items:
            if not isinstance(item, Constant | nodes.Param):
                self.source.kind(item.at, self.words(item), self.any(item).kind, "constant")
            if isinstance(item, nodes.Param) and isinstance(self.scope.params.get(item.name), tuple):
                items.append(self.list_param(item, operand))
            else:
                items.append(self.comparable(node.operand, operand, item, ordered=False).node)
        return Checked(nodes.In(operand.node, tuple(items), at=node.at), "bool")

    def list_param(self, item: nodes.Param, operand: Checked) -> Node:
        kind = kind_of_param(self.scope.params[item.name])
        if kind not in (operand.kind, _ANY):
            self.source.kind(item.at, f":{item.name}", kind, operand.kind)
        found = nodes.Param(item.name, kind, at=item.at)
        self.choice(operand, item, Checked(found, kind))
        return found

    # functions and case

    def call(self, node: nodes.Call) -> Checked:
        row = self.scope.fact is not None
        known = syntax.ROW_FUNCTIONS if row else syntax.VALUE_FUNCTIONS
        if node.name not in known:
            self.unknown_function(node, known)
        least, most = known[node.name]
        if not least <= len(node.args) <= most:
            wanted = str(least) if least == most else f"{least}~{most}" if most < 20 else f"{least}+"
            self.source.refuse(
                "argument_count",
                Bilingual(f"{node.name} の引数は {wanted} 個です。", f"{node.name} takes {wanted} arguments."),
                at=node.at,
                word=node.name,
            )
        if node.name in ("mean", "median", "percentile", "share_at_most", "size"):
            return self.of_histogram(node)
        if node.name == "lower":
            return Checked(nodes.Call("lower", (self.wanted(node.args[0], "text").node,), at=node.at), "text")
        if node.name == "coalesce":
            return self.merged(node.args, lambda parts: nodes.Call("coalesce", tuple(parts), at=node.at))
        found = self.merged(node.args, lambda parts: nodes.Call(node.name, tuple(parts), at=node.at))
        if found.kind != "number":
            self.source.kind(node.args[0].at, self.words(node.args[0]), found.kind, "number")
        return found

    def unknown_function(self, node: nodes.Call, known: dict[str, tuple[int, int]]) -> None:
        if node.name in syntax.AGGREGATES:
            self.source.refuse(
                "nested_aggregate",
                Bilingual(f"{node.name} はここでは使えません。", f"{node.name} cannot stand here."),
                at=node.at,
                word=node.name,
                next_step=Bilingual(
                    "集計(count, sum など)は measures に一つずつ名前を付けて書き、value からその名前で使います。",
                    "Give each aggregate a name under measures and use that name in value.",
                ),
            )
        if node.name in ("avg", "average", *syntax.VALUE_FUNCTIONS):
            where = Bilingual("value で、histogram の集計値に使います。", "It belongs in value, over a histogram measure.")
            average = Bilingual("平均は sum(x) ÷ count(x) と書きます。", "Write an average as sum(x) / count(x).")
            self.source.refuse(
                "function_misplaced",
                Bilingual(f"関数 {node.name} はここでは使えません。", f"the function {node.name} cannot be used here."),
                at=node.at,
                word=node.name,
                next_step=average if node.name in ("avg", "average") else where,
            )
        self.source.unknown("unknown_function", Bilingual("関数", "function"), node.name, node.at, known)

    def of_histogram(self, node: nodes.Call) -> Checked:
        first = self.wanted(node.args[0], "histogram")
        if not isinstance(first.node, nodes.MeasureRef):
            self.source.kind(node.args[0].at, self.words(node.args[0]), "any", "histogram")
        args: list[Node] = [first.node]
        unit = first.unit
        if node.name in ("percentile", "share_at_most"):
            second = self.number(node.args[1])
            if not _is_constant(second.node):
                self.source.kind(node.args[1].at, self.words(node.args[1]), second.kind, "constant")
            if node.name == "share_at_most":
                self.same_unit(node.args[0], first, node.args[1], second)
            else:
                self.percentage(node.args[1], second)
            args.append(second.node)
        if node.name in ("share_at_most", "size"):
            unit = "share" if node.name == "share_at_most" else "count"
        return Checked(nodes.Call(node.name, tuple(args), at=node.at), "number", unit)

    def percentage(self, node: Node, found: Checked) -> None:
        value = found.node.value if isinstance(found.node, Constant) else None
        if isinstance(found.node, nodes.Param):
            value = self.scope.params[found.node.name]  # type: ignore[assignment]
        if isinstance(value, int | float) and not 0 <= value <= 1:
            self.source.refuse(
                "percentile_out_of_range",
                Bilingual(
                    f"分位点は 0〜1 で書きます(90%点は 0.9)。「{value}」は範囲の外です。",
                    f"a percentile is written 0–1 (90 % is 0.9); “{value}” is outside.",
                ),
                at=node.at,
                word=str(value),
            )

    def case(self, node: nodes.Case) -> Checked:
        conditions = [self.wanted(when, "bool").node for when, _ in node.whens]
        values = [*(then for _, then in node.whens), node.otherwise]
        return self.merged(values, lambda parts: nodes.Case(tuple(zip(conditions, parts[:-1], strict=True)), parts[-1], at=node.at))

    def merged(self, parts: tuple[Node, ...] | list[Node], build: object) -> Checked:
        """Check parts that must be alike in type and unit, one of which becomes the value."""
        first_node, first = parts[0], self.any(parts[0])
        found = [first]
        kind, unit = first.kind, first.unit
        self.no_histogram(parts[0], first)
        for part in parts[1:]:
            one = self.any(part)
            self.no_histogram(part, one)
            if kind == _ANY:
                kind, first_node = one.kind, part
            elif one.kind not in (kind, _ANY):
                self.source.kind(part.at, self.words(part), one.kind, kind)
            unit = self.same_unit(first_node, Checked(first.node, kind, unit), part, one)
            found.append(one)
        if kind == _ANY:
            self.source.unsupported(
                parts[0].at, "null", Bilingual("null だけの式は使えません。", "An expression of nulls only has no meaning.")
            )
        return Checked(build([one.node for one in found]), kind, unit)  # type: ignore[operator]


def _is_constant(node: Node) -> bool:
    return not any(isinstance(part, nodes.Column | nodes.MeasureRef | nodes.Elapsed) for part in nodes.walk(node))
