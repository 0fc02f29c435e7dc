"""What each arm's own MLflow run is given."""

from harness.engine.summary import arm_metrics
from tests.result_records import arm_measures, rate, win_rate_row


def test_an_arms_run_has_its_own_seeds_win_rate_and_that_of_all_seeds():
    rows = [win_rate_row(found=rate(0.7)), win_rate_row(found=rate(0.9), judge="human"),
            win_rate_row(label_budget=1000, found=rate(0.2))]
    found = arm_metrics(arm_measures("rl", 250, 1), rows)
    assert (found["win_rate_vs_zero_shot"], found["win_rate_vs_zero_shot_all_seeds"]) == (0.7, 0.7)
    assert found["win_rate_vs_zero_shot_human_all_seeds"] == 0.9
    assert found["label_budget"] == 250


def test_what_an_arm_lacks_is_no_metric():
    found = arm_metrics(arm_measures("zero_shot"), [win_rate_row()])
    assert not {name for name in found if name.startswith("win_rate") or name == "label_budget"}
    assert "reward_model_score" not in found
    assert found["copying/novel_sentences"] == 0.5
