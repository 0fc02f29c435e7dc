"""Study -> ordered stages. Pure: the digests of what lies outside the study file are handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from harness.records import ArmKey
from harness.study.arms import baseline_arms, best_of_arms, policy_arms
from harness.study.planner import Planner
from harness.study.spec import StudySpec
from harness.study.stage import PeopleSlice, ReportSlice, Stage, digest, make_stage


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
    def responses(self) -> dict[str, str]:
        """Arm -> fingerprint of its texts: what people said of the same texts is found by it."""
        assert isinstance(self.report.settings, ReportSlice)
        return self.report.settings.responses

    @property
    def spec_digest(self) -> str:
        return digest(self.study.document())


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

    samples: dict[ArmKey, Stage] = {}
    training: dict[str, Stage] = {}
    for arm in baseline_arms(study):
        policy = starts.get(arm.arm)
        policies = {"policy": policy, "reference_policy": zero_shot} if policy else {}
        samples[arm] = planner.sample(arm, queries, policies, "policy" if policy else arm.arm)
    for arm, policy_arm in policy_arms(study):
        start = starts[policy_arm.start]
        assert start is not None
        trained = planner.trained(arm, policy_arm, start, zero_shot, queries)
        training |= {f"{name}:{arm}": stage for name, stage in trained.items()}
        policies = {"policy": trained["ppo"], "reference_policy": start}
        policies |= {name: trained[name] for name in ("reward_model",) if name in trained}
        samples[arm] = planner.sample(arm, queries, policies, "policy")
    for arm, n, policy_arm in best_of_arms(study):
        start = starts[policy_arm.start]
        assert start is not None
        own = replace(arm, arm=policy_arm.arm)
        reward_model = planner.offline_reward_model(own, start, zero_shot, queries)
        samples[arm] = planner.best_of(arm, n, {"queries": queries, "policy": start, "reward_model": reward_model})

    measures = {f"measure:{arm}": planner.measure(arm, sample, queries) for arm, sample in samples.items()}
    judge = planner.judge(samples, queries)
    asked = planner.people({str(arm): sample for arm, sample in samples.items()}, queries)
    judged = [*([asked] if asked else []), *(planner.judged_already(each) for each in people)]
    responses = {str(arm): sample.fingerprint for arm, sample in samples.items()}
    report_inputs = {**measures, **training, **{f"sample:{arm}": sample for arm, sample in samples.items()},
                     **{f"people:{stage.settings.name}": stage for stage in judged},  # type: ignore[attr-defined]
                     "judge": judge, "queries": queries, "base": base}
    if supervised is not None:
        report_inputs["supervised"] = supervised
    settings = ReportSlice(study=study.document(), responses=responses, evaluation=study.evaluation,
                           policies=study.policies)
    planner.add(make_stage("report", "report", settings, inputs=report_inputs, seed=planner.seed("report")))
    return Plan(study=study, stages=tuple(planner.stages.values()), arms=tuple(samples))
