"""Explore: any KPIs by any dimensions as table, charts and files; the question is in the link; what leaves is logged."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from site_world import MONTH

from rashin.web.pages.explore import choice as choices
from rashin.web.people.models import AuditRow, SavedView

BY_QUEUE = f"/explore/?kpi=answer_rate&kpi=aht&by=queue&period={MONTH}"


def shown(page: Any) -> list[list[str]]:
    return [[text for text, _ in line.heads] for line in page.context["grid"].lines]


def figures(page: Any, column: int = 0) -> list[float | None]:
    return [line.pairs[column][0].value if line.pairs[column][0] else None for line in page.context["grid"].lines]


def test_with_nothing_asked_it_says_where_to_begin(centre: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("analyst", lang="en")
    page = client.get("/explore/")
    assert "Where to begin" in page.content.decode()
    for _, query in page.context["starts"]:
        assert client.get(f"/explore/?{query}").status_code == 200


def test_the_table_gives_the_figures_of_the_engine(centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get(BY_QUEUE)
    cells = list(centre.ask("answer_rate", by="queue", period=MONTH, dense=False).cells())
    assert figures(page) == [cell.value for cell in cells]
    assert [column.label for column in page.context["grid"].columns] == ["応答率", "平均処理時間"]


def test_the_link_carries_everything(centre: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    address = f"/explore/?kpi=aht:seed&by=queue&by=channel&grain=week&pivot=time&w.channel=voice&w.channel=chat&period={MONTH}&compare=previous&sort=h0&order=down"
    page = client.get(address)
    asked = parse_qs(page.context["query"])
    assert asked == parse_qs(urlsplit(address).query)
    assert shown(client.get(f"/explore/?{page.context['query']}")) == shown(page)


@pytest.mark.parametrize("role", ["supervisor", "vendor_supervisor", "qa"])
def test_everybody_sees_the_same_link_within_their_scope(centre: Any, client_of: Callable[..., Any], role: str) -> None:
    everything, scoped = (client_of(who).get(f"/explore/?kpi=volume&by=team&by=vendor&by=site&period={MONTH}") for who in ("analyst", role))
    wanted = {"supervisor": (0, "札幌第1チーム"), "vendor_supervisor": (1, "ほしぞらコンタクト"), "qa": (2, "札幌")}[role]
    assert 0 < len(shown(scoped)) < len(shown(everything))
    assert {line[wanted[0]] for line in shown(scoped)} == {wanted[1]}


def test_time_or_a_dimension_may_stand_across(centre: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    across = client.get(f"/explore/?kpi=volume&by=queue&grain=week&pivot=time&period={MONTH}").context["grid"]
    assert [head[0] for head in across.heads] == ["窓口(キュー)"]
    assert across.columns[0].label.startswith("2026-W")
    by_channel = client.get(f"/explore/?kpi=volume&kpi=answer_rate&by=queue&by=channel&pivot=channel&period={MONTH}").context["grid"]
    assert [name for name, _ in by_channel.groups] == ["問い合わせ数", "応答率"]
    flat = client.get(f"/explore/?kpi=volume&by=queue&by=channel&period={MONTH}")
    pivoted = sum(pair[0].value or 0 for line in by_channel.lines for pair in line.pairs if pair[0] and pair[0].kpi == "volume")
    assert pivoted == sum(value or 0 for value in figures(flat))


def test_columns_sort_by_link_and_say_so(centre: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    first = client.get(BY_QUEUE)
    down = client.get(f"/explore/?{first.context['grid'].columns[0].order}")
    assert 'aria-sort="descending"' in down.content.decode()
    known = [value for value in figures(down) if value is not None]
    assert known == sorted(known, reverse=True)
    up = client.get(f"/explore/?{down.context['grid'].columns[0].order}")
    assert 'aria-sort="ascending"' in up.content.decode()
    assert [value for value in figures(up) if value is not None] == known[::-1]
    by_name = client.get(f"/explore/?{first.context['grid'].heads[0][1]}")
    assert shown(by_name) == sorted(shown(by_name))


def test_a_chart_stands_above_the_table_where_it_says_something(centre: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    assert len(client.get(BY_QUEUE).context["charts"]) == 2
    assert len(client.get(f"/explore/?kpi=answer_rate&kpi=abandon_rate&grain=week&period={MONTH}").context["charts"]) == 1
    assert client.get(f"/explore/?kpi=answer_rate&period={MONTH}").context["charts"] == []


def test_too_much_is_refused_with_a_way_out(centre: Any, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of("analyst", lang="en")
    huge = client.get("/explore/?kpi=aht&by=queue&by=team&by=category&by=hour&grain=15min&period=2025-01-01..2026-12-31")
    assert huge.status_code == 400
    assert "choose a coarser grain" in huge.content.decode()
    assert client.get("/explore/?" + "&".join(f"kpi={key}" for key in list(centre.catalogue.kpis)[:13])).status_code == 400
    monkeypatch.setattr("rashin.web.pages.explore.views.CELLS", 10)
    page = client.get(f"{BY_QUEUE}&grain=day")
    assert page.status_code == 200
    assert "a page shows 10 at most" in page.content.decode()


@pytest.mark.parametrize(
    "query", ["kpi=nope", "kpi=aht&by=nope", "kpi=aht&grain=nope", "kpi=aht&period=nope", "kpi=aht&w.nope=1", "kpi=aht&compare=nope"]
)
def test_names_that_do_not_exist_are_named(centre: Any, client_of: Callable[..., Any], query: str) -> None:
    page = client_of("analyst").get(f"/explore/?{query}")
    assert page.status_code == 400
    assert "nope" in page.content.decode()


@pytest.mark.parametrize("query", ["sort=zz", "sort=c99", "sort=h٣", "sort=c", "pivot=zz", "order=up", "find=zzzz", "chart=9"])
def test_an_odd_layout_is_passed_over(centre: Any, client_of: Callable[..., Any], query: str) -> None:
    assert client_of("analyst").get(f"{BY_QUEUE}&{query}").status_code == 200


def test_agents_have_names_only_for_who_may_see_them(centre: Any, client_of: Callable[..., Any]) -> None:
    for query in ("by=agent", "w.agent=sato.aoi", "by=queue&w.agent=sato.aoi"):
        assert client_of("analyst").get(f"/explore/?kpi=aht&{query}&period={MONTH}").status_code == 403
        assert client_of("analyst").get(f"/explore/download/csv/?kpi=aht&{query}&period={MONTH}").status_code == 403
        assert client_of("qa").get(f"/explore/?kpi=aht&{query}&period={MONTH}").status_code == 200
    assert 'value="agent"' not in client_of("analyst").get("/explore/?kpi=aht").content.decode()
    assert 'value="agent"' in client_of("qa").get("/explore/?kpi=aht").content.decode()


def test_kpis_are_searched_and_what_is_chosen_stays(centre: Any, client_of: Callable[..., Any]) -> None:
    part = client_of("analyst").get("/explore/kpis/?kpi=aht&find=放棄").content.decode()
    assert 'value="abandon_rate"' in part
    assert '<input type="hidden" name="kpi" value="aht">' in part
    assert "checked" not in part


def test_csv_holds_every_cell_and_leaves_a_line_in_the_log(centre: Any, client_of: Callable[..., Any]) -> None:
    answer = client_of("supervisor").get(BY_QUEUE.replace("/explore/", "/explore/download/csv/"))
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["kpi"] for row in rows} == {"answer_rate", "aht"}
    assert answer["Content-Disposition"].startswith('attachment; filename="rashin-answer_rate-2026-10-01-2026-10-31.csv"')
    line = AuditRow.objects.filter(action="figures_exported").get()
    assert line.person == "supervisor@umineko.example"
    assert (line.detail["form"], line.detail["rows"]) == ("csv", len(rows))
    assert line.detail["columns"][:3] == ["kpi", "variant", "unit"]


def test_the_workbook_has_a_cover_typed_cells_and_no_formula(centre: Any, client_of: Callable[..., Any]) -> None:
    import openpyxl

    answer = client_of("analyst").get(BY_QUEUE.replace("/explore/", "/explore/download/xlsx/"))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cover, values = book.worksheets
    told = {str(row[0].value): str(row[1].value) for row in cover.iter_rows() if row[0].value}
    assert told["データ版"] == str(centre.snapshot())
    assert told["カタログ版"] == centre.catalogue.version
    assert "式" in told
    kinds = {cell.data_type for row in values.iter_rows(min_row=2) for cell in row if cell.value is not None}
    assert kinds <= {"n", "s", "d"}
    assert "f" not in {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}


@pytest.mark.parametrize(("form", "head"), [("png", b"\x89PNG"), ("svg", b"<svg")])
def test_a_chart_is_saved_as_a_picture(centre: Any, client_of: Callable[..., Any], form: str, head: bytes) -> None:
    answer = client_of("analyst").get(BY_QUEUE.replace("/explore/", f"/explore/download/{form}/") + "&chart=1")
    assert answer.content.startswith(head)
    assert client_of("analyst").get(f"/explore/download/{form}/?kpi=aht&period={MONTH}").status_code == 400


def test_who_may_not_export_gets_no_file(centre: Any, client_of: Callable[..., Any]) -> None:
    for form in ("csv", "xlsx", "png", "svg"):
        assert client_of("auditor").get(BY_QUEUE.replace("/explore/", f"/explore/download/{form}/")).status_code == 403
    assert "download" not in client_of("auditor").get(BY_QUEUE).content.decode()
    assert client_of("analyst").get(BY_QUEUE.replace("/explore/", "/explore/download/exe/")).status_code == 404


def test_views_are_saved_shared_opened_and_removed(centre: Any, client_of: Callable[..., Any]) -> None:
    mine, other = client_of("analyst"), client_of("qa")
    query = f"kpi=aht&by=queue&period={MONTH}"
    answer = mine.post("/explore/views/", {"name": " 週次  会議 ", "query": query})
    assert answer.url == f"/explore/?{query}"
    view = SavedView.objects.get()
    assert (view.name, view.shared) == ("週次 会議", False)
    assert "週次 会議" not in other.get("/explore/").content.decode()
    assert other.post(f"/explore/views/{view.public_id}/", {"do": "remove"}).status_code == 404
    mine.post(f"/explore/views/{view.public_id}/", {"do": "share"})
    page = other.get("/explore/")
    assert "週次 会議" in page.content.decode()
    assert other.get(f"{page.context['views'][0].path}?{page.context['views'][0].query}").status_code == 200
    mine.post(f"/explore/views/{view.public_id}/", {"do": "remove"})
    assert not SavedView.objects.exists()
    assert list(AuditRow.objects.values_list("action", flat=True)) == ["view_removed", "view_saved", "view_saved"]


def test_a_shared_view_that_names_what_is_out_of_scope_is_not_listed(centre: Any, client_of: Callable[..., Any]) -> None:
    client_of("analyst").post("/explore/views/", {"name": "那覇だけ", "query": "kpi=aht&w.team=naha-1", "shared": "1"})
    client_of("qa").post("/explore/views/", {"name": "名前つき", "query": "kpi=aht&by=agent", "shared": "1"})
    assert "那覇だけ" not in client_of("supervisor").get("/explore/").content.decode()
    assert "那覇だけ" in client_of("auditor").get("/explore/").content.decode()
    assert "名前つき" not in client_of("auditor").get("/explore/").content.decode()
    assert client_of("auditor").post("/explore/views/", {"name": "x", "query": ""}).status_code == 403


def test_what_people_write_is_shown_as_text(centre: Any, client_of: Callable[..., Any]) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    client = client_of("administrator")
    client.post("/explore/views/", {"name": hostile, "query": f"kpi=aht&find={quote(hostile)}"})
    for address in ("/explore/", f"/explore/?kpi=aht&w.queue={quote(hostile)}&find={quote(hostile)}", f"/explore/?kpi={quote(hostile)}"):
        assert hostile not in client.get(address).content.decode()


def test_the_page_costs_the_same_few_queries_whatever_it_shows(centre: Any, client_of: Callable[..., Any]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of("supervisor")
    for number in range(5):
        client.post("/explore/views/", {"name": f"v{number}", "query": "kpi=aht"})
    client.get("/explore/")
    counts = []
    for address in ("/explore/", BY_QUEUE, f"{BY_QUEUE}&by=channel&grain=week"):
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        counts.append(len(seen))
    assert len(set(counts)) == 1
    assert counts[0] <= 8


def test_an_empty_workspace_says_so(empty_centre: Any, client_of: Callable[..., Any]) -> None:
    assert client_of("analyst").get("/explore/?kpi=aht&by=queue").status_code == 200


def test_the_rough_count_is_never_far_below_the_answer(centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get(f"/explore/?kpi=aht&by=queue&by=channel&grain=day&period={MONTH}")
    assert page.context["choice"].expected >= page.context["count"]
    assert choices.CELLS < choices.FILE_CELLS < choices.NEVER
