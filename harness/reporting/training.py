"""The section on training: scores, KL, over-optimization, and the reward models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from harness.records import ArmKey
from harness.reporting.page import UNDEFINED, Page, number, percent, thousands
from harness.reporting.plots import Curve, curves
from harness.reporting.report_data import ReportData, arm_name, key_name
from harness.results.text_records import ArmMeasures
from harness.results.training_records import RewardModelRow
from harness.statistics.resampling import mean_of_defined

Figure = Literal["gold_score", "reward_model_score", "kl_to_reference", "mean_tokens", "valid"]


def policies(page: Page, data: ReportData) -> None:
    """Scores, KL and length of every arm; KL and scores over training."""
    page.heading("Training")
    gold = "the simulated labeler's own score" if data.results.simulated_labels else "the judge's score"
    page.table(("arm", "gold score", "reward model", "KL, nats", "tokens", "ends in time"),
               [(key_name(group), number(_mean(arms, "gold_score")), _or_dash(_mean(arms, "reward_model_score")),
                 _or_dash(_mean(arms, "kl_to_reference")), _or_dash(_mean(arms, "mean_tokens"), 1),
                 percent(_mean(arms, "valid"))) for group, arms in _by_budget(data.results.arms).items()],
               caption=f"On the test queries, seeds averaged. Gold score: {gold}, without noise. KL: to the policy "
                       f"that training started from.")
    for arm in dict.fromkeys(key.arm for key in data.curves):
        panels = [plot for plot in (
            _panel(data, arm, x="episodes", y="objective/kl", x_axis="episodes", y_axis="KL, nats an episode"),
            _panel(data, arm, x="objective/kl", y="objective/score_of_valid", x_axis="KL, nats an episode",
                   y_axis="reward model's score"),
            _panel(data, arm, x="objective/kl", y="objective/gold_score", x_axis="KL, nats an episode",
                   y_axis="simulated labeler's own score")) if plot]
        if panels:
            page.figure(panels, f"{arm_name(arm)}: KL to the reference policy over training, and what it buys. Where "
                                f"the reward model's score climbs with KL and the labeler's own does not, the policy "
                                f"exploits its reward model. One line a seed, running means over a fifteenth of the "
                                f"steps.")


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


def _panel(data: ReportData, arm: str, *, x: str, y: str, x_axis: str, y_axis: str) -> str | None:
    """One metric against another, one colour a budget; None where no policy of this arm has both."""
    named: dict[str, list[Curve]] = {}
    for key, steps in data.curves.items():
        points = [(metrics[x], metrics[y]) for metrics in steps if x in metrics and y in metrics]
        if key.arm == arm and points:
            label = f"{key.label_budget:,} labels" if key.label_budget is not None else key_name(key)
            named.setdefault(label, []).append(_smoothed(np.array(points)))
    return curves(named, x_axis=x_axis, y_axis=y_axis) if named else None


def _smoothed(points: np.ndarray) -> Curve:
    """Running means of (n, 2) points over a fifteenth of them: single batches are too noisy to read."""
    width = max(1, len(points) // 15)
    xs, ys = (np.convolve(column, np.ones(width) / width, mode="valid").tolist() for column in points.T)
    return xs, ys


def _by_budget(arms: Sequence[ArmMeasures]) -> dict[ArmKey, list[ArmMeasures]]:
    """The seeds of each budget."""
    groups: dict[ArmKey, list[ArmMeasures]] = {}
    for each in arms:
        groups.setdefault(replace(each.arm, seed=None), []).append(each)
    return groups


def _mean(arms: Sequence[ArmMeasures], figure: Figure) -> float | None:
    """The figure averaged over seeds, where it is defined."""
    return mean_of_defined([getattr(each, figure) for each in arms])


def _or_dash(value: float | None, digits: int = 2) -> str:
    text = number(value, digits)
    return "–" if text == UNDEFINED else text
