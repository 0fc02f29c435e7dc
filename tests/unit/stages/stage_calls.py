"""Stages called as the engine calls them, on a tiny model: the folders they start from, and the call itself."""

from itertools import islice
from pathlib import Path

import pytest
import torch

from harness.artifacts.call import StageCall
from harness.artifacts.log import StageLog
from harness.models.loading import ModelShape, build_language_model, save_model
from harness.models.reward import RewardModel
from harness.records import Done, Pending
from harness.stages.registry import stage_function
from harness.study.inputs import Inputs
from harness.study.loading import load_study
from harness.study.slices import FrontierSamplesSlice, QueriesSlice
from harness.tasks.pretraining import pretraining_texts
from harness.tasks.text_tokens import single_token
from harness.tasks.tokenizer import train_tokenizer
from tests.e2e.runs import ROOT

STUDY = load_study(ROOT / "studies" / "online.yaml", [
    "task.response.truncate_after=2", "task.response.tokens=8", "task.queries={train: 60, valid: 8, test: 12}",
    "labels.budgets=[40]", "ppo.episodes=80", "ppo.batch_size=8", "ppo.learning_rate=1.0e-3", "ppo.kl.horizon=100"])


class Killed(Exception):
    """The stage was stopped on purpose."""


def call_stage(settings, inputs, out, *, arm=None, seed=7, killed_at=None) -> Done | Pending | None:
    """Run a stage in a folder. killed_at: stop it there at so much progress, and give nothing."""
    def stop(done, total, note=""):
        if done >= killed_at:
            raise Killed

    out.mkdir(parents=True, exist_ok=True)
    call = StageCall(name="test", settings=settings, inputs=Inputs(inputs), out=out, seed=seed, threads=1, arm=arm)
    log, run = StageLog(out, lambda progress: None), stage_function(settings.kind)
    if killed_at is None:
        return run(call, log)
    log.progress = stop
    with pytest.raises(Killed):
        run(call, log)
    return None


def finished_stages(root: Path) -> dict[str, Path]:
    """Folders of a start policy, queries, samples of it and a reward model, as finished stages leave them."""
    tokenizer = train_tokenizer(islice(pretraining_texts(STUDY.task, "train"), 200), 400)
    shape = ModelShape(layers=1, width=32, heads=2, context=96, vocab_size=len(tokenizer))
    model = build_language_model(shape, seed=1, end_of_text=tokenizer.eos_token_id)
    end = single_token(tokenizer, ".", key="")
    with torch.no_grad():
        # Random weights hardly ever end a response; a nudge along the end token's direction makes about a third do so.
        model.transformer.ln_f.bias += 180 * model.transformer.wte.weight[end]
    save_model(model, root / "start" / "model", tokenizer)
    found = {"start": root / "start", "queries": root / "queries", "reward_model": root / "reward_model"}
    reward = RewardModel.from_language_model(model, seed=5)
    reward.save_pretrained(root / "reward_model" / "model", tokenizer)
    call_stage(QueriesSlice(task=STUDY.task), {"base": root / "start"}, root / "queries")
    samples = FrontierSamplesSlice(task=STUDY.task, gold_scorer="vader", queries=4, samples=16, compute=STUDY.compute)
    found["frontier_samples"] = root / "frontier_samples"
    call_stage(samples, {"policy": root / "start", "queries": root / "queries"}, root / "frontier_samples")
    return found
