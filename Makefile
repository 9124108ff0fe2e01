# Two commands do everything on a fresh machine: `make demo` and `make test`.
# Both set themselves up: git, make and Python 3.11 with pip are all they assume.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
LANTAI_HOME ?= $(CURDIR)/lantai-home
SETUP := $(VENV)/.set-up
# One more than there are cores: while one waits for a disk or a server, the others go on.
TEST_PROCESSES ?= 3
SEED ?= 1

# Where the environment forbids to keep compiled code, each of the hundreds of processes that a demo and the tests start would
# compile Airflow anew, for seconds.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test lint types mutate bench up down docs lock sbom audit

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(SETUP) ## Make .venv with every locked version and the command `lantai` in it

$(SETUP): requirements.lock bootstrap.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || test "$$(python3 -c 'import sys; print(sys.version_info[:2] == (3, 11))')" = True || \
		{ echo "Python 3.11 is needed: install it, or name it with make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || "$$(command -v $(PYTHON) || command -v python3)" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bootstrap.lock
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## Run one whole filing year on sample units, through Airflow, and leave ./lantai-home to look at
	@LANTAI_HOME=$(LANTAI_HOME) $(BIN)/lantai demo

serve: setup ## Open the web UI over ./lantai-home
	@LANTAI_HOME=$(LANTAI_HOME) $(BIN)/lantai serve

test: setup lint types ## Lint, check types and run every test
	@$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder

lint: setup ## Check style
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .

types: setup ## Check types of include/ and plugins/
	@$(BIN)/mypy --no-error-summary

mutate: setup ## Break claimed code in twenty places and see that a named test falls: make mutate SEED=1
	@$(BIN)/python tests/mutate.py --seed $(SEED)

bench: setup ## Measure ours against the peers that are installed
	@$(BIN)/lantai bench

up: setup ## Make .env, keys and folders, and start the system of docker-compose.yml
	@$(BIN)/lantai environment
	@docker compose version >/dev/null 2>&1 || { echo "Docker with its compose plugin is needed: https://docs.docker.com/engine/install"; exit 1; }
	@docker compose up --detach --build

down: ## Stop what `make up` started; data stays
	@docker compose down

docs: setup ## Write the generated pages of docs/ anew
	@$(BIN)/python docs/make_docs.py

lock: $(BIN)/uv ## Resolve versions anew, with hashes and without a host
	@$(BIN)/uv pip compile bootstrap.in --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --output-file bootstrap.lock
	@$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements.lock

sbom: setup ## List every part of the installed system with its licence (CycloneDX) in build/sbom.cdx.json
	@mkdir -p build
	@$(BIN)/cyclonedx-py environment --output-reproducible --pyproject pyproject.toml --mc-type application --output-file build/sbom.cdx.json $(VENV)
	@echo build/sbom.cdx.json

audit: setup ## Ask for known weaknesses of the locked versions; needs the internet, and fails when it cannot ask
	@$(BIN)/pip-audit --requirement requirements.lock --require-hashes --disable-pip --strict --progress-spinner off
