"""The one open workspace of this process: the site owns the store while it runs, all threads share it."""

from __future__ import annotations

import threading

from rashin.face import Centre
from rashin.web import environment

_lock = threading.Lock()
_centre: Centre | None = None


def centre() -> Centre:
    """Return the open centre, opening it (and taking its ownership) on first use. OwnedError when another process has it."""
    global _centre
    if _centre is None:
        with _lock:
            if _centre is None:
                _centre = Centre.open(str(environment.workspace_folder()))
    return _centre


def use(other: Centre | None) -> None:
    """Serve ``other`` from now on (tests); None closes nothing and opens the configured workspace on next use."""
    global _centre
    with _lock:
        _centre = other
