"""A message as mail: plain text and HTML side by side, files attached, headers that nobody's text can break."""

from __future__ import annotations

import hashlib
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

from rashin.notify.model import Message, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

#: An address of one person: no list, no comment, no quoted part, nothing that a header could read otherwise.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|]')


def is_address(text: str) -> bool:
    """True when ``text`` is one plain mail address."""
    return _ADDRESS.fullmatch(text) is not None and ".." not in text


def message_id(key: str, domain: str) -> str:
    """Return the Message-ID of the message with that key: the same for the same key, so that a mailbox can tell a repetition."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def composed(message: Message, sender: str, sender_name: str = "") -> EmailMessage:
    """Return ``message`` as it goes over the wire. ValueError when the recipient or the sender is no single plain address."""
    if not is_address(message.to) or not is_address(sender):
        raise ValueError("not an address")
    domain = sender.rpartition("@")[2]
    made = EmailMessage(policy=SMTP)
    made["From"] = Address(one_line(sender_name, 80), addr_spec=sender)
    made["To"] = Address(addr_spec=message.to)
    made["Subject"] = one_line(message.subject, 200)
    made["Date"] = format_datetime(message.at)
    made["Message-ID"] = message_id(message.key, domain)
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    made["Content-Language"] = "ja" if message.lang == "ja" else "en"
    made.set_content(_text(message.text), cte="base64")
    if message.html is not None:
        made.add_alternative(message.html, subtype="html", cte="base64")
    _attach(made, message)
    return made


def _attach(made: EmailMessage, message: Message) -> None:
    for each, name in zip(message.files, _names(each.name for each in message.files), strict=True):
        kind, _, subkind = each.kind.partition("/")
        made.add_attachment(each.data, maintype=kind, subtype=subkind or "octet-stream", filename=name)


def _names(given: Iterable[str]) -> list[str]:
    """File names that are only names, no two alike."""
    found: list[str] = []
    for name in given:
        tidy = _NOT_IN_NAMES.sub("_", one_line(name, 120)).strip(". ") or "file"
        while tidy in found:
            stem, dot, ending = tidy.rpartition(".")
            tidy = f"{stem or ending}-2{dot}{ending if stem else ''}"
        found.append(tidy)
    return found


def _text(text: str) -> str:
    return "".join(each for each in text.replace("\r\n", "\n").replace("\r", "\n") if each == "\n" or each == "\t" or each >= " ")
