"""A small world for tests: a workspace in a temporary folder, filled with rows as a site's clock shows them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

# the same examples in every run, and none too late because the machine is slow
settings.register_profile("suite", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

_numbers = itertools.count(1)

#: The files that take longest, the longest first: two workers that begin with these end together. One that stands no more is no fault.
LONGEST = (
    "browser/test_hostile_text.py", "web/test_access.py", "web/test_reach.py", "web/test_postgres.py", "web/test_serving_faults.py", "browser/test_upload.py",
    "faults/test_killed.py", "web/test_fuzz.py", "web/test_tick.py", "web/test_two_languages.py", "browser/test_people_journeys.py", "browser/test_browser_tools.py", "unit/judge/test_alerts_demo.py", "web/test_serving.py",
    "unit/cli/test_cli_demo_site.py", "browser/test_browser_kpi.py", "connect/test_contract.py", "browser/test_browser_comparisons.py",
    "unit/benchmarks/test_bench_run.py", "browser/test_forecast_journey.py", "browser/test_cycles_journey.py", "browser/test_browser_overview.py",
    "browser/test_monday_journey.py", "unit/insight/test_why_demo.py", "web/test_goals.py",
    "generative/test_formula_laws.py", "unit/demo/test_demo_stories.py", "unit/cli/test_cli_processes.py", "unit/cli/test_cli_report.py",
    "generative/test_cut_laws.py", "web/test_cycles.py", "unit/cli/test_cli_goals.py", "web/test_forecast.py", "faults/test_disk.py",
    "web/test_staffing_pages.py", "generative/test_state_laws.py", "generative/test_null_actions.py", "web/test_api.py", "unit/cli/test_cli_alerts.py",
)  # fmt: skip


class World:
    """A workspace with an open store. ``load`` takes rows as dicts; instants are written as the zone's clock shows them, "2026-10-01 09:10"."""

    def __init__(self, folder: Path, toml: str = "", rollups: str = "never") -> None:
        from rashin.store import Store, Workspace

        self.workspace = Workspace.create(folder)
        (folder / "rashin.toml").write_text(toml + f'\n[engine]\nthreads = 1\nmemory_limit = "1GiB"\nrollups = "{rollups}"\n', "utf-8")
        self.workspace.__dict__.pop("config", None)
        self.store = Store.open(self.workspace)
        self.rows: dict[str, list[dict[str, Any]]] = {}

    def kpis(self, toml: str) -> Any:
        """Return a catalogue with just these definitions; what is mandatory and beside the point is filled in."""
        import tomllib

        from rashin.catalogue import load

        folder = self.workspace.folder("kpis") / str(next(_numbers))
        folder.mkdir()
        text = []
        for name, table in tomllib.loads(toml).items():
            text.append(f"[{name}]\n" + _defaults(name, table) + _dump(table, name))
        (folder / "test.toml").write_text("\n".join(text), "utf-8")
        return load(builtin=False, folder=folder)

    def load(self, fact: str, rows: Sequence[Mapping[str, Any]], source: str = "pbx", zone: str | None = None, revision: int = 1) -> int:
        """Load ``rows`` and return the load's number. Without native_id a row gets a running number."""
        import pyarrow as pa

        from rashin.records import ENGINE_TYPE, FACTS

        filled = [self.row(fact, row, source, zone, revision) for row in rows]
        self.rows.setdefault(fact, []).extend(filled)
        types = {
            "VARCHAR": pa.string(),
            "BIGINT": pa.int64(),
            "DOUBLE": pa.float64(),
            "TIMESTAMP": pa.timestamp("us"),
            "DATE": pa.date32(),
            "BOOLEAN": pa.bool_(),
        }
        names = list(FACTS[fact].names)
        told, kinds = set().union(*filled), _types(fact)
        columns = {
            name: pa.array([row.get(name) for row in filled], types[ENGINE_TYPE[kinds[name]]])
            if name in told
            else pa.nulls(len(filled), types[ENGINE_TYPE[kinds[name]]])
            for name in names
        }
        columns["_line"] = pa.array(range(2, len(filled) + 2), pa.int64())
        number = next(_numbers)
        with self.store.load(source, f"file{number}.csv", f"hash{number}", "mapping", "tester") as running:
            running.stage(fact, pa.table(columns))
            return running.commit().load_id

    def row(self, fact: str, row: Mapping[str, Any], source: str, zone: str | None, revision: int) -> dict[str, Any]:
        """Return a whole row of the fact: instants in UTC, counted_at, business_date and utc_offset_s filled in."""
        from rashin.records import FACTS

        own = self.workspace.config.organisation
        zone = zone or own.zone
        found = {"source": source, "native_id": f"n{next(_numbers)}", "revision": revision, **row}
        types = _types(fact)
        for name, value in row.items():
            if not isinstance(value, str):
                continue
            if types[name] == "instant":
                found[name] = _utc(value, zone)
            elif types[name] == "date":
                found[name] = date.fromisoformat(value)
        anchor = next((found[name] for name in FACTS[fact].anchors if found.get(name) is not None), None)
        if isinstance(anchor, datetime):
            day, offset = _local(anchor, zone, own.cutover)
            found["counted_at"] = anchor
            found.setdefault("utc_offset_s", offset)
            found.setdefault("business_date", day)
        return found

    def close(self) -> None:
        """Give the workspace up."""
        self.store.close()


# worked out once: rows come by the thousand, and many begin at the same moment


@cache
def _types(fact: str) -> dict[str, str]:
    from rashin.records import FACTS

    return {name: FACTS[fact].column(name).type for name in FACTS[fact].names}


@cache
def _utc(text: str, zone: str) -> datetime:
    from rashin.calendars import local_to_utc

    at: datetime = local_to_utc(np.datetime64(text.replace(" ", "T"), "us"), zone).utc[0].item()
    return at


@cache
def _local(at: datetime, zone: str, cutover: Any) -> tuple[date, int]:
    from rashin.calendars import business_date, offsets_s

    moment = np.datetime64(at, "us")
    return business_date(moment, zone, cutover)[0].item(), int(offsets_s(moment, zone)[0])


def _defaults(name: str, table: Mapping[str, Any]) -> str:
    both = f'{{ ja = "{name}", en = "{name}" }}'
    wanted = {
        "name": both, "family": '"accessibility"', "priority": '"high"', "fact": '"contact"', "unit": '"share"', "better": '"higher"',
        "purpose": both, "meaning": both, "source": both, "min_n": "0", "version": "1", "since": '"2026-11-01"',
    }  # fmt: skip
    return "".join(f"{key} = {value}\n" for key, value in wanted.items() if key not in table)


def _dump(table: Mapping[str, Any], path: str) -> str:
    import tomlkit

    return tomlkit.dumps({path: table}).replace(f"[{path}]\n", "", 1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty workspace in Tokyo."""
    made = World(tmp_path / "centre")
    yield made
    made.close()


@pytest.fixture
def make_world(tmp_path: Path) -> Iterator[Any]:
    """Make workspaces with settings of their own: ``make_world('[organisation]\\nzone = "Asia/Kolkata"')``."""
    made: list[World] = []

    def make(toml: str = "", rollups: str = "never") -> World:
        made.append(World(tmp_path / f"centre{len(made)}", toml, rollups))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """As ``make_world``, for worlds that all tests of a module read and none changes."""
    made: list[World] = []

    def make(toml: str = "", rollups: str = "never") -> World:
        made.append(World(tmp_path_factory.mktemp("shared") / "centre", toml, rollups))
        return made[-1]

    yield make
    for each in made:
        each.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several workers share the files (each file is one worker's, so what its tests share is made once): the longest first."""
    if hasattr(config, "workerinput"):
        place = {name: number for number, name in enumerate(LONGEST)}
        home = Path(__file__).parent
        items.sort(key=lambda item: place.get(item.path.relative_to(home).as_posix(), len(place)))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly what could not run here, and how to get it."""
    left_out: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", ()):
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if "not run:" in reason:
            left_out[reason.removeprefix("Skipped: ")] = left_out.get(reason.removeprefix("Skipped: "), 0) + 1
    for reason, count in left_out.items():
        terminalreporter.section(f"{count} TESTS DID NOT RUN", red=True, bold=True)
        terminalreporter.line(reason)
