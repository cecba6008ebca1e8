"""Business time on the pages: an organisation whose day begins at five in the morning, whose week begins on Sunday and whose fiscal year begins in October."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

TOML = '[organisation]\nname = "Night"\nzone = "Asia/Tokyo"\ncutover = "05:00"\nweek_start = "sunday"\nfiscal_year_start = 10\n'
#: Saturday morning, late evening, and on the same business date after midnight; five o'clock is a new day, a new week. The last is the fiscal year before.
MOMENTS = ("2026-10-03 10:00", "2026-10-03 23:30", "2026-10-04 01:30", "2026-10-04 04:59", "2026-10-04 05:00", "2026-09-30 12:00")


@pytest.fixture
def night_centre(centre: Any, make_world: Callable[..., Any], tmp_path: Path) -> Iterator[Any]:
    """Six calls at each of those moments, served by the site."""
    from rashin.face import Centre
    from rashin.web import centre as site

    made = make_world(TOML)
    same = {
        "channel": "voice",
        "direction": "inbound",
        "queue": "order",
        "agent": "sato",
        "outcome": "answered",
        "wait_s": 5.0,
        "talk_s": 60.0,
        "hold_s": 0.0,
        "acw_s": 0.0,
    }
    made.load("contact", [{**same, "offered_at": at, "answered_at": at, "ended_at": at} for at in MOMENTS for _ in range(6)])
    made.store.close()
    with Centre.open(tmp_path / "centre0", lang="ja") as opened:
        site.use(opened)
        yield opened
        site.use(centre)


def table(page: Any) -> dict[str, float]:
    """The course of the page of a KPI: bucket → value, of those that have one."""
    return {label: cell.value for label, cell, _ in page.context["table"] if cell.value}


def test_what_comes_after_midnight_belongs_to_the_day_before_in_filters_grains_and_the_map_of_hours(
    night_centre: Any, client_of: Callable[..., Any]
) -> None:
    client = client_of("administrator")
    day = client.get("/kpi/volume/", {"period": "2026-10-03"})
    assert day.context["cell"].value == 24  # 10:00, 23:30, and 01:30 and 04:59 of the next morning
    map_of_hours = client.get("/kpi/volume/hours/", {"period": "2026-10-03..2026-10-04"})
    assert map_of_hours.context["hours"] == [5, 10, 23, 25, 28]
    saturday = next(cells for name, cells in map_of_hours.context["rows"] if name == "土")
    assert [None if each is None else each[0].value for each in saturday] == [None, 6, 6, 6, 6]
    drawn = map_of_hours.context["chart"]["spec"]["layer"][0]["encoding"]["x"]["sort"]
    assert drawn == ["5", "10", "23", "25", "28"]
    # the field of 25:00 leads to its rows, whatever the clock calls that hour
    link = saturday[3][1]
    rows = client.get(link)
    assert rows.status_code == 200
    assert "6 件" in rows.text
    assert "25時台" in rows.text


def test_weeks_months_and_fiscal_years_begin_where_the_organisation_says(night_centre: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("administrator")
    whole = {"period": "2026-09-27..2026-10-04"}
    weeks = client.get("/kpi/volume/", {**whole, "grain": "week"})
    assert sorted(table(weeks).values()) == [6, 30]  # the week of Sunday 4 October has only what came from five o'clock on
    starts = [row["t"][:10] for row in weeks.context["chart"]["spec"]["data"]["values"]]
    assert starts == ["2026-09-27", "2026-10-04"]
    months = client.get("/kpi/volume/", {"period": "2026-09-01..2026-10-31", "grain": "month"})
    assert [value for label, value in table(months).items()] == [6, 30]
    years = client.get("/kpi/volume/", {"period": "2025-10-01..2027-09-30", "grain": "fiscal_year"})
    assert [value for label, value in table(years).items()] == [6, 30]
    assert [row["t"][:10] for row in years.context["chart"]["spec"]["data"]["values"]][-1] == "2026-10-01"
    quarters = client.get("/kpi/volume/", {"period": "2026-07-01..2026-12-31", "grain": "fiscal_quarter"})
    assert [value for label, value in table(quarters).items()] == [6, 30]
    assert client.get("/kpi/volume/", {"period": "FY2026"}).context["cell"].value == 30
    assert client.get("/kpi/volume/", {"period": "今年度"}).status_code == 200


def test_the_overview_calls_an_hour_of_the_night_by_its_business_hour(night_centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("administrator").get("/kpi/volume/", {"period": "2026-10-03", "w.hour": "1"})
    assert page.context["cell"].value == 6
    assert "25時台" in page.text
    assert client_of("administrator").get("/more/", {"period": "2026-10-03"}).status_code == 200
