# Two commands on a fresh machine: "make demo" sets up and runs the main job, "make test" sets up and passes the tests.
PYTHON ?= python3.11
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: demo test check bench screenshots docs clean

demo: $(VENV)/.installed
	$(BIN)/auditor demo

test: $(VENV)/.tested chromium
	$(MAKE) check

# What CI holds: the fast tests first, then packages and pages in a real browser, then lint, types and imports.
check:
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -m "not slow"
	$(BIN)/pytest -m slow

bench: $(VENV)/.tested
	$(BIN)/python benchmarks/audit.py

screenshots: $(VENV)/.tested chromium
	$(BIN)/python docs/screenshots.py

$(VENV)/.installed: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable ".[test]"
	touch $@

# The page tests drive Debian's chromium.
.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-core; } \
	  || { echo "Cần chromium: sudo apt-get install chromium" >&2; exit 1; }

clean:
	rm -rf $(VENV) build dist *.egg-info
