"""The site's own timer: once a minute, beside the threads that serve, at the lowest priority that lets it get on."""

from __future__ import annotations

import logging
import os
import threading
import time
from contextlib import suppress

log = logging.getLogger("rashin.web.tick")
EVERY_S, FIRST_S = 60.0, 10.0
#: After a report the timer rests as long as the report took, this long at most.
REST_S = 5.0
_GENTLE = 10

_stop, _wake = threading.Event(), threading.Event()
_thread: threading.Thread | None = None


def begin() -> None:
    """Start looking what is due."""
    global _thread
    _stop.clear()
    _thread = threading.Thread(target=_run, name="rashin-tick", daemon=True)
    _thread.start()


def end() -> None:
    """Stop; returns when the step that runs has ended, or after some seconds: whatever is cut off is gone on with at the next start."""
    _stop.set()
    _wake.set()
    if _thread is not None:
        _thread.join(5)


def wake() -> None:
    """Look now: somebody has asked for something."""
    _wake.set()


def _run() -> None:
    from django.db import connections

    from rashin.web.tick.run import tick

    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _GENTLE)  # on Linux a thread has its own
    _wake.wait(FIRST_S)
    while not _stop.is_set():
        _wake.clear()
        began = time.monotonic()
        try:
            tick(between=_rest())
        except _StoppedError:
            return
        except Exception as error:
            log.error("tick", exc_info=error)
        finally:
            connections.close_all()
        _wake.wait(max(EVERY_S - (time.monotonic() - began), 1.0))


class _StoppedError(BaseException):
    """The site ends: nothing more is begun."""


class _rest:  # noqa: N801 - a function with a memory
    def __init__(self) -> None:
        self._since = time.monotonic()

    def __call__(self) -> None:
        if _stop.wait(min(time.monotonic() - self._since, REST_S)):
            raise _StoppedError
        self._since = time.monotonic()
