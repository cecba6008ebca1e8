"""How a command that finds the workspace owned lets the owner do its work: a local socket, JSON lines, nothing that could be executed.

The owner listens on a socket that only its own user may enter (0600, in a folder of 0700) and that wants a random token from a file of 0600. A request
is one line ``{token, argv, lang, cwd, width}``; the answer is a stream of lines ``{out|err: text}``, ``{raw: base64}``, ``{alive}`` and at last ``{exit}``.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
import json
import os
import secrets
import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rashin.errors import Bilingual, WorkspaceError

NOTE = "owner.channel"
SOCKET = "owner.sock"
#: Longest request; a piece of output; and the longest line of an answer that a client reads.
REQUEST_BYTES = 64 * 1024
PIECE = 32 * 1024
LINE_BYTES = 8 * PIECE
REQUEST_SECONDS = 5.0
ALIVE_SECONDS = 5.0
SILENCE_SECONDS = 30.0
MOST_CLIENTS = 16
#: Exit code of a refused request (sysexits: temporary failure).
REFUSED = 75
_PATH_BYTES = 100


class NoChannelError(WorkspaceError):
    """The owner does not listen, or fell silent."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            "owner_silent",
            Bilingual(f"{folder} を使用中のプロセスから応答がありません。", f"The process that owns {folder} does not answer."),
            Bilingual(
                "しばらく待ってから、もう一度実行してください。続くときはそのプロセスを終了してください。",
                "Wait a moment and run it again; if it goes on, end that process.",
            ),
        )


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks the owner to do: its words, the language of its reader, where it was called (relative paths), how wide its terminal is."""

    argv: tuple[str, ...]
    lang: str = "ja"
    cwd: str = ""
    width: int = 80


class Reply:
    """What the handler writes to. Safe from several threads. ``gone`` is set when the client has left; what is written then is dropped."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self.gone = threading.Event()

    def out(self, text: str) -> None:
        """Write to the client's standard output."""
        self._pieces("out", text)

    def err(self, text: str) -> None:
        """Write to the client's standard error."""
        self._pieces("err", text)

    def raw(self, data: bytes) -> None:
        """Write bytes to the client's standard output."""
        for start in range(0, len(data), PIECE):
            self.send({"raw": base64.b64encode(data[start : start + PIECE]).decode()})

    def _pieces(self, name: str, text: str) -> None:
        for start in range(0, len(text), PIECE):
            self.send({name: text[start : start + PIECE]})

    def send(self, message: dict[str, object]) -> None:
        """Send one line."""
        if self.gone.is_set():
            return
        try:
            with self._lock:
                self._connection.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            self.gone.set()


Handler = Callable[[Request, Reply], int]


class Channel:
    """The owner's end. Start it after the workspace was opened (whatever an earlier owner left behind is then stale), stop it before closing."""

    def __init__(self, folder: Path, handler: Handler) -> None:
        self._folder = folder
        self._handler = handler
        self._token = secrets.token_hex(32)
        self._working: set[threading.Thread] = set()
        self._stopping = threading.Event()
        self._elsewhere: Path | None = None

    def start(self) -> Channel:
        """Listen from now on, in a thread of its own."""
        (self._folder / NOTE).unlink(missing_ok=True)
        path = self._socket_path()
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        path.chmod(0o600)
        self._listener.listen(MOST_CLIENTS)
        self._listener.settimeout(0.2)
        self._path = path
        note = os.open(self._folder / NOTE, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(note, "w") as file:
            json.dump({"socket": str(path), "token": self._token, "pid": os.getpid()}, file)
        self._accepting = threading.Thread(target=self._accept, name="rashin-channel", daemon=True)
        self._accepting.start()
        return self

    def stop(self, wait_s: float = 10.0) -> None:
        """Take no further request, let running ones end (for ``wait_s`` at most), and leave nothing behind."""
        self._stopping.set()
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as waker:
            waker.connect(str(self._path))
        self._accepting.join()
        self._listener.close()
        (self._folder / NOTE).unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)
        if self._elsewhere is not None:
            shutil.rmtree(self._elsewhere, ignore_errors=True)
        for thread in list(self._working):
            thread.join(wait_s)

    def _socket_path(self) -> Path:
        """In the workspace; in a private temporary folder when the path is longer than a socket's may be."""
        path = self._folder / SOCKET
        if len(os.fsencode(path)) <= _PATH_BYTES:
            return path
        mark = hashlib.sha256(os.fsencode(self._folder)).hexdigest()[:8]
        self._elsewhere = Path(tempfile.mkdtemp(prefix=f"rashin-{mark}-"))
        return self._elsewhere / SOCKET

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self._working = {thread for thread in self._working if thread.is_alive()}
            if len(self._working) >= MOST_CLIENTS or self._stopping.is_set():
                connection.close()
                continue
            thread = threading.Thread(target=self._serve, args=(connection,), name="rashin-request", daemon=True)
            self._working.add(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(REQUEST_SECONDS)
            request = self._request(connection)
            if request is None:
                return
            connection.settimeout(SILENCE_SECONDS)
            reply, done = Reply(connection), threading.Event()
            alive = threading.Thread(target=_keep_alive, args=(reply, done), name="rashin-alive", daemon=True)
            alive.start()
            try:
                code = self._handler(request, reply)
            except Exception as error:
                # no trace to the other side: what went wrong inside is for the owner's own log
                reply.err(f"{type(error).__name__}\n")
                code = 1
            finally:
                done.set()
                alive.join()
            reply.send({"exit": code})

    def _request(self, connection: socket.socket) -> Request | None:
        """Read and check one request; None (and not a word) when it is not from us."""
        if not _same_user(connection):
            return None
        try:
            message = json.loads(_line(connection, REQUEST_BYTES))
            if not hmac.compare_digest(str(message["token"]).encode(), self._token.encode()):
                return None
            argv = message["argv"]
            if not isinstance(argv, list) or not all(isinstance(word, str) for word in argv):
                return None
            width = min(max(int(message["width"]), 20), 1000)
            return Request(tuple(argv), "en" if message["lang"] == "en" else "ja", str(message["cwd"]), width)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None


def send(folder: Path, request: Request, out: Callable[[str], object], err: Callable[[str], object], raw: Callable[[bytes], object]) -> int:
    """Let the owner of the workspace in ``folder`` do ``request``; what it writes goes to ``out``, ``err`` and ``raw``. Returns the exit code.

    NoChannelError when the owner does not listen, falls silent, or dies midway.
    """
    try:
        note = json.loads((folder / NOTE).read_text())
        path, token = str(note["socket"]), str(note["token"])
    except (OSError, ValueError, KeyError, TypeError):
        raise NoChannelError(folder) from None
    message = {"token": token, "argv": list(request.argv), "lang": request.lang, "cwd": request.cwd, "width": request.width}
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(SILENCE_SECONDS)
            connection.connect(path)
            connection.sendall(json.dumps(message).encode() + b"\n")
            return _listen(connection, out, err, raw)
    except (OSError, ValueError, KeyError, TypeError):
        raise NoChannelError(folder) from None


def _listen(connection: socket.socket, out: Callable[[str], object], err: Callable[[str], object], raw: Callable[[bytes], object]) -> int:
    with connection.makefile("rb") as stream:
        while True:
            line = stream.readline(LINE_BYTES)
            if not line.endswith(b"\n"):
                raise ConnectionError
            message: dict[str, Any] = json.loads(line)
            if "exit" in message:
                return int(message["exit"])
            with contextlib.suppress(binascii.Error):
                if "out" in message:
                    out(message["out"])
                elif "err" in message:
                    err(message["err"])
                elif "raw" in message:
                    raw(base64.b64decode(message["raw"], validate=True))


def _line(connection: socket.socket, most: int) -> bytes:
    """Read up to the first line end; ValueError when it does not come within ``most`` bytes."""
    found = bytearray()
    while not found.endswith(b"\n"):
        piece = connection.recv(min(4096, most + 1 - len(found)))
        found += piece
        if not piece or len(found) > most:
            raise ValueError("no line")
    return bytes(found)


def _keep_alive(reply: Reply, done: threading.Event) -> None:
    while not done.wait(ALIVE_SECONDS):
        reply.send({"alive": True})


def _same_user(connection: socket.socket) -> bool:
    """Whether the other side runs as our own user, where the system can tell (Linux); elsewhere the folder and the token must do."""
    peer = getattr(socket, "SO_PEERCRED", None)
    if peer is None:
        return True
    credentials = connection.getsockopt(socket.SOL_SOCKET, peer, 12)
    return int.from_bytes(credentials[4:8], sys.byteorder) == os.getuid()
