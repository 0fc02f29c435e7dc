# Two commands do everything: `make study` runs the main job, `make test` runs the tests.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# A build for the processor alone, where the package index has one; any torch that pyproject.toml allows will do.
CONSTRAINTS := constraints.txt

.PHONY: study quick test check faults fuzz audit app mlflow bench clean

study: $(INSTALLED)
	$(BIN)/harness run studies/label_budget.yaml

quick: $(INSTALLED)
	$(BIN)/harness run studies/quick.yaml

test: $(INSTALLED)
	$(BIN)/python -m pytest --durations=15 -n 2 --dist loadfile

check: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/unit/test_safety.py

# Hours on two cores; what was tried is kept in docs/faults.jsonl, so it may be stopped and given again.
faults: $(INSTALLED)
	nice $(BIN)/python -m tests.faults

# A million files for everything that reads one; it goes on where it stopped (docs/fuzzing.md).
fuzz: $(INSTALLED)
	$(BIN)/python -m pip install --quiet --editable ".[fuzz]" --constraint $(CONSTRAINTS) || echo "without atheris"
	nice $(BIN)/python -m tests.fuzz

# Known vulnerabilities of the installed packages: needs a network.
audit: $(INSTALLED)
	$(BIN)/python -m pip install --quiet --editable ".[audit]" --constraint $(CONSTRAINTS)
	$(BIN)/python -m benchmarks.audit

app: $(INSTALLED)
	$(BIN)/harness app

mlflow: $(INSTALLED)
	$(BIN)/harness mlflow

# The peers of the comparison: an extra of the benchmarks alone.
bench: $(INSTALLED)
	$(BIN)/python -m pip install --quiet --editable ".[bench]" --constraint $(CONSTRAINTS)
	$(BIN)/python -m benchmarks

$(INSTALLED): pyproject.toml $(CONSTRAINTS)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet torch --constraint $(CONSTRAINTS)
	$(BIN)/python -m pip install --quiet --editable ".[dev,postgres,ray,oidc]" --constraint $(CONSTRAINTS)
	touch $@

clean:
	rm -rf $(VENV)
