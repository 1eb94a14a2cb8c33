# Digit Lab: make run, make test. Everything either needs is set up first, once.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
# Python keeps what it has compiled, even where it is told not to: TensorFlow then loads in half the time. What the
# app imports is compiled once, after installation; compiling all that is installed would take minutes.
export PYTHONDONTWRITEBYTECODE =
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run workshop check test test-deploy test-wheel lint dependencies types format screenshots chromium pretrained lock

run: ADDRESS := 127.0.0.1
run: $(VENV)/app.txt
	$(port_is_free)
	@$(BIN)/python -m mnist_core host --port $(PORT)
	@echo "Ctrl-C stops it."
	@$(BIN)/python -m streamlit run app.py --server.port $(PORT)

# For a room: listens on all interfaces. Nobody uploads more than a run's zip has; a phone that slept for a quarter of
# an hour finds its drawing again.
workshop: ADDRESS := 0.0.0.0
workshop: $(VENV)/app.txt
	$(port_is_free)
	@$(BIN)/python -m mnist_core host --port $(PORT) --network
	@echo "Ctrl-C stops it."
	@$(BIN)/python -m streamlit run app.py --server.port $(PORT) --server.address 0.0.0.0 \
		--server.maxUploadSize 128 --server.disconnectedSessionTTL 900

define port_is_free
@$(BIN)/python -c 'import socket; socket.create_server(("$(ADDRESS)", $(PORT))).close()' 2>/dev/null || \
	{ echo "Port $(PORT) is in use. Stop what uses it, or take another: make $@ PORT=8600" >&2; exit 2; }
endef

# Workers test side by side, each with one thread: libraries that wait in a busy loop would take each other's time.
check test: export OMP_NUM_THREADS = 1
check test: export OPENBLAS_NUM_THREADS = 1
check test: export TF_NUM_INTRAOP_THREADS = 1

# For the hand that edits: all tests that start no process and import no Keras, in a minute and a half on two cores.
check: $(VENV)/tests.txt lint
	@$(BIN)/python -m pytest -n 2 --quick --durations=0 --durations-min=5

# The browser's tests take longest and come first: at the end nobody waits for one of them. Three workers on two cores:
# many tests wait for a page or a process.
test: $(VENV)/tests.txt chromium lint
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

# One lab on several processes, as on several machines (deploy/): nginx, two apps, PostgreSQL, a Dask scheduler. 2 minutes.
test-deploy: $(VENV)/tests.txt chromium
	@PATH="$$PATH:/usr/sbin" command -v nginx >/dev/null || \
		$(call install_for_tests,nginx,This test needs nginx: sudo apt-get install nginx)
	@$(BIN)/python -m pytest tests/deploy/test_deploy.py

# The wheel, installed with the newest of all that it needs, as a person would do it. 5 minutes, most of them pip's.
test-wheel: $(VENV)/tests.txt
	@$(BIN)/python -m pytest tests/deploy/test_wheel.py

lint: $(VENV)/tests.txt dependencies types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

# Types of the core (strict) and of the pages; 30 seconds the first time, then what has changed.
types: $(VENV)/tests.txt
	@$(BIN)/mypy --no-error-summary

# What is imported is required, and what the app requires is imported.
dependencies: $(VENV)/tests.txt
	@$(BIN)/deptry --config deptry.toml .
	@$(BIN)/deptry --config deptry.toml --requirements-files tests/requirements.txt --exclude '\.venv' --ignore DEP002 tests

format: $(VENV)/tests.txt
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# Pictures of every page at every width, light and dark, in tests/screenshots/, for people to look at.
screenshots: $(VENV)/tests.txt chromium
	@$(BIN)/python -m tests.browser.screenshots

# The runs that ship in mnist_core/pretrained: book takes a minute on 2 cores, world about 20.
pretrained: $(VENV)/app.txt
	@$(BIN)/python -m mnist_core train --recipe book --seed 0 --ship
	@$(BIN)/python -m mnist_core train --recipe world --seed 0 --ship
	@for run in book world; do $(BIN)/python -m mnist_core evaluate $$run --robustness; done

$(VENV)/python.txt:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "Digit Lab needs Python 3.11 to 3.13; name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/app.txt: requirements.lock $(VENV)/python.txt
	@$(install_uv) || echo "There is no uv for this machine; pip installs, which takes a few minutes."
	@echo "Installing what the app needs; this is done once."
	@$(call install,requirements.lock)
	@$(BIN)/python -c 'import mnist_core.network.model' & \
		$(BIN)/python -c 'import mnist_core.engine.main, streamlit.web.cli, altair' && wait $$!
	@touch $@

$(VENV)/tests.txt: tests/requirements.lock $(VENV)/app.txt
	@$(call install,tests/requirements.lock)
	@touch $@

# The newest versions that requirements.txt and tests/requirements.txt admit, for every Python and system.
lock: $(VENV)/python.txt
	@$(install_uv)
	@$(UV) pip compile $(LOCK) requirements.txt --output-file requirements.lock
	@$(UV) pip compile $(LOCK) tests/requirements.txt --constraint requirements.lock --output-file tests/requirements.lock

LOCK := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock"

# uv installs in a fraction of pip's time. It takes the index that pip is told to use, by a variable or a file.
UV = UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$($(PIP) config list | sed -n "s/^[a-z:]*\.index-url='\(.*\)'/\1/p" | head -n 1)}" \
	$(BIN)/uv
install_uv = test -x $(BIN)/uv || sed -n '/^uv==/,/[^\]$$/p' tests/requirements.lock | \
	$(PIP) install --quiet --require-hashes --only-binary :all: -r /dev/stdin 2>/dev/null

# Installs what the lock file $(1) names.
install = test -x $(BIN)/uv && $(UV) pip install --quiet --python $(BIN)/python --require-hashes -r $(1) || \
	$(PIP) install --quiet --no-compile --require-hashes -r $(1)

# The browser tests drive a Chromium: one that is there, else Debian's without a window, which costs a quarter less.
chromium:
	@for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do \
		if command -v $$name >/dev/null; then exit 0; fi; \
	done; \
	$(call install_for_tests,chromium-headless-shell,The browser tests need Chromium or Google Chrome: sudo apt-get install chromium)

# Debian's package $(1), where apt and root are at hand; else $(2) is said.
define install_for_tests
if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	echo "Installing $(1) for the tests."; \
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(1); } >/dev/null; \
else \
	echo "$(2)" >&2; \
	exit 1; \
fi
endef
