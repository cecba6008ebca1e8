"""The manager asks for next month, waits a moment, marks a day, keeps the forecast; last month's kept one is held to what came; all of it by keyboard and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from rashin.web.pages import working


@pytest.mark.timeout(300)
def test_next_month_is_forecast_kept_and_last_months_held_to_what_came(
    own_centre: Any, page_for: Callable[..., Any], check_accessible: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from rashin.insight.forecast import forecasts
    from rashin.insight.forecast.keep import keep
    from rashin.query import Scope

    october = date(2026, 10, 1)
    made = forecasts(
        own_centre.store,
        own_centre.catalogue,
        scope=Scope.everything(),
        by=("channel",),
        first=october,
        last=date(2026, 10, 31),
        today=october,
    )
    keep(own_centre.workspace.path, made, "october", by="test")
    monkeypatch.setattr(working, "PATIENCE_S", 0.0)
    page = page_for("administrator")
    page.goto("/")
    page.get_by_role("link", name="予測", exact=True).press("Enter")
    page.get_by_role("heading", name="どう選んだか").wait_for()  # what was under way came by itself
    check_accessible(page)
    page.get_by_role("region", name="予測の一覧").get_by_role("link").nth(1).press("Enter")
    page.locator("#days svg").first.wait_for()
    page.get_by_role("link", name="日に印を付ける").press("Enter")
    page.get_by_label("日(期間は ..)").fill("2026-10-05")
    page.get_by_label("理由").fill("送料無料キャンペーン")
    check_accessible(page)
    page.get_by_role("button", name="印を付ける").press("Enter")
    page.get_by_text("2026-10-05 に印を付けました").wait_for()
    page.locator("#learned").get_by_text("送料無料キャンペーン").wait_for()
    page.get_by_label("名前").fill("november")
    page.get_by_role("button", name="残す", exact=True).press("Enter")
    page.get_by_text("予測「november」を残しました").wait_for()
    check_accessible(page)
    page.get_by_role("link", name="実績と比べる october").press("Enter")
    page.get_by_role("heading", name="系列ごとの誤差").wait_for()
    check_accessible(page)


@pytest.mark.parametrize(
    "address",
    ["/forecast/?days=2026-11-02..2026-11-08", "/forecast/today/?on=2026-10-30&unit=channel", "/peaks/?period=2026-10", "/forecast/marks/"],
)
def test_on_a_phone_nothing_is_lost(page_for: Callable[..., Any], check_accessible: Callable[[Any], None], address: str) -> None:
    page = page_for("supervisor", width=375, lang="en", scheme="dark")
    page.goto(address, wait_until="networkidle")
    check_accessible(page)
