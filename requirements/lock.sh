#!/usr/bin/env bash
# Renew the lock files: versions and hashes for every platform, no addresses.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() { # name, extras…
  local out="requirements/$1.lock"; shift
  uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
    --no-annotate --custom-compile-command "make lock" "$@" --output-file "$out"
}
compile run --extra web --extra report --extra staffing
compile dev --extra web --extra report --extra staffing --extra roster --extra dev --constraint requirements/run.lock
compile engines --extra web --extra report --extra staffing --extra roster --extra dev --extra clickhouse --extra spark --constraint requirements/dev.lock
compile bench --extra web --extra report --extra staffing --extra bench --constraint requirements/run.lock
printf 'hatchling>=1.27\neditables\n' |
  uv pip compile - --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
    --custom-compile-command "make lock" --output-file requirements/build.lock
# MetricFlow, a rival of the benchmark, in an environment of its own: later releases fetch a parser when they start
printf 'dbt-metricflow==0.13.*\ndbt-core<1.12\ndbt-duckdb>=1.11\n%s\n' "$(grep -oE '^duckdb==[0-9.]+' requirements/run.lock)" |
  uv pip compile - --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
    --custom-compile-command "make lock" --output-file requirements/metricflow.lock
