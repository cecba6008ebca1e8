"""What no row may be: without a required value, outside a column's range, against a rule of its fact.

Most batches have no offender, and that is soon seen: by counts of nulls, by least and greatest values, by one comparison of two columns. Only the checks
that are still open after that go into one statement, which finds all offenders of the batch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rashin.formula import parse_condition, to_sql
from rashin.intake.values.fast import quoted
from rashin.intake.values.reading import Fault, Transform
from rashin.records import ENGINE_TYPE, FACTS, Fact

if TYPE_CHECKING:
    import pyarrow as pa


_RANGES = ("negative", "below_minimum", "above_maximum")
_NOT_BEFORE = re.compile(r"(\w+) >= (\w+)")


@dataclass(frozen=True, slots=True)
class Check:
    """``sql`` is true for a row that must be refused with ``code`` because of ``column``.

    What a batch must keep so that no row of it can be: ``any_of``: not all of these columns are null; ``low``, ``high``: the column's values lie within;
    ``later``, ``earlier``: one column is never less than the other. A check with none of them is always asked.
    """

    sql: str
    code: str
    column: str
    detail: str = ""
    any_of: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    later: str = ""
    earlier: str = ""


@lru_cache(maxsize=64)
def checks_of(name: str) -> tuple[Check, ...]:
    """Return the checks of a fact: required columns, a time to be counted at, ranges, rules."""
    fact = FACTS[name]
    found = [Check(f"{quoted(column)} IS NULL", "required", column, any_of=(column,)) for column in fact.required]
    anchors = dict.fromkeys((*fact.anchors, "business_date"))
    if not set(anchors) & set(fact.required):
        found.append(Check(" AND ".join(f"{quoted(each)} IS NULL" for each in anchors), "no_time", fact.anchors[0], any_of=tuple(anchors)))
    for column in fact.columns:
        if column.minimum is not None:
            code = "negative" if column.minimum == 0 else "below_minimum"
            found.append(Check(f"{quoted(column.name)} < {column.minimum!r}", code, column.name, f"{column.minimum:g}", low=column.minimum))
        if column.maximum is not None:
            found.append(
                Check(
                    f"{quoted(column.name)} > {column.maximum!r}", "above_maximum", column.name, f"{column.maximum:g}", high=column.maximum
                )
            )
    for rule in fact.rules:
        condition = to_sql(parse_condition(rule.expression, name, {}, f"{name} › {rule.code}"))
        order = _NOT_BEFORE.fullmatch(rule.expression)
        later, earlier = order.groups() if order else ("", "")
        found.append(Check(f"({condition}) IS FALSE", rule.code, rule.column, later=later, earlier=earlier))
    return tuple(found)


def check(fact: Fact, table: pa.Table, transform: Transform, labels: dict[str, str]) -> list[Fault]:
    """Return the faults of ``table`` (columns of the fact; positions are those in it). ``labels``: column of the fact → source column for people.

    A column that the mapping leaves out is null; it is checked only for being required.
    """
    import numpy as np
    import pyarrow as pa

    seen = _Seen(table)
    checks = tuple(each for each in _applying(fact, frozenset(table.column_names)) if not seen.kept(each))
    if not checks or not table.num_rows:
        return []
    named = _named(fact, checks)
    rows = table.select([name for name in table.column_names if name in named]).append_column("_row", pa.array(np.arange(table.num_rows)))
    out = transform(rows, _statement(fact, checks, frozenset(rows.column_names)))
    if not out.num_rows:
        return []
    positions = out.column("_row").to_numpy()
    faults = []
    for index, each in enumerate(checks):
        hit = out.column(f"c{index}").to_numpy(zero_copy_only=False).astype(bool)
        if hit.any():
            at = positions[hit]
            faults.append(
                Fault(at, each.code, each.column, labels.get(each.column, each.column), _values(table, each.column, at), each.detail)
            )
    return faults


class _Seen:
    """What is easily seen of a batch. ``kept`` is True only when no row can offend."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._present = frozenset(table.column_names)
        self._ranges: dict[str, tuple[Any, Any]] = {}

    def kept(self, check: Check) -> bool:
        """Whether every row keeps to the check."""
        if check.any_of:
            return any(name in self._present and not self._table.column(name).null_count for name in check.any_of)
        if check.low is not None or check.high is not None:
            least, greatest = self._range(check.column)
            low_kept = check.low is None or least is None or least >= check.low
            return low_kept and (check.high is None or greatest is None or greatest <= check.high)
        return bool(check.later) and self._ordered(check.later, check.earlier)

    def _range(self, name: str) -> tuple[Any, Any]:
        """Least and greatest value, (None, None) of nothing but nulls. A NaN counts as above everything, as the engine sees it."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        if name not in self._ranges:
            column = self._table.column(name)
            found = pc.min_max(column)
            self._ranges[name] = found["min"].as_py(), found["max"].as_py()
            if pa.types.is_floating(column.type) and pc.any(pc.is_nan(column)).as_py():
                self._ranges[name] = self._ranges[name][0], float(np.inf)
        return self._ranges[name]

    def _ordered(self, later: str, earlier: str) -> bool:
        """A row without one of the two keeps to the rule. Numbers with NaN are left to the statement."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if later not in self._present or earlier not in self._present:
            return True
        one, other = self._table.column(later), self._table.column(earlier)
        if one.type != other.type or pa.types.is_floating(one.type):
            return False
        return not pc.any(pc.less(one, other)).as_py()


@lru_cache(maxsize=256)
def _applying(fact: Fact, present: frozenset[str]) -> tuple[Check, ...]:
    """Ranges of columns that are not there need no check; rules and required columns do."""
    return tuple(each for each in checks_of(fact.name) if each.column in present or each.code not in _RANGES)


@lru_cache(maxsize=1024)
def _named(fact: Fact, checks: tuple[Check, ...]) -> frozenset[str]:
    """Columns of the fact that the statements of ``checks`` name."""
    return frozenset(name for name in fact.names if any(quoted(name) in each.sql for each in checks))


@lru_cache(maxsize=1024)
def _statement(fact: Fact, checks: tuple[Check, ...], present: frozenset[str]) -> str:
    missing = sorted(_named(fact, checks) - present)
    nulls = "".join(f", CAST(NULL AS {ENGINE_TYPE[fact.column(name).type]}) AS {quoted(name)}" for name in missing)
    verdicts = ", ".join(f"coalesce({each.sql}, false) AS c{index}" for index, each in enumerate(checks))
    any_of = " OR ".join(f"c{index}" for index in range(len(checks)))
    return f"SELECT * FROM (SELECT _row, {verdicts} FROM (SELECT *{nulls} FROM raw)) WHERE {any_of}"


def _values(table: pa.Table, column: str, at: Any) -> list[str | None]:
    import pyarrow as pa

    if column not in table.column_names:
        return [None] * len(at)
    return [None if each is None else str(each) for each in table.column(column).take(pa.array(at)).to_pylist()]
