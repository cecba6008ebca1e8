"""Files of other centres: what a proposal must see in them, and what it must ask instead of guessing."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rashin.connect import FactMapping, parse_mapping
from rashin.connect.toml_write import dump_mapping
from rashin.errors import DefinitionError
from rashin.intake.propose import Proposal, propose, settled
from rashin.intake.run import load
from rashin.intake.values.instants import How, parse_date, parse_instant
from rashin.store import Store, Workspace


def file(folder: Path, rows: list[list[Any]], name: str = "t.csv", **form: Any) -> Path:
    path = folder / name
    with path.open("w", encoding=form.pop("encoding", "utf-8"), newline="") as out:
        csv.writer(out, **form).writerows(rows)
    return path


def entries(found: Proposal) -> dict[str, FactMapping]:
    return {each.part or each.fact: each for each in found.mapping.facts}


def doubts(found: Proposal) -> set[str]:
    return {each.name for each in found.doubts}


CALLS = [
    "Call Id",
    "Agent",
    "Date",
    "Time",
    "Topic",
    "Answered (Y/N)",
    "Resolved",
    "Speed of answer in seconds",
    "AvgTalkDuration",
    "Satisfaction rating",
]


def calls(*, moment: Any = "9:12:{:02d}", talk: Any = "0:02:{:02d}") -> list[list[Any]]:
    rows: list[list[Any]] = [CALLS]
    for index in range(30):
        lost = index % 5 == 0
        answer = ["N", "N", "", "", ""] if lost else ["Y", "Y", 10 + index, talk.format(index), 1 + index % 5]
        rows.append([f"ID{index:04d}", "Diane", f"2026-10-{index % 28 + 1:02d}", moment.format(index), "Billing", *answer])
    return rows


def test_a_list_of_calls_with_the_ratings_of_some_holds_calls_and_a_survey(tmp_path: Path) -> None:
    """The rating must not make the calls disappear; columns merely called date and time say when a call came."""
    found = propose(file(tmp_path, calls()), zone="UTC")
    contact, survey = entries(found)["contact"], entries(found)["survey"]
    assert contact.fields["offered_at"].columns == ("Date", "Time")
    assert contact.fields["outcome"].values == {"Y": "answered", "N": "abandoned"}
    assert contact.fields["wait_s"].columns == ("Speed of answer in seconds",)
    assert contact.fields["resolved"].columns == ("Resolved",)
    assert survey.fields["score"].columns == ("Satisfaction rating",)
    assert survey.key == contact.key == ("Call Id",)
    assert doubts(found) == {"no_answer_means:Answered (Y/N)", "mean_of_one:AvgTalkDuration"}


def test_a_mean_on_a_row_of_one_call_is_its_own_or_left_out_as_asked(tmp_path: Path) -> None:
    found = propose(file(tmp_path, calls()), zone="UTC")
    answers = {"no_answer_means": "abandoned"}
    assert settled(found, mean_of_one="go_on", **answers).facts[0].fields["talk_s"].columns == ("AvgTalkDuration",)
    assert "talk_s" not in settled(found, mean_of_one="leave_out", **answers).facts[0].fields


def test_fractions_of_a_day_are_times_beside_a_date_and_asked_as_durations(tmp_path: Path) -> None:
    found = propose(file(tmp_path, calls(moment="0.3840046{:02d}", talk="0.0016550{:02d}")), zone="UTC")
    contact = entries(found)["contact"]
    assert contact.fields["offered_at"].columns == ("Date", "Time")
    (asked,) = (each for each in found.doubts if each.code == "unit")
    assert asked.choices[0] == contact.fields["talk_s"].unit == "day"


def test_every_row_rated_on_a_day_of_its_own_may_be_rated_contacts_only(tmp_path: Path) -> None:
    rows = [["Unique id", "Issue reported at", "Issue responded", "Survey response date", "CSAT score"]]
    rows += [[f"u{index}", f"2026-10-01 10:{index:02d}", f"2026-10-01 11:{index:02d}", "2026-10-02", 1 + index % 5] for index in range(20)]
    found = propose(file(tmp_path, rows), zone="UTC")
    assert [each.fact for each in found.mapping.facts] == ["contact", "survey"]
    assert "all_contacts" in doubts(found)


def test_marks_of_abandonment_alone_say_that_the_others_were_answered(tmp_path: Path) -> None:
    rows = [["通話ID", "日付", "時刻", "放棄", "待ち時間(秒)"]]
    rows += [[f"C{index}", "2026/10/15", f"9:{index:02d}:05", "○" if index % 4 == 0 else "", index] for index in range(20)]
    contact = entries(propose(file(tmp_path, rows), zone="Asia/Tokyo"))["contact"]
    assert contact.fields["outcome"].values == {"○": "abandoned", "": "answered"}
    assert contact.fields["offered_at"].columns == ("日付", "時刻")


def test_a_history_of_tickets_is_one_ticket_for_each_number(tmp_path: Path) -> None:
    """Every change of a ticket is a row: the newest holds, by the time of the change; the earlier name of a moment is taken first."""
    rows = [["number", "incident_state", "opened_at", "sys_updated_at", "resolved_at", "closed_at", "phone number"]]
    for index in range(12):
        for step, state in enumerate(("New", "Active", "Resolved")):
            rows.append(
                [
                    f"INC00{index:02d}",
                    state,
                    "29/02/2016 01:16",
                    f"{step + 1}/03/2016 09:00",
                    "03/03/2016 08:00",
                    "04/03/2016 08:00",
                    "0312345678",
                ]
            )
    found = propose(file(tmp_path, rows), zone="UTC")
    contact = entries(found)["contact"]
    assert contact.key == ("number",)
    assert contact.revision is not None
    assert contact.revision.columns == ("sys_updated_at",)
    assert contact.fields["resolved_at"].columns == ("resolved_at",)
    assert not any(each.startswith(("key_not_unique", "value_unknown")) for each in doubts(found))
    same_minute = propose(file(tmp_path, [*rows, [*rows[-1][:1], "Closed", *rows[-1][2:]]]), zone="UTC")
    (asked,) = (each for each in same_minute.doubts if each.code == "key_not_unique")
    assert asked.choices == ("last", "reject")  # which state is the newer only their order can say


def test_of_several_states_of_one_moment_the_later_line_holds_where_one_says_so(tmp_path: Path) -> None:
    rows = [["ticket id", "created at", "status", "updated at"]]
    rows += [["T1", "2026-10-01 09:00", state, "2026-10-01 10:00"] for state in ("New", "Resolved")]
    rows += [["T2", "2026-10-01 09:00", state, f"2026-10-01 1{hour}:00"] for state, hour in (("Resolved", 2), ("New", 1))]
    path = file(tmp_path, rows)
    mapping = settled(propose(path, zone="UTC"), key_not_unique="last", channel="mail")
    with Store.open(Workspace.create(tmp_path / "w", zone="UTC")) as store:
        (receipt,) = load(store, [path], mapping, by="test")
        held = dict(store.read(f"SELECT native_id, outcome FROM {store.relation('contact')}").to_pylist()[n].values() for n in range(2))
    assert (receipt.total.rejected, held) == (0, {"T1": "answered", "T2": "answered"})


def test_a_month_beside_days_is_no_date(tmp_path: Path) -> None:
    rows = [["ticket_id", "created_date", "status", "csat_score", "month"]]
    rows += [[f"T{index}", f"2026-10-{index + 1:02d} 09:00", "Resolved", 1 + index % 5, "2026-10"] for index in range(20)]
    survey = entries(propose(file(tmp_path, rows), zone="UTC"))["survey"]
    assert survey.fields["business_date"].columns == ("created_date",)


def test_a_kind_of_call_whose_values_are_no_directions_is_a_category(tmp_path: Path) -> None:
    rows = [["call id", "call type", "start time", "talk time (s)"]]
    rows += [[f"c{index}", ("Billing", "Technical")[index % 2], f"2026-10-01 09:{index:02d}:00", 60] for index in range(20)]
    contact = entries(propose(file(tmp_path, rows), zone="UTC"))["contact"]
    assert contact.fields["category"].columns == ("call type",)
    assert contact.fields["direction"].value == "inbound"


def test_hourly_counts_with_a_mean_score_are_totals_and_no_survey(tmp_path: Path) -> None:
    rows = [["date", "agent_id", "calls_handled", "satisfaction_score", "resolved"]]
    rows += [[f"2026-10-01 {hour:02d}:00:00", "12", 5 + hour, 3.52, hour % 2] for hour in range(20)]
    found = propose(file(tmp_path, rows), zone="UTC")
    totals = entries(found)["contact_total"]
    assert set(entries(found)) == {"contact_total"}
    assert totals.fields["interval_s"].value == 3600
    assert "resolved_count" not in totals.fields  # 0 and 1 beside counts of many is a flag


# -- forms of survey tools


def qualtrics(question: str, group: str) -> list[list[Any]]:
    ids = [
        "StartDate",
        "EndDate",
        "Status",
        "Duration (in seconds)",
        "RecordedDate",
        "ResponseId",
        "DistributionChannel",
        "Q1",
        "Q2_NPS_GROUP",
        "Q2",
    ]
    texts = ["開始日", "終了日", "回答タイプ", "所要時間", "記録日", "回答ID", "配信チャネル", question, group, "当社を友人に薦める可能性"]
    imports = [
        f'{{"ImportId":"{each}"}}'
        for each in ("startDate", "endDate", "status", "duration", "recordedDate", "_recordId", "distributionChannel")
    ]
    rows: list[list[Any]] = [ids, texts, [*imports, '{"ImportId":"QID1"}', '{"ImportId":"QID2_NPS_GROUP"}', '{"ImportId":"QID2"}']]
    for index in range(20):
        at = f"2026-10-01 10:{index:02d}:00"
        rows.append([at, at, 0, 90, at, f"R_{index}", "anonymous", 1 + index % 5, 1 + index % 3, index % 11])
    return rows


def test_the_three_header_rows_of_qualtrics_are_one_and_their_questions_are_surveys(tmp_path: Path) -> None:
    found = propose(file(tmp_path, qualtrics("今回の対応にどの程度満足されましたか?", "推奨度 - グループ")), zone="Asia/Tokyo")
    surveys = entries(found)
    assert found.rows == 20
    assert set(surveys) == {"csat", "nps"}
    assert surveys["csat"].fields["score"].columns == ("Q1 今回の対応にどの程度満足されましたか?",)
    assert surveys["nps"].fields["score"].columns == ("Q2 当社を友人に薦める可能性",)
    assert surveys["csat"].fields["responded_at"].columns == ("RecordedDate",)
    assert surveys["csat"].key == ("ResponseId",)
    assert "1" in surveys["csat"].skip["Status"]  # previews are no answers
    assert not {"channel", "team"} & set(surveys["csat"].fields)
    assert doubts(found) == set()


def test_the_row_of_options_of_surveymonkey_belongs_to_its_header(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Respondent ID", "Start Date", "End Date", "How satisfied are you with our support?", "Comments"]]
    rows.append(["", "", "", "Response", "Open-Ended Response"])
    rows += [[118000 + index, "10/14/2026 09:00:00 AM", "10/14/2026 09:01:00 AM", 1 + index % 5, ""] for index in range(20)]
    found = propose(file(tmp_path, rows), zone="UTC")
    (survey,) = found.mapping.facts
    assert (survey.fact, found.rows) == ("survey", 20)
    assert survey.fields["score"].columns == ("How satisfied are you with our support?",)
    assert survey.fields["responded_at"].columns == ("End Date",)


def test_answers_without_scores_and_cross_tables_say_what_to_do(tmp_path: Path) -> None:
    form = [
        ["id", "start_date", "end_date", "duration_in_seconds", "recorded_date"],
        *[["r1", "2026-10-01 09:00", "2026-10-01 09:01", 60, "2026-10-01 09:01"]] * 3,
    ]
    with pytest.raises(DefinitionError, match="survey"):
        propose(file(tmp_path, form))
    across = [["日付", *(f"{hour}時" for hour in range(9, 18))], *[["2026/10/01", *range(9)]] * 3]
    with pytest.raises(DefinitionError, match="cross table"):
        propose(file(tmp_path, across))
    shifts = [
        ["10月 シフト表"],
        ["社員番号", "氏名", *range(1, 32)],
        ["", "", *"木金土日月火水" * 4, *"木金土"],
        ["0001", "佐藤", *"早" * 31],
    ]
    with pytest.raises(DefinitionError, match="cross table"):
        propose(file(tmp_path, shifts))


# -- how values are written


def test_dates_without_a_year_ask_for_it_and_are_read_with_it(tmp_path: Path) -> None:
    rows = [["通話ID", "着信日", "着信時刻", "待ち時間(秒)", "結果"]]
    rows += [[f"C{index}", f"{12 if index < 5 else 1}月{index + 1}日", f"9:{index:02d}:00", index, "応答"] for index in range(12)]
    path = file(tmp_path, rows)
    found = propose(path, zone="Asia/Tokyo")
    assert doubts(found) == {"year:着信日"}
    offered = settled(found, year="2026-04").facts[0].fields["offered_at"]
    assert (offered.columns, offered.year) == (("着信日", "着信時刻"), "2026-04")
    assert [parse_instant(f"{each} 9:00", How(year="2026-04"))[0] for each in ("12月5日", "1月6日")] == [
        parse_instant(each)[0] for each in ("2026-12-05 9:00", "2027-01-06 9:00")
    ]
    assert parse_mapping(dump_mapping(settled(found, year="2026"))).facts[0].fields["offered_at"].year == "2026"
    with pytest.raises(DefinitionError, match="year"):
        settled(found, year="26")


def test_a_day_and_month_before_a_clock_are_never_a_year(tmp_path: Path) -> None:
    """10/1 9:05:30 is no day of the year 9; without a year nothing of it is certain. Marks such as 3/5 are no dates at all."""
    for order in ("ymd", "mdy", "dmy"):
        assert parse_instant("10/1 9:05:30", How(order))[0] is None
    rows = [["通話ID", "着信日時", "評価"], *[[f"C{index}", f"10/{index + 1} 9:05", f"{index % 5 + 1}/5"] for index in range(20)]]
    found = propose(file(tmp_path, rows), zone="Asia/Tokyo")
    assert entries(found)["contact"].fields["offered_at"].order == "mdy"
    assert next(each.kind for each in found.columns if each.name == "評価") == "text"


def test_a_decimal_comma_is_seen_where_nothing_else_can_be_meant(tmp_path: Path) -> None:
    rows = [["Call ID", "Start time", "Wait (s)", "Talk time (s)", "Result"]]
    rows += [[f"c{index}", f"{index + 1:02d}.10.2026 09:00:00", f"{index},5", "1.234,25", "answered"] for index in range(20)]
    contact = entries(propose(file(tmp_path, rows, delimiter=";"), zone="UTC"))["contact"]
    assert (contact.fields["wait_s"].decimal, contact.fields["talk_s"].decimal) == (",", ",")
    thousands = [rows[0], *[[*row[:2], "1,234", "2,345", "answered"] for row in rows[1:]]]
    assert entries(propose(file(tmp_path, thousands, delimiter=";"), zone="UTC"))["contact"].fields["wait_s"].decimal == "."


@pytest.mark.parametrize("slot", ["{0:02d}:00～{0:02d}:30", "{0}:00 - {0}:30", "{0}時~{1}時", "{0}時台"])
def test_slots_of_time_are_intervals_by_their_beginning(tmp_path: Path, slot: str) -> None:
    rows = [["日付", "時間帯", "入電数", "応答数", "平均待ち時間(秒)"]]
    rows += [["2026/10/15", slot.format(hour, hour + 1), 20, 15, 12] for hour in range(9, 18)]
    found = propose(file(tmp_path, rows), zone="Asia/Tokyo")
    totals = entries(found)["contact_total"]
    assert totals.fields["interval_at"].columns == ("日付", "時間帯")
    assert totals.fields["interval_s"].value == 3600
    assert totals.fields["wait_total_s"].times == "応答数"
    assert doubts(found) == {"mean_wait:平均待ち時間(秒)"}  # of answered calls, or with those that gave up?
    assert "wait_total_s" not in settled(found, mean_wait="leave_out").facts[0].fields


# -- workbooks and vendors' forms


def test_sheets_that_are_headed_alike_are_read_together_and_the_summary_is_not(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "まとめ"
    book.active.append(["日付", "着信数", "応答数"])
    book.active.append(["2026-10-01", 3, 2])
    for day in (1, 2):
        sheet = book.create_sheet(f"10月{day}日")
        sheet.append(["通話ID", "着信日時", "結果", "待ち時間(秒)"])
        for number in range(5):
            sheet.append([f"C{day}{number}", f"2026-10-{day:02d} 09:0{number}:00", "応答", number])
    book.save(tmp_path / "t.xlsx")
    asked = propose(tmp_path / "t.xlsx", zone="Asia/Tokyo")
    (sheet,) = (each for each in asked.doubts if each.code == "sheet")
    assert sheet.choices == ("~10月1日", "まとめ", "10月1日", "10月2日", "*")
    found = propose(tmp_path / "t.xlsx", zone="Asia/Tokyo", answers={"sheet": "~10月1日"})
    assert (found.rows, [each.fact for each in found.mapping.facts]) == (10, ["contact"])
    assert found.mapping.table["sheet"] == "~10月1日"
    assert not found.mapping.open_doubts


def test_a_vendors_form_with_epochs_needs_no_zone_and_lost_lines_are_told(tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    log.write_text("1790830422|1.1|sales|NONE|ENTERQUEUE||0312345678|1\n1790830432|1.1|sales|NONE|ABANDON|1|1|10\n" * 5, encoding="utf-8")
    assert doubts(propose(log)) == set()
    rows = [
        ["10月の通話", "", ""],
        ["通話ID", "着信日時", "待ち時間(秒)"],
        *[[f"C{index}", "2026/10/15 9:00", index] for index in range(9)],
        ["合計", "", 36],
    ]
    found = propose(file(tmp_path, rows), zone="Asia/Tokyo")
    assert (found.rows, found.refused, sum(found.ignored.values())) == (9, 0, 2)


def test_one_answer_settles_what_two_facts_of_a_row_share(tmp_path: Path) -> None:
    """The survey beside a contact has the contact's channel, key and dates: an answer that reached the contact alone would refuse the survey's rows."""
    rows = [["ticket id", "created at", "channel", "closed at", "csat score"]]
    for index in range(20):
        via = ("Email", "Self-Service")[index % 2]
        closed = [f"0{index % 9 + 1}/05/2026 12:00", 1 + index % 5] if index % 4 else ["", ""]
        rows.append([f"T{index}", f"0{index % 9 + 1}/05/2026 09:00", via, *closed])
    found = propose(file(tmp_path, rows), zone="UTC")
    done = settled(
        found,
        **{"value_unknown:channel=Self-Service": "form", "day_month_order": "dmy", "which_date": "created at"},
    )
    assert not done.open_doubts
    contact, survey = done.facts
    assert contact.fields["channel"].values == survey.fields["channel"].values
    assert contact.fields["offered_at"].order == survey.fields["business_date"].order == "dmy"
    assert survey.skip == {"csat score": ("",)}  # who was not rated did not answer
    assert (contact.fields["resolved"].values, contact.fields["resolved"].otherwise) == ({"": False}, True)


# -- headers as vendors write them: words that many share must not make a column what it is not


def table(folder: Path, header: str, row: str, number: int = 12) -> Path:
    """A table whose rows say {n} in an own way each: {n:02d} counts up from 1."""
    lines = [header, *(row.format(n=each, h=9 + each // 2, m=each % 2 * 30) for each in range(1, number + 1))]
    path = folder / "t.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def columns(fact: FactMapping) -> dict[str, str]:
    return {name: "+".join(each.columns) for name, each in fact.fields.items() if each.columns}


def test_contacts_abandoned_are_not_the_contacts_and_a_mean_time_is_no_agent(tmp_path: Path) -> None:
    header = (
        "StartInterval,Queue,Contacts queued,Contacts handled,Contacts abandoned,Average queue answer time,Average agent interaction time"
    )
    found = propose(table(tmp_path, header, "2026-10-13T{h:02d}:{m:02d}:00Z,Basic,2{n},1{n},{n},12.5,200"), zone="UTC")
    totals = entries(found)["contact_total"]
    assert columns(totals) | {"unit": ""} == {
        "queue": "Queue",
        "interval_at": "StartInterval",
        "offered_count": "Contacts queued",
        "answered_count": "Contacts handled",
        "abandoned_count": "Contacts abandoned",
        "wait_total_s": "Average queue answer time",
        "talk_total_s": "Average agent interaction time",
        "unit": "",
    }


def test_a_time_beside_the_date_of_totals_is_their_interval_and_a_level_of_one_count_is_asked(tmp_path: Path) -> None:
    found = propose(
        table(
            tmp_path,
            "Date,Time,Split/Skill,ACD Calls,Avg ACD Time (s),Aban Calls,% Within Service Level",
            "2026-10-13,{h}:{m:02d},Sales,2{n},200,{n},80%",
        ),
        zone="UTC",
    )
    totals = entries(found)["contact_total"]
    assert (columns(totals)["interval_at"], totals.fields["interval_s"].value) == ("Date+Time", 1800)
    assert "offered_count" not in totals.fields
    assert doubts(found) == {"level_of:% Within Service Level"}


def test_a_desks_list_of_tickets_tells_durations_from_moments(tmp_path: Path) -> None:
    header = "Ticket ID,Status,Source,Created time,Resolved time,Last update time,Initial response time,First response time (in hrs),Resolution time (in hrs)"
    row = "{n},Resolved,Portal,2026-10-{n:02d} 09:00:00,2026-10-{n:02d} 11:00:00,2026-10-{n:02d} 12:00:00,2026-10-{n:02d} 09:30:00,00:30:00,02:00:00"
    contact = entries(propose(table(tmp_path, header, row, 20), zone="UTC"))["contact"]
    told = columns(contact)
    assert (told["first_response_at"], told["first_response_s"]) == ("Initial response time", "First response time (in hrs)")
    assert (told["resolved_at"], told["resolution_s"]) == ("Resolved time", "Resolution time (in hrs)")
    assert contact.fields["channel"].values == {"Portal": "form"}
    assert contact.revision is not None


def test_a_customers_number_is_no_answers_number(tmp_path: Path) -> None:
    """A member who answers again next month gives another answer, not a correction."""
    survey = entries(propose(table(tmp_path, "回答日時,会員ID,満足度", "2026/10/{n:02d} 09:00,M{n},5", 20), zone="Asia/Tokyo"))["survey"]
    assert (survey.key, columns(survey)["customer_key"]) == ((), "会員ID")


def test_a_zone_in_the_header_is_taken_and_hours_of_a_shift_are_asked_first(tmp_path: Path) -> None:
    calls_in_utc = propose(
        table(tmp_path, "call id,datetime (UTC),waiting time (s),talk time (s)", "{n},2026-10-{n:02d} 09:00:00,{n},60", 20)
    )
    assert entries(calls_in_utc)["contact"].fields["offered_at"].zone == "UTC"
    assert "zone" not in doubts(calls_in_utc)
    sheet = propose(
        table(tmp_path, "従業員コード,名前,日付,出勤予定,退勤予定,所定時間", "0001,佐藤,2026/10/{n:02d},9:00,18:00,8.00", 20),
        zone="Asia/Tokyo",
    )
    shift = entries(sheet)["shift"]
    assert (shift.key, columns(shift)["start_at"], columns(shift)["agent"]) == (("従業員コード", "日付"), "日付+出勤予定", "名前")
    assert next(each.choices[0] for each in sheet.doubts if each.code == "unit") == "h"


def test_items_of_a_sheet_beside_the_six_count_in_its_full_mark(tmp_path: Path) -> None:
    found = propose(
        table(tmp_path, "評価日,通話ID,評価者,名乗り,傾聴,案内の正確性,合計点", "2026/10/{n:02d},C{n},田中,5,4,5,14", 20), zone="Asia/Tokyo"
    )
    assert entries(found)["evaluation"].fields["score_max"].value == 15


def test_totals_of_months_and_years_stand_on_their_first_day_and_say_so(tmp_path: Path) -> None:
    for column, value, first in (
        ("年度", "令和{n}年度", "2020-04-01"),
        ("年月", "2020年{n}月", "2020-02-01"),
        ("年", "202{n}年", "2022-01-01"),
    ):
        path = table(tmp_path, f"{column},着信数,応答数", f"{value},1{{n}},{{n}}", 8)
        found = propose(path)
        assert columns(entries(found)["contact_total"])["business_date"] == column
        assert "first day" in next(each.note.en for each in found.columns if each.name == column)
        days, code = parse_date(value.format(n=2), How(months=True))
        assert (np.datetime64(days or 0, "D").astype(str), code) == (first, "")


def test_an_archive_of_two_kinds_of_table_asks_which_are_read(tmp_path: Path) -> None:
    """Daily files of one kind are one table; a survey among them would make every answer a broken call."""
    calls_of_a_day = "通話ID,着信日時,待ち時間(秒)\n" + "".join(f"{{day}}-{n},2026/10/1{n} 09:00,{n}\n" for n in range(9))
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        for day in (1, 2):
            archive.writestr(f"calls_{day}.csv", calls_of_a_day.replace("{day}", str(day)))
        archive.writestr("README.txt", "通話履歴です\n")
    alike = propose(tmp_path / "t.zip", zone="Asia/Tokyo")
    assert (alike.rows, "members" in doubts(alike)) == (18, False)
    with zipfile.ZipFile(tmp_path / "t.zip", "a") as archive:
        archive.writestr("survey.csv", "回答日,満足度\n" + "2026/10/15,5\n" * 7)
    (asked,) = (each for each in propose(tmp_path / "t.zip", zone="Asia/Tokyo").doubts if each.code == "members")
    assert asked.choices == ("calls_", "survey.csv")
    found = propose(tmp_path / "t.zip", zone="Asia/Tokyo", answers={"members": "survey.csv"})
    assert (found.rows, [each.fact for each in found.mapping.facts], found.mapping.table["members"]) == (7, ["survey"], "survey.csv")


def test_a_day_of_completion_beside_a_moment_of_arrival_is_no_moment(tmp_path: Path) -> None:
    """Closed on the day it came is not closed at midnight before it came: such rows were refused."""
    rows = [
        ["受付番号", "受付日時", "件名", "完了日"],
        *[[f"{n:04d}", f"2026/10/{n:02d} 10:00", "x", f"2026/10/{n:02d}" if n % 3 else ""] for n in range(1, 21)],
    ]
    found = propose(file(tmp_path, rows), zone="Asia/Tokyo")
    contact = entries(found)["contact"]
    assert "resolved_at" not in contact.fields
    assert (columns(contact)["resolved"], contact.fields["outcome"].values) == ("完了日", {"": "open"})
    assert "no duration" in next(each.note.en for each in found.columns if each.name == "完了日")
    both_days = [[cell.split(" ")[0] for cell in row] for row in rows]
    assert columns(entries(propose(file(tmp_path, both_days)))["contact"])["resolved_at"] == "完了日"


def test_a_column_that_does_not_say_whether_it_is_a_total_or_a_mean_is_weighed_or_asked(tmp_path: Path) -> None:
    """70 seconds beside 90 answered calls are no total; 7,000 seconds may be."""
    header = "日付,入電数,応答数,ATT,ACW(秒),総通話時間(秒)"
    mean = entries(propose(table(tmp_path, header, "2026/10/{n:02d},100,9{n},300,70,27000", 9)))["contact_total"]
    assert (mean.fields["acw_total_s"].times, mean.fields["talk_total_s"].times) == ("応答数", None)  # 総通話時間 says what it is
    asked = propose(table(tmp_path, "日付,入電数,応答数,ACW(秒)", "2026/10/{n:02d},100,9{n},7000", 9))
    assert "total_or_mean:ACW(秒)" in doubts(asked)
    for choice, weight in (("total", None), ("応答数", "応答数")):
        assert settled(asked, total_or_mean=choice).facts[0].fields["acw_total_s"].times == weight


def test_thousands_of_yen_and_chats_with_operators_are_what_their_headers_say(tmp_path: Path) -> None:
    cost = entries(propose(table(tmp_path, "計上月,費目,金額(千円)", "2026/{n:02d},人件費,100{n}", 9)))["cost"]
    assert (cost.fields["amount_yen"].unit, columns(cost)["business_date"]) == ("thousand_yen", "計上月")
    chat = propose(
        table(
            tmp_path, "チャットID,開始日時,初回応答日時,オペレーターメッセージ数", "c{n},2026/10/{n:02d} 09:00,2026/10/{n:02d} 09:01,3", 9
        ),
        zone="Asia/Tokyo",
    )
    assert entries(chat)["contact"].fields["channel"].value == "chat"
