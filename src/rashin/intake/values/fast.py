"""The plain forms, read by the engine over a whole batch: SQL over the relation ``raw``. What it does not read for certain it hands back as text.

The engine's own casts are not trusted with a time: they pass over an offset or “PM” behind it. So the shape of the text is looked at first.
"""

from __future__ import annotations

from collections.abc import Sequence

from rashin.intake.values.instants import ABSOLUTE, DATE, FIRST_YEAR, LAST_YEAR, LOCAL
from rashin.intake.values.plan import DATE as DATE_PART
from rashin.intake.values.plan import INSTANT, Part

#: Kinds of Arrow columns that the statement reads as they are; every other kind is made text first.
TYPED_NUMBER, TYPED_LOCAL, TYPED_UTC, TYPED_DATE, AS_TEXT = "number", "local", "utc", "date", "text"

_DAY = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}"
_CLOCK = r"\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?"
_ORDERED = {
    "mdy": ("%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y"),
    "dmy": ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y"),
}


def quoted(name: str) -> str:
    """Return ``name`` as an identifier of the engine."""
    return '"' + name.replace('"', '""') + '"'


def statement(parts: Sequence[Part], types: dict[str, str]) -> str:
    """Return the statement that reads ``parts``: for part i the columns v{i} (value), k{i} (kind of an instant), f{i} (text that needs the careful parser).

    ``types``: source column → TYPED_… or AS_TEXT. Instants come as microseconds since 1970, dates as days.
    """
    texts, firsts, finals = [], [], []
    for index, part in enumerate(parts):
        kind = types[part.columns[0]] if len(part.columns) == 1 else AS_TEXT
        text, first, final = _part(index, part, kind)
        texts += text
        firsts += first
        finals += final
    inner = f"SELECT {', '.join(texts)} FROM raw"
    middle = f"SELECT *, {', '.join(firsts)} FROM ({inner})"
    return f"SELECT {', '.join(finals)} FROM ({middle})"


def _part(index: int, part: Part, kind: str) -> tuple[list[str], list[str], list[str]]:
    c, x, v, k, f = (f"{letter}{index}" for letter in "cxvkf")
    source = _joined(part.columns) if kind == AS_TEXT else quoted(part.columns[0])
    text = [f"{source} AS {c}"]
    if part.kind == INSTANT:
        u = f"u{index}"
        if kind == AS_TEXT and not part.unit:
            text.append(f"{_usual(source)} AS {u}")
        first = [f"{_instant(c, part, kind, u)} AS {x}"]
        inside = f"{x} >= make_timestamp({FIRST_YEAR}, 1, 1, 0, 0, 0) AND {x} < make_timestamp({LAST_YEAR + 1}, 1, 1, 0, 0, 0)"
        final = [
            f"CASE WHEN {inside} THEN epoch_us({x}) END AS {v}",
            f"{_instant_kind(c, part, kind, u)} AS {k}",
            f"{_rest(c, inside)} AS {f}",
        ]
    elif part.kind == DATE_PART:
        first = [f"{_date(c, part, kind)} AS {x}"]
        inside = f"{x} >= make_date({FIRST_YEAR}, 1, 1) AND {x} < make_date({LAST_YEAR + 1}, 1, 1)"
        final = [
            f"CASE WHEN {inside} THEN CAST({x} - make_date(1970, 1, 1) AS BIGINT) END AS {v}",
            f"{DATE} AS {k}",
            f"{_rest(c, inside)} AS {f}",
        ]
    else:
        first = [f"TRY_CAST({c} AS DOUBLE) AS {x}"]
        # The engine reads 1_000; nobody else does.
        good = (
            f"isfinite({x})"
            + ("" if kind != AS_TEXT else f" AND NOT contains({c}, '_')")
            + ("" if kind != AS_TEXT or part.decimal == "." else f" AND NOT contains({c}, '.')")
        )
        final = [f"CASE WHEN {good} THEN {x} END AS {v}", f"{LOCAL} AS {k}", f"{_rest(c, good)} AS {f}"]
    return text, first, final


def _rest(c: str, good: str) -> str:
    return f"CASE WHEN {c} IS NOT NULL AND ({good}) IS NOT TRUE THEN CAST({c} AS VARCHAR) END"


def _joined(columns: Sequence[str]) -> str:
    """One column, empty = null. A date and a time are joined; a time without its date keeps a “?” so that the careful parser refuses it.

    Blanks around a value are left to the careful parser: trimming each cell would cost more than reading it.
    """
    cells = [f"nullif({quoted(name)}, '')" for name in columns]
    if len(cells) == 1:
        return cells[0]
    *dates, time = cells
    date = " || ' ' || ".join(f"coalesce({each}, '?')" for each in dates)
    return f"CASE WHEN {time} IS NOT NULL THEN {date} || ' ' || {time} END"


def _instant(c: str, part: Part, kind: str, u: str) -> str:
    if part.unit in ("epoch_s", "epoch_ms", "epoch_us"):
        factor = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}[part.unit]
        exact = f"TRY_CAST({c} AS DECIMAL(24, 6))" if kind in (AS_TEXT, TYPED_NUMBER) else "NULL"
        plain = "true" if kind == TYPED_NUMBER else f"NOT contains({c}, '_')"
        return f"CASE WHEN {plain} THEN make_timestamp(TRY_CAST(trunc({exact} * {factor}) AS BIGINT)) END"
    if part.unit == "excel_serial":
        return "CAST(NULL AS TIMESTAMP)"
    if kind == TYPED_UTC:
        return f"({c} AT TIME ZONE 'UTC')"
    if kind in (TYPED_LOCAL, TYPED_DATE):
        return f"CAST({c} AS TIMESTAMP)"
    if kind == TYPED_NUMBER:
        return "CAST(NULL AS TIMESTAMP)"
    branches = [
        f"{u} THEN TRY_CAST({c} AS TIMESTAMP)",
        rf"regexp_full_match({c}, '{_DAY}[ T]{_CLOCK}Z?') THEN TRY_CAST(rtrim({c}, 'Z') AS TIMESTAMP)",
        rf"regexp_full_match({c}, '{_DAY}[ T]{_CLOCK}[+-]\d{{2}}(:?\d{{2}})?') THEN (TRY_CAST({c} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')",
        f"regexp_full_match({c}, '{_DAY}') THEN TRY_CAST({c} AS TIMESTAMP)",
        rf"regexp_full_match({c}, '{_DAY} \d{{1,2}}:\d{{2}}:\d{{2}} [AP]M') THEN TRY_STRPTIME(replace({c}, '/', '-'), '%Y-%m-%d %I:%M:%S %p')",
    ]
    if part.order in _ORDERED:
        formats = ", ".join(f"'{each}'" for each in _ORDERED[part.order])
        branches.append(
            rf"regexp_full_match({c}, '\d{{1,2}}/\d{{1,2}}/\d{{4}}( \d{{1,2}}:\d{{2}}(:\d{{2}})?)?') THEN TRY_STRPTIME({c}, [{formats}])"
        )
    return f"CASE {' '.join('WHEN ' + each for each in branches)} END"


def _usual(c: str) -> str:
    """The two commonest shapes, told by a test that is cheaper than a regular expression; the cast then sees to the digits."""
    return f"({c} LIKE '____-__-__ __:__:__' OR {c} LIKE '____/__/__ __:__:__')"


def _instant_kind(c: str, part: Part, kind: str, u: str) -> str:
    if kind == TYPED_UTC or part.unit:
        return str(ABSOLUTE)
    if kind in (TYPED_LOCAL, TYPED_NUMBER):
        return str(LOCAL)
    if kind == TYPED_DATE:
        return str(DATE)
    # An offset stands behind a time: its sign comes after the tenth character, where the date's own dashes are.
    return rf"CASE WHEN {u} THEN {LOCAL} WHEN length({c}) <= 10 THEN {DATE} WHEN suffix({c}, 'Z') OR regexp_matches({c}, ':\d\d(\.\d+)?[+-]') THEN {ABSOLUTE} ELSE {LOCAL} END"


def _date(c: str, part: Part, kind: str) -> str:
    if kind == TYPED_DATE:
        return c
    if kind == TYPED_LOCAL:
        return f"CAST({c} AS DATE)"
    if kind == AS_TEXT and not part.unit:
        return f"CASE WHEN regexp_full_match({c}, '{_DAY}') THEN TRY_CAST({c} AS DATE) END"
    return "CAST(NULL AS DATE)"
