"""Turn rows of cells into batches: sort out blank lines, totals, repeated headers, ragged and over-long rows; name the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rashin.connect.model import LINE, Ignored, RawBatch, RawReject
from rashin.connect.table.encoding import undecodable
from rashin.connect.table.layout import Layout, is_blank, is_total
from rashin.connect.table.options import TableOptions
from rashin.connect.table.reasons import ignored, reject
from rashin.connect.table.split import Record

#: Column with the record's own text, beside ``_line``; rejects show it.
RAW = "_raw"

BATCH_ROWS = 50_000


@dataclass(slots=True)
class Sorter:
    """Decides what each record after the header is. ``fit`` returns its cells, one per column, or what else it is."""

    layout: Layout
    options: TableOptions
    part: str = ""
    #: Forms with typed cells (workbooks) have no ragged rows: a missing cell is an empty one.
    lenient: bool = False
    header: frozenset[tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.header = frozenset(_folded(row) for row in self.layout.header)

    def fit(self, record: Record) -> list[str] | RawReject | Ignored:
        """Return the cells of a data record in the width of the header, or the reject or ignored that it is."""
        if record.code:
            return reject(record.code, record.line, record.raw, part=self.part)
        cells = record.cells
        if is_blank(cells):
            return ignored("blank", record.line, "", part=self.part)
        if self.header and _folded(cells) in self.header:
            return ignored("repeated_header", record.line, record.raw, part=self.part)
        if is_total(cells, self.options.totals):
            return ignored("total", record.line, record.raw, part=self.part)
        return self._checked(record, cells)

    def _checked(self, record: Record, cells: list[str]) -> list[str] | RawReject:
        if undecodable(record.raw):
            return reject("undecodable", record.line, record.raw, part=self.part)
        if "\0" in record.raw:
            return reject("nul_character", record.line, record.raw, part=self.part)
        width = len(self.layout.names)
        fitted = fit_width(cells, self.layout, lenient=self.lenient)
        if fitted is None:
            return reject("ragged", record.line, record.raw, part=self.part, found=len(cells), wanted=width)
        longest = max(map(len, fitted), default=0)
        if longest > self.options.max_cell:
            return reject("cell_too_long", record.line, record.raw, part=self.part, found=longest, wanted=self.options.max_cell)
        return fitted


def fit_width(cells: list[str], layout: Layout, *, lenient: bool = False) -> list[str] | None:
    """Return the cells in the header's width: empty cells too many are dropped, unnamed columns too few are filled; else None."""
    width = len(layout.names)
    if len(cells) > width:
        return cells[:width] if is_blank(cells[width:]) else None
    missing = range(len(cells), width)
    if missing and not (lenient or all(index in layout.unnamed for index in missing)):
        return None
    return cells + [""] * len(missing)


def _folded(cells: Sequence[str]) -> tuple[str, ...]:
    texts = [" ".join(cell.replace("\ufeff", "").replace("\u3000", " ").split()) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def batches(records: Iterable[Record], sorter: Sorter, rows: int = BATCH_ROWS) -> Iterator[RawBatch | RawReject | Ignored]:
    """Yield batches of the data records, and the others one by one. Neighbouring blank lines are told together."""
    kept: list[list[str]] = []
    lines: list[int] = []
    raws: list[str] = []
    blank: Ignored | None = None
    for record in records:
        found = sorter.fit(record)
        if isinstance(found, Ignored) and found.code == "blank":
            blank = ignored("blank", blank.line if blank else found.line, part=sorter.part, count=blank.count + 1 if blank else 1)
            continue
        if blank:
            yield blank
            blank = None
        if not isinstance(found, list):
            yield found
            continue
        kept.append(found)
        lines.append(record.line)
        raws.append(record.raw)
        if len(kept) >= rows:
            yield batch(sorter.layout.names, kept, lines, raws, sorter.part)
            kept, lines, raws = [], [], []
    if blank:
        yield blank
    if kept:
        yield batch(sorter.layout.names, kept, lines, raws, sorter.part)


def batch(names: Sequence[str], rows: Sequence[Sequence[str]], lines: Sequence[int], raws: Sequence[str], part: str) -> RawBatch:
    """Return rows of texts as a batch with ``_line`` and ``_raw``."""
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    arrays = [pa.array(column, pa.string()) for column in columns]
    arrays += [pa.array(lines, pa.int64()), pa.array(raws, pa.string())]
    return RawBatch("", pa.table(arrays, names=[*names, LINE, RAW]), part)
