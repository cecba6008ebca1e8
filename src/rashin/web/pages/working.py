"""What takes longer than a reader should wait: worked out in a thread beside the pages, kept like every answer, and how far it has come.

A page asks :func:`made` again and again under one key: it gets what was made, or the :class:`Work` that is under way after a moment of patience.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rashin.errors import Bilingual, QuestionError
from rashin.records import own_names, spoken
from rashin.records.called import Names
from rashin.web import kept

T = TypeVar("T")
Watch = Callable[[float], None]
#: A page waits so long for what is under way before it shows how far it has come.
PATIENCE_S = 0.8
#: So many works at once: whoever reads figures is to notice nothing.
_AT_ONCE = 2
#: So many wait or run at most; who asks for more is told to come back.
_WAITING = 40

_turns = threading.BoundedSemaphore(_AT_ONCE)
_works: dict[Hashable, Work] = {}
_lock = threading.Lock()


class Stopped(Exception):  # noqa: N818 - an end that somebody asked for, no error
    """Somebody asked for a work to end."""


@dataclass(eq=False)
class Work:
    """Something under way. ``share``: how much of it is done, 0 … 1. ``error``: why it ended without a result. ``stopped``: it is to end at its next step."""

    share: float = 0.0
    error: BaseException | None = None
    stopped: bool = False
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def percent(self) -> int:
        """How far it has come, in percent."""
        return round(100 * self.share)


def made(key: Hashable, make: Callable[[Watch], T], patience: float | None = None) -> T | Work:
    """Return what ``make`` gives, worked out once per ``key``; :class:`Work` when that takes longer than ``patience`` seconds. What ``make`` raises is raised here, once.

    ``make`` is told where to say how far it has come. ``patience``: None = as long as a page waits; ``math.inf`` = to the end.
    """
    shelf = kept.shelf("works")
    if shelf.has(key):
        return shelf.get(key, lambda: make(_nobody))
    with _lock:
        work = _works.get(key)
        if work is None:
            _make_room()
            work = _works[key] = Work()
            threading.Thread(target=_run, args=(shelf, key, make, work, spoken()), name="rashin-working", daemon=True).start()
    wait = PATIENCE_S if patience is None else patience
    if not work.ended.wait(None if wait == float("inf") else wait):
        return work
    with _lock:
        if _works.get(key) is work:
            del _works[key]
    if work.error is not None:
        raise work.error
    return shelf.get(key, lambda: make(_nobody))


def _make_room() -> None:
    """Forget what nobody came back for; QuestionError when too much is under way."""
    if len(_works) < _WAITING:
        return
    for key in [key for key, work in _works.items() if work.ended.is_set()]:
        del _works[key]
    if len(_works) >= _WAITING:
        raise QuestionError(
            "works_waiting",
            Bilingual("いま計算が混み合っています。", "Too much is being worked out right now."),
            Bilingual("少し待ってから、もう一度開いてください。", "Wait a little, then open it again."),
        )


def done(key: Hashable, make: Callable[[Watch], T]) -> T:
    """Return what ``make`` gives, however long it takes: for files and for the API. Where somebody else stops it, it begins anew."""
    while True:
        try:
            found: Any = made(key, make, float("inf"))
        except Stopped:
            continue
        return found


def stop(key: Hashable) -> bool:
    """End the work under ``key`` at its next step; whoever asks again begins anew. Return whether there was one."""
    with _lock:
        work = _works.pop(key, None)
    if work is None:
        return False
    work.stopped = True
    return True


def _run(shelf: kept.Shelf, key: Hashable, make: Callable[[Watch], Any], work: Work, names: Names) -> None:
    def watch(share: float) -> None:
        if work.stopped:
            raise Stopped
        work.share = min(1.0, max(work.share, share))

    try:
        with _turns, own_names(names):
            shelf.get(key, lambda: make(watch))
        with _lock:
            if _works.get(key) is work:
                del _works[key]
    except Exception as error:  # told to whoever waits for it
        work.error = error
    finally:
        work.ended.set()


def _nobody(share: float) -> None:
    """Nobody watches."""
