"""An agent is in one state at a time: states of one agent that overlap are impossible, and the later one is refused.

Exempt: ``login`` (it lies over the others by nature) and work on written channels (several chats at once are possible).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_PARALLEL = frozenset(("chat", "mail", "social", "sms", "letter", "form"))
_ABOVE = "login"

#: Columns of agent_time that the test reads.
NEEDED = ("native_id", "agent", "channel", "state", "start_at", "end_at")


def overlapping(rows: pa.Table, existing: pa.Table) -> tuple[np.ndarray, list[str]]:
    """Return (positions in ``rows`` to refuse, for each what it overlaps as text).

    Rows are taken by start, end and native id, so the outcome does not depend on their order. ``existing``: current rows of the same agents; those that
    ``rows`` bring again (same native id) are passed over. Rows with an equal native id are versions of one record and do not overlap.
    """
    import numpy as np

    fresh = set(rows.column("native_id").to_pylist())
    items = _items(rows, 0) + [item for item in _items(existing, None) if item[3] not in fresh]
    refused: dict[int, str] = {}
    by_agent: dict[str, list[Any]] = {}
    for item in items:
        by_agent.setdefault(item[0], []).append(item)
    for group in by_agent.values():
        # What is in the store comes first at each moment: it is there already.
        group.sort(key=lambda item: (item[1], item[5] is not None, item[2], item[3]))
        if _clean(group):
            continue
        _sweep(group, refused)
    positions = np.array(sorted(refused), dtype=np.int64)
    return positions, [refused[int(position)] for position in positions]


def _items(table: pa.Table, base: int | None) -> list[tuple[str, Any, Any, str, str, int | None]]:
    out = []
    columns = [table.column(name).to_pylist() for name in NEEDED]
    for position, (native_id, agent, channel, state, start, end) in enumerate(zip(*columns, strict=True)):
        if state == _ABOVE or channel in _PARALLEL or end <= start:
            continue
        out.append((agent, start, end, native_id, state, None if base is None else position))
    return out


def _clean(group: list[Any]) -> bool:
    return all(later[1] >= earlier[2] for earlier, later in pairwise(group))


def _sweep(group: list[Any], refused: dict[int, str]) -> None:
    """Keep intervals in order; refuse a fresh one that begins before a kept one has ended, or that runs into one of the store's."""
    held = [item for item in group if item[5] is None]
    last: Any = None
    for item in group:
        position = item[5]
        clash = last if last is not None and item[1] < last[2] and item[3] != last[3] else None
        if position is not None:
            clash = clash or next((each for each in held if item[1] < each[2] and each[1] < item[2]), None)
            if clash is not None:
                refused[position] = f"{clash[4]} {clash[1]:%Y-%m-%d %H:%M:%S} – {clash[2]:%Y-%m-%d %H:%M:%S} UTC"
                continue
        if last is None or item[2] > last[2]:
            last = item
