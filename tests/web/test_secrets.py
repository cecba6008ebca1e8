"""What must never be written down: passwords, tokens, keys and customers' data stand in no log, no audit line, no address, no error page."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from rashin.web.logs import JsonLines
from rashin.web.people import actions
from rashin.web.people.models import ApiKey, AuditRow, Invitation, Person

PHONE, CUSTOMER, CARD = "090-4321-8765", "C-77777777", "4111111111111111"
TYPED = {
    "right password": "canary-right-horse-battery-1",
    "wrong password": "canary-wrong-password-2",
    "password in the field of the address": "canary-mistyped-secret-3",
    "new password": "canary-new-password-long-4",
    "second new password": "canary-joined-password-5",
    "search for a person": "canary-person-search@umineko.example",
    "search in the audit log": "canary-audit-search-7",
    "search for a KPI": "canary-kpi-search-8",
    "filter value": "canary-filter-value-9",
    "telephone number": PHONE,
    "customer": CUSTOMER,
    "card": CARD,
    "cookie": "canary-cookie-value-13",
    "browser": "canary-user-agent-14",
    "referrer": "canary-referrer-15",
    "address of a page": "canary-path-16",
    "language": "canary-accept-17",
    "wrong key": "rashin_canary-wrong-key-18",
}


def test_twenty_canaries_are_found_nowhere(
    own_centre: Any, client_of: Callable[..., Any], people: dict[str, Person], caplog: pytest.LogCaptureFixture
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.utils import timezone

    boss, analyst = people["administrator"], people["analyst"]
    analyst.set_password(TYPED["right password"])
    analyst.save()
    told: list[str] = []  # pages of errors and the addresses that one was sent to

    def keep(answer: Any) -> Any:
        told.append(str(answer.headers.get("Location", "")))
        if answer.status_code >= 400:
            told.append(bytes(answer.getvalue()).decode("utf-8", "backslashreplace"))
        return answer

    with caplog.at_level(logging.INFO):
        client = client_of(None, HTTP_USER_AGENT=TYPED["browser"], HTTP_REFERER="http://127.0.0.1/" + TYPED["referrer"])
        client.cookies["x"] = TYPED["cookie"]
        for login, password in (
            (analyst.email, TYPED["wrong password"]),
            (TYPED["password in the field of the address"], "x"),
            (analyst.email, TYPED["right password"]),
        ):
            keep(client.post("/sign/login/", {"login": login, "password": password}, headers={"accept-language": TYPED["language"]}))
        keep(
            client.post(
                "/sign/password/change/",
                {"oldpassword": TYPED["right password"], "password1": TYPED["new password"], "password2": TYPED["new password"]},
            )
        )
        session = client.cookies["sessionid"].value
        admin = client_of("administrator")
        keep(admin.get("/people/", {"q": TYPED["search for a person"]}))
        keep(admin.get("/audit/", {"person": TYPED["search in the audit log"]}))
        keep(admin.get("/definitions/", {"q": TYPED["search for a KPI"]}))
        keep(admin.get("/explore/", {"kpi": "volume", "w.queue": TYPED["filter value"]}))
        keep(admin.get(f"/{TYPED['address of a page']}/"))
        keep(admin.get(f"/kpi/{TYPED['address of a page']}/"))
        keep(admin.get("/api/v1/kpis", headers={"authorization": f"Bearer {TYPED['wrong key']}"}))
        _, invited = actions.invite(boss, "canary@umineko.example", "x", "analyst")
        keep(client_of(None).get(f"/account/join/{invited}/"))
        _, key = actions.make_key(analyst, "k", timezone.now() + timedelta(days=1))
        keep(client_of(None).get("/api/v1/ask?kpi=volume&by=nonsense", headers={"authorization": f"Bearer {key}"}))
        link = actions.reset_link(boss, analyst.public_id)
        reset = link.rsplit("/", 2)[1]
        keep(client_of(None).get(re.sub(r"^http://[^/]+", "", link)))
        rows = f"id,when,phone,customer,note\r\n1,2026-10-01 09:00:00,{PHONE},{CUSTOMER},{CARD}\r\n".encode()
        keep(admin.post("/data/upload/", {"files": SimpleUploadedFile("calls.csv", rows)}))
    lines = [JsonLines().format(record) for record in caplog.records]
    assert len(lines) > 15
    written = "\n".join(lines) + json.dumps(
        [[row.person, row.target, row.detail, row.address] for row in AuditRow.objects.all()], ensure_ascii=False
    )
    exported = bytes(client_of("auditor").post("/audit/export/").getvalue()).decode()
    canaries = TYPED | {"session": session, "invitation": invited, "key": key, "reset link": reset}
    assert len(canaries) >= 20
    for where, text in (("log and audit", written), ("export", exported)):
        assert {name for name, canary in canaries.items() if canary in text} == set(), where
    # what an error page or an address repeats is never a secret; what the reader themselves searched for may stand in a page of theirs
    secret = {
        name: canary for name, canary in canaries.items() if "search" not in name and name not in ("filter value", "address of a page")
    }
    assert {name for name, canary in secret.items() if any(canary in each for each in told)} == {"reset link"} - {"reset link"}
    # nor is any token kept as it is
    kept = json.dumps(
        [list(Invitation.objects.values_list()), list(ApiKey.objects.values_list()), list(Person.objects.values_list())], default=str
    )
    assert not any(canaries[name] in kept for name in ("invitation", "key", "right password", "new password", "reset link"))


def test_the_process_list_and_the_environment_of_a_command_hold_no_secret() -> None:
    """Secrets come by the environment or a file of 0600, never as an argument."""
    from rashin.cli.web import COMMAND

    names = {option for parameter in COMMAND.params for option in parameter.opts}
    assert not any(word in name for name in names for word in ("secret", "password", "token", "key"))


def test_a_password_costs_who_tries_many_of_them_memory_and_time() -> None:
    """Argon2id as RFC 9106 advises where memory is scarce: 64 MiB, three passes."""
    from site_world import STRENGTH

    assert STRENGTH["memory_cost"] >= 64 * 1024
    assert STRENGTH["time_cost"] >= 3


def test_of_fifty_sign_ins_at_once_two_are_hashed_at_a_time(monkeypatch: pytest.MonkeyPatch, database: None) -> None:
    import threading
    import time
    from concurrent.futures import ThreadPoolExecutor

    from django.contrib.auth.hashers import Argon2PasswordHasher

    from rashin.web.people.passwords import CappedArgon2

    now, most, lock = [0], [0], threading.Lock()

    def slow(self: object, password: str, encoded: str) -> bool:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.01)
        with lock:
            now[0] -= 1
        return False

    monkeypatch.setattr(Argon2PasswordHasher, "verify", slow)
    with ThreadPoolExecutor(50) as together:
        list(together.map(lambda _: CappedArgon2().verify("x", "y"), range(50)))
    assert most[0] == 2


@pytest.mark.parametrize("email", ["analyst@umineko.example", "nobody@umineko.example", "auditor@umineko.example", "qa@umineko.example"])
def test_every_failed_sign_in_costs_one_hash(
    email: str, client_of: Callable[..., Any], people: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Known, unknown, left, without a password: the same work, so that time tells nothing (`benchmarks/sign_in_timing.py` measures it)."""
    from rashin.web.people.passwords import CappedArgon2

    people["qa"].set_unusable_password()
    people["qa"].save()
    Person.objects.filter(role="auditor").update(is_active=False)
    done: list[str] = []
    for name in ("encode", "verify"):
        own = getattr(CappedArgon2, name)
        monkeypatch.setattr(CappedArgon2, name, lambda self, *given, own=own, name=name: (done.append(name), own(self, *given))[1])
    client_of(None).post("/sign/login/", {"login": email, "password": "wrong password 123"})
    assert len(done) == 1, done
