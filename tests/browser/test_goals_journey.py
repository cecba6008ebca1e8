"""The manager sets “answer rate 80 % by the end of the month, weekdays, voice” and is asked what makes it SMART; everyone concerned sees where they stand."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def folder(centre: Any, tmp_path: Path) -> Iterator[Path]:
    """The goals folder of the centre that the browser sees, empty; afterwards as it was."""
    place: Path = centre.workspace.folder("goals")
    place.mkdir(exist_ok=True)
    shutil.move(place, tmp_path / "goals")
    place.mkdir()
    yield place
    shutil.rmtree(place)
    shutil.move(tmp_path / "goals", place)


def test_the_manager_sets_a_goal_and_everyone_sees_where_they_stand(
    page_for: Callable[..., Any], check_accessible: Callable[[Any], None], folder: Path
) -> None:
    page = page_for("administrator", lang="en")
    page.goto("/goals/")
    page.get_by_text("There are no goals yet").wait_for()
    check_accessible(page)
    page.get_by_role("link", name="Set a goal").click()
    page.get_by_text("Choose a KPI and a target").wait_for()
    page.get_by_label("KPI", exact=True).select_option("answer_rate")
    page.get_by_label("Target", exact=True).fill("80")
    page.get_by_text("Did you mean 0.8").wait_for()
    page.get_by_label("Target", exact=True).fill("80%")
    page.get_by_text("Nobody answers for it").wait_for(state="detached")
    page.get_by_text("It has no deadline").wait_for()
    page.get_by_label("From", exact=True).fill("2026-10-01")
    page.get_by_label("Deadline (last day)").fill("2026-10-31")
    page.get_by_text("It has no deadline").wait_for(state="detached")
    for day in ("Sat", "Sun"):
        page.get_by_role("group", name="Weekdays").get_by_label(day, exact=True).uncheck()
    page.locator("summary", has_text="Channel").click()
    page.get_by_label("Voice", exact=True).check()
    page.locator("#smart h2", has_text="Answer rate at least 80.0% (monthly, Mon–Fri, voice)").wait_for()
    page.get_by_text("Neither a purpose nor a KGI is written").wait_for()
    page.get_by_label("Purpose", exact=True).fill("Fewer customers give up")
    page.get_by_label("When it is missed", exact=True).fill("They write a mail the next day")
    page.get_by_label("Action plan", exact=True).fill("No meetings on Wednesday at ten")
    page.get_by_text("There is no action plan").wait_for(state="detached")
    check_accessible(page)
    page.get_by_label("Why this goal", exact=False).fill("Decided by the board")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved as version 1.").wait_for()
    page.get_by_role("heading", name="Where it stands").wait_for()
    check_accessible(page)
    assert (folder / "answer_rate.toml").exists()

    for role in ("supervisor", "vendor_supervisor", "auditor"):
        reader = page_for(role, width=375, scheme="dark")
        reader.goto("/goals/")
        reader.get_by_role("link", name="応答率").click()
        reader.get_by_role("heading", name="いまの位置").wait_for()
        assert reader.get_by_role("link", name="編集").count() == 0
        check_accessible(reader)
