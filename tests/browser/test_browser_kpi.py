"""The page of one KPI in a real browser: readable by everybody, and a click on a mark opens its rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from site_world import MONTH

LOOKS = [(1280, "ja", "light"), (375, "en", "dark")]
PLACES = [f"/kpi/service_level/?period={MONTH}", f"/kpi/aht/?period={MONTH}", "/kpi/csat/?period=2020-01", "/definitions/service_level/"]


def whole(page: Any, address: str) -> None:
    """Open a page and wait until its parts have come."""
    page.goto(address)
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("look", LOOKS, ids=["desk", "phone"])
@pytest.mark.parametrize("address", PLACES)
def test_the_page_with_all_its_parts_is_accessible(
    page_for: Callable[..., Any], check_accessible: Callable[..., Any], address: str, look: tuple[int, str, str]
) -> None:
    width, lang, scheme = look
    page = page_for("analyst", width=width, lang=lang, scheme=scheme)
    whole(page, address)
    check_accessible(page)


def test_a_click_on_a_point_opens_its_rows(page_for: Callable[..., Any]) -> None:
    page = page_for("analyst", lang="en")
    whole(page, f"/kpi/answer_rate/?period={MONTH}&grain=week")
    drawn = page.locator(".chart-place svg[aria-hidden=true]").first  # drawn to its end, and listening
    drawn.wait_for()
    box = drawn.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.4)
    page.wait_for_url("**/kpi/answer_rate/rows/?*bucket=2026-W*")
    page.locator("tbody tr").nth(3).wait_for(state="attached")


def test_a_bar_of_the_distribution_opens_its_rows(page_for: Callable[..., Any]) -> None:
    page = page_for("analyst", lang="en")
    whole(page, f"/kpi/aht/?period={MONTH}")
    page.locator("#spread figure.chart").scroll_into_view_if_needed()  # a chart is drawn when it comes near the window
    drawn = page.locator("#spread .chart-place svg[aria-hidden=true]")
    drawn.wait_for()
    box = drawn.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.6)
    page.wait_for_url("**/kpi/aht/rows/?*at_least=*")
    assert "at least" in page.locator(".lede").inner_text()


def test_the_dimension_that_was_chosen_stands_in_the_address(page_for: Callable[..., Any]) -> None:
    page = page_for("analyst", lang="en")
    whole(page, f"/kpi/answer_rate/?period={MONTH}")
    page.locator("#slices nav a", has_text="Site").click()
    page.wait_for_url("**slice=site*")
    page.reload()
    page.locator("#slices nav a[aria-current]", has_text="Site").wait_for()
