"""CSV, TSV and other delimited text as a stream of batches: the fast way where it is exact, the careful splitter where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rashin.connect.files import Member
from rashin.connect.model import LINE, Ignored, RawBatch, RawReject
from rashin.connect.table import encoding as text
from rashin.connect.table.cut import Cut, cut
from rashin.connect.table.layout import Layout, find_layout, is_blank, looks_like_data
from rashin.connect.table.options import TableOptions
from rashin.connect.table.reasons import ignored
from rashin.connect.table.rows import RAW, Sorter, batches, fit_width
from rashin.connect.table.split import Record, Splitter, split_all
from rashin.connect.table.suspects import LEADING, suspects_of
from rashin.errors import Bilingual, InputError

#: How much of the text is looked at for delimiter and header.
SAMPLE_CHARS = 256 * 1024
_DELIMITERS = (",", "\t", ";", "|")

Found = RawBatch | RawReject | Ignored


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything needed to read one delimited file: ``skip`` records (titles and header) come before the data."""

    encoding: str
    mark: int
    delimiter: str
    layout: Layout
    line_end: str
    sample: tuple[Record, ...]


def plan(member: Member, options: TableOptions) -> Plan:
    """Look at the beginning of the file and say how to read it. Raises InputError when the encoding is not certain and not said."""
    encoding, mark = settle_encoding(member, options)
    with member.open() as stream:
        chunk = next(text.utf8_chunks(stream, encoding, mark, 4 * SAMPLE_CHARS), b"")
    whole = len(chunk) < SAMPLE_CHARS
    sample = chunk.decode("utf-8", "surrogatepass")[:SAMPLE_CHARS]
    line_end = options.line_end or ("cr" if "\n" not in sample and "\r" in sample else "lf")
    if line_end == "cr":
        sample = sample.replace("\r", "\n")
    quotes = options.quote != "none"
    delimiter = options.delimiter or sniff(sample, member.name, quotes=quotes)
    records = split_all(sample, delimiter, quotes=quotes, final=whole)
    layout = find_layout([record.cells for record in records], options.header_row, options.header_rows, options.unnamed)
    if any(text.undecodable(name) or "\0" in name for name in layout.names):
        raise InputError(
            "header_unreadable",
            Bilingual(
                f"「{member.name}」の見出しに文字として読めないバイトがあります。",
                f"The header of “{member.name}” holds bytes that are no characters.",
            ),
            Bilingual("文字コードを確かめるか、書き出し直してください。", "Check the encoding, or export it again."),
        )
    return Plan(encoding, mark, delimiter, layout, line_end, tuple(records))


def settle_encoding(member: Member, options: TableOptions) -> tuple[str, int]:
    """Return the encoding to use and the length of the mark to pass over. Raises InputError (``encoding_unknown``) when it must be asked."""
    guess = text.guess(member.open)
    if options.encoding in (None, guess.encoding):
        if not guess.sure and options.encoding is None:
            raise InputError(
                "encoding_unknown",
                Bilingual(
                    f"「{member.name}」の文字コードが決められません(候補: {', '.join(guess.choices)})。",
                    f"The encoding of “{member.name}” is not certain (candidates: {', '.join(guess.choices)}).",
                ),
                Bilingual('対応づけの [table] に encoding = "…" と書いてください。', 'Say encoding = "…" under [table] in the mapping.'),
            )
        return guess.encoding, guess.skip
    return str(options.encoding), guess.skip if options.encoding == "utf-8" else 0


def sniff(sample: str, name: str = "", *, quotes: bool = True) -> str:
    """Return the delimiter under which most of the first records have the same number (> 1) of cells; a comma for a single column."""
    best, best_score = "\t" if name.lower().endswith((".tsv", ".tab")) else ",", 0.0
    for delimiter in _DELIMITERS:
        records = split_all(sample[: 64 * 1024], delimiter, quotes=quotes, most=100)
        widths = [len(record.cells) for record in records if not record.code and not is_blank(record.cells)]
        usual = max(set(widths), key=widths.count, default=1)
        if usual < 2:
            continue
        agreement = widths.count(usual) / max(len(records), 1)
        # A number with a decimal comma splits too: cells that look like data or words count for more than broken ones.
        whole = [cell for record in records if len(record.cells) == usual for cell in record.cells if cell.strip()]
        kind = 1 + 0.2 * sum(looks_like_data(cell) for cell in whole[:500]) / max(len(whole[:500]), 1)
        score = agreement * agreement * kind * min(usual, 4) ** 0.25
        if score > best_score * 1.001:
            best, best_score = delimiter, score
    return best


def read(member: Member, options: TableOptions, columns: frozenset[str] | None = None) -> Iterator[Found]:
    """Yield the records of the file. ``columns``: those that are needed; None = all."""
    how = plan(member, options)
    sorter = Sorter(how.layout, options, member.part)
    yield from _titles(how, member.part)
    quotes = options.quote != "none"
    splitter = Splitter(how.delimiter, quotes=quotes)
    before = how.layout.first
    carry = b""
    with member.open() as stream:
        chunks = text.utf8_chunks(stream, how.encoding, how.mark)
        for chunk, final in _with_last(chunks):
            block = carry + (chunk.replace(b"\r", b"\n") if how.line_end == "cr" else chunk)
            if final and block and not block.endswith(b"\n") and not splitter.rest:
                block += b"\n"
            found = None if splitter.rest else cut(block, how.delimiter, quotes=quotes)
            if found is not None:
                skipped = min(before, len(found.starts))
                before -= skipped
                yield from _fast(block, found, skipped, splitter.line, how, sorter, columns)
                splitter.line += found.line_ends
                carry = block[found.consumed :]
                if not final or not carry:
                    continue
                block = carry
            records = splitter.split(block.decode("utf-8", "surrogatepass"), final=final)
            while before and next(records, None) is not None:
                before -= 1
            yield from batches(records, sorter)
            # What the careful splitter could not finish is bytes again: the next block may be well formed.
            carry, splitter.rest = splitter.rest.encode("utf-8", "surrogatepass"), ""


def _with_last(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    previous = next(chunks, b"")
    for chunk in chunks:
        yield previous, False
        previous = chunk
    yield previous, True


def _titles(how: Plan, part: str) -> Iterator[Found]:
    for index in how.layout.titles:
        record = how.sample[index]
        yield ignored("title", record.line, record.raw, part=part)


def _fast(block: bytes, found: Cut, skipped: int, line: int, how: Plan, sorter: Sorter, columns: frozenset[str] | None) -> Iterator[Found]:
    """Yield a well-formed block: its regular rows through Arrow's reader, the few others one by one."""
    import numpy as np

    starts, ends = found.starts[skipped:], found.ends[skipped:]
    if not len(starts):
        return
    lines = found.lines[skipped:] + line
    table = _uniform(block, found, skipped, how, sorter, columns)
    if table is not None:
        table = _with_lines(table, block, starts, found.consumed, lines, None)
        yield from _sorted_out(table, len(how.layout.names), sorter, how)
        return
    cells = found.delimiters()[skipped:] + 1
    blank = ends - starts < cells  # nothing but delimiters
    usual = int(np.bincount(cells[~blank]).argmax()) if not blank.all() else 0
    regular = (cells == usual) & ~blank & (ends - starts <= sorter.options.max_cell)
    yield from _blanks(lines[blank], sorter.part)
    if regular.any():
        table = _arrow(block, found, skipped, usual, how, sorter, columns)
        table = _only_regular(table, ends - starts, cells, regular, usual) if table is not None else None
        if table is None:
            regular[:] = False
        else:
            table = _with_lines(table, block, starts, found.consumed, lines, regular)
            yield from _sorted_out(table, usual, sorter, how)
    others = np.flatnonzero(~regular & ~blank)
    records = (_record(block, starts, ends, lines, int(index), how, sorter) for index in others)
    yield from batches(records, sorter)


def _uniform(block: bytes, found: Cut, skipped: int, how: Plan, sorter: Sorter, columns: frozenset[str] | None) -> Any:
    """Return all rows of the block as a table of texts when each has as many cells as the header and none is blank or over-long; else None."""
    width = len(how.layout.names)
    sizes = found.ends[skipped:] - found.starts[skipped:]
    if not width or sizes.min() < width or sizes.max() > sorter.options.max_cell:
        return None
    table = _arrow(block, found, skipped, width, how, sorter, columns, strict=True)
    return table if table is not None and table.num_rows == len(sizes) else None


def _blanks(lines: Any, part: str) -> Iterator[Ignored]:
    import numpy as np

    if len(lines):
        for run in np.split(lines, np.flatnonzero(np.diff(lines) > 1) + 1):
            yield ignored("blank", int(run[0]), part=part, count=len(run))


def _record(block: bytes, starts: Any, ends: Any, lines: Any, index: int, how: Plan, sorter: Sorter) -> Record:
    raw = block[starts[index] : ends[index]].decode("utf-8")
    cells = split_all(raw, how.delimiter, quotes=sorter.options.quote != "none")
    return Record(int(lines[index]), raw, cells[0].cells if cells else [], cells[0].code if cells else "")


def _arrow(
    block: bytes, found: Cut, skipped: int, usual: int, how: Plan, sorter: Sorter, columns: frozenset[str] | None, *, strict: bool = False
) -> Any:
    """Return the rows with ``usual`` cells as a table of texts; None when Arrow's reader cannot, or when ``strict`` and a row has another width."""
    import pyarrow as pa
    from pyarrow import csv

    names = list(how.layout.names[:usual]) + [f"\0{number}" for number in range(len(how.layout.names), usual)]
    wanted = [
        name for index, name in enumerate(names) if columns is None or name in columns or index < LEADING or index >= len(how.layout.names)
    ]
    body = pa.py_buffer(block)[int(found.starts[skipped]) : found.consumed] if skipped < len(found.starts) else pa.py_buffer(b"")
    try:
        return csv.read_csv(
            pa.BufferReader(body),
            read_options=csv.ReadOptions(column_names=names, use_threads=False, block_size=len(body) + 1),
            parse_options=csv.ParseOptions(
                delimiter=how.delimiter,
                quote_char='"' if found.quoted else False,
                newlines_in_values=found.quoted,
                ignore_empty_lines=True,
                invalid_row_handler=None if strict else lambda _row: "skip",
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(wanted, pa.string()), include_columns=wanted, strings_can_be_null=False, check_utf8=False
            ),
        )
    except pa.ArrowInvalid:
        return None


def _only_regular(table: Any, sizes: Any, cells: Any, regular: Any, usual: int) -> Any:
    """Arrow has skipped rows of another width; take out what else is not regular (blank with delimiters, over-long). None: it saw other rows."""
    import numpy as np
    import pyarrow as pa

    seen = (cells == usual) & ~((sizes == 0) & (cells == 1))
    if table.num_rows != int(seen.sum()):
        return None
    keep = regular[seen]
    return table if keep.all() else table.filter(pa.array(np.ascontiguousarray(keep)))


def _with_lines(table: Any, block: bytes, starts: Any, consumed: int, lines: Any, regular: Any) -> Any:
    """Add ``_line`` and ``_raw``; the raw texts are the block itself, seen through offsets."""
    import numpy as np
    import pyarrow as pa

    offsets = np.append(starts, consumed).astype(np.int32)
    raw = pa.StringArray.from_buffers(len(starts), pa.py_buffer(offsets), pa.py_buffer(block))
    if regular is not None and not regular.all():
        raw, lines = raw.filter(pa.array(np.ascontiguousarray(regular))), lines[regular]
    return table.append_column(LINE, pa.array(lines.astype(np.int64))).append_column(RAW, raw)


def _sorted_out(table: Any, usual: int, sorter: Sorter, how: Plan) -> Iterator[Found]:
    """Take totals and repeated headers out of a table of regular rows; check and drop cells beyond the header."""
    import numpy as np
    import pyarrow as pa

    suspects = suspects_of(table, usual, sorter)
    if suspects.any():
        positions = np.flatnonzero(suspects)
        picked = table.take(pa.array(positions))
        raws = picked.column(RAW).to_pylist()
        lines = picked.column(LINE).to_pylist()
        quotes = sorter.options.quote != "none"
        for position, raw, line in zip(positions, raws, lines, strict=True):
            cells = split_all(raw, how.delimiter, quotes=quotes)[0].cells
            verdict = sorter.fit(Record(line, raw.rstrip("\r\n"), cells))
            if isinstance(verdict, list) and fit_width(cells, sorter.layout) is not None:
                suspects[position] = False
            elif not isinstance(verdict, list):
                yield verdict
        table = table.filter(pa.array(~suspects))
    extra = [name for name in table.column_names if name.startswith("\0")]
    table = table.drop_columns(extra) if extra else table
    for name in how.layout.names[usual:]:
        table = table.append_column(name, pa.array([""] * table.num_rows, pa.string()))
    if table.num_rows:
        yield RawBatch("", table, sorter.part)
