# The two commands: `make preview` and `make test`. Both make their own environment in .venv.
PYTHON ?= python3
STACK ?= dev
PART ?= components
BIN := .venv/bin
UV_VERSION := 0.13.8
# Some shells forbid bytecode; to compile the providers' SDKs anew is more than half of the time of a plan.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help

.PHONY: help preview check test lint mutate words bench format schema golden cis rules lock clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## (.*)/\1\t\2/' | expand -t 12

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or later is needed: make PYTHON=python3.12'; exit 1; }
	@echo 'Making the environment in .venv (once)'
	@$(PYTHON) -m venv .venv || { echo 'python3 -m venv failed; on Debian: apt-get install python3-venv'; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

preview: .venv/installed ## Print what a stack declares and changes, and what the policies say (STACK=dev)
	@$(BIN)/groundwork preview --stack $(STACK)

check: .venv/installed ## Check the settings of every stack
	@$(BIN)/groundwork check --all

test: .venv/installed ## Run every test that this machine can run; skipped ones say why
	$(BIN)/python -m pytest

lint: .venv/installed ## Linter, formatter and type checker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

mutate: .venv/installed ## Mutate a part of the source and list what no test notices (PART=components, rules, checks or layers)
	$(BIN)/python -m tests.mutation $(PART)

bench: .venv/installed ## How long plans and previews take, as ratios measured in one run
	@$(BIN)/python -m bench

words: .venv/installed ## Every use of a word that this project does not use, and the plain word
	@$(BIN)/python -m tests.words.check

format: .venv/installed ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schema: .venv/installed ## Write settings.schema.json and settings.local.schema.json anew from the settings models
	$(BIN)/python -m stacks.settings schema > settings.schema.json
	$(BIN)/python -m stacks.settings schema --local > settings.local.schema.json

golden: .venv/installed ## Write tests/golden/*.urns anew; a moved URN needs an alias and a line in CHANGELOG.md
	@for stack in dev dr local prod; do $(BIN)/groundwork graph --engine sdk --stack $$stack > tests/golden/$$stack.urns; done

cis: .venv/installed ## Write docs/cis-gke.md anew from policy/cis_gke.toml
	@$(BIN)/python -m policy.cis_page > docs/cis-gke.md

rules: .venv/installed ## Write docs/rules.md anew from the rules and their docstrings
	@$(BIN)/python -m policy.rules_page > docs/rules.md

lock: .venv/installed ## Resolve requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --group dev pyproject.toml --output-file requirements.lock --upgrade

clean: ## Remove the environment and every cache
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache build *.egg-info
	find . -name __pycache__ -prune -exec rm -rf {} +
