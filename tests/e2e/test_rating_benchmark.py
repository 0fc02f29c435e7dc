"""The benchmark of the rating app walks the app's own way: in by a link, over the front page, to the votes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_every_vote_that_the_benchmark_measures_is_kept() -> None:
    command = [sys.executable, "-m", "benchmarks.rating_app", "--raters", "2", "--seconds", "3", "--every", "1.5"]
    process = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    said = json.loads(process.stdout)
    assert said["kept"] == said["actions"] > 0
