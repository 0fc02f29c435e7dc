"""Every executor runs the same stages to the same bytes, reports progress, and hands a stage's error on whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.artifacts.call import StageCall
from harness.artifacts.log import Progress
from harness.artifacts.outcome import OUTCOME_FILE, read_outcome
from harness.engine.local import Executor, InThisProcess, ProcessPool
from harness.engine.ray_cluster import RayCluster
from harness.errors import InputError, TrainingDiverged
from harness.records import Done
from harness.study.inputs import Inputs
from harness.study.parts import ScratchModel
from harness.study.slices import BaseModelSlice, PretrainSlice
from harness.tasks.sources import StoryworldSource
from harness.tasks.spec import ContinuationTask
from harness.training.settings import ComputeSettings, LanguageModelFitSettings

MAKERS: dict[str, Callable[[Callable[[str, Progress], None]], Executor]] = {
    "this process": InThisProcess,
    "processes": lambda send: ProcessPool(2, send),
    "ray": lambda send: RayCluster("local", 2, 1, send),
}
SHAPE = ScratchModel(layers=1, width=32, heads=2, context=64, vocabulary=400, tokens=20_000)


@pytest.fixture(scope="module", params=list(MAKERS))
def running(request) -> Iterator[tuple[Executor, list[tuple[str, Progress]]]]:
    if request.param == "ray":
        pytest.importorskip("ray")
    notes: list[tuple[str, Progress]] = []
    executor = MAKERS[request.param](lambda name, progress: notes.append((name, progress)))
    yield executor, notes
    executor.close()


def pretraining(out: Path, *, rate: float = 3e-3) -> StageCall[PretrainSlice]:
    fit = LanguageModelFitSettings(learning_rate=rate, batch_size=16, epochs=1)
    task = ContinuationTask(kind="continuation", source=StoryworldSource(kind="storyworld", genre="stories"),
                            query_tokens=30)
    return StageCall(name=f"pretrain {out.name}", out=out, inputs=Inputs({}), seed=7, threads=1,
                     settings=PretrainSlice(model=SHAPE.model_copy(update={"fit": fit}), task=task,
                                            compute=ComputeSettings()))


def digests(folder: Path) -> dict[str, str]:
    """Of all a stage leaves but its metrics and usage, which carry times, and its outcome, which carries its name."""
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name not in ("metrics.jsonl", "usage.json", OUTCOME_FILE)}


@pytest.fixture(scope="module")
def expected(tmp_path_factory) -> tuple[dict[str, str], Done]:
    out = tmp_path_factory.mktemp("alone") / "stage"
    executor = InThisProcess(lambda name, progress: None)
    outcome = executor.submit(pretraining(out)).result()
    executor.close()
    assert isinstance(outcome, Done)
    return digests(out), outcome


def test_two_stages_side_by_side_come_to_the_same_bytes_as_one_alone(running, expected, tmp_path):
    executor, notes = running
    files, alone = expected
    calls = [pretraining(tmp_path / name) for name in ("one", "two")]
    for call, future in [(call, executor.submit(call)) for call in calls]:
        outcome = future.result(timeout=300)
        assert isinstance(outcome, Done)
        assert outcome == read_outcome(call.out)
        assert outcome.summary == alone.summary
        assert outcome.environments == {call.name: alone.environments["pretrain stage"]}
    for call in calls:
        assert digests(call.out) == files
        assert any(name == call.name and progress.done == progress.total for name, progress in notes)


def test_a_mistake_of_the_user_arrives_with_its_key_and_cure(running, tmp_path):
    executor, _ = running
    call = StageCall(name="base model", settings=BaseModelSlice(name=str(tmp_path / "nothing")),
                     out=tmp_path / "out", inputs=Inputs({}), seed=0, threads=1)
    error = executor.submit(call).exception(timeout=300)
    assert isinstance(error, InputError)
    assert "nothing" in str(error)
    assert error.cure


def test_a_diverged_training_arrives_with_its_step(running, tmp_path):
    executor, _ = running
    error = executor.submit(pretraining(tmp_path / "diverging", rate=1e18)).exception(timeout=300)
    assert isinstance(error, TrainingDiverged)
    assert error.step >= 1
