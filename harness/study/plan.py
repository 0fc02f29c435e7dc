"""Study -> ordered stages. Pure: the digests of what lies outside the study file are handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from harness.seeds import derive_seed
from harness.study.spec import ScratchModel, StudySpec, SupervisedSpec
from harness.study.stage import (
    ArmKey,
    BaseModelSlice,
    DomainTuningSlice,
    JudgeSlice,
    LabelsSlice,
    MeasureSlice,
    PPOSlice,
    PretrainSlice,
    QueriesSlice,
    ReportSlice,
    RewardModelSlice,
    SampleSlice,
    Stage,
    SupervisedChoiceSlice,
    SupervisedSlice,
    digest,
    make_stage,
)

_FIRST_CHUNK = 1024


@dataclass(frozen=True)
class Plan:
    """The stages in an order in which every input stands before its user. Equal fingerprints stand once."""

    study: StudySpec
    stages: tuple[Stage, ...]
    arms: tuple[ArmKey, ...]

    @property
    def report(self) -> Stage:
        return self.stages[-1]

    @property
    def spec_digest(self) -> str:
        return digest(self.study.document())


def label_chunks(budget: int) -> list[tuple[int, int]]:
    """The label numbers 0..budget−1 in pieces that double, so that budgets share all pieces but their last.

    Label i depends on i alone, so a piece cut off at a budget holds a prefix of the full piece.
    """
    chunks, start = [], 0
    while start < budget:
        stop = _FIRST_CHUNK if start == 0 else 2 * start
        chunks.append((start, min(stop, budget)))
        start = stop
    return chunks


class _Planner:
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

    def labels(self, budget: int, zero_shot: Stage, queries: Stage) -> dict[str, Stage]:
        source = self.study.labels.source
        # A budget changes which labels there are, never what one of them is: budgets stay out of the slice.
        spec = self.study.labels.model_copy(update={"budgets": (2,)})
        externals = self.external("labels", f"scorer:{self.gold_scorer}")
        found = {}
        for start, stop in self._chunks(budget):
            queue = None
            if source == "human":
                queue = f"{self.study.study}-{zero_shot.fingerprint[:8]}{queries.fingerprint[:8]}"
            settings = LabelsSlice(task=self.study.task, labels=spec, start=start, stop=stop, queue=queue,
                                   compute=self.study.compute)
            found[f"labels_{start:07d}"] = self.add(make_stage(
                "labels", f"labels {start}-{stop}", settings, inputs={"policy": zero_shot, "queries": queries},
                seed=self.seed("labels"), externals=externals, has_siblings=True))
        return found

    def _chunks(self, budget: int) -> list[tuple[int, int]]:
        if self.study.labels.source != "human":
            return label_chunks(budget)
        # People's labels stay in the store whatever the pieces are; pieces that do not overlap count nobody twice.
        ends = [0, *(end for end in self.study.labels.budgets if end <= budget)]
        return list(pairwise(ends))

    def reward_model(self, arm: ArmKey, start: Stage, labels: Mapping[str, Stage], queries: Stage) -> Stage:
        assert arm.label_budget is not None and arm.seed is not None
        settings = RewardModelSlice(response=self.study.task.response, temperature=self.study.task.temperature,
                                    label_budget=arm.label_budget, fit=self.study.reward_model,
                                    compute=self.study.compute)
        return self.add(make_stage("reward_model", f"reward model {arm}", settings,
                                   inputs={"start": start, "queries": queries, **labels},
                                   seed=self.seed("reward_model", arm.seed), arm=arm, has_siblings=True))

    def ppo(self, arm: ArmKey, start: Stage, reward_model: Stage, queries: Stage) -> Stage:
        assert arm.seed is not None
        settings = PPOSlice(task=self.study.task, ppo=self.study.ppo, gold_scorer=self.gold_scorer,
                            compute=self.study.compute)
        return self.add(make_stage("ppo", f"ppo {arm}", settings,
                                   inputs={"start": start, "reward_model": reward_model, "queries": queries},
                                   seed=self.seed("ppo", arm.seed), arm=arm, has_siblings=True,
                                   externals=self.external(f"scorer:{self.gold_scorer}")))

    def sample(self, arm: ArmKey, queries: Stage, policies: Mapping[str, Stage], method: str) -> Stage:
        settings = SampleSlice(task=self.study.task, method=method, compute=self.study.compute)
        return self.add(make_stage("sample", f"sample {arm}", settings, inputs={"queries": queries, **policies},
                                   seed=self.seed("sample", str(arm)), arm=arm, has_siblings=True))

    def measure(self, arm: ArmKey, sample: Stage, queries: Stage) -> Stage:
        gold = self.gold_scorer or self.study.evaluation.judge.scorer
        return self.add(make_stage("measure", f"measure {arm}", MeasureSlice(task=self.study.task, gold_scorer=gold),
                                   inputs={"sample": sample, "queries": queries}, seed=0, arm=arm, has_siblings=True,
                                   externals=self.external(f"scorer:{gold}")))


def make_plan(study: StudySpec, externals: Mapping[str, str]) -> Plan:
    """Unroll the study into stages: base model -> supervised -> labels -> reward model -> PPO -> evaluation."""
    planner = _Planner(study, externals)
    base = planner.base_model()
    queries = planner.queries(base)
    zero_shot = planner.zero_shot(base)
    supervised = planner.supervised(zero_shot, queries)
    starts = {"zero_shot": zero_shot, "supervised": supervised}

    samples: dict[ArmKey, Stage] = {}
    training: dict[str, Stage] = {}
    for arm in _baseline_arms(study):
        policy = starts.get(arm.arm)
        policies = {"policy": policy, "reference_policy": zero_shot} if policy else {}
        samples[arm] = planner.sample(arm, queries, policies, "policy" if policy else arm.arm)
    labels = {budget: planner.labels(budget, zero_shot, queries) for budget in study.labels.budgets}
    for arm, start_name in _policy_arms(study):
        start = starts[start_name]
        assert start is not None and arm.label_budget is not None
        reward_model = planner.reward_model(arm, start, labels[arm.label_budget], queries)
        policy = planner.ppo(arm, start, reward_model, queries)
        training |= {f"reward_model:{arm}": reward_model, f"ppo:{arm}": policy}
        policies = {"policy": policy, "reference_policy": start, "reward_model": reward_model}
        samples[arm] = planner.sample(arm, queries, policies, "policy")

    measures = {f"measure:{arm}": planner.measure(arm, sample, queries) for arm, sample in samples.items()}
    judge = planner.add(_judge(planner, samples, queries))
    report_inputs = {**measures, **training, **{f"sample:{arm}": sample for arm, sample in samples.items()},
                     "judge": judge, "queries": queries, "base": base}
    if supervised is not None:
        report_inputs["supervised"] = supervised
    settings = ReportSlice(study=study.document(), evaluation=study.evaluation, policies=study.policies)
    planner.add(make_stage("report", "report", settings, inputs=report_inputs, seed=planner.seed("report")))
    return Plan(study=study, stages=tuple(planner.stages.values()), arms=tuple(samples))


def _judge(planner: _Planner, samples: Mapping[ArmKey, Stage], queries: Stage) -> Stage:
    study = planner.study
    pairs: list[tuple[str, str]] = [(str(arm), baseline) for arm, _ in _policy_arms(study)
                                    for baseline in study.evaluation.baselines]
    # Whether more labels help is asked directly: the largest budget against each smaller one, seed by seed.
    largest = max(study.labels.budgets)
    pairs += [(str(replace(arm, label_budget=largest)), str(arm)) for arm, _ in _policy_arms(study)
              if arm.label_budget != largest]
    settings = JudgeSlice(judge=study.evaluation.judge, pairs=tuple(pairs),
                          plan=study.evaluation.analysis_plan.as_json())
    inputs = {"queries": queries, **{f"sample:{arm}": sample for arm, sample in samples.items()}}
    return make_stage("judge", "judge", settings, inputs=inputs, seed=planner.seed("judge"),
                      externals=planner.external(f"scorer:{study.evaluation.judge.scorer}"))


def _baseline_arms(study: StudySpec) -> list[ArmKey]:
    """The baselines that are judged, zero-shot always among them, and the controls of the copy measures."""
    names: list[str] = ["zero_shot", *study.evaluation.baselines]
    if study.is_summarization:
        names += ["reference", "lead", "random_sentences"]
    return [ArmKey(name) for name in dict.fromkeys(names)]


def _policy_arms(study: StudySpec) -> Iterable[tuple[ArmKey, str]]:
    for policy in study.policies:
        for budget in study.labels.budgets:
            for seed in study.seeds:
                yield ArmKey(policy.arm, budget, seed), policy.start
