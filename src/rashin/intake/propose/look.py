"""Look at a file: its form, what must be asked before it can be read, and a sample of its columns."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Answers
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rashin.connect import LINE, Doubt, Head, Ignored, RawBatch
from rashin.connect.files import Member, head
from rashin.connect.table import delimited, jsonform, workbook
from rashin.connect.table import encoding as text
from rashin.connect.table.connector import CONNECTOR, check_readable, chosen_members, form_of
from rashin.connect.table.layout import has_header
from rashin.connect.table.options import TableOptions
from rashin.errors import Bilingual
from rashin.intake.propose.archive import members_doubt
from rashin.intake.refused import RAW
from rashin.intake.values.reading import as_text

#: What is asked of the reading of a file, before its columns are known.
READING = ("members", "encoding", "sheet", "records", "no_header")
_TABLE = "/table/"
#: A file asks no more than this about its reading.
_READINGS = 5

#: So many rows are looked at; a certainty about the whole file is claimed only when it ended before.
SAMPLE_ROWS = 50_000
#: … and so many cells: a wide table is sampled less deeply.
SAMPLE_CELLS = 1_500_000
#: … and no further than this where lines are refused or left out instead.
SAMPLE_LOST = 50_000


@dataclass(slots=True)
class Look:
    """What was seen. ``table``: the keys of ``[table]`` to write; ``columns``: name → texts (None = null); ``whole``: the sample is the whole file."""

    name: str
    form: str
    head: Head
    table: dict[str, Any]
    columns: dict[str, list[str | None]]
    doubts: list[Doubt] = field(default_factory=list)
    rows: int = 0
    rejects: int = 0
    ignored: dict[str, int] = field(default_factory=dict)
    whole: bool = True
    typed: frozenset[str] = frozenset()


def look(path: Path, table: dict[str, Any] | None = None, rows: int = SAMPLE_ROWS, answers: Answers[str, str] | None = None) -> Look:
    """Return what ``path`` looks like. ``table``: what is already known of it (``[table]`` keys). Raises InputError when it cannot be read at all.

    ``answers``: doubt → choice. What is asked of the reading itself (which sheet …) and answered here is read so, and stays among the doubts as settled.
    """
    settled: list[Doubt] = []
    known = dict(table or {})
    while True:
        seen = _look(path, dict(known), rows)
        told = next((each for each in seen.doubts if each.code in READING and (answers or {}).get(each.name) in each.choices), None)
        if told is None or len(settled) > _READINGS:
            seen.doubts = [*settled, *seen.doubts]
            return seen
        choice = (answers or {})[told.name]
        known[told.path.removeprefix(_TABLE)] = int(choice) if choice.isdecimal() else choice
        settled.append(replace(told, settled=choice))


def _look(path: Path, known: dict[str, Any], rows: int) -> Look:
    check_readable(path)
    options = TableOptions.of(known)
    first = next(chosen_members(path, options), None)
    seen = head(path, options.limits)
    if first is None:
        return Look(path.name, "delimited", seen, known, {})
    asked = members_doubt(path, options)
    if asked is not None:
        known["members"] = asked.choices[0]
        options = TableOptions.of(known)
        first = next(chosen_members(path, options), first)
    form = form_of(first, path, options)
    doubts = [*([asked] if asked else []), *_doubts_of_form(first, path, form, options, known)]
    out = Look(path.name, form, seen, known, {}, doubts)
    _sample(out, CONNECTOR.read(path, known), rows)
    return out


def _doubts_of_form(first: Member, path: Path, form: str, options: TableOptions, known: dict[str, Any]) -> list[Doubt]:
    """Settle for the sample what must be asked, and ask it."""
    doubts = []
    if form == "workbook":
        if options.sheet is None:
            doubts += _sheet(path, options, known)
        return doubts
    if form == "parquet":
        return doubts
    guess = text.guess(first.open)
    if options.encoding is None and not guess.sure:
        known["encoding"] = guess.encoding
        doubts.append(_encoding(guess))
    chosen = TableOptions.of(known)
    if form == "json" and options.records is None:
        encoding, mark = delimited.settle_encoding(first, chosen)
        paths = jsonform.settle_records(first.open, encoding, mark, first.name)
        known["records"] = paths[0]
        if len(paths) > 1:
            question = Bilingual("どの配列がレコードですか。", "Which array holds the records?")
            doubts.append(Doubt("records", question, tuple(paths), "/table/records"))
    if form == "delimited" and options.header_row is None:
        doubts += _header(first, chosen, known)
    return doubts


def _encoding(guess: text.Guess) -> Doubt:
    question = Bilingual(
        "文字コードが決められません。どれで書かれたファイルですか。", "The encoding is not certain. Which one was the file written in?"
    )
    return Doubt("encoding", question, guess.choices, "/table/encoding")


def _sheet(path: Path, options: TableOptions, known: dict[str, Any]) -> list[Doubt]:
    names, alike = workbook.kinds(path, options)
    if len(names) < 2:
        return []
    if len(alike) == len(names):
        # the same table on every sheet: they are one
        known["sheet"] = "*"
    else:
        known["sheet"] = names[0]
    group = [f"{workbook.LIKE}{alike[0]}"] if 1 < len(alike) < len(names) else []
    question = Bilingual(
        "どのシートを読みますか(* は全部" + (f"、{group[0]} は「{alike[0]}」と同じ見出しの {len(alike)} 枚)。" if group else ")。"),
        "Which sheet is to be read (* for all"
        + (f", {group[0]} for the {len(alike)} that are headed like “{alike[0]}”)?" if group else ")?"),
    )
    return [
        Doubt(
            "sheet",
            question,
            (*(("*",) if len(alike) == len(names) else ()), *group, *names, *(("*",) if len(alike) < len(names) else ())),
            "/table/sheet",
        )
    ]


def _header(first: Member, options: TableOptions, known: dict[str, Any]) -> list[Doubt]:
    records = [record.cells for record in delimited.plan(first, options).sample if not record.code]
    if not records or has_header(records):
        return []
    known["header_row"] = 0
    question = Bilingual(
        "見出しの行が見つかりません。列は「列1」「列2」…と呼びます。見出しがある場合はその行番号を書いてください。",
        "No header row was found; columns are called by their number. If there is one, give its number.",
    )
    return [Doubt("no_header", question, ("0", "1", "2", "3"), "/table/header_row")]


def _sample(out: Look, found: Iterator[Any], rows: int) -> None:
    parts: list[Any] = []
    for item in found:
        if isinstance(item, RawBatch):
            parts.append(item.table)
            out.rows += item.table.num_rows
            if out.rows >= rows or out.rows * len(item.table.column_names) >= SAMPLE_CELLS:
                out.whole = next(iter(found), None) is None
                break
        elif isinstance(item, Ignored):
            out.ignored[item.reason.en] = out.ignored.get(item.reason.en, 0) + item.count
        else:
            out.rejects += 1
        if out.rejects + sum(out.ignored.values()) >= SAMPLE_LOST:
            # a form that loses so many lines is not the file's: reading a huge file to its end would say no more
            out.whole = False
            break
    names = list(dict.fromkeys(name for part in parts for name in part.column_names if name not in (LINE, RAW)))
    out.columns = {name: [] for name in names}
    typed = set()
    for part in parts:
        for name in names:
            column = part.column(name) if name in part.column_names else None
            if column is not None and str(column.type).startswith("timestamp"):
                typed.add(name)
            out.columns[name].extend([None] * part.num_rows if column is None else as_text(column).to_pylist())
    out.typed = frozenset(typed)
