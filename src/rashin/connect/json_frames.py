"""Find the records in a stream of JSON without parsing it in Python: array, one object per line, objects written one after another with nothing between,
or pages that wrap their records (``{"tickets": [ … ]}``). Memory is bounded by a block plus one record.

Only braces outside strings are looked at; whether a record is valid JSON is found out when its columns are taken (:mod:`rashin.connect.json_columns`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

BLOCK_BYTES = 16 * 1024 * 1024
#: No contact or ticket is larger; a record that does not end within this is damaged.
MAX_RECORD_BYTES = 32 * 1024 * 1024
_SHOWN_BYTES = 400
_LOOKED_AT = 50

_QUOTE, _BACKSLASH, _OPEN, _CLOSE, _LINE_END = 0x22, 0x5C, 0x7B, 0x7D, 0x0A
_KEY = re.compile(rb'"((?:[^"\\]|\\.)*)"\s*:\s*\[?\s*$')
_RECORD_START = re.compile(rb'\{\s*"(?:[^"\\]|\\.)*"\s*:')


@dataclass(frozen=True, slots=True)
class Frame:
    """``records``: the bytes of each record, in order; ``numbers``: the line of each where each has a line of its own, else the record number (1-based);
    ``keys``: the page's key that each lies under ("" when nothing wraps them); ``damaged``: (number, first bytes) where an object never ends;
    ``block``: the bytes that the records were found in, to be looked through at once."""

    records: list[bytes]
    numbers: np.ndarray
    keys: list[str]
    damaged: tuple[tuple[int, bytes], ...] = ()
    block: bytes = b""


def frames(stream: BinaryIO, *, wrapped: bool = False, block_bytes: int = BLOCK_BYTES) -> Iterator[Frame]:
    """Yield the records of ``stream``, block by block. ``wrapped``: the records are one level deeper, in arrays (or under keys) of an outer object."""
    start = stream.read(block_bytes)
    if not wrapped and _is_lines(start):
        yield from _line_frames(start, stream, block_bytes)
    else:
        yield from _scanned_frames(start, stream, _Scanner(wrapped), block_bytes)


def _scanned_frames(data: bytes, stream: BinaryIO, scanner: _Scanner, block_bytes: int) -> Iterator[Frame]:
    while True:
        frame, used = scanner.take(data)
        if frame.records:
            yield frame
        data = data[used:]
        if len(data) > MAX_RECORD_BYTES:
            frame, used = scanner.skip(data)
            yield frame
            data = data[used:]
        block = stream.read(block_bytes)
        if not block:
            break
        data += block
    while data.strip(b" \t\r\n,[]"):
        frame, used = scanner.take(data)
        if not frame.records:
            if scanner.closes(data):
                return
            frame, used = scanner.skip(data)
        yield frame
        data = data[used:]


def _is_lines(start: bytes) -> bool:
    """True when each of the first lines begins an object and one of them is a whole one: then a damaged line harms no other."""
    lines = [line for line in start.removeprefix(b"\xef\xbb\xbf").split(b"\n")[:_LOOKED_AT] if line.strip()]
    if b"\n" not in start or not all(line.startswith(b"{") for line in lines):
        return False
    return any(_is_whole(line) for line in lines)


def _is_whole(line: bytes) -> bool:
    frame, used = _Scanner(False).take(line)
    return len(frame.records) == 1 and not line[used:].strip()


def _line_frames(data: bytes, stream: BinaryIO, block_bytes: int) -> Iterator[Frame]:
    first = 1
    data = data.removeprefix(b"\xef\xbb\xbf")
    while data:
        block = stream.read(block_bytes)
        cut = data.rfind(b"\n") + 1 if block else len(data)
        if cut or len(data) > MAX_RECORD_BYTES:
            cut = cut or len(data)
            whole = data[:cut]
            lines = whole.removesuffix(b"\n").split(b"\n")
            filled = [number for number, line in enumerate(lines) if not line.isspace() and line]
            records = lines if len(filled) == len(lines) else [lines[number] for number in filled]
            yield Frame(records, np.array(filled, dtype=np.int64) + first, [""] * len(filled), block=whole)
            first += len(lines)
            data = data[cut:]
        data += block


def is_wrapped(head: bytes, keys: tuple[str, ...]) -> bool:
    """True when the text begins with an object that has one of ``keys`` with an array or object of records as its value, at its first level."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n[")
    if not start.startswith(b"{"):
        return False
    for match in re.finditer(rb'"(\w+)"\s*:\s*(\[\s*\{|\[\s*\]|\{)', start):
        if match[1].decode() in keys and _depth_at(start, match.start()) == 1:
            return True
    return False


class _Scanner:
    def __init__(self, wrapped: bool) -> None:
        self._level = 2 if wrapped else 1  # depth inside a record
        self._depth = 0
        self._key = ""
        self._number = 1
        self._start: bytes | None = None

    def take(self, data: bytes) -> tuple[Frame, int]:
        """Return the whole records in ``data`` and how many bytes they cover."""
        positions, depth = _braces(data, self._depth)
        opens = np.frombuffer(data, np.uint8)[positions] == _OPEN
        starts = positions[opens & (depth == self._level)]
        ends = positions[~opens & (depth == self._level - 1)] + 1
        if self._level == 2:
            ends = ends[ends > (starts[0] if len(starts) else len(data))]
        count = min(len(starts), len(ends))
        records, keys = self._cut(data, starts[:count].tolist(), ends[:count].tolist())
        frame = Frame(records, np.arange(self._number, self._number + count, dtype=np.int64), keys, block=data)
        self._number += count
        if not count:
            return frame, 0
        self._depth = self._level - 1
        if self._start is None:
            found = _RECORD_START.match(records[0])
            self._start = found[0] if found else None
        return frame, int(ends[count - 1])

    def skip(self, data: bytes) -> tuple[Frame, int]:
        """Give up the object at the beginning of ``data``: go on where a record begins as the first one did, or at the end."""
        begin = max(data.find(b"{"), 0)
        again = data.find(self._start, begin + 1) if self._start else -1
        used = again if again > 0 else len(data)
        frame = Frame([], np.array([], dtype=np.int64), [], ((self._number, data[begin : min(used, begin + _SHOWN_BYTES)]),))
        self._number += 1
        self._depth = self._level - 1
        return frame, used

    def closes(self, data: bytes) -> bool:
        """True when ``data`` holds only what follows the last record of a page: counters, links, closing brackets."""
        if self._level == 1:
            return False
        _, depth = _braces(data, self._depth)
        return self._depth == 0 or (len(depth) > 0 and int(depth[-1]) == 0 and int(depth.max()) < self._level)

    def _cut(self, data: bytes, starts: list[int], ends: list[int]) -> tuple[list[bytes], list[str]]:
        records = [data[start:end] for start, end in zip(starts, ends, strict=True)]
        if self._level == 1:
            return records, [""] * len(records)
        keys = []
        before = 0
        for start, end in zip(starts, ends, strict=True):
            if start - before > 2 and (found := _KEY.search(data, before, start)):
                self._key = found[1].decode("utf-8", "replace")
            keys.append(self._key)
            before = end
        return records, keys


def _braces(data: bytes, depth: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of the braces outside strings, and the depth after each."""
    codes = np.frombuffer(data, np.uint8)
    positions = np.flatnonzero((codes == _OPEN) | (codes == _CLOSE))
    quotes = _real_quotes(codes)
    inside = np.searchsorted(quotes, positions)
    # A string never holds a raw line end, so a damaged string ends with its line at the latest.
    lines = np.flatnonzero(codes == _LINE_END)
    if len(lines):
        line = np.searchsorted(lines, positions)
        line_start = np.concatenate(([0], lines))[line]
        inside = inside - np.searchsorted(quotes, line_start)
    positions = positions[inside % 2 == 0]
    steps = np.where(codes[positions] == _OPEN, 1, -1)
    return positions, depth + np.cumsum(steps)


def _real_quotes(codes: np.ndarray) -> np.ndarray:
    """Positions of the quotes that begin or end a string: those with an even number of backslashes before them."""
    quotes = np.flatnonzero(codes == _QUOTE)
    escaped = quotes[(quotes > 0) & (codes[quotes - 1] == _BACKSLASH)]
    if not len(escaped):
        return quotes
    others = np.flatnonzero(codes != _BACKSLASH)
    last_other = np.concatenate(([-1], others))[np.searchsorted(others, escaped)]
    real = (escaped - last_other - 1) % 2 == 0
    return np.setdiff1d(quotes, escaped[~real], assume_unique=True)


def _depth_at(data: bytes, position: int) -> int:
    positions, depth = _braces(data, 0)
    before = np.searchsorted(positions, position)
    return int(depth[before - 1]) if before else 0
