"""How long further training runs of two budgets would take, from what the stages of those that are there took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from harness.engine.stage_usage import usage_metrics
from harness.records import ArtifactRef, Contrast
from harness.study.arms import judged_pairs
from harness.study.parts import AT_END
from harness.study.plan import Plan


@dataclass(frozen=True)
class RunTimes:
    """Seconds of stages on the machine that ran them.

    another: by contrast of two budgets, `ARM/LARGE vs ARM/SMALL`, what one more run of both adds: labels of its own,
    reward models, PPO, samples, their measures. again: the judge and the report, which run anew. jobs: how many stages
    ran at once.
    """

    another: Mapping[str, float]
    again: float
    jobs: int

    def seconds(self, contrast: Contrast, more: int) -> float | None:
        """About how long so many more runs of both budgets take; None where nothing was noted."""
        one = self.another.get(str(contrast))
        # The two budgets of a run are trained beside each other, and so are the runs.
        return None if one is None else more * one / min(self.jobs, 2 * more) + self.again


def seconds_of_stages(refs: Mapping[str, ArtifactRef]) -> dict[str, float]:
    """By fingerprint how long each stage took, of those whose files lie on this machine."""
    noted = {name: usage_metrics(Path(ref.path)).get("system/seconds") for name, ref in refs.items()}
    return {name: seconds for name, seconds in noted.items() if seconds is not None}


def run_times(plan: Plan, seconds: Mapping[str, float], *, jobs: int) -> RunTimes:
    """seconds: by fingerprint. A contrast is left out where a stage of its runs has none.

    What a further run adds is what the stages of one run do not share with the runs of other seeds.
    """
    inputs = {stage.fingerprint: tuple(stage.inputs.values()) for stage in plan.stages}

    @cache
    def behind(fingerprint: str) -> frozenset[str]:
        return frozenset([fingerprint]).union(*map(behind, inputs[fingerprint]))

    def all_behind(fingerprints: Iterable[str]) -> frozenset[str]:
        return frozenset[str]().union(*map(behind, fingerprints))

    arms = plan.report.inputs.by_arm("measures")
    again = set(inputs) - all_behind(arms.values())
    another = {}
    ways = {arm.without_seed for arm in arms}
    for contrast in dict.fromkeys(pair.without_seeds for pair in judged_pairs(plan.study)):
        if contrast.arm.arm != contrast.opponent.arm or not {contrast.arm, contrast.opponent} <= ways:
            continue
        kinds = (contrast.arm.arm, contrast.arm.arm + AT_END)
        budgets = (contrast.arm.label_budget, contrast.opponent.label_budget)
        of_seeds: dict[int | None, list[str]] = {}
        for arm, fingerprint in arms.items():
            if arm.arm in kinds and arm.label_budget in budgets:
                of_seeds.setdefault(arm.seed, []).append(fingerprint)
        added = [all_behind(own) - all_behind(other for arm, other in arms.items() if arm.seed != seed)
                 for seed, own in of_seeds.items()]
        if all(stage in seconds for stages in added for stage in stages):
            another[str(contrast)] = sum(seconds[stage] for stages in added for stage in stages) / len(added)
    return RunTimes(another, sum(seconds.get(stage, 0.0) for stage in again), jobs)
