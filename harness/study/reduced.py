"""The report that can still be made when stages failed, or while people are awaited.

It is the same report, of the arms that are left, or without what people will say.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace

from harness.records import ArmKey
from harness.study.inputs import InputKey
from harness.study.plan import Plan
from harness.study.slices import JudgeSlice, PeopleSlice, ReportSlice
from harness.study.stage import Stage, make_stage


def lost_arms(plan: Plan, finished: Set[str], failures: Mapping[str, str]) -> dict[ArmKey, str]:
    """Why each arm that cannot be reported is lost. finished: fingerprints. failures: stage name -> why."""
    stages = {stage.fingerprint: stage for stage in plan.stages}

    def why(stage: Stage) -> str | None:
        if stage.fingerprint in finished:
            return None
        if stage.name in failures:
            return f"{stage.name}: {failures[stage.name]}"
        reasons = (why(stages[needed]) for needed in stage.inputs.values())
        return next((reason for reason in reasons if reason is not None), None)

    measures = plan.report.inputs.by_arm("measures")
    found = {arm: why(stages[measures[arm]]) for arm in plan.arms}
    return {arm: reason for arm, reason in found.items() if reason is not None}


def without_arms(plan: Plan, lost: Mapping[ArmKey, str], finished: Set[str]) -> Plan | None:
    """The plan with a judge and a report of the other arms. None where no arm is lost (then it was the judge or the
    report that failed, and would again) or nothing is left to compare.

    People are not asked about a part of what was planned: an evaluation by them waits until every arm is there.
    """
    stages = {stage.fingerprint: stage for stage in plan.stages}
    report, judge = plan.report, stages[plan.report.inputs["judge"]]
    assert isinstance(report.settings, ReportSlice) and isinstance(judge.settings, JudgeSlice)
    pairs = tuple(pair for pair in judge.settings.pairs if not lost.keys() & {pair.arm, pair.opponent})
    if not lost or not pairs:
        return None

    def finished_inputs(stage: Stage) -> dict[InputKey, Stage]:
        return {key: stages[needed] for key, needed in stage.inputs.entries.items() if needed in finished}

    new_judge = _remade(judge, finished_inputs(judge), pairs=pairs)
    responses = {arm: digest for arm, digest in report.settings.responses.items() if arm not in lost}
    new_report = _remade(report, {**finished_inputs(report), "judge": new_judge}, responses=responses,
                        left_out=dict(lost))
    others = tuple(stage for stage in plan.stages if stage.fingerprint in finished)
    return replace(plan, stages=(*others, new_judge, new_report),
                   arms=tuple(arm for arm in plan.arms if arm not in lost))


def without_people(plan: Plan, finished: Set[str]) -> Plan | None:
    """The plan with a report of all but what people will say. None where the report lacks anything else.

    The rating app makes its leak scan and its rehearsal of what a report exports, and both belong before the first
    judgment.
    """
    stages = {stage.fingerprint: stage for stage in plan.stages}
    missing = [stages[needed] for needed in plan.report.inputs.values() if needed not in finished]
    awaited = tuple(sorted(stage.settings.name for stage in missing if isinstance(stage.settings, PeopleSlice)))
    if not awaited or len(awaited) < len(missing):
        return None
    inputs = {key: stages[needed] for key, needed in plan.report.inputs.entries.items() if needed in finished}
    report = _remade(plan.report, inputs, awaited=awaited)
    return replace(plan, stages=(*(stage for stage in plan.stages if stage.fingerprint in finished), report))


def _remade(stage: Stage, inputs: Mapping[InputKey, Stage], **changes: object) -> Stage:
    return make_stage(stage.name, stage.settings.model_copy(update=changes), inputs=inputs,
                      seed=stage.seed, externals=stage.externals)
