"""The page of results: ratios first, absolute figures beside them, and what they were measured on."""

from __future__ import annotations

import os
import platform
import sys
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from questions import KPIS, QUESTIONS

import web

PACKAGES = ("duckdb", "pyarrow", "numpy", "pandas", "polars", "ibis-framework", "boring-semantic-layer")


def text(results: dict[str, Any]) -> str:
    """Return the page as Markdown."""
    site = web.text(results["web"]) if "web" in results else ()
    return "\n".join([*_head(results), *_load(results), *_rollups(results), *_ask(results), *_parts(results), *site, *_notes(results), ""])


def _head(results: dict[str, Any]) -> list[str]:
    rollups = " and from roll-ups" if "rollups" in results else ""
    return [
        "# Benchmarks",
        "",
        f"{results['rows']:,} contacts of 13 months over 200 queues, {len(KPIS)} KPIs, answered from facts{rollups}, measured in one run (`make bench`).",
        "A ratio is CPU time of the contender ÷ CPU time of Rashin: above 1, Rashin needs less. All contenders gave the same numbers in every cell",
        "(relative difference below 1e-9, empty where empty); otherwise this page would not have been written.",
        "",
    ]


def _load(results: dict[str, Any]) -> list[str]:
    bare, ours = results["load"]["bare"], results["load"]["rashin"]
    lines = [
        f"## Loading {results['rows']:,} rows ({results['mib']:,.0f} MiB {results['form']})",
        "",
        "| | CPU s | wall s | rows/CPU-s | peak MiB | CPU ÷ bare copy | wall ÷ bare copy |",
        "|---|--:|--:|--:|--:|--:|--:|",
        _load_line("DuckDB bare copy, typed", bare, bare, results["rows"]),
        _load_line("**Rashin**: land, map, check, enrich, settle, commit", ours, bare, results["rows"]),
    ]
    return [*lines, ""]


def _rollups(results: dict[str, Any]) -> list[str]:
    if "rollups" not in results:
        return []
    made, bare = results["rollups"], results["load"]["bare"]
    lines = [
        "## Making the roll-ups once, from facts that are loaded",
        "",
        "| | rows made | CPU s | wall s | peak MiB | CPU ÷ bare copy | CPU ÷ hand-written SQL |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for title, ours, theirs in (("the 25 KPIs", "rollups25", "rollups_sql25"), ("the whole catalogue", "rollups", "rollups_sql")):
        for name, maker in ((ours, "**Rashin**"), (theirs, "hand-written SQL")):
            one = made[name]
            ratios = f"{one['cpu'] / bare['cpu']:.2f} | {one['cpu'] / made[theirs]['cpu']:.2f}"
            numbers = f"{one['rows']:,} | {one['cpu']:.1f} | {one['wall']:.1f} | {one['peak_mib']:,.0f}"
            lines.append(f"| {maker}, measures of {title} | {numbers} | {ratios} |")
    return [
        *lines,
        "",
        "Hand-written: GROUP BY month by month into a file of its own, coarser tables from finer ones, the same tables with the same columns.",
        "",
    ]


def _parts(results: dict[str, Any]) -> list[str]:
    return [line for name, found in results.get("parts", {}).items() for line in import_module(f"parts.{name}").text(found, results)]


def _load_line(title: str, one: dict[str, Any], bare: dict[str, Any], rows: int) -> str:
    pace = f"{rows / one['cpu']:,.0f}"
    ratios = f"{one['cpu'] / bare['cpu']:.2f} | {one['wall'] / bare['wall']:.2f}"
    return f"| {title} | {one['cpu']:.2f} | {one['wall']:.2f} | {pace} | {one['peak_mib']:,.0f} | {ratios} |"


def _ask(results: dict[str, Any]) -> list[str]:
    lines = []
    asked = results["ask"]
    ours = [name for name in ("rashin_facts", "rashin_rollups") if name in asked]
    for question in QUESTIONS.values():
        heads = "".join(f" ÷ {_title(name).strip('*')} |" for name in ours)
        lines += [f"## {question.title}", "", f"| | CPU ms | wall ms | peak MiB |{heads}", f"|---|--:|--:|--:|{'--:|' * len(ours)}"]
        for name, one in asked.items():
            times = one["times"][question.name]
            ratios = "".join(f" {times['cpu'] / asked[each]['times'][question.name]['cpu']:.2f} |" for each in ours)
            lines.append(f"| {_title(name)} | {times['cpu'] * 1e3:,.1f} | {times['wall'] * 1e3:,.1f} | {one['peak_mib']:,.0f} |{ratios}")
        lines.append("")
    return lines


def _title(name: str) -> str:
    title: str = import_module(f"contenders.{name}").TITLE
    return title


def _notes(results: dict[str, Any]) -> list[str]:
    lines = ["## How it was measured", ""]
    lines += [
        "- Each contender in a process of its own, asked once to warm up, then the median of the repeats. Peak memory is that of the whole process.",
        "- pandas and Polars hold the facts in memory before the clock starts; SQL, Ibis and the semantic layer read the very table that Rashin keeps.",
        "- Rashin's answers also carry n, state, reason and completeness for each cell; the others give bare values.",
        "- The bare copy checks nothing. Rashin's load keeps the raw file, checks every value and rule, finds duplicates and revisions, and writes a receipt.",
    ]
    lines += [
        "- MetricFlow is asked by its own command, as it is meant to be: its start and its CSV are in the time, its model is not. The line below shows its SQL alone.",
        "- Left out: Cube. Its server is a native program that its installer fetches when it is set up; the packages alone do not start. Its compiler by itself would show",
        "  nothing of its pre-aggregations, which are its answer to roll-ups.",
    ]
    lines += [f"- Left out: {_title_of_missing(name)} ({why})." for name, why in results["left_out"].items()]
    packages = ", ".join(f"{name} {found}" for name in PACKAGES if (found := _version(name)))
    machine = (
        f"{os.cpu_count()} cores, {_memory_gib():.0f} GiB, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )
    return [*lines, f"- {machine}; {packages}. {datetime.now(UTC):%Y-%m-%d}."]


def _title_of_missing(name: str) -> str:
    return name.replace("_", " ")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _memory_gib() -> float:
    if sys.platform == "linux":
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return float("nan")
