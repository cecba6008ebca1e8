"""The page of one KPI: figure, course, parts, other readings, rows."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from rashin.web.pages.kpi.course import control_limits

OCTOBER = {"period": "2026-10"}


def points(*values: float | None) -> list[Any]:
    return [SimpleNamespace(value=value, state="ok" if value is not None else "no_data", unit="s") for value in values]


def test_control_limits_are_the_mean_and_2_66_mean_moving_ranges() -> None:
    # moving ranges of 10, 12, 10, 12 … are all 2: 11 ± 2.66 × 2
    assert control_limits(points(*[10.0, 12.0] * 6)) == pytest.approx((5.68, 11.0, 16.32))


def test_too_few_points_have_no_control_limits() -> None:
    assert control_limits(points(*[10.0, 12.0] * 5, None, None)) is None


def test_the_page_and_its_parts_open(client_of: Callable[..., Any]) -> None:
    client = client_of("supervisor")
    for part in ("", "slices/", "hours/", "variants/", "rows/"):
        assert client.get(f"/kpi/answer_rate/{part}", OCTOBER).status_code == 200, part


def test_every_reading_of_service_level_stands_side_by_side(centre: Any, client_of: Callable[..., Any]) -> None:
    readings = client_of("analyst").get("/kpi/service_level/variants/", OCTOBER).context["readings"]
    assert len(readings) == 1 + len(centre.catalogue.kpis["service_level"].variants)
    assert len({cell.value for _, cell in readings if cell.value is not None}) >= 6


def test_an_unknown_kpi_or_variant_is_not_found(client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    assert client.get("/kpi/no_such/").status_code == 404
    assert client.get("/kpi/answer_rate/", {"variant": "no_such"}).status_code == 404


def test_numerator_and_excluded_rows_add_up_to_what_is_said(client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    cell = client.get("/kpi/answer_rate/", OCTOBER).context["cell"]
    rows = {part: client.get("/kpi/answer_rate/rows/", {**OCTOBER, "part": part}).context["total"] for part in ("numerator", "denominator")}
    assert (rows["numerator"], rows["denominator"]) == (cell.numerator, cell.denominator)


def test_rows_are_masked_for_an_analyst_and_shown_to_the_own_supervisor(client_of: Callable[..., Any]) -> None:
    def customers(role: str) -> set[Any]:
        page = client_of(role).get("/kpi/fcr/rows/", OCTOBER)
        at = page.context["names"].index("customer_key")
        return {row["values"][at] for row in page.context["rows"]}

    assert customers("analyst") <= {"***", ""}
    assert len(customers("supervisor")) > 3


def test_looking_at_rows_is_logged(client_of: Callable[..., Any]) -> None:
    from rashin.web.people.models import AuditRow

    client_of("analyst").get("/kpi/answer_rate/rows/", OCTOBER)
    last = AuditRow.objects.first()
    assert last is not None
    assert (last.action, last.target, last.detail["part"]) == ("rows_viewed", "answer_rate", "denominator")


def test_times_of_rows_are_those_of_the_site(client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get("/kpi/answer_rate/rows/", {"period": "2026-10-01"})
    at = page.context["names"].index("counted_at")
    first = min(row["values"][at] for row in page.context["rows"])
    assert first >= "2026-10-01 03:00:00"  # the business day begins at three, by the clock of Tokyo


def test_an_old_snapshot_can_be_looked_at_and_left_again(centre: Any, client_of: Callable[..., Any]) -> None:
    client, old = client_of("analyst"), centre.snapshot() - 1
    page = client.get("/kpi/aht/", {**OCTOBER, "as_of": str(old)})
    assert page.context["cell"].value == centre.ask("aht", period="2026-10", as_of=old).value
    assert f"データ版 {old} のとおりに" in page.content.decode()
    assert f"as_of={old}" in page.context["filters"].query()
    assert "as_of" not in page.context["filters"].query(as_of=None)
    assert client.get("/kpi/aht/", {**OCTOBER, "as_of": "x"}).status_code == 400
