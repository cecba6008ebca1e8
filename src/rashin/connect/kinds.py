"""Kinds of record in a vendor's exports: how to tell them apart, and where their values lie in JSON and in flat tables.

For vendors whose exports come as pages of an API, as one record per line, or as flat tables, with several kinds of record: :mod:`rashin.connect.kind_reader`
reads them all into one stream of events, by one small SQL file for each kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rashin.errors import Bilingual


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record.

    - ``keys``: what pages of the API call the array. ``paths``: column → path in the JSON record.
    - ``tells``: keys that a bare JSON record of this kind has, and other kinds have not all of.
    - ``header``: columns that a flat table of this kind has (of each group at least one); () = there is no such table.
    - ``columns``: column → names it has in flat tables, where they differ from the column's own.
    - ``also``: name of a second stream that takes the columns as they are. ``passed_over``: why records of this kind do not count (then no SQL is needed).
    - ``common``: other systems have such records too, so the kind alone does not prove the vendor.
    """

    name: str
    keys: tuple[str, ...]
    paths: dict[str, str]
    tells: tuple[str, ...]
    header: tuple[tuple[str, ...], ...] = ()
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    also: str = ""
    passed_over: Bilingual | None = None
    common: bool = False

    def column(self, name: str, present: Iterable[str]) -> str | None:
        """Return which of ``present`` (lower case) holds the column ``name``, or None."""
        known = set(present)
        return next((each for each in (name, *self.columns.get(name, ())) if each in known), None)


def same(*names: str) -> dict[str, str]:
    """Columns that are called as their path is."""
    return {name: name for name in names}


def of_record(kinds: Sequence[Kind], record: bytes) -> Kind | None:
    """Return the first of ``kinds`` whose telling keys are all in a bare JSON record, or None."""
    return next((kind for kind in kinds if kind.tells and all(b'"' + key.encode() + b'"' in record for key in kind.tells)), None)


def of_header(kinds: Sequence[Kind], names: Iterable[str]) -> Kind | None:
    """Return the first of ``kinds`` whose columns are all in a flat table's header (lower case), or None."""
    present = set(names)
    return next((kind for kind in kinds if kind.header and all(any(each in present for each in some) for some in kind.header)), None)


def by_key(kinds: Sequence[Kind]) -> dict[str, Kind]:
    """Return what pages of the API call their arrays → kind."""
    return {key: kind for kind in kinds for key in kind.keys}


def archived(kinds: Sequence[Kind], members: Iterable[str]) -> bool:
    """True when an archive's members are named after kinds of this vendor, and one of them after a kind that others do not have."""
    known = by_key(kinds) | {kind.name: kind for kind in kinds}
    stems = [re.split(r"[/\\]", name)[-1].split(".")[0].lower() for name in members]
    named = [known[stem] for stem in stems if stem in known]
    return len(named) >= 2 and any(not kind.common for kind in named)
