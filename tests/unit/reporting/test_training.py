"""What training came to: arms with their seeds together, reward models, and curves."""

import re

from harness.records import ArmKey
from harness.reporting.page import Page
from harness.reporting.training import policies, reward_models
from harness.results.training_records import LearningCurve, RewardModelRow
from harness.statistics.run_bands import Band
from tests.result_records import arm_measures, results_of
from tests.unit.reporting.report_pages import data_of, written


def _cells(page: str, name: str) -> list[str]:
    row, = (row for row in page.split("<tr>") if f">{name}<" in row)
    return re.findall(r">([^<>]+)</td>", row)


def test_an_arm_is_a_row_with_the_means_over_its_seeds() -> None:
    arms = [arm_measures("rl", 250, seed) for seed in (1, 2)] + [arm_measures("zero_shot")]
    page = written(policies, data_of(results=results_of(arms=arms)))
    assert _cells(page, "rl 250") == ["rl 250", "0.500", "–", "0.00", "20.0", "100.0%"]
    assert _cells(page, "zero-shot")[0] == "zero-shot"


def test_a_reward_model_names_the_labels_that_its_accuracy_rests_on() -> None:
    row = RewardModelRow(ArmKey("rl", 250, 1), trained_on=225, validated_on=25, validation_accuracy=0.6,
                         validation_loss=1.2, validation_confidence=0.7,
                         validation_calibration_error=0.1, gain=0.5, bias=-0.1)
    page = written(reward_models, data_of(results=results_of(reward_models=(row,))))
    assert _cells(page, "rl 250, seed 1")[1:3] == ["225", "60% of 25"]
    assert "(chance 25.0%)" in page
    assert "Reward models" not in written(reward_models, data_of())


def test_learning_curves_are_a_panel_a_metric_and_a_band_a_budget() -> None:
    band = Band((64.0, 128.0), (1.0, 2.0), (0.5, 1.5), (1.5, 2.5), (2, 2))
    found = tuple(LearningCurve(ArmKey("rl", budget), metric, band) for budget in (250, 1000)
                  for metric in ("kl", "score"))
    page = Page("A test")
    policies(page, data_of(results=results_of(learning_curves=found)))
    assert list(page.figures) == ["training-rl-score", "training-rl-kl"]
    assert page.figures["training-rl-kl"].plot.rows[-1] == ("1,000 labels", 128.0, 2.0, 1.5, 2.5)
