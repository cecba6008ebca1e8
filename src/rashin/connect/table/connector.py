"""The table connector: any table, with a mapping written or proposed for it."""

from __future__ import annotations

import fnmatch
import json
import tempfile
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from typing import Any

from rashin.connect.files import Member, is_workbook, members
from rashin.connect.mapping import Mapping
from rashin.connect.model import Assembly, Head, Ignored, RawBatch, RawReject
from rashin.connect.table.options import TableOptions
from rashin.errors import Bilingual, InputError

_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


class Table:
    """Reads CSV, TSV, other delimited text, XLSX/XLS/ODS, JSON, NDJSON and Parquet; plain, gzipped, or as members of a zip."""

    name = "table"
    title = Bilingual("表(CSV・Excel・JSON・Parquet)", "Table (CSV, Excel, JSON, Parquet)")
    assemblies: tuple[Assembly, ...] = ()

    def recognises(self, head: Head) -> float:
        """Any table that is not empty: 0.3, so that every vendor's connector that is half sure comes first."""
        return 0.3 if head.data else 0.0

    def mappings(self) -> dict[str, Mapping]:
        """None of its own: a table needs a mapping."""
        return {}

    def read(self, file: Path, options: AnyMapping[str, object]) -> Iterator[RawBatch | RawReject | Ignored]:
        """Yield the records of the file. ``options``: the mapping's ``[table]``; ``columns`` (a set) limits what is read to what is needed."""
        chosen = TableOptions.of(options)
        columns: Any = options.get("columns")
        for member in chosen_members(file, chosen):
            yield from _read(member, file, chosen, frozenset(columns) if columns is not None else None)


def chosen_members(file: Path, options: TableOptions) -> Iterator[Member]:
    """Yield the file, or the archive members whose name holds (or matches) ``options.members``."""
    for member in members(file, options.limits):
        if not options.members or not member.part or options.members in member.part or fnmatch.fnmatch(member.part, options.members):
            yield member


def form_of(member: Member, file: Path, options: TableOptions) -> str:
    """Return the form of the content: delimited | workbook | json | ndjson | parquet. The bytes decide, not the name."""
    if options.form:
        return options.form
    with member.open() as stream:
        start = stream.read(64 * 1024)
    if start[:4] == b"PAR1":
        return "parquet"
    if start[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" or (start[:2] == b"PK" and (member.part or is_workbook(file))):
        return "workbook"
    text = _start_text(start).lstrip("\ufeff \t\r\n")
    if text[:1] == "[" and member.name.lower().endswith((".json", ".txt", "")) and _is_json_array(text):
        return "json"
    if text[:1] == "{":
        return "ndjson" if _is_ndjson(text) else "json"
    return "delimited"


def _start_text(start: bytes) -> str:
    for encoding in ("utf-16",) if start[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8", "cp932"):
        try:
            return start.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start > len(start) - 4:
                return start[: error.start].decode(encoding)
    return start.decode("latin-1")


_DEEP = 20


def _is_json_array(text: str) -> bool:
    after = text[1:].lstrip()
    if after[:_DEEP] == "[" * _DEEP:
        return True  # no table begins like this: JSON that is nested to do harm
    return after[:1] in ("{", "]") or (after[:1] == "[" and not after.startswith("[["))


def _is_ndjson(text: str) -> bool:
    lines = [line for line in text.split("\n")[:3] if line.strip()]
    if len(lines) == 1 and "\n" not in text:
        return False
    try:
        json.loads(lines[0])
    except (ValueError, RecursionError):
        # A first line that is broken, with objects on the lines after it, is a broken record of NDJSON and not the beginning of one JSON document.
        return len(lines) > 1 and all(line.startswith("{") for line in lines[1:]) and lines[0].rstrip().endswith("}")
    return len(lines) == 1 or lines[1].lstrip()[:1] not in ("}", "]", ",")


def _read(member: Member, file: Path, options: TableOptions, columns: frozenset[str] | None) -> Iterator[RawBatch | RawReject | Ignored]:
    from rashin.connect.table import delimited, jsonform, parquet, workbook

    form = form_of(member, file, options)
    if form == "delimited":
        yield from delimited.read(member, options, columns)
    elif form == "parquet":
        yield from parquet.read(member, columns)
    elif form == "workbook":
        with unpacked(member, file) as path:
            yield from workbook.read(path, options)
    else:
        encoding, mark = delimited.settle_encoding(member, options)
        reader = jsonform.read_lines if form == "ndjson" else jsonform.read
        yield from reader(member, options, encoding, mark)


class unpacked:  # noqa: N801 - used like a function: `with unpacked(member, file) as path`
    """The path of a member as a file of its own: the file itself, or a temporary copy under a name of ours when it lies in an archive."""

    def __init__(self, member: Member, file: Path) -> None:
        self._member = member
        self._file = file
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Path:
        if not self._member.part and self._member.name == self._file.name:
            return self._file
        self._folder = tempfile.TemporaryDirectory()
        suffix = Path(self._member.name).suffix.lower()
        path = Path(self._folder.name) / f"member{suffix if suffix in _WORKBOOKS else '.bin'}"
        with self._member.open() as source, path.open("wb") as target:
            while chunk := source.read(1024 * 1024):
                target.write(chunk)
        return path

    def __exit__(self, *_: object) -> None:
        if self._folder:
            self._folder.cleanup()


def check_readable(file: Path) -> None:
    """Raise InputError when the file is missing, a folder, or empty."""
    if not file.is_file():
        raise InputError(
            "file_missing",
            Bilingual(f"ファイル「{file.name}」がありません。", f"There is no file “{file.name}”."),
            Bilingual("パスを確かめてください。", "Check the path."),
        )
    if not file.stat().st_size:
        raise InputError(
            "file_empty",
            Bilingual(f"「{file.name}」は空です(0バイト)。", f"“{file.name}” is empty (0 bytes)."),
            Bilingual("書き出しが終わっているか確かめてください。", "See whether the export had finished."),
        )


CONNECTOR = Table()
