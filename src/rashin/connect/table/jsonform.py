"""JSON (an array, records below a path, or objects one after another) and NDJSON as batches. Nested names are joined with dots.

Read as a stream: only the record at hand is in memory. Numbers keep the text they were written with.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
        self.gap = ""  # the white space before the value at hand: in exports of one record a line it tells where records begin

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
                self.gap += self.buffer[self.at]
                self.at += 1
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if not self.more():
                return ""

    def take(self, char: str) -> None:
        if self.peek() != char:
            self.fail(f"expected {char}")
        self.at += 1
        self.gap = ""

    def value(self) -> tuple[Any, str]:
        """Return the next value and its text."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.buffer, self.at)
            except (json.JSONDecodeError, RecursionError) as error:
                if isinstance(error, RecursionError) or len(self.buffer) - self.at > _MAX_RECORD or not self.more():
                    self.fail(_said(error, self.at))
                continue
            # A number at the very end of the buffer may go on in the next chunk.
            if end == len(self.buffer) and not isinstance(value, dict | list) and self.more():
                continue
            raw = self.buffer[self.at : end]
            self.at = end
            self.gap = ""
            return value, raw

    def element(self) -> tuple[Any, str] | Broken:
        """Return the next value of an array. A record that is not valid JSON is given up alone, where it is sure where the next one begins."""
        if self.peek() != "{":
            return self.value()
        gap = self.gap
        try:
            return self.value()
        except InputError as error:
            broken = _Broken(self, gap, error.detail if isinstance(error, _BadJsonError) else "")
            if (end := broken.end()) is None:
                raise
            raw = self.buffer[self.at : end].rstrip(_SPACE + ",")
            self.at = end
            self.gap = ""
            return Broken(raw, broken.detail)

    def fail(self, detail: str) -> NoReturn:
        raise _BadJsonError(
            detail,
            Bilingual(
                f"「{self._name}」はJSONとして最後まで読めません({detail})。", f"“{self._name}” is not valid JSON throughout ({detail})."
            ),
            Bilingual("途中で切れていないか確かめ、もう一度書き出してください。", "See whether it was cut off, and export it again."),
        )


def _said(error: json.JSONDecodeError | RecursionError, start: int) -> str:
    """What is wrong, and where in the record it is."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return f"{error.msg}, character {error.pos - start + 1}"


class _BadJsonError(InputError):
    """A text that is not JSON; ``detail`` says what is wrong."""

    def __init__(self, detail: str, what: Bilingual, next_step: Bilingual) -> None:
        super().__init__("bad_json", what, next_step)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Broken:
    """A record of an array that is not valid JSON, given up alone."""

    raw: str
    detail: str


#: A whole string, or what opens and closes.
_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|["{}\[\]]')
_CLOSES = {"}": "{", "]": "["}


class _Broken:
    """Finds the end of the broken record that begins at ``source.at``: where its braces close, else where the layout begins the next one."""

    def __init__(self, source: _Source, gap: str, detail: str) -> None:
        self._source, self.detail = source, detail
        self._layout: re.Pattern[str] | None = None
        if "\n" in gap:  # no raw line end stands inside a string, and what is nested is indented further
            indent = gap.rsplit("\n", 1)[1]
            shorter = max(len(indent) - 1, 0)
            self._layout = re.compile(rf"\n{re.escape(indent)}(?=\{{)|\n[ \t]{{0,{shorter}}}(?=\])")

    def end(self) -> int | None:
        """Return the position behind the record in the source's buffer; None when nobody can say."""
        source = self._source
        while True:
            text, at = source.buffer, source.at
            begins = self._layout.search(text, at + 1) if self._layout else None
            closed = self._balanced(text, at, begins.end() if begins else len(text))
            if closed is not None:
                return closed
            if begins is not None:
                return begins.end()
            if source.ended or len(text) - at > _MAX_RECORD or not source.more():
                return None

    @staticmethod
    def _balanced(text: str, start: int, stop: int) -> int | None:
        """Where the braces are closed and the array goes on behind; None when that is not so before ``stop``."""
        opened: list[str] = []
        for match in _TOKEN.finditer(text, start, stop):
            mark = match[0]
            if mark == '"':
                return None  # a string that is never closed: what follows may be inside it
            if mark in "{[":
                opened.append(mark)
            elif mark in _CLOSES:
                if not opened or opened.pop() != _CLOSES[mark]:
                    return None
                if not opened:
                    behind = text[match.end() : match.end() + 200].lstrip(_SPACE)
                    return match.end() if behind[:1] in (",", "]") else None
        return None


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
        try:
            value, _ = source.value()
        except InputError:
            found = _first_array(source.buffer[source.at :])
            if found is None:
                raise
            return [found]  # a record in it is broken; the others can be read
        if source.peek():
            return [""]
    return find_records(value) or [""]


def _first_array(text: str) -> str | None:
    """The name of the first array of objects in the object that ``text`` begins with, at its first level."""
    depth = 0
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if mark in "{[" and len(mark) == 1:
            depth += 1
        elif mark in _CLOSES:
            depth -= 1
        elif depth == 1 and re.match(r"\s*:\s*\[\s*\{", text[match.end() : match.end() + 200]):
            name = json.loads(mark)
            return name if isinstance(name, str) and "." not in name else None
    return None


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
        found = source.element()
        yield (found, found.raw) if isinstance(found, Broken) else found
        if source.peek() == ",":
            source.take(",")
        elif source.peek() not in ("]", "{"):  # a comma that is missing between two records hides neither
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
        return reject("bad_json", number, line, part=part, found=_said(error, 0))
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
    if isinstance(value, Broken):
        return reject("bad_json", line, raw, part=part, found=value.detail)
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
