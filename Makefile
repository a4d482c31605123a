# Everything a newcomer needs; `make` alone lists it. A machine with git, make and a Python 3 is enough: uv is
# used where it is installed, else it is put into .tools/, and uv brings Python 3.13 where it is missing.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

UV_VERSION := 0.13.9
SAM_VERSION := 1.170.0
STAGE ?= prod

TOOLS := $(CURDIR)/.tools
UV := $(or $(shell command -v uv),$(TOOLS)/uv/bin/uv)
RUN := .venv/bin
# aws-sam-cli pins other versions of what we ship and test: it has an environment of its own.
SAM := $(TOOLS)/sam/bin/sam
SAM_READY := $(TOOLS)/sam/.ready-$(SAM_VERSION)

# Without compiled files every tool starts two to four times slower.
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH VIRTUAL_ENV
export UV_COMPILE_BYTECODE := 1
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
# Linting a template needs no account, and nobody needs to hear that we did.
export AWS_EC2_METADATA_DISABLED := true
export SAM_CLI_TELEMETRY := 0

.PHONY: help
help: ## what can be done here
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- see it, prove it ---------------------------------------------------------------------------------------

.PHONY: demo
demo: .venv/.ready ## the whole system on this machine, one day of a community manager; ends by itself
	@$(RUN)/tribune demo

.PHONY: test
test: .venv/.ready ## every test
	@$(RUN)/pytest -n auto

.PHONY: check
check: lint types template test ## all that must hold; what CI runs

.PHONY: lint
lint: .venv/.ready ## style, and the layer's list of dependencies is the lock's
	@$(RUN)/ruff check
	@$(RUN)/ruff format --check
	@$(UV) lock --check --quiet
	@diff -u layers/common/requirements.txt <($(EXPORT)) || { echo "run: make requirements" >&2; exit 1; }

.PHONY: types
types: .venv/.ready ## mypy --strict
	@$(RUN)/mypy

.PHONY: template
template: $(SAM_READY) ## the template is valid (no account, no network)
	@$(SAM) validate --lint

.PHONY: bench
bench: .venv/.ready build-here ## cold start, reading a text, 5,000 deliveries (some minutes; bench/README.md)
	@$(RUN)/python bench/cold_start.py --layer .aws-sam/here/CommonLayer/python
	@$(RUN)/python -m bench.reading
	@$(RUN)/python -m bench.throughput
	@$(RUN)/python -m bench.desk

.PHONY: fuzz
fuzz: .venv/.ready ## 200,000 mutated deliveries of every platform through the receiver (some minutes)
	@$(RUN)/python -m bench.fuzz

.PHONY: crash
crash: .venv/.ready ## every fault at every call, every pair, every order of two workers; the table (some 20 minutes)
	@CRASH=all $(RUN)/pytest -q -n auto tests/crash tests/functions/test_anchor_ledger.py

.PHONY: wordpress
wordpress: .venv/.ready ## a real WordPress (Debian's packages) beside tribune serve: comment on it, read the answer
	@$(RUN)/python -m local.wordpress

# The others live in environments of their own: they are never dependencies of ours.
.PHONY: bench-matching
bench-matching: .venv/.ready | $(UV) ## finding terms beside other engines, disguises, worst texts (some minutes)
	@if command -v npm > /dev/null; then npm install --silent --no-audit --no-fund --prefix .tools/bench obscenity@0.4.6; fi
	@$(RUN)/python -m bench.evasions
	@UV_PROJECT_ENVIRONMENT=$(TOOLS)/bench/venv $(UV) run --quiet --frozen --with pyahocorasick==2.3.1 --with better-profanity==0.7.0 \
		python -m bench.matching

.PHONY: events
events: .venv/.ready ## every events/*.json through its function, with the real Lambda runtime client
	@$(RUN)/pytest tests/test_events.py

# --- change it ----------------------------------------------------------------------------------------------

.PHONY: format
format: .venv/.ready ## let ruff arrange the code
	@$(RUN)/ruff check --fix
	@$(RUN)/ruff format

EXPORT = $(UV) export --frozen --no-dev --no-emit-project --no-annotate --no-header --format requirements-txt --quiet

.PHONY: requirements
requirements: $(UV) ## after a change of dependencies: lock, and export the layer's list
	@$(UV) lock --quiet
	@$(EXPORT) > layers/common/requirements.txt

# --- ship it ------------------------------------------------------------------------------------------------

.PHONY: build
build: $(SAM_READY) ## build for Lambda (LAYER_ARCH=x86_64 for another architecture than arm64)
	@$(SAM) build

.PHONY: build-here
build-here: $(SAM_READY)
	@mkdir -p .aws-sam
	@LAYER_ARCH=$(patsubst aarch64,arm64,$(shell uname -m)) $(SAM) build --build-dir .aws-sam/here > .aws-sam/here.log 2>&1 \
		|| { cat .aws-sam/here.log >&2; exit 1; }

.PHONY: deploy
deploy: ## build, and deploy tribune-STAGE to your AWS account; the first time with PARAMETERS="Name=value …" (README)
	@grep -qs '^\[$(STAGE)\.deploy' samconfig.toml || test -n "$(PARAMETERS)" || { echo 'the first time, say what the stack needs:' \
		'make deploy PARAMETERS="AlertAddress=… MailSender=… CharterBaseUrl=https://…" (README, Deploy it)' >&2; exit 2; }
	@$(MAKE) --no-print-directory -f $(firstword $(MAKEFILE_LIST)) build
	@if grep -qs '^\[$(STAGE)\.deploy' samconfig.toml; then $(SAM) deploy --config-env $(STAGE); \
		else $(SAM) deploy --config-env $(STAGE) --stack-name tribune-$(STAGE) --resolve-s3 --capabilities CAPABILITY_IAM \
			--save-params --parameter-overrides Stage=$(STAGE) $(PARAMETERS); fi
	@echo "then: .venv/bin/tribune apply your-community.yaml --stage $(STAGE)"

.PHONY: clean
clean: ## forget what was built and installed here
	rm -rf .venv .tools .aws-sam .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- what is missing ----------------------------------------------------------------------------------------

$(TOOLS)/uv/bin/uv:
	@echo "uv is not installed: putting it into .tools/" >&2
	@python3 -m venv "$(TOOLS)/uv" || { echo "python3 -m venv does not work here: install python3-venv, or uv" >&2; exit 1; }
	@"$(TOOLS)/uv/bin/pip" install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.ready: uv.lock pyproject.toml .python-version | $(UV)
	@echo "setting up .venv from uv.lock" >&2
	@$(UV) sync --frozen --quiet
	@touch $@

$(SAM_READY): | $(UV)
	@echo "setting up aws-sam-cli $(SAM_VERSION) in .tools/" >&2
	@$(UV) venv --quiet --clear --python 3.13 "$(TOOLS)/sam"
	@$(UV) pip install --quiet --python "$(TOOLS)/sam/bin/python" aws-sam-cli==$(SAM_VERSION)
	@touch $@
