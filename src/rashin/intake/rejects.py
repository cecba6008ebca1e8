"""Refused rows: list them, write them to a file in which they can be mended, and read the mended file back.

The file is CSV (UTF-8 with mark, so that Excel shows it right): first what is said about each row (columns that begin with “#”), then the columns of the
source as they stood. Correct the cells, leave the “#” columns alone, delete rows that are to stay refused, and load the file with ``--mend``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashin.connect import LINE, Ignored, Mapping, RawBatch, RawReject, connector
from rashin.connect.table.connector import CONNECTOR as TABLE
from rashin.errors import Bilingual, InputError, WorkspaceError
from rashin.intake import refused
from rashin.intake.batch import Setting
from rashin.intake.land import find_landed
from rashin.intake.resolve import kept_mapping, text_zone
from rashin.intake.run import known_load, mends_of
from rashin.intake.sieve import ENTRIES, Sieve, sieves
from rashin.intake.values.reading import as_text

if TYPE_CHECKING:
    import pyarrow as pa

    from rashin.store.receipt import LoadRecord
    from rashin.store.store import Store

#: What is said about a refused row; everything else in the file is the source's own.
ABOUT = ("#load", "#stream", "#part", "#line", ENTRIES, "#column", "#code", "#reason", "#mend", "#raw")

#: A cell that a spreadsheet would take for a formula; plain numbers are none.
_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?")

_MEND_BATCH = re.compile(r"mend-(\d+)-([0-9a-f]{64})(-\d+)?")

Key = tuple[str, str, int]


def listing(store: Store, load_id: int, *, open_only: bool = False) -> pa.Table:
    """Return the rows a load refused: the store's columns, and ``mended_by`` (number of the load that mended it, or null).

    ``open_only``: without those that were mended. QuestionError when there is no such load.
    """
    import pyarrow as pa

    record = known_load(store, load_id)
    table = store.rejects(load_id)
    mended = _mended(store, record)
    keys = zip(table.column("fact").to_pylist(), table.column("file").to_pylist(), table.column("line").to_pylist(), strict=True)
    by = [mended.get(_plain_key(key)) for key in keys]
    table = table.append_column("mended_by", pa.array(by, pa.int64()))
    return table.filter(pa.array([each is None for each in by], pa.bool_())) if open_only else table


def export(store: Store, path: str | Path, load_id: int, *, lang: str = "ja", open_only: bool = True) -> int:
    """Write the refused rows of a load to ``path`` so that they can be mended; returns how many. WorkspaceError when the landed file is gone."""
    rows = records(store, load_id, lang=lang, open_only=open_only)
    write(path, rows)
    return len(rows)


def records(store: Store, load_id: int, *, lang: str = "ja", open_only: bool = True) -> list[dict[str, str]]:
    """Return the refused records of a load, in the order of the file: what is said of each (``ABOUT``) and its columns as they stood."""
    record = known_load(store, load_id)
    wanted = _wanted(listing(store, load_id, open_only=open_only))
    return sorted(_rows(store, record, wanted, lang), key=lambda row: (row["#part"], int(row["#line"]))) if wanted else []


def write(path: str | Path, rows: list[dict[str, str]]) -> None:
    """Write records (see :func:`records`), mended or not, as the file that ``mend`` reads."""
    columns = list(dict.fromkeys(name for row in rows for name in row if name not in ABOUT))
    with Path(path).open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow([*ABOUT, *map(safe_cell, columns)])
        writer.writerows([safe_cell(row.get(name) or "") for name in (*ABOUT, *columns)] for row in rows)


def mended_records(path: Path) -> dict[int, list[RawBatch]]:
    """Return load number → batches of mended rows, with the lines and parts of the original file. InputError when it is no such file."""
    loads: dict[int, list[RawBatch]] = {}
    seen = False
    for found in TABLE.read(path, {"totals": [], "header_row": 1}):
        if isinstance(found, RawReject):
            raise _not_mendable(path, Bilingual(f"{found.line}行目: {found.reason.ja}", f"line {found.line}: {found.reason.en}"))
        if isinstance(found, RawBatch):
            seen = True
            _group(found.table, path, loads)
    if not seen:
        raise _not_mendable(path, Bilingual("行がありません", "it has no rows"))
    return loads


def safe_cell(text: str) -> str:
    """Return the cell so that no spreadsheet takes it for a formula: an apostrophe before it. Plain numbers stay."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _bare_cell(text: str | None) -> str | None:
    """Undo :func:`safe_cell`; a spreadsheet that hid the apostrophe has undone it already."""
    return text[1:] if text and text[0] == "'" and _FORMULA.match(text[1:2]) else text


# -- export


def _wanted(table: pa.Table) -> dict[Key, list[dict[str, Any]]]:
    found: dict[Key, list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        found.setdefault((row["fact"], row["file"], row["line"]), []).append(row)
    return found


def _rows(store: Store, record: LoadRecord, wanted: dict[Key, list[dict[str, Any]]], lang: str) -> Iterator[dict[str, str]]:
    """Read the landed file again and yield the refused records with their columns, each once, in the order of the file."""
    mapping, found = _again(store, record)
    entries = sieves(mapping, text_zone(mapping, store.workspace), Setting("UTC"), 0, _no_transform)
    for item in found:
        takers = [each for each in entries if each.mapping.stream == item.stream]
        if isinstance(item, RawBatch):
            yield from _refused_of(item, takers, record, wanted, lang)
        elif isinstance(item, RawReject):
            faults = [
                (each.label, wanted.get((each.fact, each.place(item.part) or record.file_name, item.line), []))
                for each in takers or entries[:1]
            ]
            if any(found for _, found in faults):
                yield {**_about(record, item.stream, item.part, item.line, faults, lang), "#raw": item.raw}


def _refused_of(
    batch: RawBatch, takers: list[Sieve], record: LoadRecord, wanted: dict[Key, list[dict[str, Any]]], lang: str
) -> Iterator[dict[str, str]]:
    import numpy as np
    import pyarrow as pa

    numbered = RawBatch(
        batch.stream, batch.table.append_column("_at", pa.array(np.arange(batch.table.num_rows))), batch.part, batch.complete
    )
    hits: dict[int, list[tuple[str, list[dict[str, Any]]]]] = {}
    for each in takers:
        raw = each.wanted(each.mine(each.with_columns(numbered)))
        keys = zip(each.places(raw, batch.part), raw.column(LINE).to_pylist(), raw.column("_at").to_pylist(), strict=True)
        for place, line, at in keys:
            faults = wanted.get((each.fact, place or record.file_name, line))
            if faults:
                hits.setdefault(at, []).append((each.label, faults))
    if not hits:
        return
    picked = batch.table.take(pa.array(sorted(hits)))
    names = [name for name in picked.column_names if name not in (LINE, refused.RAW, *ABOUT)]
    cells = {name: as_text(picked.column(name)).to_pylist() for name in names}
    for index, (at, line) in enumerate(zip(sorted(hits), picked.column(LINE).to_pylist(), strict=True)):
        yield {**_about(record, batch.stream, batch.part, line, hits[at], lang), **{name: cells[name][index] or "" for name in names}}


def _about(
    record: LoadRecord, stream: str, part: str, line: int, faults: list[tuple[str, list[dict[str, Any]]]], lang: str
) -> dict[str, str]:
    told = [(label, each) for label, found in faults for each in found]

    def joined(texts: Iterable[str | None]) -> str:
        return " / ".join(dict.fromkeys(each for each in texts if each))

    return {
        "#load": str(record.load_id),
        "#stream": stream,
        "#part": part,
        "#line": str(line),
        ENTRIES: ";".join(dict.fromkeys(label for label, _ in told)),
        "#column": joined(each["column"] for _, each in told),
        "#code": joined(each["code"] for _, each in told),
        "#reason": joined(each[f"reason_{lang}"] for _, each in told),
        "#mend": joined(each[f"mend_{lang}"] for _, each in told),
    }


def _again(store: Store, record: LoadRecord) -> tuple[Mapping, Iterator[RawBatch | RawReject | Ignored]]:
    """The mapping of a load and its records, read once more from the landing."""
    mapping = kept_mapping(store.workspace, record.mapping_hash)
    mend = _MEND_BATCH.fullmatch(record.batch_id)
    path = find_landed(store.workspace.folder("landing"), mend.group(2) if mend else record.file_hash)
    if mapping is None or path is None:
        raise WorkspaceError(
            "landing_incomplete",
            Bilingual(
                f"取込 {record.load_id} の元のファイルか対応づけが保管場所にありません。",
                f"The file or the mapping of load {record.load_id} is gone from the landing.",
            ),
            Bilingual("landing フォルダーをバックアップから戻してください。", "Restore the landing folder from a backup."),
        )
    if mend:
        return mapping, iter(mended_records(path).get(int(mend.group(1)), []))
    return mapping, connector(mapping.connector).read(path, {**mapping.table, "zone": text_zone(mapping, store.workspace)})


def _no_transform(table: Any, sql: str) -> Any:
    raise AssertionError("reading rejects again needs no engine")


# -- what was mended


def _mended(store: Store, record: LoadRecord) -> dict[tuple[str, str, int], int]:
    """(entry, part, line) of the rows that a load in force has brought mended → that load."""
    found: dict[tuple[str, str, int], int] = {}
    folder = store.workspace.folder("landing")
    for each in mends_of(store, record.load_id):
        mend = _MEND_BATCH.fullmatch(each.batch_id)
        path = find_landed(folder, mend.group(2)) if mend else None
        for batch in mended_records(path).get(record.load_id, []) if path else ():
            labels, lines = batch.table.column(ENTRIES).to_pylist(), batch.table.column(LINE).to_pylist()
            for label, line in zip(labels, lines, strict=True):
                for entry in (label or "").split(";"):
                    fact, _, part = entry.rstrip("]").partition("[")
                    place = f"{batch.part}[{part}]" if part else batch.part
                    found[fact, place or record.file_name, line] = each.load_id
    return found


def _plain_key(key: tuple[str, str, int]) -> tuple[str, str, int]:
    fact, place, line = key
    return fact, re.sub(r"#\d+$", "", place), line


# -- reading a mended file


def _group(table: pa.Table, path: Path, loads: dict[int, list[RawBatch]]) -> None:
    missing = [name for name in ("#load", "#line", ENTRIES) if name not in table.column_names]
    if missing:
        raise _not_mendable(path, Bilingual(f"列 {', '.join(missing)} がありません", f"it has no column {', '.join(missing)}"))
    groups: dict[tuple[int, str, str], list[int]] = {}
    abouts = [
        table.column(name).to_pylist() if name in table.column_names else [""] * table.num_rows
        for name in ("#load", "#stream", "#part", "#line")
    ]
    lines = []
    for index, (load, stream, part, line) in enumerate(zip(*abouts, strict=True)):
        if not (load or "").strip().isdecimal() or not (line or "").strip().isdecimal():
            raise _not_mendable(path, Bilingual("#load か #line が書き換えられています", "#load or #line was changed"))
        groups.setdefault((int(load), _bare_cell(stream) or "", _bare_cell(part) or ""), []).append(index)
        lines.append(int(line))
    for (load, stream, part), positions in groups.items():
        loads.setdefault(load, []).append(RawBatch(stream, _source_columns(table, positions, lines), part))


def _source_columns(table: pa.Table, positions: list[int], lines: list[int]) -> pa.Table:
    import pyarrow as pa

    picked = table.take(pa.array(positions))
    names = [name for name in picked.column_names if name not in (LINE, refused.RAW) and (name not in ABOUT or name == ENTRIES)]
    arrays = [pa.array([_bare_cell(cell) for cell in picked.column(name).to_pylist()], pa.string()) for name in names]
    bare = [_bare_cell(name) or name for name in names]
    return pa.table([*arrays, pa.array([lines[position] for position in positions], pa.int64())], names=[*bare, LINE])


def _not_mendable(path: Path, what: Bilingual) -> InputError:
    return InputError(
        "not_a_mended_file",
        Bilingual(
            f"「{path.name}」は取込不可の書き出しとして読めません({what.ja})。", f"“{path.name}” is not an export of rejects ({what.en})."
        ),
        Bilingual(
            "`rashin rejects export` で書き出した CSV の # の列はそのままにして、ほかの列だけ直してください。",
            "Leave the # columns of the CSV from `rashin rejects export` as they are and correct the others only.",
        ),
    )
