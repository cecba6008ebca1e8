"""MetricFlow (dbt-metricflow, dbt-duckdb) on the same DuckDB file: a semantic model, asked by its own command, from start to CSV.

It needs an environment of its own (`requirements/metricflow.lock`): its packages do not go together with Ibis' newest.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyarrow.csv
from questions import KPIS

from contenders.ratios import RATIOS

if TYPE_CHECKING:
    import pyarrow as pa
    from questions import Question

TITLE = "MetricFlow (command, CSV out)"
ENVIRONMENT = Path(__file__).resolve().parents[2] / ".venv-metricflow"

_LIVE = "not coalesce(is_test, false)"
_INBOUND = f"{_LIVE} and direction = 'inbound'"
_LINE = f"{_INBOUND} and channel not in ('form', 'letter', 'mail', 'sms', 'social')"
_HANDLED = f"{_LIVE} and outcome = 'answered'"
_KNOWN = f"{_HANDLED} and not (consults is null and handovers is null)"


def _count(condition: str) -> str:
    return f"case when {condition} then 1 else 0 end"


def _known(column: str, condition: str) -> str:
    return _count(f"{condition} and {column} is not null")


def _of(column: str, condition: str) -> str:
    return f"case when {condition} then {column} end"


def _positive(column: str) -> str:
    return f"case when {_HANDLED} and {column} > 0 then 1 when {_HANDLED} and {column} is not null then 0 end"


def _true(column: str, condition: str) -> str:
    return f"case when {condition} and {column} then 1 when {condition} and not {column} then 0 end"


#: Measure → what is summed; named as the sums of the ratios.
MEASURES = {
    "inbound_n": _count(_INBOUND),
    "line_n": _count(_LINE),
    **{f"{name}_n": _count(f"{_LINE} and outcome = '{name}'") for name in ("answered", "abandoned", "busy", "callback")},
    "open_n": _count(f"{_LINE} and outcome is distinct from 'closed'"),
    "timed_n": _count(f"{_LINE} and not (outcome is not distinct from 'answered' and wait_s is null)"),
    "in_time_n": _count(f"{_LINE} and outcome = 'answered' and wait_s <= 20"),
    "wait_sum": _of("wait_s", f"{_LINE} and outcome = 'answered'"),
    "gave_up_sum": _of("wait_s", f"{_INBOUND} and outcome = 'abandoned'"),
    "gave_up_n": _known("wait_s", f"{_INBOUND} and outcome = 'abandoned'"),
    "handled_n": _count(_HANDLED),
    "handle_sum": _of("talk_s + coalesce(hold_s, 0) + coalesce(acw_s, 0)", _HANDLED),
    **{f"{name}_sum": _of(f"{name}_s", _HANDLED) for name in ("talk", "acw", "hold")},
    **{f"{name}_n": _known(f"{name}_s", _HANDLED) for name in ("talk", "acw", "hold")},
    "holds_sum": _of("hold_count", _HANDLED),
    "holds_n": _known("hold_count", _HANDLED),
    "short_n": _count(f"{_HANDLED} and talk_s < 10"),
    "transferred": _positive("transfers"),
    "consulted": _positive("consults"),
    "handed_over": _positive("handovers"),
    "complaints": _true("complaint", _HANDLED),
    "thanked": _true("thanks", _LIVE),
    "alone": _count(f"{_KNOWN} and coalesce(consults, 0) = 0 and coalesce(handovers, 0) = 0"),
    "known_help_n": _count(_KNOWN),
    "solved": _true("resolved", _INBOUND),
    "by_bot": _true("bot_handled", _INBOUND),
    **{f"{name}_sum": _of(f"{column}_s", _INBOUND) for name, column in (("resolution", "resolution"), ("response", "first_response"))},
    **{f"{name}_n": _known(f"{column}_s", _INBOUND) for name, column in (("resolution", "resolution"), ("response", "first_response"))},
}

PROJECT = """name: bench
version: "1.0"
profile: bench
model-paths: ["models"]
flags: {send_anonymous_usage_stats: false}
"""
PROFILE = """bench:
  target: here
  outputs:
    here: {{type: duckdb, path: "{own}", threads: {threads}, attach: [{{path: "{facts}", alias: facts, read_only: true}}]}}
"""
SPINE = """{{ config(materialized='table') }}
select unnest(generate_series(date '2025-01-01', date '2027-12-31', interval 1 day))::date as date_day
"""
MODEL = """models:
  - name: spine
    time_spine: {standard_granularity_column: date_day}
    columns: [{name: date_day, granularity: day}]
semantic_models:
  - name: contact
    model: ref('contact_facts')
    defaults: {agg_time_dimension: business_date}
    entities: [{name: contact, type: primary, expr: native_id}]
    dimensions:
      - {name: business_date, type: time, type_params: {time_granularity: day}}
      - {name: queue, type: categorical}
    measures:
"""


class Project(NamedTuple):
    """A dbt project and where its answers go."""

    folder: Path


def prepare(place: Path) -> Project:
    """Write the project and let dbt make its view and its table of days."""
    folder = place / "metricflow"
    (folder / "models").mkdir(parents=True, exist_ok=True)
    lines = [f'      - {{name: {name}, agg: sum, expr: "{text}"}}' for name, text in MEASURES.items()]
    lines.append("metrics:")
    used = dict.fromkeys(name for pair in RATIOS.values() for name in pair if name is not None)
    lines += [f"  - {{name: m_{name}, label: m_{name}, type: simple, type_params: {{measure: {name}}}}}" for name in used]
    for kpi, (above, below) in RATIOS.items():
        kind = f"type: simple, type_params: {{measure: {above}}}"
        if below is not None:
            kind = f"type: ratio, type_params: {{numerator: m_{above}, denominator: m_{below}}}"
        lines.append(f"  - {{name: {kpi}, label: {kpi}, {kind}}}")
    own, facts = folder / "bench.duckdb", place / "workspace" / "rashin.duckdb"
    files = {
        "dbt_project.yml": PROJECT,
        "profiles.yml": PROFILE.format(own=own, facts=facts, threads=os.cpu_count() or 1),
        "models/contact_facts.sql": "{{ config(materialized='view') }}\nselect * from facts.main.contact\n",
        "models/spine.sql": SPINE,
        "models/semantic.yml": MODEL + "\n".join(lines) + "\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    run(folder, "dbt", "run")
    return Project(folder)


def run(folder: Path, command: str, *arguments: str) -> str:
    """Run a command of the other environment in the project; what it says."""
    known = {**os.environ, "DBT_PROFILES_DIR": str(folder), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "NO_COLOR": "1"}
    done = subprocess.run([ENVIRONMENT / "bin" / command, *arguments], cwd=folder, env=known, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command} failed: {done.stdout[-1500:]} {done.stderr[-500:]}")
    return done.stdout


def arguments(question: Question) -> list[str]:
    """The question as MetricFlow takes it."""
    keys = ["metric_time__day", *(f"contact__{name}" for name in question.by)]
    last = question.until.fromordinal(question.until.toordinal() - 1)
    found = [
        "query",
        "--metrics",
        ",".join(KPIS),
        "--group-by",
        ",".join(keys),
        "--start-time",
        str(question.first),
        "--end-time",
        str(last),
    ]
    return [*found, "--where", f"{{{{ Dimension('contact__queue') }}}} = '{question.queue}'"] if question.queue else found


def named(table: pa.Table, question: Question) -> pa.Table:
    """The answer under the names that everybody uses."""
    names = {"metric_time__day": "business_date"} | {f"contact__{name}": name for name in question.by}
    return table.rename_columns([names.get(name, name) for name in table.column_names])


def ask(project: Project, question: Question) -> pa.Table:
    """Ask with the command and read what it wrote."""
    target = project.folder / "answer.csv"
    run(project.folder, "mf", *arguments(question), "--csv", str(target))
    return named(pyarrow.csv.read_csv(target), question)
