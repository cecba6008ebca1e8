"""One call to a chat room's address, and nowhere else.

An address that somebody typed must not become a way into the organisation's own network. So: https alone; the name is resolved once, every address that it
resolves to must be public, and the connection goes to the very address that was looked at; no redirect is followed; five seconds and some kilobytes at most.
"""

from __future__ import annotations

import http.client
import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from rashin.errors import Bilingual
from rashin.notify.model import Message, Outcome
from rashin.notify.webhook.address import AddressError, Ip, Target, check, is_public
from rashin.notify.webhook.forms import body

#: Seconds for all of it, and bytes of an answer that are read.
LIMIT_S, LIMIT_BYTES = 5.0, 16_384
_LONGEST_WAIT_S = 3600.0


def _resolve(host: str) -> list[str]:
    return [str(each[4][0]) for each in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True)
class Door:
    """How the outside is reached: names to addresses, which of them may be called, on which port, trusting whom. The product knows :data:`PUBLIC` alone;
    tests hand in another one to reach a server of their own."""

    resolve: Callable[[str], Sequence[str]] = _resolve
    allowed: Callable[[Ip], bool] = is_public
    port: int = 443
    context: ssl.SSLContext | None = None
    limit_s: float = LIMIT_S


PUBLIC = Door()


def send(address: str, message: Message, form: str, *, about_to: Callable[[], bool] = lambda: True, door: Door = PUBLIC) -> Outcome:
    """Post ``message`` to the room at ``address`` and return what became of it; never raises for anything that the other side does.

    ``about_to`` is called when the connection stands, just before the content goes over (see :func:`rashin.notify.mail.send`).
    """
    until = time.monotonic() + door.limit_s
    try:
        target = check(address)
        where = _one_address(target, door, until)
    except AddressError as refusal:
        return Outcome("refused", "address", refusal.reason)
    except OSError:
        return _later("resolve", "送り先の名前を解決できません。", "The name of the address cannot be resolved.")
    try:
        connection = _connected(target, where, door, until)
    except ssl.SSLError:
        return _later("tls", "送り先の証明書を確かめられません。", "The certificate of the address does not hold.")
    except OSError:
        return _later("connect", "送り先に接続できません。", "The address cannot be reached.")
    with connection, _cut_off(connection, until):
        if not about_to():
            return Outcome("later", "stopped", Bilingual("送る直前に取りやめました。", "Called off just before it was sent."))
        return _post(connection, target, body(form, message))


def _one_address(target: Target, door: Door, until: float) -> str:
    """The address to connect to. One private address among several refuses them all: whoever controls the name could choose between them."""
    found = _in_time(lambda: door.resolve(target.host), until)
    ips = [ipaddress.ip_address(each.partition("%")[0]) for each in found]
    if not ips or any("%" in each for each in found) or not all(door.allowed(ip) for ip in ips):
        raise AddressError(
            Bilingual("組織の内側のネットワークを指すアドレスには送りません。", "It points into a private network: nothing is sent there.")
        )
    return str(ips[0])


def _in_time(work: Callable[[], Sequence[str]], until: float) -> Sequence[str]:
    """Resolving knows no time limit of its own."""
    told: queue.Queue[Sequence[str] | OSError | UnicodeError] = queue.Queue()

    def run() -> None:
        try:
            told.put(work())
        except (OSError, UnicodeError) as error:
            told.put(error)

    threading.Thread(target=run, name="rashin-resolve", daemon=True).start()
    try:
        answer = told.get(timeout=max(until - time.monotonic(), 0.01))
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise OSError from answer
    return answer


def _connected(target: Target, where: str, door: Door, until: float) -> ssl.SSLSocket:
    raw = socket.create_connection((where, door.port), timeout=max(until - time.monotonic(), 0.01))
    try:
        context = door.context or ssl.create_default_context()
        with _cut_off(raw, until):
            return context.wrap_socket(raw, server_hostname=target.host)
    except BaseException:
        raw.close()
        raise


class _cut_off:  # noqa: N801 - used as a statement
    """Within the block the connection lives until the given moment at most, however slowly the other side answers."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        self._timer = threading.Timer(max(until - time.monotonic(), 0.01), self._cut, (connection,))
        self._timer.daemon = True

    @staticmethod
    def _cut(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def _post(connection: ssl.SSLSocket, target: Target, content: bytes) -> Outcome:
    call = http.client.HTTPSConnection(target.host)
    call.sock = connection
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Rashin", "Connection": "close"}
    try:
        call.request("POST", target.path, content, headers)
        answer = call.getresponse()
        answer.read(LIMIT_BYTES)
        return _answered(answer.status, answer.getheader("Retry-After") or "")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Outcome(
            "unclear",
            type(error).__name__,
            Bilingual(
                "内容を渡したあと、返事がありませんでした。届いた可能性があります。",
                "The content was handed over, then nothing was heard. It may have arrived.",
            ),
        )


def _answered(status: int, wait: str) -> Outcome:
    code = str(status)
    if 200 <= status < 300:
        return Outcome("sent", code, Bilingual("送り先が受け取りました。", "The room took it on."))
    if 300 <= status < 400:
        return Outcome(
            "refused",
            code,
            Bilingual("送り先が別のアドレスへ移っています。転送先には送りません。", "The address leads elsewhere, which is not followed."),
        )
    if status in (408, 425, 429) or status >= 500:
        seconds = min(float(wait), _LONGEST_WAIT_S) if wait.isdecimal() and len(wait) < 9 else None
        return Outcome(
            "later",
            code,
            Bilingual(f"送り先が今は受け取れないと答えました({code})。", f"The room cannot take it now ({code})."),
            wait_s=seconds,
        )
    return Outcome("refused", code, Bilingual(f"送り先が断りました({code})。", f"The room refused it ({code})."))


def _later(code: str, ja: str, en: str) -> Outcome:
    return Outcome("later", code, Bilingual(ja, en))
