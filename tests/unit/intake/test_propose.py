"""Proposing a mapping: what is certain is written down, what is not is asked, and nothing that is certain is asked."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest

from rashin.connect import Field, parse_mapping
from rashin.errors import DefinitionError, InputError
from rashin.intake.propose import Proposal, propose, settled
from rashin.intake.propose.match import header_of, mentions, score
from rashin.intake.propose.profile import profile
from rashin.intake.run import load


def file(folder: Path, header: str, rows: list[tuple[Any, ...]], name: str = "t.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    lines = [header, *(",".join("" if cell is None else str(cell) for cell in row) for row in rows)]
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path


def doubts(found: Proposal) -> set[str]:
    return {each.name for each in found.doubts}


def fields(found: Proposal, fact: int = 0) -> dict[str, Field]:
    return dict(found.mapping.facts[fact].fields)


def calls(number: int = 60, seed: int = 1) -> list[tuple[Any, ...]]:
    """Calls as a cloud PBX lists them: offered, answered (empty when abandoned), ended, queue, agent, result, wait, talk."""
    chance = random.Random(seed)
    at, out = dt.datetime.fromisoformat("2026-10-01 09:00"), []
    for index in range(number):
        at += dt.timedelta(seconds=chance.randint(5, 300))
        wait, talk, lost = chance.randint(3, 90), chance.randint(30, 600), index % 7 == 3
        answered = None if lost else at + dt.timedelta(seconds=wait)
        ended = at + dt.timedelta(seconds=wait + (0 if lost else talk))
        out.append(
            (f"C{index:04d}", at, answered, ended, "受注", None if lost else "髙橋", "放" if lost else "答", wait, None if lost else talk)
        )
    return out


def test_offered_answered_ended_are_instants_or_numbers_as_their_values_say(tmp_path: Path) -> None:
    """One word heads the moments of a call list and the numbers of a daily sheet."""
    moments = [(row[0], *row[1:4]) for row in calls()]
    of_calls = fields(propose(file(tmp_path, "id,offered,answered,ended", moments, "calls.csv")))
    assert [of_calls[name].columns for name in ("offered_at", "answered_at", "ended_at")] == [("offered",), ("answered",), ("ended",)]
    days = [(f"2026-10-{day:02d}", 100 + day, 90, 10 + day) for day in range(1, 21)]
    of_days = propose(file(tmp_path, "date,offered,answered,abandoned", days, "days.csv"))
    assert of_days.mapping.facts[0].fact == "contact_total"
    assert fields(of_days)["offered_count"].columns == ("offered",)


def test_a_call_list_in_japanese_needs_only_its_zone(tmp_path: Path) -> None:
    found = propose(
        file(tmp_path, "通話ID,着信日時,応答日時,終了日時,窓口,オペレーター,対応結果,待ち時間,通話時間", calls(), encoding="cp932")
    )
    mapping = found.mapping
    assert [fact.fact for fact in mapping.facts] == ["contact"]
    assert mapping.facts[0].key == ("通話ID",)
    assert fields(found)["offered_at"].columns == ("着信日時",)
    assert fields(found)["outcome"].values == {"答": "answered", "放": "abandoned"}
    assert (fields(found)["wait_s"].unit, fields(found)["talk_s"].unit) == ("s", "s")  # they equal the differences of the instants
    assert (fields(found)["channel"].value, fields(found)["direction"].value) == ("voice", "inbound")
    assert doubts(found) == {"zone"}
    assert found.whole
    assert found.form == "delimited"


def test_the_file_itself_settles_minutes(tmp_path: Path) -> None:
    rows = [(*row[:7], None if row[8] is None else row[7], None if row[8] is None else round(row[8] / 60, 4)) for row in calls()]
    found = propose(file(tmp_path, "通話ID,着信日時,応答日時,終了日時,窓口,オペレーター,対応結果,待ち時間,通話時間", rows))
    assert fields(found)["talk_s"].unit == "min"
    assert doubts(found) == {"zone"}


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("呼番号,着信日時,スキルグループ,受付者,応対区分,応答待ち(秒)", "呼番号"),
        ("Call Ref,Call Time,Skill,Agent Name,Disposition,Speed of Answer (sec)", "Call Ref"),
        ("修理依頼番号,受電日時,窓口名,担当者,お客様との応対,待ち時間(秒)", "修理依頼番号"),  # an id by its ending, a result by its values
    ],
)
def test_other_systems_call_the_same_things_otherwise(tmp_path: Path, header: str, key: str) -> None:
    rows = [
        (f"C{n:04}", f"2026-10-{n % 27 + 1:02} 09:{n % 60:02}:00", "修理", "田中", "応答" if n % 5 else "放棄呼", n % 40) for n in range(60)
    ]
    found = propose(file(tmp_path, header, rows))
    assert found.mapping.facts[0].key == (key,)
    assert {"offered_at", "queue", "agent", "outcome", "wait_s"} <= fields(found).keys()
    assert fields(found)["outcome"].values == {"応答": "answered", "放棄呼": "abandoned"}
    assert doubts(found) == {"zone"}


def test_without_instants_to_compare_the_unit_is_asked_unless_the_header_states_it(tmp_path: Path) -> None:
    rows = [(row[0], row[1], row[4], row[7], row[8], 10, "0:01:30", "1:30") for row in calls()]
    found = propose(file(tmp_path, "通話ID,着信日時,窓口,待ち時間,通話時間(秒),hold_s,後処理時間,呼出時間", rows))
    assert doubts(found) == {"zone", "unit:待ち時間", "unit:呼出時間"}
    assert fields(found)["talk_s"].unit == "s"
    assert fields(found)["hold_s"].unit == "s"
    assert fields(found)["acw_s"].unit == "hms"
    asked = {each.column: each.choices for each in found.doubts}
    assert asked["待ち時間"] == ("s", "min", "ms", "h")
    assert asked["呼出時間"] == ("ms_clock", "hms")  # a call lasts minutes: the likelier one first


@pytest.mark.parametrize(
    ("dates", "order", "asked"),
    [
        (("04/13/2026 09:00", "05/01/2026 09:00"), "mdy", False),  # a 13 in the second place settles it
        (("13/04/2026 09:00", "01/05/2026 09:00"), "dmy", False),
        (("01/05/2026 09:00", "02/06/2026 09:00"), "mdy", True),
        (("2026/04/05 09:00", "2026-05-01 09:00"), None, False),
    ],
)
def test_day_and_month_order(tmp_path: Path, dates: tuple[str, ...], order: str | None, asked: bool) -> None:
    rows = [(index, dates[index % 2], 5, "応答") for index in range(20)]
    found = propose(file(tmp_path, "call_id,call started,wait seconds,result", rows), zone="UTC")
    assert fields(found)["offered_at"].order == order
    assert ("day_month_order:call started" in doubts(found)) is asked


def test_an_unknown_result_is_asked_value_by_value(tmp_path: Path) -> None:
    rows = [(index, f"2026-10-01 09:{index:02d}", 5, ("応答", "放棄", "保留中に切断")[index % 3]) for index in range(30)]
    found = propose(file(tmp_path, "通話ID,着信日時,待ち秒数,対応結果", rows), zone="Asia/Tokyo")
    assert doubts(found) == {"value_unknown:対応結果=保留中に切断"}
    after = settled(found, **{"value_unknown:対応結果=保留中に切断": "abandoned"})
    assert after.facts[0].fields["outcome"].values["保留中に切断"] == "abandoned"
    assert not after.open_doubts


def test_a_result_whose_rows_are_always_answered_is_not_asked(tmp_path: Path) -> None:
    rows = [(*row[:6], "予約成立" if row[2] else "不応答", *row[7:]) for row in calls()]
    found = propose(
        file(tmp_path, "通話ID,着信日時,応答日時,終了日時,窓口,オペレーター,対応結果,待ち時間,通話時間", rows), zone="Asia/Tokyo"
    )
    assert fields(found)["outcome"].values == {"予約成立": "answered", "不応答": "abandoned"}
    assert not doubts(found)


def test_rows_without_an_answer_time_are_asked_about(tmp_path: Path) -> None:
    rows = [(row[0], *(cell and f"{cell:%H:%M:%S}" for cell in row[1:3]), "2026-10-01") for row in calls()]
    found = propose(file(tmp_path, "call id,call time,time answered,call date", rows), zone="UTC")
    assert fields(found)["offered_at"].columns == ("call date", "call time")
    assert fields(found)["outcome"] == Field(("time answered",), values={"": "abandoned"}, otherwise="answered")
    assert doubts(found) == {"no_answer_means:time answered"}


def test_a_key_that_repeats_with_other_content_is_asked_and_copies_are_not(tmp_path: Path) -> None:
    rows = calls()
    header = "通話ID,着信日時,応答日時,終了日時,窓口,オペレーター,対応結果,待ち時間,通話時間"
    copies = propose(file(tmp_path, header, [*rows, rows[0]]), zone="Asia/Tokyo")
    assert not doubts(copies)
    clash = propose(file(tmp_path, header, [*rows, (*rows[0][:4], "返品", *rows[0][5:])]), zone="Asia/Tokyo")
    assert doubts(clash) == {"key_not_unique:通話ID"}
    assert settled(clash, key_not_unique="last").facts[0].within == "last"
    assert settled(clash, key_not_unique="content").facts[0].key == ()


def test_tickets_without_a_time_of_creation_say_what_cannot_be_computed(tmp_path: Path) -> None:
    rows = [
        (index, ("Email", "Phone")[index % 2], "2026-10-01 10:00", "2026-10-01 12:00", 1 + index % 5, "2025-01-01") for index in range(20)
    ]
    found = propose(
        file(
            tmp_path, "Ticket_ID,Ticket_Channel,First_Response_Time,Time_to_Resolution,Customer_Satisfaction_Rating,Date_of_Purchase", rows
        ),
        zone="UTC",
    )
    contact, survey = found.mapping.facts
    assert contact.fields["first_response_at"].columns == ("First_Response_Time",)
    assert contact.fields["resolved_at"].columns == ("Time_to_Resolution",)
    assert contact.fields["channel"].values == {"Email": "mail", "Phone": "voice"}
    assert (survey.fact, survey.fields["score"].columns, survey.fields["kind"].value) == (
        "survey",
        ("Customer_Satisfaction_Rating",),
        "csat",
    )
    assert doubts(found) == {"no_offered_at", "which_date"}
    (about,) = [each for each in found.doubts if each.code == "no_offered_at"]
    assert "first response time cannot be computed" in about.question.en


def test_daily_totals_weigh_their_means(tmp_path: Path) -> None:
    rows = [(f"2026-10-{day:02d}", 100 + day, 90, 10 + day, "0:00:12", "0:03:10", "91.2%", "80.0%", "0:02:00") for day in range(1, 11)]
    found = propose(file(tmp_path, "日付,着信数,応答数,放棄数,平均応答時間,平均通話時間,応答率,サービスレベル(20秒),最大待ち時間", rows))
    total = fields(found)
    assert found.mapping.facts[0].fact == "contact_total"
    assert found.mapping.facts[0].key == ("日付",)
    assert total["wait_total_s"] == Field(("平均応答時間",), unit="hms", times="応答数")
    assert total["talk_total_s"].times == "応答数"
    assert (total["target_s"].value, total["answered_in_target"].unit) == (20, "percent")
    assert doubts(found) == {"weight:サービスレベル(20秒)", "channel"} - {"channel"}
    notes = {column.name: column.note.ja for column in found.columns}
    assert notes["応答率"] == "率は読まずに、件数から計算します"
    assert notes["最大待ち時間"].startswith("平均・最大")


def test_an_average_without_its_weight_is_left_out_and_said(tmp_path: Path) -> None:
    rows = [(f"2026-10-{day:02d}", 5, "0:00:12") for day in range(1, 11)]
    found = propose(file(tmp_path, "日付,放棄数,平均応答時間", rows), fact="contact_total")
    assert "wait_total_s" not in fields(found)
    assert "average_without_weight:平均応答時間" in doubts(found)


def test_a_table_without_dates_asks_for_one(tmp_path: Path) -> None:
    rows = [(index, "Sales" if index % 2 else "HR", "Yes" if index % 5 == 0 else "No", "Clerk") for index in range(40)]
    found = propose(file(tmp_path, "EmployeeNumber,Department,Attrition,JobRole", rows))
    assert found.mapping.facts[0].fact == "headcount"
    assert fields(found)["left_count"].values == {"Yes": 1, "No": 0}
    assert doubts(found) == {"no_date"}
    assert settled(found, no_date="2026-10-01").facts[0].fields["business_date"].value == "2026-10-01"


def test_absence_without_planned_hours_says_that_no_rate_can_be_formed(tmp_path: Path) -> None:
    rows = [(index % 9, 7, index % 5, 1 + index % 8) for index in range(40)]
    found = propose(file(tmp_path, "ID,Month,Reason for absence,Absenteeism time in hours", rows))
    assert found.mapping.facts[0].fact == "shift"
    assert fields(found)["absent_s"].unit == "h"
    assert "no_scheduled" in doubts(found)


def test_an_attendance_sheet_with_night_shifts(tmp_path: Path) -> None:
    rows = [
        (
            f"E{index % 3}",
            "髙橋",
            f"2026/10/{1 + index // 3:02d}",
            "22:00" if index % 3 else "9:00",
            "6:00" if index % 3 else "18:00",
            "8:00:00",
        )
        for index in range(30)
    ]
    found = propose(file(tmp_path, "社員番号,氏名,日付,出勤,退勤,実働時間", rows), zone="Asia/Tokyo")
    assert found.mapping.facts[0].fact == "shift"
    assert fields(found)["clock_in_at"].columns == ("日付", "出勤")
    assert doubts(found) == {"past_midnight:退勤"}
    assert settled(found, past_midnight="clock_in_at").facts[0].fields["clock_out_at"].after == "clock_in_at"


def test_an_attendance_sheet_as_people_make_it(world: Any, tmp_path: Path) -> None:
    """Two header rows with merged cells, eras, full width, 25:10, 翌7:00, days off without times, totals between the people."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for row in (
        ("勤怠実績表(令和8年10月度)",),
        (),
        ("氏名", "日付", "シフト", "", "打刻", "", "区分"),
        ("", "", "開始", "終了", "出勤", "退勤", ""),
    ):
        sheet.append(row)
    for cells in ("C3:D3", "E3:F3", "A3:A4", "B3:B4", "G3:G4"):
        sheet.merge_cells(cells)
    for row in (
        ("佐藤", "令和8年10月1日", "9:00", "18:00", "8:55", "18:10", "出勤"),
        ("佐藤", "令和8年10月2日", "9:00", "18:00", "", "", "欠勤"),
        ("佐藤", "R8.10.3", "17:00", "25:10", "16:58", "25:20", "出勤"),
        ("小計", "", "", "", "", "", ""),
        ("髙橋", "2026/10/1", "９：００", "１８：００", "９：０２", "１８：００", "遅刻"),
        ("髙橋", "2026/10/2", "22:00", "翌7:00", "21:50", "翌7:05", "出勤"),
        ("髙橋", "2026/10/3", "", "", "", "", "公休"),
        ("合計", "", "", "", "", "", ""),
    ):
        sheet.append(row)
    path = tmp_path / "勤怠.xlsx"
    book.save(path)
    found = propose(path, zone="Asia/Tokyo")
    assert not doubts(found)
    (receipt,) = load(world.store, [path], found.mapping, by="tester")
    assert (receipt.total.accepted, receipt.total.rejected) == (6, 0)
    rows = world.store.read(
        "SELECT agent, attended, scheduled_s / 3600 AS planned, business_date FROM shift ORDER BY agent, business_date"
    ).to_pylist()
    assert [row["attended"] for row in rows] == [True, False, True, True, True, None]
    assert [row["planned"] for row in rows] == [9, 9, pytest.approx(8 + 1 / 6), 9, 9, None]
    assert rows[-1]["business_date"] == dt.date(2026, 10, 3)


def test_a_monitoring_sheet_of_six_items(tmp_path: Path) -> None:
    rows = [(f"2026/10/{day:02d}", f"C{day}", "申", "髙橋", *(3 + (day + item) % 3 for item in range(6)), "なし") for day in range(1, 11)]
    found = propose(file(tmp_path, "評価日,通話ID,評価者,オペレーター,正確性,迅速性,柔軟性,共感性,安心感,好印象,重大ミス", rows))
    assert found.mapping.facts[0].fact == "evaluation"
    assert fields(found)["score"].columns == ("正確性", "迅速性", "柔軟性", "共感性", "安心感", "好印象")
    assert fields(found)["score_max"].value == 30
    assert {"score_max"} <= doubts(found) <= {"score_max", "value_unknown:重大ミス=なし"}


@pytest.mark.parametrize(
    ("header", "score_range", "kind", "scale", "asked"),
    [
        ("回答日時,推奨度,コメント", (0, 10), "nps", (0, 10), set()),
        ("回答日時,満足度,コメント", (1, 5), "csat", (1, 5), set()),
        ("回答日時,評点,コメント", (1, 5), "csat", (1, 5), {"survey_kind:評点"}),
        ("回答日時,満足度,コメント", (1, 7), "csat", (1, 7), {"scale_min:満足度", "scale_max:満足度"}),
    ],
)
def test_surveys_by_words_and_range(
    tmp_path: Path, header: str, score_range: tuple[int, int], kind: str, scale: tuple[int, int], asked: set[str]
) -> None:
    low, high = score_range
    rows = [(f"2026-10-01T09:{index % 60:02d}:00+09:00", low + index % (high - low + 1), "はい") for index in range(30)]
    found = propose(file(tmp_path, header, rows))
    assert (fields(found)["kind"].value, fields(found)["scale_min"].value, fields(found)["scale_max"].value) == (kind, *scale)
    assert doubts(found) == asked


def test_questions_of_one_form_are_surveys_of_their_own(tmp_path: Path) -> None:
    answers = ("とても満足", "満足", "どちらでもない", "不満")
    rows = [(f"2026-10-01T09:{index:02d}:00+09:00", f"c{index}", answers[index % 4], index % 11) for index in range(40)]
    found = propose(file(tmp_path, "タイムスタンプ,お問い合わせ番号,対応に満足いただけましたか,友人や同僚に薦める可能性", rows))
    parts = {each.part: each.fields for each in found.mapping.facts}
    assert set(parts) == {"nps", "csat"}
    assert parts["csat"]["score"].values == {"とても満足": 5, "満足": 4, "どちらでもない": 3, "不満": 2}
    assert parts["csat"]["responded_at"] == parts["nps"]["responded_at"]
    assert not doubts(found)


def test_plain_answers_in_words_are_not_scored_by_guess() -> None:
    from rashin.intake.propose.surveys import satisfaction

    assert satisfaction(profile("x", ["満足", "不満"])) is None
    assert satisfaction(profile("x", ["満足", "やや満足", "不満"])) == {"満足": 5, "やや満足": 4, "不満": 1}


def test_an_attendance_sheet_is_told_apart_by_person_and_day(tmp_path: Path) -> None:
    rows = [(f"E{index % 4}", "髙橋", f"2026/10/{1 + index // 4:02d}", "9:00", "18:00", "8:00", "0:30") for index in range(40)]
    found = propose(file(tmp_path, "社員番号,氏名,日付,出勤,退勤,実働時間,欠勤時間", rows), zone="Asia/Tokyo")
    assert found.mapping.facts[0].key == ("社員番号", "日付")
    assert (fields(found)["attended_s"].unit, fields(found)["absent_s"].unit) == ("hms", "hms")  # 8:00 of nine hours cannot be minutes
    assert doubts(found) == {"no_scheduled"}


def test_line_numbers_are_no_key(tmp_path: Path) -> None:
    """No. 1, 2, 3 … of this export stand for other calls in the next."""
    rows = [(index + 1, "発信", f"2026-10-01 09:{index:02d}", "不在", index * 10) for index in range(30)]
    found = propose(file(tmp_path, "No,区分,発信日時,発信結果,通話時間(秒)", rows), zone="Asia/Tokyo")
    assert found.mapping.facts[0].key == ()
    assert fields(found)["direction"] == Field(("区分",), values={"発信": "outbound"})
    assert not doubts(found)


def test_totals_of_half_hours_know_their_length_and_key(tmp_path: Path) -> None:
    rows = [
        (f"2026/10/{day:02d}", f"{hour}:{minute:02d}", queue, 9, 8, 1)
        for day in (1, 2)
        for hour in range(9, 18)
        for minute in (0, 30)
        for queue in ("受注", "返品")
    ]
    found = propose(file(tmp_path, "日付,時間帯,窓口,着信数,応答数,放棄数", rows), zone="Asia/Tokyo")
    assert fields(found)["interval_at"].columns == ("日付", "時間帯")
    assert fields(found)["interval_s"].value == 1800
    assert found.mapping.facts[0].key == ("日付", "時間帯", "窓口")


def test_each_column_of_a_table_of_business_figures_is_a_series(tmp_path: Path) -> None:
    rows = [(f"2026-10-{day:02d}", f'"{100_000 + day:,}"', 50 + day) for day in range(1, 20)]
    found = propose(file(tmp_path, "日付,売上金額,注文数", rows))
    assert [(each.part, each.fields["amount"].columns) for each in found.mapping.facts] == [
        ("売上金額", ("売上金額",)),
        ("注文数", ("注文数",)),
    ]
    assert not doubts(found)


def test_posts_of_an_account(tmp_path: Path) -> None:
    rows = [(f"p{index}", f"4/{13 + index % 15}/2026 6:00", "photo", 10 * index, index, 2) for index in range(20)]
    found = propose(
        file(tmp_path, "status_id,status_published,status_type,num_reactions,num_comments,num_shares", rows, "facebook_posts.csv"),
        zone="Asia/Tokyo",
    )
    assert found.mapping.facts[0].fact == "post"
    assert fields(found)["posted_at"] == Field(("status_published",), order="mdy")
    assert fields(found)["network"].value == "facebook"
    assert not doubts(found)


def test_customers_posts_and_own_ones_are_told_apart(tmp_path: Path) -> None:
    rows = [
        (
            str(100 + index),
            "acme" if index % 2 else str(index),
            not index % 2,
            f"2026-10-01 10:{index:02d}",
            99 + index if index % 2 else "",
            "",
        )
        for index in range(30)
    ]
    found = propose(
        file(tmp_path, "tweet_id,author_id,inbound,created_at,in_response_to_tweet_id,", rows), zone="UTC", table={"unnamed": "column"}
    )
    assert found.mapping.facts[0].fact == "post"
    assert fields(found)["kind"].values == {"True": "mention", "False": "own"}
    assert fields(found)["in_reply_to"].columns == ("in_response_to_tweet_id",)
    assert found.mapping.table["unnamed"] == "column"
    assert [each.name for each in found.columns][-1] == "column 6"
    assert "例 / e.g. " in found.toml("en")


def test_an_event_log_asks_which_event_resolves(tmp_path: Path) -> None:
    rows = [
        (case, activity, f"2026-10-0{1 + index} 09:00") for case in range(10) for index, activity in enumerate(("受付", "回答", "完了"))
    ]
    found = propose(file(tmp_path, "CaseID,ActivityID,CompleteTimestamp", rows), zone="UTC")
    assert found.mapping.facts[0].fact == "contact_event"
    assert doubts(found) == {"resolved_by", "channel"}
    after = settled(found, resolved_by="完了", channel="mail")
    assert after.events is not None
    assert (after.events.opened, after.events.resolved, after.events.channel) == ("first", ("完了",), "mail")


def test_one_count_per_day_may_be_contacts_or_a_series(tmp_path: Path) -> None:
    rows = [(f"2026-10-{day:02d}", day) for day in range(1, 20)]
    found = propose(file(tmp_path, "日付,小計", rows))
    assert doubts(found) == {"fact", "channel"}
    again = propose(file(tmp_path, "日付,小計", rows), fact="series")
    assert again.mapping.facts[0].fact == "series"
    assert doubts(again) == {"series_name"}
    assert settled(again, series_name="相談件数").facts[0].fields["name"].value == "相談件数"


def test_seconds_since_1970_and_day_numbers_are_recognised_in_time_columns(tmp_path: Path) -> None:
    rows = [(index, 1_790_000_000 + index * 60, 46296.375 + index, 5) for index in range(30)]
    found = propose(file(tmp_path, "call id,started at,ended at,wait seconds", rows))
    assert (fields(found)["offered_at"].unit, fields(found)["ended_at"].unit) == ("epoch_s", "excel_serial")


def test_the_proposal_is_a_file_that_loads_once_it_is_settled(world: Any, tmp_path: Path) -> None:
    path = file(tmp_path, "通話ID,着信日時,応答日時,終了日時,窓口,オペレーター,対応結果,待ち時間,通話時間", calls())
    found = propose(path, source="pbx")
    written = tmp_path / "m.toml"
    written.write_text(found.toml("ja"), encoding="utf-8")
    assert "着信・受付時刻" in written.read_text("utf-8")
    assert parse_mapping(found.toml("en")) == parse_mapping(found.toml("ja")) == found.mapping
    with pytest.raises(DefinitionError):
        load(world.store, [path], written, by="me")
    text = written.read_text("utf-8").replace('settled = ""', 'settled = "Asia/Tokyo"')
    written.write_text(text, encoding="utf-8")
    counts = load(world.store, [path], written, by="me")[0].counts["contact"]
    assert (counts.accepted, counts.rejected) == (60, 0)


def test_a_vendors_own_form_is_left_to_its_connector(tmp_path: Path) -> None:
    log = "1791871200|1791871200.1|sales|NONE|ENTERQUEUE||0312345678|1\n1791871205|1791871200.1|sales|SIP/100|CONNECT|5|1791871201.2|3\n1791871265|1791871200.1|sales|SIP/100|COMPLETECALLER|5|60|1\n"
    path = tmp_path / "queue_log"
    path.write_text(log)
    found = propose(path)
    assert (found.mapping.connector, found.mapping.facts) == ("asterisk", ())


def test_uncertain_encodings_and_sheets_are_asked_and_the_rest_proposed(tmp_path: Path) -> None:
    from openpyxl import Workbook

    path = file(
        tmp_path,
        "call id,call started,wait seconds,note",
        [(n, f"2026-10-01 09:{n:02d}", 5, "café Müller") for n in range(20)],
        encoding="latin-1",
    )
    found = propose(path, zone="UTC")
    assert doubts(found) == {"encoding"}
    assert settled(found, encoding="cp1252").table["encoding"] == "cp1252"
    book = Workbook()
    for name in ("9月", "10月"):
        sheet = book.create_sheet(name)
        sheet.append(["通話ID", "着信日時", "待ち時間(秒)"])
        for index in range(5):
            sheet.append([f"{name}{index}", dt.datetime.fromisoformat("2026-10-01 09:00"), 5])
    book.save(tmp_path / "t.xlsx")
    sheets = propose(tmp_path / "t.xlsx", zone="Asia/Tokyo")
    assert doubts(sheets) == {"sheet"}
    assert settled(sheets, sheet="*").table["sheet"] == "*"


def test_what_cannot_be_told_is_refused_with_a_way_on(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as nothing:
        propose(file(tmp_path, "甲,乙,丙", [("あ", "い", "う")] * 5))
    assert nothing.value.code == "no_fact_fits"
    with pytest.raises(DefinitionError) as wrong:
        propose(file(tmp_path, "甲,乙", [("あ", "い")]), fact="calls")
    assert wrong.value.code == "unknown_fact"
    with pytest.raises(InputError) as empty:
        propose(file(tmp_path, "通話ID,着信日時", []))
    assert empty.value.code == "no_rows"


def test_headers_are_compared_without_units_signs_and_case() -> None:
    assert header_of("通話時間（秒）").words == "通話時間"
    assert header_of("firstResponse_Time").words == "first response time"
    assert score(header_of("平均通話時間"), "通話時間") > score(header_of("通話時間の備考"), "通話時間")
    assert score(header_of("Ticket_ID"), "ticket id") == 1.0
    assert score(header_of("recall"), "call") == 0.0


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2", "-"], "integer"), (["1.5", "2"], "number"), (["94%", "80.5%"], "percent"), (["0:01:02", "1:00:00"], "clock3"), (["1:30", "12:00"], "clock2"),
        (["8:00:00 AM", "1:00 PM"], "time"), (["午前9時5分", "午後1時"], "time"), (["1分30秒", "2時間"], "duration"), (["2026-10-01 09:00", ""], "instant"),
        (["2026/10/1", "令和8年10月2日"], "date"), (["2026年10月", "2026年11月"], "month"), (["はい", "いいえ"], "flag"), (["TRUE", "FALSE"], "flag"), (["応答", "放棄"], "text"),
        (["", "-", "N/A"], "empty"), (["20261001", "20261002"], "date"),
    ],
)  # fmt: skip
def test_kinds_of_columns(values: list[str], kind: str) -> None:
    assert profile("x", values).kind == kind


def test_columns_under_a_merged_heading_are_read_with_it(tmp_path: Path) -> None:
    """着信 stands over 日付 and 時刻, 通話時間 over 通話 and 保留: merged cells, as Excel saves them."""
    path = tmp_path / "t.csv"
    rows = [f"C{i},令和8年9月{i + 1}日,9:{i:02d}:00,受注,応答,0:00:{i + 10},0:0{i % 6}:30,0:00:05" for i in range(20)]
    heading = ["通話ID,着信,,キュー,結果,待ち時間,通話時間,", ",日付,時刻,,,,通話,保留"]
    path.write_bytes("\r\n".join([*heading, *rows, ""]).encode("cp932"))
    found = fields(propose(path))
    assert found["offered_at"].columns == ("着信/日付", "着信/時刻")
    assert (found["talk_s"].columns, found["hold_s"].columns) == (("通話時間/通話",), ("通話時間/保留",))


def test_contacts_without_any_time_are_asked_for_their_date(tmp_path: Path) -> None:
    rows = [(f"C{i}", "受注", "応答", f"0:00:{i + 10}", f"0:0{i % 6}:30") for i in range(20)]
    assert {"no_date", "no_offered_at"} <= doubts(propose(file(tmp_path, "通話ID,キュー,結果,待ち時間,通話時間", rows)))


def test_a_column_named_outright_whose_values_do_not_fit_is_not_left_out_in_silence(tmp_path: Path) -> None:
    rows = [(f"C{i}", f"2026-10-01 09:{i:02d}", "受注", "応答", "たぶん五" if i % 3 else 5) for i in range(20)]
    found = propose(file(tmp_path, "通話ID,着信日時,キュー,結果,待ち時間(秒)", rows))
    note = next(each.note for each in found.columns if each.name == "待ち時間(秒)")
    assert "left out" in note.en
    assert "待ち時間" in note.ja


def test_a_mean_by_its_merged_heading_is_no_total() -> None:
    assert mentions("平均/通話時間", "average")
    assert not mentions("効率/通話時間", "ratio")
