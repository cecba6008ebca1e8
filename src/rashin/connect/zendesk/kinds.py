"""The kinds of record that Zendesk's exports hold: how to tell them apart, and where their values lie in JSON and in flat tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record.

    ``keys``: what pages of the API call the array. ``paths``: column → path in the JSON record. ``columns``: column → names it has in flat tables, where
    they differ from the column's own. ``tells``: keys that a bare JSON record of this kind has, and others have not all of. ``header``: columns that a flat
    table of this kind has.
    """

    name: str
    keys: tuple[str, ...]
    paths: dict[str, str]
    tells: tuple[str, ...]
    header: tuple[tuple[str, ...], ...] = ()
    columns: dict[str, tuple[str, ...]] | None = None

    def column(self, name: str, present: Iterable[str]) -> str | None:
        """Return which of ``present`` (lower case) holds the column ``name``, or None."""
        names = (name, *((self.columns or {}).get(name, ())))
        return next((each for each in names if each in set(present)), None)


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


TICKET = Kind(
    "ticket",
    ("tickets", "ticket"),
    _same(
        "id",
        "created_at",
        "updated_at",
        "status",
        "priority",
        "type",
        "group_id",
        "assignee_id",
        "requester_id",
        "submitter_id",
        "problem_id",
    )
    | {"via": "via.channel", "comments": "comments"},
    ("requester_id", "submitter_id", "status"),
    (("requester_id",), ("submitter_id",), ("status",), ("created_at",)),
    {"via": ("via_channel",)},
)
COMMENT = Kind(
    "comment",
    ("comments", "ticket_comments"),
    _same("id", "ticket_id", "author_id", "public", "created_at") | {"via": "via.channel"},
    ("author_id", "public", "body"),
    (("ticket_id",), ("public",), ("created", "created_at"), ("user_id", "author_id")),
    {"author_id": ("user_id",), "created_at": ("created",), "via": ("via_channel",)},
)
AUDIT = Kind(
    "audit",
    ("audits", "ticket_audits"),
    _same("id", "ticket_id", "author_id", "created_at", "events") | {"via": "via.channel"},
    ("ticket_id", "events", "author_id"),
)
TICKET_EVENT = Kind(
    "ticket_event",
    ("ticket_events",),
    _same("id", "ticket_id", "updater_id", "created_at", "timestamp", "child_events"),
    ("ticket_id", "child_events"),
)
FIELD_HISTORY = Kind(
    "field_history",
    ("ticket_field_history",),
    _same("ticket_id", "field_name", "updated", "value", "user_id"),
    ("ticket_id", "field_name", "value", "updated"),
    (("ticket_id",), ("field_name",), ("value",), ("updated", "updated_at")),
    {"updated": ("updated_at",)},
)
METRIC_EVENT = Kind(
    "metric_event",
    ("ticket_metric_events",),
    _same("id", "ticket_id", "metric", "instance_id", "type", "time", "deleted"),
    ("ticket_id", "metric", "instance_id", "time"),
    (("ticket_id",), ("metric",), ("instance_id",), ("type",), ("time",)),
)
_MINUTES = ("reply", "first_resolution", "full_resolution", "requester_wait", "agent_wait", "on_hold")
METRICS = Kind(
    "metrics",
    ("ticket_metrics", "metric_sets", "ticket_metric", "metric_set"),
    _same("id", "ticket_id", "created_at", "updated_at", "solved_at", "reopens", "replies")
    | {f"{name}_{clock}": f"{name}_time_in_minutes.{clock}" for name in _MINUTES for clock in ("calendar", "business")},
    ("ticket_id", "reply_time_in_minutes"),
    (("ticket_id",), ("reply_time_in_minutes_calendar", "reply_calendar", "reply_time_in_minutes.calendar"), ("solved_at",)),
    {
        f"{name}_{clock}": (f"{name}_time_in_minutes_{clock}", f"{name}_time_in_minutes.{clock}")
        for name in _MINUTES
        for clock in ("calendar", "business")
    },
)
RATING = Kind(
    "rating",
    ("satisfaction_ratings", "satisfaction_rating"),
    _same("id", "ticket_id", "score", "comment", "created_at", "updated_at", "assignee_id", "group_id", "requester_id"),
    ("ticket_id", "score", "assignee_id"),
    (("ticket_id",), ("score",), ("assignee_id", "requester_id"), ("created_at",)),
)
USER = Kind(
    "user",
    ("users",),
    _same("id", "name", "role", "created_at", "updated_at"),
    ("role", "email", "name"),
    (("id",), ("name",), ("role",), ("created_at",)),
)
GROUP = Kind(
    "group",
    ("groups",),
    _same("id", "name", "created_at", "updated_at"),
    ("name", "is_public", "deleted"),
    (("id",), ("name",), ("url",), ("created_at",)),
)
SCHEDULE = Kind("schedule", ("schedules",), _same("id", "name", "time_zone"), ("intervals", "time_zone"))

#: In the order in which a bare record or a header is tried: the more special first.
KINDS: tuple[Kind, ...] = (TICKET_EVENT, AUDIT, METRICS, METRIC_EVENT, FIELD_HISTORY, RATING, COMMENT, TICKET, SCHEDULE, USER, GROUP)

#: What pages of the API call their arrays.
BY_KEY: dict[str, Kind] = {key: kind for kind in KINDS for key in kind.keys}

#: Keys of a page that make a file Zendesk's beyond doubt ("users" and "comments" others have as well).
OWN_KEYS = (
    "tickets",
    "ticket_audits",
    "audits",
    "ticket_events",
    "ticket_metric_events",
    "ticket_metrics",
    "metric_sets",
    "satisfaction_ratings",
    "ticket_comments",
)


def of_record(record: bytes) -> Kind | None:
    """Return the kind of a bare JSON record by its keys, or None."""
    return next((kind for kind in KINDS if all(b'"' + key.encode() + b'"' in record for key in kind.tells)), None)


def of_header(names: Iterable[str]) -> Kind | None:
    """Return the kind of a flat table by its columns (lower case), or None."""
    present = set(names)
    return next((kind for kind in KINDS if kind.header and all(any(each in present for each in some) for some in kind.header)), None)
