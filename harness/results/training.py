"""How training went and what it came to, from the stages' summaries and curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from harness.records import ArmKey, by_way
from harness.results.training_records import (
    AccuracyCurve,
    AccuracyPoint,
    LearningCurve,
    RewardModelRow,
    RunRow,
)
from harness.statistics.convergence import convergence
from harness.statistics.learning_curve import LabelerCeiling, fit_power_law
from harness.statistics.run_bands import band
from harness.statistics.run_mean import t_interval
from harness.study.parts import AT_END
from harness.training.settings import PPOSettings

Summary = Mapping[str, float]
Steps = Sequence[Mapping[str, float]]
"""The PPO metrics of the logged batches, in their order."""

_CURVES = {"score": "objective/score", "kl": "objective/kl", "kl_coefficient": "objective/kl_coef",
           "gold_score": "objective/gold_score"}
_NEAR = 0.1
"""How far, as a share, a policy may be off the KL at which it is compared. The gold score goes with √KL, so that a run
which is off by as much scores 5% more or less, about a point of a win rate."""
_SMOOTHED = 15
"""Single batches are too noisy to read: running means over this part of a run."""


def reward_model_rows(summaries: Mapping[ArmKey, Summary]) -> list[RewardModelRow]:
    """summaries: of the reward models' stages."""
    return [RewardModelRow(arm=arm, trained_on=round(found["trained_on"]), validated_on=round(found["validated_on"]),
                           validation_accuracy=found.get("validation_accuracy"),
                           validation_loss=found.get("validation_loss"),
                           validation_confidence=found.get("validation_confidence"),
                           validation_calibration_error=found.get("validation_calibration_error"),
                           gain=found["gain"], bias=found["bias"])
            for arm, found in summaries.items()]


def run_rows(curves: Mapping[ArmKey, Steps], summaries: Mapping[ArmKey, Summary], ppo: PPOSettings) -> list[RunRow]:
    """One row a policy whose run has two batches or more. summaries: of the PPO stages."""
    return [RunRow(arm=arm, compared_at=summaries[arm].get("snapshot_kl"),
                   end=convergence([step["objective/kl"] for step in steps],
                                   [step["objective/kl_coef"] for step in steps], target=ppo.kl.target,
                                   horizon=ppo.kl.horizon, episodes=ppo.updates * ppo.batch_size))
            for arm, steps in curves.items() if len(steps) > 1]


def not_comparable(runs: Sequence[RunRow], *, compared_at: float | None) -> dict[ArmKey, str]:
    """Budgets of arms (their runs together) of which nothing can be decided, and why.

    At a KL: where a run is not there. At the end of training, for which an arm of its own stands where policies are
    compared at a KL: where a run was not at rest.
    """
    found: dict[ArmKey, str] = {}
    for arm, mine in by_way((row.arm, row) for row in runs).items():
        these = f"{len(mine)} runs with {arm.label_budget:,} labels"
        restless = sum(not row.end.converged for row in mine)
        if restless:
            at_end = arm if compared_at is None else replace(arm, arm=f"{arm.arm}{AT_END}")
            found[at_end] = f"{restless} of {these} were not at rest at their end"
        elsewhere = sum(not _is_near(row.compared_at, compared_at) for row in mine)
        if elsewhere:
            found[arm] = f"{elsewhere} of {these} did not come to a KL of {compared_at:g} nats"
    return found


def _is_near(kl: float | None, wanted: float | None) -> bool:
    return wanted is None or (kl is not None and abs(kl / wanted - 1) <= _NEAR)


def accuracy_curves(rows: Sequence[RewardModelRow], ceiling: LabelerCeiling | None, *,
                    confidence: float) -> list[AccuracyCurve]:
    """Of reward models that are held against the same labels. ceiling: of those labels."""
    curves = []
    for name in dict.fromkeys(row.arm.arm for row in rows):
        mine = [row for row in rows if row.arm.arm == name and row.validation_accuracy is not None]
        if not mine:
            continue
        runs: dict[int, list[tuple[int, float]]] = {}
        for row in mine:
            assert row.arm.seed is not None and row.arm.label_budget is not None
            runs.setdefault(row.arm.seed, []).append((row.arm.label_budget, row.validation_accuracy or 0.0))
        law = None if ceiling is None else fit_power_law(runs, ceiling=ceiling.accuracy, confidence=confidence)
        curves.append(AccuracyCurve(name, mine[0].validated_on, tuple(_points(mine, confidence)), ceiling, law))
    return curves


def _points(rows: Sequence[RewardModelRow], confidence: float) -> list[AccuracyPoint]:
    points = []
    for budget in sorted({row.arm.label_budget or 0 for row in rows}):
        same = [row for row in rows if row.arm.label_budget == budget]
        accuracies, losses, sure, off = np.array(
            [(row.validation_accuracy, row.validation_loss, row.validation_confidence,
              row.validation_calibration_error) for row in same], dtype=np.float64).T
        points.append(AccuracyPoint(budget, float(accuracies.mean()), *t_interval(accuracies, confidence),
                                    float(losses.mean()), *t_interval(losses, confidence), float(sure.mean()),
                                    float(off.mean()), len(same)))
    return points


def learning_curves(curves: Mapping[ArmKey, Steps]) -> list[LearningCurve]:
    """One for each budget and metric that two batches or more have."""
    found = []
    for arm, runs in by_way(curves.items()).items():
        for name, metric in _CURVES.items():
            lines = [_running_means([(step["episodes"], step[metric]) for step in steps if metric in step])
                     for steps in runs]
            over_runs = band(lines)
            if over_runs is not None:
                found.append(LearningCurve(arm, name, over_runs))
    return found


def _running_means(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """x and y; nothing of fewer than two points."""
    width = max(1, len(points) // _SMOOTHED)
    if len(points) < 2:
        return [], []
    xs, ys = (np.convolve(column, np.ones(width) / width, mode="valid").tolist() for column in np.array(points).T)
    return xs, ys
