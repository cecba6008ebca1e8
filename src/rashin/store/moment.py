"""What a reader finds in one moment: the loads so far and the roll-ups, each read anew only as far as a commit may have changed it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from rashin.store import chronicle, due, rollup
from rashin.store.chronicle import Chronicle
from rashin.store.rollup import Rollup, Standing

if TYPE_CHECKING:
    import duckdb

    from rashin.store.engine import Engine

#: So many chronicles are kept: readers that began before the last commits find theirs.
_KEPT = 8


class Moment:
    """One moment as one thread reads it. ``commits`` and ``made_anew``: the engine's counts at that moment; None when a commit took effect meanwhile."""

    def __init__(self, moments: Moments, chronicle: Chronicle, commits: int | None, made_anew: int | None) -> None:
        self.chronicle = chronicle
        self.commits, self._moments, self._made_anew = commits, moments, made_anew
        self._rollups: list[Rollup] | None = None

    @property
    def rollups(self) -> list[Rollup]:
        """The roll-ups that exist."""
        if self._rollups is None:
            self._rollups = self._moments.rollups(self.commits, self._made_anew)
        return self._rollups


class Moments:
    """Finds the moment that a thread reads in, and keeps what holds for later ones."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._own = threading.local()
        self._chronicles: dict[int, Chronicle] = {}
        self._newest: tuple[int | None, Chronicle] = (None, Chronicle())
        self._standing: tuple[int | None, Standing] = (None, Standing())
        self._rollups: tuple[int | None, list[Rollup]] = (None, [])
        #: of several who ask after a commit, the first reads and the others find it
        self._chronicle_lock, self._rollups_lock = threading.Lock(), threading.Lock()

    @contextmanager
    def moment(self) -> Iterator[Moment]:
        """All that this thread reads within the block is of one moment."""
        held: Moment | None = getattr(self._own, "moment", None)
        if held is not None:
            yield held
            return
        commits, unsettled, made_anew = self._engine.commits, self._engine.committing, self._engine.made_anew
        with self._engine.moment():
            snapshot = int(self._engine.rows("SELECT coalesce(max(snapshot), 0) FROM snapshots")[0][0])
            settled = not unsettled and not self._engine.committing and self._engine.commits == commits
            as_before = not made_anew % 2 and self._engine.made_anew == made_anew
            self._own.moment = Moment(self, self._chronicle(snapshot), commits if settled else None, made_anew if as_before else None)
            try:
                yield self._own.moment
            finally:
                self._own.moment = None

    def chronicle(self) -> Chronicle:
        """The loads so far, as this thread's moment or else the newest knows them; asked many times a page, so nothing is read while nothing is committed."""
        held: Moment | None = getattr(self._own, "moment", None)
        if held is not None:
            return held.chronicle
        commits, newest = self._newest
        if commits == self._engine.commits and not self._engine.committing:
            return newest
        with self.moment() as moment:
            if moment.commits is not None:
                self._newest = moment.commits, moment.chronicle
            return moment.chronicle

    def _chronicle(self, snapshot: int) -> Chronicle:
        """The chronicle up to ``snapshot``, which is the newest in this moment."""
        found = self._chronicles.get(snapshot)
        if found is None:
            with self._chronicle_lock:
                found = self._chronicles.get(snapshot)
                if found is None:
                    before = max((each for each in self._chronicles if each < snapshot), default=None)
                    held = Chronicle() if before is None else self._chronicles[before]
                    found = self._engine.reading(lambda cursor: chronicle.read(cursor, held))
                    kept = {each: self._chronicles[each] for each in sorted(self._chronicles)[1 - _KEPT :]}
                    self._chronicles = kept | {snapshot: found}
        return found

    def rollups(self, commits: int | None, made_anew: int | None) -> list[Rollup]:
        """The roll-ups of this thread's moment; at unknown counts everything is read."""
        at, held = self._rollups
        if commits is not None and at == commits:
            return held
        with self._rollups_lock:
            at, held = self._rollups
            if commits is None or at != commits:
                held = self._read(made_anew, held)
                if commits is not None:
                    self._rollups = commits, held
        return held

    def _read(self, made_anew: int | None, before: list[Rollup]) -> list[Rollup]:
        known = made_anew is not None and self._standing[0] == made_anew

        def look(cursor: duckdb.DuckDBPyConnection) -> tuple[Standing, dict[str, list[date]]]:
            found = self._standing[1] if known else rollup.stands(cursor)
            return found, due.standing(cursor) if found.waits else {}

        found, waiting = self._engine.reading(look)
        if made_anew is not None:
            self._standing = made_anew, found
        same = before and before[0].made is found.tables[0][0] if found.tables else False
        return before if same and rollup.waits_alike(before, waiting) else rollup.rollups(found, waiting)
