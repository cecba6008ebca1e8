"""Reading ahead: a file is read in a thread of its own while what was read before is checked and staged. Both wait mostly for compiled code."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

#: So many lots may wait: enough to keep both sides busy, too few to matter in memory.
WAITING = 2
#: Small items are handed over in lots of so many.
LOT = 500
#: How often, in seconds, a reader whose items nobody takes looks whether it should stop.
_LOOK = 0.1


class _End:
    """The last thing that a reader hands over; ``error`` when reading failed."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class Ahead(Generic[T]):
    """Iterate over ``items`` read ahead in another thread, in their order, within the caller's context. An error in reading is raised where it would stand.

    ``bulky`` items are handed over at once, others in lots. Use it in a ``with`` block: the thread has ended when the block ends, also when not everything
    was taken.
    """

    def __init__(self, items: Iterator[T], bulky: Callable[[T], bool]) -> None:
        self._items = items
        self._bulky = bulky
        self._handed: queue.Queue[list[T] | _End] = queue.Queue(WAITING)
        self._stop = threading.Event()
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._read,), name="reading-ahead", daemon=True)

    def __enter__(self) -> Iterator[T]:
        self._thread.start()
        return self._taken()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _read(self) -> None:
        error: BaseException | None = None
        lot: list[T] = []
        try:
            for item in self._items:
                lot.append(item)
                if self._bulky(item) or len(lot) >= LOT:
                    if not self._hand(lot):
                        break
                    lot = []
        except BaseException as found:
            error = found  # raised again where the items are taken
        finally:
            close = getattr(self._items, "close", None)
            if close is not None:
                close()
        self._hand(lot)
        self._hand(_End(error))

    def _hand(self, lot: list[T] | _End) -> bool:
        """Hand over; False when nobody will take it any more."""
        while not self._stop.is_set():
            try:
                self._handed.put(lot, timeout=_LOOK)
            except queue.Full:
                continue
            return True
        return False

    def _taken(self) -> Iterator[T]:
        while True:
            lot = self._handed.get()
            if not isinstance(lot, _End):
                yield from lot
                continue
            if lot.error is not None:
                raise lot.error
            return
