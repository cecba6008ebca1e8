"""Which fact is the file about? Each fact that it could be is given the columns that fit; the one whose own marks are found wins."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rashin.intake.propose.match import Match, assign, best, has_role, header_of, matches, mentions, words
from rashin.intake.propose.moments import implied
from rashin.intake.propose.profile import Profile

#: What tells a fact from the others: field → weight. A fact is a candidate when its ``needed`` fields (any one of each group) are found.
_MARKS: dict[str, dict[str, float]] = {
    "contact": {
        "offered_at": 2, "answered_at": 2, "first_response_at": 2, "resolved_at": 1.5, "ended_at": 1.5, "wait_s": 2, "talk_s": 2, "hold_s": 1, "acw_s": 1.5,
        "outcome": 1, "direction": 1, "channel": 1, "priority": 0.8, "category": 0.5, "contact_point": 0.8, "customer_key": 0.5, "first_response_s": 1.5,
        "resolution_s": 1.5, "transfers": 1, "reopens": 1, "queue": 0.5, "agent": 0.4,
    },
    "contact_total": {
        "offered_count": 3, "answered_count": 3, "abandoned_count": 3, "answered_in_target": 2, "wait_total_s": 1.5, "talk_total_s": 1.5, "acw_total_s": 1,
        "hold_total_s": 1, "busy_count": 1, "resolved_count": 1.5, "short_abandoned_count": 1,
    },
    "contact_event": {"contact_id": 2, "event": 3, "event_at": 2, "sequence": 0.5},
    "agent_time": {"agent": 1, "state": 3, "start_at": 1.5, "end_at": 1.5, "reason": 0.5},
    "shift": {"clock_in_at": 3, "clock_out_at": 3, "start_at": 1, "end_at": 1, "scheduled_s": 2, "attended_s": 1.5, "absent_s": 3, "absence_reason": 2.5, "agent": 0.5, "paid_s": 1},
    "survey": {"score": 3.5, "responded_at": 1, "sent_at": 1, "comment": 1, "contact_id": 0.3},
    "evaluation": {
        "evaluator": 2, "evaluated_at": 2, "accuracy_points": 1.5, "promptness_points": 1.5, "flexibility_points": 1.5, "empathy_points": 1.5,
        "reassurance_points": 1.5, "impression_points": 1.5, "critical_failed": 1.5, "score": 0.5, "mistakes": 1,
    },
    "post": {
        "reactions": 2, "likes": 2, "comments": 1.5, "shares": 1.5, "reposts": 2, "saves": 1.5, "impressions": 2.5, "reach": 1.5, "in_reply_to": 2.5, "text": 1,
        "posted_at": 1, "author": 0.8, "follows": 1, "profile_visits": 1, "quotes": 1,
    },
    "account_day": {"followers": 2.5, "account": 1, "mentions": 1.5, "profile_visits": 1},
    "cost": {"kind": 2.5, "amount_yen": 2.5, "contract": 1},
    "headcount": {"left_count": 2.5, "employees": 2.5, "joined": 2.5, "department": 2, "job": 2, "employment": 1.5},
    "series": {"name": 1.5, "amount": 1.2, "unit": 0.5},
}  # fmt: skip

_NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "contact": (("offered_at", "answered_at", "first_response_at", "resolved_at", "ended_at", "wait_s", "talk_s", "first_response_s"),),
    "contact_total": (("offered_count", "answered_count", "abandoned_count"),),
    "contact_event": (("contact_id",), ("event",), ("event_at",)),
    "agent_time": (("agent",), ("state",), ("start_at",), ("end_at",)),
    "shift": (("clock_in_at", "clock_out_at", "scheduled_s", "attended_s", "absent_s", "start_at"),),
    "survey": (("score",),),
    "evaluation": (("evaluated_at", "evaluator", "accuracy_points", "critical_failed"),),
    "post": (("posted_at",), ("reactions", "likes", "impressions", "comments", "shares", "text", "in_reply_to", "reposts")),
    "account_day": (("followers",),),
    "cost": (("amount_yen",), ("kind",)),
    "headcount": (("left_count", "employees", "joined", "department"),),
    "series": (("amount",),),
}


#: What nobody tells of the answers to a survey: begun, ended and lasted they have too.
_SERVED = frozenset(("wait_s", "hold_s", "acw_s", "answered_at", "first_response_at", "first_response_s"))
_COUNTED = frozenset(("offered_count", "answered_count"))
#: What only a list of contacts tells of a contact.
_HANDLED = frozenset(
    (
        "outcome",
        "wait_s",
        "talk_s",
        "hold_s",
        "acw_s",
        "answered_at",
        "first_response_at",
        "resolved_at",
        "first_response_s",
        "resolution_s",
    )
)

#: Headers that name a business series and nothing else.
_BUSINESS = ("売上", "売上高", "売上金額", "売上額", "注文数", "受注数", "来店数", "会員数", "sales", "revenue", "orders")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fact the file may be about: its score, and which column fills which field."""

    fact: str
    score: float
    assigned: dict[str, Match]


def candidates(profiles: dict[str, Profile], file_name: str) -> list[Candidate]:
    """Return the facts the file may be about, likeliest first."""
    has_date = any(one.kind in ("date", "instant") for one in profiles.values())
    # A name that begins with “_” is the bookkeeping of whoever copied the table.
    usable = {
        name: one
        for name, one in profiles.items()
        if name[:1] != "_" and (not mentions(name, "ratio") or _is_level(name)) and not _of_a_form(name, one)
    }
    out = []
    for fact in _MARKS:
        mine = usable if fact == "contact_total" else {name: one for name, one in usable.items() if not _summed(name)}
        assigned = assign(matches(fact, mine, has_date=has_date))
        if fact == "contact":
            assigned |= implied(usable, assigned, has_date=has_date)
        if all(any(field in assigned for field in group) for group in _NEEDED[fact]):
            out.append(Candidate(fact, _weigh(fact, assigned, profiles), assigned))
    return sorted(_contacts_before_surveys(out, profiles), key=lambda each: -each.score)


def _contacts_before_surveys(found: list[Candidate], profiles: dict[str, Profile]) -> list[Candidate]:
    """A list of contacts with the rating that some of them got is a list of contacts: the rating becomes a survey beside them, and nothing is lost.
    What a survey tool exports has its own marks, and is not."""
    by_fact = {each.fact: each for each in found}
    contact, survey, totals = by_fact.get("contact"), by_fact.get("survey"), by_fact.get("contact_total")
    if totals and _COUNTED & {field for field, match in totals.assigned.items() if match.score >= 0.9}:
        # rows of counts: a moment is an interval, a score its mean
        return [replace(each, score=each.score * 0.5) if each.fact in ("contact", "survey") else each for each in found]
    if contact is None:
        return found
    if is_form(profiles) and not _SERVED & set(contact.assigned):
        return [each for each in found if each.fact != "contact"]
    if survey is None:
        return found
    if "offered_at" in contact.assigned and _HANDLED & set(contact.assigned) and contact.score <= survey.score:
        return [replace(each, score=survey.score + 0.01) if each.fact == "contact" else each for each in found]
    return found


def _of_a_form(name: str, one: Profile) -> bool:
    """What a survey tool writes beside the answers: how the survey was sent, which group a mark belongs to."""
    return (one.kind == "text" and has_role(name, "form", 1.0)) or "nps group" in header_of(name).whole


def is_form(profiles: dict[str, Profile]) -> bool:
    """True when headers are those that survey tools write beside the answers."""
    return any(has_role(name, "form", 1.0) for name in profiles)


def _weigh(fact: str, assigned: dict[str, Match], profiles: dict[str, Profile]) -> float:
    marks = _MARKS[fact]
    total = sum(marks.get(field, 0.1) * match.score**2 for field, match in assigned.items())
    if fact == "contact_event" and not _repeats(assigned["contact_id"].column, profiles):
        total *= 0.4
    if fact == "contact" and not {"offered_at", "answered_at", "first_response_at", "resolved_at", "ended_at"} & set(assigned):
        total *= 0.5
    if fact == "post" and not {"impressions", "likes", "reactions", "in_reply_to", "reposts", "comments"} & set(assigned):
        total *= 0.5
    if (
        fact == "series"
        and "amount" in assigned
        and assigned["amount"].score == 1.0
        and header_of(assigned["amount"].column).words in _BUSINESS
    ):
        total += 2
    if fact == "account_day" and "likes" in assign(matches("post", profiles, has_date=True)):
        total *= 0.5
    if fact == "contact_total" and len({"offered_count", "answered_count", "abandoned_count"} & set(assigned)) < 2:
        total *= 0.6
    return total


def _repeats(column: str, profiles: dict[str, Profile]) -> bool:
    one = profiles[column]
    return one.distinct * 1.2 < one.filled


def _summed(name: str) -> bool:
    return mentions(name, "average") or mentions(name, "longest")


def _is_level(name: str) -> bool:
    """A service level is a share that can be turned back into a count; other ratios cannot and are left out."""
    return best(header_of(name), words()["contact_total"]["answered_in_target"]) >= 0.9
