"""Mail over a real server: what arrives is what was meant, and whatever the server says is understood."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from post_office import Office, open_office, serving, trusting

from rashin.notify import Attachment, Message
from rashin.notify.mail import Server, composed, send


def server_of(office: Office, **options: object) -> Server:
    return Server("127.0.0.1", office.port, "rashin@umineko.example", "羅針", security="none", **options)  # type: ignore[arg-type]


def test_text_html_and_files_arrive_as_they_were(office: Office, message: Message) -> None:
    files = (Attachment("週次.pdf", "application/pdf", b"%PDF-1.7"), Attachment("../../a\r\nb.xlsx", "application/x", b"PK"))
    outcome = send(replace(message, html="<p>応答率</p>", files=files), server_of(office))
    assert (outcome.state, outcome.code) == ("sent", "250")
    ((to, mail),) = office.got
    assert to == mail["To"] == "hanako@umineko.example"
    assert mail["Subject"] == "週次レポート"
    assert mail["From"].addresses[0].display_name == "羅針"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_body(("plain",)).get_content().splitlines() == ["応答率は 77.4% です。"]  # type: ignore[union-attr]
    assert mail.get_body(("html",)).get_content().strip() == "<p>応答率</p>"  # type: ignore[union-attr]
    assert [(each.get_filename(), each.get_content()) for each in mail.iter_attachments()] == [
        ("週次.pdf", b"%PDF-1.7"),
        ("_.._a b.xlsx", b"PK"),
    ]


def test_the_same_message_has_the_same_id_and_another_has_another(message: Message) -> None:
    sender = "rashin@umineko.example"
    assert composed(message, sender)["Message-ID"] == composed(replace(message, text="x"), sender)["Message-ID"]
    assert composed(message, sender)["Message-ID"] != composed(replace(message, key="other"), sender)["Message-ID"]


HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "Content-Language", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding",
}  # fmt: skip
HOSTILE = st.text(max_size=40).map(lambda text: f"x\r\nBcc: evil@example.com\n\u2028\x0b\x85{text}")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(subject=HOSTILE, name=HOSTILE, file=HOSTILE)
def test_nothing_that_anybody_types_starts_a_header(message: Message, subject: str, name: str, file: str) -> None:
    made = composed(
        replace(message, subject=subject, files=(Attachment(file, "text/csv", b"a"),)), "rashin@umineko.example", name
    ).as_bytes()
    head = made.split(b"\r\n\r\n", 1)[0]
    names = {line.split(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")}
    assert names <= HEADERS
    assert made.count(b"\r\nBcc:") == 0


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example,c@d.example",
        "A <a@b.example>",
        "a b@c.example",
        "",
        "@",
        "a@",
        "a@-",
        "x" * 70 + "@a.example",
        "あ@b.example",
    ],
)
def test_what_is_no_single_address_never_reaches_a_server(office: Office, message: Message, address: str) -> None:
    assert send(replace(message, to=address), server_of(office)).state == "refused"
    assert office.got == []


def test_refused_for_good_and_not_now_are_told_apart(office: Office, message: Message) -> None:
    office.answers = {"gone@umineko.example": "550 5.1.1 no such user", "full@umineko.example": "452 4.2.2 mailbox full"}
    gone, full = (send(replace(message, to=f"{name}@umineko.example"), server_of(office)) for name in ("gone", "full"))
    assert (gone.state, gone.code, gone.whole) == ("refused", "550", False)
    assert "no such user" in gone.reason.ja
    assert (full.state, full.code, full.whole) == ("later", "452", False)
    office.at_data = "554 spam"
    assert send(message, server_of(office)).state == "refused"
    office.at_data = "451 try again"
    assert send(message, server_of(office)).state == "later"


def test_a_server_that_falls_silent_after_the_content_leaves_it_unclear(office: Office, message: Message) -> None:
    office.at_data = ""
    outcome = send(message, server_of(office))
    assert outcome.state == "unclear"
    assert len(office.got) == 1


def test_a_server_that_is_down_or_says_nothing_means_later_for_everybody(message: Message) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        port = deaf.getsockname()[1]
        deaf.listen()
        silent = send(message, Server("127.0.0.1", port, "rashin@umineko.example", security="none", timeout_s=0.2))
    down = send(message, Server("127.0.0.1", port, "rashin@umineko.example", security="none", timeout_s=0.2))
    assert (silent.state, silent.code, silent.whole) == ("later", "timeout", True)
    assert (down.state, down.code, down.whole) == ("later", "connect", True)


def test_what_is_written_down_before_the_content_goes_can_still_stop_it(office: Office, message: Message) -> None:
    assert send(message, server_of(office), about_to=lambda: False).code == "stopped"
    assert office.got == []
    office.answers = {message.to: "550 no"}
    called = []
    send(message, server_of(office), about_to=lambda: called.append(1) is None)
    assert called == []


def test_encryption_is_insisted_on(place: Path, message: Message) -> None:
    plain = Server("127.0.0.1", 0, "rashin@umineko.example", security="starttls", context=trusting(place))
    with open_office() as office:
        assert send(message, replace(plain, port=office.port)).code == "tls"
        assert office.got == []
    with open_office(tls_context=serving(place)) as office:
        assert send(message, replace(plain, port=office.port)).state == "sent"
        strange = send(message, replace(plain, port=office.port, context=None))
        assert (strange.state, strange.code) == ("later", "tls")
        assert len(office.got) == 1


def test_a_wrong_password_is_told_and_tried_again_later(place: Path, message: Message) -> None:
    def known(server: object, session: object, envelope: object, mechanism: str, data: object) -> object:
        from aiosmtpd.smtp import AuthResult

        return AuthResult(success=getattr(data, "password", b"") == b"right", handled=False)

    with open_office(tls_context=serving(place), authenticator=known, auth_required=True) as office:
        server = Server("127.0.0.1", office.port, "rashin@umineko.example", user="rashin", password="wrong", context=trusting(place))
        refused = send(message, server)
        assert (refused.state, refused.code, refused.whole) == ("later", "auth", True)
        assert "wrong" not in repr(server) + refused.reason.en.replace("sign-in", "")
        assert send(message, replace(server, password="right")).state == "sent"
