# The function as it is deployed: one zip for the templates here, and what a release consists of.

ARCHITECTURE ?= arm64
ARCHITECTURES ?= arm64 x86_64
VERSION ?= $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
RELEASE := dist
WITH_RELEASE_TOOLS := PATH="$(RELEASE_VENV)/bin:$$PATH"

.PHONY: build release package packaging reproducible build-AuthorizerFunction

build: $(RELEASE_VENV)/.installed ## A zip with the sample document, ARCHITECTURE=arm64 or x86_64. Needs Rust's target for it
	@$(WITH_RELEASE_TOOLS) tools/release/build.sh $(ARCHITECTURE) target/lambda/$(ARCHITECTURE)
	@cd target/lambda/$(ARCHITECTURE)/$(NAME) && $(WITH_RELEASE_TOOLS) python3 $(CURDIR)/tools/release zip bootstrap.zip \
	  bootstrap $(abspath $(PACKAGED))
	@echo "target/lambda/$(ARCHITECTURE)/$(NAME)/bootstrap.zip"

release: $(RELEASE_VENV)/.installed ## Everything that a release consists of, in dist/; ARCHITECTURES="arm64 x86_64"
	@for architecture in $(ARCHITECTURES); do \
	  for program in $(NAME) authz; do \
	    $(WITH_RELEASE_TOOLS) tools/release/build.sh $$architecture target/lambda/$$architecture $$program; \
	  done; \
	done
	@$(WITH_RELEASE_TOOLS) python3 tools/release $(VERSION) $(RELEASE) $(ARCHITECTURES)

# Options for files are left out where no file is given: the settings may name them.
package: ## Your own files in a released zip: FUNCTION=... PERMISSIONS=... [SETTINGS= JWKS= CA= OUTPUT= LAYER=1]
	@python3 tools/package.py --function "$(FUNCTION)" $(if $(PERMISSIONS),--permissions "$(PERMISSIONS)") \
	  $(if $(SETTINGS),--settings "$(SETTINGS)") $(if $(JWKS),--jwks "$(JWKS)") $(if $(CA),--ca "$(CA)") \
	  $(if $(OUTPUT),--output "$(OUTPUT)") $(if $(LAYER),--layer)

packaging: $(RELEASE_VENV)/.installed ## The tests of package.py and of what a release holds
	@$(WITH_RELEASE_TOOLS) python3 tests/packaging

reproducible: $(RELEASE_VENV)/.installed ## Build a release twice, in two folders, and compare every byte. Needs git
	@$(WITH_RELEASE_TOOLS) tools/release/reproducible.sh

# What `sam build` runs for the function of the templates. It does not say for which architecture, so ARCHITECTURE, from the
# environment, must be the template's parameter of that name.
build-AuthorizerFunction: $(RELEASE_VENV)/.installed
	$(WITH_RELEASE_TOOLS) tools/release/build.sh $(ARCHITECTURE) target/lambda/$(ARCHITECTURE)
	cp target/lambda/$(ARCHITECTURE)/$(NAME)/bootstrap $(PACKAGED) "$(ARTIFACTS_DIR)"
