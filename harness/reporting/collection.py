"""Where labels came from beside the plain way: online, round by round, or not needed at all."""

from __future__ import annotations

from typing import Any

from harness.reporting.page import UNDEFINED, Page, number, percent, thousands
from harness.reporting.report_data import ReportMaterial, arm_name


def online(page: Page, material: ReportMaterial) -> None:
    """The labels of each round, and what the reward models made of them, all seeds together."""
    rows = material.results["online_rounds"]
    if not rows:
        return
    page.heading("Online collection")
    groups: dict[tuple[str, int, int], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["arm"], row["label_budget"], row["round"]), []).append(row)
    page.table(("policy", "round", "from episode", "labels", "accuracy", "gain"),
               [(arm_name(arm, budget), str(this), thousands(same[0]["episodes"]), thousands(same[0]["labels"]),
                 _mean_percent(same), number(sum(row["gain"] for row in same) / len(same), 2))
                for (arm, budget, this), same in groups.items()],
               caption="Each round asks for the labels that the schedule wants by its first episode, half of their "
                       "candidates written by the policy as it is then, and trains the reward model anew on all labels "
                       "so far. Accuracy: on held-out labels, seeds averaged.")


def upper_bounds(page: Page, material: ReportMaterial) -> None:
    """Which arms are no method for people's labels, and which are no trained policies."""
    said = [f"{arm_name(arm)} is an upper bound: its reward is the simulated labeler's own scorer, without labels."
            for arm in material.results["upper_bounds"]]
    if material.study["evaluation"]["best_of"]:
        said.append("best-of-n is not trained: of n samples of the starting policy the reward model's favourite; its "
                    "KL is log n − (n−1)/n nats.")
    page.items(said)


def _mean_percent(rows: list[dict[str, Any]]) -> str:
    known = [row["validation_accuracy"] for row in rows if row["validation_accuracy"] is not None]
    return percent(sum(known) / len(known), 0) if known else UNDEFINED
