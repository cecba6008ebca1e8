"""Keeping roll-ups equal to the facts: touched days are computed again within the transaction that touched them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from rashin.records import FACTS
from rashin.store import rollup
from rashin.store.arrivals import Tables
from rashin.store.compose import select
from rashin.store.config import WEEKDAYS, Config
from rashin.store.lattice import LATTICES, PAYS, PAYS_FROM
from rashin.store.rollup import Place, Table
from rashin.store.schema import quote
from rashin.store.sql import count

if TYPE_CHECKING:
    import duckdb

#: Days computed in one statement: keeps the state of a rebuild small however long the history.
_RUN_DAYS = 31
#: Untouched days between two touched ones that are computed along rather than starting another statement.
_GAP_DAYS = 3
_DAY = timedelta(days=1)

Run = tuple[date, date]


def refresh(cursor: duckdb.DuckDBPyConnection, snapshot: int, facts: Iterable[str], config: Config) -> None:
    """Bring the roll-ups up to what this transaction did to ``facts``: make them when the workspace has grown large enough, else the touched days anew."""
    state = rollup.state(cursor)
    if state is None:
        return
    layout, _, _, built = state
    wanted = pays(cursor, config)
    if built and (not wanted or layout != rollup.LAYOUT):
        drop(cursor)
        built = False
    if not wanted:
        return
    if not built:
        build(cursor, config)
        return
    made = rollup.standing(cursor)
    for place in rollup.places(cursor):
        tables = [table for table in rollup.tables([place]) if table.name in made]
        if place.fact in facts and tables:
            compute(cursor, tables, _touched(cursor, place, snapshot), place.margin_days, config)


def pays(cursor: duckdb.DuckDBPyConnection, config: Config) -> bool:
    """Whether this workspace keeps roll-ups: by its setting, or by its size."""
    mode = config.engine.rollups
    return mode == "always" or (mode == "auto" and count(cursor, "contact") >= PAYS_FROM)


def build(cursor: duckdb.DuckDBPyConnection, config: Config) -> None:
    """Make the roll-ups from the facts: with ``rollups = "auto"`` only those that are much smaller than their fact."""
    drop(cursor)
    for place in rollup.places(cursor):
        found = cursor.execute(f"SELECT DISTINCT business_date FROM {Tables.of(FACTS[place.fact]).current} ORDER BY 1").fetchall()
        days = [day for (day,) in found]
        tables = [table for table in rollup.tables([place]) if config.engine.rollups == "always" or _dense(cursor, table, days)]
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


def _touched(cursor: duckdb.DuckDBPyConnection, place: Place, snapshot: int) -> list[date]:
    t = Tables.of(FACTS[place.fact])
    rows = cursor.execute(
        f"""SELECT business_date FROM {t.current} WHERE from_snapshot = {snapshot}
        UNION SELECT business_date FROM {t.history} WHERE to_snapshot = {snapshot} ORDER BY 1"""
    ).fetchall()
    return [day for (day,) in rows]


def _runs(days: Sequence[date], margin_days: int) -> list[Run]:
    """Return spans of days that cover ``days`` and ``margin_days`` around each, none longer than a month."""
    margin = margin_days * _DAY
    spans: list[Run] = []
    for day in days:
        first, last = day - margin, day + margin
        if spans and first <= spans[-1][1] + _GAP_DAYS * _DAY:
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
        else:
            spans.append((first, last))
    found = []
    for first, last in spans:
        while first <= last:
            end = min(last, first + (_RUN_DAYS - 1) * _DAY)
            found.append((first, end))
            first = end + _DAY
    return found


def compute(cursor: duckdb.DuckDBPyConnection, tables: Sequence[Table], days: Sequence[date], margin_days: int, config: Config) -> None:
    """Compute the rows of ``tables`` (of one place) for ``days`` and ``margin_days`` around them again; weeks after the days they are made of."""
    runs = _runs(days, margin_days)
    for table in tables:
        if table.lattice.grain == "week":
            _weeks(cursor, table, runs, config)
            continue
        for first, last in runs:
            span = f"BETWEEN DATE '{first}' AND DATE '{last}'"
            cursor.execute(f"DELETE FROM {table.name} WHERE business_date {span}")
            cursor.execute(f"INSERT INTO {table.name} {_statement(table, first, last)}")


def _statement(table: Table, first: date, last: date) -> str:
    """The SELECT that computes the rows of ``table`` for the days ``first`` … ``last``."""
    rows = Tables.of(FACTS[table.place.fact]).current
    source = table.place.source.replace("{rows}", rows).replace("{first}", f"DATE '{first}'").replace("{last}", f"DATE '{last}'")
    return select(table, source, [f"f.business_date BETWEEN DATE '{first}' AND DATE '{last}'"])


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
