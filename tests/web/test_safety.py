"""What protects every page: headers, hostile text shown as text, errors that say nothing about the inside, logs without personal data."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from rashin.web.logs import JsonLines
from rashin.web.people import actions, audit
from rashin.web.people.models import Person

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}${7*7}"


@pytest.mark.parametrize("address", ["/", "/people/", "/audit/", "/account/", "/nowhere/", "/sign/login/", "/healthz", "/mine/"])
def test_every_answer_carries_the_headers(client_of: Callable[..., Any], address: str) -> None:
    headers = client_of("administrator").get(address).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "DENY")
    assert headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in headers["Cache-Control"]


@pytest.mark.parametrize(
    "address", ["/", "/people/", "/people/roles/", "/people/invite/", "/audit/", "/account/", "/sign/login/", "/sign/2fa/"]
)
def test_no_page_has_script_or_style_of_its_own(client_of: Callable[..., Any], address: str) -> None:
    import re

    text = client_of(None if "login" in address else "administrator").get(address).text
    assert not re.search(r"<script(?![^>]*(src=|application/json))|<style|\son\w+=|\sstyle=|javascript:", text)


def test_hostile_text_is_shown_as_text(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    boss = people["administrator"]
    Person.objects.filter(pk=people["qa"].pk).update(name=HOSTILE, agent_key=HOSTILE)
    people["qa"].grants.create(dimension="team", value=HOSTILE[:200])
    actions.invite(boss, "x@umineko.example", HOSTILE[:120], "analyst")
    audit.record("rows_viewed", HOSTILE, by=boss, detail={HOSTILE: HOSTILE})
    client = client_of("administrator", HTTP_USER_AGENT=HOSTILE)
    for address in ("/people/", f"/people/{people['qa'].public_id}/", "/audit/", "/people/?q=" + HOSTILE, "/audit/?person=" + HOSTILE):
        text = client.get(address).text
        assert "<script>alert" not in text, address
        assert "<img src=x" not in text, address
        assert "49" not in text.replace("149", "") or "{{7*7}}" in text
    text = client_of(people["qa"], HTTP_USER_AGENT=HOSTILE).get("/account/").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_an_unforeseen_error_shows_a_number_and_nothing_of_the_inside(
    client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "090-1234-5678"

    def break_down() -> None:
        raise RuntimeError(secret)

    monkeypatch.setattr("rashin.web.pages.people.views._open_invitations", lambda lang: break_down())
    with caplog.at_level(logging.ERROR, "rashin.web"):
        answer = client_of("administrator").get("/people/")
    assert answer.status_code == 500
    assert secret not in answer.text
    assert "RuntimeError" not in answer.text
    assert "管理者に伝えてください" in answer.text
    lines = [JsonLines().format(record) for record in caplog.records]
    assert not any(secret in line for line in lines)
    code = json.loads(next(line for line in lines if '"unexpected"' in line))["code"]
    assert code in answer.text


def test_a_log_line_has_no_personal_data_and_cannot_be_forged(client_of: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> None:
    client = client_of("administrator")
    with caplog.at_level(logging.INFO):
        client.get("/people/?q=tanaka@umineko.example&x=%0A{%22forged%22:1}")
        client.get("/nowhere/%0A{%22forged%22:1}/tanaka@umineko.example")
        client_of(None).post("/sign/login/", {"login": "tanaka@umineko.example", "password": "p4ssw0rd-p4ssw0rd"})
    lines = [JsonLines().format(record) for record in caplog.records]
    assert len(lines) >= 3
    for line in lines:
        assert "\n" not in line
        assert not any(word in line for word in ("tanaka", "umineko", "p4ssw0rd", "forged"))
        assert json.loads(line)["level"]


def test_a_host_that_is_not_ours_is_refused(client_of: Callable[..., Any]) -> None:
    assert client_of(None).get("/sign/login/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("form", [{"name": "x" * 121}, {"name": ""}, {"name": "x", "language": "xx"}])
def test_a_form_out_of_bounds_is_shown_again(client_of: Callable[..., Any], form: dict[str, str]) -> None:
    assert client_of("qa").post("/account/", form).status_code == 422


def test_a_person_with_a_huge_address_is_no_trouble(client_of: Callable[..., Any]) -> None:
    assert client_of(None).post("/sign/login/", {"login": "ﬀ" * 200_000 + "@x.example", "password": "x"}).status_code == 200


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", "/audit/export/", 405),
        ("get", "/audit/verify/", 405),
        ("delete", "/people/", 405),
        ("get", "/nowhere/", 404),
        ("get", "/kpi/nonsense/", 404),
        ("get", "/?period=nonsense", 400),
        ("get", "/kpi/service_level/?w.nonsense=1", 400),
        ("get", "/explore/download/csv/?kpi=nonsense", 400),
        ("post", "/data/upload/", 400),
        ("get", "/kpi/a%00b/", 404),
    ],
)
def test_every_error_has_a_code_words_in_both_languages_and_what_to_do(
    client_of: Callable[..., Any], method: str, address: str, status: int, lang: str
) -> None:
    import re

    answer = getattr(client_of("administrator", lang=lang), method)(address)
    assert answer.status_code == status, answer.text[:300]
    said = re.search(r'role="alert">(.*?)</div>', answer.text, re.DOTALL)
    assert said, answer.text[:500]
    assert re.search(r'class="code">[a-z0-9_-]+<', said[1])
    assert "→" in said[1]
    assert bool(re.search(r"[\u3041-\u30fe]", said[1])) == (lang == "ja")
