"""What comes too often is held back, in words and with the time to wait; what a person does by hand is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rashin.web.people import actions, limits
from rashin.web.people.models import Person


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands: ten seconds into a minute."""
    now = [1_800_000_010.0]
    monkeypatch.setattr(limits.time, "time", lambda: now[0])
    return now


CASES = (
    ("export", "GET", "/explore/download/csv/?kpi=answer_rate&period=2026-10"),
    ("export", "POST", "/audit/export/"),
    ("export", "GET", "/data/loads/1/rejects.csv"),
    ("export", "GET", "/data/loads/1/file/"),
    ("search", "GET", "/people/?q=a"),
    ("search", "GET", "/audit/?person=a"),
    ("search", "GET", "/definitions/?q=a"),
    ("search", "GET", "/explore/kpis/?q=a"),
    ("rows", "GET", "/kpi/service_level/rows/?period=2026-10"),
    ("rows", "GET", "/data/loads/1/rejects/"),
    ("search", "GET", "/cycles/?q=a"),
)


@pytest.mark.parametrize(("kind", "method", "address"), CASES, ids=[address.split("?")[0] for _, _, address in CASES])
def test_the_one_too_many_is_refused_with_words_and_the_time_to_wait(
    kind: str, method: str, address: str, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, still: list[float]
) -> None:
    monkeypatch.setitem(limits.PER_MINUTE, kind, 2)
    client = client_of("administrator")
    ask = client.get if method == "GET" else client.post
    for _ in range(2):
        assert ask(address).status_code == 200
    late = ask(address)
    assert (late.status_code, late.headers["Retry-After"]) == (429, "51")
    assert "1分に2回まで" in late.text
    assert "51秒待って" in late.text
    assert "too_many_requests" in late.text
    # nobody else is held back, and in the next minute neither is this one
    assert (client_of("auditor").get("/audit/?person=a")).status_code == 200
    still[0] += 51
    assert ask(address).status_code == 200


def test_the_api_says_when_to_come_back(client_of: Callable[..., Any], people: dict[str, Person], monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from rashin.web.pages.api import door

    monkeypatch.setattr(door, "LIMIT", 2)
    _, secret = actions.make_key(people["analyst"], "x", timezone.now() + timedelta(days=1))
    client = client_of(None)
    for _ in range(2):
        assert client.get("/api/v1/kpis", headers={"authorization": f"Bearer {secret}"}).status_code == 200
    late = client.get("/api/v1/kpis", headers={"authorization": f"Bearer {secret}"})
    assert (late.status_code, late.headers["Retry-After"], late.json()["code"]) == (429, "51", "too_many_requests")
    assert late.json()["next"]["en"]


def test_a_sign_in_that_is_held_back_says_when_to_come_back(client_of: Callable[..., Any]) -> None:
    client = client_of(None)
    answers = [client.post("/sign/login/", {"login": f"p{n}@x.example", "password": "x"}) for n in range(35)]
    held = [each for each in answers if each.status_code == 429]
    assert all(each.headers["Retry-After"] for each in held)
    assert held or "続いています" in answers[-1].text


def test_a_count_cannot_be_washed_out(database: None) -> None:
    """Many other names do not push the count of one account out of the memory."""
    from django.core.cache import cache

    limits.over("login:boss", 1)
    for number in range(2000):
        cache.set(f"noise:{number}", 1, 600)
    assert limits.over("login:boss", 1) > 0


def test_a_fragment_whose_session_ended_loads_its_page_again(client_of: Callable[..., Any]) -> None:
    answer = client_of(None).get("/explore/kpis/?q=a", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (204, "true")
    assert client_of(None).get("/explore/kpis/?q=a").headers["Location"].startswith("/sign/login/?next=")


def test_every_address_that_is_limited_exists() -> None:
    from django.urls import get_resolver

    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert set(limits.ROUTES) <= names
    assert set(limits.ROUTES.values()) == set(limits.PER_MINUTE)
