"""Explore, definitions, API and my page in a real browser: readable by everybody, at desk and phone width, by keyboard, with and without a click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from site_world import MONTH

PLACES = [
    ("analyst", "/explore/"),
    ("analyst", f"/explore/?kpi=answer_rate&kpi=aht&by=queue&by=channel&compare=previous&period={MONTH}"),
    ("analyst", f"/explore/?kpi=volume&by=queue&grain=week&pivot=time&period={MONTH}"),
    ("analyst", "/definitions/?q=wait"),
    ("agent", "/definitions/service_level/"),
    ("administrator", "/definitions/answer_rate/edit/"),
    ("administrator", "/definitions/new-kpi/"),
    ("supervisor", "/api/"),
    ("agent", f"/mine/?period={MONTH}"),
    ("agent", f"/mine/handled/rows/?period={MONTH}"),
    ("analyst", "/mine/"),
]
LOOKS = [(1280, "ja", "light"), (375, "en", "dark")]


@pytest.mark.parametrize("look", LOOKS, ids=["desk", "phone"])
@pytest.mark.parametrize(("role", "address"), PLACES, ids=[f"{role} {address[:40]}" for role, address in PLACES])
def test_pages_are_accessible(
    page_for: Callable[..., Any], check_accessible: Callable[..., Any], role: str, address: str, look: tuple[int, str, str]
) -> None:
    width, lang, scheme = look
    page = page_for(role, width=width, lang=lang, scheme=scheme)
    page.goto(address)
    check_accessible(page)


def test_a_question_is_put_together_with_the_keyboard(page_for: Callable[..., Any]) -> None:
    page = page_for("analyst", lang="en")
    page.goto("/explore/")
    page.locator("#find").focus()
    page.keyboard.type("abandon")
    box = page.locator('#kpi-list input[value="abandon_rate"]')
    box.wait_for(state="visible")
    box.focus()
    page.keyboard.press("Space")
    page.locator("#grain").focus()
    page.keyboard.press("w")
    page.locator("form#question button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/explore/?*kpi=abandon_rate*")
    assert "grain=week" in page.url
    page.locator(".chart-place svg[aria-hidden=true]").first.wait_for()
    page.locator("table tbody tr").nth(3).wait_for(state="attached")


def test_a_definition_is_checked_without_leaving_the_editor(page_for: Callable[..., Any]) -> None:
    page = page_for("administrator", lang="en")
    page.goto("/definitions/answer_rate/edit/")
    text = page.locator("#text")
    text.fill(text.input_value().replace("answered / offered", "answred / offered"))
    page.get_by_role("button", name="Check").click()
    page.locator("#checked", has_text="Did you mean").wait_for()
    text.fill(text.input_value().replace("answred / offered", "answered / offered / 2"))
    page.get_by_role("button", name="Check").click()
    page.locator("#checked", has_text="differs").wait_for()
