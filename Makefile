# Everything from a bare Python: `make demo` to try it, `make test` to check it, `make help` for the rest.
PYTHON ?= python3
JOBS ?= 2
RUNS ?= 1000 10000

export PYTHON
export NBTRACK_MLFLOW3_PYTHON = $(CURDIR)/.venvs/mlflow3/bin/python
export NBTRACK_MLFLOW2_PYTHON = $(CURDIR)/.venvs/mlflow2/bin/python
export NBTRACK_ATOM_PYTHON = $(CURDIR)/.venvs/atom/bin/python

PY := .venv/bin/python
NPM := $(PY) scripts/node.py npm
WIDGET := nbtrack/dashboard/static/widget.js
JS_SOURCES := $(shell find js/src -type f) $(wildcard js/scripts/*) js/package.json js/package-lock.json
ENV := .venv/.made
MODULES := js/node_modules/.made
MLFLOWS := .venvs/mlflow3/.made .venvs/mlflow2/.made
KERNELS := .venvs/ipykernel/.made
CHROMIUM := .venv/.chromium

.PHONY: help env build test test-all test-oldest test-quick lint test-js test-py bench bench-readme bench-networks demo
.PHONY: screenshots audit constraints clean cases
.DELETE_ON_ERROR:

help:
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

# --- what the rest stands on; each is made once, and again when what it was made from changes

$(ENV): pyproject.toml constraints.txt scripts/env.sh
	@echo "Python environment in .venv"
	@scripts/env.sh .venv -c constraints.txt --editable '.[demo]' --group dev
	@touch $@

.venvs/%/.made: tests/interop/%.txt scripts/env.sh | $(ENV)
	@echo "$* environment in .venvs/$*"
	@scripts/env.sh .venvs/$* -r $<
	@touch $@

# Each older ipykernel alone in a folder, with what the older ones import under another name.
$(KERNELS): tests/kernels.txt scripts/env.sh | $(ENV)
	@for one in $$(grep == $<); do echo "$$one in .venvs/ipykernel/$${one##*=}"; \
	  scripts/env.sh .venv --target ".venvs/ipykernel/$${one##*=}" --no-deps "$$one" nest-asyncio==1.6.0 || exit 1; done
	@touch $@

# Of torch any build will do. pip is asked first because it may be told of one without CUDA, which is a tenth of the size;
# with UV_TORCH_BACKEND=cpu uv takes the one of torch's own.
.venvs/large/.made: tests/interop/large.txt scripts/env.sh | $(ENV)
	@echo "large environment in .venvs/large: Keras, torch, transformers, … take 4 GB"
	@scripts/env.sh .venvs/large pip
	@[ -n "$$UV_TORCH_BACKEND" ] || .venvs/large/bin/python -m pip install --quiet -c $< torch
	@scripts/env.sh .venvs/large -r $<
	@touch $@

# nbtrack beside MLflow and TensorFlow, so that one process can hold them all.
.venvs/both/.made: tests/interop/both.txt pyproject.toml scripts/env.sh | $(ENV)
	@echo "both environment in .venvs/both: nbtrack with MLflow and TensorFlow"
	@scripts/env.sh .venvs/both -r $< --editable .
	@touch $@

# The tools are named with their versions, so the lowest that is allowed of all others is what nbtrack says.
.venvs/oldest/.made: pyproject.toml tests/oldest.txt scripts/env.sh | $(ENV)
	@echo "oldest environment in .venvs/oldest"
	@scripts/env.sh .venvs/oldest --resolution lowest-direct -r tests/oldest.txt --editable '.[server]'
	@touch $@

$(MODULES): js/package.json js/package-lock.json js/.npmrc scripts/node.py | $(ENV)
	@wanted="$$($(PY) scripts/node.py --requirement)"; \
	  [ -z "$$wanted" ] || { echo "node from PyPI"; scripts/env.sh .venv -c constraints.txt "$$wanted"; }
	@echo "Node modules in js/node_modules"
	@$(NPM) ci --silent
	@touch $@

$(WIDGET): $(JS_SOURCES) $(MODULES)
	@$(NPM) run --silent build
	@touch $@

# Not a stamp: the browser may have been removed since, so it is looked for each time.
.PHONY: chromium
chromium: $(ENV)
	@$(PY) scripts/chromium.py --install > $(CHROMIUM) || { rm -f $(CHROMIUM); exit 1; }

# --- what people call

env: $(ENV) ## the Python environment
build: $(ENV) $(WIDGET) ## the environment and the front end

demo: build ## train small models under %%track and open JupyterLab on them (HEADLESS=1: no browser)
	@$(PY) -m nbtrack.cli demo $(if $(HEADLESS),--headless)

# What has no use for two processors goes side by side: types, the front end's tests, environments still to be made.
test: build ## everything: both languages, real MLflow, real JupyterLab in Chromium
	@$(MAKE) --no-print-directory -j $(JOBS) lint test-js $(MLFLOWS) $(KERNELS)
	@$(MAKE) --no-print-directory test-py

test-all: test .venvs/large/.made .venvs/atom/.made .venvs/both/.made ## also what takes long
	@NBTRACK_CHROMIUM="$$(cat $(CHROMIUM))" $(PY) -m pytest -q -n $(JOBS) --dist loadfile -m slow $(PYTEST)
	@.venvs/large/bin/python -m pytest -q -m large tests/autolog/large $(PYTEST)
	@NBTRACK_CHROMIUM="$$(cat $(CHROMIUM))" $(PY) -m pytest -q -m large tests/interop $(PYTEST)

# Without browser and MLflow; `make test` itself runs on the newest versions.
test-oldest: build .venvs/oldest/.made ## stores, tracking, magics and dashboard on the oldest versions allowed
	@.venvs/oldest/bin/python -m pytest -q -m "not browser and not interop and not slow and not large" \
	  tests/stores tests/tracking tests/magics tests/dashboard $(PYTEST)

# The inputs lie beside the checkout. CASES="../shared/cases/math ..." runs some of them.
cases: build chromium $(MLFLOWS) .venvs/both/.made ## small inputs from outside on which nbtrack was wrong, in ../shared/cases
	@NBTRACK_BOTH_PYTHON="$(CURDIR)/.venvs/both/bin/python" $(PY) ../shared/cases/run.py $(CASES)

lint: build
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

test-js: build
	@$(NPM) run --silent check
	@$(NPM) run --silent protocol -- --check
	@$(NPM) run --silent test

# A test file stays in one process, so that its JupyterLab is started once. Playwright keeps an event loop running in its
# process, so the tests that drive a browser have processes of their own; they run also when one of the others has failed.
test-py: build chromium $(MLFLOWS) $(KERNELS)
	@failed=0; \
	$(PY) -m pytest -q -n $(JOBS) --dist loadfile -m "not browser and not slow and not large" $(PYTEST) || failed=1; \
	NBTRACK_CHROMIUM="$$(cat $(CHROMIUM))" $(PY) -m pytest -q -n $(JOBS) --dist loadfile -m "browser and not slow" $(PYTEST) || failed=1; \
	exit $$failed

test-quick: build ## no browser, no MLflow: seconds, for while you edit
	@$(NPM) run --silent test
	@$(PY) -m pytest -q -n $(JOBS) --dist loadfile -m "not browser and not interop and not slow and not large" $(PYTEST)

# RUNS="1000 10000" ROUNDS=3 CLOCK=cpu are taken; RUNS=100000 adds that size to what was measured before.
bench: build chromium $(MLFLOWS) ## against the real MLflow and plain Python, into .bench/table.md (RUNS=100000 adds a size)
	@NBTRACK_CHROMIUM="$$(cat $(CHROMIUM))" $(PY) -m tests.bench --runs $(RUNS) $(if $(ROUNDS),--rounds $(ROUNDS)) --cells \
	  --server --browser $(if $(CLOCK),--clock $(CLOCK))
	@$(NPM) run --silent bench

bench-networks: .venvs/large/.made ## what it costs that networks log themselves, beside MLflow
	@$(PY) -m tests.bench.autolog_costs --networks

bench-readme: build ## the table of what `make bench` measured last, into README.md
	@$(PY) -m tests.bench --readme $(if $(CLOCK),--clock $(CLOCK))

screenshots: build chromium ## docs/*.png, and every chart and view into build/screenshots (SCENES="charts:box compare")
	@NBTRACK_CHROMIUM="$$(cat $(CHROMIUM))" $(PY) -m scripts.screenshots $(SCENES)

audit: build ## known weaknesses in what we depend on (needs the advisory services; says so where they do not answer)
	@scripts/env.sh .venv -c constraints.txt pip-audit
	@$(PY) scripts/audit.py

constraints: $(ENV) ## newest versions of everything into the pinned lists
	@scripts/constraints.sh

clean: ## back to a fresh clone; the demo's store goes too
	rm -rf .venv .venvs js/node_modules nbtrack/dashboard/static demo .bench build dist
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
