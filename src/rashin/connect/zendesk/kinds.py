"""The kinds of record in Zendesk's exports."""

from __future__ import annotations

from rashin.connect.kinds import Kind
from rashin.connect.kinds import same as _same
from rashin.errors import Bilingual

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
    | {"via": "via.channel", "comments": "comments", "tags": "tags"},
    ("requester_id", "submitter_id", "status"),
    (("requester_id",), ("submitter_id",), ("status",), ("created_at",)),
    {"via": ("via_channel",)},
)
COMMENT = Kind(
    "comment",
    ("comments", "ticket_comments"),
    _same("id", "ticket_id", "author_id", "public", "created_at") | {"via": "via.channel"},
    ("ticket_id", "author_id", "public", "body"),
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
    also="figures",
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
    common=True,
)
GROUP = Kind(
    "group",
    ("groups",),
    _same("id", "name", "created_at", "updated_at"),
    ("name", "is_public", "deleted"),
    (("id",), ("name",), ("url",), ("created_at",)),
    common=True,
)
SCHEDULE = Kind(
    "schedule",
    ("schedules",),
    _same("id", "name", "time_zone"),
    ("intervals", "time_zone"),
    (("start_time",), ("end_time",), ("time_zone",)),
    passed_over=Bilingual("営業時間の定義(calendars/ に置く)", "opening hours: they belong in calendars/"),
)

_IN_CALENDARS = Bilingual(
    "営業時間・休日の割り当て(calendars/ に置く)", "which opening hours and holidays apply: that belongs in calendars/"
)
TICKET_SCHEDULE = Kind(
    "ticket_schedule", ("ticket_schedules",), {}, (), (("ticket_id",), ("schedule_id",), ("created_at",)), passed_over=_IN_CALENDARS
)
SCHEDULE_HOLIDAY = Kind(
    "schedule_holiday", ("holidays",), {}, (), (("schedule_id",), ("start_date",), ("end_date",)), passed_over=_IN_CALENDARS
)

#: In the order in which a bare record or a header is tried: the more special first.
KINDS: tuple[Kind, ...] = (
    TICKET_EVENT,
    AUDIT,
    METRICS,
    METRIC_EVENT,
    FIELD_HISTORY,
    RATING,
    COMMENT,
    TICKET,
    TICKET_SCHEDULE,
    SCHEDULE,
    SCHEDULE_HOLIDAY,
    USER,
    GROUP,
)

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
