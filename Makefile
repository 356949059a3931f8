# Every target does the set-up it needs by itself: a fresh machine has to type nothing else.
# SYSTEM=no: install nothing with apt, only name what the system lacks.
PYTHON ?= python3
JOBS ?= 2
ARGS ?=
DRILL ?=
PY := .venv/bin/python

.PHONY: setup python setup-tests run test check drills bench desktop docs format

setup: python
	@$(PYTHON) scripts/set_up.py

python:
	@command -v $(PYTHON) >/dev/null || { echo "没有 $(PYTHON)。以管理员身份执行：apt-get install python3 python3-venv"; \
	  echo "There is no $(PYTHON). As the administrator, run: apt-get install python3 python3-venv"; exit 2; } >&2

# What the tests use besides: a display without a screen, input methods, a browser.
setup-tests: python
	@$(PYTHON) scripts/set_up.py --tests

run: setup
	@$(PY) scripts/first_run.py

# What a commit must pass: format, lint, types, contracts, tests, the desk. `make check` is the same.
test: setup-tests
	@$(PY) scripts/run_tests.py --jobs $(JOBS) $(ARGS)

check: test

# Long trials, in parts of 40 minutes at most; again goes on where it stopped (status 3: trials are left).
# make drills DRILL="kills cuts" ARGS="--trials 100": these alone; ARGS go to `python -m tests.drills`.
drills: setup
	@$(PY) -m tests.drills $(DRILL) $(ARGS)

format: setup
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

bench: setup
	@$(PY) main.py bench $(ARGS)

# An entry in the menu of programs, and registries opened by a double click.
desktop: setup
	@$(PY) scripts/install_desktop.py $(ARGS)

# docs/automation.md and the screenshots, made from the program itself.
docs: setup
	@$(PY) scripts/make_docs.py
