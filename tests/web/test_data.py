"""The data page: loads with receipts, upload, mapping, rejects to mend, completeness, snapshots."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rashin.web.pages.data import incoming, jobs, kept

OCTOBER = "通話履歴_札幌_2026-10.csv"
HEAD = "通話ID,受付日時,応答日時,終了日時,窓口,担当者名,顧客番号,結果,待ち時間(秒)"
GOOD = (
    "N-1,2026-11-02 09:00:00,2026-11-02 09:00:10,2026-11-02 09:05:00,注文,佐藤 葵,1001,応答,10",
    "N-2,2026-11-02 09:30:00,,2026-11-02 09:30:40,注文,,1002,放棄,40",
)
BAD = "N-3,2026-11-02 10:00:00,2026-11-02 10:00:10,2026-11-02 10:05:00,注文,佐藤 葵,1003,応答,-10"


def sheet(*rows: str) -> bytes:
    return "\r\n".join((HEAD, *rows, "")).encode("cp932")


def file(name: str, data: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, data)


def load_of(centre: Any, name: str) -> Any:
    return next(each for each in reversed(centre.loads()) if each.file_name == name)


def with_rejects(centre: Any) -> Any:
    return next(each for each in reversed(centre.loads()) if each.source == "pbx-sapporo" and each.receipt().total.rejected)


@pytest.fixture
def quiet() -> Iterator[None]:
    """No job of a test outlives it."""
    yield
    assert jobs.idle()


# looking


def test_loads_stand_newest_first_and_every_row_is_accounted_for(centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get("/data/")
    listed = page.context["loads"]
    assert [each["id"] for each in listed] == sorted((each["id"] for each in listed), reverse=True)
    assert page.context["every"] == len(centre.loads())
    for each in listed:
        total = each["total"]
        assert total.rows_in == total.accepted + total.rejected + total.duplicate + total.ignored


def test_a_load_says_why_rows_do_not_count(centre: Any, client_of: Callable[..., Any]) -> None:
    from rashin.web.pages.data import loads

    record = next(each for each in centre.loads() if each.receipt().total.ignored)
    page = client_of("analyst").get(f"/data/loads/{record.load_id}/").text
    notes = loads.said(record).ignored
    assert notes
    assert all(note.text.ja in page for note in notes)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_part_opens_in_both_languages(centre: Any, client_of: Callable[..., Any], lang: str) -> None:
    client, number = client_of("administrator", lang=lang), with_rejects(centre).load_id
    for part in (
        "",
        "calendar/",
        "snapshots/",
        "upload/",
        f"loads/{number}/",
        f"loads/{number}/rejects/",
        f"loads/{number}/withdraw/",
        f"snapshots/{number}/",
        f"snapshots/{number}/changes/",
    ):
        assert client.get(f"/data/{part}").status_code == 200, part


def test_loads_are_found_by_source_and_file_name(client_of: Callable[..., Any]) -> None:
    page = client_of("auditor").get("/data/", {"source": "pbx-sapporo", "q": "2026-10"})
    assert {each["record"].source for each in page.context["loads"]} == {"pbx-sapporo"}
    assert all("2026-10" in each["record"].file_name for each in page.context["loads"])


def test_a_load_says_which_figures_it_changed(centre: Any, client_of: Callable[..., Any]) -> None:
    corrected = next(each for each in centre.loads() if each.receipt().total.replaced and each.source == "pbx-sapporo")
    effect = client_of("analyst").get(f"/data/snapshots/{corrected.load_id}/changes/").context["effect"]
    assert effect.total > 0
    assert all(each["before"].value != each["after"].value or each["before"].n != each["after"].n for each in effect.cells)


def test_the_source_that_stopped_says_since_when(client_of: Callable[..., Any]) -> None:
    page = client_of("supervisor").get("/data/calendar/")
    assert [each["name"] for each in page.context["stopped"]] == ["survey"]
    text = page.content.decode()
    assert "2026-10-15(木)から届いていません" in text


def test_the_calendar_tells_arrived_missing_and_not_expected_apart(client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get("/data/calendar/", {"period": "2026-10"})
    survey = next(each for each in page.context["sources"] if each["name"] == "survey")
    marks = {each["day"].day: each["mark"] for each in survey["days"]}
    assert len(marks) == 31
    assert (marks[20], marks[14]) == ("×", "●")
    assert "10-15–10-31" in survey["missing"]


def test_an_empty_workspace_explains_the_steps(empty_centre: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    assert "最初のファイルを取り込む" in client.get("/data/").content.decode()
    for part in ("calendar/", "snapshots/"):
        assert client.get(f"/data/{part}").status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_loads(centre: Any, client_of: Callable[..., Any]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of("analyst")
    counts = []
    for query in ({}, {"source": "costs"}):
        client.get("/data/", query)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get("/data/", query)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12


def test_what_does_not_exist_is_not_found(client_of: Callable[..., Any]) -> None:
    client = client_of("administrator")
    for part in (
        "loads/99999/",
        "snapshots/99999/",
        "snapshots/0/changes/",
        "uploads/nothing/",
        "jobs/nothing/mapping/",
        "loads/99999/rejects.csv",
    ):
        assert client.get(f"/data/{part}").status_code == 404, part


# who may see rows


def test_refused_rows_are_for_people_without_limited_scope(centre: Any, client_of: Callable[..., Any]) -> None:
    number = with_rejects(centre).load_id
    supervisor = client_of("supervisor").get(f"/data/loads/{number}/rejects/")
    assert supervisor.context["reasons"]
    assert "open" not in supervisor.context
    assert client_of("supervisor").get(f"/data/loads/{number}/rejects.csv").status_code == 404
    assert "open" not in client_of("auditor").get(f"/data/loads/{number}/rejects/").context
    assert client_of("analyst").get(f"/data/loads/{number}/rejects/").context["open"]["rows"]


def test_reasons_without_rows_hold_no_value_of_a_row(centre: Any, client_of: Callable[..., Any]) -> None:
    number = with_rejects(centre).load_id
    shown = client_of("supervisor").get(f"/data/loads/{number}/rejects/").content.decode()
    values = {row["value"] for row in centre.rejects(number).to_pylist() if row["value"] and len(row["value"]) > 3}
    assert values
    assert not [value for value in values if value in shown]


def test_looking_at_refused_rows_is_logged(centre: Any, client_of: Callable[..., Any]) -> None:
    from rashin.web.people.models import AuditRow

    number = with_rejects(centre).load_id
    client = client_of("analyst")
    client.get(f"/data/loads/{number}/rejects/")
    assert AuditRow.objects.first().action == "rejects_viewed"
    assert client.get(f"/data/loads/{number}/rejects.csv").content.startswith(b"\xef\xbb\xbf#load,")
    assert AuditRow.objects.first().action == "rejects_exported"


def test_the_landed_file_is_for_administrators_and_logged(centre: Any, client_of: Callable[..., Any]) -> None:
    from rashin.web.people.models import AuditRow

    record = with_rejects(centre)
    assert client_of("analyst").get(f"/data/loads/{record.load_id}/file/").status_code == 403
    answer = client_of("administrator").get(f"/data/loads/{record.load_id}/file/")
    assert b"".join(answer.streaming_content)
    assert AuditRow.objects.first().action == "file_downloaded"


def test_an_analyst_with_a_limited_scope_may_not_change_data(centre: Any, people: dict[str, Any], client_of: Callable[..., Any]) -> None:
    from rashin.web.people.models import Grant

    Grant.objects.create(person=people["analyst"], dimension="team", value="sapporo-1")
    client, number = client_of("analyst"), with_rejects(centre).load_id
    assert client.post("/data/upload/", {"files": file("a.csv", sheet(*GOOD))}).status_code == 403
    assert client.post(f"/data/loads/{number}/withdraw/", {"sure": "1", "reason": "x"}).status_code == 403


# files on their way in


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\x\\通話.csv", "通話.csv"), ("..", "file"), ("a\n<b>.csv", "a__b_.csv"), ("=cmd|x.csv", "_cmd_x.csv"), ("x" * 300 + ".csv", "x" * 76 + ".csv")],
)  # fmt: skip
def test_a_file_name_is_only_a_name(given: str, kept: str) -> None:
    assert incoming.safe_name(given) == kept


def test_the_time_of_the_file_is_believed_unless_it_is_nonsense() -> None:
    moment = incoming.last_modified("1793500000000")
    assert moment is None or moment.year == 2026
    assert [incoming.last_modified(text) for text in ("", "-1", "１２", "9" * 14, "now")] == [None] * 5


def test_an_upload_without_files_says_so(own_centre: Any, client_of: Callable[..., Any]) -> None:
    assert client_of("analyst").post("/data/upload/").status_code == 400


def test_a_request_over_the_limit_writes_nothing_and_says_so(
    own_centre: Any, client_of: Callable[..., Any], settings_with: Callable[..., Any]
) -> None:
    settings_with(UPLOAD_LIMIT=1000)
    answer = client_of("analyst").post("/data/upload/", {"files": file("big.csv", b"x" * 5000)})
    assert answer.status_code == 400
    assert "upload_too_large" in answer.content.decode()


@pytest.fixture
def settings_with() -> Iterator[Callable[..., None]]:
    from django.test import override_settings

    active: list[Any] = []

    def change(**values: Any) -> None:
        active.append(override_settings(**values))
        active[-1].enable()

    yield change
    for each in reversed(active):
        each.disable()


@pytest.mark.committed
def test_a_file_whose_mapping_is_known_is_loaded_and_figures_follow(own_centre: Any, client_of: Callable[..., Any], quiet: None) -> None:
    before = own_centre.snapshot()
    source = next(own_centre.workspace.path.glob("sources/pbx-sapporo/*2026-10.csv"))
    data = source.read_bytes().replace(b"S2610-", b"T2610-")
    client = client_of("analyst")
    answer = client.post("/data/upload/", {"files": file(source.name, data), "modified": "1793404800000"})
    assert answer.status_code == 302
    assert jobs.idle()
    page = client.get(answer["Location"])
    (job,) = page.context["jobs"]
    assert (job.state, job.why) == ("done", None)
    assert own_centre.snapshot() == before + 1
    record = own_centre.loads()[-1]
    assert (record.by, record.source, record.file_name) == ("analyst@umineko.example", "pbx-sapporo", source.name)
    assert not list(kept.place(own_centre.workspace).iterdir())
    assert "取り込みました" in page.content.decode()


@pytest.mark.committed
def test_the_same_file_again_changes_nothing_and_a_broken_one_says_why(own_centre: Any, client_of: Callable[..., Any], quiet: None) -> None:
    before = own_centre.snapshot()
    source = next(own_centre.workspace.path.glob("sources/sales/*2026-10.csv"))
    client = client_of("analyst")
    answer = client.post("/data/upload/", {"files": [file(source.name, source.read_bytes()), file("empty.csv", b"")], "mapping": "sales"})
    assert jobs.idle()
    states = {
        job.name: (job.state, [each.recognised for each in job.receipts], job.why) for job in client.get(answer["Location"]).context["jobs"]
    }
    assert states[source.name] == ("done", [True], None)
    assert own_centre.snapshot() == before


@pytest.mark.committed
def test_an_unknown_form_is_asked_about_then_saved_and_loaded(own_centre: Any, client_of: Callable[..., Any], quiet: None) -> None:
    from rashin.web.people.models import AuditRow

    client = client_of("analyst")
    answer = client.post("/data/upload/", {"files": file("新しい表.csv", sheet(*GOOD, BAD))})
    (job,) = client.get(answer["Location"]).context["jobs"]
    assert job.state == "needs_mapping"
    address = f"/data/jobs/{job.id}/mapping/"
    form = client.get(address)
    assert form.context["columns"]
    answers = {"fact": "contact", "source": "pbx-new", "name": "pbx-new", "action": "save"}
    for doubt in form.context["doubts"]:
        answers[f"d:{doubt['name']}"] = "Asia/Tokyo" if doubt["name"] == "zone" else doubt["choices"][0][0]
    refused = client.post(address, {**answers, "name": "../evil"})
    assert refused.status_code == 422
    assert refused.context["trouble"]["code"] == "mapping_name"
    preview = client.post(address, {**answers, "action": "preview"}, headers={"HX-Request": "true"}).context["preview"][0]
    assert (preview["accepted"], preview["rejected"]) == (2, 1)
    assert client.post(address, answers).status_code == 302
    assert jobs.idle()
    record = own_centre.loads()[-1]
    total = record.receipt().total
    assert (record.source, total.rows_in, total.accepted, total.rejected) == ("pbx-new", 3, 2, 1)
    assert (own_centre.workspace.path / "mappings" / "pbx-new.toml").is_file()
    assert {"file_uploaded", "mapping_saved", "load_started", "loaded"} <= set(AuditRow.objects.values_list("action", flat=True))
    # the next file of this form needs no asking
    client.post("/data/upload/", {"files": file("翌日.csv", sheet(GOOD[0].replace("N-1", "N-9")))})
    assert jobs.idle()
    assert own_centre.loads()[-1].receipt().total.accepted == 1


@pytest.mark.committed
def test_mended_rows_are_read_again_and_the_original_is_marked(own_centre: Any, client_of: Callable[..., Any], quiet: None) -> None:
    record = with_rejects(own_centre)
    client = client_of("analyst")
    rows = client.get(f"/data/loads/{record.load_id}/rejects/").context["open"]["rows"]
    row = next(each for each in rows if each["reason"].startswith("負の値"))
    cell = next(each for each in row["cells"] if each["wrong"])
    given = {f"cell:{row['key']}:{each['name']}": each["text"] for each in row["cells"]}
    assert client.post(f"/data/loads/{record.load_id}/mend/", given).status_code == 400  # nothing was changed
    given[f"cell:{row['key']}:{cell['name']}"] = cell["text"].lstrip("-")
    answer = client.post(f"/data/loads/{record.load_id}/mend/", given)
    assert jobs.idle()
    (job,) = client.get(answer["Location"]).context["jobs"]
    assert (job.state, job.receipts[0].mends, job.receipts[0].total.accepted) == ("done", record.load_id, 1)
    reasons = client.get(f"/data/loads/{record.load_id}/").context["reasons"]
    assert next(each for each in reasons if each["code"] == "negative")["open"] == 0


@pytest.mark.committed
def test_a_withdrawal_wants_a_reason_and_can_be_undone(own_centre: Any, client_of: Callable[..., Any], quiet: None) -> None:
    record = own_centre.loads()[-1]
    client, address = client_of("analyst"), f"/data/loads/{record.load_id}/withdraw/"
    assert client.post(address, {"reason": "間違い"}).status_code == 422
    assert client.post(address, {"sure": "1", "reason": " "}).status_code == 400
    client.post(address, {"sure": "1", "reason": "間違ったファイルだった"})
    assert jobs.idle()
    assert own_centre.loads()[-1].withdrawn_by == "analyst@umineko.example"
    page = client.get(f"/data/loads/{record.load_id}/").content.decode()
    assert "間違ったファイルだった" in page
    assert client.post(address, {"sure": "1", "reason": "もう一度"}).status_code == 409
    client.post(f"/data/loads/{record.load_id}/again/")
    assert jobs.idle()
    again = own_centre.loads()[-1]
    assert (again.withdrawn_at, again.file_name, again.receipt().total.rows_in) == (None, record.file_name, record.receipt().total.rows_in)


@pytest.mark.committed
def test_a_file_can_be_stopped_before_it_is_read(own_centre: Any, client_of: Callable[..., Any], quiet: None) -> None:
    before = own_centre.snapshot()
    client = client_of("analyst")
    answer = client.post("/data/upload/", {"files": file("新しい表.csv", sheet(*GOOD))})
    (job,) = client.get(answer["Location"]).context["jobs"]
    client.post(f"/data/jobs/{job.id}/stop/")
    assert job.state == "cancelled"
    assert not job.path.exists()
    assert own_centre.snapshot() == before


def test_a_running_load_that_is_stopped_leaves_nothing(own_centre: Any, tmp_path: Path) -> None:
    from rashin.intake.run import load

    before = own_centre.snapshot()
    source = next(own_centre.workspace.path.glob("sources/pbx-sapporo/*2026-10.csv"))
    path = tmp_path / "x.csv"
    path.write_bytes(source.read_bytes().replace(b"S2610-", b"U2610-"))
    job = jobs.Job("load", "x.csv", "b", (1, "a@example.jp", "a"), own_centre, path)
    job.stop.set()
    with pytest.raises(jobs.CancelledError):
        load(own_centre.store, [path], "pbx-sapporo", by="a", watch=job.watch)
    assert own_centre.snapshot() == before


@pytest.mark.committed
def test_hostile_text_from_a_file_is_shown_as_text(own_centre: Any, client_of: Callable[..., Any], quiet: None) -> None:
    evil = "<img src=x onerror=alert(1)>"
    client = client_of("analyst")
    rows = (*GOOD, BAD.replace("佐藤 葵", evil))
    answer = client.post(
        "/data/upload/", {"files": file("evil<b>.csv", sheet(*rows).replace("窓口".encode("cp932"), f"窓口{evil}".encode("cp932")))}
    )
    (job,) = client.get(answer["Location"]).context["jobs"]
    page = client.get(f"/data/jobs/{job.id}/mapping/").content.decode()
    assert evil not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    jobs.stop(job)


def test_every_answer_that_is_offered_is_said_in_words() -> None:
    from rashin.connect import Doubt
    from rashin.errors import Bilingual
    from rashin.web.pages.data.proposal import _choice

    doubt = Doubt("no_offered_at", Bilingual("続けますか。", "Go on?"), ("go_on",))
    assert (_choice(doubt, "go_on", "ja"), _choice(doubt, "go_on", "en")) == ("はい、続ける", "yes, go on")
    outcome = Doubt("value", Bilingual("どれですか。", "Which?"), ("answered",))
    assert _choice(outcome, "answered", "ja") == "応答(answered)"
