"""Roll-ups: what the store was told to keep beside the facts, and which tables of measures there are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from rashin.formula import Measure, Repeat
from rashin.store import due
from rashin.store.lattice import EXACT_UP_TO, LATTICES, RELATIVE_ERROR, SLOTS, Lattice
from rashin.store.schema import quote

if TYPE_CHECKING:
    import duckdb

#: Raised when what stands in a roll-up changes: the tables are then made anew.
LAYOUT = 5


@dataclass(frozen=True, slots=True)
class Kept:
    """Measures to keep that share one place in the query: fact, time anchor, switches of repeat contact, clipping.

    ``source``: FROM item with the rows and their virtual columns. In it ``{rows}`` stands for the fact's rows, ``{first}`` and ``{last}`` for DATE
    expressions around the days in the making; rows of other days may come along. ``margin_days``: a row changes what is computed so many days away.
    """

    fact: str
    at: str
    measures: tuple[Measure, ...]
    repeat: Repeat | None = None
    clipped: bool = False
    source: str = "{rows}"
    margin_days: int = 0


@dataclass(frozen=True, slots=True)
class KeptMeasure:
    """A measure as the file remembers it: enough to compute it again without the catalogue. As SQL: ``sql`` the whole aggregate (none of a histogram),
    ``argument`` and ``condition`` of a row ("" = none), ``parts`` the conditions that all must hold for ``condition`` to hold. ``squared``: the
    square of the argument is added up."""

    key: str
    kind: str
    sql: str
    argument: str
    condition: str
    parts: tuple[str, ...]
    squared: bool

    @property
    def type(self) -> str:
        """Column type: also of counts, since the engine packs doubles in two thirds of the time of whole numbers. A count of nothing is 0, all else is null."""
        return "DOUBLE DEFAULT 0" if self.kind == "count" else "DOUBLE"

    @property
    def nothing(self) -> str:
        """SQL of what the measure is where no row counts."""
        return "CAST(0 AS DOUBLE)" if self.kind == "count" else "CAST(NULL AS DOUBLE)"


def _measure_of(spec: Mapping[str, Any]) -> KeptMeasure:
    return KeptMeasure(**{**spec, "parts": tuple(spec["parts"])})


@dataclass(frozen=True, slots=True)
class Place:
    """A :class:`Kept` as the file remembers it."""

    number: int
    fact: str
    at: str
    repeat: Mapping[str, Any] | None
    clipped: bool
    source: str
    margin_days: int
    measures: tuple[KeptMeasure, ...]

    def sums(self) -> tuple[KeptMeasure, ...]:
        """The measures that stand in columns."""
        return tuple(m for m in self.measures if m.kind != "histogram")

    def histograms(self) -> tuple[KeptMeasure, ...]:
        """The measures that stand as value and how often."""
        return tuple(m for m in self.measures if m.kind == "histogram")


@dataclass(frozen=True, slots=True)
class Rollup:
    """One table of measures, valid for the newest snapshot and for every day of it, but for the spans of days that wait for their upkeep (``due``): read it
    through :func:`rashin.store.compose.relation`, which takes those from the facts.

    Columns: business_date; below a day counted_at (start of the slot, UTC) and utc_offset_s; the ``dimensions``; ``row_count``; and for each measure's key
    ``measures[key]``, SQL over its columns: a measure that no row ever counted for has no column. A histogram (``histogram`` is the measure's key) has ``value`` and ``approximate`` instead: whole numbers up to
    ``exact_up_to`` stand exactly, the rest within ``relative_error``. Grain "week": business_date is the week's first.
    """

    name: str
    table: str
    fact: str
    at: str
    clipped: bool
    repeat: Repeat | None
    grain: str
    dimensions: tuple[str, ...]
    measures: Mapping[str, str]
    histogram: str | None
    exact_up_to: float
    relative_error: float
    version: str
    made: Table
    columns: tuple[str, ...]
    due: tuple[due.Run, ...] = ()

    def waits(self, first: date, last: date) -> bool:
        """Whether a day between these two waits for its upkeep."""
        return any(low <= last and high >= first for low, high in self.due)

    def waits_throughout(self, first: date, last: date) -> bool:
        """Whether every day from the one to the other waits for its upkeep."""
        return any(low <= first and high >= last for low, high in self.due)


@dataclass(frozen=True, slots=True)
class Table:
    """One roll-up table of one place."""

    lattice: Lattice
    place: Place
    measure: KeptMeasure | None

    @property
    def name(self) -> str:
        """Name of the table, safe to stand in a statement."""
        tail = f"_{self.measure.key}" if self.measure else ""
        return quote(f"rollup_{self.lattice.name}_{self.place.number}{tail}")

    @property
    def plain(self) -> str:
        """The name without quotes, as it stands in the engine's own lists."""
        return self.name.strip('"')

    def create(self, measures: Sequence[KeptMeasure] = ()) -> str:
        """Statement that makes the empty table with columns for these measures; others get theirs when a row first counts for them."""
        columns = ["business_date DATE"]
        if self.lattice.grain in SLOTS:
            columns += ["counted_at TIMESTAMP", "utc_offset_s BIGINT"]
        columns += [f"{quote(name)} VARCHAR" for name in self.lattice.dimensions]
        columns += ["value DOUBLE", "approximate BOOLEAN"] if self.measure else []
        columns += ["row_count BIGINT"]
        columns += [] if self.measure else [f"{quote(m.key)} {m.type}" for m in measures]
        return f"CREATE OR REPLACE TABLE {self.name} ({', '.join(columns)})"


def tables(places: Sequence[Place]) -> list[Table]:
    """Return every table that the places need: slots only where no repeat is judged, histograms one table a measure."""
    found = []
    for place in places:
        for lattice in LATTICES:
            if lattice.fact != place.fact or (place.repeat is not None and lattice.grain in SLOTS):
                continue
            if lattice.histogram:
                found += [Table(lattice, place, measure) for measure in place.histograms()]
            elif place.sums():
                found.append(Table(lattice, place, None))
    return found


def remember(cursor: duckdb.DuckDBPyConnection, kept: Sequence[Kept], version: str) -> None:
    """Write down what to keep; the tables themselves are made by whoever calls this."""
    cursor.execute("DELETE FROM kept_places")
    for number, each in enumerate(kept, 1):
        cursor.execute("INSERT INTO kept_places VALUES (?, ?)", [number, json.dumps(_spec(each), ensure_ascii=False)])
    cursor.execute("DELETE FROM kept_state")
    cursor.execute("INSERT INTO kept_state VALUES (?, ?, ?, false)", [LAYOUT, version, digest(kept)])


def digest(kept: Sequence[Kept]) -> str:
    """Return a hash of everything that is to be kept."""
    return hashlib.sha256(json.dumps([_spec(each) for each in kept], ensure_ascii=False).encode()).hexdigest()


def state(cursor: duckdb.DuckDBPyConnection) -> tuple[int, str, str, bool] | None:
    """Return (layout, version, digest, whether the tables exist); None when nothing is to be kept."""
    rows = cursor.execute("SELECT layout, version, digest, built FROM kept_state").fetchall()
    return (int(rows[0][0]), str(rows[0][1]), str(rows[0][2]), bool(rows[0][3])) if rows else None


def places(cursor: duckdb.DuckDBPyConnection) -> list[Place]:
    """Return what is to be kept."""
    found = []
    for number, text in cursor.execute("SELECT place, spec FROM kept_places ORDER BY place").fetchall():
        spec = json.loads(text)
        measures = tuple(_measure_of(m) for m in spec.pop("measures"))
        found.append(Place(number=number, measures=measures, **spec))
    return found


def place(number: int, kept: Kept) -> Place:
    """Return ``kept`` as the file would remember it."""
    spec = _spec(kept)
    measures = tuple(_measure_of(m) for m in spec.pop("measures"))
    return Place(number=number, measures=measures, **spec)


@dataclass(frozen=True, slots=True)
class Standing:
    """Which roll-up tables there are, with their columns; and whether the table is there in which waiting days are written down (``waits``)."""

    version: str = ""
    tables: tuple[tuple[Table, tuple[str, ...]], ...] = ()
    waits: bool = False


def stands(cursor: duckdb.DuckDBPyConnection) -> Standing:
    """Return the roll-up tables that exist."""
    now = state(cursor)
    if now is None or not now[3] or now[0] != LAYOUT:
        return Standing()
    made = standing(cursor)
    found = ((table, tuple(made[table.name])) for table in tables(places(cursor)) if table.name in made)
    return Standing(now[1], tuple(found), quote(due.TABLE) in made)


def rollups(found: Standing, waiting: Mapping[str, Sequence[date]]) -> list[Rollup]:
    """Return the roll-ups that exist while these days of facts wait for their upkeep."""
    return [_rollup(table, columns, found.version, waiting.get(table.place.fact, ())) for table, columns in found.tables]


def waits_alike(found: Sequence[Rollup], waiting: Mapping[str, Sequence[date]]) -> bool:
    """Whether just these days wait in the roll-ups."""
    return all(each.due == tuple(due.spans(waiting.get(each.fact, ()), each.made.place.margin_days)) for each in found)


def standing(cursor: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Return the roll-up tables that are there and their columns in order; one that would not pay is not made."""
    rows = cursor.execute(
        "SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns() WHERE starts_with(table_name, 'rollup_') AND database_name <> 'temp' GROUP BY 1"
    ).fetchall()
    return {quote(name): list(columns) for name, columns in rows}


def _rollup(table: Table, columns: Sequence[str], version: str, waiting: Sequence[date]) -> Rollup:
    place = table.place
    held = {m.key for m in place.sums()} if waiting else set(columns)
    return Rollup(
        name=table.lattice.name,
        table=table.name,
        fact=place.fact,
        at=place.at,
        clipped=place.clipped,
        repeat=Repeat(**place.repeat) if place.repeat is not None else None,
        grain=table.lattice.grain,
        dimensions=table.lattice.dimensions,
        measures={} if table.measure else {m.key: quote(m.key) if m.key in held else m.nothing for m in place.sums()},
        histogram=table.measure.key if table.measure else None,
        exact_up_to=EXACT_UP_TO,
        relative_error=RELATIVE_ERROR,
        version=version,
        made=table,
        columns=tuple(columns),
        due=tuple(due.spans(waiting, place.margin_days)),
    )


def _spec(kept: Kept) -> dict[str, Any]:
    return {
        "fact": kept.fact,
        "at": kept.at,
        "repeat": asdict(kept.repeat) if kept.repeat else None,
        "clipped": kept.clipped,
        "source": kept.source,
        "margin_days": kept.margin_days,
        "measures": [_measure(m) for m in sorted({m.key: m for m in kept.measures}.values(), key=lambda m: m.key)],
    }


def _measure(measure: Measure) -> dict[str, Any]:
    if not measure.additive:
        raise ValueError(f"{measure.text}: cannot be kept, parts of it do not add up")
    root = measure.root if measure.kind == "sum" else None
    return {
        "key": measure.key,
        "kind": measure.kind,
        "sql": "" if measure.kind == "histogram" else measure.sql(),
        "argument": (root or measure).sql_argument() or "",
        "condition": measure.sql_condition() or "",
        "parts": list(measure.sql_conditions()),
        "squared": root is not None,
    }
