"""Adds the stages of models and evaluation to a plan, with their settings, inputs and seeds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import get_args

from harness.digests import fingerprint
from harness.records import ArmKey
from harness.study.arms import end_arms, judged_pairs
from harness.study.collector import StageCollector
from harness.study.inputs import InputKey, InputOf, in_order, of_arms
from harness.study.label_stages import LabelStages
from harness.study.parts import OnlineSettings, PolicyArm, ScratchModel, SupervisedSpec
from harness.study.rounds import Round, online_rounds
from harness.study.slices import (
    BaseModelSlice,
    BestOfSlice,
    DomainTuningSlice,
    Draw,
    FrontierSamplesSlice,
    GoldPPOSlice,
    JudgeSlice,
    MeasureSlice,
    OnlinePPOSlice,
    PeopleSlice,
    PPOSlice,
    PretrainSlice,
    PublishSlice,
    QueriesSlice,
    RewardModelSlice,
    SampleSlice,
    SupervisedChoiceSlice,
    SupervisedSlice,
    TextBaseline,
    TextsSlice,
)
from harness.study.stage import CODE_VERSIONS, Stage, make_stage

_FRONTIER_QUERIES, _FRONTIER_SAMPLES = 16, 128
"""Samples of ρ from which best-of-n and the optimum are computed: n up to 128, the queries in common to all runs."""
_TEXT_BASELINES: Mapping[str, TextBaseline] = {name: name for name in get_args(TextBaseline)}


@dataclass(frozen=True)
class Trained:
    """What the training of one arm comes to. rounds: every reward model of online collection, the last among them."""

    policy: Stage
    frontier_samples: Stage
    reward_model: Stage | None = None
    rounds: tuple[Stage, ...] = ()

    @property
    def reward_input(self) -> dict[InputKey, Stage]:
        """The reward model as an input, where there is one."""
        return {} if self.reward_model is None else {"reward_model": self.reward_model}


def trained_inputs(trained: Mapping[ArmKey, Trained]) -> dict[InputKey, Stage]:
    """All that was trained, as inputs of the report."""
    return {
        **{InputOf("rounds", arm=arm, number=number): stage
           for arm, each in trained.items() for number, stage in enumerate(each.rounds)},
        **of_arms("reward_models", {arm: each.reward_model for arm, each in trained.items() if each.reward_model}),
        **of_arms("policies", {arm: each.policy for arm, each in trained.items()}),
        **of_arms("frontiers", {arm: each.frontier_samples for arm, each in trained.items()})}


class Planner(StageCollector):
    """Each method adds one kind of stage and returns it."""

    def base_model(self) -> Stage:
        model = self.study.base_model
        if isinstance(model, ScratchModel):
            settings = PretrainSlice(model=model, task=self.study.task, compute=self.study.compute)
            return self.add(make_stage("pretrain", settings, inputs={}, seed=self.seed("pretrain"),
                                       externals=self.external("source")))
        return self.add(make_stage("base model", BaseModelSlice(name=model), inputs={}, seed=0,
                                   externals=self.external("base_model")))

    def queries(self, base: Stage) -> Stage:
        return self.add(make_stage("queries", QueriesSlice(task=self.study.task), inputs={"base": base},
                                   seed=self.seed("queries"), externals=self.external("source")))

    def zero_shot(self, base: Stage) -> Stage:
        if self.study.domain_tuning is None:
            return base
        settings = DomainTuningSlice(task=self.study.task, fit=self.study.domain_tuning, compute=self.study.compute)
        return self.add(make_stage("domain tuning", settings, inputs={"base": base},
                                   seed=self.seed("domain_tuning"), externals=self.external("source")))

    def supervised(self, zero_shot: Stage, queries: Stage) -> Stage | None:
        spec = self.study.supervised
        if spec is None:
            return None
        scorer = None
        if not self.study.is_summarization:
            scorer = spec.scorer or self.gold_scorer
        rates = spec.learning_rates
        tried = [self._supervised_at(rate, spec, scorer, {"start": zero_shot, "queries": queries},
                                     has_siblings=len(rates) > 1) for rate in rates]
        if len(tried) == 1:
            return tried[0]
        return self.add(make_stage("supervised", SupervisedChoiceSlice(learning_rates=rates),
                                   inputs=in_order("rates", dict(enumerate(tried))), seed=0))

    def _supervised_at(self, rate: float, spec: SupervisedSpec, scorer: str | None,
                       inputs: Mapping[InputKey, Stage], *, has_siblings: bool) -> Stage:
        """One rate of the sweep. The slice holds no other rate, so that a longer sweep leaves this one alone."""
        alone = spec.model_copy(update={"learning_rates": (rate,), "fit": replace(spec.fit, learning_rate=rate)})
        settings = SupervisedSlice(task=self.study.task, supervised=alone, scorer=scorer,
                                   compute=self.study.compute)
        return self.add(make_stage(f"supervised {rate:g}", settings, inputs=inputs,
                                   seed=self.seed("supervised"), externals=self.external(f"scorer:{scorer}"),
                                   has_siblings=has_siblings))

    def reward_model(self, arm: ArmKey, start: Stage, inputs: Mapping[InputKey, Stage], queries: Stage, *,
                     draw: Draw | None, this: Round | None = None) -> Stage:
        """inputs: labels, of which it is fitted to the budget's, or to those there are in a round."""
        assert arm.label_budget is not None and arm.seed is not None
        settings = RewardModelSlice(response=self.study.task.response, temperature=self.study.task.temperature,
                                    label_budget=this.labels if this else arm.label_budget, draw=draw,
                                    fit=self.study.reward_model, compute=self.study.compute)
        return self.add(make_stage(f"reward model {arm}{this or ''}", settings,
                                   inputs={"start": start, "queries": queries, **inputs},
                                   seed=self.seed("reward_model", arm.seed), arm=arm, has_siblings=True))

    def frontier_samples(self, start: Stage, queries: Stage) -> Stage:
        settings = FrontierSamplesSlice(task=self.study.task, gold_scorer=self.gold_scorer, queries=_FRONTIER_QUERIES,
                                        samples=_FRONTIER_SAMPLES, compute=self.study.compute)
        return self.add(make_stage("frontier samples", settings, inputs={"policy": start, "queries": queries},
                                   seed=self.seed("frontier_samples"), has_siblings=True,
                                   externals=self.external(f"scorer:{self.gold_scorer}")))

    def ppo(self, arm: ArmKey, inputs: Mapping[InputKey, Stage], *, this: Round | None = None) -> Stage:
        """inputs: start, queries, frontier_samples; reward_model unless the scorer rewards; previous: last round."""
        assert arm.seed is not None
        settings = PPOSlice(task=self.study.task, ppo=self.study.ppo, labeler=self.labeler,
                            compute=self.study.compute, snapshots_at=self.study.evaluation.plan.compared_at)
        if "reward_model" not in inputs:
            samples = self.study.reward_model.normalization_samples
            settings = GoldPPOSlice(**dict(settings), normalization_samples=samples)
        elif this is not None:
            settings = OnlinePPOSlice(**dict(settings), start=this.start, stop=this.stop)
        return self.add(make_stage(f"ppo {arm}{this or ''}", settings, inputs=inputs,
                                   seed=self.seed("ppo", arm.seed), arm=arm, has_siblings=True,
                                   externals=self.external(f"scorer:{self.gold_scorer}")))

    def offline_reward_model(self, arm: ArmKey, start: Stage, labels: LabelStages, queries: Stage) -> Stage:
        assert arm.label_budget is not None
        inputs = {**in_order("labels", labels.of_budget(arm.label_budget)), **labels.validation()}
        return self.reward_model(arm, start, inputs, queries, draw=labels.draw(arm.seed))

    def trained(self, arm: ArmKey, policy: PolicyArm, start: Stage, labels: LabelStages, queries: Stage) -> Trained:
        """All that is trained for one arm."""
        samples = self.frontier_samples(start, queries)
        inputs: dict[InputKey, Stage] = {"start": start, "queries": queries, "frontier_samples": samples}
        if policy.reward == "gold":
            return Trained(self.ppo(arm, inputs), samples)
        if policy.rounds is not None and policy.rounds.rounds > 1:  # one round is offline collection
            return self.online(arm, policy.rounds, inputs, labels)
        reward_model = self.offline_reward_model(arm, start, labels, queries)
        return Trained(self.ppo(arm, {**inputs, "reward_model": reward_model}), samples, reward_model)

    def online(self, arm: ArmKey, online: OnlineSettings, inputs: Mapping[InputKey, Stage],
               stages: LabelStages) -> Trained:
        """All rounds of one arm (Ziegler 2.3): labels, a reward model of all labels so far, PPO from where it was.

        inputs: start, queries, frontier_samples.
        """
        assert arm.label_budget is not None
        start, queries = inputs["start"], inputs["queries"]
        imported = self.study.labels.source == "imported"
        labels: dict[int, Stage] = stages.of_budget(arm.label_budget) if imported else {}
        reward_models: list[Stage] = []
        have, policy = 0, None
        for this in online_rounds(arm.label_budget, online=online, ppo=self.study.ppo):
            if not imported:
                labels |= stages.of_round(arm, have, this.labels, policy)
            reward_models.append(self.reward_model(
                arm, start, {**in_order("labels", labels), **stages.validation()}, queries, this=this,
                draw=stages.draw(arm.seed) if imported else None))
            previous: dict[InputKey, Stage] = {} if policy is None else {"previous": policy}
            policy = self.ppo(arm, {**inputs, "reward_model": reward_models[-1], **previous}, this=this)
            have = this.labels
        assert policy is not None
        return Trained(policy, inputs["frontier_samples"], reward_models[-1], tuple(reward_models))

    def best_of(self, arm: ArmKey, n: int, inputs: Mapping[InputKey, Stage]) -> Stage:
        return self._sample_stage(arm, BestOfSlice(task=self.study.task, n=n, compute=self.study.compute), inputs)

    def sample(self, arm: ArmKey, inputs: Mapping[InputKey, Stage], *, at_kl: float | None = None) -> Stage:
        settings = SampleSlice(task=self.study.task, compute=self.study.compute, at_kl=at_kl)
        return self._sample_stage(arm, settings, inputs)

    def texts(self, baseline: ArmKey, queries: Stage) -> Stage:
        """The texts of a baseline that no model writes."""
        settings = TextsSlice(task=self.study.task, baseline=_TEXT_BASELINES[baseline.arm], compute=self.study.compute)
        return self._sample_stage(baseline, settings, {"queries": queries})

    def _sample_stage(self, arm: ArmKey, settings: SampleSlice, inputs: Mapping[InputKey, Stage]) -> Stage:
        return self.add(make_stage(f"sample {arm}", settings, inputs=inputs,
                                   seed=self.seed("sample", str(arm)), arm=arm, has_siblings=True))

    def measure(self, arm: ArmKey, sample: Stage, queries: Stage) -> Stage:
        gold = self.gold_scorer or self.study.evaluation.judge.scorer
        return self.add(make_stage(f"measure {arm}", MeasureSlice(task=self.study.task, gold_scorer=gold),
                                   inputs={"sample": sample, "queries": queries}, seed=0, arm=arm, has_siblings=True,
                                   externals=self.external(f"scorer:{gold}")))

    def judge(self, samples: Mapping[ArmKey, Stage], queries: Stage) -> Stage:
        evaluation = self.study.evaluation
        settings = JudgeSlice(judge=evaluation.judge, pairs=judged_pairs(self.study),
                              plan=evaluation.plan)
        return self.add(make_stage("judge", settings, inputs={"queries": queries, **of_arms("samples", samples)},
                                   seed=self.seed("judge"),
                                   externals=self.external(f"scorer:{evaluation.judge.scorer}")))

    def evaluations(self, samples: Mapping[ArmKey, Stage], trained: Mapping[ArmKey, Trained], queries: Stage,
                    found: Iterable[PeopleSlice]) -> list[Stage]:
        """What people say of the arms, by the evaluations' names: the study's own, and those that the owner made in
        the app of the same responses.
        """
        asked = self.people(samples, trained, queries)
        stages = {} if asked is None else {asked[0]: asked[1]}
        for other in found:
            stages[other.name] = self.add(make_stage(f"people {other.name}", other, inputs={}, seed=0))
        return [stages[name] for name in sorted(stages)]

    def people(self, samples: Mapping[ArmKey, Stage], trained: Mapping[ArmKey, Trained],
               queries: Stage) -> tuple[str, Stage] | None:
        """The study's own evaluation by people, with its name.

        Publishing and waiting are two stages, so that the seal is in MLflow before anybody can judge.
        """
        evaluation = self.study.evaluation
        if evaluation.people is None:
            return None
        ends = {*end_arms(self.study).values()}
        pairs = tuple(pair for pair in judged_pairs(self.study) if pair.arm not in ends)
        compared = {arm: samples[arm] for arm in sorted({arm for pair in pairs for arm in (pair.arm, pair.opponent)})}
        settings = PublishSlice(
            name="", people=evaluation.people, pairs=pairs, plan=evaluation.plan,
            ask_of_source=self.study.is_summarization, ppo=self.study.ppo,
            responses=tuple(sorted(sample.fingerprint for sample in compared.values())))
        # A published study is never changed: other texts, another plan or items drawn in another way are another study,
        # so all are in its name.
        drawn = {**settings.model_dump(mode="json"), "code_version": CODE_VERSIONS["publish"]}
        name = f"{self.study.study}-{fingerprint(drawn)[:8]}"
        settings = settings.model_copy(update={"name": name})
        inputs: dict[InputKey, Stage] = {
            "queries": queries, **of_arms("samples", compared),
            **of_arms("policies", {arm: made.policy for arm, made in trained.items()})}
        publish = self.add(make_stage("publish", settings, inputs=inputs, seed=self.seed("people")))
        return name, self.add(make_stage("people", PeopleSlice(name=name, publish=settings),
                                         inputs={"publish": publish, **inputs}, seed=self.seed("people")))
