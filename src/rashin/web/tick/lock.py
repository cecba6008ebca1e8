"""One tick at a time, whoever starts it: the site's timer, `rashin tick` from cron, or somebody's button."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = "tick.lock"


@contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """Yield True while this is the only tick of the workspace; False at once when another one runs. The lock ends with the process that holds it."""
    with (folder / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        (folder / LOCK).chmod(0o600)
        yield True
