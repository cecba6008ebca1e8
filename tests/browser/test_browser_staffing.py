"""Staffing and what-if in a real browser: readable by everybody at desk and phone width, a slider moves the figures and the address."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

PLACES = [
    ("/staffing/?days=2026-11-02..2026-11-08", "#days table", (375, "en", "dark")),
    ("/staffing/back/?days=2026-10-19..2026-10-25", ".chart-place svg[aria-hidden=true]", (1280, "ja", "light")),
    ("/staffing/settings/", "#checked table", (375, "ja", "light")),
]


@pytest.mark.parametrize(("address", "there", "look"), PLACES, ids=["plan", "back", "settings"])
def test_staffing_is_accessible(
    page_for: Callable[..., Any], check_accessible: Callable[..., Any], address: str, there: str, look: tuple[int, str, str]
) -> None:
    width, lang, scheme = look
    page = page_for("analyst", width=width, lang=lang, scheme=scheme)
    page.goto(address)
    page.locator(there).first.wait_for()
    check_accessible(page)


def test_a_dial_is_turned_by_keyboard_and_the_link_says_so(page_for: Callable[..., Any], check_accessible: Callable[..., Any]) -> None:
    page = page_for("analyst", width=375, lang="en", scheme="dark")
    page.goto("/whatif/?period=2026-10")
    page.locator("#made table").wait_for()
    page.locator("#r-aht").focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    assert page.locator("#d-aht").input_value() == "-20"  # the number beside the slider follows
    page.locator("#made", has_text="handling time −20 s").wait_for()
    page.wait_for_url(re.compile(r"[?&]aht=-20(&|$)"))
    page.locator("#d-seats").fill("2")
    page.locator("#d-seats").press("Tab")
    page.locator("#made", has_text="seats +2").wait_for()
    assert page.locator("#r-seats").input_value() == "2"
    check_accessible(page)
