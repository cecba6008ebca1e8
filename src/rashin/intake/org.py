"""``org.csv`` of a workspace: who and which queue belongs where, and from when to when.

One row says where one agent or one queue belongs. Columns (any order, all but the first two optional): ``agent`` or ``queue`` – exactly one of
them filled –, ``team``, ``site``, ``vendor``, ``client``, ``channel``, ``valid_from``, ``valid_to`` (the last day it holds), and for
people ``agent_name``, ``queue_name``, ``team_name``, ``site_name``, ``vendor_name``, ``client_name``. UTF-8 or, as Excel in Japan saves it, CP932.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rashin.calendars.schedule import parse_days
from rashin.errors import Bilingual, DefinitionError, nearest
from rashin.records.contact import CHANNELS

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

KINDS = ("agent", "queue")
FILLED = ("team", "site", "vendor", "client", "channel")
#: What may have a name to show beside its id.
NAMED = ("agent", "queue", "team", "site", "vendor", "client")
COLUMNS = (*KINDS, *FILLED, "valid_from", "valid_to", *(f"{kind}_name" for kind in NAMED))

#: Days are counted from 0001-01-01; a name's entries lie this far apart in the sorted keys.
_SPAN = 4_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """What holds for one name on the dates ``[start, until)``; a value that is not said is None."""

    name: str
    values: Mapping[str, str | None]
    start: date = date.min
    until: date = date.max
    line: int = 0


class Register:
    """The entries of all agents, or of all queues, ready to be looked up for many rows at once."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries = sorted(entries, key=lambda each: (each.name, each.start))
        self._code = {name: code for code, name in enumerate(dict.fromkeys(each.name for each in self.entries))}
        self._codes = np.array([self._code[each.name] for each in self.entries], np.int64)
        self._keys = self._codes * _SPAN + np.array([each.start.toordinal() for each in self.entries], np.int64)
        self._until = np.array([each.until.toordinal() for each in self.entries], np.int64)

    def __contains__(self, name: object) -> bool:
        return name in self._code

    def find(self, names: pa.ChunkedArray, days: NDArray[np.datetime64]) -> NDArray[np.int64]:
        """Return for each row the number of the entry that holds for its name on its date; −1 when none does."""
        encoded = names.combine_chunks().dictionary_encode()
        known = np.array([self._code.get(name, -1) for name in encoded.dictionary.to_pylist()] + [-1], np.int64)
        codes = known[encoded.indices.fill_null(len(known) - 1).to_numpy(zero_copy_only=False)]
        found = np.full(len(codes), -1, np.int64)
        rows = np.flatnonzero((codes >= 0) & ~np.isnat(days))
        if len(rows):
            day = days[rows].astype("datetime64[D]").astype(np.int64) + _EPOCH
            at = np.searchsorted(self._keys, codes[rows] * _SPAN + day, "right") - 1
            holds = (at >= 0) & (self._codes[at] == codes[rows]) & (day < self._until[at])
            found[rows[holds]] = at[holds]
        return found

    def values(self, column: str, found: NDArray[np.int64]) -> pa.Array:
        """Return ``column`` of the entries numbered ``found``; null for −1 and where the entry says nothing."""
        import pyarrow as pa

        said = pa.array([*(each.values.get(column) for each in self.entries), None], pa.string())
        return said.take(pa.array(np.where(found < 0, len(self.entries), found)))


_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Org:
    """The organisation as ``org.csv`` says it. ``names``: for people, by kind (:data:`NAMED`) and id."""

    agents: Register = field(default_factory=Register)
    queues: Register = field(default_factory=Register)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def load_org(path: Path) -> Org:
    """Return the organisation written at ``path``, an empty one when there is no such file. DefinitionError when it is wrong."""
    if not path.exists():
        return Org()
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return parse_org(raw.decode(encoding), path.name)
        except UnicodeDecodeError:
            continue
    raise _error(
        path.name,
        "",
        "文字コードを読めません。",
        "The encoding cannot be read.",
        Bilingual("UTF-8 で保存してください。", "Save it as UTF-8."),
    )


def parse_org(text: str, place: str = "org.csv") -> Org:
    """Return the organisation that a CSV text says."""
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip().casefold() for name in next(reader, [])]
    for name in header:
        if name not in COLUMNS:
            raise _error(
                f"{place}:1",
                name,
                f"「{name}」という列はありません。",
                f"There is no column “{name}”.",
                Bilingual(f"使える列: {'、'.join(COLUMNS)}", f"Columns: {', '.join(COLUMNS)}"),
                nearest(name, COLUMNS),
            )
    entries: dict[str, list[Entry]] = {kind: [] for kind in KINDS}
    names: dict[str, dict[str, str]] = {kind: {} for kind in NAMED}
    for cells in reader:
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if cell.strip()}
        if not row:
            continue
        kind, entry = _entry(row, reader.line_num, place)
        entries[kind].append(entry)
        for each, known in names.items():
            if each in row and f"{each}_name" in row:
                known[row[each]] = row[f"{each}_name"]
    for kind in KINDS:
        _check_apart(entries[kind], place)
    return Org(Register(entries["agent"]), Register(entries["queue"]), names)


def _entry(row: Mapping[str, str], line: int, place: str) -> tuple[str, Entry]:
    where = f"{place}:{line}"
    kinds = [kind for kind in KINDS if kind in row]
    if len(kinds) != 1:
        raise _error(
            where,
            " ".join(kinds),
            "agent か queue のどちらか一つを書いてください。",
            "Exactly one of agent and queue must be filled.",
            Bilingual("担当者の行と窓口の行を分けてください。", "Write agents and queues in rows of their own."),
        )
    if row.get("channel", CHANNELS[0]) not in CHANNELS:
        raise _error(
            f"{where} › channel",
            row["channel"],
            f"「{row['channel']}」というチャネルはありません。",
            f"There is no channel “{row['channel']}”.",
            Bilingual(f"使える値: {'、'.join(CHANNELS)}", f"Values: {', '.join(CHANNELS)}"),
            nearest(row["channel"], CHANNELS),
        )
    start = _day(row.get("valid_from"), f"{where} › valid_from") or date.min
    last = _day(row.get("valid_to"), f"{where} › valid_to")
    until = last + timedelta(days=1) if last else date.max
    if until <= start:
        raise _error(f"{where} › valid_to", row["valid_to"], "valid_to が valid_from より前です。", "valid_to is before valid_from.", None)
    return kinds[0], Entry(row[kinds[0]], {column: row.get(column) for column in FILLED}, start, until, line)


def _day(text: str | None, place: str) -> date | None:
    if text is None:
        return None
    days = parse_days(text, place)
    if days.yearly or days.first != days.last:
        raise _error(place, text, "年を含む一つの日付を書いてください。", "One date with its year is needed.", None)
    return days.first


def _check_apart(entries: list[Entry], place: str) -> None:
    """Refuse two entries that hold for one name on one day: which of them would be right?"""
    for earlier, later in pairwise(sorted(entries, key=lambda each: (each.name, each.start))):
        if earlier.name == later.name and later.start < earlier.until:
            raise _error(
                f"{place}:{later.line}",
                later.name,
                f"「{later.name}」の期間が {earlier.line} 行目と重なっています。",
                f"The dates of “{later.name}” overlap with line {earlier.line}.",
                Bilingual("valid_from と valid_to(最終日)を直してください。", "Correct valid_from and valid_to (the last day it holds)."),
            )


def _error(place: str, word: str, ja: str, en: str, next_step: Bilingual | None, suggestion: str | None = None) -> DefinitionError:
    return DefinitionError("org_invalid", Bilingual(ja, en), next_step, place=place, word=word, suggestion=suggestion)
