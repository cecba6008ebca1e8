"""Specs: worked figures of KPIs as small tables of rows and the values that each reading must give on them.

The tests run them on the reference evaluator and on every engine; the KPI reference shows them to people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from rashin.catalogue.entry import Table
from rashin.catalogue.loader import read_toml
from rashin.errors import Bilingual
from rashin.formula import ParamValue
from rashin.formula.scope import VIRTUAL
from rashin.records import FACTS

#: How near a value must come when a spec does not say: rounding of double arithmetic only.
TOLERANCE = 1e-9
#: How often one line may be repeated: a spec is to be read by people.
MAX_TIMES = 10_000


@dataclass(frozen=True, slots=True)
class Spec:
    """One worked example. ``rows``: fact → rows; ``expect``: reading ("default" or a variant) → value or None for no value."""

    kpi: str
    title: Bilingual
    source: str | Bilingual
    rows: Mapping[str, tuple[dict[str, Any], ...]]
    tables: Mapping[str, str]
    expect: Mapping[str, float | None]
    params: Mapping[str, ParamValue]
    tolerance: float
    place: str


def load_specs(folder: Path) -> list[Spec]:
    """Return every spec of the folder's TOML files. Raises DefinitionError with the place of the first fault."""
    found: list[Spec] = []
    for path in sorted(folder.glob("*.toml")):
        table = Table(read_toml(path), path.name)
        table.keys(("spec",), ())
        found.extend(_spec(each) for each in table.tables("spec"))
    return found


@lru_cache(maxsize=1)
def examples() -> Mapping[str, tuple[Spec, ...]]:
    """Return the product's own worked figures by KPI; {} where they do not come with it. They lie in the package, or beside the source in ``tests/spec``."""
    here = Path(__file__).resolve().parent
    folder = next((each for each in (here / "examples", here.parents[2] / "tests" / "spec") if each.is_dir()), None)
    found: dict[str, list[Spec]] = {}
    for each in load_specs(folder) if folder is not None else ():
        found.setdefault(each.kpi, []).append(each)
    return {kpi: tuple(held) for kpi, held in found.items()}


def _spec(table: Table) -> Spec:
    table.keys(("kpi", "title", "source", "rows", "expect"), ("params", "tolerance"))
    kpi = table.text("kpi")
    place = f"{table.place} {kpi}"
    rows = table.table("rows")
    rows.keys((), FACTS)
    expect = table.table("expect")
    if not expect.data:
        table.wrong("expect", "一つ以上の期待値", "at least one expected value")
    tolerance = table.number("tolerance")
    return Spec(
        kpi=kpi,
        title=table.bilingual("title"),
        source=table.bilingual("source") if isinstance(table.data["source"], dict) else table.text("source"),
        rows={fact: parse_rows(rows, fact) for fact in rows.data},
        tables={fact: rows.text(fact).strip() for fact in rows.data},
        expect={name: None if expect.data[name] == "null" else expect.number(name) for name in expect.data},
        params=table.params(),
        tolerance=TOLERANCE if tolerance is None else tolerance,
        place=place,
    )


def parse_rows(table: Table, fact: str) -> tuple[dict[str, Any], ...]:
    """Return the rows of a ``a | b`` text table, typed by the fact's columns. Raises DefinitionError.

    A column ``n`` repeats the row; an empty cell is null; ``source``, ``native_id``, ``revision``, ``counted_at`` (the first anchor that is
    not null) and ``business_date`` are filled in when the table does not give them. Virtual columns may be given too.
    """
    lines = [line.strip() for line in table.text(fact).splitlines()]
    framed = bool(lines) and lines[0].startswith("|")  # only then are the outer bars no cell borders: a last cell may be empty
    lines = [line.removeprefix("|").removesuffix("|") if framed else line for line in lines if line.strip("-| :")]
    header = [name.strip() for name in lines[0].split("|")] if lines else []
    known = ["n", *FACTS[fact].names, *VIRTUAL.get(fact, {})]
    for name in header:
        if name not in known:
            what = Bilingual(f"{fact} に列「{name}」はありません。", f"{fact} has no column “{name}”.")
            table.refuse("unknown_column", fact, what, word=name, known=known)
    rows: list[dict[str, Any]] = []
    for line in lines[1:]:
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != len(header):
            what = Bilingual(f"列の数が見出しと違います:「{line}」", f"the number of cells differs from the header: “{line}”")
            table.refuse("cell_count", fact, what, word=line)
        row = {name: _cell(table, fact, name, cell) for name, cell in zip(header, cells, strict=True)}
        times = row.pop("n", 1)
        if times is not None and not 0 <= times <= MAX_TIMES:
            what = Bilingual(f"n は 0~{MAX_TIMES} です。", f"n must be 0 to {MAX_TIMES}.")
            table.refuse("bad_cell", fact, what, word=str(times))
        first = len(rows)
        rows.extend(_completed(fact, row, first + each) for each in range(1 if times is None else times))
    return tuple(rows)


def _completed(fact: str, row: Mapping[str, Any], place: int) -> dict[str, Any]:
    full: dict[str, Any] = {name: row.get(name) for name in FACTS[fact].names}
    full.update({name: row[name] for name in VIRTUAL.get(fact, {}) if name in row})
    full["source"] = row.get("source") or "spec"
    full["native_id"] = row.get("native_id") or f"{place + 1:06d}"
    full["revision"] = row.get("revision") or 0
    anchor = next((full[name] for name in FACTS[fact].anchors if full[name] is not None), None)
    if full["counted_at"] is None and isinstance(anchor, datetime):
        full["counted_at"] = anchor
    if full["business_date"] is None and full["counted_at"] is not None:
        full["business_date"] = full["counted_at"].date()
    return full


def _cell(table: Table, fact: str, name: str, cell: str) -> Any:
    if cell == "":
        return None
    if name == "n":
        type_ = "integer"
    elif name in VIRTUAL.get(fact, {}):
        type_ = VIRTUAL[fact][name][0]
    else:
        type_ = FACTS[fact].column(name).type
    try:
        return _READERS[type_](cell)
    except (ValueError, KeyError):
        what = Bilingual(f"列「{name}」に「{cell}」は書けません({type_})。", f"“{cell}” is no {type_} (column “{name}”).")
        table.refuse("bad_cell", fact, what, word=cell)


_READERS: dict[str, Any] = {
    "text": str,
    "integer": int,
    "number": float,
    "instant": lambda cell: datetime.fromisoformat(cell.removesuffix("Z")),
    "date": date.fromisoformat,
    "bool": {"true": True, "yes": True, "false": False, "no": False}.__getitem__,
}
