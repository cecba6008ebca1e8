"""One SMTP transaction: connect, be sure of the server, hand the message over, and tell what it said."""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rashin.errors import Bilingual
from rashin.notify.mail.compose import composed
from rashin.notify.model import Message, Outcome, one_line

Security = Literal["starttls", "tls", "none"]
#: So much of what a server says is kept.
_SAID = 160


@dataclass(frozen=True, slots=True)
class Server:
    """The organisation's mail server. ``security``: "starttls" insists on it, "tls" from the first byte, "none" only for a server on this machine.
    ``timeout_s`` holds for every single answer. ``context``: another trust than the machine's own (tests)."""

    host: str
    port: int
    sender: str
    sender_name: str = ""
    user: str = ""
    password: str = ""
    security: Security = "starttls"
    timeout_s: float = 10.0
    context: ssl.SSLContext | None = None

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port}, {self.security})"


def send(message: Message, server: Server, *, about_to: Callable[[], bool] = lambda: True) -> Outcome:
    """Send ``message`` and return what became of it; never raises for anything that the server or the network does.

    ``about_to`` is called when the server has accepted sender and recipient, just before the content goes over: what is written down there says "from now
    on it may have arrived". When it returns False, nothing is sent (outcome "later", code "stopped").
    """
    try:
        content = composed(message, server.sender, server.sender_name).as_bytes()
    except ValueError:
        return Outcome("refused", "address", Bilingual("メールアドレスとして使えません。", "This is no mail address."))
    try:
        connection = _open(server)
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        return _not_reached(error)
    try:
        return _transaction(connection, server, message.to, content, about_to)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            connection.close()


@lru_cache(1)
def _trusted(hour: int) -> ssl.SSLContext:
    """Reading the machine's certificates takes a twentieth of a second: once an hour, not for each mail."""
    return ssl.create_default_context()


def _open(server: Server) -> smtplib.SMTP:
    context = server.context or (_trusted(int(time.monotonic() // 3600)) if server.security != "none" else None)
    connection: smtplib.SMTP
    if server.security == "tls":
        connection = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout_s, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout_s)
    try:
        connection.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            connection.starttls(context=context)
            connection.ehlo()
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _transaction(connection: smtplib.SMTP, server: Server, to: str, content: bytes, about_to: Callable[[], bool]) -> Outcome:
    try:
        code, said = connection.mail(server.sender, [f"size={len(content)}"] if connection.has_extn("size") else [])
        if code != 250:
            return _answered(code, said, whole=True)
        code, said = connection.rcpt(to)
        if code not in (250, 251):
            return _answered(code, said)
        if not about_to():
            return Outcome("later", "stopped", Bilingual("送る直前に取りやめました。", "Called off just before it was sent."))
    except (OSError, smtplib.SMTPException) as error:
        return _not_reached(error)
    try:
        code, said = connection.data(content)
    except smtplib.SMTPDataError as error:
        return _answered(error.smtp_code, error.smtp_error)  # said before any content went over
    except (OSError, smtplib.SMTPException) as error:
        return Outcome(
            "unclear",
            type(error).__name__,
            Bilingual(
                "本文を渡したあと、サーバーの返事がありませんでした。届いた可能性があります。",
                "The content was handed over, then the server fell silent. It may have arrived.",
            ),
            whole=True,
        )
    outcome = _answered(code, said)
    with suppress(OSError, smtplib.SMTPException):
        connection.quit()
    return outcome


def _answered(code: int, said: bytes | str, *, whole: bool = False) -> Outcome:
    text = one_line(said.decode("utf-8", "backslashreplace") if isinstance(said, bytes) else said, _SAID)
    if 200 <= code < 300:
        return Outcome("sent", str(code), Bilingual("メールサーバーが受け取りました。", "The mail server took it on."))
    if 500 <= code < 600:
        return Outcome(
            "refused",
            str(code),
            Bilingual(f"メールサーバーが断りました: {code} {text}", f"The mail server refused it: {code} {text}"),
            whole,
        )
    return Outcome(
        "later",
        str(code),
        Bilingual(f"メールサーバーが今は受け取れないと答えました: {code} {text}", f"The mail server cannot take it now: {code} {text}"),
        whole,
    )


def _not_reached(error: Exception) -> Outcome:
    """Whatever goes wrong before the content goes over says nothing of the recipient: it is tried again."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _later(
            "auth", "メールサーバーにサインインできません(利用者名かパスワード)。", "The mail server does not accept the sign-in."
        )
    if isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError):
        return _later("tls", "メールサーバーと暗号化した接続ができません。", "No encrypted connection to the mail server is possible.")
    if isinstance(error, smtplib.SMTPResponseException):
        return _answered(error.smtp_code if error.smtp_code < 500 else 450, error.smtp_error, whole=True)
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return _later("timeout", "メールサーバーの返事がありません。", "The mail server does not answer.")
    return _later("connect", "メールサーバーに接続できません。", "The mail server cannot be reached.")


def _later(code: str, ja: str, en: str) -> Outcome:
    return Outcome("later", code, Bilingual(ja, en), whole=True)
