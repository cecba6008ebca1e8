"""What every accepted row carries beside what its source said: instant and business date it counts at, where it belongs, durations.

Only what is null is filled, and only from what is known: null stays null. The rules, per fact:

- all: ``counted_at`` (first anchor that is not null), ``business_date``, ``utc_offset_s``; ``team``, ``site``, ``vendor``, ``client``,
  ``channel`` from ``org.csv`` as it holds on the business date;
- contact: ``wait_s`` of inbound voice and chat (offered → answered; of an abandoned call offered → ended), ``first_response_s``, ``resolution_s``
  (clock time), ``first_response_open_s``, ``first_response_last_schedule_s``, ``resolution_open_s`` (opening hours of the queue's calendar);
- post: ``first_reply_s``; shift: ``scheduled_s``, ``attended_s``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rashin.calendars import business_date, offsets_s
from rashin.errors import Bilingual
from rashin.intake.batch import EXAMPLES, INSTANT, Note, Rows, Setting, merge_notes
from rashin.intake.elapsed import DERIVE
from rashin.intake.org import Org, Register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.records import Fact

#: Optional column of a batch: the zone of each row's site, where one source serves several; not kept.
ZONE = "_zone"

__all__ = ["ZONE", "Enriched", "Note", "Setting", "enrich", "merge_notes"]


@dataclass(frozen=True, slots=True)
class Enriched:
    """The rows, and what to tell about them."""

    table: pa.Table
    notes: tuple[Note, ...]


def enrich(fact: Fact, table: pa.Table, setting: Setting) -> Enriched:
    """Return ``table`` (columns of ``fact``, any of them absent) with what could be filled, in the same order of rows.

    A row without any anchor keeps a null business date: the intake refuses it. Elapsed times that would be negative stay null.
    """
    rows = Rows(fact, table)
    notes = [*_count_at(rows, setting), *_place(rows, setting.org)]
    derive = DERIVE.get(fact.name)
    if derive:
        notes += derive(rows, setting)
    return Enriched(rows.table, tuple(notes))


def _count_at(rows: Rows, setting: Setting) -> list[Note]:
    """Fill counted_at, business_date and utc_offset_s."""
    anchors = [name for name in rows.fact.anchors if rows.fact.column(name).type == "instant"]
    given = [name for name in anchors if rows.get(name) is not None]
    counted = pa.chunked_array([pa.nulls(rows.table.num_rows, INSTANT)])
    if given:
        counted = pc.coalesce(*(rows.table.column(name).cast(INSTANT) for name in given))
    utc = counted.to_numpy().astype("datetime64[us]")
    day, offset = _local(utc, rows, setting)
    rows.fill("counted_at", counted)
    rows.fill("utc_offset_s", pa.array(np.nan_to_num(offset).astype(np.int64), mask=np.isnan(offset)))
    rows.fill("business_date", pa.array(day, pa.date32()))
    if ZONE in rows.table.column_names:
        rows.table = rows.table.drop_columns([ZONE])
    if not given or given[0] == anchors[0]:
        return []
    wanted, used = rows.fact.column(anchors[0]).label, rows.fact.column(given[0]).label
    text = Bilingual(
        f"連携元に{wanted.ja}がないため、{used.ja}の時刻で計上します。",
        f"Counted by {given[0]} ({used.en}): the source gives no {anchors[0]} ({wanted.en}).",
    )
    return [Note("counted_by_other", text, len(counted) - counted.null_count)]


def _local(utc: NDArray[np.datetime64], rows: Rows, setting: Setting) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    """Business date and offset of each row in the zone of its site."""
    sites = rows.get(ZONE)
    if sites is None:
        return business_date(utc, setting.zone, setting.cutover), offsets_s(utc, setting.zone)
    day, offset = np.full(len(utc), np.datetime64("NaT", "D")), np.full(len(utc), np.nan)
    for zone, chosen in _groups(sites, setting.zone):
        day[chosen] = business_date(utc[chosen], zone, setting.cutover)
        offset[chosen] = offsets_s(utc[chosen], zone)
    return day, offset


def _groups(column: pa.ChunkedArray, null: str) -> list[tuple[str, NDArray[np.bool_]]]:
    """Each value of a text column with the rows that have it; nulls count as ``null``."""
    encoded = column.fill_null(null).combine_chunks().dictionary_encode()
    codes = encoded.indices.to_numpy()
    return [(value, codes == code) for code, value in enumerate(encoded.dictionary.to_pylist())]


def _place(rows: Rows, org: Org) -> list[Note]:
    """Fill where a row belongs: from its agent; from its queue where the agent is not listed. Client and channel are the queue's first.

    An agent who is listed without a vendor is in-house, so the queue's vendor does not apply.
    """
    agents, known = _entries(rows, "agent", org.agents)
    queues, _ = _entries(rows, "queue", org.queues)
    for name in ("team", "site", "vendor", "client", "channel"):
        if not rows.missing(name) or (agents is None and queues is None):
            continue
        of_agent = None if agents is None else org.agents.values(name, agents)
        of_queue = None if queues is None else org.queues.values(name, queues)
        if name == "vendor" and of_queue is not None and agents is not None:
            of_queue = pc.if_else(pa.array(agents >= 0), pa.scalar(None, pa.string()), of_queue)
        order = (of_queue, of_agent) if name in ("client", "channel") else (of_agent, of_queue)
        rows.fill(name, pc.coalesce(*(each for each in order if each is not None)))
    return known


def _entries(rows: Rows, kind: str, register: Register) -> tuple[NDArray[np.int64] | None, list[Note]]:
    """The entry of each row's agent or queue, and a note about agents who are not listed although others are."""
    column = rows.get(kind) if kind in rows.fact.names and register.entries else None
    if column is None:
        return None, []
    days = rows.table.column("business_date").to_numpy().astype("datetime64[D]")
    found = register.find(column, days)
    strangers = pc.filter(column, pa.array(found < 0)).drop_null()
    if kind != "agent" or not len(strangers):
        return found, []
    text = Bilingual(
        "org.csv にない(またはその日に有効でない)担当者の行があります。", "Some rows have an agent whom org.csv does not list for that day."
    )
    return found, [Note("agent_not_listed", text, len(strangers), tuple(pc.unique(strangers).to_pylist()[:EXAMPLES]))]
