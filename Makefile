# Everything happens in .venv, made here from pinned and hashed lists: constraints.txt for what Kaartje runs on,
# constraints-dev.txt for that and what its tests and checks need. A fresh machine needs Python 3.11 or newer, make and
# git. `make PYTHON=python3.12 install` chooses the interpreter.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Two workers: the size of the smallest machine we promise to be quick on.
TEST_WORKERS ?= 2
DEMO_OUT ?= demo-out
# Twilio's script for the phone in agents' browsers: docs/softphone.md. No part of ours, so in no commit; what npm
# brings must be what we tried it with.
SOFTPHONE ?= .softphone
VOICE_SDK := 2.18.5
VOICE_SDK_SHA256 := 35d3cb1b22e309f9884724a89250aecd2de4f1556ad7b67a7bc5e06c73dcb74a
VOICE_SDK_FILE := $(SOFTPHONE)/node_modules/@twilio/voice-sdk/dist/twilio.min.js

# Every test of a command starts a process: without compiled bytecode each would compile SQLAlchemy and us anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install develop demo test check format bench reference pictures words serve softphone constraints clean

help:
	@echo "make demo         a whole campaign, from a file of people to a report (in $(DEMO_OUT)/)"
	@echo "make serve        the console, on http://127.0.0.1:8000"
	@echo "make install      only what Kaartje runs on, in $(VENV)/"
	@echo "make test         the everyday tests (brings their tools)"
	@echo "make check        ruff, mypy and the order of the packages (brings their tools)"
	@echo "make develop      everything that changing Kaartje needs: the tests' tools, a PostgreSQL, the commit hooks"
	@echo "make softphone    the phone in agents' browsers, in $(SOFTPHONE)/ (needs npm; docs/softphone.md)"
	@echo "make bench        the benchmarks: ours, the peer's, the ratio, the goal"
	@echo "make reference    write the tables of docs/reference and the answers in the tutorial from the code"
	@echo "make pictures     draw docs/pictures from the demo, and every page in $(DEMO_OUT)/pages (needs chromium)"
	@echo "make words        bring new English texts into the Dutch catalogue (console/locale)"
	@echo "make format       let ruff mend what it can"
	@echo "make constraints  pin the newest versions that pyproject.toml allows"
	@echo "make clean        throw away $(VENV)/, $(DEMO_OUT)/ and $(SOFTPHONE)/"

install: $(VENV)/.installed

develop: $(VENV)/.developed
	@if [ -z "$$CI" ] && git rev-parse --git-dir >/dev/null 2>&1; then $(BIN)/pre-commit install >/dev/null; fi

# The environment. One stamp for each stage, so that a second `make` finds nothing to do.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than 3.11; say which to use: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make environments; on Debian: apt-get install python3-venv" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

# Compiling 140 packages of which a command imports a tenth took as long as unpacking them; Python compiles what it needs.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile

# A list that names what the other one has already brings nothing twice: both are resolved together.
$(VENV)/.pinned: constraints.txt $(VENV)/.made
	$(PIP_INSTALL) --require-hashes -r constraints.txt
	@touch $@

# hatchling is in the pinned list, so building our own package asks for nothing more.
$(VENV)/.installed: pyproject.toml $(VENV)/.pinned
	$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.developed: constraints-dev.txt $(VENV)/.installed
	$(PIP_INSTALL) --require-hashes -r constraints-dev.txt
	@touch $@

demo: install
	$(BIN)/kaartje demo --out $(DEMO_OUT)

# Tests start Python a few hundred times: where the environment forbids to keep what Python compiles, each start would
# compile everything again.
test: $(VENV)/.developed
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n $(TEST_WORKERS) --dist loadgroup

check: $(VENV)/.developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache  # its cache forgets that a new module changes what an old import means

format: $(VENV)/.developed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.developed
	$(BIN)/python -m benchmarks.all

# The tables of docs/reference, and the answers in the tutorial, from the code; tests hold that they are up to date.
reference: $(VENV)/.developed
	$(BIN)/python -m tests.house.reference
	$(BIN)/python -m tests.house.walkthrough

# Pictures of the real thing for the documents, from the demo; needs Debian's chromium.
pictures: $(VENV)/.developed
	$(BIN)/python -m tests.house.pictures
	$(BIN)/python -m tests.house.page_pictures $(DEMO_OUT)/pages

# The Dutch catalogue of the command line and of errors; a test holds that every text has its Dutch.
words: $(VENV)/.developed
	$(BIN)/python -m tests.house.texts

serve: install
	$(BIN)/kaartje serve

softphone:
	@command -v npm >/dev/null || { echo "npm is missing; on Debian: apt-get install npm" >&2; exit 2; }
	@mkdir -p $(SOFTPHONE)
	npm install --prefix $(SOFTPHONE) --ignore-scripts --no-fund --no-audit --silent @twilio/voice-sdk@$(VOICE_SDK)
	@$(PYTHON) -c 'import hashlib, pathlib, sys; \
		sys.exit(hashlib.sha256(pathlib.Path(sys.argv[1]).read_bytes()).hexdigest() != sys.argv[2])' \
		$(VOICE_SDK_FILE) $(VOICE_SDK_SHA256) \
		|| { rm -rf $(SOFTPHONE); echo "what npm brought is not the script we know; nothing was kept" >&2; exit 1; }
	@echo "Now set KAARTJE_VOICE_SDK=$(abspath $(VOICE_SDK_FILE)) and see docs/softphone.md"

# Valid for every Python and platform we support; hashes, and no address of any registry.
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml
constraints: $(VENV)/.made
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'
	$(UV_COMPILE) --group build -o constraints.txt
	$(UV_COMPILE) --group dev --constraint constraints.txt -o constraints-dev.txt

clean:
	rm -rf $(VENV) $(DEMO_OUT) $(SOFTPHONE)
