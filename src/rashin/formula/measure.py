"""A measure: one aggregate over one fact that can be merged, and how it is written in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from typing import Literal, NoReturn, TypeAlias

from rashin.errors import Bilingual
from rashin.formula import nodes, syntax
from rashin.formula.check import check
from rashin.formula.nodes import Constant, Node
from rashin.formula.normal import bind, normal
from rashin.formula.printer import show
from rashin.formula.problems import Text
from rashin.formula.render import Dialect, to_double, to_sql
from rashin.formula.repeats import Repeat
from rashin.formula.scope import EDGE_COLUMNS, REPEAT_COLUMNS, ParamValue, Scope, labels

MeasureKind: TypeAlias = Literal["count", "sum", "min", "max", "distinct", "histogram"]


@dataclass(frozen=True)
class Measure:
    """One aggregate with its parameters bound and in normal form.

    ``argument``: what is aggregated (None for ``count(*)``); ``condition``: which rows (None for all). ``at``: the column whose instant or
    date puts a row into a bucket. ``repeat``: the switches behind ``repeat_of_earlier`` / ``repeated_later``, when it reads those.
    Over no row a count is 0, a distinct count 0, any other measure null (a histogram: empty).
    ``limit``: a part of the condition that reads nothing but source and business date, which sums that keep both can meet afterwards; ``unlimited`` is the
    measure without it. Both None of an ordinary measure.
    """

    name: str
    fact: str
    kind: MeasureKind
    argument: Node | None
    condition: Node | None
    unit: str | None = None
    params: tuple[tuple[str, ParamValue], ...] = ()
    at: str = "counted_at"
    repeat: Repeat | None = None
    limit: Node | None = field(default=None, compare=False, repr=False)
    unlimited: Measure | None = field(default=None, compare=False, repr=False)

    @property
    def additive(self) -> bool:
        """Whether the measure of a union of disjoint parts follows from the measures of the parts."""
        return self.kind != "distinct" and not self.virtual & EDGE_COLUMNS

    @cached_property
    def columns(self) -> frozenset[str]:
        """The stored columns that it reads (without the time anchor and the virtual columns)."""
        return frozenset(column.name for column in self._columns() if not column.virtual)

    @cached_property
    def virtual(self) -> frozenset[str]:
        """The virtual columns that it reads."""
        return frozenset(column.name for column in self._columns() if column.virtual)

    def _columns(self) -> list[nodes.Column]:
        trees = [tree for tree in (self.argument, self.condition) if tree is not None]
        return [node for tree in trees for node in nodes.walk(tree) if isinstance(node, nodes.Column)]

    @cached_property
    def signature(self) -> str:
        """The whole meaning as text: equal signatures, equal measures."""
        argument = "*" if self.argument is None else show(self.argument)
        condition = "" if self.condition is None else f" where {show(self.condition)}"
        repeat = f" repeat {self.repeat.signature}" if self.repeat is not None else ""
        return f"{self.fact}@{self.at}: {self.kind}({argument}){condition}{repeat}"

    @cached_property
    def key(self) -> str:
        """A short name for the meaning: the same for two measures if and only if they are the same measure. Fit for a column's name."""
        return f"m_{self.kind}_{blake2b(self.signature.encode(), digest_size=10).hexdigest()}"

    @property
    def text(self) -> str:
        """The measure as formula text, parameters filled in."""
        argument = "*" if self.argument is None else show(self.argument)
        call = f"count(distinct {argument})" if self.kind == "distinct" else f"{self.kind}({argument})"
        return call if self.condition is None else f"{call} filter (where {show(self.condition)})"

    def where(self, condition: Node) -> Measure:
        """Return the measure restricted to rows that also meet ``condition`` (a bound tree)."""
        both = condition if self.condition is None else nodes.logic("and", [self.condition, condition])
        return replace(self, condition=normal(both))

    def limited(self, limit: Node) -> Measure:
        """Return the measure over rows that also meet ``limit``, a bound tree that reads nothing but ``source`` and ``business_date``."""
        return replace(self.where(limit), limit=normal(limit), unlimited=self)

    @property
    def base_key(self) -> str:
        """The key of the measure without its limit: the one that sums by source and day are kept under."""
        return self.key if self.unlimited is None else self.unlimited.key

    def sql(self, dialect: Dialect = "duckdb", table: str = "") -> str:
        """Return the aggregate as SQL: a whole number for counts, a nullable DOUBLE for the rest.

        Raises ValueError for a histogram: it is grouped by its argument (``sql_argument``) under its condition (``sql_condition``).
        """
        if self.kind == "histogram":
            raise ValueError(f"{self.name}: a histogram is grouped by its argument; use sql_argument and sql_condition")
        condition = self.sql_condition(dialect, table)
        if self.argument is None:
            return "COUNT(*)" if condition is None else f"COUNT(CASE WHEN {condition} THEN 1 END)"
        argument = self.sql_argument(dialect, table)
        chosen = argument if condition is None else f"CASE WHEN {condition} THEN {argument} END"
        if self.kind == "distinct":
            return f"uniqExact({chosen})" if dialect == "clickhouse" else f"COUNT(DISTINCT {chosen})"
        if self.kind == "count":
            return f"COUNT({chosen})"
        return f"{self.kind.upper()}({chosen})"

    def sql_condition(self, dialect: Dialect = "duckdb", table: str = "") -> str | None:
        """Return the row condition as SQL, None when every row counts."""
        return None if self.condition is None else to_sql(self.condition, dialect, table)

    def sql_conditions(self, dialect: Dialect = "duckdb") -> tuple[str, ...]:
        """Return conditions that are all true of exactly the rows that count, so that measures can share them; () when every row counts."""
        match self.condition:
            case None:
                return ()
            case nodes.Logic(op="and"):
                return tuple(to_sql(part, dialect) for part in self.condition.operands)
            case _:
                return (to_sql(self.condition, dialect),)

    def sql_argument(self, dialect: Dialect = "duckdb", table: str = "") -> str | None:
        """Return what is aggregated as SQL (numbers as nullable DOUBLE), None for ``count(*)``."""
        if self.argument is None:
            return None
        return to_double(self.argument, dialect, table) if _is_number(self.argument) else to_sql(self.argument, dialect, table)

    @property
    def root(self) -> Measure | None:
        """The measure of which this is the sum of squares; None when it is not one."""
        match self.argument:
            case nodes.Arithmetic(op="*", left=left, right=right) if left == right and self.kind == "sum":
                return replace(self, argument=left)
            case _:
                return None

    def squared(self) -> Measure:
        """Return the measure of the sum of squares of the same argument over the same rows (for the variance of a mean)."""
        if self.argument is None or self.kind != "sum":
            raise ValueError(f"{self.name}: only a sum has squares")
        if self.unlimited is not None and self.limit is not None:
            return self.unlimited.squared().limited(self.limit)
        square = nodes.Arithmetic("*", self.argument, self.argument)
        return replace(self, name=f"{self.name}_squares", argument=square, unit=None)


def _is_number(node: Node) -> bool:
    match node:
        case nodes.Column():
            return node.type in ("number", "integer")
        case Constant():
            return isinstance(node.value, int | float) and not isinstance(node.value, bool)
        case nodes.Negative() | nodes.Arithmetic() | nodes.Elapsed():
            return True
        case nodes.Case():
            return any(_is_number(part) for part in (*(then for _, then in node.whens), node.otherwise))
        case nodes.Call():
            return node.name in ("abs", "ceil", "floor", "least", "greatest") or any(
                _is_number(arg) for arg in node.args if node.name == "coalesce"
            )
        case _:
            return False


@dataclass(frozen=True, slots=True)
class MeasureForm:
    """A checked measure whose parameters are still open; ``bind`` closes them without parsing anything again."""

    name: str
    fact: str
    kind: MeasureKind
    argument: Node | None
    condition: Node | None
    unit: str | None
    at: str = "counted_at"

    @property
    def parameters(self) -> frozenset[str]:
        """The names of the parameters it uses."""
        return nodes.parameters(self.argument) | nodes.parameters(self.condition)

    @property
    def needs_repeat(self) -> bool:
        """Whether it reads ``repeat_of_earlier`` or ``repeated_later``."""
        return bool((nodes.columns(self.argument) | nodes.columns(self.condition)) & REPEAT_COLUMNS)

    def bind(self, params: Mapping[str, ParamValue], repeat: Repeat | None = None) -> Measure:
        """Return the measure with these parameter values."""
        argument = None if self.argument is None else normal(bind(self.argument, params))
        condition = None if self.condition is None else normal(bind(self.condition, params))
        used = tuple((name, params[name]) for name in sorted(self.parameters))
        return Measure(
            self.name, self.fact, self.kind, argument, condition, self.unit, used, self.at, repeat if self.needs_repeat else None
        )


def _refuse_counting(source: Text, argument: Node) -> NoReturn:
    word = show(argument)
    source.refuse(
        "type_clash",
        Bilingual(
            f"count(列) は値のある行をすべて数えるため、「{word}」が「いいえ」の行も入ります。",
            f"count(column) counts every row with a value, so it would count those where “{word}” is false, too.",
        ),
        at=argument.at,
        word=word,
        next_step=Bilingual(f"count(*) filter (where {word}) と書きます。", f"Write count(*) filter (where {word})."),
    )


def parse_measure_form(
    name: str, text: str, fact: str, params: Mapping[str, ParamValue], place: str, at: str = "counted_at"
) -> MeasureForm:
    """Return the checked measure, its parameters still open. ``params`` gives their types. Raises DefinitionError."""
    source = Text(text, place, labels(fact))
    raw = syntax.measure(source)
    scope = Scope(params, fact=fact)
    argument, unit = None, "count" if raw.function == "count" else None
    kind: MeasureKind = "distinct" if raw.distinct else raw.function  # type: ignore[assignment]
    if raw.argument is not None:
        found = check(source, raw.argument, scope)
        if kind in ("count", "distinct"):
            if found.kind == "bool":
                _refuse_counting(source, raw.argument)
        elif found.kind != "number":
            source.kind(raw.argument.at, show(raw.argument), found.kind, "number")
        else:
            unit = found.unit
        argument = found.node
    condition = None
    if raw.condition is not None:
        checked = check(source, raw.condition, scope)
        if checked.kind != "bool":
            source.kind(raw.condition.at, show(raw.condition), checked.kind, "bool")
        condition = checked.node
    return MeasureForm(name, fact, kind, argument, condition, unit, at)
