"""Rows of a small roll-up added up here are what the engine's GROUP BY gives."""

from __future__ import annotations

import random
from datetime import date

import pyarrow as pa

from rashin.query.regroup import regroup

KINDS = ("count", "sum", "min", "max")


def drawn(count: int, seed: int = 5) -> pa.Table:
    chance = random.Random(seed)

    def number() -> float | None:
        return chance.choice([None, None, float(chance.randrange(100))])

    return pa.table(
        {
            "_k": pa.array([date(2026, 10, chance.randrange(1, 4)) for _ in range(count)]),
            "_d0": pa.array([chance.choice(["A", "B", None]) for _ in range(count)], pa.string()),
            "_d1": pa.array([chance.choice([9, 10, None]) for _ in range(count)], pa.int32()),
            "_n": pa.array([chance.randrange(1, 9) for _ in range(count)], pa.int64()),
            "_m0": pa.array([float(chance.randrange(5)) for _ in range(count)]),
            **{f"_m{i}": pa.array([number() for _ in range(count)], pa.float64()) for i in (1, 2, 3)},
        }
    )


def by_hand(rows: pa.Table) -> dict[tuple[object, ...], list[float | None]]:
    groups: dict[tuple[object, ...], list[dict[str, object]]] = {}
    for row in rows.to_pylist():
        groups.setdefault((row["_k"], row["_d0"], row["_d1"]), []).append(row)

    def over(how, name, members):
        known = [row[name] for row in members if row[name] is not None]
        return how(known) if known else None

    return {
        key: [sum(row["_n"] for row in members), *(over(how, f"_m{i}", members) for i, how in enumerate((sum, sum, min, max)))]
        for key, members in groups.items()
    }


def test_each_group_once_with_its_sums_and_extremes() -> None:
    rows = drawn(120)
    found = regroup(rows, KINDS)
    plain = {
        (row["_k"], row["_d0"], row["_d1"]): [None if value != value else value for value in list(row.values())[3:]]
        for row in found.to_pylist()
    }
    assert plain == by_hand(rows)
    assert found.num_rows == len(plain)


def test_nothing_stays_nothing() -> None:
    assert regroup(drawn(0), KINDS).num_rows == 0
