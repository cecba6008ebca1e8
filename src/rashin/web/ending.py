"""How the site's worker ends: soon after it is told to, once nothing that somebody asked for runs any more.

The server waits for every connection to close, and a browser keeps its own open while the page lies on the screen: nobody would see Ctrl+C work before the
worker is killed. So requests are counted here, and when none has run for a moment the worker gives its workspace up and is gone.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

#: So long no request must have run: what was answered is on its way, what was sent has arrived.
QUIET_S = 0.4
_LOOK_S = 0.05


class Counted:
    """A WSGI application that knows how many requests run, and when the last one ended. A download runs until its last byte was handed over."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application
        self._lock = threading.Lock()
        self._running, self._last = 0, 0.0

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self._count(1)
        try:
            return _Body(self._application(environ, start), self)
        except BaseException:
            self._count(-1)
            raise

    def _count(self, by: int) -> None:
        with self._lock:
            self._running += by
            self._last = time.monotonic()

    def over(self) -> None:
        """One request has ended."""
        self._count(-1)

    def quiet(self, seconds: float) -> bool:
        """Whether no request has run for so long."""
        with self._lock:
            return not self._running and time.monotonic() - self._last >= seconds


class _Body:
    """The body of an answer; its end is the end of the request."""

    def __init__(self, body: Iterable[bytes], counted: Counted) -> None:
        self._body, self._counted, self._open = body, counted, True

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        try:
            if hasattr(self._body, "close"):
                self._body.close()
        finally:
            if self._open:
                self._open = False
                self._counted.over()


def when_told(counted: Counted, give_up: Callable[[], None]) -> None:
    """After SIGTERM or SIGINT, wait until ``counted`` is quiet, then call ``give_up`` and end this process with code 0. To be called in the main thread.

    Whatever handles the signals is left as it is: the system writes each of them to a wake-up socket as well.
    """
    reads, writes = socket.socketpair()
    writes.setblocking(False)
    signal.set_wakeup_fd(writes.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_wait, args=(reads, writes, counted, give_up), name="rashin-end", daemon=True).start()


def _wait(reads: socket.socket, writes: socket.socket, counted: Counted, give_up: Callable[[], None]) -> None:
    del writes  # kept open as long as this thread waits
    while not {signal.SIGTERM, signal.SIGINT} & set(reads.recv(16)):
        pass
    told = time.monotonic()
    while not (counted.quiet(QUIET_S) and time.monotonic() - told >= QUIET_S):
        time.sleep(_LOOK_S)
    give_up()
    sys.stderr.flush()
    os._exit(0)
