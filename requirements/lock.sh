#!/usr/bin/env bash
# Renew the lock files: versions and hashes for every platform, no addresses.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() { # name, extras…
  local out="requirements/$1.lock"; shift
  uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
    --no-annotate --custom-compile-command "make lock" "$@" --output-file "$out"
}
compile run --extra web
compile dev --extra web --extra dev --constraint requirements/run.lock
compile engines --extra web --extra dev --extra clickhouse --extra spark --constraint requirements/dev.lock
compile bench --extra web --extra bench --constraint requirements/run.lock
printf 'hatchling>=1.27\neditables\n' |
  uv pip compile - --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
    --custom-compile-command "make lock" --output-file requirements/build.lock
