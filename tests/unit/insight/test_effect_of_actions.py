"""What an action did: found with its size where something was done, "no evidence" where nothing was; on small real workspaces."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from rashin.catalogue import Catalogue, load
from rashin.errors import QuestionError
from rashin.insight.action import Action
from rashin.insight.effect import Effect, effect
from rashin.insight.plan import picked, weeks_needed
from rashin.query import Scope

EVERYTHING = Scope.everything()
FIRST, WEEKS, START = date(2026, 4, 6), 20, date(2026, 6, 29)  # Mondays: twelve weeks before, eight after
TODAY = FIRST + timedelta(weeks=WEEKS)
TEAMS = tuple("abcdefgh")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def centre(shared_world: Any) -> Any:
    """Eight teams, four calls a day each; levels differ by team, weeks wander together and apart. From the start on, teams a and b are 40 s shorter."""
    made = shared_world()
    random = np.random.default_rng(20261122)
    level = dict(zip(TEAMS, random.normal(300, 25, len(TEAMS)), strict=True))
    common = np.cumsum(random.normal(0, 6, WEEKS))
    own = {team: random.normal(0, 6, WEEKS) for team in TEAMS}
    rows = []
    for number, team, _ in itertools.product(range(7 * WEEKS), TEAMS, range(4)):
        day = FIRST + timedelta(days=number)
        week = number // 7
        done = -40.0 if team in "ab" and day >= START else 0.0
        talk = max(level[team] + common[week] + own[team][week] + done + random.normal(0, 60), 10.0)
        rows.append(
            {
                "channel": "voice", "direction": "inbound", "queue": "order", "team": team, "agent": f"agent-{team}", "outcome": "answered",
                "offered_at": f"{day} 10:00", "answered_at": f"{day} 10:00", "ended_at": f"{day} 10:05", "wait_s": 5.0, "talk_s": talk, "hold_s": 0.0, "acw_s": 0.0,
            }
        )  # fmt: skip
    made.load("contact", rows)
    return made


def at(
    centre: Any, catalogue: Catalogue, units: str, start: date = START, others: str | None = None, before: int = 12, today: date = TODAY
) -> Effect:
    against = None if others is None else {"team": tuple(others)}
    action = Action({"team": tuple(units)} if units else {}, start, others=against, before=before)
    return effect(centre.store, catalogue, "aht", action, scope=EVERYTHING, today=today)


def test_an_action_of_two_teams_is_found_with_its_size(centre: Any, catalogue: Catalogue) -> None:
    found = at(centre, catalogue, "ab")
    assert (found.method, found.verdict) == ("did", "evidence")
    assert found.low is not None
    assert found.high is not None
    assert found.low < -40 < found.high < 0
    assert found.n == {"units": 2, "others": 6, "before": 12, "after": 8}
    assert found.text.ja.startswith("効果の証拠あり: -")
    assert len(found.series) == WEEKS


def test_one_team_is_compared_by_the_difference_of_the_series(centre: Any, catalogue: Catalogue) -> None:
    found = at(centre, catalogue, "a", others="cdefgh")
    assert found.method == "controlled its"
    assert found.value == pytest.approx(-40, abs=25)
    few = at(centre, catalogue, "a", others="cdefgh", before=4)
    assert (few.method, few.n["before"]) == ("did", 4)


def test_actions_that_did_nothing_are_reported_as_no_evidence_at_the_stated_rate(centre: Any, catalogue: Catalogue) -> None:
    """Each pair of the six teams that did nothing, as if it had done something at the start: at the 5 % level one or two of fifteen at most."""
    verdicts = []
    for pair in itertools.combinations("cdefgh", 2):
        rest = "".join(team for team in "cdefgh" if team not in pair)
        verdicts.append(at(centre, catalogue, "".join(pair), others=rest).verdict)
    assert verdicts.count("evidence") <= 2
    assert set(verdicts) <= {"evidence", "no evidence"}
    null = at(centre, catalogue, "cd", others="efgh")
    assert "効果がなかったという意味ではありません" in null.text.ja or null.verdict == "evidence"


def test_with_nobody_to_compare_with_it_says_so(centre: Any, catalogue: Catalogue) -> None:
    found = at(centre, catalogue, "", start=date(2026, 7, 27), before=16)
    assert found.method == "its"
    assert any("比べる相手がいない" in each.ja for each in found.confounders)
    early = at(centre, catalogue, "", today=START + timedelta(days=14))
    assert (early.verdict, early.value) == ("cannot be known", None)


def test_other_actions_of_the_time_are_told_and_no_others(centre: Any, catalogue: Catalogue) -> None:
    action, later = Action({"team": ("a", "b")}, START, before=12), START + timedelta(days=7)
    cycles = [
        ("新しい台本", later, None),
        ("昔の研修", START - timedelta(days=400), START - timedelta(days=300)),
        ("来年の席替え", START + timedelta(days=400), None),
    ]
    found = effect(centre.store, catalogue, "aht", action, scope=EVERYTHING, today=TODAY, cycles=cycles)
    told = [each.ja for each in found.confounders]
    assert [each for each in told if "別の取り組み" in each] == [f"同じ時期の別の取り組み: 新しい台本({later}〜)"]
    assert not any("祝日" in each or "比べる相手" in each for each in told)  # the others have the same holidays


def test_a_definition_that_changed_and_holidays_that_nobody_shares_are_told(centre: Any, catalogue: Catalogue) -> None:
    from dataclasses import replace

    from rashin.insight.action import weeks
    from rashin.insight.effect import _confounders

    alone = weeks(centre.store, catalogue, "aht", Action({}, START, before=12), scope=EVERYTHING, today=TODAY)
    entry = replace(alone.definition.entry, version=2, since=START)
    told = [each.en for each in _confounders(centre.store, replace(alone, definition=replace(alone.definition, entry=entry)), ())]
    assert any(f"the definition changed on {START}" in each for each in told)
    folder = centre.store.workspace.folder("calendars")
    folder.mkdir(exist_ok=True)
    (folder / "all.toml").write_text('[calendar.all]\nzone = "Asia/Tokyo"\nholidays = "JP:open"\nmon = ["09:00-18:00"]\n', "utf-8")
    try:
        told = [each.en for each in _confounders(centre.store, alone, ())]
    finally:
        (folder / "all.toml").unlink()
    assert "5 public holidays before, 2 after" in told  # Showa Day and Golden Week; Marine Day and Mountain Day


def test_what_cannot_be_asked_is_refused(centre: Any, catalogue: Catalogue) -> None:
    for units, others in (("ab", "bc"), ("z", None)):
        with pytest.raises(QuestionError):
            at(centre, catalogue, units, others=others)
    with pytest.raises(QuestionError, match="week"):
        at(centre, catalogue, "a", today=START + timedelta(days=3))


def test_the_worst_come_back_by_themselves_and_power_is_told_before(centre: Any, catalogue: Catalogue) -> None:
    aht = {team: at(centre, catalogue, team, before=8).series[0][1] or 0.0 for team in "cdefgh"}
    worst = max(aht, key=lambda team: aht[team])
    guard = picked(centre.store, catalogue, "aht", Action({"team": (worst,)}, START, before=4), "worst", scope=EVERYTHING)
    assert guard.rebound.warn
    assert guard.rebound.expected is not None
    assert guard.rebound.expected < 0
    assert "平均へ戻ります" in guard.text.ja
    calm = picked(centre.store, catalogue, "aht", Action({"team": ("c", "d")}, START), "random", scope=EVERYTHING)
    assert not calm.rebound.warn
    small, large = (
        weeks_needed(centre.store, catalogue, "aht", {"team": ("c", "d")}, None, by, scope=EVERYTHING, today=START).weeks
        for by in (-15.0, -60.0)
    )
    assert large is not None
    assert small is None or small >= large
