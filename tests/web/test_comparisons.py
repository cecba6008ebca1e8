"""What moves together and who is compared fairly, on the site: for whom, with what words, and as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

AUTUMN = {"period": "2026-08-01..2026-10-31"}


def test_pairs_are_looked_at_and_arithmetic_is_told_apart(client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get("/related/", AUTUMN)
    text = page.content.decode()
    assert page.context["found"].tested > 20
    assert "計算式で連動する組" in text
    assert "原因" not in text
    assert page.context["arithmetic"]


def test_one_kpi_with_its_control_chart(client_of: Callable[..., Any]) -> None:
    client = client_of("analyst", lang="en")
    page = client.get("/related/", {**AUTUMN, "kpi": "volume"})
    assert all("volume" in (pair.first.label, pair.second.label) for pair in page.context["found"].pairs)
    assert "related/chart/?" in page.content.decode()
    chart = client.get("/related/chart/", {**AUTUMN, "kpi": "volume"}).content.decode()
    assert "By chance alone" in chart
    more = client.get("/related/chart/", {**AUTUMN, "kpi": "volume", "rules": "1", "drift": "1"})
    assert more.context["control"].false_alarms > 3 * 0.2
    assert client.get("/related/chart/", AUTUMN).status_code == 404


def test_weeks_are_too_few_and_it_is_said(client_of: Callable[..., Any]) -> None:
    text = client_of("analyst").get("/related/", {**AUTUMN, "grain": "week"}).content.decode()
    assert "調べられる組がありません" in text
    assert "30以上が必要" in text


def test_teams_in_tiers(client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get("/fair/", {**AUTUMN, "kpi": "aht", "unit": "team", "w.channel": "voice"})
    text = page.content.decode()
    assert page.context["found"].judged >= 4
    assert "順位ではありません" in text
    assert page.context["chart"]["spec"]["layer"]
    assert "揃えない値を見る" in text
    raw = client_of("analyst").get("/fair/", {**AUTUMN, "kpi": "aht", "unit": "team", "w.channel": "voice", "even": "0"})
    assert raw.context["found"].adjusted == ()


def test_people_by_name_only_for_who_may_see_them(client_of: Callable[..., Any]) -> None:
    supervisor = client_of("supervisor").get("/fair/", {**AUTUMN, "kpi": "aht"})
    assert supervisor.context["found"].by == "agent"
    assert {unit.name for unit in supervisor.context["found"].units} <= {
        "sato.aoi",
        "suzuki.misaki",
        "tanaka.ren",
        "takahashi.yu",
        "ito.megumi",
    }
    analyst = client_of("analyst")
    assert analyst.get("/fair/", {**AUTUMN, "kpi": "aht"}).context["found"].by == "team"
    assert "sato.aoi" not in analyst.get("/fair/", {**AUTUMN, "kpi": "aht"}).content.decode()
    assert analyst.get("/fair/", {**AUTUMN, "kpi": "aht", "unit": "agent"}).status_code == 403
    assert analyst.get("/fair/download/csv/", {**AUTUMN, "kpi": "aht", "unit": "agent"}).status_code == 403


def test_what_cannot_be_compared_says_why(client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    total = client.get("/fair/", {**AUTUMN, "kpi": "volume"})
    assert total.status_code == 200
    assert "合計や分位点" in total.content.decode()
    assert "比べる実績がありません" in client.get("/fair/", {"period": "2020-01", "kpi": "aht"}).content.decode()
    assert client.get("/fair/", {"kpi": "no_such"}).status_code == 404
    assert client.get("/related/", {"kpi": "no_such"}).status_code == 404
    assert client.get("/fair/", {"kpi": "aht", "unit": "no_such"}).status_code == 400


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_as_files(client_of: Callable[..., Any], form: str) -> None:
    client = client_of("analyst")
    for address in ("/fair/download/{}/?kpi=aht&unit=team", "/related/download/{}/?kpi=volume"):
        answer = client.get(f"{address.format(form)}&period={AUTUMN['period']}")
        assert answer.status_code == 200
        assert answer["Content-Disposition"].endswith(f'.{form}"')
        if form == "csv":
            rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
            assert rows
            assert "tier" in rows[0] or "kind" in rows[0]
    assert client.get("/fair/download/pdf/?kpi=aht&unit=team").status_code == 404


def test_the_page_of_a_kpi_leads_here(client_of: Callable[..., Any]) -> None:
    text = client_of("analyst").get("/kpi/aht/", {"period": "2026-10", "w.channel": "voice"}).content.decode()
    assert "/related/?kpi=aht&amp;w.channel=voice" in text
    assert "/fair/?kpi=aht&amp;w.channel=voice" in text
    assert "/fair/?" not in client_of("analyst").get("/kpi/volume/", {"period": "2026-10"}).content.decode()
