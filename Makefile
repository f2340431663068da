# Every target sets up what it needs; see deploy/setup.sh.

VENV := .venv
BIN := $(VENV)/bin
PROTOS := $(sort $(wildcard proto/verifier/v1/*.proto))
SERVICES := $(shell grep -l '^service ' $(PROTOS))
ALL := server,trainer,dev

.DEFAULT_GOAL := help
.PHONY: help setup setup-server setup-trainer demo serve doctor test test-fast lint format proto proto-check bench clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

setup: ## everything that developing needs
	@deploy/setup.sh $(ALL)

setup-server: ## what the server needs, and no torch
	@deploy/setup.sh server

setup-trainer: ## what the server and the trainer need
	@deploy/setup.sh server,trainer

demo: setup-trainer ## start a server, train a small model against it, show that it learnt
	@$(BIN)/trainer-client train --config trainer_client/demo.toml $(ARGS)

serve: setup-server ## run the server on 127.0.0.1:50051
	@$(BIN)/verifier-server serve $(ARGS)

doctor: setup-server ## prove every promise of the sandbox on this host
	@$(BIN)/verifier-server doctor

test: setup ## every test
	@$(BIN)/python -m pytest -n 2 --dist loadscope $(ARGS)

test-fast: setup ## the tests that take no more than seconds
	@$(BIN)/python -m pytest -m "not slow" $(ARGS)

lint: setup proto-check ## ruff, mypy, buf
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check -q
	@$(BIN)/mypy
	@cd proto && ../$(BIN)/buf lint && ../$(BIN)/buf format -d --exit-code

format: setup ## what ruff and buf can mend by themselves
	@$(BIN)/ruff check --fix -q || true
	@$(BIN)/ruff format -q
	@cd proto && ../$(BIN)/buf format -w

# The generators are named by path: the environment need not be activated.
define GENERATE
$(BIN)/python -m grpc_tools.protoc -Iproto \
	--plugin=protoc-gen-mypy_grpc=$(BIN)/protoc-gen-mypy_grpc \
	--python_out=$(1) --pyi_out=$(1) $(PROTOS) && \
$(BIN)/python -m grpc_tools.protoc -Iproto \
	--plugin=protoc-gen-mypy_grpc=$(BIN)/protoc-gen-mypy_grpc \
	--grpc_python_out=$(1) --mypy_grpc_out=quiet:$(1) $(SERVICES)
endef

proto: setup ## generate the stubs anew
	@$(call GENERATE,proto/gen)

proto-check: setup ## the checked-in stubs are what the definitions give
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && $(call GENERATE,$$fresh) && \
	for file in $$(cd "$$fresh" && find . -type f); do \
		cmp -s "$$fresh/$$file" "proto/gen/$$file" || { echo "proto/gen/$$file is not current: run make proto"; exit 1; }; \
	done

bench: setup ## the tables of tests/benchmarks
	@$(BIN)/python -m tests.benchmarks $(ARGS)

clean: ## remove what the targets made
	@rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis runs
