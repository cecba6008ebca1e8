"""What people say to each other about a figure: comments, decisions with who does them until when, mentions, receipts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.http import Http404, HttpRequest
from django.utils import timezone

from rashin.errors import Bilingual, QuestionError
from rashin.web.acts import mentions, reach, subjects
from rashin.web.acts.actions import base
from rashin.web.acts.models import Comment, Mention, ReadReceipt
from rashin.web.acts.subjects import Subject
from rashin.web.people import audit
from rashin.web.people.models import Person

LONGEST = 4000
_TEXT = Bilingual("コメント", "Comment")


def say(
    by: Person,
    subject: Subject,
    text: str,
    *,
    period: str = "",
    decision: bool = False,
    owner: str = "",
    due: date | None = None,
    request: HttpRequest | None = None,
) -> Comment:
    """Say something; ``decision``: what was decided, with who does it until when. QuestionError for a mention of somebody who may not see it."""
    with transaction.atomic():
        actor = base.actor(by, "comment")
        there = subjects.find(actor, subject.about, subject.thing, subject.where)
        clean = base.text(text, _TEXT, LONGEST, needed=True)
        named = mentions.named(clean, readers(there))
        comment = Comment.objects.create(
            about=there.about,
            thing=there.thing,
            period=period[:40],
            where=dict(there.where),
            text=clean,
            decision=decision,
            owner=_owner(there, owner) if decision else None,
            due=due if decision else None,
            by=actor,
        )
        Mention.objects.bulk_create(Mention(comment=comment, person=person) for person in named if person.pk != actor.pk)
        _noted("decided" if decision else "commented", comment, actor, request, mentions=[each.email for each in named])
    return comment


def edit(by: Person, public_id: str, version: int, text: str, *, request: HttpRequest | None = None) -> Comment:
    """Write one's own comment anew; who is named for the first time is mentioned, who is named no longer is not."""
    with transaction.atomic():
        actor = base.actor(by, "comment")
        comment, there = _own(actor, public_id)
        base.current(comment.version, version)
        comment.text = base.text(text, _TEXT, LONGEST, needed=True)
        named = [person for person in mentions.named(comment.text, readers(there)) if person.pk != actor.pk]
        comment.mentions.exclude(person__in=named).delete()
        known = set(comment.mentions.values_list("person_id", flat=True))
        Mention.objects.bulk_create(Mention(comment=comment, person=person) for person in named if person.pk not in known)
        comment.edited_at = timezone.now()
        _noted("comment_changed", comment, actor, request)
        return _saved(comment)


def remove(by: Person, public_id: str, version: int, *, back: bool = False, request: HttpRequest | None = None) -> Comment:
    """Take one's own comment back, or (``back``) put it where it was."""
    with transaction.atomic():
        actor = base.actor(by, "comment")
        comment, _ = _own(actor, public_id)
        base.current(comment.version, version)
        comment.removed_at = None if back else timezone.now()
        _noted("comment_restored" if back else "comment_removed", comment, actor, request)
        return _saved(comment)


def done(by: Person, public_id: str, version: int, *, done: bool, request: HttpRequest | None = None) -> Comment:
    """Mark what was decided as done, or as not done after all: who does it, who wrote it, or who runs such meetings."""
    with transaction.atomic():
        actor = base.actor(by, "comment")
        comment, _ = found(actor, public_id)
        if not comment.decision or not (actor.pk in (comment.by_id, comment.owner_id) or actor.may("write_cycles")):
            raise Http404
        base.current(comment.version, version)
        comment.done_at = timezone.now() if done else None
        _noted("decision_done" if done else "decision_reopened", comment, actor, request)
        return _saved(comment)


def found(by: Person, public_id: str) -> tuple[Comment, Subject]:
    """Return a comment, locked, and what it is about; 404 for what is absent or out of scope."""
    comment = Comment.objects.select_for_update().filter(public_id=public_id[:32]).first()
    if comment is None or not reach.visible(by, comment.where):
        raise Http404
    return comment, subjects.find(by, comment.about, comment.thing, comment.where, comment.period)


def readers(there: Subject) -> list[Person]:
    """Return everybody who may read what is said about something."""
    return [person for person in reach.readers(there.where) if there.seen_by(person)]


def seen(by: Person, comments: Iterable[int]) -> int:
    """Note that ``by`` has seen where they are named in these comments; return how many were new. The row says when: it is its own record."""
    return Mention.objects.filter(person=by, comment__in=list(comments), seen_at=None).update(seen_at=timezone.now())


def receipt(by: Person, about: str, thing: str) -> bool:
    """Note that ``by`` has read something, the first time; return whether it was. The row is its own record."""
    if not by.is_active or about not in subjects.RECEIPTS:
        return False
    _, new = ReadReceipt.objects.get_or_create(about=about, thing=thing, person=by)
    return new


def _own(by: Person, public_id: str) -> tuple[Comment, Subject]:
    comment, there = found(by, public_id)
    if comment.by_id != by.pk:
        raise Http404
    return comment, there


def _owner(there: Subject, public_id: str) -> Person | None:
    owner = base.colleague(public_id, there.where)
    if owner is not None and not there.seen_by(owner):
        raise QuestionError("person_cannot_see", Bilingual("その人はここを見られません。", "That person may not see this."))
    return owner


def _noted(action: str, comment: Comment, by: Person, request: HttpRequest | None, **more: object) -> None:
    """The line of the audit log: who, about what; never the text itself."""
    audit.record(
        action,
        f"{comment.about}:{comment.thing}",
        by=by,
        request=request,
        detail={"comment": comment.public_id, "period": comment.period, **more},
    )


def _saved(comment: Comment) -> Comment:
    comment.version += 1
    comment.save()
    return comment
