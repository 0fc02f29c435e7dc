"""The parameters of MLflow's runs: the study file's own keys and values, and nothing that did not make the run."""

import re

import pytest
from mlflow.utils.validation import MAX_ENTITY_KEY_LENGTH, MAX_PARAM_VAL_LENGTH, validate_param_and_metric_name

from harness.engine.run_parameters import ArmParameters, arm_key_parameters, stage_parameters, study_parameters
from harness.records import ArmKey
from harness.shipped import STUDIES
from harness.study.loading import load_study
from harness.study.plan import make_plan

OWN = ("kind", "stage_seed", "arm", "label_budget", "seed", "start", "stop", "scorer", "gold_scorer", "fitted_labels",
       "frontier_queries", "frontier_samples",
       "n", "baseline", "name", "ask_of_source")
"""What a stage's run says besides keys of the study file."""

# Of a sweep each stage has its own rate.
SWEPT = re.compile(r"supervised\.(fit\.learning_rate|learning_rates)")


def planned(name="quick.yaml", *overrides):
    return make_plan(load_study(STUDIES / name, overrides), {})


@pytest.mark.parametrize("name", ["quick.yaml", "online.yaml", "smart_copier.yaml", "label_budget.yaml"])
def test_a_stages_parameters_are_keys_of_the_study_file_with_their_values(name):
    plan = planned(name)
    study = study_parameters(plan.study)
    for stage in plan.stages:
        for key, value in stage_parameters(stage).items():
            if key not in OWN and not SWEPT.match(key):
                assert study[key] == value, (stage.name, key)


@pytest.mark.parametrize("name", ["quick.yaml", "smart_copier.yaml"])
def test_mlflow_takes_every_parameter(name):
    plan = planned(name)
    for params in (study_parameters(plan.study), *map(stage_parameters, plan.stages)):
        for key, value in params.items():
            assert validate_param_and_metric_name(key) and len(key) <= MAX_ENTITY_KEY_LENGTH
            assert isinstance(value, str) and value and len(value) <= MAX_PARAM_VAL_LENGTH


def test_what_is_set_on_the_command_line_is_what_two_executions_differ_in():
    before = study_parameters(planned().study)
    after = study_parameters(planned("quick.yaml", "ppo.learning_rate=2.0e-4", "labels.labeler.noise=0.3",
                                     "ppo.kl.target=null").study)
    assert {key: (before[key], after[key]) for key in before if before[key] != after[key]} == {
        "ppo.learning_rate": ("0.0004", "0.0002"), "labels.labeler.noise": ("0.1", "0.3"),
        "ppo.kl.target": ("2.0", "null")}


def test_a_study_names_its_lists_by_position_as_set_does():
    params = study_parameters(planned("online.yaml").study)
    assert params["policies.0.arm"] and params["labels.budgets"].startswith("[")


def test_an_arm_has_the_settings_that_made_it_and_no_others():
    params = ArmParameters(planned())
    trained, baseline, people = params[ArmKey("rl", 1000, 2)], params[ArmKey("zero_shot")], params[ArmKey("reference")]
    assert (trained["ppo.kl.target"], trained["reward_model.batch_size"], trained["labels.labeler.noise"]) == (
        "2.0", "16", "0.1")
    assert (trained["arm"], trained["label_budget"], trained["seed"], trained["policy.start"]) == (
        "rl", "1000", "2", "zero_shot")
    for other in (baseline, people):
        assert other["task.query_tokens"] == "24" and other["base_model.layers"] == "2"
        assert not [key for key in other if key.split(".")[0] in ("ppo", "labels", "reward_model", "policy", "seed")]
    assert "labels.budgets" not in trained, "other budgets did not make this arm"


def test_texts_that_would_not_show_are_quoted_and_long_ones_stay_apart():
    study = planned().study
    written = study_parameters(study.model_copy(update={"title": "two\nlines"}))
    assert written["title"] == '"two\\nlines"'
    assert study_parameters(study.model_copy(update={"title": ""}))["title"] == '""'
    first, second = (study_parameters(study.model_copy(update={"title": "a" * 7000 + end}))["title"] for end in "bc")
    assert first != second and len(first) <= MAX_PARAM_VAL_LENGTH


@pytest.mark.parametrize(("arm", "params"), [
    (ArmKey("zero_shot"), {"arm": "zero_shot"}),
    (ArmKey("rl", 5000, 2), {"arm": "rl", "label_budget": "5000", "seed": "2"}),
    (ArmKey("gold", 0, 1), {"arm": "gold", "label_budget": "0", "seed": "1"})])
def test_runs_are_found_by_what_their_arm_has(arm, params):
    assert arm_key_parameters(arm) == params
