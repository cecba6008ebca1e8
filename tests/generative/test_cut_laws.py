"""Laws of deriving from a cut on: agents' time made load by load, in any order and with loads taken back, is what all events at once say.

The events stand in the store's own tables; what is tried here is :mod:`rashin.store.assembly` with :mod:`rashin.store.cut`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rashin.connect import Assembly, connector
from rashin.store import assembly as assemblies
from rashin.store import cut, schema

LAWS = settings(max_examples=10, deadline=None, derandomize=True)
BEGIN = dt.datetime(2026, 10, 1, tzinfo=dt.UTC).replace(tzinfo=None)
RESULT = "native_id, agent, state, queue, channel, reason, start_at, end_at"

#: Days, hours and seconds apart: so that lines meet within one second, and shifts last over midnights or for days.
moments = st.builds(
    lambda day, hour, second: BEGIN + dt.timedelta(days=day, hours=hour, seconds=second),
    st.integers(0, 12),
    st.sampled_from((0, 1, 12, 22, 23)),
    st.integers(0, 3),
)
lasting = st.sampled_from((None, "-5", "3", "3600", "40000", "200000"))
agents = st.sampled_from("ab")


def event(at: Any, agent: Any, kind: Any, **more: Any) -> Any:
    """One event as a row of the store."""
    return st.builds(
        lambda at, agent, kind, values: {"event_at": at, "agent": agent, "event": kind} | values,
        at,
        agent,
        kind,
        st.fixed_dictionaries(more),
    )


queue_log = st.one_of(
    event(
        moments,
        agents,
        st.sampled_from(("PAUSE", "PAUSEALL", "UNPAUSE", "UNPAUSEALL", "ADDMEMBER", "REMOVEMEMBER", "AGENTLOGIN")),
        queue=st.sampled_from(("q", "r", None)),
        contact_id=st.just("agent/x"),
        detail=st.sampled_from(("lunch", "desk")),
    ),
    event(moments, agents, st.just("AGENTLOGOFF"), contact_id=st.just("agent/x"), detail_2=lasting),
    event(
        moments,
        agents,
        st.sampled_from(("CONNECT", "COMPLETECALLER", "WRAPUPSTART", "RINGNOANSWER")),
        queue=st.sampled_from("qr"),
        contact_id=st.sampled_from(("c1", "c2")),
        detail=lasting,
        detail_2=lasting,
        detail_3=st.sampled_from((None, "3", "3000")),
    ),
)
event_stream = event(
    moments,
    agents,
    st.sampled_from(("LOGIN", "LOGOUT", "STATE_CHANGE", "STATE_CHANGE", "STATE_CHANGE")),
    contact_id=st.just("agent/x"),
    channel=st.sampled_from((None, "voice", "chat")),
    detail=st.sampled_from(("Available", "Lunch")),
    detail_2=st.sampled_from(("ROUTABLE", "CUSTOM", "OFFLINE")),
    detail_3=st.sampled_from((None, None, "CONNECTED", "ENDED", "MISSED")),
)


class Tables:
    """The store's tables in memory, holding one source."""

    def __init__(self, assembly: Assembly, *, cut_off: bool) -> None:
        self.cursor = duckdb.connect(config={"threads": 1})
        for statement in schema.all_tables():
            self.cursor.execute(statement)
        carried = assembly.carried if cut_off else ""
        self.assembly = assemblies.Registered(
            "s", assembly.name, assembly.sql, assembly.produces, assembly.reads, assembly.group, False, carried
        )
        self.snapshot = 0

    def load(self, rows: list[tuple[int, dict[str, Any]]]) -> None:
        """Add events (number, event) in a snapshot of their own and derive."""
        self.snapshot += 1
        for number, row in rows:
            given = {"source": "s", "native_id": f"e{number}", "revision": 1, "business_date": row["event_at"].date(), **row}
            given |= {"load_id": self.snapshot, "from_snapshot": self.snapshot, "content_hash": number}
            names = ", ".join(given)
            self.cursor.execute(f"INSERT INTO contact_event ({names}) VALUES ({', '.join('?' * len(given))})", list(given.values()))
        self.derive()

    def withdraw(self, load_id: int) -> None:
        """Close what a load brought and derive again."""
        self.snapshot += 1
        self.cursor.execute(
            f"INSERT INTO contact_event_history BY NAME SELECT *, {self.snapshot} AS to_snapshot, false AS standing FROM contact_event WHERE load_id = ?",
            [load_id],
        )
        self.cursor.execute("DELETE FROM contact_event WHERE load_id = ?", [load_id])
        self.derive()

    def derive(self) -> None:
        """Run the assembly as a load does."""
        assemblies.run(self.cursor, self.assembly, self.snapshot, self.snapshot, dated)

    def facts(self) -> list[Any]:
        return self.cursor.execute(f"SELECT {RESULT} FROM agent_time ORDER BY ALL").fetchall()

    def close(self) -> None:
        self.cursor.close()


def dated(fact: str, rows: pa.Table) -> pa.Table:
    """Give derived rows their date, as the calendars would."""
    return rows.append_column("business_date", rows.column("start_at").cast(pa.timestamp("us")).cast(pa.date32()))


def same_in_parts(name: str, events: list[Any], sizes: list[int], taken_back: int) -> None:
    """Load ``events`` in parts of ``sizes``, one of them is withdrawn in the end; after each step the facts are those of all events at once."""
    assembly = next(each for each in connector(name).assemblies if each.name == "agent_time")
    parts, whole = Tables(assembly, cut_off=True), Tables(assembly, cut_off=False)
    rest = list(enumerate(events))
    while rest:
        size = sizes[parts.snapshot % len(sizes)]
        now, rest = rest[:size], rest[size:]
        parts.load(now)
        whole.load(now)
        assert parts.facts() == whole.facts()
    load_id = 1 + taken_back % parts.snapshot
    for tables in (parts, whole):
        tables.withdraw(load_id)
    assert parts.facts() == whole.facts()
    for tables in (parts, whole):
        tables.close()


sizes = st.lists(st.integers(1, 8), min_size=1, max_size=3)


@LAWS
@given(events=st.lists(queue_log, min_size=2, max_size=30), in_order=st.booleans(), sizes=sizes, taken_back=st.integers(0, 20))
def test_a_queue_log_in_parts_tells_the_agents_time_of_the_whole_log(
    events: list[Any], in_order: bool, sizes: list[int], taken_back: int
) -> None:
    same_in_parts("asterisk", sorted(events, key=lambda row: row["event_at"]) if in_order else events, sizes, taken_back)


@LAWS
@given(events=st.lists(event_stream, min_size=2, max_size=30), in_order=st.booleans(), sizes=sizes, taken_back=st.integers(0, 20))
def test_an_event_stream_in_parts_tells_the_agents_time_of_the_whole_stream(
    events: list[Any], in_order: bool, sizes: list[int], taken_back: int
) -> None:
    same_in_parts("amazon_connect", sorted(events, key=lambda row: row["event_at"]) if in_order else events, sizes, taken_back)


def shift(day: int) -> list[dict[str, Any]]:
    """An agent's day: in at nine, a call at noon, out at six."""
    at = BEGIN + dt.timedelta(days=day)
    common = {"agent": "a", "contact_id": "agent/a", "queue": "q"}
    call = {"agent": "a", "contact_id": f"call {day}", "queue": "q"}
    return [
        common | {"event": "ADDMEMBER", "event_at": at.replace(hour=9)},
        call | {"event": "CONNECT", "event_at": at.replace(hour=12), "detail": "3"},
        call | {"event": "COMPLETECALLER", "event_at": at.replace(hour=12, minute=5), "detail": "3", "detail_2": "300"},
        common | {"event": "REMOVEMEMBER", "event_at": at.replace(hour=18)},
    ]


def test_a_days_file_is_derived_from_that_days_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty days lie behind it; of them only the last line of each kind is looked at."""
    tables = Tables(next(each for each in connector("asterisk").assemblies if each.name == "agent_time"), cut_off=True)
    for day in range(30):
        tables.load(list(enumerate(shift(day), start=day * 4)))
    seen = []
    gather = cut.gather

    def watched(cursor: Any, *rest: Any) -> None:
        gather(cursor, *rest)
        seen.append(cursor.execute("SELECT count(*) FROM events").fetchall()[0][0])

    monkeypatch.setattr(cut, "gather", watched)
    tables.load(list(enumerate(shift(30), start=120)))
    assert seen == [4 + 2]  # four lines of the day; the last ADDMEMBER and the last REMOVEMEMBER before it
    assert len(tables.facts()) == 31 * 4
    tables.close()
