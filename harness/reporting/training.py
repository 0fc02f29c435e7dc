"""How the policies were trained: scores, KL, over-optimization, and the reward models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from harness.records import ArmKey
from harness.reporting.page import UNDEFINED, Page, number, percent, thousands
from harness.reporting.plots import Curve, curves
from harness.reporting.report_data import ReportMaterial, arm_name, key_name


def policies(page: Page, material: ReportMaterial) -> None:
    """Scores, KL and length of every arm; KL and scores over training."""
    page.heading("Training")
    gold = "the simulated labeler's own score" if material.results["simulated_labels"] else "the judge's score"
    page.table(("arm", "gold score", "reward model", "KL, nats", "tokens", "ends in time"),
               [(arm_name(*group), number(row["gold_score"]), _or_dash(row["reward_model_score"]),
                 _or_dash(row["kl_to_reference"]), _or_dash(row["mean_tokens"], 1), percent(row["valid"]))
                for group, row in _by_budget(material.results["arms"]).items()],
               caption=f"On the test queries, seeds averaged. Gold score: {gold}, without noise. KL: to the policy "
                       f"that training started from.")
    for arm in dict.fromkeys(ArmKey.parse(name).arm for name in material.curves):
        panels = [plot for plot in (
            _panel(material, arm, x="episodes", y="objective/kl", x_axis="episodes", y_axis="KL, nats an episode"),
            _panel(material, arm, x="objective/kl", y="objective/score_of_valid", x_axis="KL, nats an episode",
                   y_axis="reward model's score"),
            _panel(material, arm, x="objective/kl", y="objective/gold_score", x_axis="KL, nats an episode",
                   y_axis="simulated labeler's own score")) if plot]
        if panels:
            page.figure(panels, f"{arm_name(arm)}: KL to the reference policy over training, and what it buys. Where "
                                f"the reward model's score climbs with KL and the labeler's own does not, the policy "
                                f"exploits its reward model. One line a seed, running means over a fifteenth of the "
                                f"steps.")


def reward_models(page: Page, material: ReportMaterial) -> None:
    """What each reward model learnt."""
    if not material.reward_models:
        return
    page.heading("Reward models")
    candidates = material.study["labels"]["candidates"]
    page.table(("reward model", "trained on", "accuracy", "loss", "gain", "bias"),
               [(_with_seed(arm), thousands(row["trained_on"]), _accuracy(arm, row),
                 number(row.get("validation_loss")), number(row.get("gain"), 2), number(row.get("bias"), 2))
                for arm, row in material.reward_models.items()],
               caption=f"On held-out labels: how often the chosen one of {candidates} has the highest score (chance "
                       f"{percent(1 / candidates)}). Gain and bias bring its scores to mean 0 and deviation 1 on the "
                       f"starting policy.")


def _accuracy(arm: str, row: Mapping[str, float]) -> str:
    """With the number of labels that it rests on, which is small under a small budget."""
    held_out = round((ArmKey.parse(arm).label_budget or 0) - row["trained_on"])
    accuracy = row.get("validation_accuracy")
    return UNDEFINED if accuracy is None else f"{percent(accuracy, 0)} of {held_out}"


def _with_seed(arm: str) -> str:
    key = ArmKey.parse(arm)
    return arm_name(key.arm, key.label_budget, key.seed)


def _panel(material: ReportMaterial, arm: str, *, x: str, y: str, x_axis: str, y_axis: str) -> str | None:
    """One metric against another, one colour a budget; None where no policy of this arm has both."""
    named: dict[str, list[Curve]] = {}
    for name, records in material.curves.items():
        key = ArmKey.parse(name)
        points = [(record["metrics"][x], record["metrics"][y]) for record in records
                  if x in record["metrics"] and y in record["metrics"]]
        if key.arm == arm and points:
            label = f"{key.label_budget:,} labels" if key.label_budget is not None else key_name(name)
            named.setdefault(label, []).append(_smoothed(np.array(points)))
    return curves(named, x_axis=x_axis, y_axis=y_axis) if named else None


def _smoothed(points: np.ndarray) -> Curve:
    """Running means of (n, 2) points over a fifteenth of them: single batches are too noisy to read."""
    width = max(1, len(points) // 15)
    xs, ys = (np.convolve(column, np.ones(width) / width, mode="valid").tolist() for column in points.T)
    return xs, ys


def _by_budget(arms: list[dict[str, Any]]) -> dict[tuple[str, int | None], dict[str, Any]]:
    """(arm, budget) -> its figures, the seeds averaged where a figure is defined."""
    groups: dict[tuple[str, int | None], list[dict[str, Any]]] = {}
    for entry in arms:
        groups.setdefault((entry["arm"], entry["label_budget"]), []).append(entry)
    names = ("gold_score", "reward_model_score", "kl_to_reference", "mean_tokens", "valid")
    return {group: {name: _mean([entry[name] for entry in entries]) for name in names}
            for group, entries in groups.items()}


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _or_dash(value: float | None, digits: int = 2) -> str:
    text = number(value, digits)
    return "–" if text == UNDEFINED else text
