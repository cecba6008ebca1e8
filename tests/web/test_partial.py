"""Weeks and months that are not whole are marked, so that their counts do not look like a fall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rashin import charts, drawing

#: Thursday to Thursday: the first and the last week are cut.
SPAN = {"period": "2026-10-08..2026-10-29", "grain": "week"}


def rows_of(chart: dict[str, Any]) -> list[dict[str, Any]]:
    return list(chart["spec"]["data"]["values"])


def test_the_ends_of_a_trend_say_that_they_are_not_whole(client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get("/kpi/volume/", SPAN)
    rows = rows_of(page.context["chart"])
    assert [row["part"] for row in rows] == ["途中から", "", "", "途中まで"]
    assert "白抜きの点" in page.context["chart"]["description"]
    assert "2026-W44(途中まで)" in page.content.decode()


def test_whole_weeks_are_not_marked(client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get("/kpi/volume/", {"period": "2026-10-05..2026-10-25", "grain": "week"})
    assert {row["part"] for row in rows_of(page.context["chart"])} == {""}
    assert "白抜き" not in page.context["chart"]["description"]


def test_a_month_that_records_have_not_yet_filled_is_so_far(client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import date

    monkeypatch.setattr("rashin.web.pages.partial.last_day", lambda: date(2026, 10, 20))
    page = client_of("analyst", lang="en").get("/kpi/volume/", {"period": "2026-08-01..2026-10-31", "grain": "month"})
    assert [row["part"] for row in rows_of(page.context["chart"])] == ["", "", "so far"]


def test_a_bucket_that_is_not_whole_is_not_judged() -> None:
    from types import SimpleNamespace

    from rashin.web.pages.kpi.course import control_limits

    cells: list[Any] = [
        SimpleNamespace(value=float(v), state="ok", unit="count", bucket=str(at)) for at, v in enumerate([100, 102] * 5 + [3])
    ]
    limits = control_limits(cells, {"10"})
    assert limits is not None
    assert limits[0] > 90


def test_explore_marks_them_in_the_table_and_in_its_lines(client_of: Callable[..., Any]) -> None:
    page = client_of("analyst", lang="en").get("/explore/", {"kpi": ["volume"], "by": "channel", **SPAN})
    heads = {line.heads[0][0] for line in page.context["grid"].lines}
    assert {"2026-W41 (from midway)", "2026-W42", "2026-W44 (so far)"} <= heads
    [chart] = page.context["charts"]
    assert {row["part"] for row in rows_of(chart)} == {"", "so far", "from midway"}
    assert "hollow" in chart["description"]


def test_days_and_hours_are_never_partial(client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get("/kpi/volume/", {**SPAN, "grain": "day"})
    assert {row["part"] for row in rows_of(page.context["chart"])} == {""}


def test_hollow_points_are_drawn_on_paper() -> None:
    rows = [
        {
            "t": f"2026-10-{day:02}",
            "label": str(day),
            "value": float(day),
            "low": None,
            "high": None,
            "n": day,
            "outside": False,
            "part": part,
        }
        for day, part in ((5, "途中から"), (12, ""), (19, "途中まで"))
    ]
    drawn = drawing.to_svg(charts.trend(rows, "count", "ja", "件数"))
    assert "途中から" in drawn
    assert "途中まで" in drawn
    assert drawing.to_svg(charts.lines([{**row, "name": "電話"} for row in rows], "count", "ja", "件数")).count("<path") > 6


def test_lines_have_one_legend() -> None:
    rows = [
        {"t": f"2026-10-{day:02}", "name": name, "value": float(day), "n": day, "part": "so far" if day == 19 else ""}
        for name in ("mail", "chat")
        for day in (5, 12, 19)
    ]
    assert drawing.to_svg(charts.lines(rows, "count", "en", "by channel")).count(">mail<") == 1
