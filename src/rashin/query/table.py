"""Answers as Arrow tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rashin.query.cells import STATES, Series, joined

if TYPE_CHECKING:
    import pyarrow as pa

    from rashin.query.answer import Answer
    from rashin.query.keys import Keys

#: Columns of the long table besides the dimensions.
FIXED = (
    "kpi", "variant", "unit", "bucket", "bucket_start", "bucket_end", "value", "n", "low", "high", "state", "reason",
    "numerator", "denominator", "compare_value", "change",
)  # fmt: skip


def column_name(dimension: str) -> str:
    """Return the column of a dimension: its name, with a mark where a fixed column has that name."""
    return f"{dimension}_dimension" if dimension in FIXED else dimension


def _coded(codes: Any, values: list[Any]) -> pa.Array:
    """A dictionary column from codes; code -1 and None are null."""
    import pyarrow as pa

    codes = np.asarray(codes, np.int32)
    known = [value for value in values if value is not None]
    place = np.cumsum([value is not None for value in values]) - 1
    missing = (codes < 0) | np.array([value is None for value in values] or [True])[np.maximum(codes, 0)]
    moved = place[np.maximum(codes, 0)] if len(values) else codes
    return pa.DictionaryArray.from_arrays(pa.array(moved.astype(np.int32), mask=missing), pa.array(known, _type(known)))


def _type(values: list[Any]) -> pa.DataType:
    import pyarrow as pa

    return pa.int32() if values and isinstance(values[0], int) else pa.string()


def key_columns(keys: Keys) -> dict[str, pa.Array]:
    """Return bucket, bucket_start, bucket_end and the dimensions, one row per key."""
    import pyarrow as pa

    found = {
        "bucket": _coded(keys.bucket, list(keys.axis.labels)),
        "bucket_start": pa.array(keys.axis.starts[keys.bucket]),
        "bucket_end": pa.array(keys.axis.ends[keys.bucket]),
    }
    for index, name in enumerate(keys.by):
        found[column_name(name)] = _coded(keys.codes[index], list(keys.dictionaries[index]))
    return found


def _number(column: Any, length: int) -> pa.Array:
    import pyarrow as pa

    if column is None:
        return pa.nulls(length, pa.float64())
    return pa.array(column, from_pandas=True)


def _reasons(one: Series, lang: str, length: int) -> pa.Array:
    """The remarks on each cell, joined; cells with the same remarks share one text."""
    if not one.why:
        return _coded(np.full(length, -1), [])
    pattern = np.zeros(length, np.int64)
    for bit, (mask, _) in enumerate(one.why):
        pattern |= mask.astype(np.int64) << bit
    kinds, codes = np.unique(pattern, return_inverse=True)
    texts = [joined([text for bit, (_, text) in enumerate(one.why) if kind >> bit & 1])(lang) if kind else None for kind in kinds.tolist()]
    return _coded(codes, texts)


def series_columns(one: Series, lang: str) -> dict[str, pa.Array]:
    """Return the columns of one KPI's cells."""
    length = len(one.value)
    low, high = one.ends
    return {
        "value": _number(one.value, length),
        "n": _number(one.n, length),
        "low": _number(low, length),
        "high": _number(high, length),
        "state": _coded(one.state, list(STATES)),
        "reason": _reasons(one, lang, length),
        "numerator": _number(one.numerator, length),
        "denominator": _number(one.denominator, length),
        "compare_value": _number(one.compare_value, length),
        "change": _number(one.change, length),
    }


def long_table(answer: Answer, lang: str) -> pa.Table:
    """Return all cells, one row each, KPI by KPI."""
    import pyarrow as pa

    keys = key_columns(answer.keys)
    length = len(answer.keys)
    parts = []
    for one in answer.series:
        names = {"kpi": one.definition.kpi, "variant": one.definition.variant, "unit": one.definition.unit}
        head = {name: _coded(np.zeros(length, np.int32), [text]) for name, text in names.items()}
        parts.append(pa.table({**head, **keys, **series_columns(one, lang)}))
    return pa.concat_tables(parts).unify_dictionaries()


def wide_table(answer: Answer) -> pa.Table:
    """Return the values, one column per KPI as it was asked for."""
    import pyarrow as pa

    return pa.table({**key_columns(answer.keys), **{one.name: _number(one.value, len(answer.keys)) for one in answer.series}})
