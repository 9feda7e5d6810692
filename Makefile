# make demo, make test: each sets up .venv first. Needs Python >= 3.10, pip and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: install demo test lint bench docs clean

install: $(STAMP)

# Where Python comes without ensurepip, the outer pip fills the environment.
$(STAMP): requirements.txt constraints.txt setup.py pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python >= 3.10 is needed, this is " + \
	    sys.version.split()[0] if sys.version_info < (3, 10) else 0)'
	$(PYTHON) -m venv $(VENV) || { $(PYTHON) -m venv --without-pip $(VENV) && \
	    $(PYTHON) -m pip --python $(BIN)/python install pip; }
	$(BIN)/python -m pip install -c constraints.txt setuptools
	$(BIN)/python -m pip install -c constraints.txt --no-build-isolation \
	    -r requirements.txt
	@touch $@

demo: install
	$(BIN)/python tools/demo.py

test: install
	$(BIN)/python -m pytest -n auto --dist worksteal --durations=10

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy nl_plugins
	$(BIN)/lint-imports

bench: install
	$(BIN)/python benchmarks/bench.py

# The site, into site/: an environment of its own, without torch; nothing is imported.
docs: $(VENV)-docs/.installed
	NO_MKDOCS_2_WARNING=1 $(VENV)-docs/bin/python -m mkdocs build --strict

$(VENV)-docs/.installed: docs/requirements.txt
	$(PYTHON) -m venv $(VENV)-docs
	$(VENV)-docs/bin/python -m pip install -r docs/requirements.txt
	@touch $@

clean:
	rm -rf $(VENV) $(VENV)-docs site build dist *.egg-info .pytest_cache .ruff_cache .mypy_cache
