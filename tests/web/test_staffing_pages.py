"""The pages of staffing and what-if: the plan is that of the model, groups are shown to those they belong to, what is written is checked, kept and comes with its reason."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any
from urllib.parse import quote

import pytest

from rashin.errors import Bilingual
from rashin.insight.staffing.workforce import Group
from rashin.query import Scope
from rashin.web.pages import working
from rashin.web.pages.staffing import reach
from rashin.web.people.models import AuditRow, Person

WEEK = "days=2026-11-02..2026-11-08"
HOSTILE = "=1+1<script>alert(1)</script>"
Clients = Callable[..., Any]
SMALL = """
quantile = 0.7
shrinkage = 0.2
hourly_yen = 1500

[shift.day]
start = "9:00"
end = "18:00"
breaks = [["12:00", "13:00"]]

[group.own]
title = { ja = "札幌<b>", en = "Sapporo<b>" }
where = { channel = "voice", queue = ["order"] }
staff = { team = ["sapporo-1"] }
patience_s = 60

[group.naha]
where = { channel = "voice", queue = ["member"] }
staff = { team = ["naha-1"] }
outsourced = { fixed = 100000 }
"""


def charts(text: str) -> list[dict[str, Any]]:
    """The specifications of all charts of a page."""
    return [json.loads(each) for each in re.findall(r'<script type="application/json">(.*?)</script>', text, re.S)]


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


@pytest.fixture
def small(own_centre: Any) -> Any:
    """A centre with two groups, one of them the supervisor's."""
    (own_centre.workspace.path / "staffing.toml").write_text(SMALL, "utf-8")
    return own_centre


# The plan


def test_a_plan_shows_what_the_model_says_with_shifts_ways_and_cost(small: Any, client_of: Clients) -> None:
    from rashin.insight.staffing import plan

    page = client_of("analyst").get(f"/staffing/?{WEEK}").text
    made = plan(
        small.store, small.catalogue, scope=Scope.everything(), first=date(2026, 11, 2), last=date(2026, 11, 8), today=date(2026, 11, 1)
    )
    one = made.group("own")
    assert one.cover is not None
    assert f"のべ{one.seat_hours:,.0f}席時間" in page
    assert "札幌&lt;b&gt;" in page
    assert "<b>" not in re.sub(r"<b>\d+</b>|<b>[a-z]+</b>", "", page.split('id="group"')[1].split("置き方")[0])
    seats, calls = charts(page)
    day = seats["data"]["values"][0]["t"][:10]
    at = [str(each) for each in one.coming.days].index(day)
    drawn = {row["label"][:5]: row["seats"] for row in seats["data"]["values"]}
    planned = {one.coming.clock(slot): int(n) for slot, n in enumerate(one.seats[at])}
    assert {clock: planned[clock] for clock in drawn} == drawn
    assert {"mean", "low80", "high80", "other"} <= set(calls["data"]["values"][0])
    assert "平均どおりに置く" in page  # what the mean would give stands beside it
    assert "シフトどおりに置く" in page
    assert "÷ (1 − 0.2)" in page
    table = rows(client_of("analyst").get(f"/staffing/download/csv/?{WEEK}"))
    assert sum(int(row["seats"]) for row in table if row["group"] == "own") == one.seats.sum()
    assert AuditRow.objects.filter(action="figures_exported").exists()


def test_a_plan_is_kept_with_its_audit_row_and_held_to_what_came(small: Any, client_of: Clients) -> None:
    client = client_of("analyst")
    assert "staffing-2" not in client.get("/staffing/kept/").text
    for _ in range(2):  # a name that is taken gets a number; nothing is overwritten
        assert client.post("/staffing/keep/", {"query": WEEK, "name": "week45"}).status_code == 302
    assert client.post("/staffing/keep/", {"query": WEEK, "name": "../x"}).status_code == 400
    assert sorted(each.name for each in (small.workspace.path / "plans").iterdir()) == ["week45-2.json", "week45.json"]
    kept = AuditRow.objects.filter(action="plan_kept").order_by("sequence").first()
    assert kept is not None
    assert (kept.target, kept.person) == ("week45", "analyst@example.jp") or kept.target == "week45"
    page = client.get("/staffing/kept/").text
    assert "week45-2" in page
    assert "2026-11-02から" in page  # nothing has come yet
    assert "まだ比べられる実績がありません" in client.get("/staffing/kept/week45/").text
    for who in ("supervisor", "qa", "vendor_supervisor"):  # it speaks of whole queues
        assert "week45" not in client_of(who).get("/staffing/kept/").text
        assert client_of(who).get("/staffing/kept/week45/").status_code == 404


def test_days_gone_are_planned_from_what_was_known_before_them(small: Any, client_of: Clients) -> None:
    page = client_of("administrator", lang="en").get("/staffing/back/?days=2026-10-19..2026-10-25").text
    assert "Where the plan was most wrong" in page
    parts = dict(re.findall(r'<tr(?: class="whole")?><th scope="row">([^<]+)</th><td class="num nowrap">([^<]+)</td>', page))
    assert {"Planned level", "Contacts", "Handling time", "Level reached"} <= set(parts)
    assert client_of("administrator").get("/staffing/back/?days=2027-01").status_code == 400
    gone = client_of("administrator").get("/staffing/?days=2026-09").text
    assert "/staffing/back/?days=2026-09" in gone


# Whose it is


def group(**given: Any) -> Group:
    return Group("g", Bilingual("g", "g"), given.get("where", {}), given.get("staff", {}), shrinkage=Fraction(1, 5))


def test_a_group_belongs_to_those_whose_scope_holds_its_contacts_or_its_people() -> None:
    mine = Scope({"team": ["a", "b"]})
    assert reach.visible(group(where={"queue": ("q",)}, staff={"team": ("a",)}), mine)
    assert not reach.visible(group(where={"queue": ("q",)}, staff={"team": ("a", "c")}), mine)  # a part of it is not theirs
    assert not reach.visible(group(where={"queue": ("q",)}), mine)  # everybody's contacts
    assert reach.visible(group(where={"queue": ("q",)}), Scope.everything())
    assert not reach.visible(group(where={"agent": ("sato",)}), Scope.everything(), names=False)
    narrow = reach.narrowed(group(where={"queue": ("q",)}, staff={"team": ("a",)}), mine)
    assert narrow.where == {"queue": ("q",), "team": ("a",)}  # what is made of it says what it speaks of
    assert reach.visible(narrow, mine)


def test_a_supervisor_sees_their_own_group_alone_and_no_settings(small: Any, client_of: Clients) -> None:
    page = client_of("supervisor", lang="en").get(f"/staffing/?{WEEK}").text
    assert "Sapporo&lt;b&gt;" in page
    for secret in ("naha", "那覇", "member", "会員窓口", "/staffing/settings/"):
        assert secret not in page
    assert "Reckoned from the contacts and people of your scope only" in page
    assert "Cost (¥)" in page  # plans staffing, so sees what it costs
    assert "Cost (¥)" not in client_of("qa", lang="en").get(f"/staffing/?{WEEK}").text
    assert "naha" not in client_of("supervisor").get("/whatif/?aht=-20").text


def test_a_faulty_file_is_explained_to_those_who_can_mend_it(small: Any, client_of: Clients) -> None:
    (small.workspace.path / "staffing.toml").write_text(SMALL.replace("sapporo-1", "naha-9").replace("staff =", "staf ="), "utf-8")
    told, hidden = (client_of(who, lang="en").get("/staffing/").text for who in ("analyst", "supervisor"))
    assert "staf" in told
    assert "Did you mean “staff”?" in told
    assert "/staffing/settings/" in told
    assert "Tell an administrator or analyst" in hidden
    assert "“staf”" not in hidden
    assert client_of("analyst").get("/api/v1/staffing").status_code == 400


# The file


def test_the_file_is_edited_with_its_checks_versions_and_reason(small: Any, client_of: Clients) -> None:
    client, path = client_of("analyst", lang="en"), small.workspace.path / "staffing.toml"
    page = client.get("/staffing/settings/").text
    base = re.search(r'name="base" value="(\d+)"', page)[1]  # type: ignore[index]
    better = SMALL.replace("0.7", "0.8")
    wrong = client.post("/staffing/settings/", {"text": better.replace('"order"', '"ordr"'), "base": base, "reason": "a test"})
    assert wrong.status_code == 400
    assert "Did you mean “order”?" in wrong.text
    assert client.post("/staffing/settings/", {"text": better, "base": base, "reason": ""}).status_code == 400
    assert path.read_text("utf-8") == SMALL  # nothing was written
    assert client.post("/staffing/settings/", {"text": better, "base": base, "reason": HOSTILE}).status_code == 302
    late = client_of("administrator", lang="en").post("/staffing/settings/", {"text": SMALL, "base": base, "reason": "too late"})
    assert late.status_code == 409
    assert "Somebody else changed" in late.text
    assert path.read_text("utf-8").strip() == better.strip()
    row = AuditRow.objects.get(action="staffing_changed")
    assert row.detail["reason"] == HOSTILE
    page = client.get("/staffing/settings/").text
    assert "<script>alert" not in page
    now = re.search(r'name="base" value="(\d+)"', page)[1]  # type: ignore[index]
    assert "+quantile" in re.sub(r"<[^>]+>", "", client.get(f"/staffing/settings/versions/{base}/").text)
    assert client.post(f"/staffing/settings/versions/{base}/restore/", {"base": now, "reason": "as before"}).status_code == 302
    assert path.read_text("utf-8").strip() == SMALL.strip()
    assert "0.8" not in client.post("/staffing/settings/check/", {"text": SMALL}).text


def test_without_a_file_one_made_from_the_facts_can_be_saved_as_it_is(own_centre: Any, client_of: Clients) -> None:
    (own_centre.workspace.path / "staffing.toml").unlink(missing_ok=True)
    client = client_of("administrator", lang="en")
    assert "Begin with one made from your data" in client.get(f"/staffing/?{WEEK}").text
    assert "Begin with one made" not in client_of("qa", lang="en").get(f"/staffing/?{WEEK}").text
    page = client.get("/staffing/settings/?example=1").text
    from html import unescape

    text = unescape(page.split("<textarea")[1].split(">", 1)[1].split("</textarea>")[0])
    assert "sapporo-1" in text  # the teams that take these queues
    base = re.search(r'name="base" value="(\d+)"', page)[1]  # type: ignore[index]
    assert client.post("/staffing/settings/", {"text": text, "base": base, "reason": "to begin with"}).status_code == 302
    assert "Begin with one made" not in client.get(f"/staffing/?{WEEK}").text


def test_an_empty_centre_says_what_to_do(empty_centre: Any, client_of: Clients) -> None:
    for address in ("/staffing/", "/staffing/kept/", "/staffing/roster/", "/whatif/", "/staffing/settings/"):
        assert client_of("administrator").get(address).status_code == 200
    assert "データを取り込む" in client_of("administrator").get("/staffing/").text


# The roster


def test_a_roster_names_people_to_those_who_may_and_lists_breaches(small: Any, client_of: Clients) -> None:
    page = client_of("supervisor").get(f"/staffing/roster/?{WEEK}").text
    assert "佐藤 葵" in page
    assert "労働の決まり" in page
    assert client_of("analyst").get("/staffing/roster/").status_code == 403
    assert client_of("analyst").get("/staffing/roster/download/csv/").status_code == 403
    assert {row["agent"] for row in rows(client_of("supervisor").get(f"/staffing/roster/download/csv/?{WEEK}"))} == {"sato.aoi"}


# What if


def test_a_what_if_stands_in_its_address_and_leads_to_a_cycle(small: Any, client_of: Clients) -> None:
    from rashin.insight.whatif import whatif
    from rashin.insight.whatif.model import Change

    asked = "/whatif/?period=2026-10&g=own&aht=-20&seats=2&on=1&from=9&to=12"
    page = client_of("analyst", lang="en").get(asked).text
    found = whatif(
        small.store,
        small.catalogue,
        scope=Scope.everything(),
        first=date(2026, 10, 1),
        last=date(2026, 10, 31),
        changes=[Change("aht_s", -20), Change("seats", 2, (1,), (9, 12))],
        group="own",
        today=date(2026, 11, 1),
    )
    assert found.text.en.replace("<b>", "&lt;b&gt;") in page
    assert re.search(r'id="d-aht" name="aht" value="-20"', page)
    assert re.search(r'name="on" value="1" checked', page)
    link = re.search(r'href="(/cycles/-/new/\?[^"]+)"', page)[1].replace("&amp;", "&")  # type: ignore[index]
    begun = client_of("analyst", lang="en").get(link)
    assert begun.status_code == 200
    assert "handling time −20 s" in begun.text
    assert "Open a cycle" not in client_of("qa", lang="en").get(asked).text
    answer = client_of("administrator").get(f"/api/v1{asked.replace('/?', '?')}").json()
    assert {each["figure"]: each["shown"] for each in answer["figures"]}["service_level"] == pytest.approx(
        found.line("service_level").shown
    )
    assert client_of("administrator").get("/api/v1/whatif?g=ownn").status_code in {400, 422}


def test_numbers_that_are_none_are_said(centre: Any, client_of: Clients) -> None:
    client = client_of("administrator", lang="en")
    for wrong in (f"aht={quote(HOSTILE)}", "seats=nan", "from=12&to=9", "volume=1e300"):
        page = client.get(f"/whatif/?{wrong}")
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "→" in page.text
    for changed in ("volume=-100", "away=100", "away=-5"):
        assert client.get(f"/whatif/?{changed}").status_code == 200


# Under way


def test_what_is_under_way_shows_how_far_it_is_and_can_be_stopped(centre: Any, client_of: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    from rashin.insight import staffing

    seen, go, ended = threading.Event(), threading.Event(), threading.Event()

    def slow(*args: Any, progress: Any, **rest: Any) -> Any:
        try:
            progress(0.4, "own")
            seen.set()
            go.wait(60)
            progress(0.5, "own")
        finally:
            ended.set()
        raise AssertionError("went on")

    monkeypatch.setattr(staffing, "plan", slow)
    monkeypatch.setattr(working, "PATIENCE_S", 0.05)
    client, address = client_of("analyst"), "/staffing/?days=2026-11-09..2026-11-15&quantile=0.6"
    client.get(address)
    assert seen.wait(60)
    page = client.get(address).text
    assert "40%" in page
    assert 'hx-trigger="load delay' in page
    asked = re.search(r'name="query" value="([^"]+)"', page)[1].replace("&amp;", "&")  # type: ignore[index]
    answer = client.post("/staffing/stop/", {"query": asked})
    assert answer.status_code == 302
    assert "中止しました" in client.get(answer.headers["Location"]).text
    go.set()
    assert ended.wait(60)
    for elsewhere in ("//evil.example/staffing/", "/whatif/?aht=1", ""):
        assert client.post("/staffing/stop/", {"query": elsewhere}).status_code == 404


def test_the_number_of_questions_to_the_peoples_database_is_constant(small: Any, client_of: Clients, people: dict[str, Person]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of("analyst")
    client.get("/staffing/kept/")  # what every first page looks up
    counts = []
    for kept in range(3):
        with CaptureQueriesContext(connection) as asked:
            client.get("/staffing/kept/")
        counts.append(len(asked))
        if kept < 2:
            client.post("/staffing/keep/", {"query": WEEK, "name": f"n{kept}"})
            client.get("/staffing/kept/")  # shows the message once
    assert len(set(counts)) == 1
