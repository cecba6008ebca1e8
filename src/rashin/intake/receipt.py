"""What a load says when it is done: the store's receipt with what intake knows beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rashin.intake.batch import Note

if TYPE_CHECKING:
    from rashin.store.receipt import Counts
    from rashin.store.receipt import Receipt as StoreReceipt


@dataclass(frozen=True, slots=True)
class Receipt:
    """Outcome of loading one file. Per fact: rows_in = accepted + rejected + duplicate + ignored.

    ``recognised``: this very file was loaded before with this mapping; nothing changed. ``reasons``: reject code → rows; ``ignored``: why rows do not
    count, with how many; ``mends``: the load whose rejects this one mends, or None.
    """

    store: StoreReceipt
    reasons: dict[str, int] = field(default_factory=dict)
    ignored: tuple[Note, ...] = ()
    notes: tuple[Note, ...] = ()
    file_hash: str = ""
    size: int = 0
    seconds: float = 0.0
    mends: int | None = None

    @property
    def load_id(self) -> int:
        """Number of the load (and of the snapshot that it made)."""
        return self.store.load_id

    @property
    def source(self) -> str:
        """The source the rows belong to."""
        return self.store.source

    @property
    def file_name(self) -> str:
        """The file's name as it came."""
        return self.store.file_name

    @property
    def counts(self) -> dict[str, Counts]:
        """Fact → counts."""
        return self.store.counts

    @property
    def recognised(self) -> bool:
        """True when nothing changed because the file was loaded before."""
        return self.store.recognised

    @property
    def total(self) -> Counts:
        """Counts over all facts."""
        return self.store.total
