"""Tables of the engine file, made from ``records.FACTS``.

Of each fact there are three tables. ``<fact>`` holds the rows that are true now. ``<fact>_history`` holds every other arrival: closed rows (true from
``from_snapshot`` until before ``to_snapshot``) and arrivals that were never true (both null); ``standing`` marks those that may still become true again.
``<fact>_claim`` holds arrivals that said exactly what the current row already says: no content, only that this load said it too.
"""

from __future__ import annotations

from rashin.records import ENGINE_TYPE, FACTS, Column, Fact

#: Version of the tables below. A file of a newer version is refused, never guessed at.
FORMAT = 1

#: What the store keeps with each row, after the fact's own columns.
SYSTEM = (
    ("load_id", "BIGINT NOT NULL"),
    ("from_snapshot", "BIGINT"),
    ("content_hash", "UBIGINT NOT NULL"),
    ("assembly", "VARCHAR"),  # the assembly that derived the row; null = it arrived
    ("assembled_from", "VARCHAR"),  # the group (contact_id) it was derived from
)
SYSTEM_NAMES = tuple(name for name, _ in SYSTEM)
HISTORY = (("to_snapshot", "BIGINT"), ("standing", "BOOLEAN NOT NULL"))

#: Facts of which one row may exclude another; ``<fact>_aside`` has the rows that are excluded as things stand (:mod:`rashin.store.aside`).
_EXCLUSIVE = frozenset(("agent_time",))

_MANDATORY = ("source", "native_id", "revision", "business_date")

#: Which refused rows a load brought mended: ``of_load`` refused them, at that place of its file.
MENDED = "CREATE TABLE mended (load_id BIGINT NOT NULL, of_load BIGINT NOT NULL, fact VARCHAR NOT NULL, file VARCHAR NOT NULL, line BIGINT)"

#: Which events an assembly carries over a cut, by the hash of its text.
CARRIED = "CREATE TABLE carried_events (text_hash VARCHAR NOT NULL, sql VARCHAR NOT NULL)"

#: The key of the pseudonyms, and which of them apply to rows that arrive, up to which day (:mod:`rashin.store.forget`).
FORGETTING = "CREATE TABLE forgetting (salt VARCHAR NOT NULL)"
FORGOTTEN = "CREATE TABLE forgotten (alias VARCHAR NOT NULL, until DATE NOT NULL)"

BOOKS = (
    "CREATE TABLE workspace_format (format INTEGER NOT NULL, product VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL)",
    "CREATE TABLE snapshots (snapshot BIGINT NOT NULL, kind VARCHAR NOT NULL, load_id BIGINT, made_at TIMESTAMP NOT NULL, made_by VARCHAR NOT NULL)",
    """CREATE TABLE loads (
        load_id BIGINT NOT NULL, batch_id VARCHAR NOT NULL, source VARCHAR NOT NULL, file_name VARCHAR NOT NULL, file_hash VARCHAR NOT NULL,
        mapping_hash VARCHAR NOT NULL, loaded_by VARCHAR NOT NULL, exported_at TIMESTAMP, started_at TIMESTAMP NOT NULL, committed_at TIMESTAMP NOT NULL,
        withdrawn_snapshot BIGINT, withdrawn_at TIMESTAMP, withdrawn_by VARCHAR)""",
    """CREATE TABLE load_counts (
        load_id BIGINT NOT NULL, fact VARCHAR NOT NULL, rows_in BIGINT NOT NULL, accepted BIGINT NOT NULL, rejected BIGINT NOT NULL,
        duplicate BIGINT NOT NULL, ignored BIGINT NOT NULL, opened BIGINT NOT NULL, replaced BIGINT NOT NULL,
        superseded_on_arrival BIGINT NOT NULL, conflicts BIGINT NOT NULL, assembled BIGINT NOT NULL)""",
    """CREATE TABLE rejects (
        load_id BIGINT NOT NULL, fact VARCHAR NOT NULL, file VARCHAR NOT NULL, line BIGINT, "column" VARCHAR, value VARCHAR, code VARCHAR NOT NULL,
        reason_ja VARCHAR NOT NULL, reason_en VARCHAR NOT NULL, mend_ja VARCHAR NOT NULL, mend_en VARCHAR NOT NULL, raw VARCHAR)""",
    "CREATE TABLE landing (file_hash VARCHAR NOT NULL, file_name VARCHAR NOT NULL, path VARCHAR NOT NULL, bytes BIGINT NOT NULL, landed_at TIMESTAMP NOT NULL)",
    """CREATE TABLE assemblies (
        source VARCHAR NOT NULL, name VARCHAR NOT NULL, text_hash VARCHAR NOT NULL, sql VARCHAR NOT NULL, produces VARCHAR NOT NULL, reads VARCHAR NOT NULL,
        grouped_by VARCHAR NOT NULL, load_id BIGINT NOT NULL)""",
    """CREATE TABLE log (
        seq BIGINT NOT NULL, done_at TIMESTAMP NOT NULL, done_by VARCHAR NOT NULL, action VARCHAR NOT NULL, subject VARCHAR NOT NULL, detail VARCHAR NOT NULL,
        previous VARCHAR NOT NULL, hash VARCHAR NOT NULL)""",
    MENDED,
    CARRIED,
    FORGETTING,
    FORGOTTEN,
    "CREATE TABLE kept_state (layout INTEGER NOT NULL, version VARCHAR NOT NULL, digest VARCHAR NOT NULL, built BOOLEAN NOT NULL)",
    "CREATE TABLE kept_places (place INTEGER NOT NULL, spec VARCHAR NOT NULL)",
    "CREATE TABLE coverage (fact VARCHAR NOT NULL, source VARCHAR NOT NULL, business_date DATE NOT NULL, row_count BIGINT NOT NULL)",
)

#: Books that came after the first.
_LATER = {"mended": MENDED, "carried_events": CARRIED, "forgetting": FORGETTING, "forgotten": FORGOTTEN}

REJECT_COLUMNS = ("fact", "file", "line", "column", "value", "code", "reason_ja", "reason_en", "mend_ja", "mend_en", "raw")


def quote(name: str) -> str:
    """Return ``name`` as a quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def stored(fact: Fact) -> tuple[Column, ...]:
    """Columns of ``fact`` in the order in which they are stored: own, then common."""
    return tuple(fact.column(name) for name in fact.names)


def fact_tables(fact: Fact) -> tuple[str, ...]:
    """Statements that make the tables of a fact."""
    own = ", ".join(f"{quote(c.name)} {ENGINE_TYPE[c.type]}{' NOT NULL' if c.name in _MANDATORY else ''}" for c in stored(fact))
    system = ", ".join(f"{name} {kind}" for name, kind in SYSTEM)
    history = ", ".join(f"{name} {kind}" for name, kind in HISTORY)
    return (
        f"CREATE TABLE {quote(fact.name)} ({own}, {system})",
        f"CREATE TABLE {quote(fact.name + '_history')} ({own}, {system}, {history})",
        f"CREATE TABLE {quote(fact.name + '_claim')} (source VARCHAR NOT NULL, native_id VARCHAR NOT NULL, revision BIGINT NOT NULL, load_id BIGINT NOT NULL)",
        *((_aside_table(fact),) if fact.name in _EXCLUSIVE else ()),
    )


def _aside_table(fact: Fact) -> str:
    columns = ", ".join(f"{quote(c.name)} {ENGINE_TYPE[c.type]}" for c in stored(fact))
    return f"CREATE TABLE {quote(fact.name + '_aside')} ({columns}, {', '.join(f'{name} {kind}' for name, kind in SYSTEM)})"


def missing(present: dict[str, set[str]]) -> list[str]:
    """Return the statements that bring a file of an older product up to today's facts; ``present``: table → its columns.

    Facts and columns are only ever added. A new column is null in older rows, as if the source had not recorded it; their hashes stay as they are.
    """
    found = [statement for name, statement in _LATER.items() if name not in present]
    for fact in FACTS.values():
        if fact.name not in present:
            found += fact_tables(fact)
            continue
        full = (fact.name, f"{fact.name}_history", *(aside for aside in (f"{fact.name}_aside",) if aside in present))
        if fact.name in _EXCLUSIVE and f"{fact.name}_aside" not in present:
            found.append(_aside_table(fact))
        for column in stored(fact):
            if column.name not in present[fact.name]:
                for table in full:
                    found.append(f"ALTER TABLE {quote(table)} ADD COLUMN {quote(column.name)} {ENGINE_TYPE[column.type]}")
    return found


def all_tables() -> tuple[str, ...]:
    """Statements that make an empty engine file."""
    return (*BOOKS, *(statement for fact in FACTS.values() for statement in fact_tables(fact)))
