"""What a load says when it is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of one fact in one load: ``rows_in = accepted + rejected + duplicate + ignored``.

    Of the accepted, ``opened`` became current where nothing was, ``replaced`` took the place of an older revision, and ``superseded_on_arrival`` were
    older than what is current (they are remembered). ``conflicts``: accepted rows that contradicted another load at the same revision. ``assembled``:
    rows derived from events by this load; they came from no row of this fact, so they are not part of ``rows_in``.
    """

    rows_in: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicate: int = 0
    ignored: int = 0
    opened: int = 0
    replaced: int = 0
    superseded_on_arrival: int = 0
    conflicts: int = 0
    assembled: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in Counts.__slots__))


@dataclass(frozen=True, slots=True)
class Receipt:
    """Outcome of one load. ``recognised``: this very file was already loaded with this mapping, so nothing changed; the counts are those of that load."""

    load_id: int
    source: str
    file_name: str
    snapshot: int
    counts: dict[str, Counts] = field(default_factory=dict)
    recognised: bool = False

    @property
    def total(self) -> Counts:
        """Counts over all facts."""
        return sum(self.counts.values(), Counts())


@dataclass(frozen=True, slots=True)
class LoadRecord:
    """One committed load as the store remembers it. ``withdrawn_snapshot`` is None while its rows count."""

    load_id: int
    batch_id: str
    source: str
    file_name: str
    file_hash: str
    mapping_hash: str
    by: str
    exported_at: datetime | None
    started_at: datetime
    committed_at: datetime
    withdrawn_snapshot: int | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    counts: dict[str, Counts]

    def receipt(self, *, recognised: bool = False) -> Receipt:
        """The receipt of this load again."""
        return Receipt(self.load_id, self.source, self.file_name, self.load_id, self.counts, recognised)
