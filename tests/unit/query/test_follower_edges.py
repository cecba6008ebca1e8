"""Follower growth asked by day, month and account: the start is the account's last record before the bucket."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.catalogue import load
from rashin.query import Question, Scope, ask

DAYS = [
    ("羅針堂", "2026-09-30", 1000),
    ("羅針堂", "2026-10-01", 1020),
    ("羅針堂", "2026-10-02", 990),
    ("羅針堂", "2026-10-31", 1100),
    ("羅針堂EC", "2026-10-02", 500),
    ("羅針堂EC", "2026-10-31", 600),
]


def growth(world: Any, period: str, **asked: Any) -> dict[tuple[Any, ...], float | None]:
    answer = ask(
        world.store, load(), Question(("follower_growth",), Period.parse(period, date(2026, 11, 1)), **asked), scope=Scope.everything()
    )
    names = [name for name in ("bucket", "account") if name in answer.table.column_names]
    return {tuple(str(row[name]) for name in names): row["value"] for row in answer.table.to_pylist()}


@pytest.fixture
def accounts(world: Any) -> Any:
    world.load(
        "account_day", [{"network": "x", "account": account, "business_date": day, "followers": count} for account, day, count in DAYS]
    )
    return world


def test_a_month_starts_at_the_last_record_before_it(accounts: Any) -> None:
    """羅針堂 1000 → 1100; 羅針堂EC has no record before October and starts at its first, 500 → 600."""
    (value,) = growth(accounts, "2026-10").values()
    assert value == pytest.approx((1700 - 1500) / 1500)


def test_each_account_alone(accounts: Any) -> None:
    found = growth(accounts, "2026-10", by=("account",))
    assert {key[-1]: round(value or 0, 6) for key, value in found.items()} == {"羅針堂": 0.1, "羅針堂EC": 0.2}


def test_a_single_day_has_a_growth(accounts: Any) -> None:
    found = growth(accounts, "2026-10-01..2026-10-02", grain="day", by=("account",))
    days = {key: value for key, value in found.items() if key[-1] == "羅針堂"}
    assert list(days.values()) == [pytest.approx(20 / 1000), pytest.approx(-30 / 1020)]
