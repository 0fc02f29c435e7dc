"""Online collection in the plan: the schedule's labels in each round, and no label more than an offline arm has."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.labels.draws import draw_order, label_numbers
from harness.seeds import derive_seed
from harness.study.loading import load_study
from harness.study.parts import OnlineSettings
from harness.study.plan import make_plan
from harness.study.rounds import online_rounds
from harness.training.settings import PPOSettings

ROOT = Path(__file__).resolve().parents[3]
ONLINE = ROOT / "studies" / "online.yaml"
HUMAN = "labels={source: human, budgets: [500, 2000]}"
WITHOUT_GOLD = "policies=[{arm: rl}, {arm: rl_online, collection: online, online: {rounds: 8}}]"


def _plan(*overrides):
    return make_plan(load_study(ONLINE, ["labels.budgets=[500, 2000]", "policies.1.online.rounds=8", *overrides]), {})


def test_the_rounds_of_a_worked_example():
    """4,096 episodes in 64 batches, 4 rounds, a quarter of 2,000 labels first.

    By hand, 500 + 1500·(1 − (1 − x)²) at x = 0, ¼, ½: 500; 500 + 1500·7/16 = 1156.25; 500 + 1500·¾ = 1625.
    """
    rounds = online_rounds(2000, online=OnlineSettings(initial_share=0.25, rounds=4),
                           ppo=PPOSettings(episodes=4096, batch_size=64))
    assert [(each.labels, each.start, each.stop) for each in rounds] == [
        (500, 0, 16), (1156, 16, 32), (1625, 32, 48), (2000, 48, 64)]


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(budget=st.integers(2, 100_000), share=st.floats(0.01, 1), rounds=st.integers(1, 40), more=st.integers(0, 500))
def test_rounds_follow_the_schedule_and_end_with_the_budget(budget, share, rounds, more):
    ppo = PPOSettings(episodes=8 * (rounds + more), batch_size=8)
    found = online_rounds(budget, online=OnlineSettings(initial_share=share, rounds=rounds), ppo=ppo)
    assert [each.start for each in found] == [0, *(each.stop for each in found[:-1])]
    assert found[-1].stop == ppo.updates
    assert all(each.start < each.stop for each in found)
    lengths = [each.stop - each.start for each in found]
    assert max(lengths) - min(lengths) <= 1
    assert found[-1].labels == budget
    labels = [each.labels for each in found]
    assert labels == sorted(labels)
    first = labels[0]
    for each in found[:-1]:
        left = 1 - Fraction(each.start, ppo.updates)
        assert abs(each.labels - (first + (budget - first) * (1 - left**2))) <= Fraction(1, 2) + Fraction(1, 10**6)


def _ancestors(plan, name):
    by_fingerprint = {stage.fingerprint: stage for stage in plan.stages}
    (wanted,) = [stage for stage in plan.stages if stage.name == name]
    found, waiting = {}, [wanted]
    while waiting:
        stage = waiting.pop()
        found[stage.fingerprint] = stage
        waiting.extend(by_fingerprint[fingerprint] for fingerprint in stage.inputs.values())
    return list(found.values())


def _labels_behind(plan, name):
    return sorted((stage.settings.start, stage.settings.stop) for stage in _ancestors(plan, name)
                  if stage.kind == "labels")


def _numbers_behind(plan, name):
    """Of the labels that the (last) reward model behind this stage is fitted to, in increasing order."""
    behind = _ancestors(plan, name)
    last = max((stage for stage in behind if stage.kind == "reward_model"),
               key=lambda stage: stage.settings.label_budget)
    by_fingerprint = {stage.fingerprint: stage for stage in behind}
    pieces = [by_fingerprint[fingerprint].settings for fingerprint in last.inputs.in_order("labels")]
    there = np.concatenate([label_numbers(piece.start, piece.stop, piece.draw) for piece in pieces])
    draw = last.settings.draw
    own = there if draw is None else there[draw_order(draw.seed, len(there))]
    return sorted(own[:last.settings.label_budget].tolist())


@pytest.mark.parametrize("overrides", [
    (), (HUMAN, WITHOUT_GOLD),
    ("labels={source: imported, path: labels.jsonl, budgets: [500, 2000]}", WITHOUT_GOLD)],
    ids=["simulated", "human", "imported"])
@pytest.mark.parametrize("budget", [500, 2000])
@pytest.mark.parametrize("draws", ["shared", "each_run"])
def test_online_and_offline_arms_of_one_budget_use_the_same_labels_numbers(overrides, budget, draws):
    plan = _plan(*overrides, f"labels.draws={draws}")
    offline, online = (_numbers_behind(plan, f"sample {arm}/{budget}/1") for arm in ("rl", "rl_online"))
    assert offline == online and len(set(online)) == budget
    if draws == "shared":
        assert sorted(online) == list(range(budget))
    else:
        assert sorted(online) == sorted(draw_order(derive_seed(plan.study.seed, "draw", 1), 2000)[:budget])


@pytest.mark.parametrize("overrides", [(), (HUMAN, WITHOUT_GOLD)], ids=["simulated", "human"])
def test_each_round_has_the_labels_of_the_schedule_and_goes_on_from_the_last(overrides):
    plan = _plan(*overrides)
    rounds = online_rounds(2000, online=OnlineSettings(rounds=8), ppo=plan.study.ppo)
    stages = {stage.name: stage for stage in plan.stages}
    by_fingerprint = {stage.fingerprint: stage for stage in plan.stages}
    seeds = set()
    for before, this in zip((None, *rounds), rounds, strict=False):
        ppo = stages[f"ppo rl_online/2000/1{this}"]
        # Its first reward model may be that of another arm, with as many labels.
        reward_model = by_fingerprint[ppo.inputs["reward_model"]]
        seeds.add(reward_model.seed)
        assert reward_model.settings.label_budget == this.labels
        assert _labels_behind(plan, reward_model.name)[-1][1] == this.labels
        assert (ppo.settings.start, ppo.settings.stop) == (this.start, this.stop)
        previous = stages[f"ppo rl_online/2000/1{before}"] if before else None
        assert ppo.inputs.get("previous") == (previous and previous.fingerprint)
        if previous:
            new = stages[f"labels {before.labels}-{this.labels} rl_online/2000/1"]
            assert new.inputs["trained_policy"] == previous.fingerprint
    assert len(seeds) == 1, "every round begins from the same initial weights"


def test_imported_labels_are_taken_in_the_order_of_their_file():
    plan = _plan("labels={source: imported, path: labels.jsonl, budgets: [2000]}", WITHOUT_GOLD)
    labels = [stage for stage in plan.stages if stage.kind == "labels"]
    assert [(stage.settings.start, stage.settings.stop) for stage in labels] == [(0, 1000), (1000, 2000)]
    assert not any("trained_policy" in stage.inputs for stage in labels)
    rounds = online_rounds(2000, online=OnlineSettings(rounds=8), ppo=plan.study.ppo)
    settings = [stage.settings for stage in plan.stages if stage.name.startswith("reward model rl_online/2000/1")]
    assert [each.label_budget for each in settings] == [each.labels for each in rounds[:-1]], "the last is offline's"
    assert len({each.draw for each in settings}) == 1, "each is of the first labels of one order"


def test_one_round_is_offline_collection():
    plan = _plan("policies.1.online.rounds=1")
    names = {stage.name for stage in plan.stages}
    assert "reward model rl/2000/1" in names
    assert not any(name.startswith("reward model rl_online") for name in names), "they are the same stages"


def test_online_arms_leave_every_stage_of_the_offline_arm_as_it_was():
    def training(plan):
        return {stage.fingerprint for stage in plan.stages if stage.arm and stage.arm.arm == "rl"}
    assert training(_plan()) == training(_plan("policies=[{arm: rl}]", "evaluation.best_of=[]"))


def test_a_round_s_human_tasks_are_set_apart_by_the_policy_that_wrote_them():
    plan = _plan(HUMAN, WITHOUT_GOLD)
    online = [stage for stage in plan.stages if stage.kind == "labels" and "trained_policy" in stage.inputs]
    assert len({stage.settings.batch for stage in online}) == len(online)
    assert len({stage.settings.queue for stage in plan.stages if stage.kind == "labels"}) == 1


def test_arms_without_labels_and_best_of_n():
    plan = _plan()
    stages = {stage.name: stage for stage in plan.stages}
    assert not [stage for stage in _ancestors(plan, "sample mock_reward/0/1") if stage.kind in ("labels",
                                                                                             "reward_model")]
    for n in (4, 16, 64):
        best = stages[f"sample best_of_{n}/500/2"]
        assert best.inputs["reward_model"] == stages["reward model rl/500/2"].fingerprint
        assert best.inputs["policy"] == stages["pretrain"].fingerprint
    judged = {pair for stage in plan.stages if stage.kind == "judge" for pair in stage.settings.pairs}
    assert {"best_of_16/500/2 vs zero_shot", "rl_online/500/1 vs rl/500/1", "rl_online/2000/1 vs rl_online/500/1",
            "mock_reward/0/2 vs reference", "rl/2000/2 vs mock_reward/0/2",
            "rl_online/500/1 vs mock_reward/0/1"} <= set(map(str, judged))
    assert all(pair.arm.seed == pair.opponent.seed for pair in judged if pair.opponent.seed is not None)
