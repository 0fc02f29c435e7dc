"""Stages of online collection, best-of-n and the gold reward, called as the engine calls them, on a tiny model."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from harness.artifacts.call import StageCall
from harness.artifacts.files import read_samples
from harness.artifacts.label_table import LabelTable
from harness.artifacts.log import METRICS_FILE, StageLog, read_metrics
from harness.labels.gold_reward import GoldReward
from harness.labels.reference_samples import reference_samples
from harness.models.loading import ModelShape, build_language_model, load_language_model, load_tokenizer, save_model
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.models.reward import RewardModel
from harness.records import PAD, ArmKey
from harness.stages import labels, ppo, queries, sample
from harness.study.inputs import Inputs
from harness.study.loading import load_study
from harness.study.slices import BestOfSlice, LabelsSlice, OnlineLabelsSlice, OnlinePPOSlice, PPOSlice, QueriesSlice
from harness.tasks.pretraining import pretraining_texts
from harness.tasks.query_table import QueryTable, read_queries
from harness.tasks.text_tokens import single_token
from harness.tasks.tokenizer import train_tokenizer

ROOT = Path(__file__).resolve().parents[3]
STUDY = load_study(ROOT / "studies" / "online.yaml", [
    "task.response.truncate_after=2", "task.response.tokens=8", "task.queries={train: 60, valid: 8, test: 12}",
    "labels.budgets=[40]", "ppo.episodes=80", "ppo.batch_size=8", "ppo.learning_rate=1.0e-3", "ppo.kl.horizon=100"])


def letters(queries, responses):
    """A scorer: how many letters e."""
    return [text.count("e") for text in responses]


class Killed(Exception):
    pass


def _call(kind, settings, inputs, out, *, arm=None, seed=7, killed_at=None):
    """Run a stage in a folder; killed_at: stop it there at so much progress."""
    def send(progress):
        if killed_at is not None and progress.done >= killed_at:
            raise Killed

    out.mkdir(parents=True, exist_ok=True)
    call = StageCall(name="test", settings=settings, inputs=Inputs(inputs), out=out, seed=seed, threads=1, arm=arm)
    log = StageLog(out, send)
    if killed_at is not None:
        log.progress = lambda done, total, note="": send(type("Report", (), {"done": done}))
        with pytest.raises(Killed):
            kind.run(call, log)
        return None
    return kind.run(call, log)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """Folders of a start policy, queries and a reward model, as finished stages leave them."""
    root = tmp_path_factory.mktemp("stages")
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
    _call(queries, QueriesSlice(task=STUDY.task), {"base": root / "start"}, root / "queries")
    return found


def _ppo_slice(start=None, stop=None):
    settings = PPOSlice(task=STUDY.task, ppo=STUDY.ppo, gold_scorer="vader", compute=STUDY.compute)
    return settings if stop is None else OnlinePPOSlice(**dict(settings), start=start, stop=stop)


def _weights(folder):
    return {**load_file(folder / "model" / "model.safetensors"),
            **load_file(folder / "model" / "value_head.safetensors")}


def _curve(folder):
    timed = {"episodes/s", "tokens/s", "seconds/collect", "seconds/update"}
    return [(record["step"], {name: value for name, value in record["metrics"].items() if name not in timed})
            for record in read_metrics(folder / METRICS_FILE)]


def test_rounds_with_one_reward_model_are_one_uninterrupted_run_to_the_bit(inputs, tmp_path, monkeypatch):
    monkeypatch.setenv("HARNESS_CHECKPOINT_SECONDS", "0")
    _call(ppo, _ppo_slice(), inputs, tmp_path / "whole")
    _call(ppo, _ppo_slice(0, 3), inputs, tmp_path / "first")
    second = {**inputs, "previous": tmp_path / "first"}
    # The second round is killed twice: before its first checkpoint, and in the middle.
    _call(ppo, _ppo_slice(3, 7), second, tmp_path / "second", killed_at=1)
    _call(ppo, _ppo_slice(3, 7), second, tmp_path / "second", killed_at=3)
    _call(ppo, _ppo_slice(3, 7), second, tmp_path / "second")
    third = _call(ppo, _ppo_slice(7, 10), {**inputs, "previous": tmp_path / "second"}, tmp_path / "third")
    whole, rounds = _weights(tmp_path / "whole"), _weights(tmp_path / "third")
    assert whole.keys() == rounds.keys()
    assert all(torch.equal(whole[name], rounds[name]) for name in whole)
    assert _curve(tmp_path / "whole") == _curve(tmp_path / "third")
    assert len(_curve(tmp_path / "third")) == STUDY.ppo.updates
    assert third.summary["kl"] > 0
    start = load_language_model(inputs["start"] / "model").state_dict()
    assert not torch.equal(start["transformer.wte.weight"], rounds["transformer.wte.weight"])


def _label_slice(**online):
    kind = OnlineLabelsSlice if online else LabelsSlice
    return kind(task=STUDY.task, labels=STUDY.labels.model_copy(update={"budgets": (2,)}), start=10, stop=30,
                compute=STUDY.compute, **online)


def test_half_of_a_later_round_s_candidates_are_the_trained_policy_s(inputs, tmp_path):
    """A policy that knows one word only, the end token, is recognised by what it writes."""
    model, tokenizer = (load(inputs["start"] / "model") for load in (load_language_model, load_tokenizer))
    end = single_token(tokenizer, ".", key="")
    with torch.no_grad():
        model.transformer.ln_f.bias += 1e4 * model.transformer.wte.weight[end]
    Policy(model, temperature=STUDY.task.temperature).save_pretrained(tmp_path / "trained" / "model", tokenizer)
    offline = {"policy": inputs["start"], "queries": inputs["queries"]}
    _call(labels, _label_slice(), offline, tmp_path / "offline")
    _call(labels, _label_slice(batch="b"), {**offline, "trained_policy": tmp_path / "trained"}, tmp_path / "online")
    before, after = LabelTable.load(tmp_path / "offline"), LabelTable.load(tmp_path / "online")
    only_ends = [end] * 3 + [PAD] * 5
    assert (after.candidates[:, 2:] == only_ends).all()
    assert (after.candidates[:, :2] == only_ends).all(axis=2).mean() < 0.2
    assert (before.rows == after.rows).all(), "label i is about the same query, offline and online"
    assert (before.queries == after.queries).all()


def test_trained_and_reference_samples_differ_while_the_policies_are_one(inputs, tmp_path):
    """With one random stream for both, every label would be a choice between two pairs of twins."""
    same = {"policy": inputs["start"], "queries": inputs["queries"], "trained_policy": inputs["start"]}
    _call(labels, _label_slice(batch="b"), same, tmp_path)
    candidates = LabelTable.load(tmp_path).candidates
    assert (candidates[:, :2] != candidates[:, 2:]).any(axis=2).mean() > 0.9


def test_more_samples_never_make_the_favourite_worse(inputs, tmp_path):
    """The first 2 of 8 samples are those of 2; so each query's favourite of 8 scores no less, and on average more."""
    model = RewardModel.from_pretrained(inputs["reward_model"] / "model")
    found = {}
    for n in (2, 8):
        settings = BestOfSlice(task=STUDY.task, method="best_of", n=n, compute=STUDY.compute)
        _call(sample, settings, {"policy": inputs["start"], **inputs}, tmp_path / str(n),
              arm=ArmKey(f"best_of_{n}", 40, 1))
        samples = read_samples(tmp_path / str(n))
        asked = TokenBatch.from_sequences([query.tokens for query in read_queries(inputs["queries"] / "test.arrow")])
        given = TokenBatch.from_sequences([each.tokens for each in samples], side="right").tokens
        with torch.no_grad():
            scores = model.score(asked, given).numpy()
        found[n] = np.where([each.valid for each in samples], scores, -1.0)
        assert {each.kl_to_reference for each in samples} == {np.log(n) - (n - 1) / n}
    assert (found[8] >= found[2] - 1e-5).all()
    assert found[8].mean() > found[2].mean() + 0.01


def test_the_gold_reward_has_mean_0_and_variance_1_on_samples_of_the_reference(inputs):
    model, tokenizer = inputs["start"] / "model", load_tokenizer(inputs["start"] / "model")
    reference = Policy.from_pretrained(model, temperature=STUDY.task.temperature)
    table = QueryTable(inputs["queries"] / "train.arrow")
    rule = STUDY.task.response
    reward = GoldReward(f"{__name__}:letters", reference, tokenizer, table, samples=64, rule=rule, seed=3)
    drawn = reference_samples(reference, tokenizer, table, count=64, rule=rule, seed=3)
    scores = reward.of(drawn.rows)(drawn.queries, drawn.responses)
    raw = letters([], tokenizer.batch_decode([[token for token in row if token != PAD]
                                              for row in drawn.responses.tolist()], skip_special_tokens=True))
    assert scores.mean().item() == pytest.approx(0, abs=1e-9)
    assert scores.var(correction=0).item() == pytest.approx(1, abs=1e-9)
    assert np.corrcoef(raw, scores.numpy())[0, 1] == pytest.approx(1)
