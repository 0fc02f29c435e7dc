"""Running studies from the command line, as a user does."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TINY = {
    "study": "tiny", "base_model.layers": 1, "base_model.width": 32, "base_model.heads": 2,
    "base_model.vocabulary": 512, "base_model.tokens": 30_000, "task.queries.train": 400,
    "task.queries.valid": 32, "task.queries.test": 24, "task.response.truncate_after": 2, "supervised.pairs": 100,
    "labels.budgets": "[40, 80]", "reward_model.normalization_samples": 32, "ppo.episodes": 320,
    "ppo.batch_size": 32, "seeds": "[1, 2]", "evaluation.plan.compare_at": "null",
}


def run_study(folder, *extra, study="quick", settings=TINY, environment=None, jobs=None):
    """The finished process. folder: where mlruns/ is."""
    return subprocess.run(command(*extra, study=study, settings=settings, jobs=jobs), cwd=folder, text=True,
                          capture_output=True, env=variables(environment), timeout=900)


def command(*extra, study="quick", settings=TINY, jobs=None):
    """The words of the command line."""
    sets = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    return [sys.executable, "-m", "harness.run", str(ROOT / "studies" / f"{study}.yaml"), *sets,
            *(["--jobs", str(jobs)] if jobs else []), *extra]


def variables(more=None):
    """The environment of a run."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **(more or {})}


def results(folder, study="tiny"):
    """The study's results.json."""
    return json.loads((folder / "mlruns" / "reports" / study / "results.json").read_text(encoding="utf-8"))
