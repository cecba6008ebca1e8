"""Read a text stream in blocks of whole lines: Arrow arrays with their physical line numbers, memory bounded by the block.

For logs that have no quoting: one record is one line. The encoding is settled line by line (UTF-8, else CP932), because a log that several programs
append to mixes them; a line that is neither is handed over as bytes, never repaired silently.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

BLOCK_BYTES = 4 * 1024 * 1024
#: A "line" longer than this is no line: a binary file, or a damaged one.
MAX_LINE_BYTES = 1024 * 1024
_SHOWN_BYTES = 400
_LINE_END = 10


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class LineBlock:
    """``lines``: text without line ends; ``numbers``: their physical lines (1-based, int64); ``unreadable``: (line, first bytes) of lines in no encoding
    or beyond :data:`MAX_LINE_BYTES`."""

    lines: pa.Array
    numbers: pa.Array
    unreadable: tuple[tuple[int, bytes], ...] = ()


def line_blocks(stream: BinaryIO, block_bytes: int = BLOCK_BYTES) -> Iterator[LineBlock]:
    """Yield the lines of ``stream``, block by block, in order. A last line without its line end counts."""
    first = 1
    for data, overlong in _whole_lines(_as_utf8(stream), block_bytes):
        if overlong:
            yield LineBlock(pa.array([], pa.string()), pa.array([], pa.int64()), ((first, data[:_SHOWN_BYTES]),))
            first += 1
            continue
        block, count = _block(data, first)
        yield block
        first += count


def split_fields(lines: pa.Array, separator: str, count: int) -> tuple[list[pa.Array], np.ndarray]:
    """Split each line at ``separator``: the first ``count`` fields as arrays (null where a line has fewer), and how many fields each line has."""
    split = Split(lines, separator)
    return [split.field(index) for index in range(count)], split.sizes


class Split:
    """Lines cut at ``separator``. ``sizes``: how many fields each line has; a field is copied only when it is asked for."""

    def __init__(self, lines: pa.Array, separator: str) -> None:
        parts = pc.split_pattern(lines, separator)
        offsets = parts.offsets.to_numpy()
        self.sizes: np.ndarray = np.diff(offsets)
        self._first = offsets[:-1]
        self._parts = parts.values

    def field(self, index: int, rows: np.ndarray | None = None) -> pa.Array:
        """Return the field at ``index`` of all lines or of ``rows`` (positions); null where a line has fewer."""
        first, sizes = (self._first, self.sizes) if rows is None else (self._first[rows], self.sizes[rows])
        lacking = sizes <= index
        return self._parts.take(pa.array(first + index, mask=lacking if lacking.any() else None))


def shown(data: bytes) -> str:
    r"""Return bytes for people to read: text where it is text, ``\xNN`` where it is not."""
    return data.decode("utf-8", "backslashreplace")


def _whole_lines(stream: _Readable, block_bytes: int) -> Iterator[tuple[bytes, bool]]:
    """Yield (bytes that end with a line end, False), or (beginning of an overlong line, True)."""
    carry = b""
    skipping = False
    while data := stream.read(block_bytes):
        if skipping:
            cut = data.find(b"\n")
            if cut < 0:
                continue
            data = data[cut + 1 :]
            skipping = False
        data = carry + data
        cut = data.rfind(b"\n") + 1
        if cut:
            yield data[:cut], False
        carry = data[cut:]
        if len(carry) > MAX_LINE_BYTES:
            yield carry[:_SHOWN_BYTES], True
            carry = b""
            skipping = True
    if carry:
        yield carry, False


def _block(data: bytes, first: int) -> tuple[LineBlock, int]:
    """Return the block and how many physical lines it covers."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _mixed_block(data, first)
    data = data if data.endswith(b"\n") else data + b"\n"
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == _LINE_END)
    offsets = np.concatenate(([0], ends - np.arange(len(ends)))).astype(np.int32)
    lines = pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(data.replace(b"\n", b"")))
    if b"\r" in data:
        lines = pc.ascii_rtrim(lines, characters="\r")
    numbers = pa.array(np.arange(first, first + len(ends), dtype=np.int64))
    return LineBlock(lines, numbers), len(ends)


def _mixed_block(data: bytes, first: int) -> tuple[LineBlock, int]:
    lines: list[str] = []
    numbers: list[int] = []
    unreadable: list[tuple[int, bytes]] = []
    raw = data.removesuffix(b"\n").split(b"\n")
    for number, line in enumerate(raw, start=first):
        text = _decoded(line.rstrip(b"\r"))
        if text is None:
            unreadable.append((number, line[:_SHOWN_BYTES]))
        else:
            lines.append(text)
            numbers.append(number)
    return LineBlock(pa.array(lines, pa.string()), pa.array(numbers, pa.int64()), tuple(unreadable)), len(raw)


def _decoded(line: bytes) -> str | None:
    for encoding in ("utf-8", "cp932"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _as_utf8(stream: BinaryIO) -> _Readable:
    """Take a byte-order mark off; turn UTF-16 (which only a mark announces) into UTF-8."""
    start = stream.read(3)
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return _Utf16(start, stream)
    return _Joined(b"" if start == codecs.BOM_UTF8 else start, stream)


class _Joined:
    """A stream with some bytes put back before it."""

    def __init__(self, start: bytes, stream: BinaryIO) -> None:
        self._start = start
        self._stream = stream

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes (and the bytes put back)."""
        start, self._start = self._start, b""
        return start + self._stream.read(size)


class _Utf16(_Joined):
    def __init__(self, start: bytes, stream: BinaryIO) -> None:
        super().__init__(start, stream)
        # A lone half of a character becomes U+FFFD in its own line; the line stays countable.
        self._decoder = codecs.getincrementaldecoder("utf-16")("replace")

    def read(self, size: int) -> bytes:
        data = super().read(size)
        text = self._decoder.decode(data, final=not data)
        return text.encode("utf-8") if text or not data else self.read(size)
