# `make` alone explains itself. Everything runs from .venv, made from the locked packages.
.DEFAULT_GOAL := help
.PHONY: help demo test lint fix bench screenshots schemas lock clean ready-run ready-test

# Containers often forbid Python to keep what it compiled; here a hundred processes would compile the same anew.
unexport PYTHONDONTWRITEBYTECODE

PY := .venv/bin/python
T ?= tests
ARGS ?=

help:  ## this list
	@printf 'Alongside: physician peer support between sites.\n\n'
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-13s %s\n", $$1, $$2}'
	@printf '\nExamples: make demo ARGS=--once    make test T=tests/protocol\n'

demo: ready-run  ## a hub and four sites on this machine, requests on their way; ARGS=--once plays the story and exits
	@$(PY) -m hub.cli demo $(ARGS)

# While lint is busy on one core, the other compiles the tests, which each of pytest's workers would do anew. There are
# three for two cores, since one of them often waits for a browser or a process.
test: ready-test  ## install what is needed, a browser too, then lint and every test; T=tests/protocol for a part
	@$(PY) -m pytest $(T) --collect-only -q $(ARGS) >/dev/null 2>&1 & compiling=$$!; \
	$(MAKE) --no-print-directory lint || { kill $$compiling; exit 1; }; \
	wait $$compiling; $(PY) -m pytest $(T) -n 3 --dist loadgroup -q $(ARGS)

lint: ready-test  ## ruff, mypy, the walls between the packages, the built assets
	@$(PY) -m ruff check --quiet . && $(PY) -m ruff format --check --quiet .
	@$(PY) -m mypy --no-error-summary
	@.venv/bin/lint-imports --no-logo > .venv/lint-imports.txt 2>&1 || { cat .venv/lint-imports.txt; exit 1; }
	@$(PY) -m ui.frontend.build check
	@echo "lint: clean"

fix: ready-test  ## format, and mend what ruff can mend
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format --quiet .

bench: ready-test  ## measure, against a baseline in the same run
	@$(PY) -m tests.bench $(ARGS)

screenshots: ready-test  ## every page at 320 and 1200 px into ./screenshots
	@ALONGSIDE_SCREENSHOTS=$(CURDIR)/screenshots $(PY) -m pytest tests/browser -q -p no:cacheprovider $(ARGS)
	@echo "written to ./screenshots"

schemas: ready-test  ## write docs/schemas and the generated parts of docs/protocol.md anew
	@$(PY) -m tools.protocol_docs

lock:  ## resolve the dependencies anew (needs uv)
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --extra postgres --extra demo pyproject.toml -o requirements/run.txt
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --group test --group frontend --extra postgres --extra demo pyproject.toml -o requirements/test.txt
	@echo uv | uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate - -o requirements/install.txt

clean:  ## remove what the commands above made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis screenshots demo-data
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

ready-run:
	@tools/bootstrap run

ready-test:
	@tools/bootstrap test
