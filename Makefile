# What people and CI share. On a fresh machine with Python 3.11 to 3.13, `make brief` and `make test` do all the set-up.

SHELL := /bin/bash
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# The first Python on the path that is new enough.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
# Folder with the ICEWS files that the shipped pack is made of; see docs/pack.md.
DATA ?= ../shared/data/icews
PACK := src/visavis/packs/east-asia.zip
# pyspark is large and of no use without Java, so it comes only where Java is.
EXTRAS := pdf,survey,web$(if $(shell command -v java),$(shell echo ,spark))

.PHONY: help brief test lint docs-check smoke pack benchmarks clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 14

brief: $(VENV)/.installed ## install, and write the brief on South Korea and Japan from the shipped pack
	$(BIN)/visavis brief KOR JPN --record east-asia

test: lint ## install, check the style, run every test with coverage, the slow ones too
	$(BIN)/python -m pytest -m "slow or not slow" --numprocesses=auto --maxprocesses=4 --dist=worksteal \
	  --cov --cov-report=term:skip-covered $(ARGS)

lint: $(VENV)/.ready ## ruff, mypy and the one way that imports run
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

docs-check: $(VENV)/.ready ## that what the README and docs/ say is so
	$(BIN)/python -m pytest tests/test_docs.py tests/test_house.py README.md docs

smoke: $(VENV)/.made ## build the wheel, install it alone in a fresh environment, and use it
	rm -rf build/smoke && mkdir -p build/smoke
	$(PIP) wheel --quiet --no-deps --wheel-dir build/smoke .
	$(PYTHON) -m venv build/smoke/venv
	build/smoke/venv/bin/python -m pip --disable-pip-version-check install --quiet build/smoke/visavis-*.whl
	cd build/smoke && venv/bin/visavis doctor --record east-asia && venv/bin/visavis brief KOR JPN --record east-asia >/dev/null
	rm -rf build/smoke

pack: $(VENV)/.installed ## make the shipped pack again: make pack DATA=folder
	$(BIN)/python tools/build_pack.py $(DATA) $(PACK)

benchmarks: $(VENV)/.ready ## minutes to hours: what the figures in docs/ were measured with
	for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

clean: ## remove what was made here, the virtual environment included
	rm -rf $(VENV) build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache kor-jpn.html kor-jpn.bib kor-jpn.zip

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "visavis needs Python 3.11, 3.12 or 3.13; none was found. Name one: make PYTHON=/path/to/python"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --upgrade "pip>=25.1"
	@touch $@

$(VENV)/.installed: pyproject.toml | $(VENV)/.made
	$(PIP) install --quiet --editable .
	@touch $@

$(VENV)/.ready: pyproject.toml | $(VENV)/.made
	$(PIP) install --quiet --editable ".[$(EXTRAS)]" --group test --group lint
	@touch $@ $(VENV)/.installed
