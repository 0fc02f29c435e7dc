"""How much work a plan is: labels, episodes, tokens through a model. For --dry-run and for the time left."""

from __future__ import annotations

from dataclasses import dataclass

from harness.study.plan import Plan
from harness.study.stage import (
    DomainTuningSlice,
    LabelsSlice,
    PPOSlice,
    PretrainSlice,
    RewardModelSlice,
    SampleSlice,
    Stage,
    SupervisedSlice,
)


@dataclass(frozen=True)
class Estimate:
    """labels: choices to be made. episodes: PPO's. model_tokens: token passes, a backward pass counted as two."""

    labels: int = 0
    episodes: int = 0
    model_tokens: int = 0

    def __add__(self, other: Estimate) -> Estimate:
        return Estimate(self.labels + other.labels, self.episodes + other.episodes,
                        self.model_tokens + other.model_tokens)


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
        return Estimate(labels=count, model_tokens=count * candidates)
    if isinstance(settings, RewardModelSlice):
        return Estimate(model_tokens=3 * settings.label_budget * candidates)
    if isinstance(settings, PPOSlice):
        ppo = settings.ppo
        # Sampling, the reference, the reward model, then forward and backward once an epoch.
        passes = 3 + 3 * ppo.epochs
        return Estimate(episodes=ppo.updates * ppo.batch_size,
                        model_tokens=ppo.updates * ppo.batch_size * passes * (query + response))
    if isinstance(settings, SampleSlice) and settings.method == "policy":
        return Estimate(model_tokens=3 * task.queries.test * (query + response))
    return Estimate(model_tokens=1000)


def estimate_plan(plan: Plan) -> Estimate:
    """The sum over all stages. Labels that two budgets share are counted once."""
    total = Estimate()
    for stage in plan.stages:
        total = total + estimate_stage(stage, plan)
    return Estimate(max(plan.study.labels.budgets), total.episodes, total.model_tokens)
