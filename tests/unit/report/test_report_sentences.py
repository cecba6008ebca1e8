"""What a weekly report says of a small centre, word for word; and what it does not say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rashin.report.model import Figures, Heading, Report

GOOD = (90, 10)


def told(report: Report, tone: str) -> list[str]:
    return [each.text for each in report.sentences(tone)]  # type: ignore[arg-type]


def world_with(make_world: Any, last: tuple[int, int], talk: float = 200.0, **goals: str) -> Any:
    from tests.unit.report.conftest import fill, write_goals

    world = make_world()
    fill(world, last=last, talk=talk)
    write_goals(world, goals)
    return world


def test_the_week_is_told_as_kept_high_then_issue_then_next_action(centre: Any, build: Any) -> None:
    report = build(centre)
    assert [each.text for each in report.blocks if isinstance(each, Heading) and each.level == 1] == [
        "データの充足状況", "主な数字", "高く維持できていること", "課題", "次の行動", "目標の達成状況", "推移", "KPI一覧", "チーム別", "定義",
    ]  # fmt: skip
    assert told(report, "kept") == ["平均処理時間は209.1秒(95%区間 208.7–209.4秒)で、目標の180.0秒〜240.0秒を満たしています(5週連続)。"]
    assert told(report, "issue") == [
        "応答率は76.0%(95%区間 73.7–78.2%)で、目標の80.0%以上に4.0ポイント届いていません。前週からさらに悪化しました。",
        "放棄呼率は前週の10.0%から24.0%へ悪化しました(差 +14.0ポイント、95%区間 +11.3〜+16.7ポイント)。",
        "Aの応答率は前週の90.0%から62.0%へ悪化しました(差 −28.0ポイント)。",
    ]
    assert told(report, "next")[-1] == "応答率: 行動計画: 昼の席を増やす。責任者: tanaka@example.jp"
    assert any(each.startswith("応答率: まず「") for each in told(report, "next"))


def test_english_readers_get_the_same_figures_in_their_own_words(centre: Any, build: Any) -> None:
    report = build(centre, "en")
    assert told(report, "kept") == [
        "Average handling time was 209.1 s (95% interval 208.7–209.4 s) and met the goal of 180.0 s to 240.0 s, 5 weeks running."
    ]
    assert told(report, "issue")[:2] == [
        "Answer rate was 76.0% (95% interval 73.7–78.2%), 4.0 pt short of the goal of at least 80.0%. It was worse than the week before.",
        "Abandon rate got worse: 10.0% the week before, 24.0% now (change +14.0 pt, 95% interval +11.3 to +16.7 pt).",
    ]
    assert told(report, "next")[-1] == "Answer rate. Plan: More seats at noon. Owner: tanaka@example.jp"
    assert [each.value for each in report.figures] == [each.value for each in build(centre).figures]


def test_a_change_within_chance_is_no_change(make_world: Any, build: Any) -> None:
    """88 of 100 after 90 of 100, seven days of one team: −1.0 points on the whole, and 0 lies in its interval."""
    report = build(world_with(make_world, (88, 12)), kpis=("answer_rate", "abandon_rate"))
    assert told(report, "kept") == ["この週は、区間を踏まえて「高く維持できている」と言える項目はありません。"]
    assert told(report, "issue") == ["この週は、区間を踏まえて課題と言える項目はありません。"]
    rate = next(each for each in report.figures if each.kpi == "answer_rate")
    assert (rate.change_text, rate.way) == ("−1.0ポイント", "same")


@pytest.mark.parametrize(
    ("target", "tone", "ending"),
    [
        ("0.895", "kept", "ただし区間は目標をまたいでおり、偶然届いた可能性が残ります。"),
        ("0.905", "issue", "ただし区間は目標をまたいでおり、偶然の範囲とも言えます。"),
    ],
)
def test_a_goal_inside_the_interval_is_said_to_be_uncertain(make_world: Any, build: Any, target: str, tone: str, ending: str) -> None:
    report = build(world_with(make_world, GOOD, rate=f'kpi = "answer_rate"\ntarget = {target}\nevery = "week"\n'), kpis=("answer_rate",))
    assert told(report, tone)[0].endswith(ending)


def test_a_goal_that_was_met_by_chance_while_it_fell_is_not_kept_high(make_world: Any, build: Any) -> None:
    """80.0 % against 80 %, after 90 %: met, and no reason for praise."""
    report = build(world_with(make_world, (70, 30), rate='kpi = "answer_rate"\ntarget = 0.80\nevery = "week"\n'), kpis=("answer_rate",))
    figures = next(each for each in report.blocks if isinstance(each, Figures)).figures
    assert [(each.judged, each.way) for each in figures] == [("met", "worse")]
    assert not any("80.0%以上を満たし" in each for each in told(report, "kept"))


def test_a_goal_met_while_its_counter_metric_gets_worse_is_an_issue(make_world: Any, build: Any) -> None:
    text = 'kpi = "aht"\nband = { low = 180, high = 240 }\nevery = "week"\ncounter = ["abandon_rate"]\n'
    report = build(world_with(make_world, (62, 38), talk=180.0, aht=text))
    assert told(report, "issue")[0] == (
        "平均処理時間は目標を満たしていますが、対になる放棄呼率が悪化しました。数字だけが良くなっていないか、明細を確かめてください。"
    )


def test_a_goal_of_the_month_says_what_the_rest_must_bring(make_world: Any, build: Any) -> None:
    report = build(world_with(make_world, (40, 60), rate='kpi = "answer_rate"\ntarget = 0.84\nevery = "month"\n'), kpis=("answer_rate",))
    outlook = next(each for each in told(report, "next") if "見通し" in each)
    assert outlook.startswith("応答率: 2026年10月の見通し: ")
    assert "残り" in outlook
    assert outlook.endswith("行動計画がまだ書かれていません。")


def test_a_week_that_is_still_running_says_how_far_it_has_come(centre: Any, build: Any) -> None:
    """On Saturday the last day counted is Friday; the days that are not over are not missing."""
    report = build(centre, today=date(2026, 10, 24))
    assert report.until == "2026-10-23"
    assert report.complete


def test_teams_are_not_praised_for_calls_that_nobody_was_offered(make_world: Any, build: Any) -> None:
    """Lost calls without a team would leave every team with 100 %: such a rate is not sliced, and the report says so."""
    from tests.unit.report.conftest import WEEK, calls

    world = make_world()
    rows = calls(WEEK, 80, 20)
    for row in rows[80:]:
        row["team"] = None
    world.load("contact", rows)
    report = build(world, kpis=("answer_rate", "aht"), today=date(2026, 10, 20))
    assert [[entry.text for entry in row] for table in report.tables() if table.title == "生産品質" for row in table.rows][1][0] == "A"
    assert not any(table.title == "接続品質" for table in report.tables())
    assert any("チームの分からない件" in getattr(each, "text", "") and "「応答率」" in getattr(each, "text", "") for each in report.blocks)


@pytest.mark.parametrize("limited", ["scope", "where"])
def test_nor_is_a_team_praised_in_its_own_report(make_world: Any, catalogue: Any, limited: str) -> None:
    """Its leader, who sees the team alone, is told that the rate cannot be told of it; and the report says whose it is."""
    from tests.unit.report.conftest import GOALS, TODAY, WEEK, calls, write_goals

    from rashin.calendars import Period
    from rashin.judge import goals
    from rashin.judge.pace import pace
    from rashin.query import Scope
    from rashin.report import restate, weekly

    world = make_world()
    rows = calls(WEEK, 80, 20)
    for row in rows[80:]:
        row["team"] = None
    world.load("contact", rows)
    write_goals(world, GOALS)
    known, own = goals.of_store(world.store, catalogue), Scope({"team": ("A",)}, "none", 0)
    scope, where = (own, None) if limited == "scope" else (Scope.everything(), {"team": ("A",)})
    asked = {"scope": scope, "where": where, "today": WEEK.replace(day=20), "kpis": ("answer_rate", "aht"), "names": {"team": {"A": "第1"}}}
    report = weekly.build(world.store, catalogue, known, Period.parse("2026-W43", TODAY), lang="ja", **asked)
    rate, handling = report.figures
    assert (rate.state, rate.value) == ("withheld", None)
    assert handling.value is not None
    assert report.scope_text == "チーム = 第1"
    assert not any("応答率" in text for text in told(report, "kept"))
    assert any("「応答率」は表示しません(チームの決まらない件" in getattr(each, "text", "") for each in report.blocks)
    found = pace(world.store, catalogue, known["rate"], WEEK, scope=own)
    assert (found.judgement.state, found.so_far.value if found.so_far else 0) == ("withheld", None)
    assert pace(world.store, catalogue, known["rate"], WEEK, scope=Scope.everything()).judgement.value == 0.8
    lost = calls(WEEK.replace(day=20), 40, 20)
    for number, row in enumerate(lost):
        row["offered_at"], row["team"] = f"2026-10-19 1{number % 5}:30", "A" if number < 40 else None
    world.load("contact", lost)
    changed = restate.changes(world.store, catalogue, report, scope=scope)
    assert "answer_rate" not in {each.figure.kpi for each in changed}  # nor told when late data move it
