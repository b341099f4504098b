# Everything Belang needs to be tried, tested and checked; `make help` lists it.
# What needs root is installed where make runs as root; otherwise it is named with the command.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .make
DEMO := demo
PROVIDER := tests/service/access/provider
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install demo test check bench goal clean
.DELETE_ON_ERROR:

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

install: $(STAMPS)/installed ## install Belang into .venv, with what its map is drawn with

demo: install ## check a plan of the sample region, then run the service with accounts and cases
	@sh .ci/demo $(BIN)/belang $(DEMO)

test: $(STAMPS)/tested ## run all tests, with coverage
	@sh .ci/test $(BIN)

check: $(STAMPS)/tested ## format, lint, types, who imports whom, scripts
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	for script in maps/static/js/*.js service/portal/static/js/*.js; do node --check $$script || exit 1; done

bench: $(STAMPS)/tested ## measure the import of a million objects, fifty users at once, desks, a statement
	@mkdir -p bench/results
	$(BIN)/belang bench --objects 10000 --areas 10 --routes 3 --runs 3 --json bench/results/check.json
	$(BIN)/python -m bench.imports --steps | tee bench/results/imports.json
	$(BIN)/python -m bench.users | tee bench/results/users.json
	$(BIN)/python -m bench.desks | tee bench/results/desks.json
	$(BIN)/python -m bench.statement | tee bench/results/statement.json

goal: $(STAMPS)/tested ## kill refreshes and the service at random moments, send the interface what it allows and what not
	@mkdir -p bench/results
	$(BIN)/python -m bench.kills | tee bench/results/kills.json
	$(BIN)/python -m bench.crashes | tee bench/results/crashes.json
	$(BIN)/python -m bench.audit | tee bench/results/audit.json
	$(BIN)/python -m bench.schema | tee bench/results/schema.json

clean: ## remove everything that make has made
	rm -rf $(VENV) $(VENV)-upstream $(STAMPS) $(DEMO) maps/node_modules maps/static/vendor $(PROVIDER)/node_modules .coverage* .*_cache

# --- what the targets stand on ---------------------------------------------------------------

$(STAMPS)/system: .ci/system
	@mkdir -p $(STAMPS)
	@PYTHON=$(PYTHON) sh .ci/system run
	@touch $@

$(STAMPS)/system-test: .ci/system $(STAMPS)/system
	@sh .ci/system test
	@touch $@

$(VENV)/pyvenv.cfg: $(STAMPS)/system
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(STAMPS)/installed: $(VENV)/pyvenv.cfg requirements/run.txt requirements/build.txt pyproject.toml $(STAMPS)/vendor
	$(BIN)/pip install --quiet --require-hashes -r requirements/build.txt -r requirements/run.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/vendor: $(STAMPS)/system maps/package.json maps/package-lock.json maps/vendor.mjs
	cd maps && npm ci --silent && npm run --silent vendor
	@touch $@

# Real servers to harvest from, in an environment of their own: their pins are not ours.
$(STAMPS)/upstream: $(STAMPS)/system-test requirements/upstream.txt
	$(PYTHON) -m venv $(VENV)-upstream
	$(VENV)-upstream/bin/pip install --quiet --require-hashes -r requirements/upstream.txt
	@touch $@

# A real identity provider to log in through.
$(STAMPS)/provider: $(STAMPS)/system $(PROVIDER)/package.json $(PROVIDER)/package-lock.json
	cd $(PROVIDER) && npm ci --silent
	@touch $@

$(STAMPS)/tested: $(STAMPS)/installed $(STAMPS)/system-test $(STAMPS)/upstream $(STAMPS)/provider requirements/dev.txt
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@
