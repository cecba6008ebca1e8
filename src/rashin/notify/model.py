"""A message, and what became of it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from rashin.errors import Bilingual

State: TypeAlias = Literal["sent", "refused", "later", "unclear"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message. ``kind``: its media type."""

    name: str
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one recipient. ``key``: what it is about, for whom and for when; the same message always has the same key, and its Message-ID is made
    of it. ``link``: where it leads to on the site. ``at``: the instant it bears (aware)."""

    to: str
    lang: str
    subject: str
    text: str
    key: str
    at: datetime
    html: str | None = None
    files: tuple[Attachment, ...] = ()
    link: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message.

    - "sent": whoever takes it on has said so. - "refused": for good; sending it again would bring the same. - "later": not now; it may work later.
    - "unclear": the content was handed over and nothing was heard after that; it may have arrived.

    ``code``: short and stable ("250", "550", "connect", "tls", "address"). ``reason``: for people, in both languages. ``whole``: the trouble is the
    server's own, whoever the recipient; others need not be tried now. ``wait_s``: how long the other side asked to be left alone.
    """

    state: State
    code: str
    reason: Bilingual
    whole: bool = False
    wait_s: float | None = None


def one_line(text: str, most: int = 300) -> str:
    """Return ``text`` as one line without control characters, marks of writing direction and line separators: nothing in it can start another header."""
    kept = "".join(" " if _breaks(each) else each for each in text)
    return " ".join(kept.split())[:most]


def _breaks(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
