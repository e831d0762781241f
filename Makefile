# Everything a contributor runs. `make help` lists the targets.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# One more than processors: operators and simulated clouds wait for one another.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
# The rooms that do no input or output of their own; with the two that only compose and count them, they are tested fast.
PURE := model tagging judging planning
CORE_TESTS := tests/unit/test_architecture_page.py tests/unit/test_safety_page.py \
	$(patsubst %,tests/unit/%,$(PURE) pipeline reporting)
# Tests of the safety rules that start neither a control plane nor a simulated cloud.
PURE_SAFETY = $(shell grep -LE 'control_plane|fake_aws|Cluster\b|namespace: str|CommandLine|running_operator' tests/safety/test_*.py)
# The tests start hundreds of processes; without bytecode each would compile our sources anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup run demo test quick coverage lint verify generate mutants bench clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## Make the virtual environment with everything in it

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tagwarden needs Python 3.11 or newer; set PYTHON=...")'
	@echo "setting up $(VENV) (a minute or two, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable . --group test --group lint
	@touch $@

run: setup ## Run the operator against the cluster of KUBECONFIG (Audit policies write to no cloud)
	$(BIN)/tagwarden operator

demo: setup ## Clean up messy accounts on a real control plane and simulated clouds; KEEP=1 leaves it running
	@$(BIN)/tagwarden demo $(if $(KEEP),--keep)

test: setup ## Run every test, building what they need
	@$(BIN)/python tests/support/build_control_plane.py
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(TESTS)

quick: setup ## Run the tests of the pure core (a minute); the slowest twenty are listed
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 20 $(CORE_TESTS)

coverage: setup ## Show the branches of the pure core that no fast test takes; fails below the share in pyproject.toml
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(CORE_TESTS) $(PURE_SAFETY) \
		$(PURE:%=--cov tagwarden.%) --cov-branch --cov-report term-missing:skip-covered

lint: setup ## Check style, types and layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

verify: setup ## Fail when a generated file is stale
	$(BIN)/python -m tools.generate --check

generate: setup ## Write the generated files
	$(BIN)/python -m tools.generate

bench: setup ## Measure what docs/performance.md tells
	$(BIN)/python -m benchmarks

mutants: setup ## Plant SAMPLE small faults (60) into what decides on deletions, drawn from SEED; show what no test notices
	$(BIN)/python -m tests.support.mutants --workers $(WORKERS) \
		$(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED)) $(if $(QUICK),--quick)

clean: ## Remove the virtual environment and caches of this folder
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find operator tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
