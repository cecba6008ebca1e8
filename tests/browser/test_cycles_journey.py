"""She opens a cycle from a figure: one measure for one team, an owner, a date; three weeks later the check says what changed against the others, and she decides.
The one who is named finds it on their phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any


def test_from_a_figure_to_a_decision_that_others_follow(
    centre: Any, people: dict[str, Any], page_for: Callable[..., Any], check_accessible: Callable[[Any], None]
) -> None:
    page = page_for("administrator", lang="en")
    page.goto("/kpi/aht/?period=2026-09&w.channel=voice")
    page.get_by_role("link", name="Open a cycle").click()
    page.get_by_text("Hints of the catalogue").wait_for()
    assert "Average handling time" in page.get_by_label("What is happening").input_value()
    page.get_by_text("There is no measure yet").wait_for()
    check_accessible(page)
    page.get_by_label("Title", exact=True).fill("Shorter wrap-up")
    page.get_by_label("What is changed (one thing)").fill("Ten prepared wrap-up notes")
    page.get_by_text("There is no measure yet").wait_for(state="detached")
    page.get_by_label("Units", exact=True).select_option("team")
    page.get_by_label("sapporo-1: does it").check()
    page.get_by_label("How they were picked").select_option("random")
    page.get_by_label("Expected change").fill("-400")
    page.locator("#weigh .weeks").get_by_text("until a change by").wait_for()
    page.get_by_label("First day", exact=True).fill("2026-10-05")
    page.get_by_label("Due (day of the check)").fill("2026-10-26")
    page.get_by_label("Suspected cause").fill("Notes are typed from scratch each time")
    check_accessible(page)
    page.get_by_role("button", name="Open the cycle").click()
    page.get_by_text("The cycle is open.").wait_for()
    page.get_by_text("Figures it rests on").wait_for()
    page.get_by_role("button", name="Begin doing it").click()
    page.get_by_label("Task", exact=True).fill("Write the ten notes")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="mark as done: Write the ten notes").click()
    page.get_by_role("button", name="not done after all: Write the ten notes").wait_for()
    page.get_by_label("File", exact=True).set_input_files({"name": "notes.txt", "mimeType": "text/plain", "buffer": b"1. thank you"})
    page.get_by_role("button", name="Attach").click()
    page.get_by_role("link", name="notes.txt").wait_for()

    talk = page.locator("#talk-text")
    talk.click()
    talk.press_sequentially("@札幌")
    page.locator(".suggest").get_by_role("option", name="札幌 花子").wait_for()
    talk.press("Enter")
    talk.press_sequentially("please watch the repeat calls")
    page.get_by_role("button", name="Post").click()
    page.locator("#talk .said .text").get_by_text("please watch the repeat calls").wait_for()
    page.watch.allow("/talk/say/")  # what is refused is told in place of the thread
    page.locator("#talk-text").fill("@星空 明 look")
    page.get_by_role("button", name="Post").click()
    page.get_by_text("may not see this, or is not here").wait_for()
    check_accessible(page)

    page.get_by_role("button", name="Go to the check").click()
    page.locator("#check").get_by_text("What cannot be known from this").wait_for()
    page.locator("#check figure.chart").scroll_into_view_if_needed()
    page.locator("#check figure.chart svg").wait_for()
    check_accessible(page)
    page.get_by_role("radio", name=re.compile("^Roll out")).check()
    page.locator("#reason").fill("No harm done, fewer complaints")
    page.get_by_label("What was learned").fill("Notes must be in sight")
    page.get_by_role("button", name="Decide").click()
    page.get_by_label("sapporo-2: does it").wait_for()
    assert page.get_by_label("sapporo-2: does it").is_checked()
    assert page.get_by_label("sapporo-1: left out").is_checked()
    page.goto("/cycles/?q=wrap-up")
    page.get_by_role("link", name="Shorter wrap-up").wait_for()
    check_accessible(page)

    named = page_for("supervisor", width=375, scheme="dark")
    named.goto("/talk/")
    named.get_by_text("please watch the repeat calls").click()
    named.get_by_role("heading", name="Shorter wrap-up").wait_for()
    named.get_by_text("比較先の数字があなたの範囲の外").wait_for()
    check_accessible(named)
    named.goto("/talk/")
    named.get_by_text("未読").wait_for(state="detached")


def test_a_meeting_on_one_page(page_for: Callable[..., Any], people: dict[str, Any], check_accessible: Callable[[Any], None]) -> None:
    page = page_for("supervisor")
    page.goto("/review/")
    page.get_by_role("button", name="会議を開く").click()
    for part in ("高く維持できていること", "課題", "次の行動"):
        page.get_by_role("heading", name=part).wait_for()
    page.locator("summary", has_text="決定として残す").click()
    page.get_by_label("決まったこと").check()
    page.locator("#talk-text").fill("休憩をずらす")
    page.get_by_role("button", name="書き込む").click()
    page.get_by_role("button", name="完了にする").wait_for()
    page.get_by_text("既読 1人").wait_for()
    check_accessible(page)
    for address in ("/review/", "/review/-/kpis/", "/review/-/praise/", "/talk/"):
        page.goto(address)
        check_accessible(page)
