"""How the demo ends: sign-ins for its people, and the site in the foreground where somebody sits before it."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from rashin.cli.lib import opening

Rashin = Callable[..., Any]
COMMAND = (sys.executable, "-c", "from rashin.cli import main; main()")
#: How long anything may take before it counts as never coming: a slow machine is no fault.
PATIENCE_S = 240
SIGN_IN = re.compile(r"(\w+@umineko\.example)\s+(\S+-\d{6})")
WORDS = ("--contacts", "4000", "--months", "2", "--lang", "en")


@pytest.fixture
def folder(demo_centre: Path, tmp_path: Path) -> Path:
    """A demo centre of this test's own."""
    return Path(shutil.copytree(demo_centre, tmp_path / "centre", ignore=shutil.ignore_patterns("owner.lock", "*.sock")))


@pytest.fixture
def site_files(folder: Path, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """The static files of the site lie in the demo centre, as after its first start."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "web"))
    from site_world import static_files

    assert pytestconfig.cache is not None
    static_files(Path(pytestconfig.cache.mkdir("rashin-site")), folder)


def environ(**changes: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("RASHIN_", "DJANGO_", "DATABASE_", "DISPLAY", "WAYLAND"))
    }
    return kept | changes


def test_without_a_terminal_it_ends_and_says_how_to_go_on(folder: Path, site_files: None) -> None:
    done = subprocess.run(
        [*COMMAND, "demo", str(folder), *WORDS],
        stdin=subprocess.DEVNULL,
        env=environ(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(SIGN_IN.findall(done.stdout)) == 5
    assert "KPI board" in done.stdout
    assert re.search(r"To start the site: .*rashin.* -w \S+ web$", done.stderr, re.M)


def test_no_site_makes_nobody(rashin: Rashin, folder: Path) -> None:
    done = rashin("demo", folder, "--contacts", 4000, "--months", 2, "--no-site")
    assert (done.code, SIGN_IN.findall(done.out)) == (0, [])
    assert re.search(r"To start the site: .* demo \S+ --site", done.err)
    assert not (folder / "rashin.sqlite3").exists()


def test_with_a_terminal_it_serves_until_interrupted(folder: Path, site_files: None) -> None:
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover - another process
        os.execve(sys.executable, [*COMMAND, "demo", str(folder), *WORDS], environ(RASHIN_ALLOW_ROOT="1"))
    try:
        told = _until(terminal, r"http://127\.0\.0\.1:(\d+) \(Ctrl\+C ends it\)")
        people = dict(SIGN_IN.findall(told))
        address = re.findall(r"http://127\.0\.0\.1:\d+", told)[-1]
        assert len(people) == 5
        _ready(address)
        assert _signed_in(address, "sapporo@umineko.example", people["sapporo@umineko.example"]) == 200
        os.write(terminal, b"\x03")
        assert os.waitstatus_to_exitcode(_ended(child, PATIENCE_S)) == 0
    finally:
        if _running(child):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        os.close(terminal)


def _until(terminal: int, pattern: str) -> str:
    told, until = b"", time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if select.select([terminal], [], [], 1)[0]:
            told += os.read(terminal, 65536)
            if re.search(pattern, told.decode(errors="replace")):
                return told.decode()
    raise AssertionError(told.decode())


def _ready(address: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            if requests.get(f"{address}/readyz", timeout=10).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise AssertionError("the site does not answer")


def _signed_in(address: str, email: str, password: str) -> int:
    with requests.Session() as session:
        page = session.get(f"{address}/sign/login/", timeout=PATIENCE_S)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert token
        given = {"csrfmiddlewaretoken": token[1], "login": email, "password": password}
        answer = session.post(page.url, given, headers={"Referer": page.url}, timeout=PATIENCE_S)
        assert "/sign/" not in answer.url, answer.url
        return answer.status_code


def _running(child: int) -> bool:
    try:
        os.kill(child, 0)
    except ProcessLookupError:
        return False
    return True


def _ended(child: int, patience_s: float) -> int:
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        time.sleep(0.1)
    raise AssertionError("it does not end")


def test_root_serves_only_in_a_container(monkeypatch: pytest.MonkeyPatch) -> None:
    class State:
        def __init__(self) -> None:
            self.told: list[str] = []

        def note(self, text: str) -> None:
            self.told.append(text)

    state: Any = State()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("RASHIN_ALLOW_ROOT", "")
    monkeypatch.setattr(opening, "in_container", lambda: False)
    assert not opening.root_may_serve_demo(state)
    assert "without sudo" in state.told[-1]
    monkeypatch.setattr(opening, "in_container", lambda: True)
    assert opening.root_may_serve_demo(state)
    assert "127.0.0.1" in state.told[-1]
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert opening.root_may_serve_demo(state)


def test_the_demo_moves_to_a_free_port() -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", opening.PORT))
        except OSError:
            pass  # somebody else has it: just as good
        else:
            taken.listen()
        assert opening.free_port("127.0.0.1") != opening.PORT
