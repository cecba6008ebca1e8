"""Customers leave when they ask and when their time is over, always by an action with its line; what is large waits for a second person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from rashin.web.people import audit, retention
from rashin.web.people.models import Approval, AuditRow, Person

PAGE = "/data/personal/"


def a_customer(own: Any) -> str:
    found = own.store.read(
        "SELECT customer_key AS key FROM contact WHERE customer_key IS NOT NULL GROUP BY 1 HAVING count(*) > 1 ORDER BY count(*) DESC, 1 LIMIT 1"
    )
    return str(found.column(0)[0].as_py())


def figures(own: Any, as_of: int | None = None) -> list[Any]:
    answer = own.ask(["volume", "answer_rate", "repeat_rate", "fcr", "aht", "caller_reach"], period="2026-10", by="queue", as_of=as_of)
    return [(cell.kpi, cell.dimensions["queue"], cell.value, cell.n) for cell in answer.cells()]


def settle(own: Any, words: str) -> None:
    path = own.workspace.path / "rashin.toml"
    path.write_text(path.read_text("utf-8") + words, "utf-8")
    own.workspace.__dict__.pop("config", None)


@pytest.fixture
def second(people: dict[str, Person]) -> Person:
    return Person.objects.create_user("second@example.jp", "a long enough password", name="管理 次郎", role="administrator")


def test_a_customer_is_looked_up_asked_for_by_one_and_taken_out_by_another(
    own_centre: Any, client_of: Callable[..., Any], second: Person, people: dict[str, Person]
) -> None:
    key, before, was = a_customer(own_centre), own_centre.store.snapshot(), figures(own_centre)
    client = client_of("administrator", lang="ja")
    seen = client.post(f"{PAGE}look/", {"keys": key}).content.decode()
    assert "応対の行" in seen
    assert "値は一つも変わりません" in seen
    client.post(f"{PAGE}ask/", {"keys": key, "reference": "R-7", "reason": "本人からの求め"})
    row = Approval.objects.get()
    own = client.post(f"{PAGE}requests/{row.public_id}/", {"do": "agree"})
    assert own.status_code == 403, "nobody agrees to their own request"
    client.force_login(second, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(f"{PAGE}requests/{row.public_id}/", {"do": "agree"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.decided_by, row.subject) == ("done", second, {})
    assert row.result["rows"] > 1
    left = own_centre.store.read("SELECT count(*) FROM contact WHERE customer_key = ?", [key]).column(0)[0].as_py()
    assert left == 0
    assert figures(own_centre) == was
    assert figures(own_centre, before) == was, "as of before, too"
    lines = list(AuditRow.objects.filter(action__startswith="eras").values_list("action", flat=True))
    assert lines == ["erased", "erasure_asked", "erasure_looked"]
    assert not any(key in str(each.detail) + each.target for each in AuditRow.objects.all())
    assert audit.verify().broken_at is None
    assert "R-7" in client.get(PAGE).content.decode()


def test_too_short_a_key_would_meet_others(centre: Any, client_of: Callable[..., Any]) -> None:
    answer = client_of("administrator", lang="ja").post(f"{PAGE}look/", {"keys": "09"})
    assert answer.status_code == 400
    assert "4文字以上" in answer.content.decode()


def test_who_is_not_known_is_said_to_be_so(centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("administrator", lang="en").post(f"{PAGE}look/", {"keys": "nobody-of-that-name"}).content.decode()
    assert "Nothing is kept under the 1 keys" in page


def test_what_is_too_old_is_shown_before_and_goes_with_the_tick_once_a_day(own_centre: Any, client_of: Callable[..., Any]) -> None:
    settle(own_centre, "\n[retention]\ncustomer_months = 1\ntext_months = 1\nraw_months = 0\n")
    own_centre.today = lambda: date(2026, 11, 20)
    was = figures(own_centre)
    page = client_of("auditor", lang="ja").get(PAGE).content.decode()
    assert "次の整理" in page
    assert "1か月" in page
    assert "いま整理する" not in page, "an auditor reads"
    due = retention.due()
    assert due.facts.keys > 0
    assert retention.keep(timezone.now()) > 0
    assert retention.keep(timezone.now()) == 0
    assert retention.due().nothing
    assert figures(own_centre) == was
    line = AuditRow.objects.get(action="retention_run")
    assert (line.person, line.detail["keys"]) == (retention.BY, due.facts.keys)


def test_without_a_setting_nothing_ever_goes(centre: Any) -> None:
    assert retention.due().nothing
    assert retention.keep(timezone.now()) == 0


def test_users_who_left_long_ago_lose_their_names(own_centre: Any, people: dict[str, Person], second: Person) -> None:
    settle(own_centre, "\n[retention]\npeople_months = 6\n")
    second.is_active, second.left_at = False, timezone.now() - timedelta(days=250)
    second.save()
    assert retention.run(people["administrator"]).people == 1
    second.refresh_from_db()
    assert second.email.endswith(retention.GONE)
    assert "次郎" not in second.name
    assert retention.run(people["administrator"]).people == 0


def test_months_end_where_months_end() -> None:
    assert retention.day_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert retention.day_before(date(2026, 1, 15), 13) == date(2024, 12, 15)
    assert retention.day_before(date(2026, 1, 15), 0) is None


def test_a_large_file_waits_for_a_second_person_where_a_setting_says_so(
    own_centre: Any, client_of: Callable[..., Any], people: dict[str, Person]
) -> None:
    settle(own_centre, "\n[privacy]\nminimum_group = 1\napprove_exports_over = 3\n")
    address = "/explore/download/csv/?kpi=aht&by=queue&period=2026-10"
    analyst = client_of("analyst", lang="ja")
    refused = analyst.get(address)
    assert refused.status_code == 403
    assert "承認を依頼しました" in refused.content.decode()
    assert analyst.get(address).status_code == 403
    row = Approval.objects.get()
    boss = client_of("administrator", lang="ja")
    assert "書き出し(" in boss.get(PAGE).content.decode()
    boss.post(f"{PAGE}requests/{row.public_id}/", {"do": "agree"})
    assert analyst.get(address).status_code == 200
    assert analyst.get(address.replace("2026-10", "2026-09")).status_code == 403, "another question is another file"
    Approval.objects.filter(pk=row.pk).update(decided_at=timezone.now() - timedelta(days=8))
    assert analyst.get(address).status_code == 403


def test_small_files_and_the_usual_setting_ask_nobody(centre: Any, client_of: Callable[..., Any]) -> None:
    assert client_of("analyst").get("/explore/download/csv/?kpi=aht&by=queue&period=2026-10").status_code == 200
    assert not Approval.objects.exists()
