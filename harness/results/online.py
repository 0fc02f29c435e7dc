"""What online collection came to, round by round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness.records import ArmKey
from harness.results.records import RoundRow
from harness.study.parts import PolicyArm
from harness.study.rounds import online_rounds
from harness.training.settings import PPOSettings


def round_rows(policies: Iterable[PolicyArm], ppo: PPOSettings,
               summaries: Mapping[tuple[ArmKey, int], Mapping[str, float]]) -> list[RoundRow]:
    """One row a round of each online arm. summaries: of the reward models, by arm and number of the round."""
    settings = {policy.arm: policy.rounds for policy in policies if policy.rounds is not None}
    rows = []
    for (arm, number), summary in summaries.items():
        assert arm.label_budget is not None
        this = online_rounds(arm.label_budget, online=settings[arm.arm], ppo=ppo)[number]
        rows.append(RoundRow(arm=arm, round=number + 1, episodes=this.start * ppo.batch_size, labels=this.labels,
                             validation_accuracy=summary.get("validation_accuracy"),
                             validation_loss=summary.get("validation_loss"), gain=summary["gain"],
                             bias=summary["bias"]))
    return rows
