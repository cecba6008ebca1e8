"""Engines that specs run on: DuckDB in memory, ClickHouse in process (chDB), and a Spark standalone cluster of two workers.

Each is an object with ``dialect``, ``load(name, table)`` and ``rows(sql)``, so that one test runs on all of them.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rashin.formula import Histogram, Measure
from rashin.formula.render import identifier
from rashin.formula.scope import VIRTUAL
from rashin.records import FACTS

#: A virtual machine that lives for a minute gains nothing from the second compiler and from many collector threads.
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

_ARROW = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "instant": pa.timestamp("us"),
    "date": pa.date32(),
    "bool": pa.bool_(),
}


def make_table(fact: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows of a fact as Arrow, all its columns typed, its virtual columns and a text column ``part`` besides."""
    types = {name: FACTS[fact].column(name).type for name in FACTS[fact].names}
    types |= {name: type_ for name, (type_, _) in VIRTUAL.get(fact, {}).items()}
    columns = {name: pa.array([row.get(name) for row in rows], _ARROW[type_]) for name, type_ in types.items()}
    return pa.table({"part": pa.array([str(row.get("part", "")) for row in rows], pa.string()), **columns})


def measure(engine: Any, relation: str, measures: Sequence[Measure], parts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Measures of each part of a relation as the engine computes them: part → measure key → number, None or Histogram.

    A part without rows gets what the engine answers over no row at all.
    """
    plain = {each.key: each for each in measures if each.kind != "histogram"}
    found: dict[str, dict[str, Any]] = {part: {} for part in parts}
    dialect, column = engine.dialect, identifier("part", engine.dialect)
    chosen = ", ".join("'" + part.replace("'", "") + "'" for part in parts)
    if plain:
        wanted = ", ".join(f"{each.sql(dialect)} AS {key}" for key, each in plain.items())
        for row in engine.rows(
            f"SELECT {column} AS measured_part, {wanted} FROM {relation} WHERE {column} IN ({chosen}) GROUP BY {column}"
        ):
            found[row["measured_part"]] = {key: None if row[key] is None else float(row[key]) for key in plain}
        if not all(found.values()):
            nothing = engine.rows(f"SELECT {wanted} FROM {relation} WHERE 1 = 0")[0]
            for part in parts:
                found[part] = found[part] or {key: None if nothing[key] is None else float(nothing[key]) for key in plain}
    spread = {each.key: each for each in measures if each.kind == "histogram"}
    held: dict[tuple[str, str], list[tuple[Any, float]]] = {(part, key): [] for part in parts for key in spread}
    if spread:
        statements = []
        for key, each in spread.items():
            argument, condition = each.sql_argument(dialect), each.sql_condition(dialect) or "1 = 1"
            statement = f"SELECT '{key}' AS histogram, {column} AS measured_part, {argument} AS held, COUNT(*) AS times FROM {relation}"
            statements.append(f"{statement} WHERE {column} IN ({chosen}) AND {condition} GROUP BY {column}, {argument}")
        for row in engine.rows(" UNION ALL ".join(statements)):
            held[row["measured_part"], row["histogram"]].append((row["held"], float(row["times"])))
    for (part, key), pairs in held.items():
        found[part][key] = Histogram.of([value for value, _ in pairs], [times for _, times in pairs])
    return found


@pytest.fixture(scope="session")
def fact_table() -> Callable[[str, Sequence[Mapping[str, Any]]], pa.Table]:
    return make_table


@pytest.fixture(scope="session")
def measured() -> Callable[[Any, str, Sequence[Measure], Sequence[str]], dict[str, dict[str, Any]]]:
    return measure


class DuckEngine:
    """DuckDB in memory, one thread."""

    dialect = "duckdb"

    def __init__(self) -> None:
        import duckdb

        self.connection = duckdb.connect(config={"threads": 1})

    def load(self, name: str, table: pa.Table) -> None:
        self.connection.register("incoming", table)
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM incoming")
        self.connection.unregister("incoming")

    def rows(self, sql: str) -> list[dict[str, Any]]:
        found = self.connection.execute(sql)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


class ClickHouseEngine:
    """ClickHouse in process; tables are views of Parquet files, as a real one would read sealed partitions."""

    dialect = "clickhouse"

    def __init__(self, folder: Path) -> None:
        from chdb import session

        self.folder = folder
        self.session = session.Session()

    def load(self, name: str, table: pa.Table) -> None:
        path = self.folder / f"{name}-{time.monotonic_ns()}.parquet"
        pq.write_table(table, path)
        self.session.query(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM file('{path}', Parquet)")

    def rows(self, sql: str) -> list[dict[str, Any]]:
        text = str(self.session.query(sql, "JSONEachRow"))
        return [json.loads(line) for line in text.splitlines()]


class SparkEngine:
    """Spark SQL on a standalone cluster; tables are Parquet files, as sealed partitions are."""

    dialect = "spark"

    def __init__(self, session: Any, folder: Path) -> None:
        self.session = session
        self.folder = folder

    def load(self, name: str, table: pa.Table) -> None:
        path = self.folder / f"{name}-{time.monotonic_ns()}.parquet"
        pq.write_table(table, path)
        self.session.read.parquet(str(path)).createOrReplaceTempView(name)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return [row.asDict() for row in self.session.sql(sql).collect()]


@pytest.fixture(scope="session")
def duckdb_engine() -> DuckEngine:
    return DuckEngine()


@pytest.fixture(scope="session")
def clickhouse_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseEngine]:
    engine = ClickHouseEngine(tmp_path_factory.mktemp("clickhouse"))
    yield engine
    engine.session.close()


@pytest.fixture(scope="session")
def spark_engine(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> SparkEngine:
    return SparkEngine(spark, tmp_path_factory.mktemp("spark-tables"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _alive_workers(port: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/", timeout=2) as page:
            return int(json.load(page)["aliveworkers"])
    except (OSError, ValueError, KeyError):  # not up yet
        return 0


@pytest.fixture(scope="session")
def spark_master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Spark standalone cluster on the loopback: one master and two worker processes; yields the master's address."""
    import pyspark

    home = Path(pyspark.__file__).parent
    folder = tmp_path_factory.mktemp("spark-cluster")
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": SHORT_LIVED,
        "SPARK_WORKER_DIR": str(folder),
    }
    port, page = _free_port(), _free_port()
    address = f"spark://127.0.0.1:{port}"
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, *arguments: str) -> None:
        log = (folder / f"{name}.log").open("wb")
        command = [str(home / "bin" / "spark-class"), *arguments]
        started.append(subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=folder))
        log.close()

    try:
        start("master", "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(page))
        for worker in ("worker-1", "worker-2"):
            start(worker, "org.apache.spark.deploy.worker.Worker", "--cores", "1", "--memory", "1g", "--webui-port", "0", address)
        deadline = time.monotonic() + 90
        while _alive_workers(page) < 2:
            assert all(process.poll() is None for process in started), (
                "a Spark process ended: " + (folder / "master.log").read_text()[-2000:]
            )
            assert time.monotonic() < deadline, "the Spark workers did not come up"
            time.sleep(0.3)
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(timeout=30)


@pytest.fixture(scope="session")
def spark(spark_master: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Spark SQL session on the cluster, both workers in use, in the zone UTC."""
    from pyspark.sql import SparkSession

    folder = tmp_path_factory.mktemp("spark-session")
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "768m",
        "spark.driver.extraJavaOptions": SHORT_LIVED,
        "spark.executor.extraJavaOptions": SHORT_LIVED,
        "spark.sql.adaptive.enabled": "false",
        "spark.executor.memory": "768m",
        "spark.executor.cores": "1",
        "spark.cores.max": "2",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.local.dir": str(folder),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master(spark_master).appName("rashin-tests")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
