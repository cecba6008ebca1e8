"""Checked, bound tree → SQL text for DuckDB, Spark SQL or ClickHouse, with the same answer (nulls included) on each.

Portable rules: numbers are computed as DOUBLE, casts are written out, columns are always quoted, literals are escaped by type. ``least`` and
``greatest`` pass over nulls. ClickHouse casts are ``Nullable``, since its plain DOUBLE can hold no null. Spark: the session zone must be UTC.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, TypeAlias

from rashin.formula import nodes
from rashin.formula.nodes import Constant, Node

Dialect: TypeAlias = Literal["duckdb", "spark", "clickhouse"]
DIALECTS: tuple[Dialect, ...] = ("duckdb", "spark", "clickhouse")

_FUNCTIONS = {
    "abs": "ABS",
    "ceil": "CEIL",
    "coalesce": "COALESCE",
    "floor": "FLOOR",
    "greatest": "GREATEST",
    "least": "LEAST",
    "lower": "LOWER",
}


def to_sql(node: Node, dialect: Dialect = "duckdb", table: str = "") -> str:
    """Return the expression as SQL; ``table`` is the relation's alias, put before each column.

    Raises ValueError for an unknown dialect and for a tree that still holds parameters or measures (those are computed outside SQL).
    """
    if dialect not in DIALECTS:
        raise ValueError(f"unknown dialect {dialect!r}: one of {', '.join(DIALECTS)}")
    return _Renderer(dialect, f"{identifier(table, dialect)}." if table else "").render(node)


def to_double(node: Node, dialect: Dialect = "duckdb", table: str = "") -> str:
    """Return a numeric expression as SQL that yields a nullable DOUBLE."""
    return as_double(to_sql(node, dialect, table), dialect)


def as_double(sql: str, dialect: Dialect) -> str:
    """Return SQL text cast to a nullable DOUBLE."""
    return f"CAST({sql} AS {'Nullable(Float64)' if dialect == 'clickhouse' else 'DOUBLE'})"


def identifier(name: str, dialect: Dialect) -> str:
    """Return a quoted name."""
    if dialect == "duckdb":
        return '"' + name.replace('"', '""') + '"'
    if dialect == "spark":
        return "`" + name.replace("`", "``") + "`"
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def text_literal(value: str, dialect: Dialect) -> str:
    """Return a text literal, escaped as the engine reads it."""
    if dialect == "duckdb":
        return "'" + value.replace("'", "''") + "'"
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    if dialect == "spark":
        # Spark would put a setting's value in the place of ${…}
        escaped = escaped.replace("$", "\\u0024")
    return f"'{escaped}'"


class _Renderer:
    def __init__(self, dialect: Dialect, prefix: str) -> None:
        self.dialect = dialect
        self.prefix = prefix

    def render(self, node: Node) -> str:
        match node:
            case Constant():
                return self.constant(node)
            case nodes.Column():
                return self.prefix + identifier(node.name, self.dialect)
            case nodes.Negative():
                return f"(-{self.double(node.operand)})"
            case nodes.Arithmetic():
                return f"({self.double(node.left)} {node.op} {self.double(node.right)})"
            case nodes.Elapsed():
                return self.elapsed(node)
            case nodes.Compare():
                left, right = self.comparable(node.left, node.right)
                return f"({left} {node.op} {right})"
            case nodes.Logic():
                return "(" + f" {node.op.upper()} ".join(self.render(part) for part in node.operands) + ")"
            case nodes.Not():
                return f"(NOT {self.render(node.operand)})"
            case nodes.In():
                operand, *items = self.comparable(node.operand, *node.items)
                return f"({operand} IN ({', '.join(items)}))"
            case nodes.IsNull():
                return f"({self.render(node.operand)} IS NULL)"
            case nodes.Between():
                operand, low, high = self.comparable(node.operand, node.low, node.high)
                return f"({operand} BETWEEN {low} AND {high})"
            case nodes.Case():
                return self.case(node)
            case nodes.Call():
                return self.call(node)
        raise ValueError(f"cannot be rendered as SQL: {type(node).__name__} {getattr(node, 'name', '')}")

    def constant(self, node: Constant) -> str:
        value = node.value
        if value is None:
            return "NULL"
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, str):
            return text_literal(value, self.dialect)
        if isinstance(value, datetime):
            return self.instant(value)
        if isinstance(value, date):
            return f"toDate32('{value.isoformat()}')" if self.dialect == "clickhouse" else f"DATE '{value.isoformat()}'"
        return str(value) if isinstance(value, int) else f"CAST({value!r} AS DOUBLE)"

    def instant(self, value: datetime) -> str:
        text = value.strftime("%Y-%m-%d %H:%M:%S")
        if self.dialect == "clickhouse":
            return f"toDateTime64('{text}', 6, 'UTC')"
        return f"TIMESTAMP '{text}'" if self.dialect == "duckdb" else f"TIMESTAMP_NTZ '{text}'"

    def double(self, node: Node) -> str:
        """Render a number so that every leaf of it is a DOUBLE: no integer overflow, no decimal rounding, no integer division."""
        if isinstance(node, Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
            return f"CAST({node.value} AS DOUBLE)"
        if isinstance(node, nodes.Column) and node.type == "integer":
            return as_double(self.render(node), self.dialect)
        return self.render(node)

    def comparable(self, *parts: Node) -> list[str]:
        """Render things that are compared: columns and whole numbers as they are, anything computed or fractional as DOUBLE."""
        if all(_is_whole(part) for part in parts):
            return [self.render(part) for part in parts]
        return [self.double(part) for part in parts]

    def case(self, node: nodes.Case) -> str:
        whens = " ".join(f"WHEN {self.render(when)} THEN {self.double(then)}" for when, then in node.whens)
        return f"(CASE {whens} ELSE {self.double(node.otherwise)} END)"

    def call(self, node: nodes.Call) -> str:
        name = "lowerUTF8" if node.name == "lower" and self.dialect == "clickhouse" else _FUNCTIONS[node.name]
        text = f"{name}({', '.join(self.double(arg) for arg in node.args)})"
        # some engines answer whole numbers here, which would then divide as such
        return as_double(text, self.dialect) if node.name in ("ceil", "floor") else text

    def elapsed(self, node: nodes.Elapsed) -> str:
        end, start = self.render(node.end), self.render(node.start)
        if self.dialect == "duckdb":
            return f"(CAST(epoch_us({end}) - epoch_us({start}) AS DOUBLE) / 1000000)"
        if self.dialect == "spark":
            micros = f"unix_micros(CAST({end} AS TIMESTAMP)) - unix_micros(CAST({start} AS TIMESTAMP))"
            return f"(CAST({micros} AS DOUBLE) / 1000000)"
        return f"(CAST(dateDiff('microsecond', {start}, {end}) AS Nullable(Float64)) / 1000000)"


def _is_whole(node: Node) -> bool:
    return isinstance(node, nodes.Column) or (isinstance(node, Constant) and not isinstance(node.value, float))
