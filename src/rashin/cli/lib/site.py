"""What the site's worker process runs: the web application on the opened workspace, and beside it the work that other commands hand over."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from rashin.cli.lib.lang import lang
from rashin.cli.lib.owner import serve
from rashin.errors import RashinError


def _end_with_parent() -> None:
    """Ask the system to stop this process when the one that started it dies: a worker left alone would keep the workspace (Linux)."""
    import ctypes

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _open() -> object:
    """Take the workspace, read the definitions, listen for commands, and return the web application; all of it is given up when the process ends."""
    from multiprocessing import util

    from rashin.web import ending
    from rashin.web import serve as site
    from rashin.web.wsgi import application

    os.umask(0o077)
    own = site.own()
    held = ExitStack()
    held.callback(own.close)
    held.enter_context(serve(own.store))
    held.callback(site.end)
    give_up = _once(held.close)
    util.Finalize(None, give_up, exitpriority=100)
    _ = own.catalogue
    site.begin()
    counted = ending.Counted(application)
    ending.when_told(counted, give_up)
    return counted


def _once(close: Callable[[], None]) -> Callable[[], None]:
    """Close once, whoever is first to ask; the second waits until it is done."""
    lock, done = threading.Lock(), threading.Event()

    def work() -> None:
        with lock:
            if not done.is_set():
                done.set()
                close()

    return work


def _start() -> object:
    _end_with_parent()
    try:
        return _open()
    except RashinError as error:
        sys.stderr.write(f"{error.text(lang())}\n[{error.code}]\n")
        sys.stderr.flush()
        _tell_parent(error.exit_code)
        os._exit(error.exit_code)


def _tell_parent(code: int) -> None:
    """The server only sees that its worker ended: with which code stands where it will look."""
    from rashin.web.serve import ENDED

    place = os.environ.get(ENDED)
    if place:
        with suppress(OSError):
            Path(place).write_text(str(code), "ascii")


application = _start()
