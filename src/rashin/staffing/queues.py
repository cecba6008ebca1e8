"""A queue in one interval: who waits, who leaves, who is answered in time. With patience Erlang A, without Erlang C."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.errors import Bilingual
from rashin.staffing.abandon import waits
from rashin.staffing.erlang import above_0, at_least_0, blocking, delay, whole

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: The four service levels that differ as soon as people leave: field of :class:`Queue` → what is divided by what.
SERVICE_LEVELS: Mapping[str, Bilingual] = MappingProxyType(
    {
        "service_level": Bilingual("目標時間内に応答 ÷ 着信", "answered within the target ÷ offered"),
        "service_level_answered": Bilingual("目標時間内に応答 ÷ 応答", "answered within the target ÷ answered"),
        "service_level_handled": Bilingual("目標時間内に応答または放棄 ÷ 着信", "answered or abandoned within the target ÷ offered"),
        "service_level_patient": Bilingual(
            "目標時間内に応答 ÷ (着信 − 目標時間内の放棄)", "answered within the target ÷ (offered − abandoned within the target)"
        ),
    }
)


class ErlangA(NamedTuple):
    """Shares of the calls offered: that wait, that abandon, and that are answered within the target time."""

    wait_share: Floats
    abandon: Floats
    service_level: Floats


@dataclass(frozen=True, eq=False)
class Queue:
    """What a queue does in the long run, one figure an element. Shares are of the calls offered unless said otherwise (:data:`SERVICE_LEVELS`); times in seconds.

    ``wait_s``: wait of everybody, those who left included ÷ offered. ``asa_answered_s``: wait of the answered ÷ answered (the usual ASA); ``asa_offered_s``: wait of the
    answered ÷ offered (as the catalogue's "asa" reads it). ``occupancy``: busy
    share of the servers' time. ``overloaded``: more work than servers and nobody ever leaves: say that, and show no number (the fields hold the limits 1, 0 and
    infinity, so that sums over a day stay right). NaN where nothing is offered, or nobody answered.
    """

    wait_share: Floats
    service_level: Floats
    service_level_answered: Floats
    service_level_handled: Floats
    service_level_patient: Floats
    abandon: Floats
    wait_s: Floats
    asa_offered_s: Floats
    asa_answered_s: Floats
    occupancy: Floats
    queue_length: Floats
    overloaded: NDArray[np.bool_]


def erlang_a(servers: ArrayLike, rate_s: ArrayLike, handle_s: ArrayLike, patience_s: ArrayLike, *, target_s: ArrayLike = 20.0) -> ErlangA:
    """Return the exact shares of M/M/n+M: ``rate_s`` calls a second, mean times in seconds. 14 servers, 200 calls an hour, 180 s, patience 300 s: 0.14526, 0.013984, 0.91679."""
    found = queue(servers, rate_s, handle_s, interval_s=1.0, patience_s=patience_s, target_s=target_s)
    return ErlangA(found.wait_share, found.abandon, found.service_level)


def queue(
    servers: ArrayLike,
    calls: ArrayLike,
    handle_s: ArrayLike,
    *,
    interval_s: ArrayLike = 1800.0,
    patience_s: ArrayLike | None = None,
    target_s: ArrayLike = 20.0,
) -> Queue:
    """Return what ``servers`` do with ``calls`` of an interval; everything broadcasts. ``patience_s``: mean patience; None or infinity = nobody leaves (Erlang C).

    100 calls of 180 s in half an hour, 14 servers, 20 s: service level 0.88835; with a patience of 300 s 0.91679.
    """
    parts = np.broadcast_arrays(
        whole(servers, "servers"),
        at_least_0(calls, "calls"),
        above_0(handle_s, "handle_s"),
        above_0(interval_s, "interval_s"),
        above_0(np.inf if patience_s is None else patience_s, "patience_s"),
        at_least_0(target_s, "target_s"),
    )
    shape = parts[0].shape
    n, offered, handle, interval, patience, target = (each.ravel() for each in parts)
    found = measured(n, offered / interval, handle, patience, target)
    return Queue(**{name: column.reshape(shape) for name, column in found.items()})  # type: ignore[arg-type]


def measured(n: Ints, rate: Floats, handle: Floats, patience: Floats, target: Floats) -> dict[str, NDArray[np.generic]]:
    """Return the fields of a :class:`Queue` over flat arrays."""
    out: dict[str, NDArray[np.generic]] = {name: np.full(n.size, np.nan) for name in Queue.__dataclass_fields__}
    out["overloaded"] = np.zeros(n.size, bool)
    some, leaves = rate > 0, np.isfinite(patience)
    for rows, how in ((np.flatnonzero(some & leaves), _leaving), (np.flatnonzero(some & ~leaves), _staying)):
        if rows.size:
            for name, column in how(n[rows], rate[rows], handle[rows], patience[rows], target[rows]).items():
                out[name][rows] = column
    idle = np.flatnonzero(~some)
    for name in ("occupancy", "queue_length"):
        out[name][idle] = 0.0
    return out


def _leaving(n: Ints, rate: Floats, handle: Floats, patience: Floats, target: Floats) -> dict[str, Floats]:
    found = waits(n, rate, handle, patience, target)
    answered = 1.0 - found.abandon
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "wait_share": found.wait,
            "service_level": found.answered_in,
            "service_level_answered": np.minimum(found.answered_in / answered, 1.0),
            "service_level_handled": np.minimum(found.answered_in + found.abandoned_in, 1.0),
            "service_level_patient": np.minimum(found.answered_in / (1.0 - found.abandoned_in), 1.0),
            "abandon": found.abandon,
            "wait_s": found.abandon * patience,
            "asa_offered_s": found.answered_wait * patience,
            "asa_answered_s": found.answered_wait / answered * patience,
            "occupancy": np.where(n > 0, np.minimum(rate * handle * answered / np.maximum(n, 1), 1.0), np.nan),
            "queue_length": rate * found.abandon * patience,
            "overloaded": np.zeros(n.size),
        }


def _staying(n: Ints, rate: Floats, handle: Floats, patience: Floats, target: Floats) -> dict[str, Floats]:
    load = rate * handle
    wait = delay(n, load, blocking(n, load))
    room = n - load
    over = room <= 0
    spare = np.where(over, 1.0, room)
    level = np.where(over, 0.0, 1.0 - wait * np.exp(-spare * target / handle))
    asa = np.where(over, np.inf, wait * handle / spare)
    return {
        "wait_share": wait,
        **dict.fromkeys(SERVICE_LEVELS, level),
        "abandon": np.zeros(n.size),
        "wait_s": asa,
        "asa_offered_s": asa,
        "asa_answered_s": asa,
        "occupancy": np.where(n > 0, np.minimum(load / np.maximum(n, 1), 1.0), np.nan),
        "queue_length": np.where(over, np.inf, wait * load / spare),
        "overloaded": over.astype(np.float64),
    }
