# make demo, make test: each sets up .venv first. Needs Python >= 3.10, pip and make.
PYTHON ?= python3
VENV ?= .venv
CONSTRAINTS ?= constraints.txt
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TRIED := $(VENV)s/wheel
# Without a GPU, torch and torchvision are taken as built for CPUs, if pip finds them so:
# without the gigabytes of CUDA. Another build: make install TORCH_BUILD=cu130; the one
# that pip takes by itself: make install TORCH_BUILD=
TORCH_BUILD ?= $(if $(shell command -v nvidia-smi 2>/dev/null),,cpu)
TORCH := $(shell grep -E '^torch(vision)?==' $(CONSTRAINTS))

.PHONY: install demo test lint bench docs versions dist dist-check clean

install: $(STAMP)

# Where Python comes without ensurepip, the outer pip fills the environment.
$(STAMP): requirements.txt $(CONSTRAINTS) setup.py pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python >= 3.10 is needed, this is " + \
	    sys.version.split()[0] if sys.version_info < (3, 10) else 0)'
	$(PYTHON) -m venv $(VENV) || { $(PYTHON) -m venv --without-pip $(VENV) && \
	    $(PYTHON) -m pip --python $(BIN)/python install pip; }
	$(BIN)/python -m pip install -c $(CONSTRAINTS) 'setuptools>=70.1'
	$(if $(TORCH_BUILD),@$(BIN)/python -m pip install -c $(CONSTRAINTS) \
	    $(TORCH:%=%+$(TORCH_BUILD)) 2>/dev/null || \
	    echo 'pip finds no $(TORCH:%=%+$(TORCH_BUILD)): the default build is taken')
	$(BIN)/python -m pip install -c $(CONSTRAINTS) --no-build-isolation \
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

# The core tests on each set of versions/sets.ini, and their table in docs/versions.md.
versions:
	$(PYTHON) versions/run.py

# Source and wheel, into dist/; fails on what a package index would not show.
dist: $(VENV)-dist/.installed
	rm -rf dist build
	$(VENV)-dist/bin/python -m build --outdir dist .
	$(VENV)-dist/bin/python -m twine check --strict dist/*

$(VENV)-dist/.installed:
	$(PYTHON) -m venv $(VENV)-dist
	$(VENV)-dist/bin/python -m pip install build twine
	@touch $@

# The wheel in an environment of its own, away from the checkout.
dist-check: dist
	rm -rf $(TRIED)
	$(PYTHON) -m venv $(TRIED)
	$(TRIED)/bin/python -m pip install -c $(CONSTRAINTS) \
	    "$$(echo dist/*.whl)[standalone,features,report]"
	cd $(TRIED) && bin/nl-plugins --help && bin/nl-plugins doctor && \
	    bin/nl-plugins find nl_plugins::baseline/digits_sym50.py --out found && \
	    bin/python -m nl_plugins train found/config.py && bin/nl-plugins demo
	rm -rf $(TRIED)

clean:
	rm -rf $(VENV) $(VENV)s $(VENV)-docs $(VENV)-dist site build dist *.egg-info .pytest_cache .ruff_cache .mypy_cache
