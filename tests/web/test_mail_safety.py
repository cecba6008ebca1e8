"""Mail: nobody writes headers by their name, and a server that fails or hangs holds nobody up."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from rashin.web.logs import JsonLines
from rashin.web.people import mail
from rashin.web.people.models import Person


@pytest.mark.parametrize("name", ["a\r\nBcc: evil@example.com", "a\nSubject: x", "a\r\n\r\nbody", "a\x0bBcc: x@y.example", "a\u2028Bcc: x"])
def test_a_line_end_in_a_name_starts_no_header(name: str) -> None:
    made = mail.message("to@umineko.example", f"[Rashin] {name}", "text").message()
    assert set(made.keys()) <= {"Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To", "Date", "Message-ID"}
    assert made.get_all("To") == ["to@umineko.example"]
    assert "\n" not in str(made["Subject"]).replace("\n ", "")


@pytest.mark.parametrize("email", ["a@b.example\nBcc: c@d.example", "a@b.example,c@d.example", "a b@c.example", "<script>@x.example"])
def test_what_is_no_address_is_not_invited(client_of: Callable[..., Any], email: str) -> None:
    given = {"email": email, "name": "n", "role": "analyst"}
    assert client_of("administrator").post("/people/invite/", given).status_code == 422


def test_a_mail_server_that_fails_holds_nobody_up(
    client_of: Callable[..., Any], people: dict[str, Person], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from django.core.mail import EmailMessage
    from django.test import override_settings

    def fail(self: EmailMessage, fail_silently: bool = False) -> int:
        raise ConnectionRefusedError(f"no mail for {self.to[0]}")

    monkeypatch.setattr(EmailMessage, "send", fail)
    monkeypatch.setattr(mail, "PAUSES_S", (0.0, 0.0))
    with override_settings(SENDS_MAIL=True), caplog.at_level(logging.WARNING):
        sent = mail.post(mail.message("to@umineko.example", "x", "y"))
        assert sent is not None
        assert sent.result(60) is False
        answer = client_of(None).post("/sign/password/reset/", {"email": people["analyst"].email})
        assert answer.status_code == 302
        mail._sender.submit(int).result(60)
    lines = [JsonLines().format(record) for record in caplog.records]
    assert any("mail not sent" in line for line in lines)
    assert not any("umineko" in line for line in lines)
