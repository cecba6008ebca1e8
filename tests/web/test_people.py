"""People come by invitation, change hands, and leave; nobody promotes themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from rashin.errors import ForbiddenError, QuestionError
from rashin.web.people import actions
from rashin.web.people.models import ApiKey, AuditRow, Invitation, Person

LONG = "kamome to nami no oto"


def last(action: str) -> AuditRow:
    return AuditRow.objects.filter(action=action).latest("sequence")


def form(person: Person, **changes: Any) -> dict[str, Any]:
    """What the page of a person sends."""
    now = {"name": person.name, "role": person.role, "agent_key": person.agent_key, "version": person.version}
    for grant in person.grants.all():
        now.setdefault(f"grant.{grant.dimension}", []).append(grant.value)
    return now | changes


# coming


@pytest.fixture
def nobody(database: None) -> None:
    """A site that nobody has come to yet."""
    Person.objects.all().delete()
    Invitation.objects.all().delete()


def test_the_first_administrator_comes_by_a_token_that_works_once(nobody: None, client_of: Callable[..., Any]) -> None:
    token = actions.first_token()
    assert token is not None
    client = client_of(None)
    assert client.get(f"/account/join/{token}/").headers["Location"] == "/account/join/"
    assert "最初の管理者" in client.get("/account/join/").text
    answer = client.post("/account/join/", {"email": "Boss@umineko.example", "name": "所長", "password1": LONG, "password2": LONG})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    boss = Person.objects.get()
    assert (boss.email, boss.role, boss.is_active) == ("boss@umineko.example", "administrator", True)
    assert client.get("/people/").status_code == 200
    assert last("joined").detail == {"role": "administrator", "first": True}
    # used up: neither again nor in another browser, and no other token is made
    other = client_of(None)
    other.get(f"/account/join/{token}/")
    assert other.get("/account/join/").status_code == 404
    assert other.post("/account/join/", {"email": "x@y.example", "name": "x", "password1": LONG, "password2": LONG}).status_code == 404
    assert actions.first_token() is None


def test_a_second_first_token_ends_the_one_before(nobody: None) -> None:
    first, second = actions.first_token(), actions.first_token()
    assert first is not None
    assert second is not None
    assert actions.open_invitation(first) is None
    assert actions.open_invitation(second) is not None


def test_a_first_token_is_closed_once_there_are_people(nobody: None) -> None:
    token = actions.first_token()
    assert token is not None
    Person.objects.create_user("somebody@umineko.example", LONG, name="x", role="analyst")
    assert actions.open_invitation(token) is None
    assert actions.accept(token, "x", LONG, "me@umineko.example") is None


def invited(client: Any, **changes: Any) -> str:
    """Invite by the page and return the link that it shows."""
    given = {"email": "new@umineko.example", "name": "新人 一", "role": "supervisor", "grant.team": ["naha-1"], "agent_key": ""}
    answer = client.post("/people/invite/", given | changes)
    assert answer.status_code == 200, answer.text
    found = re.search(r"http://127\.0\.0\.1:\d+(/account/join/[\w-]+/)", answer.text)
    assert found
    return found[1]


def test_an_invitation_is_a_link_that_works_once(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    link = invited(client_of("administrator"))
    assert "new@umineko.example" in client_of("administrator").get("/people/").text
    client = client_of(None)
    client.get(link)
    assert client.post("/account/join/", {"name": "新人 一", "password1": LONG, "password2": LONG}).status_code == 302
    new = Person.objects.get(email="new@umineko.example")
    assert (new.role, [(g.dimension, g.value) for g in new.grants.all()]) == ("supervisor", [("team", "naha-1")])
    assert last("invited").person == "administrator@umineko.example"
    again = client_of(None)
    again.get(link)
    assert again.get("/account/join/").status_code == 404


def test_an_invitation_ends_after_seven_days_and_when_withdrawn(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    from datetime import timedelta

    from django.utils import timezone

    _, token = actions.invite(people["administrator"], "a@umineko.example", "a", "analyst")
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert actions.open_invitation(token) is None
    invitation, token = actions.invite(people["administrator"], "b@umineko.example", "b", "analyst")
    assert invitation.expires_at - invitation.created_at == pytest.approx(timedelta(days=7), abs=timedelta(minutes=1))
    assert client_of("administrator").post(f"/people/invitations/{invitation.pk}/withdraw/").status_code == 302
    assert actions.open_invitation(token) is None


def test_the_token_is_never_stored(people: dict[str, Person]) -> None:
    invitation, token = actions.invite(people["administrator"], "a@umineko.example", "a", "analyst")
    assert token not in {str(value) for value in vars(invitation).values()}


@pytest.mark.parametrize(
    ("password", "complaint"),
    [("short", "12"), ("123456789012", "password1_error"), ("new@umineko.example", "password1_error")],
)
def test_a_weak_password_is_refused(client_of: Callable[..., Any], password: str, complaint: str) -> None:
    client = client_of(None)
    client.get(invited(client_of("administrator")))
    answer = client.post("/account/join/", {"name": "新人 一", "password1": password, "password2": password})
    assert answer.status_code == 422
    assert complaint in answer.text


def test_a_scope_that_no_data_know_is_refused(client_of: Callable[..., Any]) -> None:
    given = {"email": "n@umineko.example", "name": "n", "role": "supervisor", "grant.team": ["saporo-1"]}
    answer = client_of("administrator").post("/people/invite/", given)
    assert answer.status_code == 422
    assert "saporo-1" in answer.text


# changing


def test_a_change_of_role_is_in_force_on_the_next_request(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    client = client_of("supervisor")
    assert client.get("/data/").status_code == 200
    before = client.cookies["sessionid"].value
    saved = client_of("administrator").post(f"/people/{people['supervisor'].public_id}/", form(people["supervisor"], role="qa"))
    assert saved.status_code == 302
    assert client.get("/data/").status_code == 403
    assert client.cookies["sessionid"].value != before
    assert last("role_changed").detail["after"]["role"] == "qa"


def test_of_two_changes_at_the_same_time_the_later_is_refused_and_shown(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    person, client = people["qa"], client_of("administrator")
    page = f"/people/{person.public_id}/"
    assert client.post(page, form(person, name="品質 一")).status_code == 302
    late = client.post(page, form(person, name="品質 二"))
    assert late.status_code == 409
    assert "ほかの人が先に変更しました" in late.text
    assert "品質 一" in late.text
    assert Person.objects.get(pk=person.pk).name == "品質 一"


def test_nobody_promotes_themselves(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    boss = people["administrator"]
    client = client_of("administrator")
    assert client.post(f"/people/{boss.public_id}/", form(boss, role="administrator", **{"grant.team": ["naha-1"]})).status_code == 403
    assert client.post(f"/people/{boss.public_id}/leave/", {"version": boss.version}).status_code == 403
    for role in ("supervisor", "agent", "analyst", "auditor", "qa", "vendor_supervisor"):
        own = people[role]
        assert (
            client_of(role).post("/account/", {"name": own.name, "language": "ja", "role": "administrator", "is_active": "1"}).status_code
            == 302
        )
        assert client_of(role).post(f"/people/{own.public_id}/", form(own, role="administrator")).status_code == 403
        with pytest.raises(ForbiddenError):
            actions.change_person(own, people["qa"].public_id, 1, name="x", role="administrator", grants=[])
        assert Person.objects.get(pk=own.pk).role == role


def test_what_was_an_administrator_a_moment_ago_may_not_act_any_more(people: dict[str, Person]) -> None:
    other = Person.objects.create_user("second@umineko.example", LONG, name="second", role="administrator")
    actions.change_person(people["administrator"], other.public_id, 1, name="second", role="qa", grants=[])
    with pytest.raises(ForbiddenError):
        actions.leave(other, people["administrator"].public_id, 1)


# leaving


def test_who_leaves_is_out_at_once(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    from django.test import Client
    from site_world import PASSWORD

    person = people["supervisor"]
    client = Client()
    assert client.post("/sign/login/", {"login": person.email, "password": PASSWORD}).status_code == 302
    key, secret = actions.make_key(person, "script", key_end())
    assert actions.key_of(secret) == key
    assert client.get("/").status_code == 200
    assert client_of("administrator").post(f"/people/{person.public_id}/leave/", {"version": person.version}).status_code == 302
    assert client.get("/").status_code == 302
    assert actions.key_of(secret) is None
    assert ApiKey.objects.get().revoked_at is not None
    assert client.post("/sign/login/", {"login": person.email, "password": PASSWORD}).status_code == 200
    assert last("left").detail == {"sessions": 1, "keys": 1}


def test_who_comes_back_needs_a_new_password(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    boss, person = client_of("administrator"), people["qa"]
    boss.post(f"/people/{person.public_id}/leave/", {"version": person.version})
    assert boss.post(f"/people/{person.public_id}/return/", {"version": person.version + 1}).status_code == 302
    person.refresh_from_db()
    assert (person.is_active, person.has_usable_password()) == (True, False)
    link = re.search(r"http://[\w.:]+(/sign/password/reset/key/[^<]+)", boss.post(f"/people/{person.public_id}/reset-link/").text)
    assert link
    client = client_of(None)
    page = client.get(link[1]).headers["Location"]
    assert client.post(page, {"password1": LONG, "password2": LONG}).status_code == 302
    assert client.post("/sign/login/", {"login": person.email, "password": LONG}).status_code == 302


# keys


def key_end() -> Any:
    from datetime import timedelta

    from django.utils import timezone

    return timezone.now() + timedelta(days=30)


def test_a_key_is_kept_as_a_hash_and_works_until_revoked(people: dict[str, Person]) -> None:
    key, secret = actions.make_key(people["analyst"], "夜間の集計", key_end())
    assert secret not in {str(value) for value in vars(key).values()}
    assert actions.key_of(secret) == key
    actions.revoke_key(people["analyst"], key.public_id)
    assert actions.key_of(secret) is None
    assert [row.action for row in AuditRow.objects.filter(target="夜間の集計").order_by("sequence")] == ["key_made", "key_revoked"]


def test_nobody_revokes_a_key_of_somebody_else(people: dict[str, Person]) -> None:
    key, secret = actions.make_key(people["analyst"], "script", key_end())
    with pytest.raises(QuestionError):
        actions.revoke_key(people["supervisor"], key.public_id)
    assert actions.key_of(secret) == key


# lists


def test_the_list_asks_the_database_as_often_for_many_people_as_for_few(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of("administrator")
    client.get("/people/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/people/")
    for number in range(40):
        person = Person.objects.create(email=f"p{number}@umineko.example", name=f"p{number}", role="supervisor", password="!")
        person.grants.create(dimension="team", value="naha-1")
        actions.invite(people["administrator"], f"i{number}@umineko.example", "i", "analyst")
    with CaptureQueriesContext(connection) as many:
        assert "p39" in client.get("/people/").text
    assert len(many) == len(few)


def test_the_page_of_roles_tells_every_role_and_permission(client_of: Callable[..., Any]) -> None:
    from rashin.web.people.roles import PERMISSIONS, ROLES

    for lang in ("ja", "en"):
        text = client_of("auditor", lang=lang).get("/people/roles/").text
        assert all(role.label(lang).replace("'", "&#x27;") in text for role in ROLES.values())
        assert all(permission(lang).replace("'", "&#x27;") in text for permission in PERMISSIONS.values())
