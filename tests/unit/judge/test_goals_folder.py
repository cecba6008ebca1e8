"""The goals folder: one file a goal; a bad one names itself and hides no other; every version is kept; two people never overwrite each other."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rashin.catalogue import Catalogue, load
from rashin.errors import ConflictError, DefinitionError, QuestionError
from rashin.judge import goals
from rashin.judge.goal import Goal
from rashin.query.settings import Settings

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
RATE = 'kpi = "answer_rate"\ntarget = 0.80   # 経営会議で決定\nevery = "month"\n'


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "goals"
    made.mkdir()
    return made


def saved(folder: Path, catalogue: Catalogue, text: str | Goal = RATE, name: str = "rate", expect: int | None = None) -> Goal:
    return goals.save(folder, name, text, by="tanaka", reason="方針", expect_version=expect, catalogue=catalogue, now=NOW)


def read(folder: Path, catalogue: Catalogue, text: str, settings: Settings | None = None) -> Goal:
    return goals.save(folder, "g", text, by="t", reason="", catalogue=catalogue, settings=settings, now=NOW)


def test_a_workspace_without_goals_has_none(tmp_path: Path, catalogue: Catalogue) -> None:
    assert dict(goals.load(tmp_path / "nowhere", catalogue)) == {}


def test_a_goal_is_saved_with_its_comments_and_a_version(folder: Path, catalogue: Catalogue) -> None:
    made = saved(folder, catalogue)
    assert (folder / "rate.toml").read_text("utf-8") == RATE + "version = 1\n"
    assert goals.load(folder, catalogue)["rate"] == made
    assert made.version == 1


def test_a_bad_file_names_itself_and_hides_no_other(folder: Path, catalogue: Catalogue) -> None:
    saved(folder, catalogue)
    (folder / "broken.toml").write_text("kpi = ", "utf-8")
    (folder / "typo.toml").write_text(RATE.replace("answer_rate", "anser_rate"), "utf-8")
    (folder / "Ümlaut.toml").write_text(RATE, "utf-8")
    (folder / "latin.toml").write_bytes(b'kpi = "\xe9"')
    found = goals.load(folder, catalogue)
    assert list(found) == ["rate"]
    assert set(found.refused) == {"broken.toml", "typo.toml", "Ümlaut.toml", "latin.toml"}
    told = found.refused["typo.toml"].text("ja")
    assert "goals/typo.toml › kpi" in told
    assert "answer_rate" in told
    with pytest.raises(DefinitionError):
        found.goal("typo")
    with pytest.raises(QuestionError, match="Did you mean “rate”"):
        found.goal("rat")


@pytest.mark.parametrize(
    ("change", "place", "hint"),
    [
        (("0.80", "80"), "target", "0.8"),
        (('"month"', '"mouth"'), "every", "month"),
        (("every", "evry"), "evry", "every"),
        (("kpi =", 'where = { chanel = ["voice"] }\nkpi ='), "where", "channel"),
        (("kpi =", 'where = { direction = ["inbund"] }\nkpi ='), "where", "inbound"),
        (("kpi =", "where = { weekday = [1] }\nkpi ="), "weekday", "weekdays"),
        (("kpi =", "hours = [18, 9]\nkpi ="), "hours", "9, 18"),
        (("kpi =", "weekdays = [0]\nkpi ="), "weekdays", "Monday"),
        (("kpi =", "band = { low = 0.1 }\nkpi ="), "target", "only one"),
        (("kpi =", "start = 2026-11-02\nend = 2026-11-01\nkpi ="), "end", "2026-11-01"),
        (('"month"', '"once"'), "every", "start and end"),
        (("kpi =", 'counter = ["csta"]\nkpi ='), "counter", "csat"),
        (("kpi =", "params = { target = 1 }\nkpi ="), "params", "target"),
    ],
)
def test_a_refusal_says_place_word_and_what_would_do(
    folder: Path, catalogue: Catalogue, change: tuple[str, str], place: str, hint: str
) -> None:
    with pytest.raises(DefinitionError) as refused:
        saved(folder, catalogue, RATE.replace(*change, 1))
    assert place in refused.value.place or place in refused.value.word
    assert hint in refused.value.text("en")
    assert not (folder / "rate.toml").exists()


def test_a_kpi_that_is_good_neither_high_nor_low_wants_a_band_or_a_side(folder: Path, catalogue: Catalogue) -> None:
    with pytest.raises(DefinitionError, match="band"):
        read(folder, catalogue, 'kpi = "aht"\ntarget = 360\nevery = "month"')
    assert read(folder, catalogue, 'kpi = "aht"\ntarget = 360\nbetter = "lower"\nevery = "month"').ends.high == 360
    assert read(folder, catalogue, 'kpi = "aht"\nband = { low = 240, high = 360 }\nevery = "month"').ends.met(300)
    assert read(folder, catalogue, 'kpi = "abandon_rate"\ntarget = 0.1\nevery = "month"').ends.high == 0.1


def test_two_people_never_overwrite_each_other(folder: Path, catalogue: Catalogue) -> None:
    saved(folder, catalogue, expect=0)
    saved(folder, catalogue, RATE.replace("0.80", "0.85"), expect=1)
    for stale in (0, 1):
        with pytest.raises(ConflictError):
            saved(folder, catalogue, RATE.replace("0.80", "0.90"), expect=stale)
    with pytest.raises(ConflictError):
        goals.remove(folder, "rate", by="sato", reason="", expect_version=1)
    assert goals.load(folder, catalogue)["rate"].target == 0.85


def test_every_version_is_kept_with_who_when_and_why(folder: Path, catalogue: Catalogue) -> None:
    saved(folder, catalogue)
    saved(folder, catalogue, RATE.replace("0.80", "0.85"))
    goals.remove(folder, "rate", by="sato", reason="統合", now=NOW)
    again = saved(folder, catalogue)
    kept = goals.history(folder, "rate")
    assert [(each.version, each.by, each.reason, each.removed) for each in kept] == [
        (4, "tanaka", "方針", False), (3, "sato", "統合", True), (2, "tanaka", "方針", False), (1, "tanaka", "方針", False),
    ]  # fmt: skip
    assert again.version == 4
    assert kept[-1].text == RATE + "version = 1\n"
    assert kept[0].at == NOW


def test_what_is_changed_by_hand_is_a_version_too(folder: Path, catalogue: Catalogue) -> None:
    saved(folder, catalogue)
    (folder / "rate.toml").write_text(RATE.replace("0.80", "0.70"), "utf-8")
    assert goals.load(folder, catalogue)["rate"].version == 2
    with pytest.raises(ConflictError):
        saved(folder, catalogue, expect=1)
    assert saved(folder, catalogue, RATE.replace("0.80", "0.75"), expect=2).version == 3
    assert ["0.70" in each.text for each in goals.history(folder, "rate")] == [False, True, False]


def test_the_version_of_all_changes_with_any_file(folder: Path, catalogue: Catalogue) -> None:
    saved(folder, catalogue)
    before = goals.load(folder, catalogue).version
    assert goals.load(folder, catalogue).version == before
    (folder / "bad.toml").write_text("x", "utf-8")
    assert goals.load(folder, catalogue).version != before


def test_a_name_is_never_a_path(folder: Path, catalogue: Catalogue) -> None:
    for name in ("../rate", "a/b", "", ".history", "A", "x" * 65):
        with pytest.raises(DefinitionError):
            saved(folder, catalogue, name=name)


# periods


def texts(goal: Goal, today: date) -> list[str]:
    return [period.text for period in goal.periods(today)]


def test_periods_are_those_of_the_calendar_cut_at_start_and_end(folder: Path, catalogue: Catalogue) -> None:
    made = read(folder, catalogue, RATE + "start = 2026-11-10\nend = 2027-02-15")
    assert texts(made, date(2027, 1, 31)) == ["2026-11-10..2026-11-30", "2026-12", "2027-01"]
    assert texts(made, date(2030, 1, 1))[-1] == "2027-02-01..2027-02-15"
    assert texts(made, date(2026, 11, 9)) == []
    assert made.period_at(date(2027, 2, 16)) is None
    assert made.coming(date(2026, 11, 9)) == made.period_at(date(2026, 11, 10))


def test_a_leap_day_and_the_ends_of_months_belong_to_one_period(folder: Path, catalogue: Catalogue) -> None:
    made = read(folder, catalogue, RATE + "start = 2028-01-31")
    assert texts(made, date(2028, 3, 1)) == ["2028-01-31..2028-01-31", "2028-02", "2028-03"]
    february = made.period_at(date(2028, 2, 29))
    assert february is not None
    assert february.days == 29


def test_weeks_quarters_and_years_follow_the_organisation(folder: Path, catalogue: Catalogue) -> None:
    sunday = Settings(week_start=7, fiscal_start=2)
    week = read(folder, catalogue, RATE.replace("month", "week"), sunday)
    assert week.period_at(date(2026, 10, 31)).start == date(2026, 10, 25)  # type: ignore[union-attr]
    assert read(folder, catalogue, RATE.replace("month", "quarter"), sunday).period_at(date(2026, 10, 31)).start == date(2026, 8, 1)  # type: ignore[union-attr]
    assert read(folder, catalogue, RATE.replace("month", "year")).period_at(date(2027, 3, 31)).text == "FY2026"  # type: ignore[union-attr]
    once = read(folder, catalogue, RATE.replace("month", "once") + "start = 2026-11-01\nend = 2026-12-24")
    assert texts(once, date(2026, 12, 1)) == ["2026-11-01..2026-12-24"]


def test_weekdays_hours_and_holidays_become_filters(folder: Path, catalogue: Catalogue) -> None:
    """November 2026 has two public holidays: the 3rd and the 23rd."""
    made = read(
        folder, catalogue, RATE + 'where = { channel = "voice" }\nweekdays = [2, 1]\nhours = [22, 25]\nholidays = false', Settings()
    )
    period = made.period_at(date(2026, 11, 20))
    assert period is not None
    asked = dict(made.question(period).filters)
    assert (asked["channel"], asked["weekday"], asked["hour"]) == (("voice",), (1, 2), (22, 23, 0))
    assert "2026-11-03" not in asked["day"]
    assert "2026-11-23" not in asked["day"]
    assert len(asked["day"]) == 7
    june = made.period_at(date(2026, 6, 10))
    assert june is not None
    assert "day" not in dict(made.question(june).filters)


def test_the_goals_of_the_demo_centre_can_all_be_read(catalogue: Catalogue) -> None:
    from rashin.demo.tell import workspace_files

    found = goals.load(next(path.parent for path in workspace_files() if path.parent.name == "goals"), catalogue)
    assert found.refused == {}
    assert {"answer-rate", "service-level", "aht-band", "fcr", "csat"} <= set(found)
