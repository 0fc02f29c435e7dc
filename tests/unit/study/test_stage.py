"""A stage's fingerprint changes with all that its result depends on, and with nothing else."""

import pytest

from harness.records import ArmKey
from harness.study.inputs import in_order
from harness.study.loading import load_study
from harness.study.slices import BaseModelSlice, PretrainSlice, QueriesSlice, SampleSlice, SupervisedChoiceSlice
from harness.study.stage import make_stage
from tests.e2e.runs import ROOT

STUDY = load_study(ROOT / "studies" / "quick.yaml")
BASE = make_stage("base", BaseModelSlice(name="gpt2"), inputs={}, seed=0)
OTHER = make_stage("base", BaseModelSlice(name="gpt2-large"), inputs={}, seed=0)
QUERIES = QueriesSlice(task=STUDY.task)


def queries(base=BASE, settings=QUERIES, **more):
    return make_stage(**{"name": "queries", "settings": settings, "inputs": {"base": base}, "seed": 1, **more})


def test_the_name_and_the_threads_are_no_part_of_the_fingerprint():
    assert queries().fingerprint == queries(name="other", has_siblings=True).fingerprint


@pytest.mark.parametrize("other", [
    {"seed": 2}, {"base": OTHER}, {"externals": {"source": "a digest"}},
    {"settings": QueriesSlice(task=STUDY.task.model_copy(update={"query_tokens": 39}))}])
def test_settings_seed_inputs_and_externals_are_part_of_it(other):
    assert queries(**other).fingerprint != queries().fingerprint


def test_which_input_is_which_is_part_of_it():
    rates = SupervisedChoiceSlice(learning_rates=(1e-4, 2e-4))
    one, two = (make_stage("choice", rates, inputs=in_order("rates", dict(enumerate(stages))), seed=0)
                for stages in ((BASE, OTHER), (OTHER, BASE)))
    assert one.fingerprint != two.fingerprint


def test_the_arm_is_part_of_what_its_files_name():
    """Samples hold their arm; a base model is the same whoever asked for it."""
    inputs = {"queries": queries(), "policy": BASE, "reference_policy": BASE}
    settings = SampleSlice(task=STUDY.task, compute=STUDY.compute)
    one, two = (make_stage("sample", settings, inputs=inputs, seed=0, arm=ArmKey("rl", 20, seed)) for seed in (1, 2))
    assert one.fingerprint != two.fingerprint
    pretrain = PretrainSlice(model=STUDY.base_model, task=STUDY.task, compute=STUDY.compute)
    one, two = (make_stage("pretrain", pretrain, inputs={}, seed=0, arm=ArmKey("rl", 20, seed)) for seed in (1, 2))
    assert one.fingerprint == two.fingerprint
