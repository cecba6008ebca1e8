"""A real mail server and a real chat room of the tests' own, with what came in."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any


@dataclass
class Office:
    """Takes mail. ``answers``: address → what is said at RCPT; ``at_data``: what is said after the content ("" = hang up without a word)."""

    port: int = 0
    got: list[tuple[str, EmailMessage]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    at_data: str | None = None
    sessions: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        said = self.answers.get(address, "250 OK")
        if said.startswith("2"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.at_data is None or self.at_data == "":
            self.got.append((",".join(envelope.rcpt_tos), message_from_bytes(envelope.content, policy=default)))  # type: ignore[arg-type]
        if self.at_data == "":
            server.transport.close()
        return self.at_data or "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        """What came for an address."""
        return [mail for whom, mail in self.got if whom == address]


@contextlib.contextmanager
def open_office(**options: Any) -> Iterator[Office]:
    """Serve mail on this machine within the block."""
    import warnings

    from aiosmtpd.controller import Controller

    logging.getLogger("mail.log").setLevel(logging.ERROR)
    office = Office()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        office.port = int(probe.getsockname()[1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        controller = Controller(office, hostname="127.0.0.1", port=office.port, **options)
        controller.start()
        try:
            yield office
        finally:
            controller.stop()


def certificate(folder: Path, *names: str) -> Path:
    """Write a certificate of its own making for ``names``, with its key, and return the file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = dt.datetime.now(dt.UTC)
    also: list[x509.GeneralName] = [
        x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name) for name in names
    ]
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(also), critical=False)
        .sign(key, hashes.SHA256())
    )
    place = folder / f"{names[0]}.pem"
    place.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return place


def serving(place: Path) -> ssl.SSLContext:
    """Return what a server shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place)
    return context


def trusting(place: Path) -> ssl.SSLContext:
    """Return the trust in that certificate alone."""
    return ssl.create_default_context(cafile=str(place))


@dataclass
class Room:
    """A chat room behind TLS. ``status``, ``headers``, ``content``: what it answers; ``got``: (host asked for, path, body) of every call."""

    port: int = 0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b"ok"
    got: list[tuple[str, str, bytes]] = field(default_factory=list)


@contextlib.contextmanager
def open_room(place: Path) -> Iterator[Room]:
    """Serve a chat room on this machine within the block."""
    room = Room()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length", "0"))
            room.got.append((self.headers.get("Host", ""), self.path, self.rfile.read(size)))
            self.send_response(room.status)
            for name, value in room.headers.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(room.content)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    class Server(HTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up is no error."""

    server = Server(("127.0.0.1", 0), Handler)
    server.socket = serving(place).wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    room.port = int(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield room
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
