"""States of one agent that overlap within one file: those that do not hold are refused, with what they run into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rashin.store.overlap import NEEDED, losers

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

__all__ = ["NEEDED", "overlapping"]


def overlapping(rows: pa.Table) -> tuple[np.ndarray, list[str]]:
    """Return (positions in ``rows`` to refuse, ascending; for each what it overlaps as text). The outcome does not depend on the order of the rows."""
    import numpy as np

    refused = losers(rows)
    positions = np.array(sorted(refused), dtype=np.int64)
    texts = []
    for position in positions.tolist():
        state, start, end = (rows.column(name)[refused[position]].as_py() for name in ("state", "start_at", "end_at"))
        texts.append(f"{state} {start:%Y-%m-%d %H:%M:%S} – {end:%Y-%m-%d %H:%M:%S} UTC")
    return positions, texts
