"""The first page as a reader meets it: readable by everybody, complete without drawing code, with tabs that keep the address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

PERIOD = "period=2026-10&set=stage_12"


@pytest.mark.parametrize("look", [(1280, "ja", "light"), (1280, "en", "dark"), (375, "ja", "dark"), (375, "en", "light")])
def test_the_overview_is_accessible(page_for: Callable[..., Any], check_accessible: Callable[..., Any], look: tuple[int, str, str]) -> None:
    width, lang, scheme = look
    page = page_for("analyst", width=width, lang=lang, scheme=scheme)
    page.goto(f"/?{PERIOD}")
    page.wait_for_selector("#more table")
    page.locator("svg.spark").nth(4).wait_for(state="attached")
    assert page.locator("figure.chart").count() == 0
    check_accessible(page)


def test_a_channel_is_chosen_by_its_tab_and_stays_when_a_filter_changes(page_for: Callable[..., Any]) -> None:
    page = page_for("analyst")
    page.goto(f"/?{PERIOD}")
    page.get_by_role("navigation", name="チャネル").get_by_role("link", name="電話").click()
    page.wait_for_url("**w.channel=voice**")
    page.get_by_label("比較").select_option("none")
    page.wait_for_url("**compare=none**")
    assert "w.channel=voice" in page.url
    assert "set=stage_12" in page.url


def test_on_a_phone_the_filters_open_on_demand(page_for: Callable[..., Any]) -> None:
    page = page_for("analyst", width=375)
    page.goto(f"/?{PERIOD}")
    queue = page.locator("#f-queue")
    assert not queue.is_visible()
    page.get_by_role("button", name="絞り込み").click()
    queue.wait_for(state="visible")
