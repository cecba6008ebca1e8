"""Rows that can only be judged together wait here, on the disk, until the file is read: agents' states, which must not overlap."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.connect import LINE
from rashin.intake import refused
from rashin.intake.overlap import NEEDED, overlapping
from rashin.intake.values.reading import Fault

if TYPE_CHECKING:
    import pyarrow as pa

    from rashin.intake.sieve import Sieve
    from rashin.store.load import Load


class Held:
    """Accepted rows of one entry: whole on the disk, the columns that decide in memory."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._files: list[Path] = []
        self._keys: list[pa.Table] = []

    def add(self, table: pa.Table) -> None:
        """Keep the rows of one batch."""
        import pyarrow as pa
        from pyarrow import feather

        if not table.num_rows:
            return
        if self._folder is None:
            self._scratch.mkdir(mode=0o700, exist_ok=True)
            self._folder = tempfile.TemporaryDirectory(dir=self._scratch)
        path = Path(self._folder.name) / f"{len(self._files)}.arrow"
        feather.write_feather(table, str(path), compression="lz4")
        self._files.append(path)
        nulls = {name: pa.nulls(table.num_rows, pa.string()) for name in NEEDED if name not in table.column_names}
        self._keys.append(pa.table({name: nulls.get(name, table.column(name) if name in table.column_names else None) for name in NEEDED}))

    def release(self, load: Load, sieve: Sieve) -> None:
        """Refuse what overlaps within the file, stage the rest; what overlaps other files is settled by the store."""
        import pyarrow as pa

        if not self._keys:
            return
        keys = pa.concat_tables(self._keys)
        positions, clashes = overlapping(keys)
        first = 0
        for path in self._files:
            first = self._release_one(path, first, dict(zip(positions.tolist(), clashes, strict=True)), load, sieve)
        if self._folder:
            self._folder.cleanup()

    def _release_one(self, path: Path, first: int, clashes: dict[int, str], load: Load, sieve: Sieve) -> int:
        import numpy as np
        import pyarrow as pa
        from pyarrow import feather

        table = feather.read_table(str(path), memory_map=False)
        end = first + int(table.num_rows)
        mine = [position for position in range(first, end) if position in clashes]
        if mine:
            at = np.array(mine) - first
            faults = [Fault(np.array([row]), "overlap", "start_at", "start_at", [None], clashes[row + first]) for row in at.tolist()]
            places = table.column("_part").to_pylist() if "_part" in table.column_names else [sieve.place("")] * table.num_rows
            rows = refused.of_faults(sieve.fact, places, _raw(table), faults)
            load.reject(refused.table(rows))
            keep = np.ones(table.num_rows, bool)
            keep[at] = False
            table = table.filter(pa.array(keep))
            sieve.tally.staged -= len(mine)
            sieve.tally.rejected += len(mine)
        load.stage(sieve.fact, table)
        return end


def _raw(table: pa.Table) -> pa.Table:
    return table.select([LINE, refused.RAW]) if refused.RAW in table.column_names else table
