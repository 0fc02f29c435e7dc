"""How many stages run at once: what the user says, else what the model's size and the cores say."""

import os
from pathlib import Path

import pytest

from harness import run
from harness.engine.resources import choose_resources
from harness.study.loading import load_study

CORES = len(os.sched_getaffinity(0))
QUICK = Path(__file__).parents[3] / "studies" / "quick.yaml"


@pytest.mark.parametrize(("given", "jobs"), [("1", 1), ("3", 3), ("1000", 1000), ("auto", None)])
def test_jobs_are_a_number_or_auto(given, jobs):
    assert run._parser().parse_args(["study.yaml", "--jobs", given]).jobs == jobs


@pytest.mark.parametrize("given", ["0", "-1", "two", "1.5", "1001", "99999999", "", "²"])
def test_what_is_no_number_of_jobs_is_refused_with_the_cure(given, capsys):
    with pytest.raises(SystemExit) as ended:
        run._parser().parse_args(["study.yaml", "--jobs", given])
    assert ended.value.code == 2
    assert f"'{given}' is not a number of jobs; give 1 to 1,000, or auto" in capsys.readouterr().err


@pytest.mark.parametrize(("width", "at_once", "threads"), [(64, CORES, 1), (512, CORES, 1), (576, 1, CORES)])
def test_small_models_share_the_cores_and_a_large_one_has_them(width, at_once, threads):
    study = load_study(str(QUICK), [f"base_model.width={width}", "base_model.heads=4"])
    chosen = choose_resources(study, None)
    assert (chosen.jobs, chosen.cores, chosen.narrow_threads) == (at_once, CORES, threads)
    assert choose_resources(study, 7).narrow_threads == threads, "numbers do not depend on the number of jobs"
