"""The mapping: which source column becomes which column of a fact, with unit, zone, order and value lists. Frozen values; no files here.

``connect.toml`` reads and writes it; ``intake`` compiles it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace

from rashin.connect.model import Doubt

Constant = str | int | float | bool

#: Units a mapping may state for a source column. Durations become seconds, money yen, percent a share.
UNITS: dict[str, str] = {
    "s": "duration",
    "ms": "duration",
    "us": "duration",
    "min": "duration",
    "h": "duration",
    "day": "duration",
    "hms": "duration",  # h:mm:ss, and h:mm where only two parts are given
    "ms_clock": "duration",  # m:ss where only two parts are given
    "percent": "share",
    "share": "share",
    "yen": "yen",
    "thousand_yen": "yen",
    "million_yen": "yen",
    "count": "count",
    "thousand": "count",
    "points": "points",
    "number": "number",
    "epoch_s": "instant",
    "epoch_ms": "instant",
    "epoch_us": "instant",
    "excel_serial": "instant",
}

#: Order of year, month and day in a date written with digits.
ORDERS = ("ymd", "mdy", "dmy")

#: The year of dates without one, and the month in which it begins when that is not January.
YEAR = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]))?")

#: What to expect of the source, for completeness: a file for each day, for each open day, or nothing.
EXPECTATIONS = ("daily", "open_days", "none")


@dataclass(frozen=True, slots=True)
class Field:
    """Where one column of a fact comes from: ``columns`` | ``value`` | ``span``.

    - ``columns``: source columns. Several: date and time are joined (instant), texts are joined with ``join``, numbers and durations are added up.
    - ``decimal``: the decimal sign, "." or ",". ``fold``: full-width letters and half-width kana of a text become the usual ones.
    - ``empty``: the number that an empty cell stands for; None = no value, and then a sum with it has none either.
    - ``after``: an instant of the fact that this one cannot precede; a clock time that does is of the next day (a night shift's end).
    - ``subtract``: source columns taken off a number or duration (talk time that includes hold).
    - ``value``: a constant. ``span``: seconds from one instant of the fact to another.
    - ``values``: source value → value of the fact, after trimming and full-width folding, case ignored; "" stands for an empty cell. A value not listed is a
      reject unless ``otherwise`` says what it becomes.
    - ``times``: a weight column; the field is the mean in ``columns`` × the weight.
    - ``year``: of dates written without one (10/1): "2026", or "2026-04" when they are of the twelve months that begin there.
    """

    columns: tuple[str, ...] = ()
    value: Constant | None = None
    span: tuple[str, str] | None = None
    unit: str | None = None
    order: str | None = None
    zone: str | None = None
    values: AnyMapping[str, Constant] = field(default_factory=dict)
    otherwise: Constant | None = None
    times: str | None = None
    subtract: tuple[str, ...] = ()
    join: str = " "
    decimal: str = "."
    fold: bool = False
    empty: float | None = None
    after: str | None = None
    year: str | None = None


@dataclass(frozen=True, slots=True)
class FactMapping:
    """How rows of one stream become rows of one fact.

    - ``key``: columns that identify the record; () = its content does (k-th occurrence in the file).
    - ``revision``: where the record's last update is (an instant, or a whole number); None = the file's export time.
    - ``only`` / ``skip``: column → values; rows outside ``only`` or inside ``skip`` are ignored, and counted.
    - ``part``: told apart from other entries of the same fact in one file (two surveys from one row).
    - ``stream``: the stream of the connector, "" for a table.
    - ``within``: when the key repeats in the file with different content (and, where a revision is mapped, with the same one): "reject" (default) or "last" (the
      later line is the later state).
    """

    fact: str
    fields: AnyMapping[str, Field]
    key: tuple[str, ...] = ()
    revision: Field | None = None
    only: AnyMapping[str, tuple[str, ...]] = field(default_factory=dict)
    skip: AnyMapping[str, tuple[str, ...]] = field(default_factory=dict)
    part: str = ""
    stream: str = ""
    within: str = "reject"


@dataclass(frozen=True, slots=True)
class EventContacts:
    """``[contact_from_events]``: contacts built from the mapping's contact_event rows, grouped by contact_id.

    Each of ``opened``, ``answered``, ``resolved``, ``ended``, ``abandoned``, ``reopened``, ``transferred``: "first", "last" or a tuple of event names.
    ``channel`` and ``direction`` are constants, unless the events carry a channel.
    """

    opened: str | tuple[str, ...] = "first"
    answered: str | tuple[str, ...] = ()
    responded: str | tuple[str, ...] = ()
    resolved: str | tuple[str, ...] = ()
    ended: str | tuple[str, ...] = ()
    abandoned: str | tuple[str, ...] = ()
    reopened: str | tuple[str, ...] = ()
    transferred: str | tuple[str, ...] = ()
    channel: str = "other"
    direction: str = "inbound"


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping file. ``zone`` None = not settled (instants without an offset cannot be loaded)."""

    source: str
    facts: tuple[FactMapping, ...] = ()
    connector: str = "table"
    zone: str | None = None
    expect: str = "none"
    table: AnyMapping[str, object] = field(default_factory=dict)
    events: EventContacts | None = None
    doubts: tuple[Doubt, ...] = ()

    @property
    def open_doubts(self) -> tuple[Doubt, ...]:
        """Doubts that nobody has settled yet."""
        return tuple(each for each in self.doubts if each.open)

    def for_stream(self, stream: str) -> tuple[FactMapping, ...]:
        """Return the entries that read ``stream``."""
        return tuple(each for each in self.facts if each.stream == stream)

    def with_(self, **changes: object) -> Mapping:
        """Return a copy with some attributes changed."""
        return replace(self, **changes)  # type: ignore[arg-type]
