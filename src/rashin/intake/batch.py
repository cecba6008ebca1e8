"""A batch of rows on its way to the store: read as numpy columns, filled where null; and what is told about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rashin.calendars import Calendars
from rashin.errors import Bilingual
from rashin.intake.org import Org

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.records import Fact

INSTANT = pa.timestamp("us")
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Setting:
    """What enrichment needs to know, gathered once per load. ``zone``: of the source."""

    zone: str
    cutover: str = "00:00"
    calendars: Calendars = field(default_factory=lambda: Calendars({}))
    org: Org = field(default_factory=Org)


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader of the receipt should know; ``examples``: up to five of the names it is about."""

    code: str
    text: Bilingual
    rows: int
    examples: tuple[str, ...] = ()


def merge_notes(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Return the notes of several batches as those of one: rows added, examples joined."""
    found: dict[tuple[str, str], Note] = {}
    for note in notes:
        known = found.get((note.code, note.text.en))
        if known:
            examples = tuple(dict.fromkeys((*known.examples, *note.examples)))[:EXAMPLES]
            note = replace(known, rows=known.rows + note.rows, examples=examples)
        found[note.code, note.text.en] = note
    return tuple(found.values())


class Rows:
    """A table whose columns can be read as numpy arrays and filled where they are null."""

    def __init__(self, fact: Fact, table: pa.Table) -> None:
        self.fact = fact
        self.table = table

    def get(self, name: str) -> pa.ChunkedArray | None:
        """The column, or None when the batch has none or only nulls in it."""
        if name not in self.table.column_names:
            return None
        column = self.table.column(name)
        return None if column.null_count == len(column) else column

    def instants(self, name: str) -> NDArray[np.datetime64] | None:
        column = self.get(name)
        return None if column is None else column.cast(INSTANT).to_numpy().astype("datetime64[us]")

    def missing(self, name: str) -> bool:
        """Whether the fact has such a column and some row has nothing in it."""
        if name not in self.fact.names:
            return False
        return name not in self.table.column_names or self.table.column(name).null_count > 0

    def fill(self, name: str, values: pa.Array | pa.ChunkedArray) -> None:
        """Put ``values`` where the column is null."""
        if name in self.table.column_names:
            at, column = self.table.column_names.index(name), self.table.column(name)
            filled = values if column.null_count == len(column) else pc.coalesce(column.cast(values.type), values)
            self.table = self.table.set_column(at, name, filled)
        else:
            self.table = self.table.append_column(name, values)

    def fill_seconds(self, name: str, seconds: NDArray[np.float64]) -> None:
        self.fill(name, pa.array(seconds, pa.float64(), mask=np.isnan(seconds)))
