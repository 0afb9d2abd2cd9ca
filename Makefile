# Everything a newcomer needs: `make run` to see it, `make test` to prove it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: setup run test check soak bench lock clean

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Groundswell needs Python 3.11 or newer: make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m services.stack.jars
	@touch $@

run: setup
	@exec $(BIN)/groundswell up

test: setup
	$(BIN)/python -m tests.support.install_chromium
	$(BIN)/pytest

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Long, and on all cores: 200 kills, and ten minutes without ClickHouse. make soak ROUNDS=20 MINUTES=1
ROUNDS  ?= 200
MINUTES ?= 10

soak: setup
	$(BIN)/python -m pytest tests/soak -n0 -s --rounds $(ROUNDS) --minutes $(MINUTES)

bench: setup
	$(BIN)/python -m tests.bench

# Needs network; writes every version and checksum, and no address.
lock:
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/pip install --quiet --disable-pip-version-check pip-tools
	$(VENV)/lock/bin/pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
		--no-annotate --no-header --extra dev --build-deps-for editable --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
