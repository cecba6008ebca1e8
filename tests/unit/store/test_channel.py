"""The channel to the owner: a command that finds the workspace owned gets its answer from the owner, and nobody else gets anything."""

from __future__ import annotations

import json
import os
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rashin.store import channel
from rashin.store.channel import Channel, NoChannelError, Reply, Request, send


class Heard:
    """What a client's terminal shows."""

    def __init__(self) -> None:
        self.out, self.err, self.raw = "", "", b""

    def ask(self, folder: Path, *argv: str, **more: object) -> int:
        def add(name: str) -> Callable[[str | bytes], None]:
            return lambda piece: setattr(self, name, getattr(self, name) + piece)

        return send(folder, Request(argv, **more), add("out"), add("err"), add("raw"))


def echo(request: Request, reply: Reply) -> int:
    reply.out(f"{' '.join(request.argv)} [{request.lang} {request.width} {request.cwd}]")
    reply.err("注意\n")
    if request.argv[0] == "big":
        reply.out("あ" * 200_000)
        reply.raw(bytes(range(256)) * 1000)
    if request.argv[0] == "crash":
        raise RuntimeError("a secret of the owner")
    return 3


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    opened = Channel(tmp_path, echo).start()
    yield tmp_path
    opened.stop()
    assert list(tmp_path.iterdir()) == []


def test_the_owner_answers_with_output_errors_and_exit_code(folder: Path) -> None:
    heard = Heard()
    assert heard.ask(folder, "ask", "応答率", lang="en", width=120, cwd="here") == 3
    assert (heard.out, heard.err) == ("ask 応答率 [en 120 here]", "注意\n")


def test_long_answers_and_bytes_arrive_whole(folder: Path) -> None:
    heard = Heard()
    heard.ask(folder, "big")
    assert heard.out.endswith("あ" * 200_000)
    assert heard.raw == bytes(range(256)) * 1000


def test_several_commands_at_once(folder: Path) -> None:
    heard = [Heard() for _ in range(8)]
    threads = [threading.Thread(target=h.ask, args=(folder, "big", str(n))) for n, h in enumerate(heard)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(h.out.startswith(f"big {n} ") and len(h.raw) == 256_000 for n, h in enumerate(heard))


def test_what_goes_wrong_inside_stays_inside(folder: Path) -> None:
    heard = Heard()
    assert heard.ask(folder, "crash") == 1
    assert "RuntimeError" in heard.err
    assert "secret" not in heard.err


def test_socket_and_token_are_the_owners_alone(folder: Path) -> None:
    for name in (channel.SOCKET, channel.NOTE):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def raw_talk(folder: Path, data: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(folder / channel.SOCKET))
        connection.settimeout(60)
        try:
            connection.sendall(data)
            return connection.recv(1000)
        except ConnectionError:
            return b""


GOOD = {"argv": ["x"], "lang": "ja", "cwd": "", "width": 80}


@pytest.mark.parametrize(
    "wrong",
    [
        b"\n",
        b"not json\n",
        b"[1]\n",
        b"[" * 60_000 + b"\n",
        b"x" * (channel.REQUEST_BYTES + 100),
        json.dumps({**GOOD, "token": "0" * 64}).encode() + b"\n",
        json.dumps({**GOOD, "token": None}).encode() + b"\n",
        json.dumps(GOOD).encode() + b"\n",
    ],
)
def test_strangers_get_not_a_word(folder: Path, wrong: bytes) -> None:
    assert raw_talk(folder, wrong) == b""


@pytest.mark.parametrize("part", [{"argv": "x"}, {"argv": [1]}, {"width": "wide"}, {"width": None}, {"cwd": ...}])
def test_a_request_of_the_wrong_form_is_dropped_even_with_the_token(folder: Path, part: dict[str, object]) -> None:
    token = json.loads((folder / channel.NOTE).read_text())["token"]
    message = {**GOOD, "token": token, **part}
    if part.get("cwd") is ...:
        del message["cwd"]
    assert raw_talk(folder, json.dumps(message).encode() + b"\n") == b""


def test_a_client_that_says_nothing_is_dropped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "REQUEST_SECONDS", 0.2)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(folder / channel.SOCKET))
        connection.settimeout(60)
        assert connection.recv(10) == b""


def test_too_many_clients_are_turned_away_and_later_ones_served(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "MOST_CLIENTS", 1)
    with socket.socket(socket.AF_UNIX) as idle:
        idle.connect(str(folder / channel.SOCKET))  # those who come are let in in their order
        with pytest.raises(NoChannelError):
            Heard().ask(folder, "x")
    assert _answered(folder) == 3


def _answered(folder: Path) -> int:
    """What the owner answers as soon as it has seen that the one before has left."""
    until = time.monotonic() + 60
    while True:
        try:
            return Heard().ask(folder, "x")
        except NoChannelError:
            assert time.monotonic() < until
            time.sleep(0.02)


def test_without_an_owner_or_with_a_dead_one_it_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoChannelError):
        Heard().ask(tmp_path, "x")
    # what kill -9 leaves behind: a note and a socket that nobody listens on
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / channel.SOCKET))
    (tmp_path / channel.NOTE).write_text(json.dumps({"socket": str(tmp_path / channel.SOCKET), "token": "t"}))
    with pytest.raises(NoChannelError) as caught:
        Heard().ask(tmp_path, "x")
    assert caught.value.exit_code == 5
    # the next owner clears it away
    opened = Channel(tmp_path, echo).start()
    assert Heard().ask(tmp_path, "x") == 3
    opened.stop()


def test_a_silent_owner_is_not_waited_for_for_ever_but_a_busy_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "SILENCE_SECONDS", 1.5)
    monkeypatch.setattr(channel, "ALIVE_SECONDS", 0.05)
    done = threading.Event()

    def slow(request: Request, reply: Reply) -> int:
        done.wait(float(request.argv[0]))
        return 0

    opened = Channel(tmp_path, slow).start()
    assert Heard().ask(tmp_path, "1.8") == 0  # longer than it may be silent, but it says that it lives
    monkeypatch.setattr(channel, "SILENCE_SECONDS", 0.2)
    monkeypatch.setattr(channel, "ALIVE_SECONDS", 60)
    with pytest.raises(NoChannelError):
        Heard().ask(tmp_path, "60")
    done.set()
    opened.stop()


def test_work_goes_on_when_the_client_leaves(tmp_path: Path) -> None:
    left, finished = threading.Event(), threading.Event()

    def work(request: Request, reply: Reply) -> int:
        left.wait(60)
        for _ in range(100):
            reply.out("x" * 10_000)
        assert reply.gone.is_set()
        finished.set()
        return 0

    opened = Channel(tmp_path, work).start()
    token = json.loads((tmp_path / channel.NOTE).read_text())["token"]
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(tmp_path / channel.SOCKET))
        connection.sendall(json.dumps({**GOOD, "token": token}).encode() + b"\n")
    left.set()
    assert finished.wait(60)
    opened.stop()


def test_a_path_too_long_for_a_socket_is_no_obstacle(tmp_path: Path) -> None:
    deep = tmp_path / ("長い名前のフォルダー" * 6) / "w"
    deep.mkdir(parents=True)
    assert len(os.fsencode(deep / channel.SOCKET)) > 108
    opened = Channel(deep, echo).start()
    elsewhere = Path(json.loads((deep / channel.NOTE).read_text())["socket"])
    assert stat.S_IMODE(elsewhere.parent.stat().st_mode) == 0o700
    assert Heard().ask(deep, "x") == 3
    opened.stop()
    assert not elsewhere.parent.exists()
