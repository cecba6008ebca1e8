"""How `rashin demo` ends: sign-ins for its people, and the site in the foreground where somebody sits before it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.cli.lib import opening
from rashin.cli.lib.app import program, typed
from rashin.cli.lib.lang import lang, say
from rashin.errors import Bilingual, OutsideError

if TYPE_CHECKING:
    from rashin.cli.lib.app import App

HOST, THREADS = "127.0.0.1", 8


def finish(state: App, folder: Path, site: bool | None) -> None:
    """Show the sign-ins and serve the site (``site`` True, or None with a terminal); else say how to start it. False: only say how."""
    state.held.close()
    if site is False:
        _how(state, folder, signed=False)
        return
    people = _people(folder)
    if (site is None and not sys.stdin.isatty()) or not opening.root_may_serve_demo(state):
        _told(state, people)
        _how(state, folder, signed=True)
        return
    port = opening.free_port(HOST)
    url = os.environ.setdefault("RASHIN_URL", opening.address(HOST, port))
    os.environ.setdefault("RASHIN_LOG", "warning")  # a line for every request would push the sign-ins off the screen
    _told(state, people)
    state.screen.out("")
    if opening.has_screen():
        opening.browse_when_ready(opening.address(HOST, port))
    else:
        state.note(say(f"ブラウザーで {url} を開いてください。", f"Open {url} in a browser."))
    opening.start(state, folder, HOST, port, THREADS)


def already_open(state: App, folder: Path, site: bool | None) -> bool:
    """When the demo's site is open already, say where and who comes in, and return True: there is nothing left to do."""
    url = opening.open_at(folder)
    if url is None:
        return False
    if site is not False:
        _told(state, _people(folder))
        state.screen.out("")
    state.screen.out(
        say(
            f"デモのサイトはすでに開いています: {url} (終えるには、起動した端末で Ctrl+C)",
            f"The demo's site is already open: {url} (Ctrl+C in the terminal that started it ends it)",
        )
    )
    if site is not False and url and opening.has_screen():
        opening.browse_when_ready(url)
    return True


def _people(folder: Path) -> list[tuple[str, str, str]]:
    """Make the demo's people in a process of its own (the site's settings are read once in a process); return role, address, password of each."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and module; the folder is one argument
        [sys.executable, "-m", "rashin.web.people.demo", str(folder)], capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise OutsideError(
            "demo_people",
            Bilingual(f"デモの利用者を作れません({last})。", f"The demo's people cannot be made: {last}"),
            Bilingual("もう一度実行するか、--no-site を付けてください。", "Run it again, or with --no-site."),
        )
    return [tuple(each) for each in json.loads(done.stdout)]


def _told(state: App, people: list[tuple[str, str, str]]) -> None:
    from rashin.cli.lib.listing import Listing, as_text, column
    from rashin.web.people.roles import ROLES

    columns = [
        column("role", "役割", "Role"),
        column("address", "メールアドレス", "Mail address"),
        column("password", "パスワード", "Password"),
    ]
    rows = [{"role": ROLES[role].label(lang()), "address": email, "password": password} for role, email, password in people]
    state.screen.out("")
    state.screen.out(say("サイトへのサインイン(デモ専用):", "Sign-ins for the site (of this demo only):"))
    state.screen.out("\n".join(f"  {line}" for line in as_text(Listing(columns, rows))))


def _how(state: App, folder: Path, *, signed: bool) -> None:
    """Say how the site is started later."""
    words = f"{program()} -w {typed(folder)} web" if signed else f"{program()} demo {typed(folder)} --site"
    state.note(say(f"サイトを起動するには: {words}", f"To start the site: {words}"))
