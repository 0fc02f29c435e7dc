"""PPO in rounds, killed and resumed, is one uninterrupted run to the bit."""

import torch
from safetensors.torch import load_file

from harness.artifacts.log import METRICS_FILE, read_metrics
from harness.artifacts.snapshots import read_snapshots
from harness.models.loading import load_language_model
from harness.records import ArmKey
from harness.study.parts import ChoiceModel
from harness.study.slices import OnlinePPOSlice, PPOSlice, SampleSlice
from tests.unit.stages.stage_calls import STUDY, call_stage


def _ppo_slice(start=None, stop=None):
    settings = PPOSlice(task=STUDY.task, ppo=STUDY.ppo, labeler=ChoiceModel(scorer="vader"), compute=STUDY.compute)
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
    call_stage(_ppo_slice(), inputs, tmp_path / "whole")
    call_stage(_ppo_slice(0, 3), inputs, tmp_path / "first")
    second = {**inputs, "previous": tmp_path / "first"}
    # The second round is killed twice: before its first checkpoint, and in the middle.
    call_stage(_ppo_slice(3, 7), second, tmp_path / "second", killed_at=1)
    call_stage(_ppo_slice(3, 7), second, tmp_path / "second", killed_at=3)
    call_stage(_ppo_slice(3, 7), second, tmp_path / "second")
    third = call_stage(_ppo_slice(7, 10), {**inputs, "previous": tmp_path / "second"}, tmp_path / "third")
    whole, rounds = _weights(tmp_path / "whole"), _weights(tmp_path / "third")
    assert whole.keys() == rounds.keys()
    assert all(torch.equal(whole[name], rounds[name]) for name in whole)
    assert _curve(tmp_path / "whole") == _curve(tmp_path / "third")
    assert len(_curve(tmp_path / "third")) == STUDY.ppo.updates
    assert third.summary["kl"] > 0
    start = load_language_model(inputs["start"] / "model").state_dict()
    assert not torch.equal(start["transformer.wte.weight"], rounds["transformer.wte.weight"])


def test_snapshots_near_a_kl_are_the_same_after_a_kill_and_are_sampled_at_it(inputs, tmp_path, monkeypatch):
    monkeypatch.setenv("HARNESS_CHECKPOINT_SECONDS", "0")
    curve_of = call_stage(_ppo_slice(), inputs, tmp_path / "end").summary
    near = 0.9 * curve_of["kl"]
    settings = _ppo_slice().model_copy(update={"snapshots_at": near})
    done = call_stage(settings, inputs, tmp_path / "whole")
    call_stage(settings, inputs, tmp_path / "killed", killed_at=8)
    call_stage(settings, inputs, tmp_path / "killed")
    found = read_snapshots(tmp_path / "whole")
    assert found == read_snapshots(tmp_path / "killed") and found
    for each in found:
        one, other = (_weights(tmp_path / folder / each.folder) for folder in ("whole", "killed"))
        assert all(torch.equal(one[name], other[name]) for name in one)
    plain, with_snapshots = _weights(tmp_path / "end"), _weights(tmp_path / "whole")
    assert all(torch.equal(plain[name], with_snapshots[name]) for name in plain), "the end is what it would be"
    sampled = call_stage(SampleSlice(task=STUDY.task, compute=STUDY.compute, at_kl=near),
                         {"queries": inputs["queries"], "policy": tmp_path / "whole",
                          "reference_policy": inputs["start"]}, tmp_path / "samples", arm=ArmKey("rl", 40, 1))
    assert sampled.summary["kl_to_reference"] > 0
    assert min(each.kl for each in found) <= done.summary["snapshot_kl"] <= max(each.kl for each in found)
