"""Keeping roll-ups equal to the facts: touched days are computed again within the transaction that touched them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from rashin.records import FACTS, Fact
from rashin.store import due, rollup
from rashin.store.arrivals import Tables
from rashin.store.compose import rows_of, select
from rashin.store.config import WEEKDAYS, Config
from rashin.store.lattice import LATTICES, PAYS, PAYS_FROM
from rashin.store.rollup import Place, Table
from rashin.store.schema import quote
from rashin.store.sql import count

if TYPE_CHECKING:
    import duckdb

#: Rows held at once while roll-ups are made, in bytes: arrays of this size stay near the processor, and memory flat however long the history.
_HELD_BYTES = 64 << 20
#: Days computed at once at the least where days around them must be read along.
_RUN_DAYS = 31
_DAY = timedelta(days=1)

Run = due.Run


class Done(NamedTuple):
    """What became of the roll-ups: whether days wait for the next upkeep, and whether all tables are there as before, with the rows they had."""

    waits: bool
    rows_only: bool = False


def refresh(cursor: duckdb.DuckDBPyConnection, snapshot: int, facts: Collection[str], config: Config, may_wait: bool = False) -> Done:
    """Bring the roll-ups up to what this transaction did to ``facts``: make them when the workspace has grown large enough, else the touched days anew.

    ``may_wait``: the last upkeep was a moment ago, so a few days may be left to the next (:mod:`rashin.store.due`).
    """
    state = rollup.state(cursor)
    if state is None:
        return Done(False, rows_only=True)
    layout, _, _, built = state
    wanted = pays(cursor, config)
    if built and (not wanted or layout != rollup.LAYOUT):
        drop(cursor)
        built = False
    if not wanted:
        return Done(False, rows_only=not state[3])
    if not built:
        build(cursor, config)
        return Done(False)
    before = due.days(cursor)
    touched = {fact: found for fact in facts if (found := _touched(cursor, FACTS[fact], snapshot))}
    every = due.together(before, touched)
    if may_wait and due.may_wait(every, count(cursor, "contact")):
        # the first days that wait make the table that they stand in
        return Done(bool(every), rows_only=not due.write(cursor, before, every) or bool(before))
    if before:
        due.clear(cursor)
    _bring_up(cursor, every, config)
    return Done(False)


def catch_up(cursor: duckdb.DuckDBPyConnection, config: Config) -> None:
    """Compute the days that wait."""
    waiting = due.days(cursor)
    if waiting:
        due.clear(cursor)
        _bring_up(cursor, waiting, config)


def _bring_up(cursor: duckdb.DuckDBPyConnection, days: Mapping[str, Sequence[date]], config: Config) -> None:
    made = rollup.standing(cursor)
    for place in rollup.places(cursor):
        tables = [table for table in rollup.tables([place]) if table.name in made]
        if days.get(place.fact) and tables:
            compute(cursor, tables, days[place.fact], place.margin_days, config)


def pays(cursor: duckdb.DuckDBPyConnection, config: Config) -> bool:
    """Whether this workspace keeps roll-ups: by its setting, or by its size."""
    mode = config.engine.rollups
    return mode == "always" or (mode == "auto" and count(cursor, "contact") >= PAYS_FROM)


def build(cursor: duckdb.DuckDBPyConnection, config: Config) -> None:
    """Make the roll-ups from the facts: with ``rollups = "auto"`` only those that are much smaller than their fact."""
    drop(cursor)
    judged: dict[object, bool] = {}
    for place in rollup.places(cursor):
        found = cursor.execute(f"SELECT DISTINCT business_date FROM {Tables.of(FACTS[place.fact]).current} ORDER BY 1").fetchall()
        days = [day for (day,) in found]
        tables = []
        for table in rollup.tables([place]):
            rows = (table.lattice.name, place.at, place.clipped)
            if config.engine.rollups != "always" and rows not in judged:
                judged[rows] = _dense(cursor, table, days)
            if judged.get(rows, True):
                tables.append(table)
        for table in tables:
            cursor.execute(table.create())
        compute(cursor, tables, days, place.margin_days, config)
    cursor.execute("UPDATE kept_state SET built = true, layout = ?", [rollup.LAYOUT])


def _dense(cursor: duckdb.DuckDBPyConnection, table: Table, days: Sequence[date]) -> bool:
    """Whether a row of the table would stand for enough rows of the fact, judged by the newest days. Histograms always pay: nothing else gives a percentile."""
    if table.measure is not None or not days:
        return True
    keys = replace(table, place=replace(table.place, measures=()))
    sample = _statement(keys, max(days[0], days[-1] - (_RUN_DAYS - 1) * _DAY), days[-1])
    groups, rows = cursor.execute(f"SELECT count(*), coalesce(sum(row_count), 0) FROM ({sample})").fetchall()[0]
    return bool(groups * PAYS <= rows)


def drop(cursor: duckdb.DuckDBPyConnection) -> None:
    """Remove every roll-up table; what is to be kept stays written down."""
    names = cursor.execute(
        "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'rollup\\_%' ESCAPE '\\' AND NOT temporary"
    ).fetchall()
    for (name,) in names:
        cursor.execute(f"DROP TABLE {quote(name)}")
    cursor.execute("UPDATE kept_state SET built = false")


def _touched(cursor: duckdb.DuckDBPyConnection, fact: Fact, snapshot: int) -> list[date]:
    t = Tables.of(fact)
    rows = cursor.execute(
        f"""SELECT business_date FROM {t.current} WHERE from_snapshot = {snapshot}
        UNION SELECT business_date FROM {t.history} WHERE to_snapshot = {snapshot} ORDER BY 1"""
    ).fetchall()
    return [day for (day,) in rows]


def _runs(spans: Sequence[Run], sizes: Mapping[date, int], most: int, least_days: int) -> list[Run]:
    """Cut spans into runs of at most ``most`` rows, but of no less than ``least_days``."""
    found = []
    for first, last in spans:
        start, rows = first, 0
        for number in range((last - first).days + 1):
            day = first + number * _DAY
            if rows and rows + sizes.get(day, 0) > most and (day - start).days >= least_days:
                found.append((start, day - _DAY))
                start, rows = day, 0
            rows += sizes.get(day, 0)
        found.append((start, last))
    return found


def compute(cursor: duckdb.DuckDBPyConnection, tables: Sequence[Table], days: Sequence[date], margin_days: int, config: Config) -> None:
    """Compute the rows of ``tables`` (of one place) for ``days`` and ``margin_days`` around them again; weeks after the days they are made of."""
    from rashin.store import block, making
    from rashin.store.append import Append

    spans = due.spans(days, margin_days)
    direct = [table for table in tables if table.lattice.grain != "week"]
    if direct and spans:
        place, wanted = direct[0].place, block.layout(direct)
        # a piece of an interval is a row of its own
        most = _HELD_BYTES // (wanted.row_bytes * (8 if place.clipped else 1))
        append = Append(cursor)
        filled = {table.name for table in direct if _holds_rows(cursor, table)}
        for first, last in _runs(spans, _sizes(cursor, place, spans), most, _RUN_DAYS if place.margin_days else 1):
            span = f"business_date BETWEEN DATE '{first}' AND DATE '{last}'"
            for table in direct:
                if table.name in filled:
                    cursor.execute(f"DELETE FROM {table.name} WHERE {span}")
            rows = block.read(cursor, place, wanted, rows_of(place, first, last), [f"f.{span}"])
            if rows.num_rows:
                for table, made in making.rows_of(making.Block(rows, wanted), direct):
                    append.add(table, made)
        append.flush()
    for table in tables:
        if table.lattice.grain == "week":
            _weeks(cursor, table, spans, config)


def _sizes(cursor: duckdb.DuckDBPyConnection, place: Place, spans: Sequence[Run]) -> dict[date, int]:
    """How many rows each day has."""
    if not spans:
        return {}
    rows = Tables.of(FACTS[place.fact]).current
    first, last = spans[0][0], spans[-1][1]
    found = cursor.execute(
        f"SELECT business_date, count(*) FROM {rows} WHERE business_date BETWEEN DATE '{first}' AND DATE '{last}' GROUP BY 1"
    ).fetchall()
    return dict(found)


def _holds_rows(cursor: duckdb.DuckDBPyConnection, table: Table) -> bool:
    return bool(cursor.execute(f"SELECT 1 FROM {table.name} LIMIT 1").fetchall())


def _statement(table: Table, first: date, last: date) -> str:
    """The SELECT that computes the rows of ``table`` for the days ``first`` … ``last``."""
    return select(table, rows_of(table.place, first, last), [f"f.business_date BETWEEN DATE '{first}' AND DATE '{last}'"])


def _weeks(cursor: duckdb.DuckDBPyConnection, table: Table, runs: Sequence[Run], config: Config) -> None:
    """Add the days of every touched week up; the days' own table is up to date by now."""
    days = Table(next(each for each in LATTICES if each.name == table.lattice.name.removesuffix("_week")), table.place, table.measure)
    start = WEEKDAYS.index(config.organisation.week_start)
    dimensions = ", ".join(quote(name) for name in table.lattice.dimensions)
    monday = f"(CAST(date_trunc('week', business_date - {start}) AS DATE) + {start})"
    for first, last in runs:
        first -= (first.weekday() - start) % 7 * _DAY
        last += (start - 1 - last.weekday()) % 7 * _DAY
        span = f"BETWEEN DATE '{first}' AND DATE '{last}'"
        cursor.execute(f"DELETE FROM {table.name} WHERE business_date {span}")
        cursor.execute(
            f"INSERT INTO {table.name} SELECT {monday}, {dimensions}, value, approximate, sum(row_count) FROM {days.name} "
            f"WHERE business_date {span} GROUP BY ALL"
        )
