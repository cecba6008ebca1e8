"""The kinds of record in Intercom's exports."""

from __future__ import annotations

from rashin.connect.kinds import Kind, same
from rashin.errors import Bilingual

_STATISTICS = ("first_admin_reply_at", "first_contact_reply_at", "first_close_at", "last_close_at", "count_reopens")

CONVERSATION = Kind(
    "conversation",
    ("conversations",),
    same("id", "created_at", "updated_at", "state", "priority")
    | {
        "source_type": "source.type",
        "delivered_as": "source.delivered_as",
        "author_type": "source.author.type",
        "author_id": "source.author.id",
        "assignee_id": "admin_assignee_id",
        "assignee_type": "admin_assignee_type",
        "team_id": "team_assignee_id",
        "contact": "contacts.contacts[0].id",
        "rating": "conversation_rating.rating",
        "rating_remark": "conversation_rating.remark",
        "rated_at": "conversation_rating.created_at",
        "parts": "conversation_parts.conversation_parts",
    }
    | {name: f"statistics.{name}" for name in _STATISTICS},
    ("source", "state", "admin_assignee_id"),
    (("source_author_type",), ("source_delivered_as",), ("state",), ("created_at",)),
    {
        "source_type": ("source_type",),
        "delivered_as": ("source_delivered_as",),
        "author_type": ("source_author_type",),
        "author_id": ("source_author_id",),
        "rating": ("conversation_rating_value", "conversation_rating_rating"),
        "rating_remark": ("conversation_rating_remark",),
        "rated_at": ("conversation_rating_created_at",),
    },
)
PART = Kind(
    "part",
    ("conversation_parts",),
    same("id", "conversation_id", "part_type", "body", "created_at", "updated_at")
    | {"author_id": "author.id", "author_type": "author.type", "assigned_to_id": "assigned_to.id", "assigned_to_type": "assigned_to.type"},
    ("part_type", "conversation_id", "author"),
    (("conversation_id",), ("part_type",), ("author_type",), ("created_at",)),
)
MEMBER = Kind(
    "member",
    (),
    same("contact_id", "conversation_id", "conversation_updated_at"),
    (),
    (("contact_id",), ("conversation_id",), ("conversation_updated_at",)),
)
ADMIN = Kind(
    "admin",
    ("admins",),
    same("id", "name", "updated_at") | {"synced": "updated_at"},
    ("job_title", "away_mode_enabled", "name"),
    (("id",), ("job_title",), ("name",)),
    {"synced": ("_fivetran_synced",)},
    common=True,
)
TEAM = Kind(
    "team",
    ("teams",),
    same("id", "name") | {"synced": "updated_at"},
    ("admin_ids", "name"),
    (("id",), ("name",), ("_fivetran_deleted",), ("_fivetran_synced",)),
    {"synced": ("_fivetran_synced",)},
    common=True,
)

_NOT_NEEDED = Bilingual("KPIに使わない表(顧客・タグ・所属)", "a table that no KPI needs (customers, tags, memberships)")
CUSTOMER = Kind(
    "customer", (), {}, (), (("unsubscribed_from_emails",), ("role",), ("last_contacted_at", "signed_up_at")), passed_over=_NOT_NEEDED
)
TAGGING = Kind("tagging", (), {}, (), (("tag_id",), ("conversation_id", "contact_id")), passed_over=_NOT_NEEDED)
MEMBERSHIP = Kind("membership", (), {}, (), (("admin_id",), ("team_id",)), passed_over=_NOT_NEEDED)

#: In the order in which a bare record or a header is tried: the more special first.
KINDS: tuple[Kind, ...] = (PART, CONVERSATION, TAGGING, MEMBER, CUSTOMER, MEMBERSHIP, ADMIN, TEAM)
