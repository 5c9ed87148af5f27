# Each target sets up what it needs; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CHECKOV := .venv-checkov
# Of the tests. Rehearsals keep time: with more of them than cores, requests fail for want of an answer.
PROCESSES ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup package bench rehearse rehearse-all rehearse-release local test screenshots lint checkov docs lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

setup: $(READY) ## Make the virtual environment from the pinned requirements

$(READY): requirements-dev.txt
	$(call install,$(VENV),$<)

# Apart: it pins a boto3 that is older than the project's.
$(CHECKOV)/.ready: requirements-checkov.txt
	$(call install,$(CHECKOV),$<)

# $(call install,ENVIRONMENT,REQUIREMENTS): make a virtual environment anew.
define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "make: '$(PYTHON)' is not Python >= 3.11: install one, or name it with make PYTHON=python3.13" >&2; exit 1; }
	@echo "Installing $(2) into $(1)/ (about half a minute)"
	@$(PYTHON) -m venv --clear $(1)
	@$(1)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(2)
	@touch $@
endef

package: $(READY) ## Package the app for both regions into infra/build/
	@$(BIN)/python -m infra package

rehearse: $(READY) ## Deploy two regions on this machine, lose one, measure the recovery
	@$(BIN)/python -m infra rehearse $(ARGS)

rehearse-all: $(READY) ## Every fault on one deployment, five times as fast, in one table
	@$(BIN)/python -m infra rehearse-all $(ARGS)

rehearse-release: $(READY) ## Release good and bad versions on this machine, and see the bad ones taken back
	@$(BIN)/python -m infra rehearse-release $(ARGS)

local: $(READY) ## Serve the routes on this machine against a table in the emulator
	@$(BIN)/python -m infra local $(ARGS)

bench: $(READY) ## What starts and requests of the functions cost, beside other ways to build them
	@$(BIN)/python -m bench $(ARGS)

screenshots: $(READY) ## What the page looks like during a failover, into reports/ (needs Chromium)
	@$(BIN)/python -m tests.page.screenshots

lint: $(READY) ## Format and type checks
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

checkov: $(CHECKOV)/.ready package ## Static analysis of the Terraform
	@$(CHECKOV)/bin/checkov --quiet --compact

test: lint $(CHECKOV)/.ready ## Everything: lint, unit tests, Terraform checks, accelerated rehearsals
	@$(BIN)/python -m pytest --numprocesses $(PROCESSES) $(ARGS)

docs: $(READY) ## Write docs/commands.md from what --help says, and draw the README's picture
	@$(BIN)/python -m infra.reference > docs/commands.md
	@$(BIN)/python -m infra.architecture README.md

lock: ## Pin what requirements-*.in ask for into requirements-*.txt, with hashes (needs uv)
	for name in dev checkov; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-annotate requirements-$$name.in -o requirements-$$name.txt || exit; \
	done

clean: ## Remove what the targets made
	rm -rf $(VENV) $(CHECKOV) infra/build reports .chalice/deployments .mypy_cache .ruff_cache .pytest_cache .hypothesis
