"""The one open workspace of this process: the site owns the store while it runs, all threads share it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from rashin.face import Centre
from rashin.web import environment

if TYPE_CHECKING:
    from rashin.store import Store

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


def opened() -> Centre | None:
    """Return the open centre; None as long as nothing has opened it."""
    return _centre


def lend(store: Store) -> bool:
    """Let the parts of the site work on ``store``, which a command has opened; False when the site of this process has the workspace open itself."""
    global _centre
    with _lock:
        if _centre is not None:
            return False
        _centre = Centre(store)
        return True


def use(other: Centre | None) -> None:
    """Serve ``other`` from now on (tests); None closes nothing and opens the configured workspace on next use."""
    global _centre
    with _lock:
        _centre = other
