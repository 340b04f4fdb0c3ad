# The two main commands are `make preview` and `make test`. Both create their environment in .venv.
PYTHON ?= python3
STACK ?= dev
PART ?= components
BIN := .venv/bin
PARTS_TESTS := tests/charts tests/controllers tests/engine
UV_VERSION := 0.13.8
# Some shells disable bytecode; compiling the provider SDKs again takes more than half of the time of a plan.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help

.PHONY: help preview check test parts test-parts lint mutate words bench format schema golden cis rules lock clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/\1\t\2/' | expand -t 12

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or later is needed: make PYTHON=python3.12'; exit 1; }
	@echo 'Creating the environment in .venv (once)'
	@$(PYTHON) -m venv .venv || { echo 'python3 -m venv failed; on Debian: apt-get install python3-venv'; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

preview: .venv/installed ## Report what a stack declares, what it costs and whether the policies allow it (STACK=dev)
	@$(BIN)/groundwork preview --stack $(STACK)

check: .venv/installed ## Check the settings of every stack
	@$(BIN)/groundwork check --all

test: .venv/installed ## Run the tests, except those of test-parts; skipped tests say why
	$(BIN)/python -m pytest $(addprefix --ignore=,$(PARTS_TESTS))

parts: .venv/installed ## Build the real parts of test-parts, once: helm, Kueue, the Pulumi CLI, ... (MINUTES=limit)
	$(BIN)/python -m tests.parts $(if $(MINUTES),--minutes $(MINUTES))

test-parts: .venv/installed ## Run the tests on real parts: charts, controllers and the Pulumi engine (REPORT=docs/what-was-run.md)
	$(BIN)/python -m pytest $(wildcard $(PARTS_TESTS)) $(if $(REPORT),--parts-report $(REPORT))

lint: .venv/installed ## Run the linter, the format check and the type checker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

mutate: .venv/installed ## List changes of the source that no test detects (PART=components, rules, checks or layers)
	$(BIN)/python -m tests.mutation $(PART)

bench: .venv/installed ## Print durations of plans and previews as ratios, measured in one run
	@$(BIN)/python -m bench

words: .venv/installed ## List words to avoid, with file, line and the plain word
	@$(BIN)/python -m tests.words.check

format: .venv/installed ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schema: .venv/installed ## Write settings.schema.json and settings.local.schema.json from the settings models
	$(BIN)/python -m stacks.settings schema > settings.schema.json
	$(BIN)/python -m stacks.settings schema --local > settings.local.schema.json

golden: .venv/installed ## Write tests/golden/*.urns; a changed URN needs an alias and a line in CHANGELOG.md
	@for stack in dev dr local prod; do $(BIN)/groundwork graph --engine sdk --stack $$stack > tests/golden/$$stack.urns; done

cis: .venv/installed ## Write docs/cis-gke.md from policy/cis_gke.toml
	@$(BIN)/python -m policy.cis_page > docs/cis-gke.md

rules: .venv/installed ## Write docs/rules.md from the rules
	@$(BIN)/python -m policy.rules_page > docs/rules.md

lock: .venv/installed ## Resolve requirements.lock from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --group dev pyproject.toml --output-file requirements.lock --upgrade

clean: ## Remove the environment and every cache
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache build *.egg-info
	find . -name __pycache__ -prune -exec rm -rf {} +
