"""Single sign-on by OpenID Connect, against a provider that really runs: known people come in, others do not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from oidc_provider import CLIENT, SECRET

from rashin.store.config import SignIn
from rashin.web import environment
from rashin.web.people import actions
from rashin.web.people.models import AuditRow, Person


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of the running provider."""
    from site_world import free_port

    port = free_port()
    running = subprocess.Popen([sys.executable, str(Path(__file__).with_name("oidc_provider.py")), str(port)], stdout=subprocess.PIPE)
    assert running.stdout is not None
    assert running.stdout.readline() == b"ready\n"
    yield f"http://127.0.0.1:{port}"
    running.terminate()
    running.wait()
    running.stdout.close()


@pytest.fixture
def sign_in(provider: str, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """``sign_in("address", verified=True)``: walk the whole way and return the site's client and the last answer."""
    from django.test import override_settings

    monkeypatch.setenv("RASHIN_OIDC_SECRET", SECRET)
    told = SignIn(issuer=provider, client_id=CLIENT, label="社員アカウント")

    def walk(email: str, verified: bool = True) -> tuple[Any, Any]:
        requests.get(f"{provider}/be", {"email": email, "verified": str(int(verified))}, timeout=5)
        client = client_of(None)
        page = client.get("/sign/login/?next=/explore/").text
        assert "社員アカウント" in page
        away = client.post("/sign/oidc/sso/login/?process=login")
        back = requests.get(away.headers["Location"], allow_redirects=False, timeout=5).headers["Location"]
        parts = urlsplit(back)
        return client, client.get(f"{parts.path}?{parts.query}", headers={"host": parts.netloc})

    with override_settings(SOCIALACCOUNT_PROVIDERS=environment.single_sign_on(told)):
        yield walk


def test_a_known_person_comes_in(sign_in: Callable[..., Any], people: dict[str, Person]) -> None:
    client, answer = sign_in("Analyst@umineko.example")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/explore/").status_code == 200
    row = AuditRow.objects.filter(action="sign_in").latest("sequence")
    assert (row.person, row.detail) == ("analyst@umineko.example", {"methods": ["socialaccount"]})
    # and again: the identity is connected now
    assert sign_in("Analyst@umineko.example")[0].get("/explore/").status_code == 200


@pytest.mark.parametrize(("email", "verified"), [("stranger@umineko.example", True), ("analyst@umineko.example", False)])
def test_a_stranger_and_an_address_nobody_verified_do_not(sign_in: Callable[..., Any], email: str, verified: bool) -> None:
    before = Person.objects.count()
    client, answer = sign_in(email, verified)
    assert answer.headers["Location"] == "/sign/sso/error/"
    assert client.get("/explore/").status_code == 302
    assert Person.objects.count() == before
    assert AuditRow.objects.filter(action="sign_in_failed").exists()


def test_somebody_who_left_does_not(sign_in: Callable[..., Any], people: dict[str, Person]) -> None:
    client, _ = sign_in("qa@umineko.example")
    assert client.get("/account/").status_code == 200
    actions.leave(people["administrator"], people["qa"].public_id, 1)
    assert client.get("/account/").status_code == 302
    assert sign_in("qa@umineko.example")[0].get("/account/").status_code == 302


def test_an_invited_person_comes_by_single_sign_on_without_a_password(sign_in: Callable[..., Any], people: dict[str, Person]) -> None:
    actions.invite(people["administrator"], "new@umineko.example", "新人", "analyst")
    client, _ = sign_in("new@umineko.example")
    assert client.get("/explore/").status_code == 200
    new = Person.objects.get(email="new@umineko.example")
    assert (new.role, new.has_usable_password()) == ("analyst", False)


def test_a_state_that_we_did_not_send_is_refused(sign_in: Callable[..., Any], client_of: Callable[..., Any]) -> None:
    answer = client_of(None).get("/sign/oidc/sso/login/callback/?code=x&state=y")
    assert answer.status_code == 401
    assert "シングルサインオンでは入れませんでした" in answer.text


def test_a_provider_without_tls_or_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from rashin.errors import WorkspaceError

    monkeypatch.setenv("RASHIN_OIDC_SECRET", SECRET)
    with pytest.raises(WorkspaceError):
        environment.single_sign_on(SignIn(issuer="http://login.example.jp", client_id="x"))
    monkeypatch.delenv("RASHIN_OIDC_SECRET")
    with pytest.raises(WorkspaceError):
        environment.single_sign_on(SignIn(issuer="https://login.example.jp", client_id="x"))
    assert environment.single_sign_on(SignIn()) == {}
