"""Threads that Python did not start (a server's own) read side by side; none takes another's connection away."""

from __future__ import annotations

import _thread
import threading
from typing import Any

from rashin.store import Store


def test_a_thread_of_a_server_keeps_its_connection(store: Store) -> None:
    found: list[object] = []
    reading, other_read, done = threading.Event(), threading.Event(), threading.Event()

    def slow(cursor: Any) -> object:
        reading.set()
        other_read.wait(60)
        return cursor.execute("SELECT 1").fetchone()

    def first() -> None:
        try:
            found.append(store._engine.reading(slow))
        except Exception as error:
            found.append(error)
        done.set()

    def other() -> None:
        reading.wait(60)
        found.append(store.read("SELECT 2 AS two").num_rows)
        other_read.set()

    for work in (first, other):
        _thread.start_new_thread(work, ())
    assert done.wait(60)
    assert found == [1, (1,)]
