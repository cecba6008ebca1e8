"""Measures Rashin against the engine itself, hand-written SQL, data-frame scripts and semantic layers, in one run, and checks that all answer the same.

    python benchmarks/run.py [--rows 10000000] [--data bench-data] [--page docs/reference/benchmarks.md] [--repeats 5] [--form csv] [--only NAME …] [--resume]

Every contender runs in a process of its own. What counts are ratios within one run on one machine: absolute times are shown beside them.
The page is written only when all contenders agree; a contender that disagrees ends the run with 1.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

import centre  # noqa: E402 - found through the line above
import check  # noqa: E402
import page  # noqa: E402
import sections  # noqa: E402
from questions import QUESTIONS  # noqa: E402

import web  # noqa: E402

#: Contender → (module that must be there, most rows it is asked to hold in memory; None = works from disk).
CONTENDERS: dict[str, tuple[str, int | None]] = {
    "sql": ("duckdb", None),
    "rashin_facts": ("duckdb", None),
    "rashin_rollups": ("duckdb", None),
    "pandas_script": ("pandas", 20_000_000),
    "polars_script": ("polars", 40_000_000),
    "ibis_script": ("ibis", None),
    "semantic_layer": ("boring_semantic_layer", None),
    "metricflow": ("dbt-metricflow", None),
    "metricflow_sql": ("dbt-metricflow", None),
}
#: Making roll-ups: Rashin for the 25 KPIs and the hand-written SQL of the same tables, then for the whole catalogue, which stays.
ROLLUPS = ("rollups25", "rollups_sql25", "rollups", "rollups_sql")
#: Further parts of the page, in this order; the last two change the workspace.
PARTS = ("layer", "percentiles", "repeats", "one_day", "live")
#: What those that work in memory read: the columns that the questions need, of the very facts that were loaded.
FACTS = """COPY (SELECT business_date, channel, direction, queue, outcome, is_test, wait_s, talk_s, hold_s, hold_count, acw_s, transfers, consults,
    handovers, resolved, resolution_s, first_response_s, bot_handled, complaint, thanks FROM contact) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"""


def main(arguments: list[str] | None = None) -> int:
    """Run everything; 0 when all contenders agree."""
    asked = _arguments(arguments)
    place = asked.data / str(asked.rows)
    (place / "answers").mkdir(parents=True, exist_ok=True)
    tell(f"{asked.rows:,} contacts as {asked.form} in {place}")
    notes = place / "measured.json"
    if not asked.resume:
        notes.unlink(missing_ok=True)
    work = Work(notes)
    files = centre.write(place / "files", asked.rows, asked.form)
    results: dict[str, Any] = {"rows": asked.rows, "form": asked.form, "mib": sum(each.stat().st_size for each in files) / 2**20}
    results["load"] = {name: work("load", name, place, *files) for name in ("bare", "rashin")}
    (place / "bare.duckdb").unlink(missing_ok=True)
    arrived = {name: one["rows"] for name, one in results["load"].items()}
    if set(arrived.values()) != {asked.rows}:
        tell(f"not all rows arrived: {arrived}")
        return 1
    _facts_for_memory(place)
    results["ask"], results["left_out"] = {}, {}
    for name, (module, most) in CONTENDERS.items():
        if asked.only and name not in (*asked.only, "sql"):
            continue
        if not _installed(module):
            results["left_out"][name] = f"{module} is not installed"
        elif most is not None and asked.rows > most:
            results["left_out"][name] = f"works in memory; asked for up to {most:,} rows"
        else:
            if name == "rashin_rollups":
                results["rollups"] = {each: work("load", each, place) for each in ROLLUPS}
            results["ask"][name] = work("ask", name, place, asked.repeats)
    if "rashin_rollups" in results["ask"]:
        results["parts"] = {name: work("part", name, place) for name in PARTS}
    if asked.web and importlib.util.find_spec("django"):
        tell("the site, twenty people at once")
        try:
            results["web"] = web.measure(place / "workspace", web.USERS, web.ROUNDS, web.PAUSE_S, web.PORT, browser=True)
        except (Exception, SystemExit) as error:
            # what the engine showed is not lost with what the site needs beside it: a free port, a browser
            results["left_out"]["site"] = f"it did not run here: {error}"
    wrong = _disagreements(place, list(results["ask"]))
    for line in wrong:
        tell(f"DIFFERENT: {line}")
    if not wrong:
        text = page.text(results)
        print(text)
        if asked.page:
            own = sections.kept(asked.page.read_text("utf-8")) if asked.page.exists() else ""
            asked.page.write_text(text + own, "utf-8")
            tell(f"written: {asked.page}")
    if not asked.keep:
        shutil.rmtree(place)
    return 1 if wrong else 0


def _installed(module: str) -> bool:
    if module == "dbt-metricflow":
        return (HERE.parent / ".venv-metricflow" / "bin" / "mf").exists()
    return importlib.util.find_spec(module) is not None


class Work:
    """Runs the worker in a new process and returns what it measured. What is measured is noted, so that a run that was cut off can be resumed."""

    def __init__(self, notes: Path) -> None:
        self._notes = notes
        self._done: dict[str, Any] = json.loads(notes.read_text("utf-8")) if notes.exists() else {}

    def __call__(self, kind: str, name: str, *arguments: object) -> dict[str, Any]:
        """Measure ``name``, unless that was done before the run was cut off."""
        tell(f"{kind} {name}")
        key = f"{kind} {name}"
        if key not in self._done:
            command = [sys.executable, str(HERE / "worker.py"), kind, name, *map(str, arguments)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
            if done.returncode:
                raise SystemExit(f"{key} failed (exit code {done.returncode})")
            self._done[key] = json.loads(done.stdout.splitlines()[-1])
            self._notes.write_text(json.dumps(self._done), "utf-8")
        found: dict[str, Any] = self._done[key]
        return found


def tell(text: str) -> None:
    """Say how far the run is."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def _facts_for_memory(place: Path) -> None:
    import duckdb

    with duckdb.connect(place / "workspace" / "rashin.duckdb", read_only=True) as connection:
        connection.execute(FACTS.format(target=str(place / "facts.parquet").replace("'", "''")))


def _disagreements(place: Path, names: list[str]) -> list[str]:
    return [
        f"{name}, {question.name}: {line}"
        for name in names
        if name != "sql"
        for question in QUESTIONS.values()
        for line in check.differences(place, name, question)
    ]


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Rashin against its rivals, in one run.")
    parser.add_argument("--rows", type=int, default=10_000_000, help="contacts in all (100000000 needs about 60 GB of disk)")
    parser.add_argument("--data", type=Path, default=HERE.parent / "bench-data", help="folder for files and workspaces")
    parser.add_argument("--page", type=Path, default=HERE.parent / "docs" / "reference" / "benchmarks.md", help="page to write")
    parser.add_argument("--no-page", dest="page", action="store_const", const=None, help="only print")
    parser.add_argument("--repeats", type=int, default=5, help="how often each question is asked; medians count")
    parser.add_argument("--form", choices=("csv", "parquet"), default="csv", help="form of the files that are loaded")
    parser.add_argument("--only", nargs="*", choices=tuple(CONTENDERS), help="only these contenders (hand-written SQL always)")
    parser.add_argument("--no-web", dest="web", action="store_false", help="leave the site out")
    parser.add_argument(
        "--resume", action="store_true", help="go on with a run that was cut off in the same folder: what it measured counts"
    )
    parser.add_argument("--keep", action="store_true", help="keep files and workspace")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
