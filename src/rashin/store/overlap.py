"""An agent is in one state at a time: which of the states that overlap hold.

The later told one holds (higher ``revision``), of those told at once the one that began first, then the one that ended first, then by native id. So what
holds depends on which states there are, never on the order in which they came. Exempt: ``login``, which lies over the others by nature, and work on written
channels, where several conversations at once are possible.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

#: Channels on which an agent does several things at once.
PARALLEL = frozenset(("chat", "mail", "social", "sms", "letter", "form"))
#: The state that lies over the others.
ABOVE = "login"

#: Columns of agent_time that decide.
NEEDED = ("native_id", "agent", "channel", "state", "start_at", "end_at", "revision")


def losers(rows: pa.Table) -> dict[int, int]:
    """Return position in ``rows`` of each state that does not hold → position of the state that it runs into.

    Rows with one native id are versions of one record and do not overlap each other.
    """
    import numpy as np

    places = _subject(rows)
    if len(places) < 2:
        return {}
    subject = rows.take(places)
    starts, ends = (subject.column(name).to_numpy().astype("datetime64[us]").astype(np.int64) for name in ("start_at", "end_at"))
    groups = _touching(subject.column("agent"), starts, ends)
    if not groups:
        return {}
    revisions = subject.column("revision").fill_null(0).to_numpy()
    names = subject.column("native_id").to_pylist()
    found: dict[int, int] = {}
    for group in groups:
        rank = sorted(group, key=lambda at: (-revisions[at], starts[at], ends[at], names[at]))
        for loser, winner in _sweep(rank, starts, ends, names).items():
            found[int(places[loser])] = int(places[winner])
    return found


def _subject(rows: pa.Table) -> np.ndarray:
    """Positions of the rows that the law is about."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    exempt = pc.or_(
        pc.equal(rows.column("state"), ABOVE).fill_null(False),
        pc.is_in(rows.column("channel").cast(pa.string()), pa.array(sorted(PARALLEL))),
    )
    lasting = pc.greater(rows.column("end_at"), rows.column("start_at")).fill_null(False)
    return np.flatnonzero(pc.and_not(lasting, exempt).to_numpy())


def _touching(agents: Any, starts: np.ndarray, ends: np.ndarray) -> list[list[int]]:
    """Groups of two states or more of one agent that hang together by overlaps."""
    import numpy as np
    import pyarrow.compute as pc

    agent = pc.rank(agents.combine_chunks(), tiebreaker="dense").to_numpy().astype(np.int64)
    # times become places in their order, so that agent and time fit into one number
    moments, rank = np.unique(np.concatenate((starts, ends)), return_inverse=True)
    first, last = np.split(rank + np.tile(agent, 2) * len(moments), 2)
    order = np.argsort(first, kind="stable")
    reach = np.maximum.accumulate(last[order])
    joined = first[order][1:] < reach[:-1]
    if not joined.any():
        return []
    group = np.concatenate(([0], np.cumsum(~joined)))
    several = np.flatnonzero(np.bincount(group) > 1)
    begins, stops = np.searchsorted(group, several, "left"), np.searchsorted(group, several, "right")
    return [order[begin:stop].tolist() for begin, stop in zip(begins.tolist(), stops.tolist(), strict=True)]


def _sweep(ranked: list[int], starts: np.ndarray, ends: np.ndarray, names: list[str]) -> dict[int, int]:
    """Let the states hold in the order given, each unless it runs into one that holds already."""
    lost: dict[int, int] = {}
    holding: list[tuple[int, int]] = []  # (start, place), disjoint, by start
    named: set[str] = set()
    for at in ranked:
        if names[at] in named:
            continue  # an older version of a record that holds: the store settles it
        next_one = bisect_left(holding, (int(ends[at]), -1))
        clash = holding[next_one - 1][1] if next_one and ends[holding[next_one - 1][1]] > starts[at] else None
        if clash is None:
            insort(holding, (int(starts[at]), at))
            named.add(names[at])
        else:
            lost[at] = clash
    return lost
