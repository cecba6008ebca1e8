"""From split fields to the columns of the ``queue_log`` stream: agents' names without their channel, and whose story each line belongs to."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rashin.connect.model import LINE

PARAMETERS = ("p1", "p2", "p3", "p4", "p5")

#: Lines about an agent, whatever stands in the call's place.
AGENT_EVENTS = (
    "AGENTLOGIN",
    "AGENTLOGOFF",
    "AGENTCALLBACKLOGIN",
    "AGENTCALLBACKLOGOFF",
    "ADDMEMBER",
    "REMOVEMEMBER",
    "PAUSE",
    "UNPAUSE",
    "PAUSEALL",
    "UNPAUSEALL",
    "PENALTY",
    "RINGINUSE",
)
#: Lines about the program itself.
HOUSEKEEPING = ("QUEUESTART", "CONFIGRELOAD", "ROTATE")

#: What stands in the call's place when there is no call.
NO_CALL = ("NONE", "REALTIME", "MANAGER", "")

#: "contact" of agents' lines: kept apart from calls, found again by agent.
AGENT_PREFIX = "agent/"

_CHANNEL = r"^(?i:Agent|SIP|PJSIP|IAX2?|SCCP|Skinny|Local|Zap|DAHDI|MGCP|H323|OOH323|Console|Custom|WebRTC|Motif)/"
#: what follows a member's own number in a channel: "@context/n", "-0000002a"
_CHANNEL_END = r"(@.*|-[0-9a-f]{8}(;\d)?)$"


def stream_table(fields: dict[str, pa.Array], lines: pa.Array) -> pa.Table:
    """Return the stream's table: ``time callid queue agent event p1…p5 agent_raw contact_id`` and the line number.

    ``fields`` holds the raw columns as text. ``agent`` is the number or name behind the channel ("SIP/100", "Local/100@from-queue/n" → "100");
    ``contact_id`` is the call, or ``agent/<name>`` for lines that are about an agent and no call.
    """
    agent_raw = _per_value(fields["agent"], _absent)
    agent = _per_value(agent_raw, agent_name)
    event = _per_value(fields["event"], lambda names: pc.utf8_upper(pc.utf8_trim_whitespace(names)))
    callid = fields["callid"]
    no_call = pc.or_(_per_value(event, lambda names: pc.is_in(names, pa.array(AGENT_EVENTS))), _without_call(callid))
    own = _per_value(pc.fill_null(agent, ""), lambda names: pc.binary_join_element_wise(AGENT_PREFIX, names, ""))
    columns = {
        "time": fields["time"],
        "callid": callid,
        "queue": _per_value(fields["queue"], _absent),
        "agent": agent,
        "event": event,
        **{each: _empty_as_null(fields[each]) for each in PARAMETERS},
        "agent_raw": agent_raw,
        "contact_id": pc.if_else(no_call, own, callid),
        LINE: lines,
    }
    return pa.table(columns)


def agent_name(channels: pa.Array) -> pa.Array:
    """Return the member behind each channel: "Agent/2" → "2", "PJSIP/100-0000002a" → "100"; a name without a channel stays."""
    bare = pc.replace_substring_regex(channels, _CHANNEL, "")
    cut = pc.replace_substring_regex(bare, _CHANNEL_END, "")
    return pc.if_else(pc.equal(bare, channels), channels, cut)


def housekeeping(event: pa.Array) -> pa.Array:
    """Return, per line, whether it tells of the program only."""
    return _per_value(event, lambda names: pc.is_in(pc.utf8_upper(names), pa.array(HOUSEKEEPING)))


def _without_call(callid: pa.Array) -> pa.Array:
    """Return, per line, whether a word for "no call" stands in the call's place; ids of calls are longer than these words."""
    short = pc.less_equal(pc.binary_length(callid), max(map(len, NO_CALL)))
    if not pc.any(short).as_py():
        return short
    return pc.is_in(pc.utf8_upper(pc.if_else(short, callid, "?")), pa.array(NO_CALL))


def _per_value(values: pa.Array, function: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Apply a text function once per distinct value: a log of a million lines names a hundred agents."""
    encoded = pc.dictionary_encode(values)
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return function(encoded.dictionary).take(encoded.indices)


def _absent(values: pa.Array) -> pa.Array:
    """Null for "NONE" and the empty text."""
    trimmed = pc.utf8_trim_whitespace(values)
    return pc.if_else(pc.is_in(pc.utf8_upper(trimmed), pa.array(("NONE", ""))), pa.scalar(None, pa.string()), trimmed)


def _empty_as_null(values: pa.Array) -> pa.Array:
    """The same texts with the empty ones as null; none is copied."""
    _, held, data = values.buffers()
    offsets = np.frombuffer(held, np.int32, len(values) + 1, values.offset * 4)
    present = offsets[1:] > offsets[:-1]
    if values.null_count:
        present &= values.is_valid().to_numpy(zero_copy_only=False)
    bits = pa.py_buffer(np.packbits(present, bitorder="little"))
    return pa.StringArray.from_buffers(len(values), pa.py_buffer(offsets), data, bits)
