"""The SQL that MetricFlow writes, run by the engine alone: what is left when its command's start and its CSV do not count."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import duckdb

from contenders import metricflow

if TYPE_CHECKING:
    import pyarrow as pa
    from questions import Question

TITLE = "MetricFlow's SQL (DuckDB)"


class Ready(NamedTuple):
    """A connection, and the statements by question; each is asked of MetricFlow once."""

    project: metricflow.Project
    connection: duckdb.DuckDBPyConnection
    statements: dict[str, str]


def prepare(place: Path) -> Ready:
    """Make the project and open what it reads."""
    project = metricflow.prepare(place)
    connection = duckdb.connect(project.folder / "bench.duckdb", read_only=True)
    connection.execute(f"ATTACH '{str(place / 'workspace' / 'rashin.duckdb').replace(chr(39), '')}' AS facts (READ_ONLY)")
    return Ready(project, connection, {})


def ask(ready: Ready, question: Question) -> pa.Table:
    """Run the statement."""
    if question.name not in ready.statements:
        said = metricflow.run(ready.project.folder, "mf", *metricflow.arguments(question), "--explain")
        ready.statements[question.name] = said[min(at for at in (said.find("\nSELECT"), said.find("\nWITH")) if at >= 0) :]
    return metricflow.named(ready.connection.sql(ready.statements[question.name]).to_arrow_table(), question)
