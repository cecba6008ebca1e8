"""Figures that several reports share, worked out once: the same rows in two languages, or sliced in two ways, or for two schedules of one night."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

T = TypeVar("T")


class Shelf:
    """Keeps what was made last. A key names everything that the thing depends on: scope, snapshot, definitions, goals, day, question."""

    def __init__(self, most: int = 24) -> None:
        self._most = most
        self._held: OrderedDict[Hashable, object] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what stands under ``key``, made when there is none."""
        if key not in self._held:
            self._held[key] = make()
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        self._held.move_to_end(key)
        return cast("T", self._held[key])
