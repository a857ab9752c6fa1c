# Everything a newcomer needs. Only Python 3.11 or newer and make must be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Each stamp lies in the environment it speaks of, so that a deleted environment is made anew.
RUN := $(VENV)/installed-run
DEV := $(VENV)/installed-dev
CHECKOV := .venv-checkov/installed-3.3.30
PIP := -m pip install -q --disable-pip-version-check
OUT ?= cdktf.out

.DEFAULT_GOAL := help
.PHONY: help demo test test-cdktn lint types bench format clean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-8s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "secureinfra needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.12 demo"; exit 1; }
	@echo "== making the virtual environment $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(RUN): pyproject.toml | $(BIN)/python
	@echo "== installing secureinfra with its own Node (about a minute the first time)"
	@$(BIN)/python $(PIP) -e '.[node]'
	@touch $@

$(DEV): pyproject.toml | $(BIN)/python
	@echo "== installing secureinfra, both engines and the test tools (a minute or two the first time)"
	@$(BIN)/python $(PIP) -e '.[node,cdktn,dev]'
	@touch $@ $(RUN)

# The scanner pins versions that conflict with ours, so it lives beside them.
$(CHECKOV): | $(BIN)/python
	@echo "== installing checkov, an independent scanner (a minute or two the first time)"
	@$(PYTHON) -m venv .venv-checkov
	@.venv-checkov/bin/python $(PIP) 'checkov==$(subst .venv-checkov/installed-,,$@)'
	@touch $@

demo: $(RUN) ## synthesise the quickstart and say what came out
	@echo "== synthesising examples/quickstart"
	@cd examples/quickstart && CDKTF_OUTDIR=$(OUT) ../../$(BIN)/python main.py
	@$(BIN)/python examples/summarize.py examples/quickstart/$(OUT)/stacks/quickstart/cdk.tf.json
	@echo "== secureinfra check examples/quickstart/$(OUT)"
	@$(BIN)/secureinfra check examples/quickstart/$(OUT)

test: $(DEV) $(CHECKOV) test-cdktn ## run the whole suite, on both engines
	@echo "== tests on cdktf, with Terraform where it is installed"
	@SECUREINFRA_ENGINE=cdktf $(BIN)/python -m pytest -n 2 --dist loadgroup -q tests

test-cdktn: $(DEV)
	@echo "== tests on cdktn"
	@SECUREINFRA_ENGINE=cdktn $(BIN)/python -m pytest -n 2 --dist loadgroup -q tests -m 'not terraform' \
	  --ignore tests/terraform/test_checkov.py --ignore tests/terraform/test_truth.py

lint: $(DEV) ## check format and style
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(DEV) ## check types
	@$(BIN)/mypy
	@for main in examples/*/main.py; do echo $$main; $(BIN)/mypy $$main || exit 1; done

bench: $(DEV) $(CHECKOV) ## measure speed and memory, as ratios in one run
	@$(BIN)/python -m compileall -q secureinfra $(VENV)/lib >/dev/null || true
	@$(BIN)/python tests/bench/bench.py
	@$(BIN)/python tests/bench/check.py
	@$(BIN)/python tests/bench/modules.py
	@$(BIN)/python tests/bench/fleet.py

format: $(DEV) ## format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## remove everything that make made
	@rm -rf $(VENV) .venv-checkov .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name cdktf.out -o -name __pycache__ | xargs rm -rf
