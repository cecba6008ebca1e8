"""The page of one KPI: figure, course, parts, other readings, rows."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from rashin.web.pages.kpi.course import control_limits

OCTOBER = {"period": "2026-10"}


def points(*values: float | None) -> list[Any]:
    return [SimpleNamespace(value=value, state="ok" if value is not None else "no_data", unit="s", bucket="") for value in values]


def test_control_limits_are_the_mean_and_2_66_mean_moving_ranges() -> None:
    # moving ranges of 10, 12, 10, 12 … are all 2: 11 ± 2.66 × 2
    assert control_limits(points(*[10.0, 12.0] * 6)) == pytest.approx((5.683, 11.0, 16.317), abs=5e-4)
    # a time is never below 0, a balance such as NPS may be
    assert control_limits(points(*[0.0, 2.0] * 6))[0] == 0  # type: ignore[index]
    assert control_limits(points(*[-2.0, 2.0] * 6)) == pytest.approx((-10.635, 0.0, 10.635), abs=5e-4)


def test_too_few_points_have_no_control_limits() -> None:
    assert control_limits(points(*[10.0, 12.0] * 3, 10.0, None, None)) is None
    assert control_limits(points(*[10.0, 12.0] * 4)) is not None


def test_the_page_and_its_parts_open(client_of: Callable[..., Any]) -> None:
    client = client_of("supervisor")
    for part in ("", "slices/", "hours/", "variants/", "rows/"):
        assert client.get(f"/kpi/answer_rate/{part}", OCTOBER).status_code == 200, part


def test_every_reading_of_service_level_stands_side_by_side(centre: Any, client_of: Callable[..., Any]) -> None:
    readings = client_of("analyst").get("/kpi/service_level/variants/", OCTOBER).context["readings"]
    assert len(readings) == 1 + len(centre.catalogue.kpis["service_level"].variants)
    assert len({cell.value for _, cell, _ in readings if cell.value is not None}) >= 6


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
        return {row["cells"][at][0] for row in page.context["rows"]}

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
    first = min(row["cells"][at][0] for row in page.context["rows"])
    assert first >= "2026-10-01 03:00:00"  # the business day begins at three, by the clock of Tokyo


def test_an_old_snapshot_can_be_looked_at_and_left_again(centre: Any, client_of: Callable[..., Any]) -> None:
    client, old = client_of("analyst"), centre.snapshot() - 1
    page = client.get("/kpi/aht/", {**OCTOBER, "as_of": str(old)})
    assert page.context["cell"].value == centre.ask("aht", period="2026-10", as_of=old).value
    assert f"データ版 {old} のとおりに" in page.content.decode()
    assert f"as_of={old}" in page.context["filters"].query()
    assert "as_of" not in page.context["filters"].query(as_of=None)
    assert client.get("/kpi/aht/", {**OCTOBER, "as_of": "x"}).status_code == 400


def test_a_duration_shows_how_it_is_spread(client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    page, part = client.get("/kpi/aht/", OCTOBER), client.get("/kpi/aht/spread/", OCTOBER)
    assert page.context["spread_applies"]
    assert part.context["n"] == page.context["cell"].n
    assert sum(row["count"] for row in part.context["rows"]) == part.context["n"]
    assert "正確に計算" in part.content.decode()
    labels = [layer["encoding"]["text"]["value"] for layer in part.context["chart"]["spec"]["layer"] if "text" in layer["encoding"]]
    assert [label.split()[0] for label in labels] == ["平均", "中央値", "90%", "95%"]


def test_a_share_has_no_distribution(client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    assert not client.get("/kpi/answer_rate/", OCTOBER).context["spread_applies"]
    assert client.get("/kpi/answer_rate/spread/", OCTOBER).status_code == 404


def test_a_bar_of_the_distribution_opens_its_rows(client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    bars = [row for row in client.get("/kpi/aht/spread/", OCTOBER).context["rows"] if row["count"]]
    for bar in (bars[0], bars[-1]):
        page = client.get(bar["link"])
        assert (page.status_code, page.context["total"]) == (200, bar["count"])
        assert page.context["part"] == "numerator"
    assert client.get("/kpi/aht/rows/", {**OCTOBER, "at_least": "nan"}).status_code == 400


def test_what_a_mean_hides_is_said_when_it_is_far_from_the_median() -> None:
    from rashin.formula import Histogram
    from rashin.web.pages.kpi.spread import hides

    assert hides(Histogram.of([60.0] * 9 + [1000.0]), "en").startswith("The mean (154.0 s) is 2.6 times the median (60.0 s): 90% take less")
    assert hides(Histogram.of([60.0, 61.0, 62.0]), "ja") == ""
    assert "短い件" in hides(Histogram.of([1.0, 1.0, 60.0, 60.0, 60.0]), "ja")


def test_marks_of_charts_lead_to_as_many_rows_as_they_rest_on(client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    for part, name in (("", "chart"), ("slices/", "chart"), ("hours/", "chart")):
        spec = client.get(f"/kpi/answer_rate/{part}", OCTOBER).context[name]["spec"]
        marks = [row for row in spec["data"]["values"] if row["n"]]
        for mark in marks[:2]:
            assert client.get(mark["link"]).context["total"] == mark["n"], part


def test_who_may_not_see_rows_gets_no_way_to_them(people: Any, client_of: Callable[..., Any]) -> None:
    from rashin.web.people.roles import ROLES

    roles = [name for name, role in ROLES.items() if "see_figures" in role.permissions and "see_rows" not in role.permissions]
    for name in roles:
        page = client_of(name).get("/kpi/answer_rate/", OCTOBER).content.decode()
        assert "/rows/" not in page


def cell(weekday: int, hour: int, value: float, n: int, high: float, state: str = "ok") -> Any:
    return SimpleNamespace(dimensions={"weekday": weekday, "hour": hour}, value=value, n=n, low=0.0, high=high, state=state)


def test_the_hours_that_a_mean_hides_are_those_surely_worse_and_most_costly_first() -> None:
    from rashin.web.pages.kpi.parts import hidden

    whole = SimpleNamespace(value=0.9)
    night, meeting, luck, few = (
        cell(7, 23, 0.5, 30, 0.66),
        cell(3, 10, 0.6, 400, 0.65),
        cell(1, 9, 0.85, 40, 0.93),
        cell(2, 2, 0.1, 3, 0.5, "too_few"),
    )
    found: Any = hidden([night, meeting, luck, few], whole, "higher")  # type: ignore[list-item, arg-type]
    assert found == [meeting, night]
    assert hidden([night], whole, "none") == []  # type: ignore[list-item, arg-type]


def test_a_filter_by_hour_is_shown_and_can_be_taken_out(client_of: Callable[..., Any]) -> None:
    page = client_of("analyst", lang="en").get("/kpi/answer_rate/", {**OCTOBER, "w.weekday": "3", "w.hour": "10"})
    assert [(label, value) for _, label, value, _ in page.context["narrowed"]] == [("Weekday", "Wed"), ("Hour of day", "10–11 h")]
    assert 'name="w.weekday" value="3"' in page.content.decode()


def test_a_kpi_whose_records_were_never_loaded_says_so(empty_centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("administrator", lang="en").get("/kpi/csat/", OCTOBER)
    found = page.context["lacking"]
    assert found.said.endswith("has ever been loaded here.")
    assert found.address == "/data/"


def test_a_period_without_records_says_which_period_has_some(client_of: Callable[..., Any]) -> None:
    client = client_of("analyst", lang="en")
    found = client.get("/kpi/answer_rate/", {"period": "2020-01"}).context["lacking"]
    assert "loaded are 2026-" in found.said
    assert client.get(found.address).context["cell"].value is not None


def test_who_sees_a_part_only_is_not_told_what_has_arrived_for_others(client_of: Callable[..., Any]) -> None:
    found = client_of("supervisor", lang="en").get("/kpi/answer_rate/", {"period": "2020-01"}).context["lacking"]
    assert found.said == "No record in your sight fits this period and these filters."


def test_a_median_of_nothing_is_said_in_words() -> None:
    from rashin.formula import Histogram
    from rashin.web.pages.kpi.spread import hides

    assert hides(Histogram.of([0.0] * 9 + [100.0]), "en").startswith("90% took no time at all: the mean (10.0 s)")


def test_rows_call_the_values_of_closed_lists_by_name(client_of: Callable[..., Any]) -> None:
    texts = {lang: client_of("analyst", lang=lang).get("/kpi/answer_rate/rows/", OCTOBER).content.decode() for lang in ("ja", "en")}
    assert ">応答<" in texts["ja"]
    assert ">電話<" in texts["ja"]
    assert ">Answered<" in texts["en"]
    assert ">answered<" not in texts["ja"] + texts["en"]


def test_a_long_target_is_told_in_hours(client_of: Callable[..., Any]) -> None:
    for address in ("/kpi/first_response_time/", "/definitions/first_response_time/"):
        page = client_of("analyst").get(address, OCTOBER).content.decode()
        assert "24時間以下" in page
        assert "86,400" not in page
