"""Records of training: how it went and ended, the reward models' learning curve, and scores against KL."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.json_records import INLINE
from harness.records import ArmKey
from harness.results.spelling import ARM_AND_BUDGET, ARM_BUDGET_AND_SEED
from harness.statistics.convergence import Convergence
from harness.statistics.frontier import GainFit
from harness.statistics.learning_curve import LabelerCeiling, PowerLaw
from harness.statistics.run_bands import Band


@dataclass(frozen=True)
class RewardModelRow:
    """What one reward model learnt.

    arm, label_budget, seed: of its policy. trained_on: how many labels it was fitted to. validated_on: on how many
    held-out labels it is measured. validation_accuracy: how often the chosen candidate has the highest score.
    validation_loss: nats a label. validation_confidence: the mean chance that it gives to its favourite.
    validation_calibration_error: how far such chances are from what comes true (Guo et al. 2017). gain, bias: bring
    its scores to mean 0 and standard deviation 1 on the starting policy.
    """

    arm: ArmKey = field(metadata=ARM_BUDGET_AND_SEED)
    trained_on: int
    validated_on: int
    validation_accuracy: float | None
    validation_loss: float | None
    validation_confidence: float | None
    validation_calibration_error: float | None
    gain: float
    bias: float


@dataclass(frozen=True)
class RunRow:
    """How one PPO run ended.

    arm, label_budget, seed: which. compared_at: its KL on validation queries where it is compared, nats an episode;
    null where that is the end of training.
    """

    arm: ArmKey = field(metadata=ARM_BUDGET_AND_SEED)
    end: Convergence = field(metadata=INLINE)
    compared_at: float | None


@dataclass(frozen=True)
class LearningCurve:
    """A figure of PPO's batches while it trains, over the runs of one budget (Ziegler figure 2).

    arm, label_budget: whose runs. metric: `score` (with the penalty in the place of the score where a response does not
    end in time), `kl` (nats an episode), `kl_coefficient` (beta) or `gold_score` (of responses that end in time).
    band: over runs, x in episodes; each run a running mean over a fifteenth of its batches.
    """

    arm: ArmKey = field(metadata=ARM_AND_BUDGET)
    metric: str
    band: Band


@dataclass(frozen=True)
class AccuracyPoint:
    """The reward models of one label budget.

    label_budget: how many labels. accuracy, log_loss, confidence, calibration_error: means over runs, as in
    `reward_models`. accuracy_low, accuracy_high, log_loss_low, log_loss_high: t intervals over runs, null with one run.
    n_runs: how many there are.
    """

    label_budget: int
    accuracy: float
    accuracy_low: float | None
    accuracy_high: float | None
    log_loss: float
    log_loss_low: float | None
    log_loss_high: float | None
    confidence: float
    calibration_error: float
    n_runs: int


@dataclass(frozen=True)
class AccuracyCurve:
    """How well the reward models of one kind of policy predict the study's held-out labels.

    arm: whose. points: one for each budget, ascending. n_labels: how many held-out labels there are. ceiling: what the
    labeler's own noise allows, null where its chances are not known. power_law: how the gap to the ceiling closes.
    """

    arm: str
    n_labels: int
    points: tuple[AccuracyPoint, ...]
    ceiling: LabelerCeiling | None
    power_law: PowerLaw | None


@dataclass(frozen=True)
class FrontierRow:
    """A score against the KL that it costs, over the runs of one budget, on validation queries.

    arm, label_budget: whose runs. score: `reward`, `gold_score` or `win_rate`. The reward is the reward model's score,
    or the penalty where a response does not end in time. The gold score is the simulated labeler's own. The win rate
    is how often the labeler would prefer a response to one of the starting policy. method: `ppo`, along training;
    `best_of_n` of the starting policy by the reward, n = 1, 2, 4 and so on; `optimum`, the policy that no other exceeds
    in reward at its KL. band: over runs, x = √KL, KL in nats an episode. fit: of the gain over the starting policy,
    null for win rates and the optimum. effective_samples: what the samples behind the optimum count for at its largest
    KL, of each query; null for others.
    """

    arm: ArmKey = field(metadata=ARM_AND_BUDGET)
    score: str
    method: str
    band: Band
    fit: GainFit | None
    effective_samples: float | None
