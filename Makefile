# `make run` and `make test` need Python 3.11 or newer and nothing else: what they use goes into .venv.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# What CI tests is what a deployment installs: exactly the packages of the lock. Else the ranges decide.
UNDER_CI := $(filter 1 true yes,$(CI))

.PHONY: run test test-quick test-thorough bench pictures format clean help

help:
	@echo "make run     the site on http://127.0.0.1:$(PORT) with the sample snapshot and demo accounts"
	@echo "make test    lint, then the tests on SQLite, then on PostgreSQL with Redis where they are found"
	@echo "make test-quick     lint and the tests that start no program, on SQLite: what to run while working"
	@echo "make test-thorough  what takes long: reached lines, thousands of random examples, large sizes"
	@echo "make bench   measure imports and sessions on the PostgreSQL of DATABASE_URL, for docs/benchmarks.md"
	@echo "make pictures       take the pictures of README and docs anew, with Chromium"
	@echo "make format  put the code into its usual shape"
	@echo "make clean   remove the environment and the local database"

run: export DEBUG ?= 1
run: export IMPORT_SOURCE ?= sample_data
run: .venv/run
	$(BIN)/python manage.py migrate_locked --verbosity 0
	$(BIN)/python manage.py run_etl --source sample_data
	$(BIN)/python manage.py make_demo_accounts
	$(BIN)/python manage.py runserver 127.0.0.1:$(PORT)

test: .venv/dev
	$(BIN)/python scripts/test.py $(TESTS)

test-quick: .venv/dev
	$(BIN)/python scripts/test.py --tier=quick $(TESTS)

test-thorough: .venv/dev
	$(BIN)/python scripts/test.py --tier=thorough $(TESTS)

bench: .venv/bench
	$(BIN)/python -m benchmarks --write docs/benchmarks.md $(BENCH)

pictures: .venv/dev
	$(BIN)/python scripts/take_pictures.py

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf .venv rally.sqlite3 rally.sqlite3-wal rally.sqlite3-shm

# A stamp for each set of packages: installed anew only when its list has changed.
.venv/run: requirements.txt | .venv/bin/python
	$(INSTALL) -r requirements.txt
	@touch $@

.venv/locked: requirements.lock | .venv/bin/python
	$(INSTALL) --require-hashes -r requirements.lock
	@touch $@

.venv/dev: requirements.txt requirements-dev.txt $(if $(UNDER_CI),.venv/locked) | .venv/bin/python
	$(INSTALL) -r requirements-dev.txt
	@touch $@ .venv/run

.venv/bench: requirements.txt benchmarks/requirements.txt | .venv/bin/python
	$(INSTALL) -r requirements.txt -r benchmarks/requirements.txt
	@touch $@ .venv/run

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv .venv
