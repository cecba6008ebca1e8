"""Signing in: rate limits, second factor, password reset, sessions; what can be told from outside and what cannot."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from site_world import PASSWORD

from rashin.web.people.models import AuditRow, Person

LONG = "kamome to nami no oto"
AGENT = "analyst@umineko.example"


def enter(client: Any, email: str = AGENT, password: str = PASSWORD) -> Any:
    return client.post("/sign/login/", {"login": email, "password": password})


def entered(client: Any) -> bool:
    return client.get("/account/").status_code == 200


def test_the_right_password_lets_in_and_renews_the_session(client_of: Callable[..., Any]) -> None:
    client = client_of(None)
    client.get("/account/join/x/")
    before = client.cookies["sessionid"].value
    answer = enter(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    cookie = client.cookies["sessionid"]
    assert cookie.value != before
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert AuditRow.objects.filter(action="sign_in", person=AGENT).count() == 1


def test_everybody_begins_where_their_role_begins(client_of: Callable[..., Any]) -> None:
    assert enter(client_of(None), "agent@umineko.example").headers["Location"] == "/mine/"
    assert client_of("agent").get("/").headers["Location"] == "/mine/"


def test_signing_out_ends_the_session_for_good(client_of: Callable[..., Any]) -> None:
    client = client_of(None)
    enter(client)
    key = client.cookies["sessionid"].value
    assert client.get("/sign/logout/").status_code == 200
    assert entered(client)
    assert client.post("/sign/logout/").status_code == 302
    client.cookies["sessionid"] = key
    assert not entered(client)
    assert AuditRow.objects.filter(action="sign_out", person=AGENT).count() == 1


@pytest.mark.parametrize("next_page", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)"])
def test_signing_in_never_leads_elsewhere(client_of: Callable[..., Any], next_page: str) -> None:
    answer = client_of(None).post("/sign/login/", {"login": AGENT, "password": PASSWORD, "next": next_page})
    assert answer.headers["Location"] == "/"


# who is known here


def test_a_wrong_password_and_an_unknown_address_look_the_same(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    def bare(text: str) -> str:
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+|value="[\w.@]+"', "", text)

    wrong, unknown = enter(client_of(None), AGENT, "x"), enter(client_of(None), "nobody@umineko.example", "x")
    assert wrong.status_code == unknown.status_code == 200
    assert bare(wrong.text) == bare(unknown.text)
    # what was typed into the address is kept only when it is the address of somebody here: it may have been a password
    assert {row.target for row in AuditRow.objects.filter(action="sign_in_failed")} == {AGENT, ""}
    assert not AuditRow.objects.filter(person__contains="nobody").exists()


def test_a_wrong_password_and_an_unknown_address_take_as_long(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    from django.core.cache import cache

    people["qa"].set_unusable_password()
    people["qa"].save()
    Person.objects.filter(role="auditor").update(is_active=False)
    took: dict[str, list[float]] = {
        email: [] for email in (AGENT, "nobody@umineko.example", "qa@umineko.example", "auditor@umineko.example")
    }
    for _ in range(6):
        for email, times in took.items():
            cache.clear()
            began = time.thread_time()
            enter(client_of(None), email, "wrong password 123")
            times.append(time.thread_time() - began)
    middle = {email: statistics.median(times) for email, times in took.items()}
    # the hash alone takes most of the time: an answer without one would take a tenth
    assert max(middle.values()) < 1.5 * min(middle.values()), middle


def test_asking_for_a_reset_looks_the_same_for_known_and_unknown(client_of: Callable[..., Any], sends_mail: list[Any]) -> None:
    answers = [client_of(None).post("/sign/password/reset/", {"email": email}) for email in (AGENT, "nobody@umineko.example")]
    assert [(a.status_code, a.headers["Location"]) for a in answers] == [(302, "/sign/password/reset/done/")] * 2
    assert [mail.to for mail in sends_mail] == [[AGENT]]


# too often


def test_after_ten_wrong_tries_an_account_rests_for_a_minute(client_of: Callable[..., Any]) -> None:
    for number in range(10):
        assert "違います" in enter(client_of(None, REMOTE_ADDR=f"192.0.2.{number}"), AGENT, "x").text
    late = enter(client_of(None, REMOTE_ADDR="192.0.2.99"))
    assert "続いています" in late.text
    assert enter(client_of(None, REMOTE_ADDR="192.0.2.99"), "qa@umineko.example").status_code == 302


def test_after_ten_wrong_tries_an_address_rests_for_a_minute(client_of: Callable[..., Any]) -> None:
    for number in range(10):
        enter(client_of(None, REMOTE_ADDR="192.0.2.1"), f"p{number}@umineko.example", "x")
    assert "続いています" in enter(client_of(None, REMOTE_ADDR="192.0.2.1")).text
    assert enter(client_of(None, REMOTE_ADDR="192.0.2.2")).status_code == 302


def test_a_forwarded_address_is_believed_only_behind_a_proxy_of_ours(client_of: Callable[..., Any]) -> None:
    from django.test import override_settings

    enter(client_of(None), AGENT, "x")
    client_of(None).post("/sign/login/", {"login": AGENT, "password": "x"}, headers={"x-forwarded-for": "203.0.113.9"})
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1):
        client_of(None).post("/sign/login/", {"login": AGENT, "password": "x"}, headers={"x-forwarded-for": "198.51.100.1, 203.0.113.9"})
    rows = AuditRow.objects.filter(action="sign_in_failed").order_by("sequence")
    assert [row.address for row in rows] == ["127.0.0.1", "127.0.0.1", "203.0.113.9"]


# forgotten


@pytest.fixture
def sends_mail(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A site with a mail server; the mails are kept instead of sent, in the same breath."""
    from django.core import mail as outgoing
    from django.test import override_settings

    from rashin.web.people import mail

    monkeypatch.setattr(mail, "post", lambda message: message.send())
    outgoing.outbox.clear()
    with override_settings(SENDS_MAIL=True, ACCOUNT_EMAIL_NOTIFICATIONS=True):
        yield outgoing.outbox


def test_a_reset_link_works_once_within_half_an_hour(
    client_of: Callable[..., Any], sends_mail: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = client_of("analyst")
    client_of(None).post("/sign/password/reset/", {"email": AGENT}, headers={"host": "localhost"})
    body = sends_mail[0].body
    link = re.search(r"http://127\.0\.0\.1:\d+(/sign/password/reset/key/\S+)", body)
    assert link, body
    assert "30分" in body
    client = client_of(None)
    page = client.get(link[1]).headers["Location"]
    assert link[1] not in page
    assert client.post(page, {"password1": LONG, "password2": LONG}).status_code == 302
    assert not entered(old)
    assert enter(client_of(None), AGENT, LONG).status_code == 302
    assert "使えません" in client_of(None).get(link[1], follow=True).text
    assert [row.action for row in AuditRow.objects.filter(target=AGENT).order_by("sequence")] == ["password_reset", "sign_in"]
    assert sends_mail[1].subject == "【羅針】パスワードが再設定されました"


def test_a_reset_link_ends_after_half_an_hour(
    client_of: Callable[..., Any], people: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from django.contrib.auth.tokens import PasswordResetTokenGenerator

    from rashin.web.people import actions

    link = actions.reset_link(people["administrator"], people["qa"].public_id)
    path = re.sub(r"http://[^/]+", "", link)
    now = PasswordResetTokenGenerator._now
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: now(self) + timedelta(minutes=29))
    assert "使えません" not in client_of(None).get(path, follow=True).text
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: now(self) + timedelta(minutes=31))
    assert "使えません" in client_of(None).get(path, follow=True).text


def test_a_changed_password_ends_other_sessions(client_of: Callable[..., Any]) -> None:
    here, there = client_of(None), client_of(None)
    enter(here)
    enter(there)
    answer = here.post("/sign/password/change/", {"oldpassword": PASSWORD, "password1": LONG, "password2": LONG})
    assert answer.status_code == 302
    assert (entered(here), entered(there)) == (True, False)


# second factor


def totp(secret: str) -> str:
    """What the app of that secret shows now."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def set_up(client: Any) -> str:
    """Set an authenticator app up and return its secret; the password is asked for once more before."""
    assert client.get("/sign/2fa/app/activate/").headers["Location"].startswith("/sign/again/?")
    assert client.post("/sign/again/", {"password": PASSWORD}).status_code == 302
    page = client.get("/sign/2fa/app/activate/").text
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)
    assert secret, page
    assert client.post("/sign/2fa/app/activate/", {"code": totp(secret[1])}).status_code == 302
    return secret[1]


def test_a_second_factor_is_asked_for_after_the_password(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    from allauth.mfa.models import Authenticator
    from django.core.cache import cache

    client = client_of(None)
    enter(client)
    secret = set_up(client)
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))
    codes = re.findall(r"<li><code>(\d{8})</code>", client.get("/sign/2fa/codes/").text)
    assert len(codes) == 10
    cache.clear()
    fresh = client_of(None)
    assert enter(fresh).headers["Location"] == "/sign/2fa/authenticate/"
    assert not entered(fresh)
    assert "コードが違います" in fresh.post("/sign/2fa/authenticate/", {"code": "000000"}).text
    assert fresh.post("/sign/2fa/authenticate/", {"code": totp(secret)}).status_code == 302
    assert entered(fresh)
    # a recovery code works instead, once
    for expected in (302, 200):
        other = client_of(None)
        enter(other)
        assert other.post("/sign/2fa/authenticate/", {"code": codes[0]}).status_code == expected
    failed = AuditRow.objects.filter(action="sign_in_failed", target=AGENT)
    assert [row.detail for row in failed] == [{"method": "second_factor"}] * 2
    methods = [row.detail["methods"] for row in AuditRow.objects.filter(action="sign_in").order_by("sequence")]
    assert methods == [["password"], ["password", "mfa"], ["password", "mfa"]]


def test_a_code_is_not_taken_twice(client_of: Callable[..., Any]) -> None:
    from django.core.cache import cache

    client = client_of(None)
    enter(client)
    secret = set_up(client)
    cache.clear()
    code = totp(secret)
    for expected in (302, 200):
        fresh = client_of(None)
        enter(fresh)
        assert fresh.post("/sign/2fa/authenticate/", {"code": code}).status_code == expected


def test_an_administrator_drops_a_lost_second_factor(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    client = client_of(None)
    enter(client)
    set_up(client)
    person = people["analyst"]
    assert client_of("administrator").post(f"/people/{person.public_id}/drop-factor/", {"version": person.version}).status_code == 302
    assert not entered(client)
    assert enter(client_of(None)).headers["Location"] == "/"


def test_an_organisation_may_demand_it_from_administrators(client_of: Callable[..., Any]) -> None:
    from django.test import override_settings

    client = client_of(None)
    with override_settings(SECOND_FACTOR_FROM="administrators"):
        enter(client, "administrator@umineko.example")
        assert client.get("/people/").headers["Location"] == "/sign/2fa/app/activate/"
        set_up(client)
        assert client.get("/people/").status_code == 200
        assert client_of("qa").get("/").status_code == 200


# sessions and language


def test_sessions_elsewhere_are_listed_and_ended(client_of: Callable[..., Any]) -> None:
    here, there = client_of(None), client_of(None, HTTP_USER_AGENT="<b>Firefox</b>")
    enter(here)
    enter(there)
    listed = here.get("/sign/sessions/").text
    assert "&lt;b&gt;Firefox&lt;/b&gt;" in listed
    assert here.post("/sign/sessions/").status_code == 302
    assert (entered(here), entered(there)) == (True, False)


def test_the_chosen_language_follows_the_person(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    client = client_of("supervisor")
    assert "アカウント" in client.get("/account/").text
    client.post("/account/", {"name": people["supervisor"].name, "language": "en"})
    assert "Your account" in client_of("supervisor").get("/account/").text


def test_what_we_do_not_offer_does_not_exist(client_of: Callable[..., Any]) -> None:
    for path in ("signup/", "email/", "sso/", "sso/signup/", "login/code/", "email/confirm/x/", "2fa/webauthn/"):
        assert client_of("administrator").get(f"/sign/{path}").status_code == 404, path
