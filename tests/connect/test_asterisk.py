"""Asterisk's queue_log: what its lines mean. Each test writes a few lines as a clock in Tokyo shows them, loads them, and looks at what they became."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rashin.connect import Mapping, RawBatch, connector
from rashin.connect.asterisk.rows import agent_name
from rashin.intake import run

TOKYO = dt.timezone(dt.timedelta(hours=9))


def written(lines: str) -> str:
    """Turn "09:00:05 c1 support - ENTERQUEUE||0311112222|1" into the log's own line, on 1 October 2026."""
    out = []
    for line in filter(None, (each.strip() for each in lines.splitlines())):
        clock, call, queue, agent, event = line.split(" ", 4)
        at = dt.datetime.fromisoformat(f"2026-10-01T{clock}").replace(tzinfo=TOKYO).timestamp()
        out.append("|".join((f"{at:.6f}" if at % 1 else str(int(at)), call, queue, agent.replace("-", "NONE"), event)))
    return "\n".join(out) + "\n"


@pytest.fixture
def log(world: Any, tmp_path: Path) -> Any:
    """Load lines; call it again to load the next file."""
    number = iter(range(100))

    def load(lines: str) -> None:
        file = tmp_path / f"queue_log.{next(number)}"
        file.write_text(written(lines), "utf-8")
        run.load(world.store, [file], by="tester")

    load.contacts = lambda columns: _rows(world, "contact", columns)  # type: ignore[attr-defined]
    load.time = lambda agent, state: [  # type: ignore[attr-defined]
        f"{start:%H:%M:%S}-{end:%H:%M:%S}" + (f" {reason}" if reason else "")
        for start, end, reason in _rows(
            world,
            "agent_time",
            "start_at + interval 9 hours, end_at + interval 9 hours, reason",
            f"agent = '{agent}' and state = '{state}'",
        )
    ]
    return load


def _rows(world: Any, fact: str, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
    order = "offered_at, native_id" if fact == "contact" else "start_at"
    table = world.store.read(f"SELECT {columns} FROM {world.store.relation(fact)} WHERE {where} ORDER BY {order}")
    return [tuple(row.values()) for row in table.to_pylist()]


def test_hold_is_the_wait_in_the_queue_and_not_the_customers_hold(log: Any) -> None:
    log("""
        09:00:00 c1 support - ENTERQUEUE||0311112222|1
        09:00:12 c1 support SIP/100 CONNECT|12|c2|4
        09:02:12 c1 support SIP/100 COMPLETECALLER|12|120|1
    """)
    columns = "outcome, queue, agent, wait_s, ring_s, talk_s, hold_s, transfers, customer_key"
    assert log.contacts(columns) == [("answered", "support", "100", 12, 4, 120, None, 0, "0311112222")]


@pytest.mark.parametrize(
    ("end", "outcome", "wait", "reason"),
    [
        ("ABANDON|1|3|20", "abandoned", 20, "ABANDON"),
        ("EXITWITHTIMEOUT|1|3|20", "forced", 20, "EXITWITHTIMEOUT"),
        ("EXITEMPTY|1|3|20", "forced", 20, "EXITEMPTY"),
        ("EXITWITHKEY|9|1|3|20", "overflow", 20, "EXITWITHKEY:9"),
        ("EXITWITHKEY|9|20", "overflow", 20, "EXITWITHKEY:9"),
    ],
)
def test_ways_to_leave_a_queue_unanswered(log: Any, end: str, outcome: str, wait: float, reason: str) -> None:
    log(f"""
        09:00:00 c1 support - ENTERQUEUE||0311112222|1
        09:00:20 c1 support - {end}
    """)
    assert log.contacts("outcome, wait_s, end_reason, talk_s") == [(outcome, wait, reason, None)]


@pytest.mark.parametrize(
    ("event", "outcome"), [("FULL", "busy"), ("CLOSED", "closed"), ("JOINEMPTY", "forced"), ("DIVERT_HOLDTIME", "overflow")]
)
def test_calls_refused_before_the_queue_never_waited(log: Any, event: str, outcome: str) -> None:
    log(f"09:00:00 c1 support - {event}|")
    assert log.contacts("outcome, wait_s, direction") == [(outcome, None, "inbound")]


def test_a_call_over_two_queues_is_two_legs_of_one_chain(log: Any) -> None:
    log("""
        09:00:00 c1 support - ENTERQUEUE||0311112222|1
        09:01:00 c1 support - EXITWITHTIMEOUT|1|1|60
        09:01:00 c1 sales - ENTERQUEUE||0311112222|1
        09:01:15 c1 sales SIP/100 CONNECT|15|c2|5
        09:02:15 c1 sales SIP/100 COMPLETEAGENT|15|60|1
    """)
    columns = "native_id, queue, outcome, initial_id, previous_id"
    assert log.contacts(columns) == [("c1", "support", "forced", "c1", None), ("c1#2", "sales", "answered", "c1", "c1")]


def test_a_call_that_comes_back_to_the_same_queue_within_one_second(log: Any) -> None:
    log("""
        09:00:00 c1 support - ENTERQUEUE||0311112222|1
        09:01:00 c1 support - EXITWITHTIMEOUT|1|1|60
        09:01:00 c1 support - ENTERQUEUE||0311112222|1
        09:01:20 c1 support - ABANDON|1|1|20
    """)
    assert log.contacts("outcome, wait_s") == [("forced", 60), ("abandoned", 20)]


def test_a_blind_transfer_ends_the_talk_and_counts(log: Any) -> None:
    log("""
        09:00:00 c1 support - ENTERQUEUE||0311112222|1
        09:00:05 c1 support SIP/100 CONNECT|5|c2|3
        09:01:05 c1 support SIP/100 BLINDTRANSFER|300|internal|5|60|1
        09:01:06 c1 sales - ENTERQUEUE||0311112222|1
        09:01:10 c1 sales SIP/200 CONNECT|4|c3|2
        09:01:40 c1 sales SIP/200 COMPLETEAGENT|4|30|1
    """)
    assert log.contacts("agent, talk_s, transfers, end_reason") == [("100", 60, 1, "BLINDTRANSFER"), ("200", 30, 0, "COMPLETEAGENT")]


def test_ring_is_milliseconds_where_nobody_answers_and_seconds_elsewhere(log: Any) -> None:
    log("""
        09:00:00 c1 support - ENTERQUEUE||0311112222|1
        09:00:10 c1 support SIP/100 RINGNOANSWER|8000
        09:00:15 c1 support SIP/200 CONNECT|15|c2|3
        09:01:15 c1 support SIP/200 COMPLETEAGENT|15|60|1
    """)
    assert log.contacts("ring_s, attempts") == [(3, 2)]
    assert log.time("100", "ring") == ["09:00:02-09:00:10"]
    assert log.time("200", "ring") == ["09:00:12-09:00:15"]


def test_orphans_say_so_and_invent_nothing(log: Any) -> None:
    log("""
        09:00:00 c1 support - ENTERQUEUE||0311112222|1
        09:10:00 c2 support - ENTERQUEUE||0322223333|1
        09:10:05 c2 support SIP/100 CONNECT|5|c3|1
        09:20:30 c4 support SIP/100 COMPLETECALLER|10|60|1
    """)
    columns = "native_id, outcome, end_reason, talk_s, strftime(offered_at + interval 9 hours, '%H:%M:%S')"
    assert log.contacts(columns) == [
        ("c1", None, "orphan_enter", None, "09:00:00"),
        ("c2", "answered", "orphan_connect", None, "09:10:00"),
        ("c4", "answered", "COMPLETECALLER (orphan_end)", 60, "09:19:20"),
    ]


def test_the_rotated_file_completes_what_the_newer_one_began(log: Any) -> None:
    log("09:20:30 c4 support SIP/100 COMPLETECALLER|10|60|1")
    assert log.contacts("end_reason, customer_key") == [("COMPLETECALLER (orphan_end)", None)]
    log("""
        09:19:21 c4 support - ENTERQUEUE||0311112222|1
        09:19:30 c4 support SIP/100 CONNECT|10|c5|2
    """)
    assert log.contacts("end_reason, customer_key") == [("COMPLETECALLER", "0311112222")]
    assert log.time("100", "talk") == ["09:19:30-09:20:30"]


def test_the_same_lines_from_two_exports_count_once(log: Any) -> None:
    lines = "09:00:00 c1 support - ENTERQUEUE||0311112222|1\n09:00:20 c1 support - ABANDON|1|1|20"
    log(lines)
    log(lines + "\n09:01:00 c2 support - ENTERQUEUE||0322223333|1")
    assert [row[0] for row in log.contacts("native_id")] == ["c1", "c2"]


def test_withheld_numbers_are_nobody_and_written_forms_of_one_number_are_one(log: Any) -> None:
    log("""
        09:00:00 c1 support - ENTERQUEUE||anonymous|1
        09:00:01 c2 support - ENTERQUEUE||+81-3-1111-2222|1
        09:00:02 c3 support - ENTERQUEUE||0311112222|1
    """)
    assert log.contacts("customer_key") == [(None,), ("0311112222",), ("0311112222",)]


def test_login_is_one_interval_over_all_queues(log: Any) -> None:
    log("""
        09:00:00 NONE support SIP/100 ADDMEMBER|
        09:05:00 NONE sales SIP/100 ADDMEMBER|
        11:00:00 NONE support SIP/100 REMOVEMEMBER|
        12:00:00 NONE sales SIP/100 REMOVEMEMBER|
    """)
    assert log.time("100", "login") == ["09:00:00-12:00:00"]
    assert log.time("100", "available") == ["09:00:00-12:00:00"]


def test_a_logoff_knows_how_long_it_was_when_its_login_was_lost(log: Any) -> None:
    log("10:00:00 NONE NONE Agent/7 AGENTCALLBACKLOGOFF|7@agents|900|CommandLogoff")
    assert log.time("7", "login") == ["09:45:00-10:00:00"]


def test_a_lost_logoff_does_not_keep_an_agent_logged_in_all_night(log: Any) -> None:
    log("""
        09:00:00 NONE NONE Agent/7 AGENTLOGIN|SIP/7
        15:00:00 NONE NONE Agent/7 AGENTLOGIN|SIP/7
        16:00:00 NONE NONE Agent/7 AGENTLOGOFF|SIP/7|3600
    """)
    assert log.time("7", "login") == ["15:00:00-16:00:00"]


def test_a_pause_changes_its_reason_without_ending(log: Any) -> None:
    log("""
        12:00:00 NONE NONE Agent/7 PAUSEALL|昼休み
        13:00:00 NONE NONE Agent/7 PAUSEALL|研修
        14:00:00 NONE NONE Agent/7 UNPAUSEALL|
    """)
    assert log.time("7", "paused") == ["12:00:00-13:00:00 昼休み", "13:00:00-14:00:00 研修"]


def test_a_pause_ended_and_begun_in_one_second_goes_on(log: Any) -> None:
    log("""
        12:00:00 NONE support SIP/7 PAUSE|昼休み
        13:00:00 NONE support SIP/7 UNPAUSE|
        13:00:00 NONE support SIP/7 PAUSE|研修
        14:00:00 NONE support SIP/7 UNPAUSE|
        15:00:00 NONE support SIP/7 PAUSE|誤操作
        15:00:00 NONE support SIP/7 UNPAUSE|
        16:00:00 NONE support SIP/7 PAUSE|離席
        16:30:00 NONE support SIP/7 REMOVEMEMBER|
    """)
    assert log.time("7", "paused") == ["12:00:00-13:00:00 昼休み", "13:00:00-14:00:00 研修", "16:00:00-16:30:00 離席"]


def test_wrap_up_is_after_call_work_of_agent_and_contact(log: Any) -> None:
    log("""
        09:00:00 c1 support - ENTERQUEUE||0311112222|1
        09:00:02 c1 support Agent/7 CONNECT|2|c2|1
        09:01:02 c1 support Agent/7 COMPLETEAGENT|2|60|1
        09:01:02 c1 support Agent/7 WRAPUPSTART|30
    """)
    assert log.contacts("talk_s, acw_s") == [(60, 30)]
    assert log.time("7", "acw") == ["09:01:02-09:01:32"]


def test_names_of_agents_lose_their_channel_and_nothing_else() -> None:
    written = ["Agent/2", "SIP/100", "PJSIP/100-0000002a", "Local/100@from-queue/n", "DAHDI/g1", "佐藤 花子", "営業/山田", "user@example"]
    assert agent_name(pa.array(written)).to_pylist() == ["2", "100", "100", "100", "g1", "佐藤 花子", "営業/山田", "user@example"]


DAY = """
    08:00:00 r1 q01 - ENTERQUEUE||01|1
    08:10:00 r1 q01 - ABANDON|1|1|4
    08:59:59 r2 q01 - ENTERQUEUE||02|1
    09:30:00 r2 q01 - ABANDON|1|1|3
    09:10:00 r3 q01 Agent/2 ENTERQUEUE|
    09:10:00 r3 q01 Agent/2 CONNECT|4|x.1
    09:10:20 r3 q01 Agent/2 COMPLETEAGENT|4|10
    09:20:00 r4 q01 Agent/2 ENTERQUEUE|
    09:20:00 r4 q01 Agent/2 CONNECT|5|x.2
    09:20:30 r4 q01 Agent/2 TRANSFER|4|0|0|22
    09:40:00 r5 q01 - CLOSED|
    09:10:10 l1 NONE Agent/3 AGENTCALLBACKLOGIN|1001@x
    09:25:10 l2 NONE Agent/3 AGENTCALLBACKLOGOFF|1001@x|900|CommandLogoff
    09:25:11 l3 NONE Agent/3 UNPAUSEALL|
"""


@pytest.mark.parametrize("form", ["file", "table", "joined"])
def test_both_forms_give_the_figures_of_the_day(world: Any, tmp_path: Path, form: str) -> None:
    """A call is counted in the hour it entered; a mean wait is cut to seconds; the answer rate leaves out calls that found the queue closed."""
    run.load(world.store, [_in_form(form, tmp_path)], Mapping("asterisk", connector="asterisk"), by="tester")
    by_hour = world.store.read(
        f"""SELECT hour(offered_at + interval 9 hours) AS h, count(*) AS received, count(*) FILTER (WHERE outcome = 'answered') AS answered,
        floor(avg(wait_s)) AS wait, count(*) FILTER (WHERE outcome = 'answered') / count(*) FILTER (WHERE outcome <> 'closed') AS rate
        FROM {world.store.relation("contact")} GROUP BY 1 ORDER BY 1"""
    ).to_pylist()
    assert by_hour == [
        {"h": 8, "received": 2, "answered": 0, "wait": 3, "rate": 0},
        {"h": 9, "received": 3, "answered": 2, "wait": 4, "rate": 1},
    ]
    talk = world.store.read(
        f"SELECT agent, sum(talk_s) AS s FROM {world.store.relation('contact')} WHERE agent IS NOT NULL GROUP BY 1"
    ).to_pylist()
    assert talk == [{"agent": "2", "s": 32}]
    login = world.store.read(
        f"SELECT sum(epoch(end_at - start_at)) AS s FROM {world.store.relation('agent_time')} WHERE agent = '3' AND state = 'login'"
    ).to_pylist()
    assert login == [{"s": 900}]


def _in_form(form: str, folder: Path) -> Path:
    lines = [line.split("|") for line in written(DAY).splitlines()]
    if form == "file":
        file = folder / "queue_log"
        file.write_text(written(DAY), "utf-8")
        return file
    file = folder / "queue_log.csv"
    rows = []
    for line in lines:
        local = dt.datetime.fromtimestamp(float(line[0]), TOKYO).strftime("%Y-%m-%d %H:%M:%S.%f")
        data = (line[5:] + [""] * 5)[:5]
        rows.append(",".join([local, *line[1:5], *(data if form == "table" else ["|".join(line[5:])])]))
    header = "time,callid,queuename,agent,event," + (",".join(f"data{n}" for n in range(1, 6)) if form == "table" else "data")
    file.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return file


MOMENTS = st.integers(0, 40)
AGENT_LINES = st.tuples(
    MOMENTS,
    st.sampled_from(["c1", "c2", "agent/7"]),
    st.sampled_from(
        [
            "CONNECT",
            "COMPLETEAGENT",
            "TRANSFER",
            "PAUSE",
            "UNPAUSE",
            "PAUSEALL",
            "UNPAUSEALL",
            "ADDMEMBER",
            "REMOVEMEMBER",
            "AGENTLOGIN",
            "AGENTLOGOFF",
            "WRAPUPSTART",
            "RINGNOANSWER",
        ]
    ),
    st.sampled_from(["a", "b", None]),
    st.lists(st.sampled_from(["1", "5", "30", "-4", "x", None]), min_size=4, max_size=4),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(AGENT_LINES, max_size=30))
def test_whatever_the_log_holds_an_agent_is_in_one_state_at_a_time(lines: list[tuple[int, str, str, str | None, list[str | None]]]) -> None:
    states = [row for row in _assembled("agent_time", lines) if row["state"] != "login"]
    for one, other in itertools.pairwise(states):
        assert one["start_at"] < one["end_at"] <= other["start_at"]


@settings(max_examples=20, deadline=None)
@given(st.lists(AGENT_LINES, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_lines_in_the_store_never_matters(lines: list[Any], random: Any) -> None:
    shuffled = list(lines)
    random.shuffle(shuffled)
    for fact in ("agent_time", "contacts"):
        assert _assembled(fact, shuffled) == _assembled(fact, lines)


def _assembled(name: str, lines: list[Any]) -> list[dict[str, Any]]:
    sql = next(each.sql for each in connector("asterisk").assemblies if each.name == name)
    start = dt.datetime.fromisoformat("2026-10-01T00:00:00")
    rows = [
        {
            "contact_id": contact,
            "event": event,
            "event_at": start + dt.timedelta(seconds=at),
            "queue": queue,
            "agent": "7",
            "native_id": repr(details),
        }
        | dict(zip(("detail", "detail_2", "detail_3", "detail_4"), details, strict=True))
        for at, contact, event, queue, details in lines
    ]
    ENGINE.register("events", pa.Table.from_pylist(rows, EVENTS))
    order = "start_at, native_id" if name == "agent_time" else "offered_at, native_id"
    return ENGINE.sql(f"SELECT * FROM ({sql}) ORDER BY {order}").to_arrow_table().to_pylist()


ENGINE = duckdb.connect(config={"threads": 1})
TEXTS = ("contact_id", "event", "queue", "agent", "detail", "detail_2", "detail_3", "detail_4", "native_id")
EVENTS = pa.schema([*((name, pa.string()) for name in TEXTS), ("event_at", pa.timestamp("us"))])


def test_lines_in_mixed_encodings_are_read_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "queue_log"
    file.write_bytes(
        "1790812800|c1|q|NONE|ENTERQUEUE||01|1|佐藤\n".encode()
        + "1790812801|c2|q|NONE|ENTERQUEUE||02|1|鈴木\n".encode("cp932")
        + b"1790812802|c3|q|NONE|ENTERQUEUE||\x85\x20\n"
    )
    found = list(connector("asterisk").read(file, {}))
    names = [name for each in found if isinstance(each, RawBatch) for name in each.table.column("p4").to_pylist()]
    assert names == ["佐藤", "鈴木"]
    assert [each.code for each in found if not isinstance(each, RawBatch)] == ["unreadable_line"]
