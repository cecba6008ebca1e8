"""An address that somebody typed is never a way into the own network: not by name, not by number, not by a detour."""

from __future__ import annotations

import ipaddress
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from post_office import Room, open_room, trusting

from rashin.notify import Message
from rashin.notify.webhook import AddressError, Door, check, host_of, send
from rashin.notify.webhook.address import is_public

ADDRESS = "https://chat.example.com/hook/abc?x=1"


class Listener:
    """Counts who knocks."""

    def __init__(self, family: int, host: str) -> None:
        self.socket = socket.socket(family)
        self.socket.bind((host, 0))
        self.socket.listen()
        self.socket.settimeout(0.05)
        self.port, self.knocks, self._stop = self.socket.getsockname()[1], 0, threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                taken, _ = self.socket.accept()
            except OSError:
                continue
            self.knocks += 1
            taken.close()

    def close(self) -> int:
        self._stop.set()
        self.thread.join()
        self.socket.close()
        return self.knocks


@contextmanager
def listeners() -> Iterator[list[Listener]]:
    opened = [Listener(socket.AF_INET, "127.0.0.1")]
    if socket.has_ipv6:
        opened.append(Listener(socket.AF_INET6, "::1"))
    yield opened


@pytest.mark.parametrize(
    "address",
    [
        "http://chat.example.com/", "https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "https://0x7f.1/", "https://localhost/", "https://127.1/",
        "https://chat.example.com:8443/", "https://user@chat.example.com/", "https://a:b@chat.example.com/", "https://chat.example.com\\@127.0.0.1/",
        "https://chat.example.com/\r\nHost: x", "https:///x", "file:///etc/passwd", "gopher://chat.example.com", "https://例え.jp/", "", "https://[",
        "https://chat.example.com:99999/", "https://" + "a" * 1200,
    ],
)  # fmt: skip
def test_addresses_that_may_not_be_called(address: str, message: Message) -> None:
    with pytest.raises(AddressError):
        check(address)
    assert send(address, message, "slack").state == "refused"


@pytest.mark.parametrize(
    "private",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "198.18.0.1", "::1", "::",
        "fe80::1", "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_no_private_address_is_public(private: str) -> None:
    assert not is_public(ipaddress.ip_address(private))


def test_public_addresses_are() -> None:
    assert is_public(ipaddress.ip_address("1.1.1.1"))
    assert is_public(ipaddress.ip_address("2606:4700:4700::1111"))
    assert is_public(ipaddress.ip_address("64:ff9b::101:101"))


@pytest.mark.parametrize("told", [["127.0.0.1"], ["::1"], ["1.1.1.1", "127.0.0.1"], ["fe80::1%eth0"], []])
def test_a_name_that_leads_inside_is_refused_and_nobody_is_called(told: list[str], message: Message) -> None:
    with listeners() as opened:
        for listener in opened:
            outcome = send(ADDRESS, message, "slack", door=Door(resolve=lambda host: told, port=listener.port))
            assert (outcome.state, outcome.code) == ("refused", "address")
        assert [listener.close() for listener in opened] == [0] * len(opened)


def test_a_name_is_resolved_once_and_the_address_that_was_looked_at_is_called(place: Path, message: Message) -> None:
    """The second answer of a rebinding name server is never asked for; host and certificate are those of the name."""
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    asked: list[str] = []

    def resolve(host: str) -> list[str]:
        asked.append(host)
        return next(answers)

    with open_room(place) as room:
        door = Door(resolve=resolve, allowed=lambda ip: str(ip) == "127.0.0.1", port=room.port, context=trusting(place))
        assert send(ADDRESS, message, "slack", door=door).state == "sent"
        assert asked == ["chat.example.com"]
        assert [(host, path) for host, path, _ in room.got] == [("chat.example.com", "/hook/abc?x=1")]
        assert send(ADDRESS, message, "slack", door=door).state == "refused"
        assert len(room.got) == 1


def door_of(room: Room, place: Path, **options: Any) -> Door:
    given = {"resolve": lambda host: ["127.0.0.1"], "allowed": lambda ip: True, "port": room.port, "context": trusting(place), **options}
    return Door(**given)


def test_no_detour_is_followed(place: Path, message: Message) -> None:
    with open_room(place) as room, listeners() as opened:
        room.status, room.headers = 302, {"Location": f"http://127.0.0.1:{opened[0].port}/"}
        assert send(ADDRESS, message, "teams", door=door_of(room, place)).state == "refused"
        assert [listener.close() for listener in opened] == [0] * len(opened)


def test_a_certificate_of_another_name_or_maker_is_refused(place: Path, message: Message) -> None:
    with open_room(place) as room:
        assert send("https://other.example.com/", message, "slack", door=door_of(room, place)).code == "tls"
        assert send(ADDRESS, message, "slack", door=door_of(room, place, context=None)).code == "tls"
        assert room.got == []


@pytest.mark.parametrize(
    ("status", "state"), [(200, "sent"), (202, "sent"), (404, "refused"), (410, "refused"), (429, "later"), (503, "later")]
)
def test_what_a_room_answers_is_understood(place: Path, message: Message, status: int, state: str) -> None:
    with open_room(place) as room:
        room.status, room.headers = status, {"Retry-After": "120"}
        outcome = send(ADDRESS, message, "slack", door=door_of(room, place))
        assert outcome.state == state
        assert outcome.wait_s == (120 if state == "later" else None)


def test_a_room_that_never_ends_or_never_begins_costs_its_seconds_and_no_more(place: Path, message: Message) -> None:
    import time

    with open_room(place) as room:
        room.content = b"x" * 5_000_000
        assert send(ADDRESS, message, "slack", door=door_of(room, place)).state == "sent"
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        began = time.monotonic()
        door = Door(lambda host: ["127.0.0.1"], lambda ip: True, deaf.getsockname()[1], trusting(place), limit_s=0.3)
        assert send(ADDRESS, message, "slack", door=door).state == "later"
        never = threading.Event()
        slow = Door(lambda host: [str(never.wait(60))], lambda ip: True, 1, None, limit_s=0.2)
        assert send(ADDRESS, message, "slack", door=slow).code == "resolve"
        assert time.monotonic() - began < 30
        never.set()


def test_it_can_be_called_off_before_anything_is_said(place: Path, message: Message) -> None:
    with open_room(place) as room:
        assert send(ADDRESS, message, "slack", about_to=lambda: False, door=door_of(room, place)).code == "stopped"
        assert room.got == []


def test_what_people_type_stays_text_in_every_form(place: Path, message: Message) -> None:
    hostile = replace(
        message,
        subject="<!channel> *x*",
        text="<!everyone> [click](https://evil.example) <@U1> &amp; `x`\n応答率",
        link="https://kpi.example/r/1",
    )
    with open_room(place) as room:
        for form in ("slack", "teams", "lineworks"):
            assert send(ADDRESS, hostile, form, door=door_of(room, place)).state == "sent"
        slack, teams, works = (json.loads(body) for _, _, body in room.got)
    told = json.dumps([slack["text"], slack["blocks"][1]], ensure_ascii=False)
    assert "<!" not in told
    assert "<@" not in told
    assert "<https://kpi.example/r/1|サイトで見る>" in told
    card = teams["attachments"][0]["content"]
    assert r"\[click\]\(https" in card["body"][1]["text"]
    assert card["actions"][0]["url"] == works["button"]["url"] == "https://kpi.example/r/1"
    assert works["body"]["text"].endswith("応答率")


def test_of_an_address_only_the_host_is_shown() -> None:
    assert host_of(ADDRESS) == "chat.example.com"
