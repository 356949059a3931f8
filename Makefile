# Every target does the set-up it needs by itself: a fresh machine has to type nothing else.
PYTHON ?= python3
JOBS ?= 2
ARGS ?=
PY := .venv/bin/python

.PHONY: setup run test check bench docs format

setup:
	@$(PYTHON) scripts/set_up.py

run: setup
	@$(PY) scripts/first_run.py

test: setup
	@QT_QPA_PLATFORM=offscreen $(PY) -m pytest -q -n $(JOBS) $(ARGS)

# What a commit must pass.
check: setup
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-cache
	@QT_QPA_PLATFORM=offscreen $(PY) -m pytest -q -n $(JOBS) $(ARGS)

format: setup
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

bench: setup
	@$(PY) main.py bench $(ARGS)

# docs/automation.md and the screenshots, made from the program itself.
docs: setup
	@$(PY) scripts/make_docs.py
