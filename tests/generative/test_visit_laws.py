"""Laws of the contacts made from a ``queue_log``: a call to which everything happened once is told in one pass, and says what putting its lines in order says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rashin.connect import connector

CONTACTS = next(each.sql for each in connector("asterisk").assemblies if each.name == "contacts")
IN_ORDER = CONTACTS.replace("as each_once", "and false as each_once")

EVENTS = (
    "ENTERQUEUE",
    "CONNECT",
    "COMPLETEAGENT",
    "BLINDTRANSFER",
    "ABANDON",
    "EXITWITHKEY",
    "SYSCOMPAT",
    "RINGNOANSWER",
    "WRAPUPSTART",
    "FULL",
    "DID",
)
SAID = st.sampled_from([None, "", "0", "1", "2", "30", "-3", "x", "anonymous"])
LINES = st.lists(
    st.tuples(
        st.sampled_from(["1.1", "2.1", "agent/a"]),
        st.sampled_from(EVENTS),
        st.integers(0, 8),
        st.sampled_from([None, "sales", "help"]),
        st.sampled_from([None, "a", "b"]),
        *(SAID for _ in range(4)),
    ),
    max_size=14,
)


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        texts = ", ".join(f"{name} VARCHAR" for name in ("queue", "agent", "detail", "detail_2", "detail_3", "detail_4", "native_id"))
        connection.execute(f"CREATE TABLE events (contact_id VARCHAR, event VARCHAR, event_at TIMESTAMP, {texts})")
        yield connection


@settings(max_examples=25, deadline=None)
@given(LINES)
def test_one_pass_says_what_the_lines_in_order_say(engine: duckdb.DuckDBPyConnection, lines: list[tuple[object, ...]]) -> None:
    engine.execute("DELETE FROM events")
    for number, (call, event, second, *rest) in enumerate(lines):
        moment = datetime(2026, 10, 1) + timedelta(seconds=int(str(second)))  # noqa: DTZ001 - as the store has them
        engine.execute(f"INSERT INTO events VALUES ({', '.join('?' * 10)})", [call, event, moment, *rest, f"{number:02d}"])
    quickly, in_order = (sorted(map(repr, engine.execute(sql).fetchall())) for sql in (CONTACTS, IN_ORDER))
    assert quickly == in_order


def test_most_calls_are_told_in_one_pass() -> None:
    """Were every call put in order, the law would hold too."""
    assert IN_ORDER.count("and false as each_once") == 1
