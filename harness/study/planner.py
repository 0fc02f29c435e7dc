"""One method for each kind of stage: its settings, inputs and seed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from harness.records import ArmKey
from harness.seeds import derive_seed
from harness.study.arms import judged_pairs
from harness.study.parts import LabelsSpec, OnlineSettings, PolicyArm, ScratchModel, SupervisedSpec
from harness.study.rounds import Round, initial_labels, online_rounds
from harness.study.spec import StudySpec
from harness.study.stage import (
    CODE_VERSIONS,
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
    Stage,
    SupervisedChoiceSlice,
    SupervisedSlice,
    digest,
    make_stage,
)

_FIRST_CHUNK = 1000
_LARGEST_CHUNK = 4000


def label_chunks(budget: int) -> list[tuple[int, int]]:
    """The label numbers 0..budget−1 in pieces that double up to a largest, so that budgets share all but their last.

    Label i depends on i alone, so a piece cut off at a budget holds a prefix of the full piece. A stage has the queries
    and candidates of its piece in memory: with a largest piece that is no more for a larger budget.
    """
    chunks, start = [], 0
    while start < budget:
        stop = start + min(max(start, _FIRST_CHUNK), _LARGEST_CHUNK)
        chunks.append((start, min(stop, budget)))
        start = stop
    return chunks


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
            return self.add(make_stage("pretrain", "pretrain", PretrainSlice(model=model, task=self.study.task,
                                                                          compute=self.study.compute),
                                       inputs={}, seed=self.seed("pretrain"), externals=self.external("source")))
        return self.add(make_stage("base_model", "base model", BaseModelSlice(name=model), inputs={}, seed=0,
                                   externals=self.external("base_model")))

    def queries(self, base: Stage) -> Stage:
        return self.add(make_stage("queries", "queries", QueriesSlice(task=self.study.task), inputs={"base": base},
                                   seed=self.seed("queries"), externals=self.external("source")))

    def zero_shot(self, base: Stage) -> Stage:
        if self.study.domain_tuning is None:
            return base
        settings = DomainTuningSlice(task=self.study.task, fit=self.study.domain_tuning, compute=self.study.compute)
        return self.add(make_stage("domain_tuning", "domain tuning", settings, inputs={"base": base},
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
        return self.add(make_stage("supervised_choice", "supervised", SupervisedChoiceSlice(learning_rates=rates),
                                   inputs={f"rate_{number}": stage for number, stage in enumerate(tried)}, seed=0))

    def _supervised_at(self, rate: float, spec: SupervisedSpec, scorer: str | None, inputs: Mapping[str, Stage], *,
                       has_siblings: bool) -> Stage:
        """One rate of the sweep. The slice holds no other rate, so that a longer sweep leaves this one alone."""
        alone = spec.model_copy(update={"learning_rates": (rate,), "fit": replace(spec.fit, learning_rate=rate)})
        settings = SupervisedSlice(task=self.study.task, supervised=alone, scorer=scorer,
                                   compute=self.study.compute)
        return self.add(make_stage("supervised", f"supervised {rate:g}", settings, inputs=inputs,
                                   seed=self.seed("supervised"), externals=self.external(f"scorer:{scorer}"),
                                   has_siblings=has_siblings))

    @property
    def gold_scorer(self) -> str | None:
        return self.study.labels.labeler.scorer if self.study.labels.source == "simulated" else None

    def labels(self, count: int, zero_shot: Stage, queries: Stage, *, budget: int | None = None) -> dict[str, Stage]:
        """The first `count` labels, all of samples of the zero-shot policy (or from a file).

        budget: in the pieces that this budget has, so that they are shared with it; by default those of `count`.
        """
        spec, queue = self._label_settings(zero_shot, queries)
        found = {}
        for start, stop in self._chunks(budget or count):
            if start >= count:
                break
            settings = LabelsSlice(task=self.study.task, labels=spec, start=start, stop=stop, queue=queue,
                                   compute=self.study.compute)
            found[f"labels_{start:07d}"] = self._labels_stage(
                f"labels {start}-{stop}", settings, inputs={"policy": zero_shot, "queries": queries})
        return found

    def round_labels(self, arm: ArmKey, start: int, stop: int, zero_shot: Stage, queries: Stage,
                     trained: Stage) -> dict[str, Stage]:
        """Labels start .. stop−1 of the same permutation of queries, half of whose candidates `trained` samples."""
        if start == stop:
            return {}
        spec, queue = self._label_settings(zero_shot, queries)
        settings = OnlineLabelsSlice(task=self.study.task, labels=spec, start=start, stop=stop, queue=queue,
                                     batch=trained.fingerprint[:8], compute=self.study.compute)
        return {f"labels_{start:07d}": self._labels_stage(
            f"labels {start}-{stop} {arm}", settings,
            inputs={"policy": zero_shot, "queries": queries, "trained_policy": trained}, arm=arm)}

    def _label_settings(self, zero_shot: Stage, queries: Stage) -> tuple[LabelsSpec, str | None]:
        # A budget changes which labels there are, never what one of them is: budgets stay out of the slice.
        spec = self.study.labels.model_copy(update={"budgets": (2,)})
        by_people = self.study.labels.source == "human"
        return spec, f"{self.study.study}-{zero_shot.fingerprint[:8]}{queries.fingerprint[:8]}" if by_people else None

    def _labels_stage(self, name: str, settings: LabelsSlice, *, inputs: Mapping[str, Stage],
                      arm: ArmKey | None = None) -> Stage:
        return self.add(make_stage("labels", name, settings, inputs=inputs, seed=self.seed("labels"), arm=arm,
                                   externals=self.external("labels", f"scorer:{self.gold_scorer}"),
                                   has_siblings=True))

    def _chunks(self, budget: int) -> list[tuple[int, int]]:
        if self.study.labels.source != "human":
            return label_chunks(budget)
        # People's labels stay in the store whatever the pieces are; pieces that do not overlap count nobody twice.
        budgets = self.study.labels.budgets
        ends = {0, *budgets, *(initial_labels(whole, policy.rounds) for whole in budgets
                               for policy in self.study.policies if policy.rounds is not None)}
        return list(pairwise(sorted(end for end in ends if end <= budget)))

    def reward_model(self, arm: ArmKey, start: Stage, labels: Mapping[str, Stage], queries: Stage, *,
                     this: Round | None = None) -> Stage:
        """Of all labels of the budget, or of those there are in a round."""
        assert arm.label_budget is not None and arm.seed is not None
        settings = RewardModelSlice(response=self.study.task.response, temperature=self.study.task.temperature,
                                    label_budget=this.labels if this else arm.label_budget,
                                    fit=self.study.reward_model, compute=self.study.compute)
        return self.add(make_stage("reward_model", f"reward model {arm}{this or ''}", settings,
                                   inputs={"start": start, "queries": queries, **labels},
                                   seed=self.seed("reward_model", arm.seed), arm=arm, has_siblings=True))

    def ppo(self, arm: ArmKey, inputs: Mapping[str, Stage], *, this: Round | None = None) -> Stage:
        """inputs: start, queries; reward_model unless the scorer is the reward; previous: of the round before."""
        assert arm.seed is not None
        settings = PPOSlice(task=self.study.task, ppo=self.study.ppo, gold_scorer=self.gold_scorer,
                            compute=self.study.compute)
        if "reward_model" not in inputs:
            samples = self.study.reward_model.normalization_samples
            settings = GoldPPOSlice(**dict(settings), normalization_samples=samples)
        elif this is not None:
            settings = OnlinePPOSlice(**dict(settings), start=this.start, stop=this.stop)
        return self.add(make_stage("ppo", f"ppo {arm}{this or ''}", settings, inputs=inputs,
                                   seed=self.seed("ppo", arm.seed), arm=arm, has_siblings=True,
                                   externals=self.external(f"scorer:{self.gold_scorer}")))

    def offline_reward_model(self, arm: ArmKey, start: Stage, zero_shot: Stage, queries: Stage) -> Stage:
        assert arm.label_budget is not None
        return self.reward_model(arm, start, self.labels(arm.label_budget, zero_shot, queries), queries)

    def trained(self, arm: ArmKey, policy: PolicyArm, start: Stage, zero_shot: Stage,
                queries: Stage) -> dict[str, Stage]:
        """`ppo`, and `reward_model` where there is one. Online: of the last round, and of all under `round:NUMBER`."""
        inputs = {"start": start, "queries": queries}
        if policy.reward == "gold":
            return {"ppo": self.ppo(arm, inputs)}
        if policy.rounds is not None:
            return self.online(arm, policy.rounds, inputs, zero_shot)
        reward_model = self.offline_reward_model(arm, start, zero_shot, queries)
        return {"reward_model": reward_model, "ppo": self.ppo(arm, {**inputs, "reward_model": reward_model})}

    def online(self, arm: ArmKey, online: OnlineSettings, inputs: Mapping[str, Stage],
               zero_shot: Stage) -> dict[str, Stage]:
        """All rounds of one arm (Ziegler 2.3): labels, a reward model of all labels so far, PPO from where it was."""
        assert arm.label_budget is not None
        start, queries = inputs["start"], inputs["queries"]
        labels: dict[str, Stage] = {}
        have, trained, reward_models = 0, dict[str, Stage](), dict[str, Stage]()
        for this in online_rounds(arm.label_budget, online=online, ppo=self.study.ppo):
            if self.study.labels.source == "imported":
                labels = self.labels(this.labels, zero_shot, queries, budget=arm.label_budget)
            elif not trained:
                labels = self.labels(this.labels, zero_shot, queries)
            else:
                labels |= self.round_labels(arm, have, this.labels, zero_shot, queries, trained["ppo"])
            reward_model = self.reward_model(arm, start, labels, queries, this=this)
            previous = {"previous": trained["ppo"]} if trained else {}
            policy = self.ppo(arm, {**inputs, **previous, "reward_model": reward_model}, this=this)
            have, trained = this.labels, {"reward_model": reward_model, "ppo": policy}
            reward_models[f"round:{this.number}"] = reward_model
        return {**reward_models, **trained}

    def best_of(self, arm: ArmKey, n: int, inputs: Mapping[str, Stage]) -> Stage:
        return self._sample_stage(arm, BestOfSlice(task=self.study.task, method="best_of", n=n,
                                                    compute=self.study.compute), inputs)

    def sample(self, arm: ArmKey, queries: Stage, policies: Mapping[str, Stage], method: str) -> Stage:
        return self._sample_stage(arm, SampleSlice(task=self.study.task, method=method, compute=self.study.compute),
                                  {"queries": queries, **policies})

    def _sample_stage(self, arm: ArmKey, settings: SampleSlice, inputs: Mapping[str, Stage]) -> Stage:
        return self.add(make_stage("sample", f"sample {arm}", settings, inputs=inputs,
                                   seed=self.seed("sample", str(arm)), arm=arm, has_siblings=True))

    def measure(self, arm: ArmKey, sample: Stage, queries: Stage) -> Stage:
        gold = self.gold_scorer or self.study.evaluation.judge.scorer
        return self.add(make_stage("measure", f"measure {arm}", MeasureSlice(task=self.study.task, gold_scorer=gold),
                                   inputs={"sample": sample, "queries": queries}, seed=0, arm=arm, has_siblings=True,
                                   externals=self.external(f"scorer:{gold}")))

    def judge(self, samples: Mapping[ArmKey, Stage], queries: Stage) -> Stage:
        evaluation = self.study.evaluation
        settings = JudgeSlice(judge=evaluation.judge, pairs=judged_pairs(self.study),
                              plan=evaluation.analysis_plan.as_json())
        inputs = {"queries": queries, **{f"sample:{arm}": sample for arm, sample in samples.items()}}
        return self.add(make_stage("judge", "judge", settings, inputs=inputs, seed=self.seed("judge"),
                                   externals=self.external(f"scorer:{evaluation.judge.scorer}")))

    def people(self, samples: Mapping[str, Stage], queries: Stage) -> Stage | None:
        """Publishing and waiting are two stages, so that the seal is in MLflow before anybody can judge."""
        evaluation = self.study.evaluation
        if evaluation.people is None:
            return None
        pairs = judged_pairs(self.study)
        compared = {arm: samples[arm] for arm in sorted({arm for pair in pairs for arm in pair})}
        settings = PublishSlice(
            name="", people=evaluation.people, pairs=pairs, plan=evaluation.analysis_plan,
            ask_of_source=self.study.is_summarization,
            responses=tuple(sorted(sample.fingerprint for sample in compared.values())))
        # A published study is never changed: other texts, another plan or items drawn in another way are another study,
        # so all are in its name.
        drawn = {**settings.model_dump(mode="json"), "code_version": CODE_VERSIONS["publish"]}
        name = f"{self.study.study}-{digest(drawn)[:8]}"
        settings = settings.model_copy(update={"name": name})
        inputs = {"queries": queries, **{f"sample:{arm}": sample for arm, sample in compared.items()}}
        publish = self.add(make_stage("publish", "publish", settings, inputs=inputs, seed=self.seed("people")))
        return self.add(make_stage("people", "people", PeopleSlice(name=name, publish=settings),
                                   inputs={"publish": publish, **inputs}, seed=self.seed("people")))

    def judged_already(self, found: PeopleSlice) -> Stage:
        """An evaluation that the owner made in the app, of the same responses."""
        return self.add(make_stage("people", f"people {found.name}", found, inputs={}, seed=0))
