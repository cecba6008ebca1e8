"""Excel and OpenDocument workbooks as batches. Dates arrive as dates; cells become texts in one unmistakable form each."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rashin.connect.files import DAMAGE
from rashin.connect.model import Ignored, RawBatch, RawReject
from rashin.connect.table.layout import Layout, find_layout, is_blank
from rashin.connect.table.options import TableOptions
from rashin.connect.table.reasons import ignored
from rashin.connect.table.rows import Sorter, batches
from rashin.connect.table.split import Record
from rashin.errors import Bilingual, InputError

#: “~10月1日”: all sheets with the same header as the sheet 10月1日.
LIKE = "~"
#: A workbook is held as a rectangle in memory: one cell far out must not make it huge.
MAX_CELLS = 60_000_000
_MAX_UNPACKED = 4 * 1024**3
_SAMPLE_ROWS = 200
_CELL = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')

Cell = str | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | int


def sheets(path: Path, options: TableOptions) -> list[tuple[str, list[list[str]]]]:
    """Return (name, rows as texts) of the sheets to read: the one that is named, all with "*", all headed like a sheet with "~NAME", else the only one that is not empty.

    Hidden sheets (lists for drop-downs, as a rule) are read only when they are named. Raises InputError: not a workbook, protected by a password, too big, no such sheet, several sheets and none named.
    """
    book = _open(path, options)
    if options.sheet and options.sheet.startswith(LIKE) and options.sheet not in book.sheet_names:
        chosen = _named(options.sheet.removeprefix(LIKE), list(book.sheet_names), path)
        names = layout_of(_rows(book, chosen), options).names
        return [(name, rows) for name, rows in _filled(book) if layout_of(rows, options).names == names]
    if options.sheet not in (None, "*"):
        chosen = _named(str(options.sheet), list(book.sheet_names), path)
        return [(chosen, _rows(book, chosen))]
    filled = _filled(book)
    if options.sheet == "*" or len(filled) <= 1:
        return filled
    raise InputError(
        "sheet_unknown",
        Bilingual(
            f"「{path.name}」には複数のシートがあります({', '.join(name for name, _ in filled)})。",
            f"“{path.name}” has several sheets ({', '.join(name for name, _ in filled)}).",
        ),
        Bilingual(
            '対応づけの [table] に sheet = "…"(全部なら "*")と書いてください。',
            'Say sheet = "…" under [table] in the mapping ("*" for all).',
        ),
    )


def kinds(path: Path, options: TableOptions) -> tuple[list[str], list[str]]:
    """Return the names of the sheets that are visible and not empty, and of those among them the most that have one and the same header."""
    found = _filled(_open(path, options))
    by_header: dict[tuple[str, ...], list[str]] = {}
    for name, rows in found:
        by_header.setdefault(layout_of(rows, options).names, []).append(name)
    return [name for name, _ in found], max(by_header.values(), key=len, default=[])


def _filled(book: Any) -> list[tuple[str, list[list[str]]]]:
    hidden = {each.name for each in book.sheets_metadata if str(each.visible).rsplit(".", 1)[-1] != "Visible"}
    shown = [name for name in book.sheet_names if name not in hidden]
    return [(name, rows) for name in shown if (rows := _rows(book, name)) and not all(map(is_blank, rows))]


def read(path: Path, options: TableOptions) -> Iterator[RawBatch | RawReject | Ignored]:
    """Yield the records of the chosen sheets; ``part`` is the sheet's name when there are several."""
    try:
        found = sheets(path, options)
    except InputError:
        raise
    except BaseException as error:
        raise _unless_panic(path, error) from error
    for name, rows in found:
        part = name if len(found) > 1 else ""
        layout = layout_of(rows, options)
        for index in layout.titles:
            yield ignored("title", index + 1, ", ".join(cell for cell in rows[index] if cell), part=part)
        records = (Record(number, ", ".join(row), row) for number, row in enumerate(rows[layout.first :], start=layout.first + 1))
        yield from batches(records, Sorter(layout, options, part, lenient=True))


def layout_of(rows: list[list[str]], options: TableOptions) -> Layout:
    """Return where header and data of a sheet are."""
    return find_layout(rows[:_SAMPLE_ROWS], options.header_row, options.header_rows, options.unnamed)


def _open(path: Path, options: TableOptions) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    _check_size(path, options)
    try:
        return CalamineWorkbook.from_path(str(path))
    except PasswordError as error:
        raise InputError(
            "workbook_protected",
            Bilingual(f"「{path.name}」はパスワードで保護されています。", f"“{path.name}” is protected by a password."),
            Bilingual("パスワードを外して保存し直してください。", "Save it without a password."),
        ) from error
    except (CalamineError, OSError, ValueError) as error:
        raise _broken(path, error) from error
    except BaseException as error:
        raise _unless_panic(path, error) from error


def _unless_panic(path: Path, error: BaseException) -> BaseException:
    """A damaged workbook can make the library stop in the middle, even with an error that is no Exception; every other error stays what it is."""
    from python_calamine import CalamineError

    return _broken(path, error) if isinstance(error, CalamineError) or type(error).__name__ == "PanicException" else error


def _broken(path: Path, error: BaseException) -> InputError:
    return InputError(
        "workbook_broken",
        Bilingual(f"「{path.name}」はExcelブックとして読めません({error})。", f"“{path.name}” cannot be read as a workbook ({error})."),
        Bilingual("Excelで開いて保存し直してください。", "Open it in Excel and save it again."),
    )


def _rows(book: Any, name: str) -> list[list[str]]:
    sheet = book.get_sheet_by_name(name)
    raw = sheet.to_python(skip_empty_area=False)
    rows = [[as_text(cell) for cell in row] for row in raw]
    width = max((index + 1 for row in rows for index, cell in enumerate(row) if cell), default=0)
    rows = [row[:width] for row in rows]
    first = find_layout(rows[:_SAMPLE_ROWS]).first
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        # Merged cells of the data mean the same value in each; those of the header are joined by the layout.
        if top >= first:
            _fill(rows, top, left, min(bottom, len(rows) - 1), min(right, width - 1))
    return rows


def _fill(rows: list[list[str]], top: int, left: int, bottom: int, right: int) -> None:
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            rows[row][column] = rows[top][left]


def as_text(cell: Cell) -> str:
    """Return the cell in the one form that the value parsers read without doubt: ISO dates, h:mm:ss, whole numbers without “.0”."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return _whole_second(cell).isoformat(" ")
    if isinstance(cell, dt.time):
        return _whole_second(dt.datetime.combine(dt.date(2000, 1, 1), cell)).time().isoformat()
    if isinstance(cell, dt.timedelta):
        total = round(cell.total_seconds(), 2)
        sign, whole = "-" if total < 0 else "", abs(total)
        return f"{sign}{int(whole // 3600)}:{int(whole % 3600 // 60):02d}:{whole % 60:05.2f}".removesuffix(".00")
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)


def _whole_second(value: dt.datetime) -> dt.datetime:
    """Excel keeps times as fractions of a day: 9:05 may come as 9:04:59.999."""
    nearest = (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
    return nearest if abs(nearest - value) <= dt.timedelta(milliseconds=2) else value


def _named(wanted: str, names: list[str], path: Path) -> str:
    from rashin.errors import nearest

    for name in names:
        if name == wanted or name.strip().casefold() == wanted.strip().casefold():
            return name
    near = nearest(wanted, names)
    raise InputError(
        "sheet_missing",
        Bilingual(f"「{path.name}」にシート「{wanted}」はありません。", f"“{path.name}” has no sheet “{wanted}”."),
        Bilingual(f"あるシート: {', '.join(names)}" + (f"(もしかして「{near}」?)" if near else ""), f"Its sheets: {', '.join(names)}"),
    )


def _check_size(path: Path, options: TableOptions) -> None:
    """Read through the packed parts once: counts what really comes out and finds the outermost cell."""
    if not zipfile.is_zipfile(path):
        return  # the old binary .xls cannot hold more than 65,536 × 256 cells
    total = cells = 0
    limit = min(options.max_bytes, _MAX_UNPACKED)
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                with archive.open(info) as part:
                    total, extent = _scan(part, total, limit, info.filename.startswith("xl/worksheets/"))
                cells = max(cells, extent)
                if total > limit or cells > MAX_CELLS:
                    raise InputError(
                        "workbook_too_big",
                        Bilingual(f"「{path.name}」のシートは大きすぎます。", f"A sheet of “{path.name}” is too big."),
                        Bilingual(
                            "CSVに書き出すか、はるか右や下にある不要なセルを消してください。",
                            "Export it as CSV, or delete stray cells far out.",
                        ),
                    )
    except DAMAGE as error:
        raise _broken(path, error) from error


def _scan(part: Any, total: int, limit: int, is_sheet: bool) -> tuple[int, int]:
    rows = columns = 0
    tail = b""
    while (chunk := part.read(1024 * 1024)) and total <= limit:
        total += len(chunk)
        if is_sheet:
            found = set(_CELL.findall(tail + chunk))
            rows = max([rows, *(int(row) for _, row in found)])
            columns = max([columns, *(_column(letters) for letters in {letters for letters, _ in found})])
            tail = chunk[-20:]
    return total, rows * columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
