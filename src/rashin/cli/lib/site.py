"""What the site's worker process runs: the web application on the opened workspace, and beside it the work that other commands hand over."""

from __future__ import annotations

import os
import signal
import sys
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

    from rashin.web import serve as site
    from rashin.web.wsgi import application

    os.umask(0o077)
    own = site.own()
    held = ExitStack()
    held.callback(own.close)
    held.enter_context(serve(own.store))
    held.callback(site.end)
    util.Finalize(None, held.close, exitpriority=100)
    _ = own.catalogue
    site.begin()
    return application


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
