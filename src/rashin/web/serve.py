"""Bring the site up: tables, static files, the server."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.errors import Bilingual, OutsideError, WorkspaceError
from rashin.web import environment

if TYPE_CHECKING:
    from rashin.face import Centre

#: Held by the process that started the site, as long as it lives.
LOCK = "site.lock"
#: So many connections are held open at once; one that has not said what it wants after ten seconds is closed.
CONNECTIONS = 512
#: Names the file in which a worker that cannot begin leaves its exit code.
ENDED = "RASHIN_SITE_ENDED"


def prepare(folder: Path) -> None:
    """Make the site ready to serve ``folder``: settings, tables for people, static files with the drawing code. Safe to repeat."""
    close_to_others(folder)
    settle(folder)
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    collect_static(folder)


def close_to_others(folder: Path) -> None:
    """Let nobody but the owner into the workspace, and write nothing from now on that anybody else could read."""
    os.umask(0o077)
    folder.chmod(0o700)
    for name in ("rashin.sqlite3", "web.secret"):
        if (folder / name).exists():
            (folder / name).chmod(0o600)


def collect_static(folder: Path) -> None:
    """Gather the static files under names that change with their content, compressed; only when a version changed."""
    from importlib.metadata import version

    from django.conf import settings
    from django.core.management import call_command

    from rashin import __version__

    mark = folder / ".static" / "versions.txt"
    own = sorted((Path(__file__).parent / "static").rglob("*.*"))
    wanted = " ".join(
        [
            __version__,
            *(version(p) for p in ("vl-convert-python", "django-bulma", "django-htmx")),
            *(str(f.stat().st_mtime_ns) for f in own),
        ]
    )
    if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return
    drawn = Path(settings.DRAWING_CODE)
    drawn.parent.mkdir(parents=True, exist_ok=True)
    from rashin.drawing import browser_bundle

    drawn.write_text(browser_bundle(), encoding="utf-8")
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    mark.write_text(wanted, encoding="utf-8")


def refuse_root() -> None:
    """Raise WorkspaceError when run as root without RASHIN_ALLOW_ROOT=1: a hole in the site would then be a hole in the machine."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and not environment.flag("RASHIN_ALLOW_ROOT", default=False):
        raise WorkspaceError(
            "web_as_root",
            Bilingual("管理者(root)ではサイトを起動しません。", "The site does not start as root."),
            Bilingual(
                "専用の利用者で起動してください。コンテナの中などでどうしても必要なら RASHIN_ALLOW_ROOT=1 を付けます。",
                "Start it as a user of its own; where that is impossible (a container) set RASHIN_ALLOW_ROOT=1.",
            ),
        )


def settle(folder: Path) -> None:
    """Point Django at ``folder`` and start it: enough to read and write about people."""
    os.environ[environment.WORKSPACE] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rashin.web.settings")
    import django

    django.setup()


@contextmanager
def only_site(folder: Path) -> Iterator[None]:
    """Be the one site of the workspace within the block, from before it is made ready until it has ended. OwnedError when there is another.

    The workspace itself changes hands meanwhile (this process makes it ready, its worker serves it): that must not be the moment another site slips in.
    """
    import fcntl

    from rashin.store import OwnedError
    from rashin.store.lock import read_note

    with (folder / LOCK).open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            told, _, url = lock.read(500).partition(" ")
            pid, started, command = read_note(folder)
            command = f"{command or 'rashin web'} {url}".strip()
            raise OwnedError(folder, pid or (int(told) if told.isdecimal() else 0), started, command) from None
        (folder / LOCK).chmod(0o600)
        lock.truncate(0)
        lock.write(f"{os.getpid()} {os.environ.get('RASHIN_URL', '')}")
        lock.flush()
        yield


def open_at(folder: Path) -> str | None:
    """Return where the site of the workspace is open now ("" when it did not say); None when there is none."""
    import fcntl

    try:
        with (folder / LOCK).open("r", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return lock.read(500).partition(" ")[2].strip()
    except OSError:
        return None
    return None


@contextmanager
def taken(folder: Path) -> Iterator[None]:
    """Hold the workspace within the block, while the site is made ready. OwnedError (with the owner's process id) when another process has it."""
    from rashin.store.lock import Ownership

    ownership = Ownership(folder)
    try:
        yield
    finally:
        ownership.release()


def own(patience_s: float = 20.0) -> Centre:
    """Take the workspace for the site. A command that slipped in while it changed hands is waited for; OwnedError when that takes too long."""
    from rashin.store import OwnedError
    from rashin.web.centre import centre

    until = time.monotonic() + patience_s
    while True:
        try:
            return centre()
        except OwnedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def begin() -> None:
    """Go on with the loads that the last process had promised, work out what people will ask for first, and look from now on what is due."""
    from rashin.web import warm
    from rashin.web.pages.data.work import resume
    from rashin.web.tick import timer

    resume()
    warm.begin()
    timer.begin()


def end() -> None:
    """Stop the load that runs; it and what waits go on with the next start."""
    from rashin.web import warm
    from rashin.web.pages.data.jobs import halt
    from rashin.web.tick import timer

    timer.end()
    halt()
    warm.end()


def refuse_address(host: str, port: int) -> None:
    """Raise OutsideError when the address cannot be listened on."""
    import socket

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise OutsideError(
                "address_taken",
                Bilingual(f"{host}:{port} で待ち受けできません({error.strerror})。", f"Cannot listen on {host}:{port} ({error.strerror})."),
                Bilingual("--port で別の番号を指定してください。", "Name another port with --port."),
            ) from None


def first_link() -> str | None:
    """Return the link by which the first administrator comes in, once; None when there are people."""
    from django.db import connections

    from rashin.web.pages.people.views import join_link
    from rashin.web.people.actions import first_token

    token = first_token()
    link = join_link(token) if token else None
    connections.close_all()
    return link


def serve(target: str, host: str, port: int, threads: int) -> None:
    """Serve until told to stop: one worker process that owns the workspace, ``threads`` pages answered at once (``turns.py``); ``target`` is what it runs ("module:application").

    The worker is a fresh process, not a copy of this one: nothing that was opened here is shared with it. SIGTERM and Ctrl+C let running requests end
    (``ending``: with none it ends at once); what still runs after eight seconds is cut off. A worker that cannot begin (damaged file, wrong definition) ends this process with its exit code.
    """
    import multiprocessing

    from granian import Granian
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings

    from rashin.web.turns import PAGES, beside

    os.environ[PAGES] = str(threads)
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=threads + beside(),
        backpressure=CONNECTIONS,
        workers_kill_timeout=8,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        websockets=False,
        log_enabled=False,
    )
    with tempfile.TemporaryDirectory(prefix="rashin-site-") as folder:
        ended = Path(folder) / "code"
        os.environ[ENDED] = str(ended)
        try:
            server.serve()
        except SystemExit:
            if ended.exists():
                sys.exit(int(ended.read_text("ascii")))
            raise
