"""Which arms a study has, and which of them are compared with each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from harness.records import ArmKey, Contrast
from harness.study.parts import AT_END, BEST_OF, PolicyArm
from harness.study.spec import StudySpec


def baseline_arms(study: StudySpec) -> list[ArmKey]:
    """The baselines that are judged, zero-shot always among them, and the controls of the copy measures."""
    names: list[str] = ["zero_shot", *study.evaluation.baselines]
    if study.is_summarization:
        names += ["reference", "lead", "random_sentences"]
    return [ArmKey(name) for name in dict.fromkeys(names)]


def policy_arms(study: StudySpec) -> Iterable[tuple[ArmKey, PolicyArm]]:
    for policy in study.policies:
        for budget in study.labels.budgets if policy.reward == "model" else (0,):
            for seed in study.seeds:
                yield ArmKey(policy.arm, budget, seed), policy


def end_arms(study: StudySpec) -> dict[ArmKey, ArmKey]:
    """Where policies are compared at one KL: each of them -> itself at the end of its training."""
    if study.evaluation.plan.compared_at is None:
        return {}
    return {arm: replace(arm, arm=f"{arm.arm}{AT_END}") for arm, _ in policy_arms(study)}


def best_of_arms(study: StudySpec) -> Iterable[tuple[ArmKey, int, PolicyArm]]:
    """(arm, n, the policy whose start is sampled and whose reward model chooses: the first with offline labels)."""
    policy = next((policy for policy in study.policies if policy.learns_offline), None)
    for n in study.evaluation.best_of:
        for budget in study.labels.budgets:
            for seed in study.seeds:
                assert policy is not None
                yield ArmKey(f"{BEST_OF}{n}", budget, seed), n, policy


def judged_pairs(study: StudySpec) -> tuple[Contrast, ...]:
    """What judges compare: every trained policy with every baseline, budgets with each other, online with offline."""
    policies = list(policy_arms(study))
    best_of = [arm for arm, _, _ in best_of_arms(study)]
    pairs = [Contrast(arm, ArmKey(baseline)) for arm in [*(arm for arm, _ in policies), *best_of]
             for baseline in study.evaluation.baselines]
    # Whether more labels help is asked directly: the largest budget against each smaller one, seed by seed.
    largest = max(study.labels.budgets)
    pairs += [Contrast(replace(arm, label_budget=largest), arm) for arm, policy in policies
              if policy.reward == "model" and arm.label_budget != largest]
    # And so is whether it helps to collect the same number of labels online.
    pairs += [Contrast(arm, replace(arm, arm=other.arm)) for arm, policy in policies if policy.rounds is not None
              for other in study.policies if other.learns_offline and other.start == policy.start]
    # The paper also compares what was learnt from labels with what optimizes the labeler itself.
    pairs += [Contrast(arm, ArmKey(bound.arm, 0, arm.seed)) for arm, policy in policies if policy.reward == "model"
              for bound in study.policies if bound.reward == "gold"]
    # The end of training, where it is not what is compared, stands beside all of it.
    ends = end_arms(study)
    pairs += [Contrast(ends[pair.arm], ends.get(pair.opponent, pair.opponent)) for pair in pairs if pair.arm in ends]
    return tuple(pairs)
