"""The section on training: scores, KL, over-optimization, and the reward models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from harness.records import by_way
from harness.reporting.canvas import Plot
from harness.reporting.figure_files import figure_name
from harness.reporting.page import UNDEFINED, Page, number, percent, thousands
from harness.reporting.plots import BandLine, bands
from harness.reporting.report_data import ReportData, arm_name, budget_name, key_name
from harness.results.text_records import ArmMeasures
from harness.results.training_records import LearningCurve, RewardModelRow
from harness.statistics.resampling import mean_of_defined

_AXES = {"score": "reward model's score", "gold_score": "simulated labeler's own score",
         "kl": "KL, nats an episode", "kl_coefficient": "KL coefficient β"}
Figure = Literal["gold_score", "reward_model_score", "kl_to_reference", "mean_tokens", "valid"]


def policies(page: Page, data: ReportData) -> None:
    """Scores, KL and length of every arm; KL and scores over training."""
    page.heading("Training")
    ways = by_way((each.arm, each) for each in data.results.arms)
    gold = "the simulated labeler's own score" if data.results.simulated_labels else "the judge's score"
    page.table(("arm", "gold score", "reward model", "KL, nats", "tokens", "ends in time"),
               [(key_name(group), number(_mean(arms, "gold_score")), _or_dash(_mean(arms, "reward_model_score")),
                 _or_dash(_mean(arms, "kl_to_reference")), _or_dash(_mean(arms, "mean_tokens"), 1),
                 percent(_mean(arms, "valid"))) for group, arms in ways.items()],
               caption=f"On the test queries, seeds averaged. Gold score: {gold}, without noise. KL: to the policy "
                       f"that training started from.")
    found = data.results.learning_curves
    for arm in dict.fromkeys(curve.arm.arm for curve in found):
        panels = {figure_name("training", arm, metric): _learning_curve(same, axis) for metric, axis in _AXES.items()
                  if (same := [curve for curve in found if (curve.arm.arm, curve.metric) == (arm, metric)])}
        page.figure(panels, f"{arm_name(arm)}: training, the mean and the range of the runs of each budget. Running "
                            f"means over a fifteenth of the batches. Where the reward model's score rises and the "
                            f"labeler's own does not, the policy exploits its reward model.")


def reward_models(page: Page, data: ReportData) -> None:
    """What each reward model learnt."""
    rows = data.results.reward_models
    if not rows:
        return
    page.heading("Reward models")
    candidates = data.study.labels.candidates
    page.table(("reward model", "trained on", "accuracy", "loss", "gain", "bias"),
               [(key_name(row.arm, with_seed=True), thousands(row.trained_on), _accuracy(row),
                 number(row.validation_loss), number(row.gain, 2), number(row.bias, 2)) for row in rows],
               caption=f"On held-out labels: how often the chosen one of {candidates} has the highest score (chance "
                       f"{percent(1 / candidates)}). Gain and bias bring its scores to mean 0 and deviation 1 on the "
                       f"starting policy.")


def _accuracy(row: RewardModelRow) -> str:
    """With the number of labels that it rests on, which may be small under a small budget."""
    if row.validation_accuracy is None:
        return UNDEFINED
    return f"{percent(row.validation_accuracy, 0)} of {thousands(row.validated_on)}"


def _learning_curve(curves: Sequence[LearningCurve], axis: str) -> Plot:
    """One metric of one kind of policy over episodes, a band a budget."""
    lines = [BandLine(budget_name(each.arm), list(zip(each.band.x, each.band.mean, each.band.low, each.band.high,
                                                      strict=True))) for each in curves]
    return bands(lines, x_axis="episodes", y_axis=axis)


def _mean(arms: Sequence[ArmMeasures], figure: Figure) -> float | None:
    """The figure averaged over seeds, where it is defined."""
    return mean_of_defined([getattr(each, figure) for each in arms])


def _or_dash(value: float | None, digits: int = 2) -> str:
    text = number(value, digits)
    return "–" if text == UNDEFINED else text
