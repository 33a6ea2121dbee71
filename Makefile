# `make help` lists what there is. Nothing is installed or built again while what it comes from is unchanged.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

python := .venv/bin/python
pip_install := $(python) -m pip install --quiet --disable-pip-version-check --require-hashes
npm_install := npm ci --no-audit --no-fund --no-update-notifier --loglevel=error

# What stands for "installed" and "built".
runtime := .venv/.runtime
package := .venv/.package
dev := .venv/.dev
web_modules := frontend/node_modules/.installed
web := frontend/dist/index.html

web_sources := $(filter-out %.test.ts %.test.tsx,$(shell find frontend/src frontend/public -type f 2>/dev/null)) \
	$(wildcard frontend/*.ts frontend/*.js frontend/*.json frontend/index.html)

.PHONY: help run test campaigns check api build install lock screenshots bench conformance clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: install ## Start Conducktor, with everything it needs and the sandbox services
	@exec env CONDUCKTOR_SANDBOX="$${CONDUCKTOR_SANDBOX:-on}" $(python) -P -m conducktor.cli run --with-parent

test: install-dev install-upstreams chromium ## Run all tests: backend, web application, browser journeys
	$(python) -m pytest --numprocesses=3 --dist=loadfile backend/tests
	cd frontend && npm test && npx tsc -b
	$(python) -m pytest --numprocesses=2 --dist=loadfile e2e

campaigns: install-dev strace ## The long campaigns that `make test` runs shortened: races, repeats, promises of a second
	APPROVAL_RACES=200 BUDGET_REPEATS=50 BUDGET_CROWD=500 $(python) -m pytest --timeout=1800 backend/tests/approvals/test_races.py \
		backend/tests/budgets/test_teller.py backend/tests/budgets/test_processes.py
	ROUND_TRIPS=300 CROSSING_CLIENTS=200 CROSSING_CALLS=20000 CROSSING_PROCESSES=2 $(python) -m pytest --timeout=1800 backend/tests/gateway/test_round_trip.py \
		backend/tests/gateway/test_crossing.py
	NEIGHBOUR_CALLS=2000 UPSTREAMS=60 $(python) -m pytest -s --timeout=600 -k 'neighbour or list' \
		backend/tests/gateway/test_fault_shapes.py backend/tests/gateway/test_many_upstreams.py
	PROMPTLY_S=1 $(python) -m pytest backend/tests/oauth/test_revocation.py backend/tests/edges/test_live_events.py \
		backend/tests/policies/test_calls.py backend/tests/workspaces/test_members.py
	$(python) -m pytest --timeout=300 backend/tests/connections/under_strace.py

check: install-dev ## Format, lint, types, floors, generated client, migrations (under a minute)
	@$(MAKE) --jobs=2 --keep-going --output-sync=target check-types check-web check-parity check-style check-floors

conformance: install-dev install-upstreams ## Run the official conformance suite through Conducktor, and say what passes
	$(python) -m pytest -s -q e2e/conformance

bench: install-dev ## Measure tool calls through Conducktor against other proxies (below 6 minutes)
	$(python) -m bench

screenshots: install-dev chromium ## Photograph every page of a filled installation (SCENES="audit members": only those)
	PYTHONPATH=backend $(python) -m e2e.screenshots $(SCENES)

api: install-dev $(web_modules) ## Generate the web application's client from the JSON API
	$(python) -m conducktor.cli openapi frontend/openapi.json
	cd frontend && npm run --silent api

build: ## Build the web application
	@$(MAKE) --question $(web) || { scripts/require-node && $(MAKE) --silent $(web); }

install: ## Install what `make run` needs and build the web application
	@$(MAKE) --question $(package) $(web) || \
		{ scripts/require-python > /dev/null && scripts/require-node && $(MAKE) --silent --jobs=2 $(package) $(web); }

lock: ## Write the lock files anew from the declared dependencies (UPGRADE=1: the newest that fit)
	scripts/lock

clean: ## Remove what was installed and built; the data directory stays
	rm -rf .venv frontend/node_modules frontend/dist frontend/*.tsbuildinfo e2e/node_modules e2e/.venv e2e/artifacts bench/node_modules bench/.venv
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# -- the parts ---------------------------------------------------------------------------------------------------------

.PHONY: install-dev install-upstreams chromium strace check-style check-types check-floors check-parity check-web

install-dev: install
	@$(MAKE) --silent $(dev)

install-upstreams:
	@e2e/upstreams/install.sh

chromium:
	@scripts/require-program chromium "the browser journeys" chromium fonts-liberation

strace:
	@scripts/require-program strace "the campaigns" strace

check-style:
	$(python) -m ruff format --check .
	$(python) -m ruff check .

check-types:
	$(python) -m mypy backend/conducktor backend/sandbox backend/tests e2e bench

check-floors:
	.venv/bin/lint-imports

check-parity:
	$(python) -m pytest --quiet backend/tests/architecture

check-web: $(web_modules)
	cd frontend && npm run check

$(runtime): requirements.lock
	@echo "Installing the Python packages of $<"
	@[ -x $(python) ] || "$$(scripts/require-python)" -m venv .venv
	@$(pip_install) --requirement $<
	@touch $@

# Entry points hold absolute paths: a moved checkout writes them again.
ifneq ($(shell cat $(package) 2>/dev/null),$(CURDIR))
.PHONY: $(package)
endif
$(package): pyproject.toml $(runtime)
	@$(python) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@echo "$(CURDIR)" > $@

$(dev): requirements-dev.lock $(package)
	@echo "Installing the Python packages of $<"
	@$(pip_install) --requirement $<
	@touch $@

%/node_modules/.installed: %/package-lock.json
	@scripts/require-node
	@echo "Installing the npm packages of $<"
	@cd $* && $(npm_install)
	@touch $@

$(web): $(web_modules) $(web_sources)
	@scripts/require-node
	@echo "Building the web application"
	@cd frontend && npm run --silent build > node_modules/.build.log 2>&1 || { cat node_modules/.build.log; exit 1; }
	@touch $@
