"""`rashin web` as a process: it owns the workspace, does what other commands ask, refuses to run twice or as root, and ends when told to."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from site_process import PATIENCE_S, TOML, Site, environ, rashin
from site_world import copy_centre, free_port, static_files


@pytest.fixture(scope="module")
def served(centre: Any, shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that runs for all tests of this module."""
    folder = copy_centre(shelf, tmp_path_factory.mktemp("served") / "centre")
    static_files(shelf, folder)
    (folder / "rashin.toml").write_text(TOML, "utf-8")
    site = Site(folder)
    try:
        site.wait()
        yield site
    finally:
        site.close()


def test_it_is_healthy_ready_and_compressed(served: Site) -> None:
    assert requests.get(f"{served.address}/healthz", timeout=PATIENCE_S).json() == {"status": "ok"}
    assert requests.get(f"{served.address}/readyz", timeout=PATIENCE_S).json() == {"status": "ok", "parts": {"people": "ok", "facts": "ok"}}
    page = requests.get(f"{served.address}/sign/login/", timeout=PATIENCE_S).text
    for address in re.findall(r'(?:src|href|data-vega)="(/static/[^"]+\.(?:js|css))"', page):
        answer = requests.get(served.address + address, timeout=PATIENCE_S, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip", address
        assert "immutable" in answer.headers["Cache-Control"]


def join(served: Site) -> bool:
    """Let the first administrator in by the link that was told; False when somebody has used it."""
    link = re.search(r"http://\S+/account/join/\S+", served.told())
    assert link
    session = requests.Session()
    page = session.get(link[0], timeout=PATIENCE_S)
    if page.status_code == 404:
        return False
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token
    given = {"csrfmiddlewaretoken": token[1], "email": "boss@umineko.example", "name": "Boss", "password1": "kamome to nami no oto"}
    answer = session.post(page.url, given | {"password2": given["password1"]}, headers={"Referer": page.url}, timeout=PATIENCE_S)
    assert (answer.status_code, answer.url) == (200, f"{served.address}/")
    return True


def test_the_first_administrator_is_let_in_once(served: Site) -> None:
    assert join(served)
    assert not join(served)


def test_a_command_is_done_by_the_site(served: Site) -> None:
    done = rashin(served.folder, "loads", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert "its owner does this" in done.stderr
    assert len(json.loads(done.stdout)) > 20


def test_it_does_not_run_twice_on_one_workspace(served: Site) -> None:
    second = rashin(served.folder, "web", "--port", str(free_port()))
    owner = json.loads((served.folder / "owner.lock").read_text())["pid"]
    assert second.returncode == 5
    assert str(owner) in second.stderr
    assert "[workspace_owned]" in second.stderr


def test_it_does_not_run_on_a_port_that_is_taken(served: Site, tmp_path: Path) -> None:
    (tmp_path / "rashin.toml").write_text(TOML, "utf-8")
    second = rashin(tmp_path, "web", "--port", str(served.port))
    assert (second.returncode, "[address_taken]" in second.stderr) == (6, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be refused for being root")
def test_it_does_not_run_as_root(tmp_path: Path) -> None:
    (tmp_path / "rashin.toml").write_text(TOML, "utf-8")
    refused = rashin(tmp_path, "web", RASHIN_ALLOW_ROOT="0")
    assert (refused.returncode, "[web_as_root]" in refused.stderr) == (5, True)


def test_its_log_is_json_without_personal_data(served: Site) -> None:
    for _ in range(6):
        requests.get(f"{served.address}/sign/login/?email=boss@umineko.example", timeout=PATIENCE_S)
    lines = (served.folder / "web.log").read_text().splitlines()
    assert len(lines) > 5
    assert {"at", "level", "logger", "message"} <= json.loads(lines[0]).keys()
    assert not any("boss@" in line for line in lines)


def test_the_audit_log_is_verified_from_outside(served: Site) -> None:
    join(served)  # unless an earlier test did
    held = rashin(served.folder, "audit", "verify")
    assert held.returncode == 0, held.stderr
    last = held.stdout.split()[-1]
    assert rashin(served.folder, "audit", "verify", "--holds", last).returncode == 0
    listed = json.loads(rashin(served.folder, "audit", "list", "--format", "json").stdout)
    assert {row["action"] for row in listed} >= {"first_token_made", "joined", "sign_in"}
    import sqlite3

    with sqlite3.connect(served.folder / "rashin.sqlite3") as people:
        kept = people.execute("SELECT * FROM web_auditrow WHERE sequence = (SELECT max(sequence) FROM web_auditrow)").fetchone()
        people.execute("DELETE FROM web_auditrow WHERE sequence = (SELECT max(sequence) FROM web_auditrow)")
    people.close()
    assert rashin(served.folder, "audit", "verify").returncode == 0
    cut = rashin(served.folder, "audit", "verify", "--holds", last)
    assert (cut.returncode, "broken" in cut.stdout) == (8, True)
    assert kept


def test_it_ends_within_ten_seconds_and_leaves_nothing_behind(served: Site) -> None:
    assert served.stop() < 10 * served.slowness
    assert served.process.returncode == 0
    assert not (served.folder / "owner.channel").exists()
    assert rashin(served.folder, "loads", "--last", "1").returncode == 0


def test_a_worker_does_not_outlive_its_parent(shelf: Path, tmp_path: Path) -> None:
    folder = copy_centre(shelf, tmp_path / "centre")
    static_files(shelf, folder)
    (folder / "rashin.toml").write_text(TOML, "utf-8")
    site = Site(folder)
    try:
        site.wait()
        owner = json.loads((folder / "owner.lock").read_text())["pid"]
        assert owner != site.process.pid
        site.process.kill()
        site.process.wait()
        until = time.monotonic() + PATIENCE_S
        while Path(f"/proc/{owner}").exists() and time.monotonic() < until:
            time.sleep(0.1)
        assert not Path(f"/proc/{owner}").exists()
    finally:
        site.close()


def test_the_audit_command_says_when_there_is_no_site_yet(tmp_path: Path) -> None:
    (tmp_path / "rashin.toml").write_text(TOML, "utf-8")
    none = rashin(tmp_path, "audit", "verify")
    assert (none.returncode, "[site_never_started]" in none.stderr) == (5, True)


def test_the_demo_has_sign_ins_that_stay_the_same(shelf: Path, tmp_path: Path, client_of: Callable[..., Any]) -> None:
    folder = copy_centre(shelf, tmp_path / "centre")
    static_files(shelf, folder)
    static_files(shelf, folder)
    (folder / "rashin.toml").write_text(TOML, "utf-8")
    words = "import sys, json; from pathlib import Path; from rashin.web.people.demo import create; print(json.dumps(create(Path(sys.argv[1]))))"
    runs = [
        subprocess.run(
            [sys.executable, "-c", words, str(folder)], env=environ(), capture_output=True, text=True, check=True, timeout=PATIENCE_S
        ).stdout
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
    assert [role for role, *_ in json.loads(runs[0])] == ["administrator", "supervisor", "analyst", "agent", "vendor_supervisor"]
    (folder / "expected.json").unlink()
    refused = subprocess.run(
        [sys.executable, "-c", words, str(folder)], env=environ(), capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    assert "not_a_demo" in refused.stderr
