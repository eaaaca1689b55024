# `make demo` and `make test` set up all they need; nothing else has to be run first.
PYTHON ?= python3
BIN := .venv/bin
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
CODE := generator runtime tests samples bench website ci

define CHECK_PYTHON
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
  || { echo "Portwright needs Python 3.11 or later: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
endef

.PHONY: demo test check golden bench docs recordings screenshots setup mariadb java prometheus slo-tools chromium clean

demo: setup
	@$(MAKE) --no-print-directory -C samples/checkout demo \
	  PORTWRIGHT=../../$(BIN)/portwright PYTHON=../../$(BIN)/python

test: setup .venv/dbt/ready mariadb java prometheus chromium
	$(BIN)/pytest -n 2 --dist loadfile

check: setup
	$(BIN)/ruff check $(CODE)
	$(BIN)/black --check --quiet $(CODE)
	$(BIN)/mypy generator runtime website ci

golden: setup
	$(BIN)/pytest -q tests/test_cases.py tests/test_samples.py tests/test_type_table.py tests/test_platform.py tests/customising tests/evolution/test_page.py tests/migrations/test_page.py --update

bench: setup
	$(BIN)/python -m bench

# The site, below .cache/website/site. Links to other hosts are not followed.
docs: .venv/docs/ready
	@.venv/docs/bin/python -m website

# Pictures of the terminal for it, of the commands as they run now.
recordings: .venv/docs/ready
	@.venv/docs/bin/python -m website.recordings

# Pictures of the pages for consumers, of the sample as it is now.
screenshots: setup chromium
	@$(BIN)/python -m website.screenshots

setup: .venv/ready

# For Spark, and to fetch the jars of Trino. Where there is none, their tests say so.
java:
	-@command -v java >/dev/null || ! command -v apt-get >/dev/null \
	  || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -qq -y default-jre-headless >/dev/null; }

.venv/ready: pyproject.toml runtime/pyproject.toml
	$(CHECK_PYTHON)
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear .venv >/dev/null 2>&1 \
	  || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -qq -y python3-venv >/dev/null; $(PYTHON) -m venv --clear .venv; }
	@echo "Setting up .venv, once: a minute or two"
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable ./runtime --editable '.[dev]'
	@touch $@

# dbt wants older packages than the rest does, so it has an environment of its own.
.venv/dbt/ready: tests/support/dbt.txt | .venv/ready
	@echo "Setting up dbt for the tests, once: a minute"
	@$(PYTHON) -m venv --clear .venv/dbt
	@.venv/dbt/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# Writers of documents need neither the tests' packages nor these the site's builder.
.venv/docs/ready: pyproject.toml runtime/pyproject.toml
	$(CHECK_PYTHON)
	@echo "Setting up .venv/docs, once: half a minute"
	@$(PYTHON) -m venv --clear .venv/docs
	@.venv/docs/bin/pip install --quiet --disable-pip-version-check --editable ./runtime --editable '.[docs]'
	@touch $@

# The server that runs what is written for MySQL. Where nothing installs it, its tests are skipped.
mariadb:
	-@test -x /usr/sbin/mariadbd || command -v mariadbd >/dev/null || ! command -v apt-get >/dev/null \
	  || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -qq -y --no-install-recommends mariadb-server-core >/dev/null; }

# Prometheus and its promtool, unpacked below .cache: nothing is installed. Where there is no apt-get, their tests are skipped.
prometheus:
	-@test -x .cache/prometheus/usr/bin/promtool || command -v promtool >/dev/null || ! command -v apt-get >/dev/null \
	  || { mkdir -p .cache/prometheus && cd .cache/prometheus && { apt-get download -qq prometheus 2>/dev/null \
	  || { $(SUDO) apt-get update -qq && apt-get download -qq prometheus; }; } && dpkg -x prometheus_*.deb . && rm prometheus_*.deb; }

# The browser that reads the pages for consumers. Where nothing installs it, its tests are skipped.
chromium:
	-@command -v chromium >/dev/null || ! command -v apt-get >/dev/null \
	  || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -qq -y --no-install-recommends chromium >/dev/null; }

# What reads documents of OpenSLO and of Sloth. It is no part of `make test`: building it takes minutes and a Go of today; without
# it, their tests are skipped.
slo-tools:
	-@test -x .cache/slo-tools/sloth || ! command -v go >/dev/null \
	  || { echo "Building oslo and sloth for the tests, once: some minutes"; \
	  go build -C tests/support/go/oslo -o ../../../../.cache/slo-tools/ github.com/OpenSLO/oslo/cmd/oslo \
	  && go build -C tests/support/go/sloth -o ../../../../.cache/slo-tools/ github.com/slok/sloth/cmd/sloth; }

clean:
	rm -rf .venv .cache dist
