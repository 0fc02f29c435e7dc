"""Adds stages to a plan: one method for each kind of stage, with its settings, inputs and seed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import get_args

from harness.digests import fingerprint
from harness.records import ArmKey
from harness.seeds import derive_seed
from harness.study.arms import judged_pairs
from harness.study.inputs import InputKey, InputOf, in_order, of_arms
from harness.study.label_pieces import label_pieces
from harness.study.parts import LabelsSpec, OnlineSettings, PolicyArm, ScratchModel, SupervisedSpec
from harness.study.rounds import Round, online_rounds
from harness.study.slices import (
    BaseModelSlice,
    BestOfSlice,
    DomainTuningSlice,
    GoldPPOSlice,
    JudgeSlice,
    LabelsSlice,
    MeasureSlice,
    OnlineLabelsSlice,
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
from harness.study.spec import StudySpec
from harness.study.stage import CODE_VERSIONS, Stage, make_stage

_TEXT_BASELINES: Mapping[str, TextBaseline] = {name: name for name in get_args(TextBaseline)}


@dataclass(frozen=True)
class Trained:
    """What the training of one arm comes to. rounds: every reward model of online collection, the last among them."""

    policy: Stage
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
        **of_arms("policies", {arm: each.policy for arm, each in trained.items()})}


class Planner:
    """Collects the stages of one study; each method adds one kind and returns it."""

    def __init__(self, study: StudySpec, externals: Mapping[str, str]) -> None:
        self.study = study
        self.externals = externals
        self.stages: dict[str, Stage] = {}

    def add(self, stage: Stage) -> Stage:
        return self.stages.setdefault(stage.fingerprint, stage)

    def seed(self, *path: str | int) -> int:
        return derive_seed(self.study.seed, *path)

    def external(self, *names: str | None) -> dict[str, str]:
        return {name: self.externals[name] for name in names if name in self.externals and name is not None}

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

    @property
    def gold_scorer(self) -> str | None:
        return self.study.labels.labeler.scorer if self.study.labels.source == "simulated" else None

    def labels(self, count: int, zero_shot: Stage, queries: Stage, *, budget: int | None = None) -> dict[int, Stage]:
        """The first `count` labels, all of samples of the zero-shot policy (or from a file), by each piece's first.

        budget: in the pieces that this budget has, so that they are shared with it; by default those of `count`.
        """
        spec, queue = self._label_settings(zero_shot, queries)
        found: dict[int, Stage] = {}
        for start, stop in label_pieces(self.study, budget or count):
            if start >= count:
                break
            settings = LabelsSlice(task=self.study.task, labels=spec, start=start, stop=stop, queue=queue,
                                   compute=self.study.compute)
            found[start] = self._labels_stage(
                f"labels {start}-{stop}", settings, inputs={"policy": zero_shot, "queries": queries})
        return found

    def round_labels(self, arm: ArmKey, start: int, stop: int, zero_shot: Stage, queries: Stage,
                     trained: Stage) -> dict[int, Stage]:
        """Labels start .. stop−1 of the same permutation of queries, half of whose candidates `trained` samples."""
        if start == stop:
            return {}
        spec, queue = self._label_settings(zero_shot, queries)
        settings = OnlineLabelsSlice(task=self.study.task, labels=spec, start=start, stop=stop, queue=queue,
                                     batch=trained.fingerprint[:8], compute=self.study.compute)
        return {start: self._labels_stage(
            f"labels {start}-{stop} {arm}", settings,
            inputs={"policy": zero_shot, "queries": queries, "trained_policy": trained}, arm=arm)}

    def _label_settings(self, zero_shot: Stage, queries: Stage) -> tuple[LabelsSpec, str | None]:
        # A budget changes which labels there are, never what one of them is: budgets stay out of the slice.
        spec = self.study.labels.model_copy(update={"budgets": (2,)})
        by_people = self.study.labels.source == "human"
        return spec, f"{self.study.study}-{zero_shot.fingerprint[:8]}{queries.fingerprint[:8]}" if by_people else None

    def _labels_stage(self, name: str, settings: LabelsSlice, *, inputs: Mapping[InputKey, Stage],
                      arm: ArmKey | None = None) -> Stage:
        return self.add(make_stage(name, settings, inputs=inputs, seed=self.seed("labels"), arm=arm,
                                   externals=self.external("labels", f"scorer:{self.gold_scorer}"),
                                   has_siblings=True))

    def reward_model(self, arm: ArmKey, start: Stage, labels: Mapping[int, Stage], queries: Stage, *,
                     this: Round | None = None) -> Stage:
        """Of all labels of the budget, or of those there are in a round."""
        assert arm.label_budget is not None and arm.seed is not None
        settings = RewardModelSlice(response=self.study.task.response, temperature=self.study.task.temperature,
                                    label_budget=this.labels if this else arm.label_budget,
                                    fit=self.study.reward_model, compute=self.study.compute)
        return self.add(make_stage(f"reward model {arm}{this or ''}", settings,
                                   inputs={"start": start, "queries": queries, **in_order("labels", labels)},
                                   seed=self.seed("reward_model", arm.seed), arm=arm, has_siblings=True))

    def ppo(self, arm: ArmKey, inputs: Mapping[InputKey, Stage], *, this: Round | None = None) -> Stage:
        """inputs: start, queries; reward_model unless the scorer is the reward; previous: of the round before."""
        assert arm.seed is not None
        settings = PPOSlice(task=self.study.task, ppo=self.study.ppo, gold_scorer=self.gold_scorer,
                            compute=self.study.compute)
        if "reward_model" not in inputs:
            samples = self.study.reward_model.normalization_samples
            settings = GoldPPOSlice(**dict(settings), normalization_samples=samples)
        elif this is not None:
            settings = OnlinePPOSlice(**dict(settings), start=this.start, stop=this.stop)
        return self.add(make_stage(f"ppo {arm}{this or ''}", settings, inputs=inputs,
                                   seed=self.seed("ppo", arm.seed), arm=arm, has_siblings=True,
                                   externals=self.external(f"scorer:{self.gold_scorer}")))

    def offline_reward_model(self, arm: ArmKey, start: Stage, zero_shot: Stage, queries: Stage) -> Stage:
        assert arm.label_budget is not None
        return self.reward_model(arm, start, self.labels(arm.label_budget, zero_shot, queries), queries)

    def trained(self, arm: ArmKey, policy: PolicyArm, start: Stage, zero_shot: Stage, queries: Stage) -> Trained:
        """All that is trained for one arm."""
        if policy.reward == "gold":
            return Trained(self.ppo(arm, {"start": start, "queries": queries}))
        if policy.rounds is not None:
            return self.online(arm, policy.rounds, start, zero_shot, queries)
        reward_model = self.offline_reward_model(arm, start, zero_shot, queries)
        return Trained(self.ppo(arm, {"start": start, "queries": queries, "reward_model": reward_model}), reward_model)

    def online(self, arm: ArmKey, online: OnlineSettings, start: Stage, zero_shot: Stage, queries: Stage) -> Trained:
        """All rounds of one arm (Ziegler 2.3): labels, a reward model of all labels so far, PPO from where it was."""
        assert arm.label_budget is not None
        labels: dict[int, Stage] = {}
        reward_models: list[Stage] = []
        have, policy = 0, None
        for this in online_rounds(arm.label_budget, online=online, ppo=self.study.ppo):
            if self.study.labels.source == "imported":
                labels = self.labels(this.labels, zero_shot, queries, budget=arm.label_budget)
            elif policy is None:
                labels = self.labels(this.labels, zero_shot, queries)
            else:
                labels |= self.round_labels(arm, have, this.labels, zero_shot, queries, policy)
            reward_models.append(self.reward_model(arm, start, labels, queries, this=this))
            inputs: dict[InputKey, Stage] = {"start": start, "queries": queries, "reward_model": reward_models[-1]}
            if policy is not None:
                inputs["previous"] = policy
            have, policy = this.labels, self.ppo(arm, inputs, this=this)
        assert policy is not None
        return Trained(policy, reward_models[-1], tuple(reward_models))

    def best_of(self, arm: ArmKey, n: int, inputs: Mapping[InputKey, Stage]) -> Stage:
        return self._sample_stage(arm, BestOfSlice(task=self.study.task, n=n, compute=self.study.compute), inputs)

    def sample(self, arm: ArmKey, inputs: Mapping[InputKey, Stage]) -> Stage:
        return self._sample_stage(arm, SampleSlice(task=self.study.task, compute=self.study.compute), inputs)

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

    def evaluations(self, samples: Mapping[ArmKey, Stage], queries: Stage, found: Iterable[PeopleSlice]) -> list[Stage]:
        """What people say of the arms, by the evaluations' names: the study's own, and those that the owner made in
        the app of the same responses.
        """
        asked = self.people(samples, queries)
        stages = {} if asked is None else {asked[0]: asked[1]}
        for other in found:
            stages[other.name] = self.add(make_stage(f"people {other.name}", other, inputs={}, seed=0))
        return [stages[name] for name in sorted(stages)]

    def people(self, samples: Mapping[ArmKey, Stage], queries: Stage) -> tuple[str, Stage] | None:
        """The study's own evaluation by people, with its name.

        Publishing and waiting are two stages, so that the seal is in MLflow before anybody can judge.
        """
        evaluation = self.study.evaluation
        if evaluation.people is None:
            return None
        pairs = judged_pairs(self.study)
        compared = {arm: samples[arm] for arm in sorted({arm for pair in pairs for arm in (pair.arm, pair.opponent)})}
        settings = PublishSlice(
            name="", people=evaluation.people, pairs=pairs, plan=evaluation.plan,
            ask_of_source=self.study.is_summarization,
            responses=tuple(sorted(sample.fingerprint for sample in compared.values())))
        # A published study is never changed: other texts, another plan or items drawn in another way are another study,
        # so all are in its name.
        drawn = {**settings.model_dump(mode="json"), "code_version": CODE_VERSIONS["publish"]}
        name = f"{self.study.study}-{fingerprint(drawn)[:8]}"
        settings = settings.model_copy(update={"name": name})
        inputs: dict[InputKey, Stage] = {"queries": queries, **of_arms("samples", compared)}
        publish = self.add(make_stage("publish", settings, inputs=inputs, seed=self.seed("people")))
        return name, self.add(make_stage("people", PeopleSlice(name=name, publish=settings),
                                         inputs={"publish": publish, **inputs}, seed=self.seed("people")))
