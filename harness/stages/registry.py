"""Names the function that runs each kind of stage.

A stage's module is imported when it is asked for and not before: a stage that trains nothing must not load torch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from harness.artifacts.call import StageCall
from harness.artifacts.log import StageLog
from harness.records import Done, Pending
from harness.study.slices import (
    BaseModelSlice,
    DomainTuningSlice,
    FrontierSamplesSlice,
    JudgeSlice,
    LabelsSlice,
    MeasureSlice,
    PeopleSlice,
    PPOSlice,
    PretrainSlice,
    PublishSlice,
    QueriesSlice,
    ReportSlice,
    RewardModelSlice,
    SampleSlice,
    StageKind,
    StageSlice,
    SupervisedChoiceSlice,
    SupervisedSlice,
)

S = TypeVar("S", bound=StageSlice)

StageFunction = Callable[[StageCall[S], StageLog], Done | Pending]
"""Reads its inputs, writes into the call's folder, and says what came of it: done, or waiting for people."""


def stage_function(kind: StageKind) -> StageFunction[Any]:
    """What runs a stage of this kind: it takes a call with the kind's own slice."""
    return _STAGES[kind]()


def _base_model() -> StageFunction[BaseModelSlice]:
    from harness.stages.base_model import run

    return run


def _pretrain() -> StageFunction[PretrainSlice]:
    from harness.stages.pretrain import run

    return run


def _queries() -> StageFunction[QueriesSlice]:
    from harness.stages.queries import run

    return run


def _domain_tuning() -> StageFunction[DomainTuningSlice]:
    from harness.stages.domain_tuning import run

    return run


def _supervised() -> StageFunction[SupervisedSlice]:
    from harness.stages.supervised import run

    return run


def _supervised_choice() -> StageFunction[SupervisedChoiceSlice]:
    from harness.stages.supervised_choice import run

    return run


def _labels() -> StageFunction[LabelsSlice]:
    from harness.stages.labels import run

    return run


def _frontier_samples() -> StageFunction[FrontierSamplesSlice]:
    from harness.stages.frontier_samples import run

    return run


def _reward_model() -> StageFunction[RewardModelSlice]:
    from harness.stages.reward_model import run

    return run


def _ppo() -> StageFunction[PPOSlice]:
    from harness.stages.ppo import run

    return run


def _sample() -> StageFunction[SampleSlice]:
    from harness.stages.sample import run

    return run


def _measure() -> StageFunction[MeasureSlice]:
    from harness.stages.measure import run

    return run


def _judge() -> StageFunction[JudgeSlice]:
    from harness.stages.judge import run

    return run


def _publish() -> StageFunction[PublishSlice]:
    from harness.stages.publish import run

    return run


def _people() -> StageFunction[PeopleSlice]:
    from harness.stages.people import run

    return run


def _report() -> StageFunction[ReportSlice]:
    from harness.stages.report import run

    return run


_STAGES: Mapping[StageKind, Callable[[], StageFunction[Any]]] = {
    "base_model": _base_model,
    "pretrain": _pretrain,
    "queries": _queries,
    "domain_tuning": _domain_tuning,
    "supervised": _supervised,
    "supervised_choice": _supervised_choice,
    "labels": _labels,
    "frontier_samples": _frontier_samples,
    "reward_model": _reward_model,
    "ppo": _ppo,
    "sample": _sample,
    "measure": _measure,
    "judge": _judge,
    "publish": _publish,
    "people": _people,
    "report": _report,
}
