"""Goals as a workbook, since that is where targets live today: typed cells out, checked cells in. No text is ever a formula or a link."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual, DefinitionError, InputError, RashinError
from rashin.judge.goal import Goal
from rashin.judge.written import as_data
from rashin.judge.written import read as read_goal
from rashin.query.settings import Settings

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue

#: Column → heading; a heading in either language, or the column's own name, is understood when a sheet comes back.
COLUMNS: dict[str, Bilingual] = {
    "name": Bilingual("目標名(英数字)", "Goal"),
    "kpi": Bilingual("KPI", "KPI"),
    "target": Bilingual("目標値", "Target"),
    "band_low": Bilingual("範囲の下限", "Band low"),
    "band_high": Bilingual("範囲の上限", "Band high"),
    "near": Bilingual("「あと少し」の幅", "Near"),
    "better": Bilingual("良い方向", "Better"),
    "params": Bilingual("パラメータ", "Parameters"),
    "every": Bilingual("期間の区切り", "Every"),
    "start": Bilingual("開始日", "Start"),
    "end": Bilingual("終了日", "End"),
    "term": Bilingual("長短", "Term"),
    "where": Bilingual("対象", "Where"),
    "weekdays": Bilingual("曜日", "Weekdays"),
    "hours": Bilingual("時間帯", "Hours"),
    "holidays": Bilingual("祝日も数える", "Count holidays"),
    "owner": Bilingual("責任者", "Owner"),
    "kgi": Bilingual("KGI", "KGI"),
    **{
        f"{key}_{lang}": Bilingual(f"{ja}({'日本語' if lang == 'ja' else '英語'})", f"{en} ({'Japanese' if lang == 'ja' else 'English'})")
        for key, ja, en in (
            ("title", "見出し", "Title"),
            ("purpose", "目的", "Purpose"),
            ("benefit", "本人の利点", "Benefit"),
            ("consequence", "未達のとき", "Consequence"),
            ("plan", "行動計画", "Plan"),
            ("origin", "目標値の出どころ", "Origin"),
        )
        for lang in ("ja", "en")
    },
    "cycle": Bilingual("PDCAサイクル", "Cycle"),
    "counter": Bilingual("対抗指標", "Counter-metrics"),
    "reviewed": Bilingual("最終見直し日", "Reviewed"),
    "version": Bilingual("版", "Version"),
}
_NUMBERS = ("target", "band_low", "band_high", "near")
_DAYS = ("start", "end", "reviewed")
_WEEKDAYS = {letter: number for number, letter in enumerate("月火水木金土日", 1)}
_YES = {
    "true": True,
    "1": True,
    "1.0": True,
    "yes": True,
    "はい": True,
    "○": True,
    "false": False,
    "0": False,
    "0.0": False,
    "no": False,
    "いいえ": False,
    "×": False,
}
#: A workbook of goals is small: whatever is larger is something else.
_BYTES, _UNPACKED, _ROWS = 5_000_000, 50_000_000, 2_000
_SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A row that is a goal. ``row``: as the spreadsheet numbers it. ``goal.version``: the one the sheet was written from; 0 = new."""

    row: int
    goal: Goal


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """A row that is none: the column (empty = the row as a whole), what stands there, and why it cannot be taken."""

    row: int
    column: str
    value: str
    reason: Bilingual


def export(goals: Mapping[str, Goal] | Iterable[Goal], lang: str = "ja") -> bytes:
    """Return a workbook with a row for each goal; shares are cells in per cent, dates are dates, everything else text that stays text."""
    import xlsxwriter

    listed = list(goals.values()) if isinstance(goals, Mapping) else list(goals)
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, _SAFE) as book:
        sheet = book.add_worksheet(Bilingual("目標", "Goals")(lang))
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        day, percent = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "0.0##%"})
        for at, title in enumerate(COLUMNS.values()):
            sheet.write_string(0, at, title(lang), bold)
        sheet.set_column(0, len(COLUMNS) - 1, 16)
        sheet.freeze_panes(1, 2)
        for row, goal in enumerate(listed, 1):
            for at, (name, value) in enumerate(_cells(goal).items()):
                if isinstance(value, bool):
                    sheet.write_boolean(row, at, value)
                elif isinstance(value, int | float):
                    sheet.write_number(row, at, value, percent if name in _NUMBERS and goal.unit == "share" else None)
                elif isinstance(value, date):
                    sheet.write_datetime(row, at, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001 - a cell knows no zone
                elif value:
                    sheet.write_string(row, at, str(value))
    return sink.getvalue()


def _cells(goal: Goal) -> dict[str, Any]:
    data = as_data(goal)
    found: dict[str, Any] = {name: data.get(name) for name in COLUMNS}
    found |= {"name": goal.name, "holidays": goal.holidays, "band_low": None, "band_high": None}
    for end in ("low", "high"):
        found[f"band_{end}"] = data.get("band", {}).get(end)
    for key in ("title", "purpose", "benefit", "consequence", "plan", "origin"):
        text = getattr(goal, key)
        found |= {f"{key}_ja": text.ja if text else None, f"{key}_en": text.en if text else None}
    found["params"] = _pairs(dict(goal.params))
    found["where"] = _pairs(dict(goal.where))
    found["weekdays"] = ",".join(map(str, goal.weekdays)) or None
    found["hours"] = f"{goal.hours[0]}-{goal.hours[1]}" if goal.hours else None
    found["counter"] = None if goal.counter is None else ", ".join(goal.counter) or "-"
    return {name: found[name] for name in COLUMNS}


def _pairs(values: Mapping[str, Any]) -> str | None:
    def one(value: Any) -> str:
        if isinstance(value, tuple | list):
            return ",".join(one(each) for each in value)
        return "" if value is None else ("true" if value else "false") if isinstance(value, bool) else str(value)

    return "; ".join(f"{key}={one(value)}" for key, value in values.items()) or None


def read(data: bytes, catalogue: Catalogue, settings: Settings | None = None, country: str | None = None) -> list[GoalRow | SheetProblem]:
    """Return the goals of a workbook, and a problem for each row that is none. InputError when it is no workbook, too large, or has no column “KPI”."""
    head, body, first = _table(data)
    known = {word.casefold(): key for key, title in COLUMNS.items() for word in (key, title.ja, title.en)}
    columns = [known.get(str(each).strip().casefold()) for each in head]
    found: list[GoalRow | SheetProblem] = []
    for at, each in enumerate(head):
        if columns[at] is None and str(each).strip():
            found.append(
                SheetProblem(
                    first, str(each)[:80], "", Bilingual("知らない列です。読み飛ばしました。", "An unknown column: it was passed over.")
                )
            )
    seen: dict[str, int] = {}
    for number, cells in enumerate(body, first + 1):
        values = {key: cell for key, cell in zip(columns, cells, strict=False) if key is not None and cell not in ("", None)}
        if not values:
            continue
        one = _row(number, values, catalogue, settings or Settings(), country)
        if isinstance(one, GoalRow) and one.goal.name in seen:
            reason = Bilingual(f"目標名が {seen[one.goal.name]} 行目と同じです。", f"The same name as in row {seen[one.goal.name]}.")
            one = SheetProblem(number, "name", one.goal.name, reason)
        elif isinstance(one, GoalRow):
            seen[one.goal.name] = number
        found.append(one)
    return found


def _row(number: int, values: Mapping[str, Any], catalogue: Catalogue, settings: Settings, country: str | None) -> GoalRow | SheetProblem:
    from rashin.judge.goals import check_name, name_for

    data: dict[str, Any] = {}
    for key, cell in values.items():
        try:
            put(data, key, cell)
        except ValueError as error:
            return SheetProblem(
                number, key, str(cell)[:80], HOW.get(str(error), Bilingual("読めない値です。", "This value cannot be read."))
            )
    name = str(data.pop("name", "")) or name_for(str(data.get("kpi", "")), {})
    try:
        check_name(name, "name")
        return GoalRow(number, read_goal(name, data, catalogue, settings, country=country, place=name))
    except DefinitionError as error:
        column = error.place.partition(" › ")[2].partition(" › ")[0] or ("name" if error.place == "name" else "")
        told = Bilingual(*(_reason(error, lang) for lang in ("ja", "en")))
        return SheetProblem(number, column, error.word[:80], told)
    except RashinError as error:
        return SheetProblem(number, "", "", Bilingual(error.text("ja"), error.text("en")))


def _reason(error: DefinitionError, lang: str) -> str:
    near = Bilingual(f"もしかして「{error.suggestion}」?", f"Did you mean “{error.suggestion}”?")(lang) if error.suggestion else ""
    return " ".join(part for part in (error.what(lang), near, error.next_step(lang) if error.next_step else "") if part)


HOW = {
    "number": Bilingual("数で書いてください(80% か 0.8)。", "Write a number (80% or 0.8)."),
    "day": Bilingual("日付で書いてください(2026-11-01)。", "Write a date (2026-11-01)."),
    "pairs": Bilingual("「channel=voice; team=a,b」の形で書いてください。", "Write it like “channel=voice; team=a,b”."),
    "weekdays": Bilingual("「1,2,3,4,5」か「月火水木金」と書いてください。", "Write it like “1,2,3,4,5” (1 = Monday)."),
    "hours": Bilingual("「9-18」の形で書いてください。", "Write it like “9-18”."),
    "yes": Bilingual("TRUE か FALSE を書いてください。", "Write TRUE or FALSE."),
}


def put(data: dict[str, Any], key: str, cell: Any) -> None:
    """Put one cell, written as people write it, where the goal's file has it. ValueError with a key of ``HOW``."""
    if key in ("band_low", "band_high"):
        data.setdefault("band", {})[key.removeprefix("band_")] = _number(cell)
    elif key in _NUMBERS:
        data[key] = _number(cell)
    elif key in _DAYS:
        data[key] = _day(cell)
    elif key == "version":
        data[key] = int(_number(cell))
    elif key in ("where", "params"):
        data[key] = _read_pairs(str(cell), numbers=key == "params")
    elif key == "weekdays":
        data[key] = _weekdays(cell)
    elif key == "hours":
        ends = str(cell).replace("〜", "-").replace("~", "-").replace("時", "").split("-")
        if len(ends) != 2 or not all(each.strip().isdigit() for each in ends):
            raise ValueError("hours")
        data[key] = [int(each) for each in ends]
    elif key == "holidays":
        said = _YES.get(str(cell).strip().casefold())
        if said is None:
            raise ValueError("yes")
        data[key] = said
    elif key == "counter":
        data[key] = [each.strip() for each in str(cell).replace("、", ",").split(",") if each.strip() not in ("", "-")]
    elif key.endswith(("_ja", "_en")):
        stem, lang = key[:-3], key[-2:]
        both = data.setdefault(stem, {"ja": str(cell), "en": str(cell)})
        both[lang] = str(cell)
    else:
        data[key] = str(cell).strip()


def _number(cell: Any) -> float:
    if isinstance(cell, bool):
        raise ValueError("number")
    if isinstance(cell, str):
        text = cell.strip().replace(",", "").replace("%", "%")
        by = 100.0 if text.endswith("%") else 1.0
        try:
            cell = float(text.removesuffix("%")) / by
        except ValueError:
            raise ValueError("number") from None
    if not isinstance(cell, int | float) or not math.isfinite(cell):
        raise ValueError("number")
    return float(cell)


def _day(cell: Any) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    try:
        return date.fromisoformat(str(cell).strip().replace("/", "-"))
    except ValueError:
        raise ValueError("day") from None


def _weekdays(cell: Any) -> list[int]:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    letters = [each for each in text if each not in ",、・ 曜"]
    found = [_WEEKDAYS.get(each, int(each) if each.isdigit() else 0) for each in letters]
    if not found or not all(1 <= each <= 7 for each in found):
        raise ValueError("weekdays")
    return found


def _read_pairs(text: str, *, numbers: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in text.split(";"):
        name, sign, value = part.partition("=")
        if not sign or not name.strip():
            raise ValueError("pairs")
        each: list[Any] = [_parameter(one.strip()) if numbers else (one.strip() or None) for one in value.split(",")]
        found[name.strip()] = each[0] if numbers and len(each) == 1 else each
    return found


def _parameter(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _table(data: bytes) -> tuple[Sequence[Any], Sequence[Sequence[Any]], int]:
    """The heading, the rows below it, and the row number of the heading, from the first sheet that has a column “KPI”."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        if len(data) > _BYTES or sum(each.file_size for each in zipfile.ZipFile(io.BytesIO(data)).infolist()) > _UNPACKED:
            raise _bad("sheet_too_large", "目標の表としては大きすぎます。", "This is too large to be a sheet of goals.")
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for number, cells in enumerate(rows[:10]):
                if any(str(each).strip().casefold() == "kpi" for each in cells):
                    if len(rows) > _ROWS:
                        raise _bad("sheet_too_large", f"{_ROWS} 行を超えています。", f"It has more than {_ROWS} rows.")
                    return cells, rows[number + 1 :], number + 1
    except (CalamineError, zipfile.BadZipFile) as error:
        raise _bad("sheet_unreadable", "XLSX として読めません。", "This cannot be read as an XLSX workbook.") from error
    raise _bad("sheet_without_kpi", "「KPI」の列がありません。", "There is no column “KPI”.")


def _bad(code: str, ja: str, en: str) -> InputError:
    return InputError(
        code,
        Bilingual(ja, en),
        Bilingual(
            "`rashin goals export goals.xlsx` で書き出した表の形にしてください。",
            "Use the form that `rashin goals export goals.xlsx` writes.",
        ),
    )
