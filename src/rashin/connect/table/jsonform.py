"""JSON (an array, records below a path, or objects one after another) and NDJSON as batches. Nested names are joined with dots.

Read as a stream: only the record at hand is in memory. Numbers keep the text they were written with.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NoReturn

from rashin.connect.files import Member
from rashin.connect.model import LINE, Ignored, RawBatch, RawReject
from rashin.connect.table import encoding as text
from rashin.connect.table.options import TableOptions
from rashin.connect.table.reasons import ignored, reject
from rashin.connect.table.rows import BATCH_ROWS, RAW
from rashin.errors import Bilingual, InputError

_MAX_RECORD = 64 * 1024 * 1024
_CHUNK = 1024 * 1024
_SPACE = " \t\r\n"
_TWICE = "\0twice"

Found = RawBatch | RawReject | Ignored


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        names = [name for name, _ in pairs]
        out[_TWICE] = next(name for name in names if names.count(name) > 1)
    return out


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_float=str, parse_int=str, parse_constant=str)


class _Source:
    """Text of a JSON file with a position; reads on when a value is not complete."""

    def __init__(self, stream: BinaryIO, encoding: str, mark: int, name: str) -> None:
        self._chunks = text.utf8_chunks(stream, encoding, mark, _CHUNK)
        self._name = name
        self.buffer = ""
        self.at = 0
        self.ended = False

    def more(self) -> bool:
        chunk = next(self._chunks, None)
        if chunk is None:
            self.ended = True
            return False
        self.buffer = self.buffer[self.at :] + chunk.decode("utf-8", "surrogatepass")
        self.at = 0
        return True

    def peek(self) -> str:
        """Return the next character that is not white space without taking it; "" at the end."""
        while True:
            while self.at < len(self.buffer) and self.buffer[self.at] in _SPACE:
                self.at += 1
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if not self.more():
                return ""

    def take(self, char: str) -> None:
        if self.peek() != char:
            self.fail(f"expected {char}")
        self.at += 1

    def value(self) -> tuple[Any, str]:
        """Return the next value and its text."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.buffer, self.at)
            except (json.JSONDecodeError, RecursionError) as error:
                if isinstance(error, RecursionError) or len(self.buffer) - self.at > _MAX_RECORD or not self.more():
                    self.fail(str(error))
                continue
            # A number at the very end of the buffer may go on in the next chunk.
            if end == len(self.buffer) and not isinstance(value, dict | list) and self.more():
                continue
            raw = self.buffer[self.at : end]
            self.at = end
            return value, raw

    def fail(self, detail: str) -> NoReturn:
        raise InputError(
            "bad_json",
            Bilingual(
                f"「{self._name}」はJSONとして最後まで読めません({detail})。", f"“{self._name}” is not valid JSON throughout ({detail})."
            ),
            Bilingual("途中で切れていないか確かめ、もう一度書き出してください。", "See whether it was cut off, and export it again."),
        )


def find_records(value: Any, prefix: str = "") -> list[str]:
    """Return the dotted paths below ``value`` at which an array of objects stands."""
    if not isinstance(value, dict):
        return []
    found = []
    for name, each in value.items():
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(each, list) and any(isinstance(item, dict) for item in each[:5]):
            found.append(path)
        elif isinstance(each, dict):
            found += find_records(each, path)
    return found


def settle_records(open_stream: Callable[[], BinaryIO], encoding: str, mark: int, name: str) -> list[str]:
    """Return the candidate paths of the records: [""] for an array or objects one after another, else the paths found in the first object."""
    with open_stream() as stream:
        source = _Source(stream, encoding, mark, name)
        if source.peek() != "{":
            return [""]
        value, _ = source.value()
        if source.peek():
            return [""]
    return find_records(value) or [""]


def read(member: Member, options: TableOptions, encoding: str, mark: int) -> Iterator[Found]:
    """Yield the records at ``options.records`` (found out when there is only one candidate). Raises InputError."""
    path = options.records
    if path is None:
        candidates = settle_records(member.open, encoding, mark, member.name)
        if len(candidates) > 1:
            raise InputError(
                "records_unknown",
                Bilingual(
                    f"「{member.name}」のどの配列がレコードか決められません({', '.join(candidates)})。",
                    f"Which array of “{member.name}” holds the records? ({', '.join(candidates)})",
                ),
                Bilingual('対応づけの [table] に records = "…" と書いてください。', 'Say records = "…" under [table] in the mapping.'),
            )
        path = candidates[0]
    with member.open() as stream:
        source = _Source(stream, encoding, mark, member.name)
        yield from _batched(_values(source, path), member.part)


def _values(source: _Source, path: str) -> Iterator[tuple[Any, str]]:
    if path:
        for name in path.split("."):
            _enter(source, name)
        yield from _array(source)
        return
    while char := source.peek():
        if char == "[":
            yield from _array(source)
        elif char == ",":
            source.take(",")  # a log that was cut out of an array
        else:
            yield source.value()


def _enter(source: _Source, wanted: str) -> None:
    """Stand at the value of ``wanted`` in the object that begins here; values before it are passed over."""
    source.take("{")
    while source.peek() == '"':
        name, _ = source.value()
        source.take(":")
        if name == wanted:
            return
        source.value()
        if source.peek() == ",":
            source.take(",")
    source.fail(f"no {wanted}")


def _array(source: _Source) -> Iterator[tuple[Any, str]]:
    source.take("[")
    while source.peek() != "]":
        yield source.value()
        if source.peek() == ",":
            source.take(",")
        elif source.peek() != "]":
            source.fail("expected , or ]")
    source.take("]")


def read_lines(member: Member, options: TableOptions, encoding: str, mark: int) -> Iterator[Found]:
    """Yield the records of NDJSON: one object per line; a line that is none is a reject."""
    with member.open() as stream:
        yield from _batched(_lines(text.utf8_chunks(stream, encoding, mark), member.part), member.part, numbered=True)


def _lines(chunks: Iterator[bytes], part: str) -> Iterator[tuple[Any, Any]]:
    rest, number = "", 0
    for chunk in chunks:
        *lines, rest = (rest + chunk.decode("utf-8", "surrogatepass")).split("\n")
        for line in lines:
            number += 1
            yield _parsed(line, number, part), (number, line)
    if rest.strip():
        yield _parsed(rest, number + 1, part), (number + 1, rest)


def _parsed(line: str, number: int, part: str) -> Any:
    if not line.strip():
        return ignored("blank", number, part=part)
    if text.undecodable(line):
        return reject("undecodable", number, line, part=part)
    try:
        value, end = _DECODER.raw_decode(line.strip())
        if end != len(line.strip()):
            return reject("bad_json", number, line, part=part, found="more than one value")
    except (json.JSONDecodeError, RecursionError) as error:
        return reject("bad_json", number, line, part=part, found=error)
    return value


def _batched(values: Iterator[tuple[Any, Any]], part: str, *, numbered: bool = False) -> Iterator[Found]:
    rows: list[dict[str, str | None]] = []
    lines: list[int] = []
    raws: list[str] = []
    for count, (value, raw) in enumerate(values, start=1):
        line, raw_text = raw if numbered else (count, raw)
        verdict = value if isinstance(value, RawReject | Ignored) else _checked(value, line, raw_text, part)
        if not isinstance(verdict, dict):
            yield verdict
            continue
        rows.append(verdict)
        lines.append(line)
        raws.append(raw_text)
        if len(rows) >= BATCH_ROWS:
            yield _batch(rows, lines, raws, part)
            rows, lines, raws = [], [], []
    if rows:
        yield _batch(rows, lines, raws, part)


def _checked(value: Any, line: int, raw: str, part: str) -> dict[str, str | None] | RawReject:
    if not isinstance(value, dict):
        return reject("not_an_object", line, raw, part=part)
    if text.undecodable(raw):
        return reject("undecodable", line, raw, part=part)
    flat: dict[str, str | None] = {}
    twice = _flatten(value, "", flat)
    if twice:
        return reject("duplicate_name", line, raw, part=part, found=twice)
    if any(each and "\0" in each for each in flat.values()):
        return reject("nul_character", line, raw, part=part)
    if "\\ud" in raw.lower() and not _encodable(flat):
        return reject("undecodable", line, raw, part=part)
    return flat


def _encodable(flat: dict[str, str | None]) -> bool:
    """False when an escape in the record stands for half a character."""
    try:
        "".join([*flat, *(each or "" for each in flat.values())]).encode()
    except UnicodeEncodeError:
        return False
    return True


def _flatten(value: dict[str, Any], prefix: str, out: dict[str, str | None]) -> str:
    """Fill ``out`` with dotted names; return a name that stands twice, or ""."""
    for name, each in value.items():
        if name == _TWICE:
            return str(each)
        key = prefix + name
        if isinstance(each, dict):
            twice = _flatten(each, key + ".", out)
            if twice:
                return twice
        elif key in out:
            return key
        elif isinstance(each, bool):
            out[key] = "true" if each else "false"
        elif isinstance(each, list):
            out[key] = json.dumps(each, ensure_ascii=False) if each else None
        else:
            out[key] = each
    return ""


def _batch(rows: list[dict[str, str | None]], lines: list[int], raws: list[str], part: str) -> RawBatch:
    import pyarrow as pa

    names = dict.fromkeys(name for row in rows for name in row)
    arrays = [pa.array([row.get(name) for row in rows], pa.string()) for name in names]
    arrays += [pa.array(lines, pa.int64()), pa.array(raws, pa.string())]
    return RawBatch("", pa.table(arrays, names=[*names, LINE, RAW]), part, complete=False)
