"""The keys of ``[table]`` in a mapping: how a table is to be read. What is not said is found out, and asked when it cannot be found out."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from rashin.connect.files import MAX_BYTES, MAX_RATIO, Limits
from rashin.errors import Bilingual, DefinitionError, nearest

FORMS = ("delimited", "workbook", "json", "ndjson", "parquet")

#: Encodings that a mapping may choose. UTF-8, UTF-16 and CP932 are recognised by themselves; the others are only read when chosen.
ENCODINGS = (
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "cp932",
    "euc_jp",
    "iso2022_jp",
    "cp1252",
    "latin-1",
    "cp1250",
    "cp1251",
    "gb18030",
    "big5",
    "cp949",
)


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How to read a table.

    - ``form``: delimited | workbook | json | ndjson | parquet; None = by content.
    - ``encoding``, ``delimiter``: None = found out (``delimiter = "tab"`` is understood).
    - ``header_row``: record number of the (first) header row, 1-based; 0 = no header; None = found out.
    - ``header_rows``: 1, 2 (upper/lower header joined by “/”) or 3 (id, question and import id of a survey tool); None = found out.
    - ``unnamed``: what columns without a name are called: "列" = 列1, 列2 …, "column" = column 1, column 2 …
    - ``sheet``: name of the sheet, "*" for all, or "~NAME" for all with the same header as NAME; None = the only one that is not empty.
    - ``records``: dotted path to the array of records in JSON; None = found out; "" = the top level.
    - ``totals``: words that mark a totals row when they stand in its first filled cell; None = the usual ones; [] = none.
    - ``members``: part of the name of the archive members to read; "" = all.
    - ``line_end``: "cr" for files of the old Mac; None = found out.
    - ``quote``: "double" (a cell may stand in double quotes) or "none" (quotes are ordinary characters).
    - ``max_cell``: longest cell in characters; a longer one is a reject.
    """

    form: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    header_rows: int | None = None
    unnamed: str = "列"
    sheet: str | None = None
    records: str | None = None
    totals: tuple[str, ...] | None = None
    members: str = ""
    line_end: str | None = None
    quote: str = "double"
    max_cell: int = 1_000_000
    max_bytes: int = MAX_BYTES
    max_ratio: int = MAX_RATIO

    @property
    def limits(self) -> Limits:
        """Limits for opening archives."""
        return Limits(max_bytes=self.max_bytes, max_ratio=self.max_ratio)

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> TableOptions:
        """Return options from a mapping's ``[table]``; keys that are not about tables (``zone``) are passed over. Raises DefinitionError."""
        known = {each.name for each in fields(cls)}
        values = {key: value for key, value in options.items() if key in known and value is not None}
        if "totals" in values:
            values["totals"] = tuple(str(each) for each in values["totals"])
        for key in ("header_row", "header_rows", "max_cell", "max_bytes", "max_ratio"):
            if key in values and (not isinstance(values[key], int) or isinstance(values[key], bool) or values[key] < 0):
                _refuse(key, values[key], ())
        if "delimiter" in values:
            values["delimiter"] = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}.get(values["delimiter"], values["delimiter"])
            if len(values["delimiter"]) != 1 or not values["delimiter"].isascii() or values["delimiter"] in '"\r\n':
                _refuse("delimiter", values["delimiter"], ("comma", "tab", "semicolon", "pipe"))
        if "encoding" in values:
            values["encoding"] = _encoding(str(values["encoding"]))
        if values.get("quote", "double") not in ("double", "none"):
            _refuse("quote", values["quote"], ("double", "none"))
        if values.get("unnamed", "列") not in ("列", "column"):
            _refuse("unnamed", values["unnamed"], ("列", "column"))
        if values.get("form") not in (None, *FORMS):
            _refuse("form", values["form"], FORMS)
        return cls(**values)


def _encoding(name: str) -> str:
    try:
        wanted = codecs.lookup(name).name
    except LookupError:
        wanted = ""
    for each in ENCODINGS:
        if codecs.lookup(each).name == wanted:
            return each
    # Windows calls its Japanese encoding Shift_JIS: its exports hold ㈱ and ① which plain Shift_JIS does not have.
    if wanted in ("shift_jis", "shift_jisx0213", "shift_jis_2004"):
        return "cp932"
    if wanted == "utf-8-sig":
        return "utf-8"
    _refuse("encoding", name, ENCODINGS)
    return ""


def _refuse(key: str, value: object, known: tuple[str, ...]) -> None:
    raise DefinitionError(
        "table_option",
        Bilingual(f"[table] の {key} に「{value}」は使えません。", f"“{value}” cannot be used for {key} in [table]."),
        Bilingual(f"使えるもの: {', '.join(known)}", f"Valid: {', '.join(known)}") if known else None,
        place=f"table › {key}",
        word=str(value),
        suggestion=nearest(str(value), known) if known else None,
    )
