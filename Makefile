# Rashin (羅針). Everything a newcomer needs: `make demo` and `make test`.
# Each target makes its own environment first; nothing is installed outside .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEMO ?= demo-centre
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
HASHED := --require-hashes --only-binary=:all:
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: demo test test-engines lint format types layers docs shots bench lock check clean help

help: ## what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Rashin needs Python 3.11 or newer (try: make PYTHON=python3.12 …) / Python 3.11 以上が必要です"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.lock pyproject.toml | $(VENV)/bin/python
	$(INSTALL) $(HASHED) -r requirements/run.lock
	$(INSTALL) --require-hashes -r requirements/build.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.run
	$(INSTALL) $(HASHED) -r requirements/dev.lock
	@touch $@

$(VENV)/.engines: requirements/engines.lock $(VENV)/.dev
	$(INSTALL) --require-hashes -r requirements/engines.lock
	@touch $@

$(VENV)/.bench: requirements/bench.lock $(VENV)/.run
	$(INSTALL) --require-hashes -r requirements/bench.lock
	@touch $@

demo: $(VENV)/.run ## build the demo centre, load it, show the KPI board, open the site (SITE=no: without)
	$(BIN)/rashin demo $(DEMO) $(if $(filter no,$(SITE)),--no-site)

test: $(VENV)/.dev lint types layers ## everything but the heavy engines
	$(PYTEST) -m "not engines"

test-engines: $(VENV)/.engines ## the specs on ClickHouse (chDB) and on a real Spark cluster of two workers
	$(BIN)/python -m pytest -m engines

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.dev ## put the code in its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.dev
	$(BIN)/mypy

layers: $(VENV)/.dev
	$(BIN)/lint-imports

docs: $(VENV)/.dev ## write the generated pages again
	$(BIN)/python -m rashin.catalogue.pages docs/reference
	$(BIN)/python -m rashin.cli.lib.guide docs/guide

shots: $(VENV)/.dev ## take the pictures of the guide again (needs Chrome or Chromium)
	$(BIN)/python docs/guide/shots.py

$(VENV)-metricflow/.done: requirements/metricflow.lock | $(VENV)/bin/python
	@{ $(PYTHON) -m venv $(VENV)-metricflow && $(VENV)-metricflow/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/metricflow.lock && touch $@; } \
	  || { echo "MetricFlow could not be installed: measured without it"; rm -rf $(VENV)-metricflow; }

bench: $(VENV)/.bench $(VENV)-metricflow/.done ## measure against the rivals (ROWS=10000000)
	$(BIN)/python benchmarks/run.py --rows $(or $(ROWS),10000000)

lock: ## renew the locked versions and hashes (needs the `uv` command)
	requirements/lock.sh

clean: ## remove what was made here (the demo centre too)
	rm -rf $(VENV) $(VENV)-metricflow $(DEMO) bench-data .pytest_cache .mypy_cache .ruff_cache .hypothesis
