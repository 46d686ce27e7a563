# The two commands of the README, and what developers need as well. Everything is installed into .venv.
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$each >/dev/null && $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
PIP = .venv/bin/python -m pip --disable-pip-version-check --quiet --quiet

# Python keeps what it has compiled: the tests start hundreds of processes, and each would compile us anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test unit lint bench lock clean pictures release contracts generated

run: .venv/installed  ## the main job, on a Kafka of its own; ONCE=1 ends after the samples
	@.venv/bin/headwater run $(if $(ONCE),--once)

test: unit  ## every test; those about delivery use a real Kafka
	@.venv/bin/python -m tests.browser --find
	@.venv/bin/python -m pytest -n 2 --dist worksteal tests/broker
	@.venv/bin/python -m tests.browser

unit: .venv/installed-dev  ## the tests that need no Kafka and no browser: a minute or two
	@.venv/bin/python -m pytest -n auto --ignore=tests/broker --ignore=tests/browser

pictures: .venv/installed-dev  ## the README's pictures of the console, from the samples
	@.venv/bin/python -m tests.browser.pictures

contracts: .venv/installed  ## docs/schemas and docs/asyncapi.yaml, from the code; refuses what breaks consumers
	@.venv/bin/python -m streams.contracts.files docs

generated: contracts  ## all that is made of the code: the same, INPUTS.md, docs/configuration.md, Strimzi's topics and users
	@.venv/bin/python -m streams.records.table > INPUTS.md
	@.venv/bin/headwater settings --markdown > docs/configuration.md
	@HEADWATER_PARTITIONS=12 HEADWATER_REPLICATION=3 .venv/bin/headwater topics strimzi > infra/kubernetes/strimzi/headwater.yaml

lint: .venv/installed-dev  ## style, types, import rules
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/mypy tests && .venv/bin/mypy examples && .venv/bin/lint-imports

bench: .venv/installed-dev  ## beside Faust, Quix Streams, aiokafka and Kafka Streams; latency, growth, costs; writes build/bench
	@.venv/bin/python -m bench && .venv/bin/python -m bench.speed.latency && .venv/bin/python -m bench.speed.growth

release: build/release/installed  ## wheel and sdist, checked and tried out on each Python found, with SBOM and licences: dist/
	@build/release/bin/python -m infra.release

build/release/installed: requirements-build.txt requirements-release.txt
	@$(PYTHON) -m venv build/release
	@build/release/bin/python -m pip --disable-pip-version-check -qq install --require-hashes -r requirements-build.txt
	@build/release/bin/python -m pip --disable-pip-version-check -qq install --require-hashes -r requirements-release.txt
	@touch $@

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Headwater needs Python 3.11 or newer; set PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "could not make a virtual environment (on Debian: apt install python3-venv)" >&2; exit 1; }

.venv/installed: .venv/bin/python requirements-build.txt requirements.txt pyproject.toml
	@echo "installing Headwater into .venv (once, about a minute) …"
	@$(PIP) install --require-hashes -r requirements-build.txt
	@$(PIP) install --require-hashes --no-build-isolation -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	@echo "installing the test tools …"
	@$(PIP) install --require-hashes --no-build-isolation -r requirements-dev.txt
	@touch $@

# Run it when pyproject.toml changes: exact versions with hashes, for all platforms, naming no host.
# requirements-worker.txt is for images: what a worker needs, without the embedded Kafka.
LOCK = .venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header
lock: .venv/bin/python
	@$(PIP) install uv
	@$(LOCK) --group build -o requirements-build.txt
	@$(LOCK) pyproject.toml --extra embedded -c requirements-build.txt -o requirements.txt
	@$(LOCK) pyproject.toml -c requirements.txt -o requirements-worker.txt
	@$(LOCK) pyproject.toml --extra embedded --extra dev -c requirements.txt -o requirements-dev.txt
	@$(LOCK) --group release -o requirements-release.txt

clean:
	@rm -rf .venv
