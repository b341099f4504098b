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
.PHONY: help install demo test check bench goal fuzz sbom screenshots clean
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

bench: $(STAMPS)/tested ## measure checks, imports, maps, fifty users at once, many plans, desks, pages, a statement
	@mkdir -p bench/results
	$(BIN)/belang bench --objects 10000 --areas 10 --routes 3 --runs 3 --json bench/results/check.json
	$(BIN)/python -m bench.command | tee bench/results/command.json
	$(BIN)/python -m bench.imports --steps | tee bench/results/imports.json
	$(BIN)/python -m bench.users | tee bench/results/users.json
	$(BIN)/python -m bench.desks | tee bench/results/desks.json
	$(BIN)/python -m bench.statement | tee bench/results/statement.json
	$(BIN)/python -m bench.pages | tee bench/results/pages.json
	$(BIN)/python -m bench.map | tee bench/results/map.json
	$(BIN)/python -m bench.bulk --linear | tee bench/results/bulk.json
	$(BIN)/python -m bench.large_maps | tee bench/results/large-maps.json

goal: $(STAMPS)/tested $(STAMPS)/fuzz ## all proofs at full length (hours), and one table of what came of them
	$(BIN)/python -m bench.goal

fuzz: $(STAMPS)/fuzz ## an hour of coverage-guided fuzzing of every scanner, two at a time on two cores (SECONDS=60 for less)
	@mkdir -p bench/results
	$(BIN)/python -m bench.fuzz --seconds $(or $(SECONDS),3600) --keep bench/results/finds | tee bench/results/fuzz.json

sbom: $(STAMPS)/tested ## write the bill of materials and the list of licences from the lock files
	$(BIN)/python -m bench.inventory

screenshots: $(STAMPS)/tested ## renew the pictures of the pages in docs/pages
	$(BIN)/python -m bench.screenshots docs/pages

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

$(STAMPS)/fuzz: $(STAMPS)/tested requirements/fuzz.txt
	$(BIN)/pip install --quiet --require-hashes -r requirements/fuzz.txt
	@touch $@
