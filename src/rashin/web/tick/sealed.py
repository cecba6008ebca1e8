"""Addresses of chat rooms are as good as keys: kept sealed in the people's database, so that a copy of it alone opens no room."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from rashin.errors import Bilingual, OutsideError


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"rashin chat room" + settings.SECRET_KEY.encode()).digest()))


def seal(address: str) -> str:
    """Return what is stored of an address."""
    return _box().encrypt(address.encode()).decode()


def unseal(stored: str) -> str:
    """Return the address again. OutsideError when the site's secret is another one than it was sealed with."""
    try:
        return _box().decrypt(stored.encode()).decode()
    except InvalidToken:
        raise OutsideError(
            "room_sealed",
            Bilingual(
                "チャットのアドレスを読めません(サイトの秘密鍵が変わりました)。",
                "The room's address cannot be read: the site's secret has changed.",
            ),
            Bilingual("チャットを取り除き、追加し直してください。", "Remove the room and add it again."),
        ) from None


def host(stored: str) -> str:
    """Return the host of a sealed address, "?" when it cannot be read."""
    from rashin.notify.webhook import host_of

    try:
        return host_of(unseal(stored))
    except OutsideError:
        return "?"
