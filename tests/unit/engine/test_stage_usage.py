"""The time and memory of a stage, and that they are of this stage alone."""

import subprocess
import sys

import pytest

from harness.engine.stage_usage import noted_usage, usage_metrics

STAGES = """
import sys, time
from pathlib import Path
import numpy as np
from harness.engine.stage_usage import noted_usage
with noted_usage(Path(sys.argv[1], "large")):
    np.ones(256 << 17).sum()  # 256 MiB, and given back
with noted_usage(Path(sys.argv[1], "small")):
    time.sleep(0.05)
"""
"""In a process of its own: other tests have this one keep the memory that it frees."""


def test_a_stage_notes_how_long_it_took_and_its_own_peak_of_memory(tmp_path):
    large, small = tmp_path / "large", tmp_path / "small"
    large.mkdir()
    small.mkdir()
    subprocess.run([sys.executable, "-c", STAGES, str(tmp_path)], check=True)
    first, second = usage_metrics(large), usage_metrics(small)
    assert 0.05 <= second["system/seconds"] < 5
    assert first["system/peak_memory_mib"] > second["system/peak_memory_mib"] + 200


def test_a_stage_that_failed_or_is_older_has_no_figures(tmp_path):
    with pytest.raises(ValueError, match="broken"), noted_usage(tmp_path):
        raise ValueError("broken")
    assert usage_metrics(tmp_path) == {}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"seconds": "x"}', '{"seconds": null}'])
def test_a_damaged_note_says_nothing(tmp_path, content):
    (tmp_path / "usage.json").write_text(content)
    assert usage_metrics(tmp_path) == {}
