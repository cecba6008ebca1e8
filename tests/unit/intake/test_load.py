"""Loading as an operations person sees it: files in, receipts out, rejects mended, loads withdrawn."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from rashin.connect import Mapping, parse_mapping
from rashin.errors import DefinitionError, InputError, QuestionError, RashinError
from rashin.intake.job import Progress
from rashin.intake.mend import mend
from rashin.intake.propose import propose
from rashin.intake.rejects import ABOUT, export, listing, safe_cell
from rashin.intake.run import load, withdraw

OCTOBER = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
CALLS = """
source = "pbx"
zone = "Asia/Tokyo"
[[fact]]
fact = "contact"
key = ["通話ID"]
[fact.fields]
channel    = { value = "voice" }
direction  = { value = "inbound" }
queue      = "窓口"
offered_at = { column = "着信", order = "ymd" }
wait_s     = { column = "待ち", unit = "s" }
outcome    = { column = "結果", values = { "応答" = "answered", "放棄" = "abandoned" } }
"""
HEAD = "通話ID,窓口,着信,待ち,結果\n"


def mapping(text: str = CALLS) -> Mapping:
    return parse_mapping(text)


def file(folder: Path, content: str, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8", newline="")
    return path


def facts(world: Any, fact: str, columns: str) -> list[dict[str, Any]]:
    return world.store.read(f"SELECT {columns} FROM {world.store.relation(fact)} ORDER BY ALL").to_pylist()


def test_a_receipt_accounts_for_every_row(world: Any, tmp_path: Path) -> None:
    content = (
        HEAD
        + "1,受注,2026-10-01 09:00,5,応答\n2,受注,2026-10-01 09:01,-5,放棄\n3,受注,2026-02-30 09:02,5,たぶん\n合計,,,10,\n1,受注,2026-10-01 09:00,5,応答\n"
    )
    receipt = load(world.store, [file(tmp_path, content)], mapping(), by="me", exported_at=OCTOBER)[0]
    counts = receipt.counts["contact"]
    assert (counts.rows_in, counts.accepted, counts.rejected, counts.duplicate, counts.ignored) == (5, 1, 2, 1, 1)
    assert receipt.reasons == {"negative": 1, "no_such_date": 1, "value_not_listed": 1}
    assert [(each.code, each.text.ja, each.rows) for each in receipt.ignored] == [("total", "合計・平均の行", 1)]
    assert not receipt.recognised
    (row,) = facts(world, "contact", "native_id, offered_at, business_date, utc_offset_s, counted_at, revision, source")
    assert row == {
        "native_id": "1",
        "offered_at": dt.datetime.fromisoformat("2026-10-01 00:00"),
        "business_date": dt.date(2026, 10, 1),
        "utc_offset_s": 32400,
        "counted_at": dt.datetime.fromisoformat("2026-10-01 00:00"),
        "revision": int(OCTOBER.timestamp()) * 1_000_000,
        "source": "pbx",
    }


def test_rejects_say_line_column_value_reason_and_mend(world: Any, tmp_path: Path) -> None:
    load(world.store, [file(tmp_path, HEAD + '1,"二\n行",2026-10-01 09:00,5,応答\n2,受注,2026-10-01 25:61,5,応答\n')], mapping(), by="me")
    (row,) = listing(world.store, 1).to_pylist()
    assert (row["line"], row["column"], row["value"], row["code"]) == (4, "着信", "2026-10-01 25:61", "bad_time")
    assert (row["reason_ja"], row["reason_en"]) == ("時刻として正しくありません。", "The time of day is impossible.")
    assert row["raw"] == "2,受注,2026-10-01 25:61,5,応答"
    assert (row["fact"], row["file"], row["mended_by"]) == ("contact", "t.csv", None)


def test_an_impossible_row_shows_what_stands_in_the_source(world: Any, tmp_path: Path) -> None:
    text = CALLS + 'ended_at = "終了"\n'
    load(
        world.store,
        [file(tmp_path, HEAD.replace("\n", ",終了\n") + "1,受注,2026-10-01 09:00,5,応答,2026/10/1 8:59\n")],
        mapping(text),
        by="me",
    )
    (row,) = listing(world.store, 1).to_pylist()
    assert (row["code"], row["column"], row["value"], row["reason_ja"]) == (
        "ends_before_start",
        "終了",
        "2026/10/1 8:59",
        "終了が受付より前",
    )


def test_the_landed_file_is_the_file_and_its_mapping_lies_beside_it(world: Any, tmp_path: Path) -> None:
    path = file(tmp_path, HEAD + "1,受注,2026-10-01 09:00,5,応答\n", "十月 (確定).csv")
    receipt = load(world.store, [path], mapping(), by="me")[0]
    landing = world.workspace.folder("landing")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert receipt.file_hash == digest
    assert (landing / f"{digest}.csv").read_bytes() == path.read_bytes()
    assert (landing / f"{digest}.csv").stat().st_mode & 0o777 == 0o600
    assert len(list(landing.glob("mapping-*.toml"))) == 1
    assert not list(landing.glob(".partial*"))
    assert receipt.file_name == "十月 (確定).csv"


def test_the_same_file_again_says_so_and_another_mapping_is_another_load(world: Any, tmp_path: Path) -> None:
    path = file(tmp_path, HEAD + "1,受注,2026-10-01 09:00,5,応答\n")
    first = load(world.store, [path], mapping(), by="me", exported_at=OCTOBER)[0]
    again = load(world.store, [path], mapping(), by="me", exported_at=OCTOBER)[0]
    assert (again.recognised, again.load_id) == (True, first.load_id)
    other = load(
        world.store, [path], mapping(CALLS.replace('unit = "s"', 'unit = "min"')), by="me", exported_at=OCTOBER + dt.timedelta(days=1)
    )[0]
    assert not other.recognised
    assert facts(world, "contact", "wait_s") == [{"wait_s": 300.0}]


def test_the_later_export_holds_whichever_is_loaded_first(make_world: Any, tmp_path: Path) -> None:
    early = file(tmp_path, HEAD + "1,受注,2026-10-01 09:00,5,応答\n2,受注,2026-10-01 09:01,7,放棄\n", "a.csv")
    late = file(tmp_path, HEAD + "1,受注,2026-10-01 09:00,6,応答\n", "b.csv")
    found = []
    for order in ([(early, 0), (late, 1)], [(late, 1), (early, 0)]):
        world = make_world()
        for path, days in order:
            load(world.store, [path], mapping(), by="me", exported_at=OCTOBER + dt.timedelta(days=days))
        found.append(facts(world, "contact", "native_id, wait_s"))
    assert found[0] == found[1] == [{"native_id": "1", "wait_s": 6.0}, {"native_id": "2", "wait_s": 7.0}]


def test_the_files_own_time_is_the_export_time(world: Any, tmp_path: Path) -> None:
    path = file(tmp_path, HEAD + "1,受注,2026-10-01 09:00,5,応答\n")
    os.utime(path, (1_790_000_000, 1_790_000_000))
    load(world.store, [path], mapping(), by="me")
    assert facts(world, "contact", "revision") == [{"revision": 1_790_000_000_000_000}]


def test_a_mapped_revision_beats_the_export_time(world: Any, tmp_path: Path) -> None:
    text = CALLS.replace('key = ["通話ID"]', 'key = ["通話ID"]\nrevision = "更新"')
    content = "通話ID,窓口,着信,待ち,結果,更新\n1,受注,2026-10-01 09:00,5,応答,2026-10-03T00:00:00Z\n1,受注,2026-10-01 09:00,9,応答,2026-10-02T00:00:00Z\n2,受注,2026-10-01 09:00,9,応答,\n"
    receipt = load(world.store, [file(tmp_path, content)], mapping(text), by="me")[0]
    assert facts(world, "contact", "native_id, wait_s") == [{"native_id": "1", "wait_s": 5.0}]
    assert receipt.reasons == {"revision_missing": 1}


def test_of_repeated_keys_the_later_line_holds_when_the_mapping_says_so(world: Any, tmp_path: Path) -> None:
    text = CALLS.replace('key = ["通話ID"]', 'key = ["通話ID"]\nwithin = "last"')
    content = HEAD + "1,受注,2026-10-01 09:00,5,応答\n1,受注,2026-10-01 09:00,8,応答\n"
    load(world.store, [file(tmp_path, content)], mapping(text), by="me")
    assert facts(world, "contact", "wait_s") == [{"wait_s": 8.0}]


def test_open_doubts_stop_a_load_and_settling_writes_them_in(world: Any, tmp_path: Path) -> None:
    doubt = '[[doubt]]\ncode = "zone"\nquestion = { ja = "どこ?", en = "Where?" }\nchoices = ["Asia/Tokyo", "UTC", "…"]\npath = "/zone"\nsettled = ""\n'
    path = file(tmp_path, HEAD + "1,受注,2026-10-01 09:00,5,応答\n")
    asked = mapping(CALLS.replace('zone = "Asia/Tokyo"\n', "") + doubt)
    with pytest.raises(DefinitionError) as caught:
        load(world.store, [path], asked, by="me")
    assert caught.value.code == "doubts_open"
    assert "--settle zone=Asia/Tokyo" in caught.value.text("en")
    with pytest.raises(DefinitionError) as unknown:
        load(world.store, [path], asked, by="me", settle={"zona": "UTC"})
    assert unknown.value.suggestion == "zone"
    load(world.store, [path], asked, by="me", settle={"zone": "America/New_York"})
    assert facts(world, "contact", "offered_at") == [{"offered_at": dt.datetime.fromisoformat("2026-10-01 13:00")}]


def test_a_file_of_an_unknown_form_is_told_what_to_do(world: Any, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as caught:
        load(world.store, [file(tmp_path, HEAD)], by="me")
    assert caught.value.code == "mapping_needed"
    with pytest.raises(DefinitionError) as named:
        load(world.store, [file(tmp_path, HEAD)], "call_lst", by="me")
    assert named.value.suggestion == "call_list"
    with pytest.raises(InputError):
        load(world.store, [tmp_path / "nothing.csv"], mapping(), by="me")


def test_an_error_in_the_middle_of_a_file_leaves_nothing(world: Any, tmp_path: Path) -> None:
    rows = "".join(f"{n},受注,2026-10-01 09:00,5,応答\n" for n in range(3))
    other = CALLS.replace('queue      = "窓口"', 'queue      = "拠点"')
    with pytest.raises(DefinitionError) as caught:
        load(world.store, [file(tmp_path, HEAD + rows)], mapping(other), by="me")
    assert (caught.value.code, caught.value.word) == ("column_missing", "拠点")
    assert world.store.snapshot() == 0
    assert facts(world, "contact", "count(*) AS n") == [{"n": 0}]


def test_only_and_skip_ignore_rows_and_count_them(world: Any, tmp_path: Path) -> None:
    text = CALLS.replace('key = ["通話ID"]', 'key = ["通話ID"]\nonly = { "窓口" = ["受注", "返品"] }\nskip = { "結果" = ["放棄"] }')
    content = HEAD + "1,受注,2026-10-01 09:00,5,応答\n2,技術,2026-10-01 09:00,5,応答\n3,　返品 ,2026-10-01 09:00,5,放棄\n"
    receipt = load(world.store, [file(tmp_path, content)], mapping(text), by="me")[0]
    assert (receipt.counts["contact"].accepted, receipt.counts["contact"].ignored) == (1, 2)
    assert [(each.code, each.rows) for each in receipt.ignored] == [("left_out", 2)]


def test_means_become_totals_by_their_weight(world: Any, tmp_path: Path) -> None:
    text = """
source = "daily"
[[fact]]
fact = "contact_total"
key = ["日付"]
[fact.fields]
channel = { value = "voice" }
business_date = { column = "日付", order = "ymd" }
offered_count = "着信"
answered_count = "応答"
wait_total_s = { column = "平均応答", times = "応答", unit = "hms" }
answered_in_target = { column = "SL", times = "応答", unit = "percent" }
target_s = { value = 20 }
"""
    content = "日付,着信,応答,平均応答,SL\n2026-10-01,100,90,0:00:12,80%\n2026-10-02,5,0,-,-\n2026-10-03,10,12,0:00:01,10%\n2026-10-04,3,3,-,50%\n"
    receipt = load(world.store, [file(tmp_path, content)], mapping(text), by="me")[0]
    assert receipt.reasons == {"answered_above_offered": 1}
    assert facts(world, "contact_total", "business_date, wait_total_s, answered_in_target, counted_at") == [
        {"business_date": dt.date(2026, 10, 1), "wait_total_s": 1080.0, "answered_in_target": 72.0, "counted_at": None},
        {"business_date": dt.date(2026, 10, 2), "wait_total_s": 0.0, "answered_in_target": 0.0, "counted_at": None},
        {"business_date": dt.date(2026, 10, 4), "wait_total_s": None, "answered_in_target": 1.5, "counted_at": None},
    ]


def test_two_facts_and_two_surveys_from_one_row(world: Any, tmp_path: Path) -> None:
    survey = '[[fact]]\nfact = "survey"\npart = "{part}"\nkey = ["通話ID"]\n[fact.fields]\nkind = {{ value = "{part}" }}\nresponded_at = "着信"\nscore = "{column}"\nscale_min = {{ value = 0 }}\nscale_max = {{ value = 10 }}\n'
    text = CALLS + survey.format(part="csat", column="満足") + survey.format(part="nps", column="推奨")
    content = HEAD.replace("\n", ",満足,推奨\n") + "1,受注,2026-10-01 09:00,5,応答,4,9\n2,受注,2026-10-01 09:00,5,応答,11,12\n"
    receipt = load(world.store, [file(tmp_path, content)], mapping(text), by="me")[0]
    assert facts(world, "survey", "native_id, kind, score") == [
        {"native_id": "1#csat", "kind": "csat", "score": 4.0},
        {"native_id": "1#nps", "kind": "nps", "score": 9.0},
    ]
    assert (receipt.counts["contact"].accepted, receipt.counts["survey"].rows_in, receipt.counts["survey"].rejected) == (2, 4, 2)


def test_contacts_are_built_from_an_event_log_in_any_order_of_files(make_world: Any, tmp_path: Path) -> None:
    text = """
source = "desk"
zone = "UTC"
[[fact]]
fact = "contact_event"
[fact.fields]
contact_id = "件"
event = "出来事"
event_at = "時刻"
agent = "担当"
[contact_from_events]
opened = "first"
answered = ["返信"]
resolved = ["解決"]
reopened = ["再開"]
abandoned = ["取消"]
transferred = ["転送"]
channel = "mail"
"""
    one = "件,出来事,時刻,担当\nA,受付,2026-10-01 09:00,\nA,返信,2026-10-01 10:00,佐藤\nB,受付,2026-10-01 09:00,\nB,取消,2026-10-01 09:05,\nC,受付,2026-10-01 09:00,\n"
    two = "件,出来事,時刻,担当\nA,転送,2026-10-01 11:00,鈴木\nA,解決,2026-10-01 12:00,鈴木\nC,解決,2026-10-01 10:00,\nC,再開,2026-10-01 11:00,\n"
    paths = [file(tmp_path, one, "1.csv"), file(tmp_path, two, "2.csv")]
    wanted = [
        {
            "native_id": "A",
            "outcome": "answered",
            "agent": "鈴木",
            "first_response_s": 3600.0,
            "resolution_s": 10800.0,
            "transfers": 1,
            "reopens": 0,
            "resolved": True,
        },
        {
            "native_id": "B",
            "outcome": "abandoned",
            "agent": None,
            "first_response_s": None,
            "resolution_s": None,
            "transfers": 0,
            "reopens": 0,
            "resolved": False,
        },
        {
            "native_id": "C",
            "outcome": "open",
            "agent": None,
            "first_response_s": None,
            "resolution_s": None,
            "transfers": 0,
            "reopens": 1,
            "resolved": False,
        },
    ]
    for order in (paths, paths[::-1]):
        world = make_world()
        load(world.store, order, mapping(text), by="me")
        assert facts(world, "contact", "native_id, outcome, agent, first_response_s, resolution_s, transfers, reopens, resolved") == wanted
    withdraw(world.store, 1, "me")
    assert [row["native_id"] for row in facts(world, "contact", "native_id")] == ["A", "B", "C"]
    assert facts(world, "contact", "count(*) AS n") == [{"n": 3}]


STATES = """
source = "acd"
zone = "Asia/Tokyo"
[[fact]]
fact = "agent_time"
[fact.fields]
agent = "担当"
state = { column = "状態", values = { "通話" = "talk", "休憩" = "break", "ログイン" = "login" } }
channel = "経路"
start_at = "開始"
end_at = "終了"
"""


def states(*rows: str) -> str:
    return "担当,状態,経路,開始,終了\n" + "".join(row + "\n" for row in rows)


def test_states_of_an_agent_may_not_overlap(world: Any, tmp_path: Path) -> None:
    content = states(
        "佐藤,ログイン,,2026-10-01 09:00,2026-10-01 18:00",
        "佐藤,通話,,2026-10-01 09:00,2026-10-01 09:10",
        "佐藤,休憩,,2026-10-01 09:05,2026-10-01 09:20",  # begins while the call goes on
        "佐藤,休憩,,2026-10-01 09:10,2026-10-01 09:15",  # touches it only: half-open
        "鈴木,通話,,2026-10-01 09:05,2026-10-01 09:20",
        "田中,通話,chat,2026-10-01 09:00,2026-10-01 09:20",
        "田中,通話,chat,2026-10-01 09:10,2026-10-01 09:30",  # two chats at once are possible
        "佐藤,通話,,2026-10-01 09:30,2026-10-01 09:25",  # ends before it starts
    )
    receipt = load(world.store, [file(tmp_path, content)], mapping(STATES), by="me")[0]
    assert receipt.reasons == {"ends_before_start": 1, "overlap": 1}
    assert receipt.counts["agent_time"].accepted == 6
    (row,) = [row for row in listing(world.store, 1).to_pylist() if row["code"] == "overlap"]
    assert row["line"] == 4
    assert "talk 2026-10-01 00:00:00" in row["reason_en"]


def test_states_may_not_overlap_those_in_the_store_either(world: Any, tmp_path: Path) -> None:
    load(world.store, [file(tmp_path, states("佐藤,通話,,2026-10-01 09:00,2026-10-01 09:10"), "a.csv")], mapping(STATES), by="me")
    later = states(
        "佐藤,休憩,,2026-10-01 09:05,2026-10-01 09:06",
        "佐藤,通話,,2026-10-01 09:00,2026-10-01 09:10",
        "佐藤,休憩,,2026-10-01 09:10,2026-10-01 09:20",
    )
    counts = load(world.store, [file(tmp_path, later, "b.csv")], mapping(STATES), by="me")[0].counts["agent_time"]
    assert (counts.accepted, counts.rejected, counts.duplicate) == (1, 1, 1)


@pytest.mark.parametrize("later_first", [False, True])
def test_of_overlapping_states_in_two_files_the_later_export_holds_whichever_is_loaded_first(
    world: Any, tmp_path: Path, later_first: bool
) -> None:
    # Monday's export cut a call short that still went on; Tuesday's knows its end.
    monday = file(
        tmp_path, states("佐藤,通話,,2026-10-01 09:00,2026-10-01 09:03", "佐藤,休憩,,2026-10-01 08:00,2026-10-01 08:10"), "monday.csv"
    )
    tuesday = file(tmp_path, states("佐藤,通話,,2026-10-01 09:00,2026-10-01 09:20"), "tuesday.csv")
    exports = [(monday, dt.datetime(2026, 10, 1, tzinfo=dt.UTC)), (tuesday, dt.datetime(2026, 10, 2, tzinfo=dt.UTC))]
    receipts = [load(world.store, [each], mapping(STATES), by="me", exported_at=at)[0] for each, at in exports[:: -1 if later_first else 1]]
    assert facts(world, "agent_time", "state, epoch(end_at) / 60 - epoch(start_at) / 60 AS minutes") == [
        {"state": "break", "minutes": 10.0},
        {"state": "talk", "minutes": 20.0},
    ]
    (note,) = [note for note in receipts[1].notes if note.code == "overlap"]
    assert "1 rows overlap states of the same agent in other files" in note.text.en
    assert "佐藤 talk 2026-10-01 00:00:00 – 00:03:00 UTC" in note.text.en

    withdraw(
        world.store, receipts[0 if later_first else 1].load_id, "me"
    )  # the later export was a mistake: what gave way to it holds again
    assert facts(world, "agent_time", "epoch(end_at) / 60 - epoch(start_at) / 60 AS minutes") == [{"minutes": 3.0}, {"minutes": 10.0}]


def test_errors_call_a_file_by_its_own_name_and_tell_the_real_cause(world: Any, tmp_path: Path) -> None:
    cut = tmp_path / "october.json"
    cut.write_text('[{"通話ID":', encoding="utf-8")
    with pytest.raises(InputError, match=r"“october\.json” is not valid JSON throughout"):
        load(world.store, [cut], mapping(), by="me")
    false = tmp_path / "october.csv.gz"
    false.write_bytes(b"no archive at all")
    with pytest.raises(InputError, match=r"“october\.csv\.gz” is called an archive, but its content is none"):
        load(world.store, [false], mapping(), by="me")
    with pytest.raises(InputError, match="archive_false"):
        propose(false)


def test_a_night_shift_ends_on_the_next_day(world: Any, tmp_path: Path) -> None:
    text = """
source = "kintai"
zone = "Asia/Tokyo"
[[fact]]
fact = "shift"
key = ["社員", "日付"]
[fact.fields]
agent = "社員"
business_date = "日付"
clock_in_at = { columns = ["日付", "出勤"] }
clock_out_at = { columns = ["日付", "退勤"], after = "clock_in_at" }
attended_s = { from = "clock_in_at", to = "clock_out_at" }
"""
    content = "社員,日付,出勤,退勤\nA,2026/10/01,22:00,6:00\nB,2026/10/01,9:00,18:00\nC,2026/10/01,22:00,30:00\nD,2026/10/01,22:00,翌6:00\nE,2026/10/01,,\n"
    load(world.store, [file(tmp_path, content)], mapping(text), by="me")
    assert [row["h"] for row in facts(world, "shift", "agent, attended_s / 3600 AS h")] == [8.0, 9.0, 8.0, 8.0, None]


def test_a_date_without_a_time_belongs_to_that_date_whatever_the_cutover(make_world: Any, tmp_path: Path) -> None:
    world = make_world('[organisation]\ncutover = "05:00"')
    text = 'source = "sns"\nzone = "Asia/Tokyo"\n[[fact]]\nfact = "post"\n[fact.fields]\nposted_at = "日"\nlikes = "いいね"\n'
    load(world.store, [file(tmp_path, "日,いいね\n2026-10-02,3\n2026-10-02 03:00,4\n")], mapping(text), by="me")
    assert facts(world, "post", "likes, business_date") == [
        {"likes": 3, "business_date": dt.date(2026, 10, 2)},
        {"likes": 4, "business_date": dt.date(2026, 10, 1)},
    ]


def test_an_export_in_utc_is_counted_by_the_days_of_the_site(make_world: Any, tmp_path: Path) -> None:
    world = make_world('[organisation]\nzone = "Asia/Tokyo"')
    content = HEAD + "1,受注,2026-10-01 16:00,5,応答\n"
    load(world.store, [file(tmp_path, content)], mapping(CALLS.replace("Asia/Tokyo", "UTC")), by="me")
    assert facts(world, "contact", "business_date, utc_offset_s") == [{"business_date": dt.date(2026, 10, 2), "utc_offset_s": 32400}]


def test_times_that_the_clock_showed_twice_are_noted(world: Any, tmp_path: Path) -> None:
    content = HEAD + "1,受注,2026-11-01 01:30,5,応答\n"
    receipt = load(world.store, [file(tmp_path, content)], mapping(CALLS.replace("Asia/Tokyo", "America/New_York")), by="me")[0]
    assert [(note.code, note.rows) for note in receipt.notes] == [("ambiguous_local_time", 1)]
    assert facts(world, "contact", "offered_at") == [{"offered_at": dt.datetime.fromisoformat("2026-11-01 05:30")}]


def test_who_watches_sees_every_stage(world: Any, tmp_path: Path) -> None:
    seen: list[Progress] = []
    path = file(tmp_path, HEAD + "1,受注,2026-10-01 09:00,5,応答\n" * 3)
    load(world.store, [path], mapping(), by="me", watch=seen.append)
    assert list(dict.fromkeys(each.stage for each in seen)) == ["land", "read", "commit"]
    assert seen[-1].done == seen[-1].total == path.stat().st_size
    assert seen[-1].rows == 3


# -- mending


def mended(path: Path, change: Any) -> Path:
    """Open the exported rejects like a spreadsheet, change the cells, save."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    kept = [row for row in rows if change(row) is not False]
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]))
        writer.writeheader()
        writer.writerows(kept)
    return path


def test_mended_rows_take_the_place_of_the_rejects(world: Any, tmp_path: Path) -> None:
    content = (
        HEAD + "1,受注,2026-10-01 09:00,5,応答\n2,=受注,2026-02-30 09:00,-5,応答\n3,受注,2026-10-01 09:00\n4,受注,2026-10-01 09:00,x,放棄\n"
    )
    load(world.store, [file(tmp_path, content)], mapping(), by="me", exported_at=OCTOBER)
    assert export(world.store, tmp_path / "r.csv", 1) == 3

    def change(row: dict[str, str]) -> bool | None:
        if row["#code"] == "ragged":
            assert row["#raw"] == "3,受注,2026-10-01 09:00"
            return False
        if row["通話ID"] == "2":
            assert row["窓口"] == "'=受注"
            row |= {"着信": "2026-03-01 09:00", "待ち": "5"}
        return None  # 4 stays wrong

    receipt = mend(world.store, mended(tmp_path / "r.csv", change), by="me")[0]
    counts = receipt.counts["contact"]
    assert (receipt.mends, counts.accepted, counts.rejected) == (1, 1, 1)
    assert facts(world, "contact", "native_id, queue, wait_s, revision")[1] == {
        "native_id": "2",
        "queue": "=受注",
        "wait_s": 5.0,
        "revision": int(OCTOBER.timestamp()) * 1_000_000,
    }
    assert [(row["line"], row["mended_by"]) for row in listing(world.store, 1).to_pylist()] == [(3, 2), (4, None), (5, 2)]
    assert [row["line"] for row in listing(world.store, 1, open_only=True).to_pylist()] == [4]
    assert [(row["line"], row["code"]) for row in listing(world.store, 2).to_pylist()] == [(5, "not_a_duration")]
    assert export(world.store, tmp_path / "again.csv", 2) == 1
    assert (
        mend(world.store, mended(tmp_path / "again.csv", lambda row: row.update({"待ち": "7"})), by="me")[0].counts["contact"].accepted == 1
    )
    assert len(facts(world, "contact", "native_id")) == 3
    told = [tuple(row.values())[1:] for row in world.store.mended().to_pylist()]  # what an answer subtracts from “refused”
    assert told == [(1, "contact", "t.csv", 3), (1, "contact", "t.csv", 5), (2, "contact", "r.csv", 5)]


def test_mending_the_same_file_twice_changes_nothing_and_withdrawing_takes_mends_along(world: Any, tmp_path: Path) -> None:
    load(world.store, [file(tmp_path, HEAD + "1,受注,2026-10-01 09:00,x,応答\n")], mapping(), by="me")
    export(world.store, tmp_path / "r.csv", 1)
    path = mended(tmp_path / "r.csv", lambda row: row.update({"待ち": "7"}))
    assert not mend(world.store, path, by="me")[0].recognised
    assert mend(world.store, path, by="me")[0].recognised
    assert withdraw(world.store, 2, "me") == [2]
    assert listing(world.store, 1, open_only=True).num_rows == 1
    assert not mend(world.store, path, by="me")[0].recognised
    assert withdraw(world.store, 1, "me") == [4, 1]
    assert facts(world, "contact", "count(*) AS n") == [{"n": 0}]
    with pytest.raises(QuestionError):
        mend(world.store, path, by="me")


def test_a_mended_row_that_equals_an_accepted_one_is_a_second_one(world: Any, tmp_path: Path) -> None:
    text = CALLS.replace('key = ["通話ID"]', "key = []")
    content = HEAD + "1,受注,2026-10-01 09:00,5,応答\n1,受注,2026-10-01 09:00,五,応答\n"
    load(world.store, [file(tmp_path, content)], mapping(text), by="me")
    export(world.store, tmp_path / "r.csv", 1)
    counts = mend(world.store, mended(tmp_path / "r.csv", lambda row: row.update({"待ち": "5"})), by="me")[0].counts["contact"]
    assert (counts.accepted, counts.duplicate) == (1, 0)
    assert facts(world, "contact", "count(*) AS n") == [{"n": 2}]
    whole = file(tmp_path, HEAD + "1,受注,2026/10/1 9:00,5,応答\n" * 2, "corrected.csv")
    again = load(world.store, [whole], mapping(text), by="me")[0].counts["contact"]
    assert (again.accepted, again.duplicate) == (0, 2)


def test_rejects_of_several_facts_and_of_json_are_mended_too(world: Any, tmp_path: Path) -> None:
    text = (
        CALLS
        + '[[fact]]\nfact = "survey"\nkey = ["通話ID"]\n[fact.fields]\nkind = { value = "csat" }\nresponded_at = "着信"\nscore = "点"\nscale_min = { value = 1 }\nscale_max = { value = 5 }\n'
    )
    records = [
        {"通話ID": 1, "窓口": "受注", "着信": "2026-10-01 09:00", "待ち": "x", "結果": "応答", "点": 9},
        {"通話ID": 2, "窓口": None, "着信": "2026-10-01 09:00", "待ち": 1, "結果": "応答", "点": 9},
    ]
    load(
        world.store,
        [file(tmp_path, "\n".join(json.dumps(each, ensure_ascii=False) for each in records), "t.ndjson")],
        mapping(text),
        by="me",
    )
    assert export(world.store, tmp_path / "r.csv", 1, lang="en") == 2
    path = mended(tmp_path / "r.csv", lambda row: row.update({"待ち": "3", "点": "5"}))
    counts = mend(world.store, path, by="me")[0].counts
    assert (counts["contact"].accepted, counts["survey"].accepted) == (1, 2)
    assert listing(world.store, 1, open_only=True).num_rows == 0


@pytest.mark.parametrize("content", ["a,b\n1,2\n", ",".join(ABOUT) + ",x\nq,,,1,contact,,,,,,1\n", ""])
def test_what_is_no_file_of_mended_rejects_is_refused(world: Any, tmp_path: Path, content: str) -> None:
    with pytest.raises(RashinError):
        mend(world.store, file(tmp_path, content), by="me")


@pytest.mark.parametrize("cell", ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "−x".replace("−", "-")])
def test_cells_that_a_spreadsheet_would_run_are_quoted(cell: str) -> None:
    assert safe_cell(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["-5", "+81", "1,234", "-1.5%", "通話", "a=b", ""])
def test_other_cells_are_left_alone(cell: str) -> None:
    assert safe_cell(cell) == cell


def test_what_could_not_be_accounted_for_is_taken_back(world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows in = accepted + rejected + duplicate + ignored is asserted: a fault in between fails the load."""
    from rashin.intake import filling

    def losing(found: Any, entries: Any, held: Any, open_load: Any, job: Any) -> None:
        original(found, entries, held, open_load, job)
        entries[0].tally.seen += 1

    original = filling._take
    monkeypatch.setattr(filling, "_take", losing)
    with pytest.raises(RashinError) as caught:
        load(world.store, [file(tmp_path, HEAD + "1,受注,2026-10-01 09:00,5,応答\n")], mapping(), by="me")
    assert caught.value.code == "rows_lost"
    assert facts(world, "contact", "count(*) AS n") == [{"n": 0}]
