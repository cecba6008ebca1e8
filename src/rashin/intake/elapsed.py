"""Durations that follow from instants which are there: waits, first responses, resolutions – by the clock and in opening hours."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rashin.calendars import Calendar, Calendars
from rashin.errors import Bilingual
from rashin.intake.batch import Note, Rows, Setting

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _elapsed(start: NDArray[np.datetime64] | None, end: NDArray[np.datetime64] | None) -> NDArray[np.float64] | None:
    """Seconds from start to end; NaN where one is missing or the end comes first. None when a whole column is missing."""
    if start is None or end is None:
        return None
    seconds: NDArray[np.float64] = (end - start).astype(np.float64) / 1e6
    seconds[np.isnat(start) | np.isnat(end) | (end < start)] = np.nan
    return seconds


def _fill_elapsed(rows: Rows, name: str, start: str, end: str) -> None:
    if rows.missing(name) and (seconds := _elapsed(rows.instants(start), rows.instants(end))) is not None:
        rows.fill_seconds(name, seconds)


def _contact(rows: Rows, setting: Setting) -> list[Note]:
    _wait(rows)
    _fill_elapsed(rows, "first_response_s", "offered_at", "first_response_at")
    _fill_elapsed(rows, "resolution_s", "offered_at", "resolved_at")
    return _open_times(rows, setting)


def _wait(rows: Rows) -> None:
    """Of inbound voice and chat: from offer to answer (in a chat to the first human response when no answer is recorded), of an abandoned one to its end.

    Other outcomes may have ended after the wait did.
    """
    offered, channel, direction = rows.instants("offered_at"), rows.get("channel"), rows.get("direction")
    if offered is None or channel is None or direction is None or not rows.missing("wait_s"):
        return
    nothing = np.full(len(offered), np.datetime64("NaT", "us"))
    answered, ended, outcome = rows.instants("answered_at"), rows.instants("ended_at"), rows.get("outcome")
    until = nothing if answered is None else answered
    chat, responded = _is(channel, "chat"), rows.instants("first_response_at")
    if responded is not None:
        until = np.where(np.isnat(until) & chat, responded, until)
    if ended is not None and outcome is not None:
        until = np.where(np.isnat(until) & _is(outcome, "abandoned"), ended, until)
    seconds = _elapsed(offered, np.where((_is(channel, "voice") | chat) & _is(direction, "inbound"), until, nothing))
    if seconds is not None and not np.isnan(seconds).all():
        rows.fill_seconds("wait_s", seconds)


def _is(column: pa.ChunkedArray, value: str) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = pc.equal(column, value).fill_null(False).to_numpy()
    return same


#: Column ← (end of the span that starts at offered_at, how a calendar counts it).
_OPEN: dict[str, tuple[str, Callable[..., NDArray[np.float64]]]] = {
    "first_response_open_s": ("first_response_at", Calendar.open_seconds),
    "first_response_last_schedule_s": ("first_response_at", Calendar.open_seconds_last_schedule),
    "resolution_open_s": ("resolved_at", Calendar.open_seconds),
}


def _open_times(rows: Rows, setting: Setting) -> list[Note]:
    """Fill times in opening hours, calendar by calendar; a note for each queue that has none though a time could be counted."""
    offered = rows.instants("offered_at")
    ends = {name: rows.instants(name) for name in ("first_response_at", "resolved_at")}
    if offered is None or not setting.calendars.by_name or all(each is None for each in ends.values()):
        return []
    calendars, notes = _calendar_of(rows, setting.calendars, ends)
    for column, (end_name, count) in _OPEN.items():
        end = ends[end_name]
        if end is None or not rows.missing(column):
            continue
        seconds = np.full(len(offered), np.nan)
        for calendar, chosen in calendars:
            chosen = chosen & ~np.isnat(end)
            seconds[chosen] = count(calendar, offered[chosen], end[chosen], backwards="null")
        rows.fill_seconds(column, seconds)
    return notes


def _calendar_of(
    rows: Rows, calendars: Calendars, ends: dict[str, NDArray[np.datetime64] | None]
) -> tuple[list[tuple[Calendar, NDArray[np.bool_]]], list[Note]]:
    """Each calendar with the rows of its queues."""
    queue = (
        rows.table.column("queue") if "queue" in rows.table.column_names else pa.chunked_array([pa.nulls(rows.table.num_rows, pa.string())])
    )
    encoded = queue.combine_chunks().dictionary_encode()
    names = [*encoded.dictionary.to_pylist(), None]
    codes = encoded.indices.fill_null(len(names) - 1).to_numpy()
    of_name = [calendars.for_queue(name) for name in names]
    distinct = list({each.name: each for each in of_name if each is not None}.values())
    number = np.array([-1 if each is None else [d.name for d in distinct].index(each.name) for each in of_name], np.int64)[codes]
    countable = np.zeros(len(codes), np.bool_)
    for end in ends.values():
        countable |= False if end is None else ~np.isnat(end)
    notes = []
    for code in np.unique(codes[(number < 0) & countable]):
        name = names[code] or ""
        text = Bilingual(
            f"窓口「{name}」にはカレンダーがないため、営業時間での所要時間は空です。"
            if name
            else "窓口のない行は、営業時間での所要時間が空です。",
            f"Queue “{name}” has no calendar: its times in opening hours stay empty."
            if name
            else "Rows without a queue have no times in opening hours.",
        )
        notes.append(Note("no_calendar", text, int(np.sum(countable & (codes == code)))))
    return [(calendar, number == at) for at, calendar in enumerate(distinct)], notes


def _post(rows: Rows, _: Setting) -> list[Note]:
    _fill_elapsed(rows, "first_reply_s", "posted_at", "first_reply_at")
    return []


def _shift(rows: Rows, _: Setting) -> list[Note]:
    _fill_elapsed(rows, "scheduled_s", "start_at", "end_at")
    _fill_elapsed(rows, "attended_s", "clock_in_at", "clock_out_at")
    return []


#: What is derived for a fact, by its name.
DERIVE: dict[str, Callable[[Rows, Setting], list[Note]]] = {"contact": _contact, "post": _post, "shift": _shift}
