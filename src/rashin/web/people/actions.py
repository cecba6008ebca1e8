"""Every write about people: who did it (``by``), in one transaction, with its line in the audit log. Views only call these."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from rashin.errors import Bilingual, ConflictError, ForbiddenError, QuestionError
from rashin.web.people import audit, sessions
from rashin.web.people.models import ApiKey, Grant, Invitation, Person
from rashin.web.people.roles import ROLES

Pairs = Sequence[tuple[str, str]]


def sealed(token: str) -> str:
    """Return what is stored of a token: a hash from which it cannot be found again."""
    return hashlib.sha256(token.encode()).hexdigest()


# who may act, and on whom


def _actor(by: Person, permission: str = "manage_people") -> Person:
    """Return ``by`` as the database knows them now; ForbiddenError when they may not act (any more)."""
    now = Person.objects.select_for_update().filter(pk=by.pk).first()
    if now is None or not now.may(permission):
        raise ForbiddenError(
            "not_allowed",
            Bilingual("この操作の権限がありません。", "Your role does not include this."),
            Bilingual("管理者に依頼してください。", "Ask your administrator."),
        )
    return now


def _target(by: Person, public_id: str, version: int | None = None) -> Person:
    """Return another person, locked; never the actor: nobody changes their own role, scope or account. ConflictError when ``version`` has passed."""
    person = Person.objects.select_for_update().filter(public_id=public_id).first()
    if person is None:
        raise QuestionError("person_unknown", Bilingual("この利用者はいません。", "There is no such person."))
    if person.pk == by.pk:
        raise ForbiddenError(
            "not_oneself",
            Bilingual("自分自身の役割・範囲・在籍は変更できません。", "Nobody changes their own role, scope or account."),
            Bilingual("別の管理者に依頼してください。", "Ask another administrator."),
        )
    if version is not None and person.version != version:
        raise ConflictError(
            "edited_meanwhile",
            Bilingual("ほかの人が先に変更しました。何も保存していません。", "Somebody else changed this meanwhile. Nothing was saved."),
            Bilingual("今の内容を確かめて、もう一度操作してください。", "Look at what it is now and decide again."),
        )
    return person


def _checked(role: str, grants: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the grants without repeats; QuestionError for a role or a dimension that does not exist."""
    tidy = sorted({(dimension, value.strip()) for dimension, value in grants if value.strip()})
    if role not in ROLES:
        raise QuestionError("role_unknown", Bilingual(f"役割「{role}」はありません。", f"There is no role “{role}”."))
    for dimension, value in tidy:
        if dimension not in Grant.DIMENSIONS or len(value) > 200:
            raise QuestionError(
                "grant_unknown", Bilingual(f"範囲「{dimension}」は使えません。", f"A scope cannot be given by “{dimension}”.")
            )
    return tidy


def _saved(person: Person) -> Person:
    person.version += 1
    person.save()
    return person


# coming


@transaction.atomic
def first_token() -> str | None:
    """Return a new one-time token for the first administrator; None once there are people. Earlier tokens end with it."""
    if Person.objects.exists():
        return None
    Invitation.objects.filter(invited_by=None, used_at=None).delete()
    token = secrets.token_urlsafe(32)
    ends = timezone.now() + timedelta(days=1)
    Invitation.objects.create(token_hash=sealed(token), role="administrator", expires_at=ends)
    audit.record("first_token_made", by="rashin web")
    return token


@transaction.atomic
def invite(
    by: Person, email: str, name: str, role: str, grants: Pairs = (), agent_key: str = "", *, request: HttpRequest | None = None
) -> tuple[Invitation, str]:
    """Invite somebody by mail address; return the invitation and the token of its link (7 days, one use). An earlier invitation of the address ends."""
    actor, email = _actor(by), email.strip().lower()
    tidy = _checked(role, grants)
    if Person.objects.filter(email=email).exists():
        raise QuestionError(
            "person_exists",
            Bilingual("このメールアドレスの利用者はすでにいます。", "Somebody with this mail address is already here."),
            Bilingual("一覧から探して変更してください。", "Find them in the list and change them there."),
        )
    Invitation.objects.filter(email=email, used_at=None).delete()
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        token_hash=sealed(token), email=email, name=name.strip(), role=role, grants=[list(pair) for pair in tidy], agent_key=agent_key.strip(), invited_by=actor
    )  # fmt: skip
    audit.record("invited", email, by=actor, request=request, detail={"role": role, "grants": _told(tidy)})
    return invitation, token


@transaction.atomic
def withdraw_invitation(by: Person, invitation_id: int, *, request: HttpRequest | None = None) -> None:
    """Take an open invitation back: its link works no longer."""
    actor = _actor(by)
    invitation = Invitation.objects.select_for_update().filter(pk=invitation_id, used_at=None).exclude(invited_by=None).first()
    if invitation is None:
        raise QuestionError("invitation_unknown", Bilingual("この招待はありません。", "There is no such invitation."))
    audit.record("invitation_withdrawn", invitation.email, by=actor, request=request)
    invitation.delete()


def open_invitation(token: str) -> Invitation | None:
    """Return the invitation that ``token`` opens; None when it was used, has ended, or never was: they cannot be told apart."""
    found = Invitation.objects.filter(token_hash=sealed(token), used_at=None, expires_at__gt=timezone.now()).first()
    if found is None:
        return None
    if found.invited_by_id is None and Person.objects.exists():
        return None
    return found


@transaction.atomic
def accept(token: str, name: str, password: str, email: str = "", *, request: HttpRequest | None = None) -> Person | None:
    """Make the invited person and use the invitation up; None when it is no longer open. ``email`` counts only for the first administrator."""
    found = open_invitation(token)
    # locked, and looked at again: of two uses of one link at the same moment the second finds it used
    invitation = Invitation.objects.select_for_update().filter(pk=found.pk, used_at=None).first() if found else None
    if invitation is None:
        return None
    return _come(invitation, name, password, invitation.email or email.strip().lower(), request)


@transaction.atomic
def accept_by_single_sign_on(request: HttpRequest, verified: Sequence[str]) -> Person | None:
    """Make the person whose open invitation went to one of the ``verified`` addresses; they have no password here."""
    open_ones = Invitation.objects.select_for_update().filter(email__in=verified, used_at=None, expires_at__gt=timezone.now())
    invitation = open_ones.exclude(email="").exclude(invited_by=None).first()
    return _come(invitation, invitation.name or invitation.email, None, invitation.email, request) if invitation else None


def _come(invitation: Invitation, name: str, password: str | None, email: str, request: HttpRequest | None) -> Person:
    person = Person.objects.create_user(email, password, name=name.strip(), role=invitation.role, agent_key=invitation.agent_key)
    Grant.objects.bulk_create(Grant(person=person, dimension=dimension, value=value) for dimension, value in invitation.grants)
    invitation.used_at = timezone.now()
    invitation.save(update_fields=["used_at"])
    audit.record("joined", email, by=person, request=request, detail={"role": person.role, "first": invitation.invited_by_id is None})
    return person


# changing


@transaction.atomic
def change_person(
    by: Person,
    public_id: str,
    version: int,
    *,
    name: str,
    role: str,
    grants: Pairs,
    agent_key: str = "",
    request: HttpRequest | None = None,
) -> Person:
    """Change what somebody is called, may do and may see; in force on their next request. ConflictError when ``version`` has passed."""
    actor = _actor(by)
    tidy = _checked(role, grants)
    person = _target(actor, public_id, version)
    before = {"role": person.role, "grants": _told((g.dimension, g.value) for g in person.grants.all()), "agent": person.agent_key}
    after = {"role": role, "grants": _told(tidy), "agent": agent_key.strip()}
    person.name, person.role, person.agent_key = name.strip(), role, agent_key.strip()
    person.grants.all().delete()
    Grant.objects.bulk_create(Grant(person=person, dimension=dimension, value=value) for dimension, value in tidy)
    action = "person_changed" if before == after else "role_changed"
    audit.record(action, person.email, by=actor, request=request, detail={"before": before, "after": after})
    return _saved(person)


@transaction.atomic
def leave(by: Person, public_id: str, version: int, *, request: HttpRequest | None = None) -> Person:
    """Somebody leaves: no sign-in any more, sessions and API keys end now. What they did stays in the log; they can be taken back."""
    actor = _actor(by)
    person = _target(actor, public_id, version)
    now = timezone.now()
    person.is_active, person.left_at = False, now
    person.set_unusable_password()
    keys = ApiKey.objects.filter(person=person, revoked_at=None).update(revoked_at=now)
    ended = sessions.end_all(person)
    audit.record("left", person.email, by=actor, request=request, detail={"sessions": ended, "keys": keys})
    return _saved(person)


@transaction.atomic
def come_back(by: Person, public_id: str, version: int, *, request: HttpRequest | None = None) -> Person:
    """Take somebody back who had left; they need a new password (see :func:`reset_link`)."""
    actor = _actor(by)
    person = _target(actor, public_id, version)
    person.is_active, person.left_at = True, None
    audit.record("came_back", person.email, by=actor, request=request, detail={"role": person.role})
    return _saved(person)


@transaction.atomic
def reset_link(by: Person, public_id: str, *, request: HttpRequest | None = None) -> str:
    """Return a link with which somebody sets a new password (30 minutes, one use), for organisations without mail."""
    from allauth.account.adapter import get_adapter
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    actor = _actor(by)
    person = _target(actor, public_id)
    audit.record("password_link_made", person.email, by=actor, request=request)
    return str(get_adapter().get_reset_password_from_key_url(f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"))


@transaction.atomic
def drop_second_factor(by: Person, public_id: str, version: int, *, request: HttpRequest | None = None) -> Person:
    """Remove the second factor of somebody who lost it; their sessions end."""
    from allauth.mfa.models import Authenticator

    actor = _actor(by)
    person = _target(actor, public_id, version)
    Authenticator.objects.filter(user=person).delete()
    sessions.end_all(person)
    audit.record("second_factor_dropped", person.email, by=actor, request=request)
    return _saved(person)


@transaction.atomic
def change_own(by: Person, name: str, language: str, *, request: HttpRequest | None = None) -> Person:
    """Change one's own name and language; nothing else is one's own to change."""
    person = Person.objects.select_for_update().get(pk=by.pk)
    person.name, person.language = name.strip(), language if language in {"ja", "en"} else ""
    audit.record("person_changed", person.email, by=person, request=request, detail={"own": True})
    return _saved(person)


# keys of the API


@transaction.atomic
def make_key(by: Person, label: str, expires_at: datetime, grants: Pairs = (), *, request: HttpRequest | None = None) -> tuple[ApiKey, str]:
    """Make a key that asks within the person's own scope, or less (``grants``); return it and its secret, which is shown once."""
    actor = _actor(by, "use_api")
    tidy = _checked(actor.role, grants)
    secret = f"rashin_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        key_hash=sealed(secret), person=actor, label=label.strip()[:120], grants=[list(pair) for pair in tidy], expires_at=expires_at
    )
    audit.record(
        "key_made",
        key.label,
        by=actor,
        request=request,
        detail={"key": key.public_id, "grants": _told(tidy), "until": f"{expires_at:%Y-%m-%d}"},
    )
    return key, secret


@transaction.atomic
def revoke_key(by: Person, public_id: str, *, request: HttpRequest | None = None) -> ApiKey:
    """End a key: one's own, or anybody's for who manages people."""
    key = ApiKey.objects.select_for_update().select_related("person").filter(public_id=public_id).first()
    if key is None or (key.person_id != by.pk and not by.may("manage_people")):
        raise QuestionError("key_unknown", Bilingual("このAPIキーはありません。", "There is no such API key."))
    key.revoked_at = key.revoked_at or timezone.now()
    key.save(update_fields=["revoked_at"])
    audit.record("key_revoked", key.label, by=by, request=request, detail={"key": key.public_id, "owner": key.person.email})
    return key


def key_of(secret: str) -> ApiKey | None:
    """Return the key in force that ``secret`` belongs to, with its person; None when it ended, was revoked, or its person has left."""
    found = ApiKey.objects.select_related("person").filter(key_hash=sealed(secret), revoked_at=None, expires_at__gt=timezone.now()).first()
    return found if found is not None and found.person.may("use_api") else None


def _told(grants: Iterable[tuple[str, str]]) -> list[str]:
    return sorted(f"{dimension}={value}" for dimension, value in grants)
