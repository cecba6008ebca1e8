"""What a connector is and what it hands over. A connector knows a vendor's form and nothing of the store.

A file becomes a stream of :class:`RawBatch` (rows split into columns), :class:`RawReject` (a record that could not even be split) and
:class:`Ignored` (a record that the form itself says does not count). Together they are every data record of the file: rows in.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from rashin.errors import Bilingual

if TYPE_CHECKING:
    import pyarrow as pa

    from rashin.connect.mapping import Mapping

#: Name of the column that every raw table carries: the physical line (1-based), or the record number where a form has no lines.
LINE = "_line"

#: How much of a file is looked at to recognise it.
HEAD_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Rows of one stream, split into columns: text (or typed) columns plus ``_line`` int64.

    ``part``: sheet or archive member the lines are counted in, "" when the file has one part only. ``complete`` is False when later batches may have
    columns that this one lacks (JSON): a missing column is then null, else it is a mistake in the mapping.
    """

    stream: str
    table: pa.Table
    part: str = ""
    complete: bool = True


@dataclass(frozen=True, slots=True)
class RawReject:
    """A record that could not be split into columns: its line, its text (undecodable bytes as ``\\xNN``), why, and what would mend it."""

    line: int
    raw: str
    code: str
    reason: Bilingual
    mend: Bilingual
    part: str = ""
    stream: str = ""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A record that does not count: title, blank line, repeated header, totals row, heartbeat … ``count`` > 1 when several alike are told at once."""

    line: int
    raw: str
    reason: Bilingual
    part: str = ""
    stream: str = ""
    code: str = "ignored"
    count: int = 1


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file, decompressed: enough to recognise it. Read it with :func:`rashin.connect.files.head`.

    ``name``: the file's own name without folders; ``inner``: name of the first archive member, or ``name`` without ``.gz``; ``members``: names of all
    members of an archive; ``data``: up to 64 KiB of content; ``size``: bytes of the file as it lies on the disk.
    """

    name: str
    data: bytes
    size: int
    inner: str = ""
    members: tuple[str, ...] = ()

    @property
    def text(self) -> str | None:
        """The content as text when it is UTF-8, UTF-16 with a mark, or CP932; None for anything else (a cut last character is dropped)."""
        from rashin.connect.files import decode_head

        return decode_head(self.data)

    @property
    def suffix(self) -> str:
        """The ending of the inner name in lower case, with its dot: ``.csv``."""
        return Path(self.inner or self.name).suffix.lower()

    @property
    def first_line(self) -> str:
        """First line that is not blank, or ""."""
        for line in (self.text or "").splitlines():
            if line.strip():
                return line
        return ""


@dataclass(frozen=True, slots=True)
class Assembly:
    """How facts are made from events: SQL (the embedded engine's dialect) over the relation ``events``.

    ``events`` holds all *current* rows of the fact ``reads`` (all its columns, of one source) whose ``group`` value was touched by the load or
    withdrawal. The statement returns one row per derived record:

    - ``_group``: the value of the group column that the row was derived from (all earlier derived rows of that group are replaced),
    - ``native_id``: unique within the source,
    - any columns of the fact ``produces``; those left out are null. ``counted_at``, ``business_date``, ``utc_offset_s`` and ``revision`` are filled in
      afterwards and need not be given.

    Events whose group value begins with "@" are context ("@user/7" is an agent, "@group/3" is called 返品窓口): every group sees them beside its own, and
    when one of them changes all groups are derived again. They make no derived rows themselves.

    The statement must not depend on the order of rows or of loads: order events by (event_at, sequence, native_id).

    ``carried``: for intervals in long stories (an agent's time over years). A statement over the relations ``earlier`` and ``later`` (events before and from
    a moment ``cut`` on, of the same groups, with that column) that returns the earlier events which may have begun something that later ones end. Then
    only what follows the cut is derived, where no interval reaches across it. An event too many does no harm; one missing does. An interval must come of
    events of which the last lies at its end or later, or be carried.
    """

    name: str
    sql: str
    produces: str = "contact"
    reads: str = "contact_event"
    group: str = "contact_id"
    carried: str = ""


@runtime_checkable
class Connector(Protocol):
    """Code that reads one vendor's form. A folder ``connect/<name>/`` with ``connector.py`` that has ``CONNECTOR``, found by listing."""

    @property
    def name(self) -> str:
        """The folder's name; what ``connector = "…"`` in a mapping says."""
        ...

    @property
    def title(self) -> Bilingual:
        """The form's name for people."""
        ...

    @property
    def assemblies(self) -> tuple[Assembly, ...]:
        """Facts that are made from events, or ()."""
        ...

    def recognises(self, head: Head) -> float:
        """How sure it is, 0 … 1, that the file has its form. 0.9 and more: sure; the table connector never says more than 0.5."""
        ...

    def read(self, file: Path, options: AnyMapping[str, object]) -> Iterator[RawBatch | RawReject | Ignored]:
        """Read the file as a stream, in the order of its records; memory must not grow with the file.

        ``options``: the mapping's ``[table]`` keys, and ``zone``. Raises InputError when the file as a whole cannot be read.
        """
        ...

    def mappings(self) -> dict[str, Mapping]:
        """Return stream → mapping, read from ``mapping.toml`` (see :func:`rashin.connect.mapping.read_streams`)."""
        ...


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something the product will not guess. It stands in the mapping file until somebody settles it.

    ``path`` is the place in the mapping that the choice is written to ("fact.0.fields.offered_at.order", "zone", "fact.0.key"); "" when the choice only
    acknowledges a fact ("go on without it"). ``settled`` is the chosen one of ``choices`` ("" = open; a doubt whose ``choices`` holds "…" takes any text).
    """

    code: str
    question: Bilingual
    choices: tuple[str, ...]
    path: str = ""
    column: str = ""
    settled: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def open(self) -> bool:
        """True until a choice has been written."""
        return not self.settled

    @property
    def name(self) -> str:
        """What ``--settle`` takes: the code, with the column when it is about one."""
        return f"{self.code}:{self.column}" if self.column else self.code
