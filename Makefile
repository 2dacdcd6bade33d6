# Two commands for a new machine:
#
#   make demo    set up once, then run the main job on the example workbook (results in out/demo)
#   make test    set up once, then run every check and test
#
# And for the documentation, out/docs/index.html:
#
#   make docs    build the site; a warning is an error
#
# What set-up does to the machine stands in setup.sh. Another Python: make demo PYTHON=/path/to/python3

.DEFAULT_GOAL := help
PYTHON ?= python3
export PYTHON

BIN := .venv/bin
DEMO := out/demo
JOBS ?= auto

.PHONY: help setup demo demo-programme test docs deep-mutation bench lock format clean distclean

help:
	@sed -n 's/^#   //p' Makefile

# --- set-up, once: done again only when a file it rests on has changed ------

.venv/.run-stamp: requirements.lock pyproject.toml setup.sh
	sh setup.sh run
	@touch $@

.venv/.test-stamp: requirements-test.lock pyproject.toml setup.sh
	sh setup.sh test
	@touch $@ .venv/.run-stamp

setup: .venv/.test-stamp

# --- the main job ------------------------------------------------------------

demo: .venv/.run-stamp
	rm -rf $(DEMO)
	mkdir -p $(DEMO)/private
	$(BIN)/carbonlabel template beer --example -o $(DEMO)/private/workbook.xlsx
	$(BIN)/carbonlabel check $(DEMO)/private/workbook.xlsx
	$(BIN)/carbonlabel footprint $(DEMO)/private/workbook.xlsx
	$(BIN)/carbonlabel footprint $(DEMO)/private/workbook.xlsx --json > $(DEMO)/private/footprint.json
	$(BIN)/carbonlabel registry init $(DEMO)/registry --demo
	$(BIN)/carbonlabel issue $(DEMO)/private/workbook.xlsx --registry $(DEMO)/registry --out $(DEMO)
	$(BIN)/carbonlabel verify $(DEMO)/public/label.pdf --registry $(DEMO)/registry
	@echo
	@echo "Open these:"
	@echo "  $(DEMO)/public/label.pdf            the label, for everybody"
	@echo "  $(DEMO)/public/report.pdf           the report, for everybody"
	@echo "  $(DEMO)/sealed/                     sealed copy and disclosures, for the auditor"
	@echo "  $(DEMO)/private/workbook.xlsx       the filled example workbook, for the exporter"
	@echo "  $(DEMO)/private/footprint.json      the result, line by line"

# --- a whole programme of fictitious enterprises -----------------------------

PROGRAMME := out/programme

demo-programme: .venv/.run-stamp
	rm -rf $(PROGRAMME)
	$(BIN)/carbonlabel programme example $(PROGRAMME)
	$(BIN)/carbonlabel programme rehearse $(PROGRAMME)
	-$(BIN)/carbonlabel programme run $(PROGRAMME)
	$(BIN)/carbonlabel programme status $(PROGRAMME)
	$(BIN)/carbonlabel programme report $(PROGRAMME) \
	    -o $(PROGRAMME)/report.pdf -o $(PROGRAMME)/report.html -o $(PROGRAMME)/report.json --publish
	@echo
	@echo "Open these:"
	@echo "  $(PROGRAMME)/report.pdf             the report, may be published"
	@echo "  $(PROGRAMME)/work/summary.xlsx      what came of every file, for the programme office"
	@echo "  $(PROGRAMME)/work/results/          documents prepared for every file"

# --- checks and tests --------------------------------------------------------

test: .venv/.test-stamp
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

# A share of a longer campaign: the tests marked @pytest.mark.deep("NAME"). A run takes fresh seeds for
# CARBONLABEL_DEEP_MINUTES (55 by default) and adds its line to docs/evidence.
deep-%: .venv/.test-stamp
	CARBONLABEL_DEEP=$* $(BIN)/python -m pytest -m deep -s; code=$$?; \
		$(BIN)/python -m tests.validation --campaigns; exit $$code

deep-mutation: .venv/.test-stamp
	$(BIN)/python -m tests.mutation

docs: .venv/.test-stamp
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet -b html -c docs/site docs out/docs

bench: .venv/.test-stamp
	$(BIN)/python -m tests.bench

# --- upkeep ------------------------------------------------------------------

# Resolve the dependencies anew for every platform and Python; no index address enters the files.
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

lock: .venv/.test-stamp
	$(BIN)/python -m pip install --quiet uv
	$(LOCK) --group build --output-file requirements.lock
	$(LOCK) --group test --constraint requirements.lock --output-file requirements-test.lock

format: .venv/.test-stamp
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

clean:
	rm -rf out build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

distclean: clean
	rm -rf .venv share
