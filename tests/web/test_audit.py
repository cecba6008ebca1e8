"""The audit log: whoever changes, removes or slips in a line breaks the chain; it is searched and exported."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable
from typing import Any

import pytest

from rashin.web.people import audit
from rashin.web.people.models import AuditRow, Person


@pytest.fixture
def log(people: dict[str, Person]) -> list[AuditRow]:
    """Five lines."""
    AuditRow.objects.all().delete()
    return [audit.record("rows_viewed", f"row {number}", by=people["qa"], detail={"n": number}) for number in range(5)]


def test_an_untouched_log_holds(log: list[AuditRow]) -> None:
    assert (audit.verify().rows, audit.verify().broken_at) == (5, None)


@pytest.mark.parametrize("field", ["person", "role", "address", "action", "target", "at", "detail", "before", "digest"])
def test_a_changed_line_breaks_the_chain_where_it_stands(log: list[AuditRow], field: str) -> None:
    from datetime import timedelta

    other = {"at": log[2].at + timedelta(microseconds=1), "detail": {"n": 99}}.get(field, "f" * 20)
    AuditRow.objects.filter(sequence=3).update(**{field: other})
    assert audit.verify().broken_at == 3


def test_a_removed_line_breaks_the_chain(log: list[AuditRow]) -> None:
    AuditRow.objects.filter(sequence=3).delete()
    assert audit.verify().broken_at == 3


def test_a_line_slipped_in_breaks_the_chain(log: list[AuditRow]) -> None:
    AuditRow.objects.filter(sequence=5).update(sequence=6)
    forged = AuditRow(sequence=5, at=log[3].at, person="x", action="rows_viewed", before=log[3].digest)
    forged.digest = audit.digest(forged)
    forged.save(force_insert=True)
    assert audit.verify().broken_at == 6


def test_a_line_sealed_anew_is_noticed_by_the_next_one(log: list[AuditRow]) -> None:
    row = AuditRow.objects.get(sequence=2)
    row.target = "something else"
    row.digest = audit.digest(row)
    row.save()
    assert audit.verify().broken_at == 3


@pytest.mark.parametrize(
    "text", ["\x00", "\\u0000", "😀", "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"), "a" * 5000]
)
def test_whatever_is_recorded_can_be_verified(people: dict[str, Person], text: str) -> None:
    audit.record("rows_viewed", text, by=people["qa"], detail={text: [text, {"n": 1.5}]})
    assert audit.verify().broken_at is None


@pytest.mark.committed
def test_many_writers_at_once_make_one_unbroken_chain(people: dict[str, Person]) -> None:
    from django.db import connection

    def write() -> None:
        for _ in range(5):
            audit.record("rows_viewed", by=people["qa"])
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (audit.verify().rows, audit.verify().broken_at) == (30, None)


def test_an_action_whose_line_cannot_be_written_does_not_happen(people: dict[str, Person], monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import transaction

    from rashin.web.people import actions

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(audit, "_append", full)
    with pytest.raises(OSError, match="no space"), transaction.atomic():
        actions.leave(people["administrator"], people["qa"].public_id, people["qa"].version)
    assert Person.objects.get(pk=people["qa"].pk).is_active


def test_the_log_is_searched_by_person_action_and_day(
    log: list[AuditRow], people: dict[str, Person], client_of: Callable[..., Any]
) -> None:
    client = client_of("auditor")
    audit.record("left", "gone@umineko.example", by=people["administrator"])
    day = f"{log[0].at:%Y-%m-%d}"
    assert "gone@umineko.example" in client.get("/audit/?action=left").text
    assert "row 1" not in client.get("/audit/?action=left").text
    assert "row 1" not in client.get("/audit/?person=gone%40umineko").text
    assert "row 1" in client.get("/audit/?person=qa%40umineko").text
    assert "row 1" not in client.get("/audit/?since=2999-01-01").text
    assert "row 1" in client.get(f"/audit/?since=2000-01-01&until={'2999-12-31' if day else ''}").text
    assert client.get("/audit/?since=13月&until=2026-02-31&before=-1").status_code == 200
    assert client.get("/audit/?action=%00").status_code == 400
    assert client.post("/audit/export/", {"person": "\x00"}).status_code == 200


def test_older_lines_are_a_page_away(people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    AuditRow.objects.all().delete()
    for number in range(130):
        audit.record("rows_viewed", f"row-{number:03}", by=people["qa"])
    client = client_of("auditor")
    first = client.get("/audit/?action=rows_viewed").text
    assert ("row-129" in first, "row-029" in first) == (True, False)
    assert "before=31" in first
    assert "row-029" in client.get("/audit/?action=rows_viewed&before=31").text


def test_the_button_verifies(log: list[AuditRow], client_of: Callable[..., Any]) -> None:
    client = client_of("auditor", lang="en")
    assert "none changed, removed or inserted" in client.post("/audit/verify/").text
    AuditRow.objects.filter(sequence=2).update(target="x")
    fragment = client.post("/audit/verify/", headers={"HX-Request": "true"}).text
    assert "from number 2 on" in fragment
    assert "<html" not in fragment


def test_the_export_is_recorded_and_safe_in_a_spreadsheet(people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    for target in ("=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", "\r=1", "=1", 'a"b,c\nd'):
        audit.record("rows_viewed", target, by=people["qa"])
    answer = client_of("auditor").post("/audit/export/", {"person": "qa@"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["target"] for row in rows] == ["'=HYPERLINK(1)", "'+1", "'-1", "'@x", "'\t=1", "'\r=1", "'=1", 'a"b,c\nd']
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="rashin-audit-')
    assert AuditRow.objects.filter(action="audit_exported", person="auditor@umineko.example").count() == 1


def test_what_was_written_down_is_read_in_ones_own_language() -> None:
    from rashin.web.pages.audit.words import told

    detail: dict[str, object] = {"rows": 6, "methods": ["password", "mfa"], "where": {"team": ["a"]}, "reason": "", "odd": True}
    assert told(detail, "ja") == "行: 6; 方法: password, mfa; 範囲: team=a; odd: ✓"
    assert told(detail, "en") == "rows: 6; method: password, mfa; where: team=a; odd: ✓"
