"""Persons leave the facts, figures stay: what tells who a customer is becomes a pseudonym, the same everywhere; what a customer wrote becomes a mark.

Only equal and unequal, there and not there, of these columns ever count in a figure. A pseudonym that is the same wherever the key was the same keeps both, so
every figure of every snapshot is what it was: nothing opens or closes, the rows of all snapshots are written over where they lie (docs/decisions/0024).
Files as they came hold more than the facts; they can only be deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

import numpy as np

from rashin.records import FACTS, Fact
from rashin.store.hashing import content_hashes
from rashin.store.schema import quote

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

#: Columns that tell who a customer is, and columns in which customers write.
KEYS = ("customer_key", "contact_point", "author")
TEXTS = ("comment", "text")
#: How a pseudonym begins, and what stands where a text was.
ALIAS, MARK = "erased-", "erased"
#: Details of events that are as long as a number or an address and equal to a key are one.
DETAILS, _LONG = ("detail", "detail_2", "detail_3", "detail_4", "detail_5"), 6
_TURN = 1 << 64


@dataclass(frozen=True)
class Found:
    """What would go, or went: different keys, rows with a key and with a text by fact, rejects, the files as they came (load → name and hash), first and last day."""

    keys: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, int] = field(default_factory=dict)
    rejects: int = 0
    files: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    first: date | None = None
    last: date | None = None

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.rows or self.texts or self.rejects or self.files)


def alias(value: str, salt: str) -> str:
    """Return the pseudonym of ``value``: 128 bits, keyed by the workspace's own salt."""
    return ALIAS + hashlib.blake2b(value.encode(), key=bytes.fromhex(salt), digest_size=16).hexdigest()


def salt_of(cursor: duckdb.DuckDBPyConnection) -> str:
    """Return the workspace's salt, made when first asked for."""
    import secrets

    held = cursor.execute("SELECT salt FROM forgetting").fetchall()
    if held:
        return str(held[0][0])
    made = secrets.token_hex(32)
    cursor.execute("INSERT INTO forgetting VALUES (?)", [made])
    return made


def old(cursor: duckdb.DuckDBPyConnection, before: date) -> list[str]:
    """Return the keys of customers of whom nothing has come since ``before``, whichever column they stand in."""
    seen = " UNION ALL ".join(
        f"SELECT {quote(column)} AS key, max(business_date) AS day FROM {table} WHERE {quote(column)} IS NOT NULL GROUP BY 1"
        for fact, column in _columns(KEYS)
        for table in _tables(fact)
    )
    rows = cursor.execute(
        f"SELECT key FROM ({seen}) WHERE NOT starts_with(key, '{ALIAS}') GROUP BY key HAVING max(day) < ? ORDER BY key", [before]
    ).fetchall()
    return [str(key) for (key,) in rows]


def look(
    cursor: duckdb.DuckDBPyConnection, keys: Iterable[str], *, texts_before: date | None = None, raw: Iterable[int] | None = None
) -> Found:
    """Return what would go with ``keys``, with texts of before ``texts_before`` and with the raw rows and files of the loads ``raw``; changes nothing.

    ``raw`` None: those in which the keys stand."""
    _wanted(cursor, sorted(set(keys)), "")
    return _found(cursor, texts_before, raw)


def forget(
    cursor: duckdb.DuckDBPyConnection,
    keys: Iterable[str],
    *,
    texts_before: date | None = None,
    raw: Iterable[int] | None = None,
    until: date | None = None,
) -> Found:
    """Do it within the transaction of ``cursor``; what went. ``until``: keys that come again on rows up to that day become the same pseudonym on arrival.

    The files themselves are the caller's to delete, once this has been committed.
    """
    wanted = sorted(set(keys))
    salt = salt_of(cursor)
    _wanted(cursor, wanted, salt)
    found = _found(cursor, texts_before, raw)
    for fact, column in _columns(TEXTS):
        for table in _tables(fact):
            _mark(cursor, fact, column, table, _of_texts(fact, texts_before))
    for fact, column in (*_columns(KEYS), *_columns(DETAILS)):
        for table in _tables(fact):
            _rename(cursor, fact, column, table, least=_LONG if column in DETAILS else 0)
    cursor.execute("UPDATE rejects SET raw = NULL, value = NULL WHERE load_id IN (SELECT unnest(?::BIGINT[]))", [sorted(raw or ())])
    if raw is None:
        cursor.execute(f"UPDATE rejects SET raw = NULL, value = NULL WHERE {_rejected()}")
    cursor.execute(
        "UPDATE landing SET path = '' WHERE file_hash IN (SELECT unnest(?::VARCHAR[]))", [[each for _, each in found.files.values()]]
    )
    if until is not None:
        cursor.execute("INSERT INTO forgotten SELECT alias, ? FROM gone", [until])
    return found


def arriving(rows: pa.Table, forgotten: Mapping[str, date], salt: str) -> pa.Table:
    """Return rows on their way in with the pseudonyms of the customers in ``forgotten`` (pseudonym → last day), and without what they wrote."""
    import pyarrow as pa
    import pyarrow.compute as pc

    struck = pa.chunked_array([pa.array(np.zeros(rows.num_rows, np.bool_))])
    days = rows.column("business_date").cast(pa.date32())
    for name in (name for name in (*KEYS, *DETAILS) if name in rows.column_names):
        column = rows.column(name).cast(pa.string())
        known = {value: alias(value, salt) for value in pc.unique(column).to_pylist() if value is not None}
        hits = {value: each for value, each in known.items() if each in forgotten and (name in KEYS or len(value) >= _LONG)}
        for value, each in hits.items():
            here = pc.fill_null(pc.and_(pc.equal(column, value), pc.less_equal(days, pa.scalar(forgotten[each], pa.date32()))), False)
            column, struck = pc.if_else(here, each, column), pc.or_(struck, here)
        if hits:
            rows = rows.set_column(rows.column_names.index(name), name, column)
    for name in (name for name in TEXTS if name in rows.column_names):
        column = rows.column(name).cast(pa.string())
        rows = rows.set_column(rows.column_names.index(name), name, pc.if_else(pc.and_(struck, pc.is_valid(column)), MARK, column))
    return rows


def held(cursor: duckdb.DuckDBPyConnection) -> dict[str, date]:
    """Return the pseudonyms that apply to rows on their way in, each with the last day it applies to."""
    return dict(cursor.execute("SELECT alias, max(until) FROM forgotten GROUP BY alias").fetchall())


def _columns(wanted: tuple[str, ...]) -> Iterator[tuple[Fact, str]]:
    for fact in FACTS.values():
        yield from ((fact, name) for name in wanted if name in fact.names)


def _tables(fact: Fact) -> tuple[str, str]:
    return quote(fact.name), quote(f"{fact.name}_history")


def _wanted(cursor: duckdb.DuckDBPyConnection, keys: list[str], salt: str) -> None:
    """The keys that go, with their pseudonyms, as a temporary table."""
    import pyarrow as pa

    made = pa.table(
        {"value": pa.array(keys, pa.string()), "alias": pa.array([alias(each, salt) if salt else "" for each in keys], pa.string())}
    )
    cursor.execute("CREATE OR REPLACE TEMP TABLE gone (value VARCHAR, alias VARCHAR)")
    cursor.from_arrow(made).insert_into("gone")


def _of_keys(fact: Fact) -> str:
    """Rows of a fact that are about one of the keys, or about a contact that is."""
    own = [f"{name} IN (SELECT value FROM gone)" for name in KEYS if name in fact.names]
    if "contact_id" in fact.names:
        keyed = " OR ".join(f"{name} IN (SELECT value FROM gone)" for name in KEYS if name in FACTS["contact"].names)
        own += [f"contact_id IN (SELECT native_id FROM {table} WHERE {keyed})" for table in _tables(FACTS["contact"])]
    return f"({' OR '.join(own)})" if own else "FALSE"


def _of_texts(fact: Fact, before: date | None) -> str:
    old_ones = f" OR business_date < DATE '{before.isoformat()}'" if before is not None else ""
    return f"({_of_keys(fact)}{old_ones})"


def _rejected() -> str:
    return "EXISTS (FROM gone WHERE contains(coalesce(rejects.raw, '') || chr(10) || coalesce(rejects.value, ''), gone.value))"


def _found(cursor: duckdb.DuckDBPyConnection, texts_before: date | None, raw: Iterable[int] | None) -> Found:
    rows, texts, loads, days = dict[str, int](), dict[str, int](), set(raw or ()), list[date]()
    by_key = cursor.execute("SELECT count(*) FROM gone").fetchall()[0][0]
    for fact, column in _columns(KEYS):
        for table in _tables(fact):
            about = f"FROM {table} WHERE {column} IN (SELECT value FROM gone)"
            count, first, last = cursor.execute(f"SELECT count(*), min(business_date), max(business_date) {about}").fetchall()[0]
            if count:
                rows[fact.name] = rows.get(fact.name, 0) + count
                days += [first, last]
                if raw is None:
                    loads |= {load for (load,) in cursor.execute(f"SELECT DISTINCT load_id {about}").fetchall()}
    for fact, column in _columns(TEXTS):
        for table in _tables(fact):
            said = f"{column} IS NOT NULL AND {column} <> '{MARK}' AND {_of_texts(fact, texts_before)}"
            if count := cursor.execute(f"SELECT count(*) FROM {table} WHERE {said}").fetchall()[0][0]:
                texts[fact.name] = texts.get(fact.name, 0) + count
    of_keys = _rejected() if raw is None else "FALSE"
    rejected = f"FROM rejects WHERE (raw IS NOT NULL OR value IS NOT NULL) AND ({of_keys} OR load_id IN (SELECT unnest(?::BIGINT[])))"
    rejects = cursor.execute(f"SELECT count(*) {rejected}", [sorted(raw or ())]).fetchall()[0][0]
    loads |= {load for (load,) in cursor.execute(f"SELECT DISTINCT load_id {rejected}", [sorted(raw or ())]).fetchall()}
    files = cursor.execute(
        "SELECT l.load_id, l.file_name, l.file_hash FROM loads l JOIN landing f USING (file_hash) WHERE f.path <> '' AND l.load_id IN (SELECT unnest(?::BIGINT[])) ORDER BY 1",
        [sorted(loads)],
    ).fetchall()
    return Found(
        int(by_key) if rows else 0,
        rows,
        texts,
        int(rejects),
        {load: (name, file_hash) for load, name, file_hash in files},
        min(days, default=None),
        max(days, default=None),
    )


def _mark(cursor: duckdb.DuckDBPyConnection, fact: Fact, column: str, table: str, which: str) -> None:
    said = f"{column} IS NOT NULL AND {column} <> '{MARK}' AND {which}"
    texts = [text for (text,) in cursor.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {said}").fetchall()]
    _overwrite(cursor, fact, column, table, texts, [MARK] * len(texts), f"AND {which.replace('business_date', f'{table}.business_date')}")


def _rename(cursor: duckdb.DuckDBPyConnection, fact: Fact, column: str, table: str, least: int) -> None:
    pairs = cursor.execute(
        f"SELECT value, alias FROM gone WHERE length(value) >= {least} AND value IN (SELECT {column} FROM {table}) ORDER BY 1"
    ).fetchall()
    _overwrite(cursor, fact, column, table, [value for value, _ in pairs], [each for _, each in pairs])


def _overwrite(
    cursor: duckdb.DuckDBPyConnection, fact: Fact, column: str, table: str, before: list[str], after: list[str], which: str = ""
) -> None:
    """Write other values into a column, and into the rows' hashes what that changes: a hash is a sum over the columns."""
    import pyarrow as pa

    if not before:
        return
    was, is_ = (content_hashes(fact, pa.table({column: pa.array(values, pa.string())})) for values in (before, after))
    steps = pa.table({"was": pa.array(before, pa.string()), "now": pa.array(after, pa.string()), "step": pa.array(is_ - was)})
    cursor.execute("CREATE OR REPLACE TEMP TABLE steps (was VARCHAR, now VARCHAR, step UBIGINT)")
    cursor.from_arrow(steps).insert_into("steps")
    cursor.execute(
        f"""UPDATE {table} SET {column} = steps.now,
        content_hash = ((content_hash::HUGEINT + steps.step::HUGEINT) % {_TURN}::HUGEINT)::UBIGINT
        FROM steps WHERE {table}.{column} = steps.was {which}"""
    )


def loads_before(cursor: duckdb.DuckDBPyConnection, before: datetime) -> list[int]:
    """Return the loads of before ``before`` whose file or raw rejects are still kept."""
    rows = cursor.execute(
        """SELECT load_id FROM loads l WHERE committed_at < ? AND (EXISTS (FROM landing f WHERE f.file_hash = l.file_hash AND f.path <> '')
        OR EXISTS (FROM rejects r WHERE r.load_id = l.load_id AND r.raw IS NOT NULL)) ORDER BY 1""",
        [before],
    ).fetchall()
    return [int(load) for (load,) in rows]
