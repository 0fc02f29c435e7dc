"""A base model from scratch: its figures, and that a kill changes no bit of it."""

import math

import pytest
import torch
from safetensors.torch import load_file

from harness.models.loading import load_language_model, load_tokenizer
from harness.study.parts import ScratchModel
from harness.study.slices import PretrainSlice
from harness.tasks.pretraining import pretraining_texts
from harness.tasks.token_blocks import blocks_of
from tests.unit.stages.stage_calls import STUDY, call_stage

SETTINGS = PretrainSlice(task=STUDY.task, compute=STUDY.compute, model=ScratchModel(
    layers=1, width=32, heads=2, context=64, vocabulary=400, tokens=30_000))


def test_a_killed_stage_ends_with_the_same_model_and_figures(tmp_path, monkeypatch):
    monkeypatch.setenv("HARNESS_CHECKPOINT_SECONDS", "0")
    done = call_stage(SETTINGS, {}, tmp_path / "whole")
    call_stage(SETTINGS, {}, tmp_path / "killed", killed_at=6)
    assert call_stage(SETTINGS, {}, tmp_path / "killed") == done
    whole, killed = (load_file(tmp_path / name / "model" / "model.safetensors") for name in ("whole", "killed"))
    assert whole.keys() == killed.keys()
    assert all(torch.equal(whole[name], killed[name]) for name in whole)
    # It has learnt something of the text: better than all tokens alike.
    assert done.summary["nats_per_token"] < math.log(done.summary["vocabulary"]) - 0.3


def test_the_figure_is_the_mean_loss_on_validation_text(tmp_path):
    done = call_stage(SETTINGS, {}, tmp_path)
    model, tokenizer = load_language_model(tmp_path / "model"), load_tokenizer(tmp_path / "model")
    blocks = blocks_of(pretraining_texts(STUDY.task, "valid"), tokenizer, tokens=200 * 64, block=64)
    with torch.no_grad():
        losses = [float(model(block[None], labels=block[None]).loss) for block in blocks]
    assert done.summary["nats_per_token"] == pytest.approx(sum(losses) / len(losses), rel=1e-5)
    assert done.summary["vocabulary"] == len(tokenizer)
