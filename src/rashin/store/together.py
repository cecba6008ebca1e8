"""Small loads that are committed in one transaction: each is whole or not at all, in its order, as if it had been committed alone.

A commit packs and syncs; done once for several files it costs a fraction. Nothing is promised before it is on the disk: a load has its receipt when the
transaction has ended. Where one of the loads fails, all are done again one by one, so that those before it stand and it changes nothing.
"""

from __future__ import annotations

import contextlib
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from rashin.store.engine import Engine
    from rashin.store.load import Load
    from rashin.store.receipt import LoadRecord

#: Bytes of staged rows that may wait; with more, what waits is committed.
GATHERED = 256 * 1024 * 1024


class Together:
    """Gathers loads: ``with store.together() as group``, then ``store.load(…, together=group)`` and ``load.wait()`` for each. Use it from one thread.

    Nobody else writes from the first load that joins until what waits is committed. Leaving the block commits what waits, also when it is left by an error.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._exit = contextlib.ExitStack()
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self._waiting: list[Load] = []

    def __enter__(self) -> Together:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self.commit()
        finally:
            self._cursor = None
            self._exit.__exit__(kind, error, trace)

    def join(self, record: LoadRecord) -> tuple[duckdb.DuckDBPyConnection, int]:
        """Return the cursor to work over, and how many loads wait before this one. What may be the same file once more is committed first."""
        if any(_same(each.record, record) for each in self._waiting):
            self.commit()
        if self._cursor is None:
            self._cursor = self._exit.enter_context(self._engine.alone())
        return self._cursor, len(self._waiting)

    def wait(self, load: Load) -> None:
        """Let ``load`` wait for the others; when it is large, all are committed now."""
        self._waiting.append(load)
        if load.spilled or sum(each.held_bytes for each in self._waiting) > GATHERED:
            self.commit()

    def commit(self) -> None:
        """Commit what waits, in order; those that wait after one that fails come to nothing. Others may write afterwards."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        with self._exit.pop_all():
            cursor, self._cursor = self._cursor, None
            assert cursor is not None  # whoever waits has joined
            done = 0
            # rows in temporary tables are settled in place: such a load (it can only be the last) is not done twice
            small = [each for each in waiting if not each.spilled]
            if len(small) > 1:
                with contextlib.suppress(Exception):
                    self._one_transaction(cursor, small)
                    done = len(small)
            for each in waiting[done:]:
                self._one_transaction(cursor, [each])

    def _one_transaction(self, cursor: duckdb.DuckDBPyConnection, loads: list[Load]) -> None:
        with self._engine.transaction(cursor):
            records = [each.take_effect() for each in loads]
        for each, record in zip(loads, records, strict=True):
            each.done(record)


def _same(one: LoadRecord, other: LoadRecord) -> bool:
    return one.batch_id == other.batch_id or (one.source, one.file_hash, one.mapping_hash) == (
        other.source,
        other.file_hash,
        other.mapping_hash,
    )
