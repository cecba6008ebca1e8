"""``[contact_from_events]``: compile what a mapping says of its events into the statement that makes contacts from them."""

from __future__ import annotations

from collections.abc import Iterable

from rashin.connect import Assembly, EventContacts
from rashin.formula.render import text_literal
from rashin.records import FACTS
from rashin.records.contact import CHANNELS

_CARRIED = ("queue", "team", "agent", "site", "vendor", "client")


def assembly(events: EventContacts) -> Assembly:
    """Return the assembly for ``events``: one contact per contact_id.

    Offered at the opening event; answered, first response, resolution and end as mapped; an instant before the opening is left out. A contact counts as
    resolved at its last resolving event, unless a reopening came after it. Who it belongs to is what its last event with that value says.
    """
    opened = _first(events.opened)
    instants = {
        "answered_at": _first(events.answered),
        "first_response_at": _first(events.responded or events.answered),
        "resolved_at": _resolved(events),
        "ended_at": _last(events.ended),
    }
    columns = [f"{opened} AS offered_at", *(f"{sql} AS {name}" for name, sql in instants.items())]
    columns += [f"arg_max({name}, nth) FILTER (WHERE {name} IS NOT NULL) AS {name}" for name in _CARRIED]
    columns += [
        f"coalesce(arg_min(channel, nth) FILTER (WHERE channel IN ({_list(CHANNELS)})), {_text(events.channel)}) AS channel",
        f"{_text(events.direction)} AS direction",
        f"{_counted(events.reopened)} AS reopens",
        f"{_counted(events.transferred)} AS transfers",
        f"{_happened(events.abandoned)} AS gave_up",
    ]
    ordered = (
        "SELECT *, row_number() OVER (PARTITION BY contact_id ORDER BY event_at, sequence, native_id) AS nth,"
        " count(*) OVER (PARTITION BY contact_id) AS n FROM events WHERE contact_id IS NOT NULL"
    )
    inner = f"SELECT contact_id AS _group, contact_id AS native_id, {', '.join(columns)} FROM ({ordered}) GROUP BY contact_id"
    return Assembly("contact_from_events", _outer(inner, events))


def _outer(inner: str, events: EventContacts) -> str:
    """Leave out what cannot be; say the outcome."""
    later = [
        f"CASE WHEN {name} >= coalesce(offered_at, {name}) THEN {name} END AS {name}"
        for name in ("answered_at", "first_response_at", "resolved_at", "ended_at")
    ]
    kept = ["_group", "native_id", "offered_at", *later, *_CARRIED, "channel", "direction", "reopens", "transfers"]
    outcome = "CASE WHEN answered_at IS NOT NULL OR first_response_at IS NOT NULL OR resolved_at IS NOT NULL THEN 'answered' WHEN gave_up THEN 'abandoned' ELSE 'open' END"
    resolved = "resolved_at IS NOT NULL" if events.resolved else "CAST(NULL AS BOOLEAN)"
    assert {"outcome", "resolved"} <= set(FACTS["contact"].names)  # names used below
    anchors = ", ".join(FACTS["contact"].anchors)
    return f"SELECT {', '.join(kept)}, {outcome} AS outcome, {resolved} AS resolved FROM ({inner}) WHERE coalesce({anchors}) IS NOT NULL"


def _first(which: str | tuple[str, ...]) -> str:
    return _at(which, "min")


def _last(which: str | tuple[str, ...]) -> str:
    return _at(which, "max")


def _at(which: str | tuple[str, ...], pick: str) -> str:
    if which == "first":
        return "min(event_at) FILTER (WHERE nth = 1)"
    if which == "last":
        return "max(event_at) FILTER (WHERE nth = n)"
    if not which:
        return "CAST(NULL AS TIMESTAMP)"
    return f"{pick}(event_at) FILTER (WHERE event IN ({_list(which)}))"


def _resolved(events: EventContacts) -> str:
    if not events.reopened or isinstance(events.resolved, str):
        return _last(events.resolved)
    closing = f"max(nth) FILTER (WHERE event IN ({_list(events.resolved)}))"
    opening = f"max(nth) FILTER (WHERE event IN ({_list(events.reopened)}))"
    return f"CASE WHEN {closing} > coalesce({opening}, 0) THEN {_last(events.resolved)} END"


def _counted(which: str | tuple[str, ...]) -> str:
    return f"count(*) FILTER (WHERE event IN ({_list(which)}))" if which and not isinstance(which, str) else "CAST(NULL AS BIGINT)"


def _happened(which: str | tuple[str, ...]) -> str:
    return f"bool_or(event IN ({_list(which)}))" if which and not isinstance(which, str) else "false"


def _list(words: Iterable[str]) -> str:
    return ", ".join(_text(word) for word in words)


def _text(word: str) -> str:
    return text_literal(word, "duckdb")
