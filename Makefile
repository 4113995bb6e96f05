# fxbox: `make run` and `make test` need nothing but a Debian or Ubuntu machine.
PYTHON := $(shell command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
DATA   ?= data
SITE   ?= demo/site.yaml

.PHONY: run test check setup bench docs clean

run: setup
	@$(BIN)/fxbox run --board sim --data $(DATA) --site $(SITE) --try

test: setup
	@$(BIN)/python -m pytest

check: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports
	@$(BIN)/python -m pytest tests/unit tests/component tests/scenarios

bench: setup
	@$(BIN)/python -m tests.bench

docs: setup
	@$(BIN)/python tools/features.py
	@$(BIN)/fxbox site docs > docs/site.md
	@$(BIN)/fxbox site schema > docs/site.schema.json

# Everything that a bare machine lacks. Each step looks first and returns at once when there is nothing to do.
setup:
	@tools/setup/install_system.sh
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python tools/setup/install_python.py
	@$(BIN)/python tools/setup/build_sip.py
	@$(BIN)/python tools/setup/build_media.py
	@$(BIN)/python tools/setup/build_prompts.py

clean:
	rm -rf $(VENV) build *.egg-info
