"""Which addresses may be called at all: https, a public host, nothing of this machine or network."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from rashin.errors import Bilingual

Ip: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))+")
_LONGEST = 600
#: IPv6 addresses that carry an IPv4 address: 64:ff9b::/96 (NAT64) and 2002::/16 (6to4), and Teredo.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressError(ValueError):
    """The address may not be called; ``reason`` says why."""

    def __init__(self, reason: Bilingual) -> None:
        super().__init__(reason.en)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Target:
    """What is called: the host by its name, and the path with its query."""

    host: str
    path: str


def check(address: str) -> Target:
    """Return what ``address`` names. Raises :class:`AddressError` unless it is https to a host by name, on the usual port, without a user in it."""
    if len(address) > _LONGEST or any(each <= " " or each == "\x7f" or each == "\\" for each in address) or not address.isascii():
        raise AddressError(Bilingual("アドレスとして読めません。", "This is no address."))
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise AddressError(Bilingual("アドレスとして読めません。", "This is no address.")) from None
    host = (parts.hostname or "").lower().rstrip(".")
    if parts.scheme != "https":
        raise AddressError(Bilingual("https:// で始まるアドレスだけが使えます。", "Only an address that begins with https:// will do."))
    if parts.username is not None or parts.password is not None:
        raise AddressError(Bilingual("アドレスに利用者名は入れられません。", "There may be no user name in the address."))
    if port not in (None, 443):
        raise AddressError(Bilingual("ポートの指定はできません(443のみ)。", "No other port than 443 will do."))
    if _HOST.fullmatch(host) is None or host.rpartition(".")[2].isdigit():
        raise AddressError(
            Bilingual("公開されたホスト名が必要です(IPアドレスは使えません)。", "It needs a public host name (no IP address).")
        )
    return Target(host, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def host_of(address: str) -> str:
    """Return the host of an address, all that is ever shown of it."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def is_public(ip: Ip) -> bool:
    """True when ``ip`` is an address of the public internet, also where it is written within another one."""
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if ip.scope_id or ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not ip.is_loopback and not ip.is_unspecified
