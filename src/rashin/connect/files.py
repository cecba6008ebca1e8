"""Open what lies on the disk: a plain file, ``.gz``, or the members of a ``.zip``. Names inside an archive never become paths.

Limits stop archive bombs: what is counted is the bytes really produced, not what a header claims.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NoReturn, Protocol

from rashin.connect.model import HEAD_BYTES, Head
from rashin.errors import Bilingual, InputError

#: Below this size the ratio of an archive is not looked at: small files of one repeated line compress by any factor.
_RATIO_FREE = 64 * 1024 * 1024
MAX_BYTES = 64 * 1024**3
MAX_RATIO = 300
_COPY = 1024 * 1024
#: What the archive libraries raise at damaged archives.
DAMAGE = (zipfile.BadZipFile, OSError, EOFError, zlib.error, struct.error, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class Limits:
    """``max_bytes``: most bytes that a file may hold after decompression; ``max_ratio``: most bytes out per byte in (looked at above 64 MiB);
    ``max_members``: most members of an archive."""

    max_bytes: int = MAX_BYTES
    max_ratio: int = MAX_RATIO
    max_members: int = 1000


@dataclass(frozen=True, slots=True)
class Member:
    """One file to read: ``name`` is for people and to tell the form by its ending, never a path; ``part`` is "" unless it lies in a zip.

    ``open()`` returns a new binary stream from the beginning; the caller closes it.
    """

    name: str
    part: str
    open: Callable[[], BinaryIO]
    size: int | None = None


_WATCHER: ContextVar[Callable[[int], None] | None] = ContextVar("watcher", default=None)


@contextlib.contextmanager
def watching(callback: Callable[[int], None]) -> Iterator[None]:
    """Within the block ``callback(position)`` is told how far into a file on the disk the reading has come: for progress bars."""
    token = _WATCHER.set(callback)
    try:
        yield
    finally:
        _WATCHER.reset(token)


def open_disk(path: Path) -> BinaryIO:
    """Open a file on the disk for reading; who is :func:`watching` sees how far it is read."""
    watcher = _WATCHER.get()
    return io.BufferedReader(_Watched(path, watcher), _COPY) if watcher else path.open("rb")


class _Watched(io.FileIO):
    """A file that tells its position after each read."""

    def __init__(self, path: Path, watcher: Callable[[int], None]) -> None:
        super().__init__(path, "rb")
        self._watcher = watcher

    def readinto(self, buffer: object) -> int:
        count = super().readinto(buffer)  # type: ignore[arg-type]
        self._watcher(self.tell())
        return count or 0


def members(path: Path, limits: Limits | None = None) -> Iterator[Member]:
    """Yield what ``path`` holds: itself, the content of a gzip, or each file of a zip in the order of its directory.

    Folders and the resource forks of macOS are passed over. Raises InputError: broken, encrypted, nested or oversized archive.
    """
    limits = limits or Limits()
    kind = _kind(path)
    if kind == "gzip":
        name = path.name[:-3] if path.name.lower().endswith(".gz") else path.name
        yield Member(name, "", lambda: _open_gzip(path, limits), path.stat().st_size)
    elif kind == "zip":
        yield from _zip_members(path, limits)
    else:
        yield Member(path.name, "", lambda: open_disk(path), path.stat().st_size)


def head(path: Path, limits: Limits | None = None) -> Head:
    """Return the beginning of the file (of the first member of an archive). A broken archive gives its own bytes, which nobody recognises: reading tells."""
    size = path.stat().st_size
    try:
        found = list(members(path, limits))
        if not found:
            return Head(path.name, b"", size)
        with found[0].open() as stream:
            data = stream.read(HEAD_BYTES)
    except InputError:
        with path.open("rb") as stream:
            return Head(path.name, stream.read(HEAD_BYTES), size)
    listed = tuple(each.name for each in found) if found[0].part else ()
    return Head(path.name, data, size, inner=found[0].name, members=listed)


def decode_head(data: bytes) -> str | None:
    """Return the text of a head, or None when it is not text: UTF-16 by its mark, UTF-8, else CP932, each strict up to a cut last character."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data[: len(data) // 2 * 2].decode("utf-16", "strict") if len(data) >= 2 else ""
    for encoding in ("utf-8-sig", "cp932"):
        for cut in range(4):
            try:
                return data[: len(data) - cut].decode(encoding)
            except UnicodeDecodeError:
                if len(data) < HEAD_BYTES:
                    break
    return None


def is_workbook(path: Path) -> bool:
    """True when the file is an Excel or OpenDocument workbook (a zip by its bytes, but not an archive of files)."""
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except DAMAGE:
        return False
    return bool(names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"})


def _kind(path: Path) -> str:
    with path.open("rb") as stream:
        start = stream.read(4)
    if start[:2] == b"\x1f\x8b":
        return "gzip"
    if start in (b"PK\x03\x04", b"PK\x05\x06") and not is_workbook(path):
        return "zip"
    return "plain"


def refuse_false_archive(path: Path) -> None:
    """Raise InputError when the file is called an archive and is none: the cause, where nothing that makes sense was found in it.

    (What a browser has unpacked and still calls ``.gz`` is read like any other file.)
    """
    if path.suffix.lower() in (".gz", ".zip") and _kind(path) == "plain":
        raise InputError(
            "archive_false",
            Bilingual(
                f"「{path.name}」は名前は圧縮ファイルですが、中身は圧縮形式ではなく、表としても読めません。",
                f"“{path.name}” is called an archive, but its content is none, nor can it be read as a table.",
            ),
            Bilingual("もう一度書き出すか、コピーし直してください。", "Export or copy it again."),
        )


def _zip_members(path: Path, limits: Limits) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGE as error:
        _broken(path, error)
    with archive:
        infos = [info for info in archive.infolist() if not info.is_dir() and not _furniture(info.filename)]
    if len(infos) > limits.max_members:
        _too_big(path, f"{len(infos)} > {limits.max_members} members")
    if sum(info.file_size for info in infos) > limits.max_bytes:
        _too_big(path, f"> {limits.max_bytes} bytes")
    for info in infos:
        if info.flag_bits & 0x1:
            raise InputError(
                "archive_encrypted",
                Bilingual(f"「{path.name}」はパスワード付きZIPです。", f"“{path.name}” is an encrypted archive."),
                Bilingual("パスワードを外して展開したファイルを取り込んでください。", "Decrypt it and load the files inside."),
            )
        name = _display_name(info)
        yield Member(PurePosixPath(name.replace("\\", "/")).name, name, lambda info=info: _open_zip(path, info, limits), info.file_size)  # type: ignore[misc]


def _open_gzip(path: Path, limits: Limits) -> BinaryIO:
    disk = open_disk(path)
    return _limited(gzip.GzipFile(fileobj=disk), path, limits, path.stat().st_size, disk)


def _open_zip(path: Path, info: zipfile.ZipInfo, limits: Limits) -> BinaryIO:
    with contextlib.ExitStack() as opened:
        disk = opened.enter_context(open_disk(path))
        try:
            archive = opened.enter_context(zipfile.ZipFile(disk))
            stream = opened.enter_context(archive.open(info))
            start = stream.read(4)
            stream.seek(0)
        except DAMAGE as error:
            _broken(path, error)
        if start[:2] == b"\x1f\x8b" or (start == b"PK\x03\x04" and not info.filename.lower().endswith((".xlsx", ".xlsm", ".xlsb", ".ods"))):
            raise InputError(
                "archive_nested",
                Bilingual(f"「{path.name}」の中にさらに圧縮ファイルがあります。", f"“{path.name}” holds another archive."),
                Bilingual("中の圧縮ファイルを取り出して、別々に取り込んでください。", "Take the inner archive out and load it by itself."),
            )
        opened.pop_all()  # from here on the stream closes them
        return _limited(stream, path, limits, max(info.compress_size, 1), archive, disk)


def _furniture(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return parts[0] == "__MACOSX" or parts[-1] in (".DS_Store", "Thumbs.db", "desktop.ini") or parts[-1].startswith("._")


def _display_name(info: zipfile.ZipInfo) -> str:
    """Old Japanese archivers write CP932 names without saying so; zipfile then reads them as CP437."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode("cp932")
    except UnicodeError:
        return info.filename


class Closable(Protocol):
    """What is closed together with a stream that reads from it."""

    def close(self) -> None: ...


class _Limited(io.RawIOBase):
    """Counts what comes out of a decompressor and stops at the limit; turns its errors into one of ours."""

    def __init__(self, inner: BinaryIO, path: Path, limits: Limits, compressed: int, owners: tuple[Closable, ...]) -> None:
        super().__init__()
        self._inner = inner
        self._path = path
        self._limits = limits
        self._compressed = max(compressed, 1)
        self._owners = owners
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        try:
            data = self._inner.read(len(view))
        except DAMAGE as error:
            _broken(self._path, error)
        view[: len(data)] = data
        self._count += len(data)
        if self._count > self._limits.max_bytes:
            _too_big(self._path, f"> {self._limits.max_bytes} bytes")
        if self._count > max(_RATIO_FREE, self._compressed * self._limits.max_ratio):
            _too_big(self._path, f"> {self._limits.max_ratio} : 1")
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
            for owner in self._owners:
                owner.close()
        super().close()


def _limited(inner: object, path: Path, limits: Limits, compressed: int, *owners: Closable) -> BinaryIO:
    raw = _Limited(inner, path, limits, compressed, owners)  # type: ignore[arg-type]
    return io.BufferedReader(raw, _COPY)


def _broken(path: Path, error: Exception) -> NoReturn:
    raise InputError(
        "archive_broken",
        Bilingual(f"圧縮ファイル「{path.name}」が壊れています({error})。", f"The archive “{path.name}” is damaged ({error})."),
        Bilingual("もう一度書き出すか、コピーし直してください。", "Export or copy it again."),
    ) from error


def _too_big(path: Path, detail: str) -> NoReturn:
    raise InputError(
        "archive_too_big",
        Bilingual(f"「{path.name}」は展開すると大きすぎます({detail})。", f"“{path.name}” is too big when decompressed ({detail})."),
        Bilingual(
            "正しいファイルなら、対応づけの [table] で max_bytes・max_ratio を上げてください。",
            "If the file is right, raise max_bytes or max_ratio in the mapping's [table].",
        ),
    )
