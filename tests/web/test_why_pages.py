"""Why a KPI moved and logic trees, on the site: for whom, in which words, along which links, and what becomes of a tree that is changed."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from typing import Any

import pytest

from rashin import charts_why, display

MONTH = {"period": "2026-10"}
VOICE = {**MONTH, "kpi": "aht", "w.channel": "voice"}


def test_the_sentence_comes_first_and_every_way_of_slicing_adds_up(client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get("/why/", VOICE)
    text, found = page.content.decode(), page.context["found"]
    assert text.index(page.context["text"][:20]) < text.index('id="along"')
    assert "2026年9月 チャネル 電話" in page.context["text"]
    assert len(found.splits) > 3
    for split in found.splits:
        assert math.isclose(math.fsum(each.part for each in split.segments), found.total, abs_tol=1e-9)
    assert "偶然の範囲の" in text
    assert "/why/along/?" in text


def test_what_is_within_chance_is_hidden_until_it_is_asked_for(client_of: Callable[..., Any]) -> None:
    client = client_of("analyst", lang="en")
    shown, everything = (client.get("/why/", {**VOICE, **more}) for more in ({}, {"all": "1"}))
    assert sum(len(each["rows"]) for each in shown.context["splits"]) < sum(len(each["rows"]) for each in everything.context["splits"])
    assert "Hide what is within chance" in everything.content.decode()
    rows = client.get("/why/segments/", {**VOICE, "split": "queue", "all": "1"}).content.decode()
    assert "within chance" in rows
    assert "/kpi/aht/?period=2026-10&amp;compare=previous" in rows
    assert "w.queue=" in rows
    half_hours = client.get("/why/segments/", {**VOICE, "split": "slot", "all": "1"}).content.decode()
    assert "w.hour=" in half_hours
    assert "/kpi/aht/rows/?" in half_hours


def test_groups_of_one_period_are_compared_by_the_names_people_use(client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get("/why/", {**VOICE, "o.channel": "chat"})
    found = page.context["found"]
    assert found.before.period == found.after.period
    assert found.before.filters == {"channel": ("chat",)}
    assert "チャネル チャット" in page.context["text"]
    assert page.context["head"]["words"] == ["相手", "こちら"]
    assert 'name="o.channel" value="chat"' in page.content.decode()


def test_people_are_a_way_for_those_who_may_see_them_by_name(client_of: Callable[..., Any]) -> None:
    analyst, supervisor = client_of("analyst"), client_of("supervisor")
    assert analyst.get("/why/", {**VOICE, "split": "agent"}).status_code == 403
    assert analyst.get("/why/", {**VOICE, "o.agent": "sato.aoi"}).status_code == 403
    assert analyst.get("/why/segments/", {**VOICE, "split": "agent"}).status_code == 403
    assert "agent" not in [name for name, _, _ in analyst.get("/why/", VOICE).context["ways"]]
    assert "agent" in [name for name, _, _ in supervisor.get("/why/", VOICE).context["ways"]]


def test_what_cannot_be_answered_says_so(client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    assert client.get("/why/", {"kpi": "nothing"}).status_code == 404
    assert client.get("/why/", {**VOICE, "split": "nothing"}).status_code == 400
    assert "値がないため比べられません" in client.get("/why/", {"kpi": "aht", "period": "2001-01"}).content.decode()
    posts = client.get("/why/", {**MONTH, "kpi": "positive_posts", "w.queue": "order"})  # posts know no queue
    assert posts.status_code == 200
    assert "比べられません" in posts.content.decode()


def test_an_empty_centre_says_what_to_do(empty_centre: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("administrator")
    assert "まだデータがありません" in client.get("/why/").content.decode()
    page = client.get("/tree/handling/")
    assert page.status_code == 200
    assert "ツリーの形だけを示します" in page.content.decode()


def test_the_staffing_model_and_the_tree_stand_beside_the_splits(client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get("/why/along/", {**MONTH, "kpi": "answer_rate", "w.channel": "voice"})
    text = page.content.decode()
    assert "ツリーに沿った内訳" in text
    through = page.context["through"]
    assert through["rows"] or through["text"]
    assert "/tree/reach/?period=2026-10" in text


def test_a_file_has_every_segment(client_of: Callable[..., Any]) -> None:
    content = client_of("analyst").get("/why/download/csv/", {**VOICE, "split": "queue"}).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    parts = [float(row["part"]) for row in rows if row["by"] == "queue"]
    assert rows[0]["by"] == ""
    assert math.isclose(math.fsum(parts), float(rows[0]["part"]), abs_tol=1e-9)


def test_the_figure_and_the_overview_lead_here(client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    text = client.get("/kpi/aht/", {**MONTH, "w.channel": "voice"}).content.decode()
    assert "/why/?period=2026-10&amp;compare=previous&amp;kpi=aht&amp;w.channel=voice" in text
    overview = client.get("/", {**MONTH, "compare": "previous"})
    assert overview.content.decode().count("/why/?kpi=") == len(overview.context["board"].worse)


def test_a_tree_tells_formulas_from_measured_links(client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get("/tree/handling/", MONTH)
    made = page.context["made"]
    edges = {row["edge"] for row in made["rows"]}
    assert {"goal", "identity"} <= edges
    assert made["rows"][0]["formula"] == "平均通話時間 + 平均保留時間 + 平均後処理時間 + 残り"
    assert "/cycles/-/new/?kpi=" in page.content.decode()
    assert "measure=" in page.content.decode()
    assert "/cycles/-/new/?kpi=" not in client_of("qa").get("/tree/handling/", MONTH).content.decode()
    assert client_of("qa").get("/tree/nothing/").status_code == 404


def _saved(client: Any, text: str, base: int = 0, reason: str = "夜間窓口を追加", name: str = "handling") -> Any:
    return client.post(f"/tree/{name}/edit/", {"text": text, "base": base, "reason": reason, "do": "save"})


def test_a_tree_is_changed_kept_taken_away_and_brought_back(own_centre: Any, client_of: Callable[..., Any]) -> None:
    from rashin.web.people.models import AuditRow

    client = client_of("analyst")
    text = client.get("/tree/handling/edit/").context["text"]
    assert _saved(client, text, reason="").status_code == 400
    assert _saved(client, text).status_code == 302
    late = _saved(client, text + "\n# another\n")
    assert late.status_code == 409
    assert ("+", "# another") in late.context["theirs"]
    assert _saved(client, text + "\n# another\n", base=1, reason="書き足し").status_code == 302
    one = client.get("/tree/handling/", MONTH)
    assert [each.version for each in one.context["versions"]] == [2, 1]
    assert "夜間窓口を追加" in one.content.decode()
    assert ("-", "# another") in client.get("/tree/handling/history/1/").context["lines"]
    assert client.post("/tree/handling/restore/", {"number": 1, "base": 2, "reason": "元の形へ"}).status_code == 302
    assert client.post("/tree/handling/remove/", {"base": 3, "reason": "用意されたものに戻す"}).status_code == 302
    listed = client.get("/tree/")
    assert [name for name, _, _ in listed.context["gone"]] == ["handling"]
    assert client.post("/tree/handling/restore/", {"number": 3, "base": 0, "reason": "やはり使う"}).status_code == 302
    assert client.get("/tree/").context["gone"] == []
    done = list(AuditRow.objects.filter(target="handling").values_list("action", flat=True))
    assert sorted(done) == ["tree_added", "tree_added", "tree_changed", "tree_changed", "tree_removed"]


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [('kpi = "att"', 'kpi = "at"', "at"), ("wrap_up + rest", "wrap_up", ""), ("[nodes.talk]", "[nodes.talkk]", "talk"), ("roots = [", "roots = ", "")],
)  # fmt: skip
def test_a_wrong_tree_is_refused_with_its_place(client_of: Callable[..., Any], centre: Any, old: str, new: str, word: str) -> None:
    client = client_of("analyst", lang="en")
    text = client.get("/tree/handling/edit/").context["text"]
    assert old in text
    seen = client.post("/tree/handling/check/", {"text": text.replace(old, new, 1)}).content.decode()
    assert "Cannot be saved" in seen
    assert "trees/handling.toml" in seen
    assert f"<code>{word}</code>" in seen or not word
    assert "Agrees with the definitions" in client.post("/tree/handling/check/", {"text": text}).content.decode()


def test_a_new_tree_needs_a_name_of_its_own(own_centre: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    assert client.get("/tree/-/new/", {"name": "reach"}).status_code == 400
    assert client.get("/tree/-/new/", {"name": "../x"}).status_code == 400
    begun = client.get("/tree/-/new/", {"name": "night", "from": "handling"})
    form = {"name": "night", "text": begun.context["text"], "base": "0", "reason": "夜間", "do": "save"}
    assert client.post("/tree/-/new/", form).status_code == 400  # the reason is too short
    assert client.post("/tree/-/new/", {**form, "reason": "夜間窓口"}).status_code == 302
    assert "night" in [each["name"] for each in client.get("/tree/").context["trees"]]
    (own_centre.workspace.folder("trees") / "night.toml").write_text("roots = 3", "utf-8")
    assert [name for name, _, _ in client.get("/tree/").context["refused"]] == ["night"]
    assert client.get("/tree/night/").status_code == 422
    assert client.get("/tree/night/edit/").context["text"] == "roots = 3"


def test_the_pages_cost_the_same_few_queries_whatever_they_show(centre: Any, client_of: Callable[..., Any]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of("analyst")
    counts = []
    for address in ("/why/?kpi=aht&period=2026-10&w.channel=voice", "/why/?kpi=volume&period=2026-W43", "/tree/handling/?period=2026-10"):
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(address)
        counts.append(len(seen))
    assert max(counts) <= 6
    assert counts[0] == counts[1]


def test_the_steps_of_a_waterfall_lead_from_one_end_to_the_other() -> None:
    steps = [
        {"name": "a", "part": 0.03, "kind": "good", "shown": "+3.0pt"},
        {"name": "残り" * 8, "part": -0.01, "kind": "rest", "shown": "-1.0pt"},
    ]
    spec = charts_why.waterfall(("前", 0.70), steps, ("後", 0.72), display.scale("share", [0.7]), "ja", "said")
    rows = spec["data"]["values"]
    assert [round(row["to"], 9) for row in rows] == [70.0, 73.0, 72.0, 72.0]
    assert [row["from"] for row in rows[1:]] == pytest.approx([70.0, 73.0, 72.0])
    assert "|" in rows[2]["name"]
    assert rows[2]["said"] == "残り" * 8


def test_a_past_snapshot_stays_in_the_address_and_the_what_if_begins_from_the_same_days(client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    page = client.get("/why/", {**VOICE, "as_of": "1"}).content.decode()
    assert "データ版 1 のとおりに表示しています" in page
    assert "as_of=1" in page
    tree = client.get("/tree/reach/", {**MONTH, "as_of": "1"}).content.decode()
    assert "データ版 1 のとおりに表示しています" in tree
    assert "/whatif/?period=2026-10&amp;w.channel=voice" in client.get("/why/", VOICE).content.decode()
