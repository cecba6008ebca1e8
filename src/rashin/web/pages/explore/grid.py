"""An answer as a table for the eye: one line per bucket and dimension values, one column per KPI, or per KPI and value of the pivot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from rashin import display
from rashin.errors import Bilingual
from rashin.query import dimensions
from rashin.web.pages import partial
from rashin.web.pages.explore.choice import TIME, Choice
from rashin.web.pages.filters import UNKNOWN, called_value

if TYPE_CHECKING:
    from rashin.catalogue import Definition
    from rashin.query.answer import Answer, Cell

#: So many lines and columns are shown; a file has them all.
LINES, COLUMNS = 500, 62
Key: TypeAlias = tuple[object, ...]
#: A line before it is laid out: its headings, and its cells by (KPI, value across).
Entry: TypeAlias = "tuple[Key, dict[tuple[int, object], Cell]]"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of figures, and the address that orders the table by it."""

    group: str
    label: str
    definition: Definition
    scale: display.Scale
    order: str
    sorted: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line: (text, link or "") for each heading, then for each column a cell or None, and the column."""

    heads: list[tuple[str, str]]
    pairs: list[tuple[Cell | None, Column]]


@dataclass(frozen=True, slots=True)
class Grid:
    """The table as it is shown. ``more_lines``, ``more_columns``: what is left out of it."""

    heads: list[tuple[str, str, str]]
    columns: list[Column]
    groups: list[tuple[str, int]]
    lines: list[Line]
    more_lines: int
    more_columns: int
    compared: bool


def make(answer: Answer, choice: Choice) -> Grid:
    """Lay ``answer`` out as ``choice`` says."""
    lang = choice.filters.lang
    axes = ([TIME] if choice.filters.grain else []) + list(choice.filters.by)
    rows = [axis for axis in axes if axis != choice.pivot]
    keys: dict[Key, dict[tuple[int, object], Cell]] = {}
    across: dict[object, None] = {}
    length = len(answer.keys)
    for index, cell in enumerate(answer.cells()):
        place = cell.bucket if choice.pivot == TIME else cell.dimensions.get(choice.pivot) if choice.pivot else None
        across[place] = None
        key = tuple(cell.bucket if axis == TIME else cell.dimensions[axis] for axis in rows)
        keys.setdefault(key, {})[index // max(1, length), place] = cell
    order = _ordered(list(across), choice.pivot)
    wanted = [(kpi, place) for kpi in range(len(answer.series)) for place in order]
    shown = wanted[:COLUMNS]
    cut = partial.of(answer)
    columns = [_column(answer, choice, at, kpi, place, keys, cut, lang) for at, (kpi, place) in enumerate(shown)]
    lines = _sorted(_usual(list(keys.items()), choice), choice, rows, shown)
    return Grid(
        [(_heading(axis, lang), *_sorting(choice, f"h{at}")) for at, axis in enumerate(rows)],
        columns,
        _groups(columns) if choice.pivot else [],
        [_line(choice, rows, key, cells, shown, columns, cut, lang) for key, cells in lines[:LINES]],
        max(0, len(lines) - LINES),
        len(wanted) - len(shown),
        choice.filters.compare is not None,
    )


def _ordered(values: list[Any], axis: str) -> list[Any]:
    """Time keeps its order; values are sorted, what is not known comes last."""
    return (
        values if axis in ("", TIME) else sorted(values, key=lambda value: (value is None, value if isinstance(value, int) else str(value)))
    )


def _column(
    answer: Answer,
    choice: Choice,
    at: int,
    kpi: int,
    place: object,
    keys: dict[Key, dict[tuple[int, object], Cell]],
    cut: Mapping[str, Bilingual],
    lang: str,
) -> Column:
    definition = answer.definitions[kpi]
    name = kpi_name(definition, lang)
    scale = display.scale(definition.unit, [cell.value for cells in keys.values() for (i, _), cell in cells.items() if i == kpi])
    label = _head(choice.pivot, place, cut, lang) if choice.pivot else name
    return Column(name, label, definition, scale, *_sorting(choice, f"c{at}"))


def kpi_name(definition: Definition, lang: str) -> str:
    """What a column is called: the KPI, and the variant where it is one."""
    entry = definition.entry.name(lang)
    return f"{entry}({definition.name(lang)})" if definition.variant else entry


def _groups(columns: list[Column]) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for column in columns:
        found[column.group] = found.get(column.group, 0) + 1
    return list(found.items())


def _sorting(choice: Choice, name: str) -> tuple[str, str]:
    """The address that orders by ``name`` (the other way round when it does already), and how it is ordered now."""
    now = ("descending" if choice.falling else "ascending") if choice.sort == name else ""
    falling = now == "ascending" if now else name.startswith("c")
    return choice.query(sort=name, order="down" if falling else None), now


def _usual(lines: list[Entry], choice: Choice) -> list[Entry]:
    """Lines as they come; with something across, by their headings, since they come in the order of what stands across."""
    if not choice.pivot:
        return lines
    return sorted(lines, key=lambda line: tuple((value is None, *_comparable(value)) for value in line[0]))


def _sorted(lines: list[Entry], choice: Choice, rows: list[str], shown: list[tuple[int, object]]) -> list[Entry]:
    kind, at = choice.sort[:1], choice.sort[1:]
    if not at.isdecimal() or len(at) > 3:
        return lines
    number = int(at)
    if kind == "h" and number < len(rows):
        known = [line for line in lines if line[0][number] is not None]
        lang = choice.filters.lang
        known.sort(key=lambda line: _shown_order(rows[number], line[0][number], lang), reverse=choice.falling)
        return known + [line for line in lines if line[0][number] is None]
    if kind == "c" and number < len(shown):
        column = shown[number]
        known = [line for line in lines if (cell := line[1].get(column)) is not None and cell.value is not None]
        known.sort(key=lambda line: line[1][column].value or 0.0, reverse=choice.falling)
        there = {id(line) for line in known}
        return known + [line for line in lines if id(line) not in there]
    return lines


def _comparable(value: object) -> tuple[int, str]:
    return (value, "") if isinstance(value, int) else (0, str(value))


def _shown_order(axis: str, value: object, lang: str) -> tuple[int, str]:
    """By what the reader sees in the column: numbers and times as such, names as they are called."""
    return _comparable(value if axis == TIME or isinstance(value, int) else said(axis, value, lang))


def _line(
    choice: Choice,
    rows: list[str],
    key: Key,
    cells: dict[tuple[int, object], Cell],
    shown: list[tuple[int, object]],
    columns: list[Column],
    cut: Mapping[str, Bilingual],
    lang: str,
) -> Line:
    heads = [(_head(axis, value, cut, lang), _narrowed(choice, axis, value)) for axis, value in zip(rows, key, strict=True)]
    pairs = [(cells.get(place), column) for place, column in zip(shown, columns, strict=True)]
    return Line(heads or [(choice.filters.period.label(lang), "")], pairs)


def _narrowed(choice: Choice, axis: str, value: object) -> str:
    """The address of the same question about this value only."""
    if axis == TIME:
        return choice.query(period=str(value)) if len(str(value)) <= 10 else ""
    return choice.query(where={axis: (UNKNOWN if value is None else str(value),)}, by=[name for name in choice.filters.by if name != axis])


def _heading(axis: str, lang: str) -> str:
    return Bilingual("期間", "Period")(lang) if axis == TIME else dimensions.label(axis)(lang)


def _head(axis: str, value: object, cut: Mapping[str, Bilingual], lang: str) -> str:
    """A heading: a bucket with the words that it is not whole, a value of a dimension as people call it."""
    return partial.named(str(value), cut, lang) if axis == TIME else said(axis, value, lang)


def said(axis: str, value: object, lang: str) -> str:
    """A value of a dimension in words."""
    return called_value(axis, UNKNOWN if value is None else str(value), lang)
