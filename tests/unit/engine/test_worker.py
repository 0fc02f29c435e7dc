"""One stage in the process that calls it: its outcome is written once, with what it was computed with."""

from dataclasses import replace

import pytest
import torch

from harness.artifacts.call import StageCall
from harness.artifacts.log import Said
from harness.artifacts.outcome import check_files, read_outcome, write_outcome
from harness.engine.worker import run_stage
from harness.errors import InputError
from harness.models.loading import ModelShape, build_language_model, save_model
from harness.records import Done, Environment
from harness.study.inputs import Inputs
from harness.study.slices import BaseModelSlice
from harness.tasks.tokenizer import train_tokenizer


@pytest.fixture
def call(tmp_path):
    """The call of a stage that notes where a base model lies."""
    tokenizer = train_tokenizer(iter(["The cat sat on the mat.\n"] * 50), 300)
    model = build_language_model(ModelShape(layers=1, width=16, heads=2, context=32, vocab_size=len(tokenizer)), seed=0)
    save_model(model, tmp_path / "model", tokenizer)
    return StageCall(name="base_model", settings=BaseModelSlice(name=str(tmp_path / "model")),
                     inputs=Inputs({}), out=tmp_path / "underway" / "stage", seed=1, threads=1)


@pytest.fixture(autouse=True)
def _threads():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_what_a_stage_ends_with_lies_in_its_folder(call) -> None:
    outcome = run_stage(call, lambda progress: None)
    assert read_outcome(call.out) == outcome
    assert outcome.summary["parameters"] > 0
    assert (torch.get_num_threads(), outcome.environments["base_model"].threads) == (1, 1)


def test_a_stage_that_has_ended_is_not_run_again(call) -> None:
    call.out.mkdir(parents=True)
    earlier = Done({"parameters": 7.0})
    write_outcome(call.out, earlier)
    assert run_stage(call, lambda progress: None) == earlier


def test_a_stage_that_fails_leaves_no_outcome(call, tmp_path) -> None:
    (tmp_path / "model" / "config.json").unlink()
    with pytest.raises(Exception, match="model"):
        run_stage(call, lambda progress: None)
    assert call.out.is_dir()
    assert read_outcome(call.out) is None


def test_an_outcome_holds_what_the_stages_before_it_were_computed_with(call, tmp_path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    environment = run_stage(call, lambda progress: None).environments["base_model"]
    assert isinstance(environment, Environment)
    write_outcome(before, Done({}, environments={"pretrain": environment}))
    later = StageCall(name="later", settings=call.settings, inputs=Inputs({"start": before}), out=tmp_path / "later",
                      seed=1, threads=1)
    assert run_stage(later, lambda progress: None).environments.keys() == {"pretrain", "later"}


@pytest.mark.parametrize("damage", [lambda content: content[:-1], lambda content: b"",
                                    lambda content: content.replace(b"a", b"e", 1)])
@pytest.mark.parametrize("name", ["base_model.json", "outcome.json"])
def test_a_stage_that_ended_and_was_damaged_is_run_again_and_said(call, name, damage) -> None:
    outcome, said = run_stage(call, lambda progress: None), []
    path = call.out / name
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert run_stage(call, said.append) == outcome
    line, = (told.line for told in said if isinstance(told, Said))
    assert line.startswith(f"damaged: {path}: ") and line.endswith("; computed again")
    assert path.read_bytes() == whole
    check_files(call.out)


def test_what_a_killed_attempt_left_half_written_is_not_kept(call) -> None:
    (call.out / "model").mkdir(parents=True)
    (call.out / "usage.json").write_text('{"seconds": 1')
    for left in ("outcome.json.part", "part-labels.npy", "model/checkpoint.pt.12.tmp", "metrics.part"):
        (call.out / left).write_text("half")
    run_stage(call, lambda progress: None)
    assert sorted(path.name for path in call.out.rglob("*")) == [
        "base_model.json", "model", "outcome.json", "usage.json"]
    check_files(call.out)


def test_what_was_read_from_outside_must_be_what_was_planned_with(call) -> None:
    def changed():
        raise InputError("what lies there has changed", key="base_model")

    with pytest.raises(InputError, match="base_model: what lies there has changed"):
        run_stage(replace(call, check_outside=changed), lambda progress: None)
    assert not call.out.exists(), "a later attempt must not go on from it"
    assert run_stage(call, lambda progress: None).summary
