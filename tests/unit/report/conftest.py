"""Five weeks of a small voice centre: two teams, one source, goals for answer rate and handling time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.catalogue import Catalogue, load
from rashin.judge import goals
from rashin.query import Scope
from rashin.report import weekly
from rashin.report.model import Report

#: Monday of the reported week, and the Monday on which it is reported.
WEEK, TODAY = date(2026, 10, 19), date(2026, 10, 26)
KPIS = ("answer_rate", "abandon_rate", "aht")
GOALS = {
    "rate": 'kpi = "answer_rate"\ntarget = 0.80\nevery = "week"\nowner = "tanaka@example.jp"\nplan = { ja = "昼の席を増やす", en = "More seats at noon" }\n',
    "aht-band": 'kpi = "aht"\nband = { low = 180, high = 240 }\nevery = "week"\n',
}


def calls(day: date, answered: int, lost: int, team: str = "A", talk: float = 200.0) -> list[dict[str, Any]]:
    """One day of a team; lost calls are the team's too."""
    same = {"channel": "voice", "direction": "inbound", "offered_at": f"{day} 10:00", "queue": "order", "team": team}
    done = {
        "outcome": "answered", "wait_s": 10.0, "hold_s": 0.0, "acw_s": 0.0, "agent": "sato", "answered_at": f"{day} 10:00", "ended_at": f"{day} 10:05",
    }  # fmt: skip
    taken = [{**same, **done, "talk_s": talk + number % 20} for number in range(answered)]
    return [*taken, *({**same, "outcome": "abandoned", "wait_s": 60.0} for _ in range(lost))]


def fill(world: Any, without: tuple[int, ...] = (), last: tuple[int, int] = (62, 38), talk: float = 200.0) -> None:
    """Four weeks in which 90 of 100 calls of each team and day are answered, then a week with ``last`` of team A; ``without``: days of it that do not arrive; ``talk``: its handling time."""
    rows = []
    for number in range(35):
        day = WEEK - timedelta(days=28 - number)
        if number >= 28 and number - 28 in without:
            continue
        rows += calls(day, *(last if number >= 28 else (90, 10)), talk=talk if number >= 28 else 200.0) + calls(day, 90, 10, "B")
    world.load("contact", rows)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


Build = Callable[..., Report]


@pytest.fixture
def build(catalogue: Catalogue) -> Build:
    """``build(world, lang="en")``: the weekly report of the reported week."""

    def made(world: Any, lang: str = "ja", kpis: tuple[str, ...] = KPIS, today: date = TODAY, **more: Any) -> Report:
        known = goals.of_store(world.store, catalogue)
        period = Period.parse("2026-W43", today)
        return weekly.build(world.store, catalogue, known, period, scope=Scope.everything(), lang=lang, today=today, kpis=kpis, **more)

    return made


def write_goals(world: Any, texts: dict[str, str] = GOALS) -> None:
    for name, text in texts.items():
        (Path(world.workspace.folder("goals")) / f"{name}.toml").write_text(text, "utf-8")


@pytest.fixture
def centre(make_world: Any) -> Any:
    """The centre with its goals, complete."""
    world = make_world('[organisation]\nname = "うみべサポート"\n')
    fill(world)
    write_goals(world)
    return world
