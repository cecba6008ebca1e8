"""Text that would be a script anywhere else, stored in every field that takes text, is text on every page: no dialog, no policy report, no request elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import escape
from html.parser import HTMLParser
from typing import Any

import pytest
from site_world import plain_mapping
from test_access import ENTRIES

#: Every way out of where text stands: an element, an attribute, a script, a link, a template, a chart's label.
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)><svg/onload=alert(3)>{{7*7}}{% now %}"
SHORT = "'\"><img src=//evil.example/x onerror=alert(4)>"
LIVE = "img[onerror], svg[onload], img[src*=evil], script:not([src]):not([type])"
TABS = 6
MONTH = "period=2026-10"
KPI_TOML = """
[hostile]
name      = { ja = '''H''', en = '''H''' }
family    = "accessibility"
priority  = "high"
fact      = "contact"
unit      = "count"
better    = "none"
purpose   = { ja = '''H''', en = '''H''' }
meaning   = { ja = '''H''', en = '''H''' }
measures.offered = "count(*) filter (where offered)"
value     = "offered"
min_n     = 1
hints     = [ { ja = '''H''', en = '''H''' } ]
source    = { ja = '''H''', en = '''H''' }
version   = 1
since     = "2026-11-01"
"""


TREE_TOML = """
name = { ja = '''H''', en = '''H''' }
purpose = { ja = '''H''', en = '''H''' }
kgi = { ja = '''H''', en = '''H''' }
roots = ["top"]

[nodes.top]
kpi = "hostile"
moved_by = ["volume"]
actions = [{ ja = '''H''', en = '''H''' }]

[nodes.volume]
kpi = "volume"
"""


def poisoned(own: Any) -> None:
    """Load a month of calls whose every text is hostile, one of them refused; and a definition that is."""
    source = next(own.workspace.path.glob("sources/pbx-sapporo/*2026-10.csv"))
    lines = source.read_text("cp932").splitlines()
    quoted = '"' + HOSTILE.replace('"', '""') + '"'
    kept = [lines[0]]
    for number, line in enumerate(lines[1:60]):
        cells = line.split(",")
        cells[0] = f"H-{number}"
        for name in ("窓口", "問い合わせ分類", "備考", "担当者名", "顧客番号"):
            cells[lines[0].split(",").index(name)] = quoted
        cells[lines[0].split(",").index("担当者ID")] = quoted if number % 2 else "sato.aoi"
        if number % 7 == 0:
            cells[2] = quoted  # no time of day: refused, raw text and all
        kept.append(",".join(cells))
    path = own.workspace.path / "<img src=x onerror=alert(5)>.csv"
    path.write_text("\r\n".join(kept), "cp932")
    own.load([path], plain_mapping(own), by=HOSTILE[:60])
    kpis = own.workspace.folder("kpis")
    (kpis / "hostile.toml").write_text(KPI_TOML.replace("H'''", HOSTILE.replace("'", "’") + "'''"), "utf-8")
    trees = own.workspace.folder("trees")
    trees.mkdir(exist_ok=True)
    (trees / "hostile.toml").write_text(TREE_TOML.replace("H'''", HOSTILE.replace("'", "’") + "'''"), "utf-8")
    (trees / "wrong.toml").write_text(f"roots = ['''{HOSTILE.replace(chr(39), '’')}''']\n", "utf-8")
    own.reload_definitions()


def acted(boss: Any, own: Any) -> list[str]:
    """What people say and do, all of it hostile; the addresses at which it stands."""
    from rashin.web.acts.models import Comment, Cycle, CycleEntry, Meeting, Mention, Praise

    figure = {"name": {"ja": HOSTILE, "en": HOSTILE}, "text": {"ja": HOSTILE, "en": HOSTILE}, "n": 3, "value": 1.0}
    kept = {**figure, "kpi": "hostile", "speaks": "", "period": MONTH, "where": {}, "snapshot": 1}
    checked = {
        "verdict": "no evidence", "where": {}, "unit": "count", "start": "2026-10-05", "today": "2026-10-31", "snapshot": 1, "text": figure["text"], "value": 1.0,
        "low": 0.0, "high": 2.0, "method": "its", "n": {"units": 1, "others": 1, "before": 1, "after": 1}, "confounders": [figure["text"]],
        "picking": {"warn": True, "text": figure["text"]}, "series": [["2026-09-28", 1.0, 2.0], ["2026-10-05", 2.0, 2.0]],
    }  # fmt: skip
    cycle = Cycle.objects.create(
        title=HOSTILE[:200], kpi="hostile", issue=HOSTILE, cause=HOSTILE, measure=HOSTILE, learned=HOSTILE, decision="keep", decision_reason=HOSTILE, stage="act",
        where={}, units={"queue": [HOSTILE]}, owner=boss, created_by=boss, evidence=[kept], checked=checked, cause_hint="1",
    )  # fmt: skip
    for kind in ("log", "task", "file"):
        CycleEntry.objects.create(cycle=cycle, kind=kind, text=HOSTILE, file_name=SHORT, by=boss)
    meeting = Meeting.objects.create(kind="monthly", period="2026-10", notes=HOSTILE, snapshot=own.snapshot(), by=boss)
    for about, thing in (("cycle", cycle.public_id), ("meeting", meeting.public_id), ("kpi", "aht")):
        comment = Comment.objects.create(about=about, thing=thing, period="2026-10", text=HOSTILE, decision=True, owner=boss, by=boss)
        Mention.objects.create(comment=comment, person=boss)
    Praise.objects.create(kpi="hostile", period="2026-10", where={"team": [SHORT]}, figure=figure, text=HOSTILE, by=boss)
    thread = f"/talk/thread/?about=kpi&thing=aht&{MONTH}"
    return [
        f"/cycles/{cycle.public_id}/",
        f"/review/{meeting.public_id}/",
        f"/cycles/-/new/?from={cycle.public_id}",
        "/cycles/?show=all",
        thread,
    ]


def addresses(own: Any, people: dict[str, Any]) -> list[str]:
    """Every address that can be looked at, with ids of things that hold hostile text."""
    from urllib.parse import quote

    from rashin.web.people import actions, audit
    from rashin.web.people.models import Person, SavedView

    boss = people["administrator"]
    Person.objects.filter(pk=boss.pk).update(name=SHORT)
    Person.objects.filter(pk=people["qa"].pk).update(name=SHORT, agent_key=SHORT)
    people["qa"].grants.create(dimension="team", value=HOSTILE[:200])
    actions.invite(boss, "x@umineko.example", SHORT, "analyst", [("team", SHORT)])
    from django.utils import timezone

    actions.make_key(boss, SHORT, timezone.now() + timedelta(days=1), [("team", SHORT)])
    SavedView.objects.create(owner=boss, name=SHORT, path="/explore/", query=f"kpi=volume&by=queue&{MONTH}", shared=True)
    audit.record("rows_viewed", HOSTILE, by=boss, detail={SHORT: HOSTILE})
    number = next(each.load_id for each in reversed(own.loads()) if "onerror" in each.file_name)
    value = quote(HOSTILE)
    found = [each.address.format(qa=people["qa"].public_id) for each in ENTRIES if each.method == "GET"]
    return [
        *[
            each
            for each in found
            if "/download/" not in each
            and not each.startswith(
                (
                    "/sign/logout",
                    "/account/join/",
                    "/goals/-/export",
                    "/data/loads/1/file",
                    "/data/loads/1/rejects.csv",
                )
            )
        ],
        *acted(boss, own),
        f"/?{MONTH}&q={value}",
        f"/?{MONTH}&w.queue={value}",
        f"/kpi/volume/?{MONTH}&w.queue={value}",
        f"/kpi/volume/?{MONTH}&slice=queue",
        f"/kpi/hostile/?{MONTH}&slice=category",
        f"/kpi/aht/?{MONTH}&slice=agent",
        f"/kpi/volume/rows/?{MONTH}&w.queue={value}",
        f"/explore/?kpi=volume&kpi=hostile&by=queue&by=category&{MONTH}",
        f"/explore/?kpi=hostile&by=agent&{MONTH}",
        f"/explore/?kpi={value}&by={value}",
        f"/why/?kpi=hostile&{MONTH}&all=1&w.queue={value}",
        f"/why/?kpi=volume&{MONTH}&o.queue={value}&split=category",
        f"/why/segments/?kpi=volume&{MONTH}&split=queue&all=1",
        f"/why/?kpi={value}&split={value}&compare={value}",
        f"/tree/?q={value}",
        f"/tree/hostile/?{MONTH}",
        "/tree/hostile/edit/",
        "/tree/wrong/edit/",
        f"/tree/-/new/?name={value}",
        "/definitions/hostile/",
        f"/definitions/?q={value}",
        f"/data/loads/{number}/",
        f"/data/loads/{number}/rejects/",
        f"/data/loads/{number}/withdraw/",
        f"/data/?q={value}&source={value}",
        f"/data/snapshots/{own.snapshot()}/",
        f"/data/calendar/?period={value}",
        f"/people/?q={value}",
        f"/audit/?person={value}",
        f"/nowhere/{value}/",
    ]


class Alive(HTMLParser):
    """Finds what :data:`LIVE` finds in a browser."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        acts = any(name.startswith("on") for name in has) or "evil" in (has.get("src") or "")
        if acts or (tag == "script" and not {"src", "type"} & set(has)):
            self.found.append(self.get_starttag_text() or tag)


def test_the_finder_of_what_is_alive_finds_it() -> None:
    assert len(Alive(f"<p>{HOSTILE}</p>{SHORT}").found) == 4
    assert Alive(f"<p title='{escape(HOSTILE)}'>{escape(HOSTILE)}</p><script type='application/json'>{{}}</script>").found == []


@pytest.mark.timeout(600)
def test_hostile_text_is_text_in_english_too(own_centre: Any, client_of: Callable[..., Any], people: dict[str, Any]) -> None:
    """The pages as they are sent; what a browser makes of them is seen on the Japanese ones."""
    poisoned(own_centre)
    client, told = client_of("administrator", lang="en"), 0
    for address in addresses(own_centre, people):
        answer = client.get(address, follow=True)
        assert answer.status_code < 500, address
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            assert Alive(answer.text).found == [], address
            told += escape("<script>alert(1)") in answer.text
    assert told > 30


@pytest.mark.timeout(600)
def test_hostile_text_is_text_on_every_page(own_centre: Any, page_for: Callable[..., Any], people: dict[str, Any]) -> None:
    poisoned(own_centre)
    walked = addresses(own_centre, people)
    page = page_for("administrator", lang="ja")
    tabs = [page, *(page.context.new_page() for _ in range(TABS - 1))]
    for tab in tabs[1:]:
        page.watch.on(tab)
    seen = []
    # several at a time: each waits half a second to be sure that a page has come to rest
    for start in range(0, len(walked), TABS):
        opened = list(zip(tabs, walked[start : start + TABS], strict=False))
        for tab, address in opened:
            tab.goto(address, wait_until="commit")
        for tab, _ in opened:
            tab.wait_for_load_state("networkidle")
            seen.append(tab.evaluate(f"document.querySelectorAll({LIVE!r}).length"))
        assert page.watch.faults == [], ([address for _, address in opened], page.watch.faults)
    assert len(seen) == len(walked)
    assert set(seen) == {0}
    # it did get that far: somewhere it stands, as text
    page.goto(f"/explore/?kpi=volume&by=queue&{MONTH}", wait_until="networkidle")
    assert "<script>alert(1)" in page.inner_text("table")


@pytest.mark.timeout(300)
def test_hostile_text_is_text_on_an_agents_own_page(own_centre: Any, page_for: Callable[..., Any], people: dict[str, Any]) -> None:
    poisoned(own_centre)
    page = page_for("agent")
    for address in (f"/mine/?{MONTH}", f"/mine/aht/rows/?{MONTH}", "/account/", "/definitions/hostile/"):
        page.goto(address, wait_until="networkidle")
        assert page.watch.faults == [], address
