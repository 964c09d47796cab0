# `make demo` and `make test` need Python 3.11+ and nothing else; they build .venv once and reuse it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: demo test lint bench starter lock format

# One full round on real components, then the demo page until Ctrl-C (ARGS='--exit' ends after the round).
demo: $(VENV)/.installed
	@exec $(BIN)/raisontext demo $(ARGS)

# Everything that proves it works: unit, database, trainer, Label Studio and browser tests. A file stays in one process.
TEST_WORKERS ?= 2
test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist loadfile $(ARGS)

# Formatting, lint, types and the direction of imports.
lint: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Speed as ratios against an honest baseline, in one run.
bench: $(VENV)/.installed-dev
	$(BIN)/python -m bench $(ARGS)

# Trains the starter model anew (about half an hour on 2 cores) and writes starter/.
starter: $(VENV)/.installed
	$(BIN)/python -m trainer.starter $(ARGS)

# Resolves the newest allowed versions and writes constraints.txt.
lock:
	rm -rf .venv-lock && $(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet torch==2.13.0
	.venv-lock/bin/pip install --quiet -e '.[dev]'
	( echo '# Every package of every environment of this project, one version each. Renew with `make lock`.'; \
	  .venv-lock/bin/pip freeze --exclude-editable | sed 's/+cpu$$//' ) > constraints.txt
	rm -rf .venv-lock

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, found " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo 'Installing (a few minutes, once)…'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@
