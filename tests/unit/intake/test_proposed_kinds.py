"""Files of other centres: what a proposal must see in them, and what it must ask instead of guessing."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from rashin.connect import FactMapping
from rashin.errors import DefinitionError
from rashin.intake.propose import Proposal, propose, settled


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
