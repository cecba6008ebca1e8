"""Which encoding is a file in? UTF-8 and UTF-16 are certain, CP932 is believed when its text looks Japanese, everything else is asked.

No statistical guessing, and no character is ever dropped or replaced: bytes that do not decode are carried as escapes (see ``ESCAPE``) so that the
one line they stand in can be refused while the rest is read.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

SAMPLE_BYTES = 1024 * 1024
CHUNK_BYTES = 8 * 1024 * 1024

#: Name of the error handler that carries an undecodable byte as the lone surrogate U+DC00 + byte.
ESCAPE = "rashin-escape"

#: A file is still called UTF-8 (or CP932) when at most one in this many of its lines with non-ASCII bytes does not decode.
_TOLERATED = 10


#: What the decoder of CP932 makes of bytes that no CP932 text holds.
_PASSED = {"\x80": 0x80, "\uf8f0": 0xA0, "\uf8f1": 0xFD, "\uf8f2": 0xFE, "\uf8f3": 0xFF}
_NO_CP932 = re.compile(f"[{''.join(_PASSED)}]")


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(ESCAPE, _escape)


@dataclass(frozen=True, slots=True)
class Guess:
    """``encoding``: the best candidate; ``sure``: whether it may be used unasked; ``choices``: what to ask; ``skip``: length of the byte order mark."""

    encoding: str
    sure: bool
    choices: tuple[str, ...] = ()
    skip: int = 0


def guess(open_stream: Callable[[], BinaryIO]) -> Guess:
    """Return the encoding of the stream. An all-ASCII beginning is read on until the first other byte: the answer is about the whole file."""
    with open_stream() as stream:
        sample = stream.read(SAMPLE_BYTES)
        marked = _by_mark(sample)
        if marked:
            return marked
        wide = _utf16_without_mark(sample)
        if wide:
            return wide
        if b"\x1b$" in sample or b"\x1b(" in sample:
            return Guess("iso2022_jp", False, ("iso2022_jp", "utf-8"))
        while sample.isascii():
            sample = stream.read(SAMPLE_BYTES)
            if not sample:
                return Guess("utf-8", True)
        sample += stream.read(SAMPLE_BYTES)
    return _by_lines(sample)


def _by_mark(sample: bytes) -> Guess | None:
    if sample.startswith(codecs.BOM_UTF8):
        return Guess("utf-8", True, skip=3)
    if sample.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return Guess("utf-32", True)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Guess("utf-16", True)
    return None


def _utf16_without_mark(sample: bytes) -> Guess | None:
    """Line ends and delimiters of UTF-16 are ASCII with a zero byte on one and the same side."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    most, least = max(even, odd), min(even, odd)
    if most * 20 < len(sample) or least * 10 > most:
        return None
    encoding = "utf-16-be" if even > odd else "utf-16-le"
    try:
        sample[: len(sample) // 2 * 2].decode(encoding)
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4:
            return None
    return Guess(encoding, True)


def _by_lines(sample: bytes) -> Guess:
    # The first and the last line may be cut by the sample's edges.
    lines = [line for line in sample.split(b"\n") if not line.isascii()]
    whole = lines[:-1] if len(lines) > 1 and not sample.endswith(b"\n") else lines
    bad_utf8 = sum(not _decodes(line, "utf-8") for line in whole)
    if bad_utf8 * _TOLERATED < len(whole) or not bad_utf8:
        return Guess("utf-8", True)
    bad_cp932 = sum(not _decodes(line, "cp932") for line in whole)
    if bad_cp932 * _TOLERATED < len(whole) or not bad_cp932:
        good = "".join(line.decode("cp932") for line in whole if _decodes(line, "cp932"))
        if looks_japanese(good):
            return Guess("cp932", True)
    order = ("euc_jp", "cp1252", "cp932") if _looks_euc(whole) else ("cp1252", "cp932", "euc_jp")
    choices = tuple(each for each in order if each != "cp932" or not bad_cp932)
    choices = tuple(each for each in choices if each != "euc_jp" or all(_decodes(line, "euc_jp") for line in whole))
    return Guess(choices[0] if choices else "cp1252", False, (*choices, "utf-8"))


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return encoding != "cp932" or not _NO_CP932.search(text)


def _looks_euc(lines: list[bytes]) -> bool:
    good = "".join(line.decode("euc_jp") for line in lines if _decodes(line, "euc_jp"))
    return bool(good) and looks_japanese(good)


def looks_japanese(text: str) -> bool:
    """True when the non-ASCII characters of ``text`` are what Japanese is written with, and not accents misread as rare kanji or lone half-width kana."""
    usual = strange = 0
    previous = ""
    for char in text[:200_000]:
        if char.isascii():
            previous = char
            continue
        kind = _kind(char)
        lone_half = kind == "half" and previous.isascii() and previous.isalpha()
        if kind == "strange" or lone_half:
            strange += 1
        else:
            usual += 1
        previous = char
    return usual > strange * 3


def _kind(char: str) -> str:
    point = ord(char)
    if 0x3000 <= point <= 0x30FF or 0xFF01 <= point <= 0xFF5E or 0x2000 <= point <= 0x2BFF or 0x3200 <= point <= 0x33FF:
        return "usual"
    if 0xFF61 <= point <= 0xFF9F:
        return "half"
    if 0xE000 <= point <= 0xF8FF:
        return "strange"
    if unicodedata.category(char) == "Lo":
        # JIS level 1 holds the everyday kanji; accented letters read as CP932 fall nearly always on level 2.
        encoded = char.encode("cp932", "backslashreplace")
        return "usual" if encoded[:1] != b"\\" and encoded[0] < 0x98 else "strange"
    return "usual"


def utf8_chunks(stream: BinaryIO, encoding: str, skip: int = 0, size: int = CHUNK_BYTES) -> Iterator[bytes]:
    """Yield the stream as UTF-8. Undecodable bytes come as U+DC00 + byte (WTF-8), so a chunk that decodes strictly has none."""
    stream.read(skip)
    decoder = codecs.getincrementaldecoder(encoding)(ESCAPE)
    strict = encoding == "utf-8"
    pending = b""
    while chunk := stream.read(size):
        if strict:
            chunk, pending = _cut_utf8(pending + chunk)
            yield _as_utf8(chunk)
        else:
            yield _strict(decoder.decode(chunk), encoding).encode("utf-8", "surrogatepass")
    tail = _as_utf8(pending) if strict else _strict(decoder.decode(b"", True), encoding).encode("utf-8", "surrogatepass")
    if tail:
        yield tail


def _strict(text: str, encoding: str) -> str:
    """Carry the single bytes that CP932 does not use, but that its decoder lets pass, like any other undecodable byte."""
    if encoding != "cp932" or not _NO_CP932.search(text):
        return text
    return _NO_CP932.sub(lambda found: chr(0xDC00 + _PASSED[found.group()]), text)


def _cut_utf8(data: bytes) -> tuple[bytes, bytes]:
    """Split off a character that the chunk's end has cut."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte < 0x80:
            break
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return (data[:-back], data[-back:]) if length > back else (data, b"")
    return data, b""


def _as_utf8(chunk: bytes) -> bytes:
    return chunk if is_utf8(chunk) else chunk.decode("utf-8", ESCAPE).encode("utf-8", "surrogatepass")


def is_utf8(chunk: bytes) -> bool:
    """True when the bytes are whole, valid UTF-8. Looked at in place: several times faster than decoding them."""
    if chunk.isascii():
        return True
    import numpy as np
    import pyarrow as pa

    offsets = pa.py_buffer(np.array([0, len(chunk)], np.int32))
    try:
        pa.StringArray.from_buffers(1, offsets, pa.py_buffer(chunk)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def undecodable(text: str) -> bool:
    """True when ``text`` carries bytes that did not decode."""
    return any("\udc00" <= char <= "\udcff" for char in text)


def visible(text: str) -> str:
    """Return ``text`` with undecodable bytes written as ``\\xNN`` and NUL as ``\\x00``: what a person can read and search for."""
    return "".join(f"\\x{ord(char) - 0xDC00:02x}" if "\udc00" <= char <= "\udcff" else "\\x00" if char == "\0" else char for char in text)
