"""The connector for Asterisk's ``queue_log``: the pipe-separated file (any rotation, .gz, .zip) and the table that the realtime driver fills."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.connect import files
from rashin.connect.model import Assembly, Head, Ignored, RawBatch, RawReject
from rashin.errors import Bilingual

if TYPE_CHECKING:
    import pyarrow as pa

    from rashin.connect.mapping import Mapping

_HERE = Path(__file__).parent
_FILE_LINE = re.compile(r"^\d{9,11}(\.\d+)?\|[^|]*\|[^|]*\|[^|]*\|[A-Z_]+(\||$)")
_TABLE_COLUMNS = {"time", "callid", "queuename", "agent", "event"}

_BLANK = Bilingual("空行", "blank line")
_PROGRAM = Bilingual("プログラム自身の記録(通話でも担当者でもない)", "about the program itself, no call and no agent")
_TOO_FEW = Bilingual("項目が足りません(時刻|通話ID|キュー|担当者|イベント)。", "Too few fields (time|call id|queue|agent|event).")
_TOO_FEW_MEND = Bilingual(
    "途中で切れた行です。元のログから行全体を取り直してください。", "The line is cut; take the whole line from the original log."
)
_UNREADABLE = Bilingual("UTF-8でもCP932でも読めない行です。", "The line is neither UTF-8 nor CP932.")
_UNREADABLE_MEND = Bilingual("元のログの文字コードを確かめてください。", "Look at the encoding of the original log.")


class Asterisk:
    """Reads ``queue_log`` into the streams ``queue_log`` (time = seconds since 1970) and ``queue_log_table`` (time = the server's local time)."""

    name = "asterisk"
    title = Bilingual("Asterisk queue_log(ファイル・データベース表)", "Asterisk queue_log (file and database table)")

    @property
    def assemblies(self) -> tuple[Assembly, ...]:
        """Contacts (one per visit to a queue) and agents' time, both made from the events."""
        return (
            Assembly("contacts", (_HERE / "contacts.sql").read_text("utf-8")),
            Assembly(
                "agent_time",
                (_HERE / "agent_time.sql").read_text("utf-8"),
                produces="agent_time",
                group="agent",
                carried=(_HERE / "agent_time_carried.sql").read_text("utf-8"),
            ),
        )

    def recognises(self, head: Head) -> float:
        """Sure of five pipe-separated fields that begin with an epoch, and of a table with the queue log's own columns."""
        lines = [line for line in (head.text or "").splitlines()[:50] if line.strip()]
        if not lines:
            return 0.0
        if is_table_header(lines[0]):
            return 0.95
        hits = sum(bool(_FILE_LINE.match(line)) for line in lines)
        return 0.98 if hits > 0.6 * len(lines) else 0.0

    def read(self, file: Path, options: AnyMapping[str, object]) -> Iterator[RawBatch | RawReject | Ignored]:
        """Yield the events in the order of the file."""
        first = files.head(file)
        if is_table_header(first.first_line):
            yield from _read_table(file, options)
            return
        for member in files.members(file):
            yield from _read_member(member)

    def mappings(self) -> dict[str, Mapping]:
        """Return the mapping of each stream."""
        from rashin.connect.toml import read_streams

        return read_streams(_HERE / "mapping.toml")


def is_table_header(line: str) -> bool:
    """True when ``line`` names the columns of the ``queue_log`` table, whatever separates them."""
    words = {word.strip().strip('"').lower() for word in re.split(r"[,;\t|]", line)}
    return words >= _TABLE_COLUMNS


def _read_member(member: files.Member) -> Iterator[RawBatch | RawReject | Ignored]:
    from rashin.connect.lines import line_blocks, shown

    with member.open() as stream:
        for block in line_blocks(stream):
            for line, data in block.unreadable:
                yield RawReject(line, shown(data), "unreadable_line", _UNREADABLE, _UNREADABLE_MEND, member.part, "queue_log")
            yield from _read_lines(block.lines, block.numbers, member.part)


def _read_lines(lines: pa.Array, numbers: pa.Array, part: str) -> Iterator[RawBatch | RawReject | Ignored]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from rashin.connect.asterisk.rows import PARAMETERS, housekeeping, stream_table
    from rashin.connect.lines import Split

    split = Split(lines, "|")
    whole = pa.array(split.sizes >= 5)
    if not pc.all(whole).as_py():
        yield from _told_apart(lines.filter(pc.invert(whole)), numbers.filter(pc.invert(whole)), part)
    program = pc.and_(whole, pc.fill_null(housekeeping(split.field(4)), False))
    for line, raw in zip(numbers.filter(program).to_pylist(), lines.filter(program).to_pylist(), strict=True):
        yield Ignored(line, raw, _PROGRAM, part, "queue_log", "program")
    own = np.flatnonzero(pc.and_not(whole, program).to_numpy(zero_copy_only=False))
    names = ("time", "callid", "queue", "agent", "event", *PARAMETERS)
    if len(own):
        fields = {name: split.field(index, own) for index, name in enumerate(names)}
        yield RawBatch("queue_log", stream_table(fields, numbers.take(pa.array(own))), part)


def _told_apart(lines: pa.Array, numbers: pa.Array, part: str) -> Iterator[RawReject | Ignored]:
    """Blank lines do not count; cut lines are refused."""
    for line, raw in zip(numbers.to_pylist(), lines.to_pylist(), strict=True):
        if raw.strip():
            yield RawReject(line, raw, "too_few_fields", _TOO_FEW, _TOO_FEW_MEND, part, "queue_log")
        else:
            yield Ignored(line, raw, _BLANK, part, "queue_log", "blank")


def _read_table(file: Path, options: AnyMapping[str, object]) -> Iterator[RawBatch | RawReject | Ignored]:
    from rashin.connect.asterisk.table_form import streams
    from rashin.connect.table.connector import CONNECTOR as TABLE

    # Every row of the table is an event: none is a total, and all columns are needed.
    table = {key: value for key, value in options.items() if key != "columns"} | {"totals": []}
    for item in TABLE.read(file, table):
        if isinstance(item, RawBatch):
            yield from streams(item)
        else:
            yield item


CONNECTOR = Asterisk()
