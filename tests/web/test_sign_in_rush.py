"""Nine o'clock: a whole office behind one address signs in. Who waits has not failed, others are not kept waiting, and who mistypes holds up nobody else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from site_world import PASSWORD

from rashin.web import turns
from rashin.web.people.models import Person
from rashin.web.people.passwords import CappedArgon2, turn

OFFICE = "192.0.2.1"
AGENT = "analyst@umineko.example"


def enter(client: Any, email: str, password: str = PASSWORD) -> Any:
    return client.post("/sign/login/", {"login": email, "password": password})


@pytest.mark.committed
def test_twenty_people_of_one_address_come_in_at_once(
    client_of: Callable[..., Any], people: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than the ten failures a minute that an address has: they wait for their turn, and none of them has failed."""
    from django.contrib.auth.hashers import Argon2PasswordHasher
    from django.db import connections

    first = people["analyst"]
    Person.objects.bulk_create(Person(email=f"p{n}@rush.example", name="x", role="analyst", password=first.password) for n in range(20))
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda *_: (turns.threading.Event().wait(0.02), True)[1])
    gate = threading.Barrier(20)

    def come(number: int) -> int:
        try:
            gate.wait(60)
            return int(enter(client_of(None, REMOTE_ADDR=OFFICE), f"p{number}@rush.example").status_code)
        finally:
            connections.close_all()

    try:
        with ThreadPoolExecutor(20) as office:
            assert list(office.map(come, range(20))) == [302] * 20
    finally:
        Person.objects.filter(email__endswith="@rush.example").delete()


def test_a_browser_that_is_known_is_not_held_up_by_others_of_its_address(client_of: Callable[..., Any]) -> None:
    known = client_of(None, REMOTE_ADDR=OFFICE)
    enter(known, AGENT)
    cookie = known.cookies["known"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], AGENT in cookie.value) == (True, "Lax", "/sign/", False)
    known.post("/sign/logout/")
    for number in range(10):
        enter(client_of(None, REMOTE_ADDR=OFFICE), f"p{number}@umineko.example", "x")
    assert "続いています" in enter(client_of(None, REMOTE_ADDR=OFFICE), AGENT).text
    assert "違います" in enter(known, AGENT, "x").text
    assert enter(known, AGENT).status_code == 302
    # it is known for that person only, and only as long as nobody changed it
    known.post("/sign/logout/")
    assert "続いています" in enter(known, "qa@umineko.example").text
    known.cookies["known"] = cookie.value[:-1] + ("A" if cookie.value[-1] != "A" else "B")
    assert "続いています" in enter(known, AGENT).text


def test_the_count_of_the_account_holds_for_a_known_browser_too(client_of: Callable[..., Any]) -> None:
    known = client_of(None, REMOTE_ADDR=OFFICE)
    enter(known, AGENT)
    known.post("/sign/logout/")
    for number in range(10):
        enter(client_of(None, REMOTE_ADDR=f"198.51.100.{number}") if number % 2 else known, AGENT, "x")
    assert "続いています" in enter(known, AGENT).text
    assert "続いています" in enter(client_of(None, REMOTE_ADDR="198.51.100.99"), AGENT).text


def test_who_has_a_turn_hashes_without_waiting_for_another() -> None:
    """The turn is taken once: counting the try and comparing the password do not wait for each other."""
    wrong = "argon2$argon2id$v=19$m=1024,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"
    both, done = threading.Barrier(2), []

    def compare() -> None:
        with turn():
            both.wait(60)
            done.append(CappedArgon2().verify("x", wrong))

    two = [threading.Thread(target=compare) for _ in range(2)]
    for each in two:
        each.start()
    for each in two:
        each.join(60)
    assert done == [False, False]


def test_who_finds_the_queue_full_is_told_when_to_come_back(client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "QUEUE", 0)
    client = client_of(None)
    answer = enter(client, AGENT)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.headers["Refresh"] == "5; url=/sign/login/"
    assert "混み合っています" in answer.text
    assert PASSWORD not in answer.text
    assert client.get("/sign/login/").status_code == 200
    assert "Refresh" not in client.post("/sign/password/reset/", {"email": AGENT}).headers


def test_pages_are_let_in_as_many_as_the_site_was_told_and_health_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(turns.PAGES, "2")
    inside, most, lock, go = [0], [0], threading.Lock(), threading.Event()

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path != "/healthz":
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            go.wait(60)
            with lock:
                inside[0] -= 1
        return HttpResponse()

    in_turn, ask = turns.in_turn(answer), RequestFactory()
    with ThreadPoolExecutor(8) as crowd:
        pages = [crowd.submit(in_turn, ask.get("/")) for _ in range(4)]
        signing_in = [crowd.submit(in_turn, ask.post("/sign/login/")) for _ in range(2)]
        assert in_turn(ask.get("/healthz")).status_code == 200
        while inside[0] < 4:
            threading.Event().wait(0.01)
        go.set()
        assert [each.result(60).status_code for each in (*pages, *signing_in)] == [200] * 6
    assert most[0] == 4  # two pages, and both who sign in


def test_forms_on_their_way_hold_no_page_and_have_a_lane_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """One form that is never sent to its end: pages go on, and the next form is turned away at once instead of waiting behind it."""
    monkeypatch.setenv(turns.PAGES, "1")
    monkeypatch.setattr(turns, "ARRIVING", 1)
    go, read, ask = threading.Event(), threading.Event(), RequestFactory()
    slow = ask.post("/account/", "a=1", content_type="application/x-www-form-urlencoded")
    slow._read_started = False

    class Slowly:
        def read(self, *_: int) -> bytes:
            read.set()
            go.wait(60)
            return b"a=1"

        def close(self) -> None:
            """Nothing to give back."""

    slow._stream = Slowly()
    in_turn = turns.in_turn(lambda request: HttpResponse(str(hasattr(request, "turned_away"))))
    with ThreadPoolExecutor(1) as other:
        first = other.submit(in_turn, slow)
        assert read.wait(60)
        assert in_turn(ask.get("/")).content == b"False"
        assert in_turn(ask.post("/account/", {"a": "1"}, content_type="application/json")).content == b"True"
        go.set()
        assert first.result(60).content == b"False"
    assert in_turn(ask.post("/account/", {"a": "1"}, content_type="application/json")).content == b"False"
