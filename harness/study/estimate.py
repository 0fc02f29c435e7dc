"""How much work a plan is: labels, episodes, tokens through a model, GPU-hours. For --dry-run and for the time left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.study.plan import Plan
from harness.study.slices import (
    BestOfSlice,
    DomainTuningSlice,
    FrontierSamplesSlice,
    LabelsSlice,
    OnlinePPOSlice,
    PPOSlice,
    PretrainSlice,
    RewardModelSlice,
    SampleSlice,
    SupervisedSlice,
    TextsSlice,
)
from harness.study.stage import Stage
from harness.training.memory import TransformerShape
from harness.training.settings import ComputeSettings


@dataclass(frozen=True)
class Estimate:
    """labels: choices to be made. episodes: PPO's. model_tokens: token passes, a backward pass counted as two.

    sampled_tokens: those of model_tokens that are sampled one after another.
    """

    labels: int = 0
    episodes: int = 0
    model_tokens: int = 0
    sampled_tokens: int = 0

    def __add__(self, other: Estimate) -> Estimate:
        return Estimate(self.labels + other.labels, self.episodes + other.episodes,
                        self.model_tokens + other.model_tokens, self.sampled_tokens + other.sampled_tokens)

    @property
    def work(self) -> int:
        """In token passes; a sampled token takes about as long as five others (measured on small models)."""
        return self.model_tokens + 4 * self.sampled_tokens


_SUSTAINED = {"bf16": 1.0e14, "fp32": 1.5e13}
"""FLOP/s that training reaches on an A100: a third of its peak in bfloat16, three quarters of that in single precision.
"""


def gpu_hours(work: int, shape: TransformerShape, compute: ComputeSettings) -> float:
    """Of `Estimate.work` on one A100. A token passes forward in two FLOP a parameter."""
    return 2 * shape.parameters * work / _SUSTAINED[compute.precision] / 3600


def count_labels(stages: Iterable[Stage]) -> int:
    """How many different labels these stages make: where the pieces of two budgets overlap they hold the same ones."""
    spans = sorted((str(stage.arm), stage.settings.start, stage.settings.stop) for stage in stages
                   if isinstance(stage.settings, LabelsSlice))
    count, reached = 0, ("", 0)
    for arm, start, stop in spans:
        known = reached[1] if reached[0] == arm else 0
        count += max(0, stop - max(start, known))
        reached = arm, max(stop, known)
    return count


def work_ahead(plan: Plan) -> dict[str, int]:
    """Fingerprint -> the work of the stage and of the longest chain of stages that wait for it.

    Taking the stage with the most ahead first is list scheduling by upward rank (Topcuoglu et al. 2002, section 4.1).
    """
    users: dict[str, int] = {}
    ahead: dict[str, int] = {}
    for stage in reversed(plan.stages):
        here = ahead[stage.fingerprint] = estimate_stage(stage, plan).work + users.get(stage.fingerprint, 0)
        for needed in stage.inputs.values():
            users[needed] = max(users.get(needed, 0), here)
    return ahead


def estimate_stage(stage: Stage, plan: Plan) -> Estimate:
    """What running this stage from nothing would take."""
    settings, task, labels = stage.settings, plan.study.task, plan.study.labels
    query, response = task.query_tokens, task.response.tokens
    candidates = query + labels.candidates * response
    if isinstance(settings, PretrainSlice):
        return Estimate(model_tokens=3 * settings.model.tokens)
    if isinstance(settings, DomainTuningSlice):
        fit = settings.fit
        return Estimate(model_tokens=3 * (fit.steps or 0) * fit.batch_size * (query + response))
    if isinstance(settings, SupervisedSlice):
        spec = settings.supervised
        pairs = round(spec.pairs * (spec.keep if settings.scorer else 1.0) * (spec.fit.epochs or 1))
        return Estimate(model_tokens=3 * pairs * len(spec.learning_rates) * (query + response))
    if isinstance(settings, LabelsSlice):
        count = settings.stop - settings.start
        if settings.labels.source == "imported":
            return Estimate(labels=count)
        return Estimate(labels=count, model_tokens=count * candidates,
                        sampled_tokens=count * labels.candidates * response)
    if isinstance(settings, RewardModelSlice):
        return Estimate(model_tokens=3 * settings.label_budget * candidates)
    if isinstance(settings, PPOSlice):
        ppo = settings.ppo
        # Sampling, the reference, the reward model, then forward and backward once an epoch.
        passes = 3 + 3 * ppo.epochs
        updates = settings.stop - settings.start if isinstance(settings, OnlinePPOSlice) else ppo.updates
        episodes = updates * ppo.batch_size
        return Estimate(episodes=episodes, model_tokens=episodes * passes * (query + response),
                        sampled_tokens=episodes * response)
    if isinstance(settings, FrontierSamplesSlice):
        sampled = settings.queries * settings.samples * response
        return Estimate(model_tokens=settings.queries * query + sampled, sampled_tokens=sampled)
    if isinstance(settings, BestOfSlice):
        sampled = task.queries.test * settings.n * response
        return Estimate(model_tokens=2 * (task.queries.test * query + sampled), sampled_tokens=sampled)
    if isinstance(settings, SampleSlice) and not isinstance(settings, TextsSlice):
        return Estimate(model_tokens=3 * task.queries.test * (query + response))
    return Estimate(model_tokens=1000)
