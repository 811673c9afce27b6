# The commands of the course; `make` alone lists them.
PYTHON ?= python3
PY := .venv/bin/python
INSTALLED := .venv/.installed
OLDEST := .venv-oldest
WANTED := Python 3.11, 3.12 or 3.13 is needed; name it like this: make PYTHON=python3.12

# Notebooks run in .venv, whatever kernels the user has elsewhere.
export JUPYTER_PATH := $(CURDIR)/.venv/share/jupyter
test-oldest: export JUPYTER_PATH := $(CURDIR)/$(OLDEST)/share/jupyter
export JUPYTER_PREFER_ENV_PATH := 1
# No progress bars in built and tested notebooks, and no other difference.
test test-rest test-all notebooks: export GANLAB_QUIET := 1
# Nor what somebody here has solved already.
test test-rest test-all test-browser test-processors test-oldest notebooks: export GANLAB_PROGRESS := 0

# Files, and notebooks, go to as many processes as the machine has room for (conftest.py), in
# this order: notebooks take long, and at the end no process is to wait for another.
PYTEST = $(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder
COURSE = --nbval --nbval-current-env --nbval-cell-timeout 120 \
	$(sort $(wildcard notebooks/*.ipynb)) tests

.PHONY: help lab playground test test-rest test-all test-browser test-processors test-oldest notebooks student evidence league bench site lint
help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1@\2/p' Makefile | awk -F@ '{printf "%-21s %s\n", $$1, $$2}'

lab: $(INSTALLED) ## open the course in JupyterLab (options: LAB_ARGS="--no-browser --port=8899")
	$(PY) -m jupyterlab --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb $(LAB_ARGS)

playground: $(INSTALLED) ## open the playground alone, as a page without cells (options: VOILA_ARGS="--no-browser")
	cd notebooks/voila && JUPYTER_PATH="$(CURDIR)/notebooks/voila:$(JUPYTER_PATH)" \
		"$(CURDIR)/$(PY)" -m voila playground.py $(VOILA_ARGS)

test: $(INSTALLED) ## run the unit tests and every notebook (options: ARGS="-k name", "-n 0": one process)
	$(PYTEST) $(COURSE) -m "not slow and not rest" $(ARGS)

test-rest: $(INSTALLED) ## run the other tests: benchmarks, measuring, the website, bad input, interruption
	$(PYTEST) tests -m "rest and not slow" $(ARGS)

test-all: $(INSTALLED) ## run all of these tests, the slow ones too, and the browser tests
	$(PYTEST) $(COURSE) $(ARGS)

test-browser: $(INSTALLED) ## drive the playground and a widget of each notebook in Chromium, in JupyterLab and voila
	$(PY) -m pytest -n 0 tests/browser $(ARGS)

test-processors: $(INSTALLED) ## notebooks and firm verdicts as on other processors (a part under one setting: ONE=1)
	ONE=$(ONE) $(PY) -m pytest -n 0 -rA tests/processors/every_processor.py $(ARGS)

test-oldest: $(OLDEST)/.installed ## run the quick unit tests with the oldest versions allowed, in .venv-oldest
	$(OLDEST)/bin/python -m pytest -n auto --dist loadfile -m "not slow" \
		--ignore=tests/browser --ignore=tests/test_setup.py tests $(ARGS)

notebooks: $(INSTALLED) ## build the notebooks from notebooks/text (one alone: ONLY=03)
	$(PY) notebooks/build.py $(ONLY)
	$(PY) notebooks/minutes.py

student: $(INSTALLED) ## write copies without outputs and answers into student/ and student.zip
	@$(PY) notebooks/student.py

evidence: $(INSTALLED) ## measure the claims on all cores (options: ARGS="C1 --plan", SCHEDULER=tcp://host:8786)
	$(PY) -m ganlab.evidence $(if $(SCHEDULER),--scheduler $(SCHEDULER)) $(ARGS)
	$(PY) -m evidence.clinic

league: $(INSTALLED) ## measure every technique on every target (the options of `make evidence`)
	$(PY) -m evidence.league $(if $(SCHEDULER),--scheduler $(SCHEDULER)) $(ARGS)

bench: $(INSTALLED) ## measure the speed beside other libraries (a part of it: QUICK=1, ONLY=vae)
	$(PY) benchmarks/check_seconds.py
	$(PY) benchmarks/speed.py $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY))
	$(if $(ONLY),,$(PY) benchmarks/playground.py $(if $(QUICK),--quick))

site: $(INSTALLED) ## build the course as a website in site/, without a network
	$(PY) docs/site/build.py

lint: $(INSTALLED) ## check the code's style
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

# .unfinished stands in .venv while it is being filled and becomes .installed at the end, so
# an interrupted installation is noticed and begun again. In it is the process that fills it: a
# second `make` meanwhile would take what the first has done away from it.
$(INSTALLED): requirements.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not found. $(WANTED)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "$(PYTHON) is Python %d.%d. $(WANTED)" % v)'
	@if by=$$(cat .venv/.unfinished 2>/dev/null) && [ -n "$$by" ] && kill -0 "$$by" 2>/dev/null; then echo "Another make (process $$by) is installing the course into .venv: wait for it, or end it." >&2; exit 1; fi
	@echo "Installing the course into .venv: about two minutes, 0.5 GB to download, 2.5 GB of disk."
	@if [ -e .venv/.unfinished ]; then echo "The last installation was interrupted: starting again."; rm -rf .venv; fi
	@mkdir -p .venv && echo $$PPID > .venv/.unfinished
	$(PYTHON) -m venv .venv
	$(PY) -m pip install --disable-pip-version-check -r requirements.txt
	$(PY) -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@mv .venv/.unfinished $(INSTALLED)

$(OLDEST)/.installed: pyproject.toml tests/oldest.py
	$(PYTHON) -m venv --clear $(OLDEST)
	$(PYTHON) tests/oldest.py > $(OLDEST)/oldest.txt
	$(OLDEST)/bin/python -m pip install --disable-pip-version-check -r $(OLDEST)/oldest.txt
	$(OLDEST)/bin/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	touch $@
