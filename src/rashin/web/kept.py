"""What was worked out once and holds while facts and definitions are the same: answers, short lists, finished parts of pages.

Kept per open workspace, and gone with it. Every key names the snapshot; what is worked out is asked for once, however many readers wait for it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from rashin.web.centre import centre

if TYPE_CHECKING:
    from rashin.store import Store

T = TypeVar("T")
#: How many of each are kept; the one not asked for the longest goes first.
MOST = {"answers": 1024, "lists": 256, "pages": 512, "works": 48}
#: A reader waits so long for another who asked the same; then asks for itself.
_PATIENCE_S = 30.0


class Shelf:
    """A bounded set of results by key, each made by the first who asks."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._making: dict[Hashable, threading.Event] = {}
        self._lock = threading.Lock()

    def has(self, key: Hashable) -> bool:
        """Whether the result of ``key`` is at hand."""
        with self._lock:
            return key in self._kept

    def peek(self, key: Hashable) -> Any:
        """Return what is kept under ``key``; None when nothing is."""
        with self._lock:
            return self._kept.get(key)

    def put(self, key: Hashable, made: object) -> None:
        """Keep ``made`` under ``key``, in place of what was there."""
        with self._lock:
            self._kept[key] = made
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def get(self, key: Hashable, make: Callable[[], T], worth: Callable[[T], bool] = lambda made: True) -> T:
        """Return what is kept under ``key``, made by ``make`` when missing; kept only if ``worth`` says so. What ``make`` raises is raised, and not kept."""
        while True:
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    found: T = self._kept[key]
                    return found
                waiting = self._making.get(key)
                if waiting is None:
                    own = self._making[key] = threading.Event()
                    break
            if not waiting.wait(_PATIENCE_S):
                return make()
        try:
            made = make()
            if worth(made):
                with self._lock:
                    self._kept[key] = made
                    while len(self._kept) > self._most:
                        self._kept.popitem(last=False)
            return made
        finally:
            with self._lock:
                self._making.pop(key, None)
            own.set()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()


_shelves: WeakKeyDictionary[Store, dict[str, Shelf]] = WeakKeyDictionary()
_lock = threading.Lock()


def shelf(name: str) -> Shelf:
    """Return the shelf ``name`` ("answers", "lists", "pages" or "works") of the open workspace."""
    store = centre().store
    with _lock:
        found = _shelves.get(store)
        if found is None:
            found = _shelves[store] = {each: Shelf(most) for each, most in MOST.items()}
    return found[name]


def of_facts(name: Hashable, make: Callable[[], T]) -> T:
    """Return what ``make`` gives, worked out once per snapshot."""
    return shelf("lists").get((centre().snapshot(), name), make)


def of_definitions(name: Hashable, make: Callable[[], T]) -> T:
    """Return what ``make`` gives, worked out once per state of the catalogue."""
    return shelf("lists").get(("catalogue", centre().catalogue.version, name), make)


def forget() -> None:
    """Forget everything about the open workspace (tests and measurements; nothing else needs it)."""
    for name in MOST:
        shelf(name).clear()
