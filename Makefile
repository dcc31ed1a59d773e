# One command each; `make` alone lists them. Needs only Python 3.11 or newer.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install install-dev run manage test test-server coverage e2e lint \
        format messages lock smoke ci

PY := .venv/bin/python
TEST_WORKERS ?= logical

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

install: ## Make .venv and install exactly what requirements.lock names
	@sh scripts/install.sh requirements.lock

install-dev: ## The same, with the tools that tests and linting need
	@sh scripts/install.sh requirements-dev.lock

run: install ## Start everything with the demo hospital (PORT=8000, HOST=127.0.0.1)
	@$(PY) -m service_center.runtime

manage: install ## Run a manage.py command in the same environment: ARGS="check"
	@$(PY) -m service_center.runtime manage $(ARGS)

test: install-dev ## Run the tests on the embedded PostgreSQL (ARGS="-k words")
	@$(PY) -m pytest -n $(TEST_WORKERS) --maxprocesses 8 $(ARGS)

test-server: install-dev ## Run the tests on the server that DATABASE_URL names
	@test -n "$$DATABASE_URL" || { echo "Set DATABASE_URL, for example postgres://user:password@host:5432/name (the tests use a database called test_name)."; exit 1; }
	@$(PY) -m pytest -n $(TEST_WORKERS) --maxprocesses 8 $(ARGS)

coverage: install-dev ## Run the tests and show the lines and branches they miss
	@$(PY) -m pytest -n $(TEST_WORKERS) --maxprocesses 8 --cov --cov-report=term-missing:skip-covered $(ARGS)

e2e: install-dev ## Drive a real Chromium through the main paths
	@$(PY) -m scripts.find_browser
	@$(PY) -m pytest -n 0 tests/e2e $(ARGS)

lint: install-dev ## Style, types, import order, migrations, templates, translations
	@$(PY) -m scripts.lint

format: install-dev ## Rewrite the code in the house style
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

messages: install-dev ## Bring locale/*/django.po up to date with the source (gettext)
	@$(PY) -m scripts.check_translations --write

lock: ## Renew both lock files from pyproject.toml (needs uv)
	@sh scripts/lock.sh

smoke: install ## Start, stop and start again as `make run` does, and time it
	@$(PY) -m scripts.smoke_run

ci: lint test e2e smoke ## Everything the continuous integration checks
