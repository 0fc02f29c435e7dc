"""Turns a study into its stages, in an order in which they can run.

Pure: the digests of what lies outside the study file are handed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from harness.digests import fingerprint
from harness.records import ArmKey
from harness.study.arms import baseline_arms, best_of_arms, end_arms, policy_arms
from harness.study.inputs import InputKey, in_order, of_arms
from harness.study.label_stages import LabelStages
from harness.study.planner import Planner, Trained, trained_inputs
from harness.study.slices import PeopleSlice, ReportSlice
from harness.study.spec import StudySpec
from harness.study.stage import Stage, make_stage


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
    def responses(self) -> dict[ArmKey, str]:
        """The fingerprint of each arm's texts, by which what people said of the same texts is found."""
        assert isinstance(self.report.settings, ReportSlice)
        return self.report.settings.responses

    @property
    def spec_digest(self) -> str:
        return fingerprint(self.study.document())


def make_plan(study: StudySpec, externals: Mapping[str, str], people: Iterable[PeopleSlice] = ()) -> Plan:
    """Unroll the study into stages: base model -> supervised -> labels -> reward model -> PPO -> evaluation.

    people: unblinded evaluations of the same responses that the owner made in the app.
    """
    planner = Planner(study, externals)
    base = planner.base_model()
    queries = planner.queries(base)
    zero_shot = planner.zero_shot(base)
    supervised = planner.supervised(zero_shot, queries)
    starts = {"zero_shot": zero_shot, "supervised": supervised}
    labels = LabelStages(planner, zero_shot=zero_shot, queries=queries)

    samples: dict[ArmKey, Stage] = {}
    trained: dict[ArmKey, Trained] = {}
    ends = end_arms(study)
    for arm in baseline_arms(study):
        policy = starts.get(arm.arm)
        if policy is None:
            samples[arm] = planner.texts(arm, queries)
        else:
            samples[arm] = planner.sample(arm, {"queries": queries, "policy": policy, "reference_policy": zero_shot})
    for arm, policy_arm in policy_arms(study):
        start = starts[policy_arm.start]
        assert start is not None
        made = trained[arm] = planner.trained(arm, policy_arm, start, labels, queries)
        sampled: dict[InputKey, Stage] = {"queries": queries, "policy": made.policy, "reference_policy": start,
                                          **made.reward_input}
        samples[arm] = planner.sample(arm, sampled, at_kl=study.evaluation.plan.compared_at)
        if arm in ends:
            samples[ends[arm]] = planner.sample(ends[arm], sampled)
    for arm, n, policy_arm in best_of_arms(study):
        start = starts[policy_arm.start]
        assert start is not None
        own = replace(arm, arm=policy_arm.arm)
        reward_model = planner.offline_reward_model(own, start, labels, queries)
        samples[arm] = planner.best_of(arm, n, {"queries": queries, "policy": start, "reward_model": reward_model})

    measures = {arm: planner.measure(arm, sample, queries) for arm, sample in samples.items()}
    judge = planner.judge(samples, queries)
    settings = ReportSlice(study=study, responses={arm: sample.fingerprint for arm, sample in samples.items()})
    inputs: dict[InputKey, Stage] = {
        **of_arms("measures", measures), **of_arms("samples", samples), **trained_inputs(trained),
        **in_order("evaluations", dict(enumerate(planner.evaluations(samples, trained, queries, people)))),
        **labels.validation(),
        "judge": judge, "queries": queries, "base": base}
    if supervised is not None:
        inputs["supervised"] = supervised
    planner.add(make_stage("report", settings, inputs=inputs, seed=planner.seed("report")))
    return Plan(study=study, stages=tuple(planner.stages.values()), arms=tuple(samples))
