"""How many stages run at once: what the user says, else what the model's size and the cores say."""

import os
from pathlib import Path

import pytest

from harness.engine.resources import choose_resources
from harness.study.loading import load_study

CORES = len(os.sched_getaffinity(0))
QUICK = Path(__file__).parents[3] / "studies" / "quick.yaml"


@pytest.mark.parametrize(("width", "at_once", "threads"), [(64, CORES, 1), (512, CORES, 1), (576, 1, CORES)])
def test_small_models_share_the_cores_and_a_large_one_has_them(width, at_once, threads):
    study = load_study(str(QUICK), [f"base_model.width={width}", "base_model.heads=4"])
    chosen = choose_resources(study, None)
    assert (chosen.jobs, chosen.cores, chosen.narrow_threads) == (at_once, CORES, threads)
    assert choose_resources(study, 7).narrow_threads == threads, "numbers do not depend on the number of jobs"
