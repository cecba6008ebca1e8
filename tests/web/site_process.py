"""`rashin web` as a process of its own, and commands beside it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import requests
from site_world import PASSWORD, free_port

#: How long anything may take before it counts as never coming: a slow machine is no fault.
PATIENCE_S = 240
#: How long a site takes to start on a machine of which its promises in seconds are kept.
START_S = 5.0
COMMAND = (sys.executable, "-c", "from rashin.cli import main; main()")
TOML = '[organisation]\nname = "テスト"\nlanguage = "en"\n\n[engine]\nthreads = 1\nmemory_limit = "1GiB"\nrollups = "never"\n'


def rashin(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the workspace."""
    return subprocess.run(
        [*COMMAND, *words],
        cwd=folder,
        env=environ(**environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )


def environ(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RASHIN_", "DJANGO_", "DATABASE_"))}
    return kept | {"RASHIN_ALLOW_ROOT": "1"} | changes


class Site:
    """A running site."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.lines = ""
        #: How many times slower than that machine this one is just now: what is promised in seconds may take so many times longer.
        self.slowness, self.began = 1.0, time.monotonic()
        self.log = (folder / "web.log").open("w+")
        words = [*COMMAND, "web", "--port", str(self.port), "--threads", "4"]
        self.process = subprocess.Popen(words, cwd=folder, env=environ(), stdout=subprocess.PIPE, stderr=self.log, text=True)

    def wait(self) -> None:
        """Wait until it answers."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            try:
                if requests.get(f"{self.address}/readyz", timeout=10).status_code == 200:
                    self.slowness = max(1.0, (time.monotonic() - self.began) / START_S)
                    return
            except requests.RequestException:
                time.sleep(0.1)
            assert self.process.poll() is None, (self.folder / "web.log").read_text()
        raise AssertionError("the site does not answer")

    def told(self) -> str:
        """What it printed when it started: three lines, however often one asks."""
        assert self.process.stdout is not None
        if not self.lines:
            self.lines = "".join(self.process.stdout.readline() for _ in range(3))
        return self.lines

    def stop(self) -> float:
        """Tell it to end; return how long that took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE_S)
        return time.monotonic() - began

    def close(self) -> None:
        """End it in any case."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.log.close()


def session_of(site: Site, role: str) -> requests.Session:
    """Sign in as the person of that role (the people of ``site_world``) and return the session."""
    session = requests.Session()
    address = f"{site.address}/sign/login/"
    answer = session.post(
        address,
        {
            "csrfmiddlewaretoken": token(session.get(address, timeout=PATIENCE_S).text),
            "login": f"{role}@umineko.example",
            "password": PASSWORD,
        },
        headers={"Referer": address},
        timeout=PATIENCE_S,
    )
    assert session.cookies.get("sessionid"), answer.text
    return session


def token(page: str) -> str:
    """Return the token of the page's forms."""
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found, page[:500]
    return found[1]


def settle(folder: Path) -> None:
    """Make the people's tables of a workspace and one person of each role in them, in a process of its own."""
    words = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[2]); from rashin.web.serve import prepare; prepare(Path(sys.argv[1])); "
        "from site_world import make_people; make_people()"
    )
    subprocess.run(
        [sys.executable, "-c", words, str(folder), str(Path(__file__).parent)],
        env=environ(),
        check=True,
        timeout=PATIENCE_S,
        capture_output=True,
    )
