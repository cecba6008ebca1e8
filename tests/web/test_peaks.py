"""The page of the peaks: when and where the load and the waits are, with the way to the rows."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

MONTH = "/peaks/?period=2026-10"


def charts(text: str) -> list[dict[str, Any]]:
    """The specifications of all charts of a page."""
    return [json.loads(each) for each in re.findall(r'<script type="application/json">(.*?)</script>', text, re.S)]


def test_maps_of_the_week_add_up_and_lead_to_rows(centre: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("administrator")
    page = client.get(f"{MONTH}&w.channel=voice").text
    volume, reach, wait, queues = charts(page)
    whole = centre.ask("volume", period="2026-10", filters={"channel": "voice"}).value
    assert sum(row["n"] for row in volume["data"]["values"]) == whole
    assert sum(row["value"] for row in queues["data"]["values"]) == whole
    assert all(0 <= row["value"] <= 1 for row in reach["data"]["values"])
    assert all(row["value"] >= 0 for row in wait["data"]["values"])
    assert any(row["few"] for row in reach["data"]["values"])  # a rate of a few says little: drawn faintly
    field = volume["data"]["values"][0]
    assert f"{field['n']}" in client.get(field["link"]).text
    link = re.search(r'href="(/kpi/answer_rate/rows/[^"]+bucket=[^"]+)"', page)
    assert link is not None
    assert client.get(link[1].replace("&amp;", "&")).status_code == 200


def test_people_and_seats_stand_in_tables_and_in_words(centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("supervisor", lang="en").get(MONTH).text
    assert "Attempts as people" in page
    assert "Three attempts and one answer are one person" in page
    assert re.search(r"busiest tenth|Top tenth", page)
    assert "naha-1" not in page
    assert "那覇第1" not in page


def test_one_queue_has_no_map_of_queues(centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("administrator").get(f"{MONTH}&w.queue=mail").text
    assert "窓口 × 時間帯の図" not in page
    assert "応答や待ちの記録がない窓口" in page


def test_a_workbook_has_a_cover_and_typed_cells(centre: Any, client_of: Callable[..., Any]) -> None:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(client_of("administrator", lang="en").get("/peaks/download/xlsx/?period=2026-10").getvalue()))
    assert book.sheetnames == ["Cover", "Hours of the week", "Worst intervals", "People", "Concentration, seats"]
    assert ("Snapshot", str(centre.snapshot())) in [(row[0].value, row[1].value) for row in book["Cover"].iter_rows(max_col=2)]
    first = [cell.value for cell in next(book["Hours of the week"].iter_rows(min_row=2))]
    assert all(isinstance(each, int | float) for each in first[1:5])


def test_the_page_of_a_kpi_of_reach_leads_here_with_its_period_and_filters(client_of: Callable[..., Any]) -> None:
    client = client_of("administrator")
    assert "/peaks/?period=2026-10&amp;w.channel=voice" in client.get("/kpi/answer_rate/?period=2026-10&w.channel=voice").text
    assert "/peaks/?period" not in client.get("/kpi/csat/?period=2026-10").text
