# Every target works from a clean clone: what is missing is fetched into .tools/.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
# One at a time: the targets share cargo's target directory and the machine's ports.
.NOTPARALLEL:
.DEFAULT_GOAL := help

NAME := cognito-authorizer
TOOLS := $(CURDIR)/.tools
REQUIREMENTS := tools/requirements

# cargo lambda looks for zig through the first python3 on PATH, so this environment comes first wherever it is used.
RUN_VENV := $(TOOLS)/venv
RELEASE_VENV := $(TOOLS)/venv-release
EVENTS_VENV := $(TOOLS)/venv-events
E2E_VENV := $(TOOLS)/venv-e2e
CLIENTS_VENV := $(TOOLS)/venv-clients
TEMPLATE_VENV := $(TOOLS)/venv-sam
CHECKOV_VENV := $(TOOLS)/venv-checkov
RECIPES_VENV := $(TOOLS)/venv-recipes
WITH_CARGO_LAMBDA := PATH="$(RUN_VENV)/bin:$$PATH"

CHECKOV := $(CHECKOV_VENV)/bin/checkov --config-file .checkov.yaml --skip-download --framework cloudformation --compact --quiet

DENY_VERSION := 0.20.2
DENY := $(TOOLS)/bin/cargo-deny
FUZZ_VERSION := 0.13.2
FUZZ := $(TOOLS)/bin/cargo-fuzz
MUTANTS_VERSION := 27.1.0
MUTANTS := $(TOOLS)/bin/cargo-mutants

FUZZ_TARGETS := event keys permissions route token
TARGET := event
SECONDS := 600

# What lies beside the binary in the function's package; a bundled key set only if there is one.
PACKAGED := permissions.json $(wildcard jwks.json)

TEMPLATES := template.yaml $(wildcard deploy/*.yaml deploy/builtin/*.yaml deploy/recipes/*.yaml)

export PYTHONPATH := tools
export PYTHONUNBUFFERED := 1
export PYTHONDONTWRITEBYTECODE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export SAM_CLI_TELEMETRY := 0

.PHONY: help run watch events vectors test check advisories unit document e2e system iam-oracle instructions differential bench compare fuzz fuzz-short mutants lint-template recipes cdk clean

help: ## This list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | expand -t 16

run: $(RUN_VENV)/.installed ## Send every event in events/ to the function and compare the answers
	@$(WITH_CARGO_LAMBDA) python3 tools/run_events.py

watch: $(RUN_VENV)/.installed ## Leave the function running for `cargo lambda invoke`; SETTINGS=my.env for your own settings
	@$(WITH_CARGO_LAMBDA) python3 tools/watch.py

events: $(EVENTS_VENV)/.installed ## Make events/ anew: keys, key set, tokens. No private key is kept
	@$(EVENTS_VENV)/bin/python3 tools/make_events.py

vectors: $(EVENTS_VENV)/.installed ## Make tests/vectors/ anew: key sets, and every token that was ever tried
	@$(EVENTS_VENV)/bin/python3 tools/make_vectors.py
	@$(EVENTS_VENV)/bin/python3 tools/make_issuer_vectors.py

test: ## Everything that CI runs
	@for target in check advisories unit document run e2e iam-oracle fuzz-short differential packaging reproducible recipes lint-template cdk instructions; do \
	  echo; echo "== make $$target"; $(MAKE) --no-print-directory $$target; \
	done
	@echo; echo "== all passed"

check: $(DENY) ## Format, clippy and docs without a warning, cargo deny, no unused dependency, no dead link
	cargo fmt --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps
	cargo fetch --locked
	$(DENY) --locked --offline check bans licenses sources
	python3 tools/minimum_rust.py
	python3 tools/documents.py
	python3 tools/unused_dependencies.py Cargo.toml fuzz/Cargo.toml

# Its last line says whether it looked at all; `.ci/run` ends with it.
advisories: $(DENY) ## Known vulnerabilities in dependencies, if their database can be fetched
	@mkdir -p $(TOOLS); rm -f $(TOOLS)/advisories; \
	if git -c http.lowSpeedLimit=1 -c http.lowSpeedTime=20 ls-remote --quiet \
	  https://github.com/rustsec/advisory-db HEAD >/dev/null 2>&1; then \
	  $(DENY) --locked check advisories; found="none found"; \
	else \
	  found="could not look: the RustSec database, a GitHub repository, cannot be reached from here"; \
	fi; \
	echo "advisories: $$found" | tee $(TOOLS)/advisories

unit: ## The tests in src/ and tests/
	@if cargo nextest --version >/dev/null 2>&1; then \
	  echo "cargo nextest run --locked --workspace"; cargo nextest run --locked --workspace; \
	else \
	  echo "cargo test --locked --workspace --all-targets (no cargo-nextest here)"; cargo test --locked --workspace --all-targets; \
	fi
	cargo test --locked --workspace --doc

document: ## What is wrong with permissions.json, its tests in permissions.authz-test.json, and what they would not notice
	cargo run --locked --quiet --package authz -- check permissions.json --settings events/settings.env
	cargo run --locked --quiet --package authz -- test permissions.authz-test.json --coverage

e2e: $(RUN_VENV)/.installed $(E2E_VENV)/.installed tests/issuers/node_modules/.installed ## Against the built function: schemas, canary, emulated Cognito, other issuers, a day of keys; then make system
	@$(WITH_CARGO_LAMBDA) $(E2E_VENV)/bin/python3 tests/e2e
	@echo; echo "== make system"; $(MAKE) --no-print-directory system

system: $(RUN_VENV)/.installed $(E2E_VENV)/.installed $(CLIENTS_VENV)/.installed tests/system/node_modules/.installed ## Sign-in to backend: clients, browser, emulated API Gateway. Needs Chromium
	@$(WITH_CARGO_LAMBDA) $(E2E_VENV)/bin/python3 tests/system

iam-oracle: tests/iam/node_modules/.installed ## Policies before an IAM evaluator that shares no code with this one
	cargo test --locked --test it iam_oracle -- --ignored --nocapture

differential: tests/differential/node_modules/.installed ## Verifiers of other makers judge the same tokens
	node tests/differential/compare.mjs
	node tests/differential/issuers.mjs

instructions: $(EVENTS_VENV)/.installed ## Instructions of a start and of an event, held to limits. Needs valgrind
	@$(EVENTS_VENV)/bin/python3 benches/compare/instructions.py

# What may survive, and why, is in .cargo/mutants.toml. It takes hours, so it is no part of `make test`; OPTIONS can name
# what changed: OPTIONS="-f crates/permissions/src/iam/glob.rs".
mutants: $(MUTANTS) ## Every small change to what decides must fail a test
	PATH="$(TOOLS)/bin:$$PATH" cargo mutants $(OPTIONS)

# Peers are built as anybody would: the switch of `.cargo/config.toml` would apply to what lies below it.
compare: $(EVENTS_VENV)/.installed benches/compare/peers/node/node_modules/.installed ## This function beside others that do the same job. Needs Node
	cargo build --locked --release --bin $(NAME)
	for peer in typical floor; do \
	  AWS_LC_SYS_NO_JITTER_ENTROPY=0 cargo build --locked --release --manifest-path benches/compare/peers/rust/Cargo.toml \
	    --package $$peer --target-dir $${CARGO_TARGET_DIR:-target}/peers; \
	done
	@$(EVENTS_VENV)/bin/python3 benches/compare $(OPTIONS)

fuzz: $(FUZZ) ## Look for counterexamples: TARGET=event, keys, permissions, route or token, for SECONDS=600
	python3 tools/fuzz_seeds.py
	$(call fuzz_run,$(TARGET),$(SECONDS))

fuzz-short: $(FUZZ) ## The same for ten seconds a target
	python3 tools/fuzz_seeds.py
	@for target in $(FUZZ_TARGETS); do \
	  $(call fuzz_run,$$target,10) -print_final_stats=1 >$(TOOLS)/fuzz.log 2>&1 || { cat $(TOOLS)/fuzz.log; exit 1; }; \
	  echo "$$target: $$(grep number_of_executed_units $(TOOLS)/fuzz.log)"; \
	done

# (target, seconds). Instrumenting needs flags that stable Rust has, but hides. One input takes milliseconds.
fuzz_run = PATH="$(TOOLS)/bin:$$PATH" RUSTC_BOOTSTRAP=1 cargo fuzz run $(1) -- -max_total_time=$(2) -max_len=8192 -timeout=60

bench: ## How long each step takes, how large policies get, and the work for hostile input
	cargo bench --locked --bench '*'

lint-template: $(TEMPLATE_VENV)/.installed $(CHECKOV_VENV)/.installed ## cfn-lint, sam validate, checkov and tests of the templates, without credentials
	$(TEMPLATE_VENV)/bin/cfn-lint $(TEMPLATES)
	@for template in $(TEMPLATES); do \
	  $(TEMPLATE_VENV)/bin/sam validate --lint --template-file $$template; \
	done
	$(TEMPLATE_VENV)/bin/python3 tests/templates
	$(CHECKOV) $(addprefix --file ,$(TEMPLATES))

recipes: $(RECIPES_VENV)/.installed ## The commands of docs/attach/ against an emulator, and the release workflow under zizmor
	@PATH="$(RECIPES_VENV)/bin:$$PATH" python3 tests/recipes
	$(RECIPES_VENV)/bin/zizmor --offline --quiet .github/workflows action.yml
	@tests/recipes/terraform.sh

# The stacks are put together around an empty package, so that no release build is needed. The constructs themselves repeat
# dependencies (W3005), and the outputs of the API's stack are to hold the pool's values too (W6001).
cdk: deploy/cdk/node_modules/.installed $(TEMPLATE_VENV)/.installed $(CHECKOV_VENV)/.installed ## The CDK app: types, tests, synthesis, cfn-lint and checkov
	npm test --prefix deploy/cdk
	mkdir -p deploy/cdk/build/package && touch deploy/cdk/build/package/bootstrap
	cd deploy/cdk && npx --no-install cdk synth --quiet --no-notices --context code=build/package --context alarmTopicArn=arn:aws:sns:eu-west-1:123456789012:alarms
	$(TEMPLATE_VENV)/bin/cfn-lint --ignore-checks W3005 W6001 -- deploy/cdk/cdk.out/*.template.json
	$(CHECKOV) --file deploy/cdk/cdk.out/*.template.json

include tools/release/release.mk

clean: ## Remove what was built and fetched
	rm -rf target dist .tools .aws-sam fuzz/{corpus,target} tests/*/node_modules benches/compare/peers/*/node_modules deploy/cdk/{build,cdk.out,node_modules}

# A Python environment, made anew when its requirements change. tools/requirements/compile.sh makes those, with hashes, of
# every package: pip needs to look for none, and would ask for hashes of extras that a list cannot give.
define venv
@echo "installing $< into $(@D)"
@rm -rf $(@D)
@python3 -m venv $(@D)
@$(@D)/bin/python3 -m pip install --no-deps --require-hashes --requirement $< | sed -nu 's/^ *Downloading \(.*\)/  \1/p'
@touch $@
endef

$(RUN_VENV)/.installed: $(REQUIREMENTS)/run.txt
	$(venv)

$(RELEASE_VENV)/.installed: $(REQUIREMENTS)/release.txt $(REQUIREMENTS)/run.txt
	$(venv)

$(EVENTS_VENV)/.installed: $(REQUIREMENTS)/events.txt
	$(venv)

$(E2E_VENV)/.installed: $(REQUIREMENTS)/e2e.txt clients/requirements.txt
	$(venv)

$(CLIENTS_VENV)/.installed: clients/requirements.txt
	$(venv)

$(TEMPLATE_VENV)/.installed: $(REQUIREMENTS)/template.txt
	$(venv)

$(RECIPES_VENV)/.installed: $(REQUIREMENTS)/recipes.txt
	$(venv)

$(CHECKOV_VENV)/.installed: $(REQUIREMENTS)/checkov.txt
	$(venv)

# No package may run a script of its own at its installation.
%/node_modules/.installed: %/package-lock.json
	npm ci --prefix $* --ignore-scripts --no-audit --no-fund
	@touch $@

# Installed ones of these versions will do; compiling them takes minutes.
$(DENY):
	$(call cargo_tool,deny,$(DENY_VERSION))

$(FUZZ):
	$(call cargo_tool,fuzz,$(FUZZ_VERSION))

$(MUTANTS):
	$(call cargo_tool,mutants,$(MUTANTS_VERSION))

# (cargo subcommand, version)
define cargo_tool
@mkdir -p $(@D)
@if cargo $(1) --version 2>/dev/null | grep -qF "cargo-$(1) $(2)"; then \
  ln -s "$$(command -v cargo-$(1))" $@; \
else \
  echo "installing cargo-$(1) $(2), which takes minutes"; \
  cargo install --quiet --locked --root $(TOOLS) cargo-$(1) --version $(2); \
fi
endef
