"""`rashin web` when things go wrong or come together: a second site, commands beside uploads, a killed process, clients that hang up, an end under load."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from site_process import COMMAND, PATIENCE_S, TOML, Site, environ, rashin, session_of, settle, token
from site_world import copy_centre, free_port, static_files

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def settled(centre: Any, shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo centre with people, ready to be served; copied for each test that starts a site."""
    folder = copy_centre(shelf, tmp_path_factory.mktemp("settled") / "centre")
    static_files(shelf, folder)
    (folder / "rashin.toml").write_text(TOML, "utf-8")
    settle(folder)
    return folder


@pytest.fixture(scope="module")
def site(settled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site on a copy of the demo centre, for the tests that leave it running."""
    standing = Site(Path(shutil.copytree(settled, tmp_path_factory.mktemp("standing") / "centre")))
    try:
        standing.wait()
        yield standing
    finally:
        standing.close()


@pytest.fixture
def site_of(settled: Path, tmp_path: Path) -> Iterator[Callable[[], Site]]:
    """``site_of()``: a running site on a copy of the demo centre; again: another process on the same copy."""
    folder, sites = tmp_path / "centre", list[Site]()
    shutil.copytree(settled, folder)

    def make() -> Site:
        sites.append(Site(folder))
        sites[-1].wait()
        return sites[-1]

    yield make
    for site in sites:
        site.close()


def calls(folder: Path, mark: str) -> bytes:
    """A month of calls whose numbers begin with ``mark``: new rows."""
    return next(folder.glob("sources/pbx-sapporo/*2026-10.csv")).read_bytes().replace(b"S2610-", mark.encode())


def upload(site: Site, session: requests.Session, name: str, data: bytes, **fields: str) -> str:
    """Send a file as the page does; return the address of its progress."""
    page = f"{site.address}/data/upload/"
    given = {"csrfmiddlewaretoken": token(session.get(page, timeout=PATIENCE_S).text)} | fields
    answer = session.post(
        page, given, files={"files": (name, data)}, headers={"Referer": page, "Accept": "application/json"}, timeout=PATIENCE_S
    )
    assert answer.status_code == 200, answer.text
    return site.address + str(answer.json()["next"])


def ended(session: requests.Session, progress: str) -> str:
    """Wait until nothing of an upload moves any more; return its page."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        page = session.get(progress, timeout=PATIENCE_S).text
        if "hx-get" not in page:
            return page
        time.sleep(0.2)
    raise AssertionError(page)


def loads(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(rashin(folder, "loads", "--format", "json").stdout)
    return found


def test_a_second_site_started_in_the_same_moment_is_refused(settled: Path, tmp_path: Path) -> None:
    folder = tmp_path / "centre"
    shutil.copytree(settled, folder)
    first = Site(folder)
    try:
        while not (
            (folder / "site.lock").exists() and (folder / "site.lock").read_text()
        ):  # a busy machine may begin the second process before the first
            time.sleep(0.01)
        ports = [free_port() for _ in range(3)]
        others = []
        for port in ports:
            words = [*COMMAND, "web", "--port", str(port)]
            others.append(subprocess.Popen(words, cwd=folder, env=environ(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
            time.sleep(0.7)
        codes = []
        for other in others:
            _, said = other.communicate(timeout=PATIENCE_S)
            codes.append(other.returncode)
            assert "[workspace_owned]" in said
        assert codes == [5, 5, 5]
        first.wait()
        assert requests.get(f"{first.address}/healthz", timeout=PATIENCE_S).status_code == 200
    finally:
        first.close()


def test_a_site_that_cannot_begin_says_why_and_ends_with_its_code(settled: Path, tmp_path: Path) -> None:
    folder = tmp_path / "centre"
    shutil.copytree(settled, folder)
    (folder / "kpis").mkdir(exist_ok=True)
    (folder / "kpis" / "broken.toml").write_text("[broken", "utf-8")
    refused = rashin(folder, "web", "--port", str(free_port()))
    assert (refused.returncode, "broken.toml" in refused.stderr) == (3, True), refused.stderr


def test_loads_from_commands_and_from_the_page_at_the_same_time_are_all_there(site: Site, tmp_path: Path) -> None:
    session = session_of(site, "analyst")
    before = len(loads(site.folder))
    for mark in ("A2610-", "B2610-"):
        (tmp_path / f"{mark}.csv").write_bytes(calls(site.folder, mark))
    with ThreadPoolExecutor(4) as together:
        commands = [
            together.submit(rashin, site.folder, "load", str(tmp_path / f"{mark}.csv"), "--mapping", "pbx-sapporo")
            for mark in ("A2610-", "B2610-")
        ]
        page = together.submit(upload, site, session, "C.csv", calls(site.folder, "C2610-"), mapping="pbx-sapporo")
        for done in commands:
            result = done.result()
            assert result.returncode == 0, result.stderr
            assert "its owner does this" in result.stderr
        assert "取り込みました" in ended(session, page.result()) or "Loaded" in ended(session, page.result())
    after = loads(site.folder)
    assert len(after) == before + 3
    listed = session.get(f"{site.address}/data/", timeout=PATIENCE_S).text
    assert [name for name in ("A2610-.csv", "B2610-.csv", "C.csv") if name not in listed] == [], listed
    # and the chain of the log holds, whoever wrote to it
    held = rashin(site.folder, "audit", "verify")
    assert held.returncode == 0, held.stdout + held.stderr


def test_what_was_received_is_loaded_although_the_site_was_killed(site_of: Callable[[], Site]) -> None:
    site = site_of()
    session = session_of(site, "analyst")
    progress = [upload(site, session, f"K{n}.csv", calls(site.folder, f"K{n}2610-"), mapping="pbx-sapporo") for n in range(3)]
    asked = upload(site, session, "new.csv", b"id,when,what\r\n1,2026-10-01 09:00:00,x\r\n")
    owner = json.loads((site.folder / "owner.lock").read_text())["pid"]
    subprocess.run(["kill", "-9", str(owner)], check=True)
    site.process.wait(PATIENCE_S)
    again = site_of()
    fresh = session_of(again, "analyst")
    for address in progress:
        page = fresh.get(again.address + address.removeprefix(site.address), timeout=PATIENCE_S)
        if page.status_code == 200:  # what was loaded before the end is in the list of loads only
            ended(fresh, page.url)
    assert {f"K{n}.csv" for n in range(3)} <= {each["file"] for each in loads(again.folder)}
    page = fresh.get(again.address + asked.removeprefix(site.address), timeout=PATIENCE_S).text
    assert "mapping" in page
    # once each, whatever was repeated
    files = [each["file"] for each in loads(again.folder)]
    assert all(files.count(f"K{n}.csv") == 1 for n in range(3))


def test_it_ends_under_load_within_ten_seconds_and_goes_on_where_it_was(site_of: Callable[[], Site]) -> None:
    site = site_of()
    session = session_of(site, "analyst")
    upload(site, session, "L.csv", calls(site.folder, "L2610-"), mapping="pbx-sapporo")
    stop, answered = threading.Event(), list[int]()

    def ask() -> None:
        own = requests.Session()
        own.cookies.update(session.cookies)
        while not stop.is_set():
            try:
                answered.append(own.get(f"{site.address}/?period=2026-10", timeout=PATIENCE_S).status_code)
            except requests.RequestException:
                answered.append(0)
                stop.wait(0.05)

    with ThreadPoolExecutor(12) as crowd:
        for _ in range(12):
            crowd.submit(ask)
        time.sleep(2)
        took = site.stop()
        stop.set()
    assert took < 10 * site.slowness
    assert site.process.returncode == 0
    assert set(answered) <= {200, 0, 503}
    assert 200 in answered
    again = site_of()
    fresh = session_of(again, "analyst")
    until = time.monotonic() + PATIENCE_S
    while "L.csv" not in fresh.get(f"{again.address}/data/", timeout=PATIENCE_S).text and time.monotonic() < until:
        time.sleep(0.2)
    assert [each["file"] for each in loads(again.folder)].count("L.csv") == 1


def test_clients_that_hang_up_in_the_middle_of_an_upload_leave_nothing(site: Site) -> None:
    session = session_of(site, "analyst")
    page = session.get(f"{site.address}/data/upload/", timeout=PATIENCE_S).text
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)
    head = (
        f"POST /data/upload/ HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nCookie: {cookies}\r\nReferer: {site.address}/data/upload/\r\n"
        f"X-CSRFToken: {token(page)}\r\nContent-Type: multipart/form-data; boundary=zz\r\nContent-Length: 5000000\r\n\r\n"
        '--zz\r\nContent-Disposition: form-data; name="files"; filename="half.csv"\r\n\r\n'
    ).encode()
    before = len(loads(site.folder))
    for number in range(20):
        with socket.create_connection(("127.0.0.1", site.port)) as connection:
            connection.sendall(head + b"1,2,3\r\n" * (number * 2000))
            connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00"
            )  # a reset, as when a cable is pulled
    assert requests.get(f"{site.address}/readyz", timeout=PATIENCE_S).status_code == 200
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and list((site.folder / "landing").glob("tmp*")):
        time.sleep(0.2)
    assert list((site.folder / "landing").glob("tmp*")) == []
    assert list((site.folder / ".uploads").iterdir()) == [] if (site.folder / ".uploads").exists() else True
    assert len(loads(site.folder)) == before


def test_connections_that_say_nothing_do_not_keep_others_out(site: Site) -> None:
    silent = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(200)]
    try:
        for each in silent:
            each.sendall(b"GET / HTTP/1.1\r\nHost: ")
        began = time.monotonic()
        assert requests.get(f"{site.address}/healthz", timeout=PATIENCE_S).status_code == 200
        assert time.monotonic() - began < 2 * site.slowness
    finally:
        for each in silent:
            each.close()


FORM, FILE = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("path", "kind"), [("/sign/login/", FORM), ("/account/", FORM), ("/api/v1/ask", "application/json"), ("/data/upload/", FILE)]
)
def test_requests_whose_body_never_comes_do_not_keep_others_out(site: Site, path: str, kind: str) -> None:
    """With the cookie of the token, or nobody would wait for the body."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nCookie: csrftoken={'a' * 32}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: 100000\r\n\r\na="
    )
    slow = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(70)]
    try:
        for each in slow:
            each.sendall(head.encode())
        time.sleep(0.5)
        for address in ("/healthz", "/sign/login/", "/"):
            began = time.monotonic()
            assert requests.get(site.address + address, timeout=PATIENCE_S).status_code == 200
            assert time.monotonic() - began < 5 * site.slowness
    finally:
        for each in slow:
            each.close()


def test_its_files_are_its_own_and_it_listens_in_one_place(site: Site) -> None:
    assert oct(site.folder.stat().st_mode & 0o777) == "0o700"
    for name in ("web.secret", "rashin.sqlite3", "owner.lock", "site.lock", "owner.channel"):
        mode = (site.folder / name).stat().st_mode & 0o777
        assert mode & 0o077 == 0, (name, oct(mode))
    owner = json.loads((site.folder / "owner.lock").read_text())["pid"]
    listening = _listening({site.process.pid, owner})
    assert listening == {("0100007F", site.port)}


def _listening(pids: set[int]) -> set[tuple[str, int]]:
    """Addresses (hexadecimal) and ports on which these processes listen, as the kernel tells."""
    sockets = set()
    for pid in pids:
        for handle in Path(f"/proc/{pid}/fd").iterdir():
            try:
                target = str(handle.readlink())
            except OSError:
                continue
            if target.startswith("socket:["):
                sockets.add(target[8:-1])
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and words[9] in sockets:
                place, port = words[1].split(":")
                found.add((place, int(port, 16)))
    return found


def test_a_browser_that_keeps_its_connection_does_not_hold_up_the_end(site_of: Callable[[], Site]) -> None:
    site = site_of()
    browser = requests.Session()
    assert browser.get(f"{site.address}/sign/login/", timeout=PATIENCE_S).status_code == 200
    assert site.stop() < 6 * site.slowness  # where it was held up, the worker was killed after eight
    assert site.process.returncode == 0
    browser.close()


def test_the_demo_run_again_while_its_site_is_up_says_where_it_is(site: Site) -> None:
    again = rashin(site.folder, "demo", str(site.folder), "--contacts", "3000", "--months", "3", "--lang", "en")
    assert again.returncode == 0, again.stderr
    assert f"already open: {site.address}" in again.stdout
    assert "kanri@umineko.example" in again.stdout
    silent = rashin(site.folder, "demo", str(site.folder), "--contacts", "3000", "--months", "3", "--lang", "en", "--no-site")
    assert (silent.returncode, site.address in silent.stdout, "kanri" in silent.stdout) == (0, True, False)


def test_a_second_site_is_told_where_the_first_one_is(site: Site) -> None:
    second = rashin(site.folder, "web", "--port", str(site.port))
    assert second.returncode == 5
    assert site.address in second.stderr
