"""The section on labels that were collected online, and on arms that need none."""

from __future__ import annotations

from harness.records import ArmKey
from harness.reporting.page import Page, number, percent, thousands
from harness.reporting.report_data import ReportData, arm_name, key_name
from harness.results.records import RoundRow
from harness.statistics.resampling import mean_of_defined


def online(page: Page, data: ReportData) -> None:
    """The labels of each round, and what the reward models made of them, all seeds together."""
    rows = data.results.online_rounds
    if not rows:
        return
    page.heading("Online collection")
    groups: dict[tuple[ArmKey, int], list[RoundRow]] = {}
    for row in rows:
        groups.setdefault((row.arm.without_seed, row.round), []).append(row)
    page.table(("policy", "round", "from episode", "labels", "accuracy", "gain"),
               [(key_name(arm), str(this), thousands(same[0].episodes), thousands(same[0].labels),
                 percent(mean_of_defined([row.validation_accuracy for row in same]), 0),
                 number(mean_of_defined([row.gain for row in same]), 2)) for (arm, this), same in groups.items()],
               caption="Each round asks for the labels that the schedule wants by its first episode, half of their "
                       "candidates written by the policy as it is then, and trains the reward model anew on all labels "
                       "so far. Accuracy: on held-out labels, seeds averaged.")


def upper_bounds(page: Page, data: ReportData) -> None:
    """Which arms are no method for people's labels, and which are no trained policies."""
    said = [f"{arm_name(arm)} is an upper bound: its reward is the simulated labeler's own scorer, without labels."
            for arm in data.results.upper_bounds]
    if data.study.evaluation.best_of:
        said.append("best-of-n is not trained: of n samples of the starting policy the reward model's favourite; its "
                    "KL is log n − (n−1)/n nats.")
    page.items(said)
