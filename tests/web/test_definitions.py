"""Definitions in the browser: found by words, read, edited with the checks of loading, kept as versions, restored; nobody's change is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rashin.web.pages.definitions import shelf
from rashin.web.people.models import AuditRow

NARROWER = """\
[answer_rate]
min_n = 7
purpose = { ja = "自分たちの目的", en = "Our own purpose" }
"""
WRONG = NARROWER + 'value = "answred / offered"\n'
OWN = """\
[abandoned_calls]
name = { ja = "放棄件数", en = "Abandoned calls" }
family = "accessibility"
priority = "low"
fact = "contact"
unit = "count"
better = "lower"
purpose = { ja = "件数で見る", en = "Seen as a count" }
meaning = { ja = "放棄された件数", en = "How many were abandoned" }
measures.abandoned = "count(*) filter (where outcome = 'abandoned')"
value = "abandoned"
min_n = 0
source = { ja = "社内", en = "Ours" }
version = 1
since = "2026-11-01"
"""


def base_of(centre: Any, key: str = "answer_rate") -> str:
    return shelf.held(centre.workspace.folder("kpis"), key).base


def save(client: Any, centre: Any, text: str, *, base: str | None = None, reason: str = "窓口の取り決め", key: str = "answer_rate") -> Any:
    form = {"text": text, "base": base or base_of(centre, key), "reason": reason, "do": "save"}
    return client.post(f"/definitions/{key}/edit/", form)


@pytest.mark.parametrize("words", ["応答率", "Answer rate", "ANSWER_RATE", "answer rate", "Genesys Cloud: Answer %"])
def test_a_kpi_is_found_in_either_language_and_by_whose_figure_it_reproduces(
    centre: Any, client_of: Callable[..., Any], words: str
) -> None:
    page = client_of("agent").get("/definitions/", {"q": words}).content.decode()
    assert "/definitions/answer_rate/" in page
    assert "/definitions/total_cost/" not in page


def test_nothing_found_says_what_to_do(centre: Any, client_of: Callable[..., Any]) -> None:
    assert "Use fewer words" in client_of("qa", lang="en").get("/definitions/", {"q": "zzzz"}).content.decode()


def test_every_definition_has_a_page(centre: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    assert {client.get(f"/definitions/{key}/").status_code for key in centre.catalogue.kpis} == {200}
    assert client.get("/definitions/no_such/").status_code == 404


def test_the_page_of_a_kpi_shows_formula_source_benchmark_and_variants(centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("analyst", lang="en").get("/definitions/answer_rate/").content.decode()
    for said in ("answered / offered", "80%–90%", "Genesys Cloud: Answer %", "never changed here", "Read together with"):
        assert said in page


def test_only_who_may_edit_comes_to_the_editor(centre: Any, client_of: Callable[..., Any]) -> None:
    for role in ("agent", "supervisor", "qa", "analyst", "vendor_supervisor", "auditor"):
        client = client_of(role)
        assert client.get("/definitions/answer_rate/edit/").status_code == 403
        assert client.post("/definitions/answer_rate/check/", {"text": NARROWER}).status_code == 403
        assert save(client, centre, NARROWER).status_code == 403
    assert client_of("administrator").get("/definitions/answer_rate/edit/").status_code == 200


def test_the_editor_begins_with_what_is_in_force(centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("administrator").get("/definitions/answer_rate/edit/")
    assert page.context["text"].startswith("[answer_rate]\n")
    assert "[abandon_rate]" not in page.context["text"]


def test_a_check_names_place_word_and_suggestion(centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("administrator").post("/definitions/answer_rate/check/", {"text": WRONG}).content.decode()
    assert "answred" in page
    assert "<code>answered</code>" in page
    assert "answer_rate.toml" in page


@pytest.mark.parametrize(
    "text",
    ["[answer_rate", "[other]\nx = 1\n", "x = 1", "[answer_rate]\nmin_n = 'a'\n", "a" * 100_001, "[answer_rate]\n" + "x=" + "[" * 5000],
)
def test_nonsense_is_refused_in_words(centre: Any, client_of: Callable[..., Any], text: str) -> None:
    answer = client_of("administrator").post("/definitions/answer_rate/check/", {"text": text})
    assert answer.status_code == 200
    assert "保存できません" in answer.content.decode()


def test_a_check_shows_the_figures_before_and_after_and_saves_nothing(own_centre: Any, client_of: Callable[..., Any]) -> None:
    halved = '[answer_rate]\nvalue = "answered / offered / 2"\n'
    before = own_centre.catalogue.version
    answer = client_of("administrator").post("/definitions/answer_rate/check/", {"text": halved})
    tried = {each.key: each for each in answer.context["tried"]}
    assert tried["answer_rate"].after.value == pytest.approx(tried["answer_rate"].before.value / 2)
    assert not tried["answer_rate:genesys"].differs
    assert own_centre.catalogue.version == before
    assert not list(own_centre.workspace.folder("kpis").glob("*.toml"))


def test_saving_changes_the_figures_at_once_and_leaves_a_line_in_the_log(own_centre: Any, client_of: Callable[..., Any]) -> None:
    client, before = client_of("administrator"), own_centre.catalogue.version
    assert save(client, own_centre, NARROWER).status_code == 302
    assert own_centre.catalogue.definition("answer_rate").min_n == 7
    assert own_centre.catalogue.version != before
    assert "自分たちの目的" in client.get("/definitions/answer_rate/").content.decode()
    line = AuditRow.objects.filter(action="definition_changed").get()
    assert (line.target, line.person, line.detail["reason"]) == ("answer_rate", "administrator@umineko.example", "窓口の取り決め")
    assert line.detail["catalogue"] == [before, own_centre.catalogue.version]


@pytest.mark.parametrize("reason", ["", "  ", "x"])
def test_saving_needs_a_reason(own_centre: Any, client_of: Callable[..., Any], reason: str) -> None:
    answer = save(client_of("administrator"), own_centre, NARROWER, reason=reason)
    assert answer.status_code == 400
    assert answer.context["text"] == NARROWER
    assert not list(own_centre.workspace.folder("kpis").glob("*.toml"))


def test_what_is_wrong_is_not_saved(own_centre: Any, client_of: Callable[..., Any]) -> None:
    assert save(client_of("administrator"), own_centre, WRONG).status_code == 400
    assert not list(own_centre.workspace.folder("kpis").glob("*.toml"))
    assert not AuditRow.objects.filter(action="definition_changed").exists()


def test_of_two_editors_the_second_is_told_and_keeps_their_text(own_centre: Any, client_of: Callable[..., Any]) -> None:
    client, base = client_of("administrator"), base_of(own_centre)
    assert save(client, own_centre, NARROWER, base=base).status_code == 302
    late = NARROWER.replace("7", "9")
    answer = save(client, own_centre, late, base=base)
    assert answer.status_code == 409
    assert answer.context["text"] == late
    assert own_centre.catalogue.definition("answer_rate").min_n == 7
    assert save(client, own_centre, late, base=answer.context["base"]).status_code == 302


def test_an_earlier_version_and_the_built_in_one_can_be_restored(own_centre: Any, client_of: Callable[..., Any]) -> None:
    client, built_in = client_of("administrator"), own_centre.catalogue.version
    save(client, own_centre, NARROWER)
    save(client, own_centre, NARROWER.replace("7", "9"))
    assert "版 1" in client.get("/definitions/answer_rate/history/1/").content.decode()
    form = {"number": "1", "base": base_of(own_centre), "reason": "7件で十分"}
    assert client.post("/definitions/answer_rate/restore/", form).status_code == 302
    assert own_centre.catalogue.definition("answer_rate").min_n == 7
    form = {"number": "0", "base": base_of(own_centre), "reason": "標準に合わせる"}
    assert client.post("/definitions/answer_rate/restore/", form).status_code == 302
    assert own_centre.catalogue.version == built_in
    kept = shelf.versions(own_centre.workspace.folder("kpis"), "answer_rate")
    assert [each.number for each in kept] == [4, 3, 2, 1]
    assert kept[0].removed
    assert kept[1].reason == "7件で十分"


def test_a_kpi_of_ones_own_is_added_asked_and_taken_away(own_centre: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("administrator")
    page = client.get("/definitions/new-kpi/", {"key": "abandoned_calls"})
    form = {"key": "abandoned_calls", "text": OWN, "base": page.context["base"], "reason": "週次で使う", "do": "save"}
    assert client.post("/definitions/new-kpi/", form).status_code == 302
    assert client.get("/kpi/abandoned_calls/?period=2026-10").status_code == 200
    form = {"number": "0", "base": base_of(own_centre, "abandoned_calls"), "reason": "使わない"}
    assert client.post("/definitions/abandoned_calls/restore/", form).url == "/definitions/"
    assert client.get("/kpi/abandoned_calls/").status_code == 404


def test_the_skeleton_of_a_new_kpi_is_valid(own_centre: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("administrator")
    text = client.get("/definitions/new-kpi/", {"key": "brand_new"}).context["text"]
    assert "問題ありません" in client.post("/definitions/brand_new/check/", {"text": text}).content.decode()


@pytest.mark.parametrize("key", ["answer_rate", "No", "a-b", "1a", "../x", "あ", "x" * 65])
def test_names_that_cannot_be_are_refused(centre: Any, client_of: Callable[..., Any], key: str) -> None:
    assert client_of("administrator").get("/definitions/new-kpi/", {"key": key}).status_code == 400


def test_a_definition_that_stands_with_others_in_one_file_is_moved_and_the_others_stay(
    own_centre: Any, client_of: Callable[..., Any]
) -> None:
    folder: Path = own_centre.workspace.folder("kpis")
    (folder / "ours.toml").write_text(f"# ours\n[asa]\nmin_n = 3\n\n{NARROWER}", "utf-8")
    own_centre.reload_definitions()
    assert shelf.held(folder, "answer_rate").text == NARROWER
    assert save(client_of("administrator"), own_centre, NARROWER.replace("7", "8")).status_code == 302
    assert (folder / "ours.toml").read_text("utf-8").startswith("# ours\n[asa]\nmin_n = 3\n")
    assert own_centre.catalogue.definition("answer_rate").min_n == 8
    assert own_centre.catalogue.definition("asa").min_n == 3
    kept = shelf.versions(folder, "answer_rate")
    assert [each.text for each in kept] == [NARROWER.replace("7", "8"), NARROWER]


def test_what_people_write_is_shown_as_text(own_centre: Any, client_of: Callable[..., Any]) -> None:
    hostile = "<script>alert(1)</script>"
    client = client_of("administrator")
    text = f'[answer_rate]\npurpose = {{ ja = "{hostile}", en = "{hostile}" }}\n'
    assert save(client, own_centre, text, reason=hostile).status_code == 302
    for path in (
        "/definitions/answer_rate/",
        "/definitions/answer_rate/edit/",
        "/definitions/answer_rate/history/1/",
        "/definitions/?q=script",
        "/kpi/answer_rate/",
    ):
        assert hostile not in client.get(path).content.decode()


def test_a_definition_shows_its_worked_examples(client_of: Callable[..., Any]) -> None:
    page = client_of("agent", lang="en").get("/definitions/service_level/")
    first = page.context["worked"][0]
    fact, headings, rows = first.tables[0]
    assert (fact, headings[0], len(rows)) == ("Contact", "rows", 9)
    assert first.results[0] == ("Default", "70.0%", "0.7")
    assert "One day of 100 arrivals" in page.content.decode()


def test_every_built_in_kpi_has_a_worked_example(centre: Any) -> None:
    from rashin.web.pages.definitions import worked

    lacking = [key for key, kpi in centre.catalogue.kpis.items() if not worked.of(kpi, "ja")]
    assert lacking == []


def test_every_file_of_worked_examples_is_packed_with_the_product() -> None:
    import tomllib
    from pathlib import Path

    root = Path(__file__).parents[2]
    packed = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    files = {f"tests/spec/{path.name}": f"rashin/catalogue/examples/{path.name}" for path in (root / "tests" / "spec").glob("*.toml")}
    assert packed == files
