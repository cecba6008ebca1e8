"""The pages of the forecast: what is to come with its doubt, kept forecasts held to what came, the running day, days that must not teach."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from rashin.errors import Bilingual, QuestionError
from rashin.web.pages import working
from rashin.web.people.models import AuditRow, Person

WEEK = "/forecast/?days=2026-11-02..2026-11-08"
HOSTILE = "=1+1<script>alert(1)</script>"
Clients = Callable[..., Any]


def charts(text: str) -> list[dict[str, Any]]:
    """The specifications of all charts of a page."""
    found = re.findall(r'<script type="application/json">(.*?)</script>', text, re.S)
    return [json.loads(each) for each in found]


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_a_week_is_forecast_for_each_queue_with_bands_error_and_floor(centre: Any, client_of: Clients) -> None:
    from rashin.insight.forecast import forecasts
    from rashin.query import Scope

    page = client_of("administrator").get(WEEK).text
    found = forecasts(
        centre.store, centre.catalogue, scope=Scope.everything(), first=date(2026, 11, 2), last=date(2026, 11, 8), today=date(2026, 11, 1)
    )
    assert page.count('<th class="nowrap" scope="row"><a href="?days=') >= len(found) > 5
    assert found[0].text.ja.replace("&", "&amp;") in page
    days, one_day = charts(page)
    coming = [row for row in days["data"]["values"] if "mean" in row]
    assert [row["mean"] for row in coming] == pytest.approx([each.mean for each in found[0].by_day])
    assert all(row["low95"] <= row["low80"] <= row["high80"] <= row["high95"] for row in coming)
    assert any("actual" in row for row in days["data"]["values"])  # beside what came
    assert len(one_day["data"]["values"]) == sum(str(each) == "2026-11-02" for each in found[0].days.tolist())
    assert "偶然だけ" in page
    assert "どんな方法でも" in page
    assert "振替休日" in page or "祝日" in page  # 2026-11-03


def test_another_series_and_another_day_stand_in_the_address(centre: Any, client_of: Clients) -> None:
    client = client_of("analyst", lang="en")
    page = client.get(WEEK).text
    links = [each.replace("&amp;", "&") for each in re.findall(r'scope="row"><a href="(\?days=[^"]+of=[^"]+)">', page)]
    second = client.get(f"/forecast/{links[1]}").text
    assert charts(second)[0]["data"]["values"] != charts(page)[0]["data"]["values"]
    assert "2026-11-05 (Thu)" in client.get(f"{WEEK}&day=2026-11-05").text
    assert client.get(f"{WEEK}&day=nonsense&of=nonsense&slot=7&unit=zz").status_code == 200


def test_what_takes_long_shows_how_far_it_has_come_and_is_there_later(
    centre: Any, client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, address = client_of("administrator"), "/forecast/?days=2026-11-09..2026-11-10&unit=all"
    monkeypatch.setattr(working, "PATIENCE_S", 0.0)
    waiting = client.get(address).text
    assert 'hx-select="#made"' in waiting
    assert f'hx-get="{address.replace("&", "&amp;")}"' in waiting
    monkeypatch.setattr(working, "PATIENCE_S", 60.0)
    assert "hx-select" not in client.get(address).text
    monkeypatch.setattr(working, "PATIENCE_S", 0.0)
    assert "hx-select" not in client.get(address).text  # kept


def test_work_is_done_once_and_a_failure_is_told_and_not_kept(centre: Any) -> None:
    made: list[int] = []
    go = threading.Event()

    def make(watch: working.Watch) -> int:
        watch(0.5)
        watch(0.2)
        go.wait(60)
        made.append(1)
        return 7

    under_way = working.made("test once", make, 0.05)
    assert isinstance(under_way, working.Work)
    assert under_way.percent in (0, 50)
    go.set()
    assert working.done("test once", make) == 7
    assert working.done("test once", make) == 7
    assert made == [1]

    def fail(watch: working.Watch) -> int:
        made.append(2)
        raise QuestionError("forecast_nothing", Bilingual("なし", "nothing"))

    for _ in range(2):
        with pytest.raises(QuestionError):
            working.done("test failing", fail)
    assert made == [1, 2, 2]


def test_too_much_at_once_is_refused_and_what_nobody_came_back_for_is_forgotten(centre: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    monkeypatch.setattr(working, "_WAITING", 2)
    monkeypatch.setattr(working, "_works", {})
    for key in ("test first", "test second"):
        working.made(key, lambda watch: go.wait(60), 0.0)
    with pytest.raises(QuestionError) as refused:
        working.made("test third", lambda watch: 3, 0.0)
    assert refused.value.code == "works_waiting"
    go.set()
    assert working.done("test first", lambda watch: 1) is True
    assert working.done("test third", lambda watch: 3) == 3
    assert working.done("test second", lambda watch: 2) is True


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/forecast/?w.queue=zzz-absent", "予測のもとになる件数がありません"),
        ("/forecast/?days=2026-09", "までは実績があります"),
        ("/forecast/today/?on=2026-12-24&upto=12:00", "→"),
        ("/peaks/?w.queue=zzz-absent", "件数がありません"),
    ],
)
def test_what_cannot_be_answered_says_why_and_what_to_do(centre: Any, client_of: Clients, address: str, said: str) -> None:
    answer = client_of("administrator").get(address)
    assert answer.status_code == 200
    assert said in answer.text
    assert "→" in answer.text


@pytest.mark.parametrize("address", ["/forecast/", "/forecast/today/", "/peaks/", "/forecast/kept/", "/forecast/marks/"])
def test_an_empty_centre_is_led_to_loading(empty_centre: Any, client_of: Clients, address: str) -> None:
    answer = client_of("administrator").get(address)
    assert answer.status_code == 200
    if "kept" not in address and "marks" not in address:
        assert "データを取り込む" in answer.text
    assert "→" in answer.text or "印の付いた日はありません" in answer.text


def test_a_past_too_short_is_said_and_its_range_called_provisional(empty_centre: Any, centre: Any, client_of: Clients) -> None:
    source = next(centre.workspace.path.glob("sources/pbx-sapporo/*2026-10.csv"))
    lines = source.read_text("cp932").splitlines()
    (empty_centre.workspace.path / "few.csv").write_text("\r\n".join(lines[:60]), "cp932")
    empty_centre.load([empty_centre.workspace.path / "few.csv"], centre.workspace.path / "mappings" / "pbx-sapporo.toml", by="test")
    page = client_of("administrator").get("/forecast/?days=next_week").text
    assert "過去が短い" in page
    assert "仮のものです" in page
    assert "前年の同じ日の実績はまだありません" in page


def test_a_file_has_every_interval_and_a_workbook_a_cover(centre: Any, client_of: Clients) -> None:
    import openpyxl

    client = client_of("supervisor")
    found = rows(client.get(WEEK.replace("?", "download/csv/?")))
    assert {"queue", "channel", "start", "mean", "low80", "high95", "naive"} <= set(found[0])
    assert all(float(row["low95"]) <= float(row["high95"]) for row in found)
    book = openpyxl.load_workbook(io.BytesIO(client.get(WEEK.replace("?", "download/xlsx/?")).getvalue()))
    assert book.sheetnames == ["表紙", "区間", "日", "方法と誤差"]
    cover = {row[0].value: row[1].value for row in book["表紙"].iter_rows(max_col=2)}
    assert cover["データ版"] == str(centre.snapshot())
    assert "team" in cover["絞り込み"] or "チーム" in cover["絞り込み"]
    first = [cell.value for cell in next(book["区間"].iter_rows(min_row=2))]
    assert isinstance(first[2], datetime)
    assert isinstance(first[5], int | float)
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert AuditRow.objects.filter(action="figures_exported").count() == 2


@pytest.fixture
def october(own_centre: Any) -> Any:
    """A centre with a forecast of October's first week, made at the end of September."""
    from rashin.insight.forecast import forecasts
    from rashin.insight.forecast.keep import keep
    from rashin.query import Scope

    found = forecasts(
        own_centre.store,
        own_centre.catalogue,
        scope=Scope.everything(),
        where={"channel": "voice"},
        by=(),
        first=date(2026, 10, 1),
        last=date(2026, 10, 7),
        today=date(2026, 10, 1),
    )
    keep(own_centre.workspace.path, found, "october", by="test")
    return own_centre


def test_a_kept_forecast_is_held_to_what_came_by_day_and_hour(october: Any, client_of: Clients) -> None:
    client = client_of("auditor")
    assert "/forecast/kept/october/" in client.get("/forecast/kept/").text
    page = client.get("/forecast/kept/october/").text
    days, hours = charts(page)
    assert all(row["actual"] is not None for row in days["data"]["values"])
    assert (
        sum(row["actual"] for row in days["data"]["values"])
        == october.ask("volume", period="2026-10-01..2026-10-07", filters={"channel": "voice"}).value
    )
    assert {row["weekday"] for row in hours["data"]["values"]} == set("月火水木金土日")
    assert re.search(r"区間ごとの誤差\(WAPE\)は\d+", page)
    boss = client_of("administrator")
    file = rows(boss.get("/forecast/kept/october/download/csv/"))
    assert {"mean", "came", "naive"} <= set(file[0])
    shown = boss.get("/api/v1/forecasts/october").json()
    assert shown["reviews"][0]["came"] == sum(row["actual"] for row in days["data"]["values"])
    # made of the whole centre: who sees a part of it does not see it, and cannot tell it from none
    for role in ("supervisor", "vendor_supervisor"):
        limited = client_of(role)
        assert "october" not in limited.get("/forecast/kept/").text
        assert limited.get("/forecast/kept/october/").status_code == limited.get("/forecast/kept/none/").status_code == 404
        assert limited.get("/api/v1/forecasts").json()["forecasts"] == []


def test_keeping_writes_a_file_once_with_a_line_in_the_log(own_centre: Any, client_of: Clients, people: dict[str, Person]) -> None:
    client, asked = client_of("supervisor"), {"query": "days=2026-11-02..2026-11-03&unit=all", "name": "<b>plan"}
    assert client.post("/forecast/keep/", asked).status_code == 400  # no name of a file
    for name in ("plan", "plan-2"):
        assert client.post("/forecast/keep/", asked | {"name": "plan"}).status_code == 302
        assert (own_centre.workspace.path / "forecasts" / f"{name}.json").exists()
        assert AuditRow.objects.get(action="forecast_kept", target=name).person == people["supervisor"].email
    page = client.get("/forecast/kept/").text
    assert page.count("plan") >= 2
    assert "からの実績" not in page  # its days are yet to come: nothing to compare
    assert "plan" in client_of("administrator").get("/forecast/kept/").text
    assert "plan" not in client_of("vendor_supervisor").get("/forecast/kept/").text


def test_a_marked_day_teaches_nothing_is_named_and_can_be_taken_back(
    own_centre: Any, client_of: Clients, people: dict[str, Person]
) -> None:
    client, week = client_of("analyst"), "/forecast/?days=2026-11-02..2026-11-02&w.queue=order&unit=all"
    mark = {"days": "2026-10-05..2026-10-06", "kind": "campaign", "reason": HOSTILE, "queue": "order", "back": week[11:]}
    assert client.post("/forecast/marks/add/", mark | {"reason": " "}).status_code == 400
    assert client.post("/forecast/marks/add/", mark | {"days": "soon"}).status_code == 400
    assert client.post("/forecast/marks/add/", mark | {"kind": "zz"}).status_code == 422
    assert not (own_centre.workspace.path / "marks.toml").exists()
    answer = client.post("/forecast/marks/add/", mark)
    assert answer["Location"].startswith("/forecast/?days=2026-11-02..2026-11-02&w.queue=order")
    page = client.get(week).text
    assert "2026-10-05(月)" in page
    assert "&lt;script&gt;alert(1)" in page
    assert HOSTILE not in page
    assert "alert(1)" not in client.get("/forecast/?days=2026-11-02..2026-11-02&w.queue=delivery&unit=all").text.split('id="learned"')[1]
    listed = client.get("/forecast/marks/").text
    assert HOSTILE not in listed
    cells = rows(client.get(week.replace("?", "download/csv/?")))
    assert cells
    ref = re.search(r"/forecast/marks/(\w+)/remove/", listed)[1]  # type: ignore[index]
    # a supervisor sees it, for it concerns their calls as well, and cannot take it away: it reaches beyond their team
    assert client_of("supervisor").post(f"/forecast/marks/{ref}/remove/").status_code == 400
    assert client.post(f"/forecast/marks/{ref}/remove/").status_code == 302
    assert client.post(f"/forecast/marks/{ref}/remove/").status_code == 404
    assert "2026-10-05(月)" not in client.get(week).text.split('id="learned"')[1]
    log = list(AuditRow.objects.filter(action__startswith="day_").order_by("pk").values_list("action", "person"))
    assert log == [("day_marked", people["analyst"].email), ("day_unmarked", people["analyst"].email)]


def test_a_mark_of_a_team_counts_within_the_team_and_is_shown_to_nobody_else(own_centre: Any, client_of: Clients) -> None:
    client = client_of("supervisor")
    client.post("/forecast/marks/add/", {"days": "2026-10-12", "kind": "outage", "reason": "回線工事", "queue": ""})
    assert 'where = { team = ["sapporo-1"] }' in (own_centre.workspace.path / "marks.toml").read_text("utf-8")
    assert "回線工事" in client.get("/forecast/marks/").text
    assert "回線工事" not in client_of("vendor_supervisor").get("/forecast/marks/").text
    boss, day = client_of("administrator"), "/forecast/?days=2026-11-02&unit=all"
    assert "回線工事" in boss.get("/forecast/marks/").text
    assert "回線工事" in client.get(day).text
    assert "回線工事" in boss.get(f"{day}&w.team=sapporo-1").text
    assert "回線工事" not in boss.get(day).text


def test_the_running_day_is_worked_out_anew(centre: Any, client_of: Clients) -> None:
    page = client_of("administrator").get("/forecast/today/?on=2026-10-30&upto=12:00&unit=channel").text
    values = charts(page)[0]["data"]["values"]
    assert all((row.get("actual") is not None) == (row["t"] < "2026-10-30T12:00") for row in values)
    assert "2026-10-30 12:00 までに" in page
    assert client_of("administrator").get("/forecast/today/?on=zz").status_code == 400
    assert client_of("administrator").get("/forecast/today/?upto=99:99").status_code == 400


def test_the_number_of_questions_to_the_people_does_not_grow(centre: Any, client_of: Clients) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of("administrator")
    counts = []
    for address in (WEEK, f"{WEEK}&unit=all", f"{WEEK}&unit=channel"):
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        counts.append(len(seen))
    assert len(set(counts)) == 1
