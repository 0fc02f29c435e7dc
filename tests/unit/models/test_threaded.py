"""Threaded work gives what work in turn gives: the same results in the same order, and a run that can be repeated."""

import threading

import pytest
import torch

from harness.models.generation import sample_responses
from harness.models.reward import RewardModel
from harness.models.threaded import run_threaded, threads_for
from harness.training.comparisons import Comparisons
from harness.training.language_model_fit import fit_language_model
from harness.training.ppo_update import PPOTrainer
from harness.training.reward_fit import fit_reward_model
from harness.training.settings import EndRule, LanguageModelFitSettings, PPOSettings, RewardFitSettings
from tests import tiny

QUERIES = tiny.random_queries([3, 7, 1, 5, 2, 6, 4, 3])
CPU = torch.device("cpu")


@pytest.fixture
def threads():
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


def test_narrow_models_get_a_task_for_each_thread_of_a_cpu(threads):
    threads(2)
    assert threads_for(64, CPU) == 2
    assert threads_for(768, CPU) == 1
    assert threads_for(64, torch.device("cuda")) == 1
    threads(1)
    assert threads_for(64, CPU) == 1


def test_tasks_run_side_by_side_on_one_thread_each_and_keep_the_order():
    meet = threading.Barrier(2, timeout=20)

    def task(number):
        meet.wait()
        return number, torch.get_num_threads(), torch.is_grad_enabled()

    with torch.no_grad():
        found = list(run_threaded([lambda n=n: task(n) for n in range(4)], threads=2))
    assert found == [(number, 1, False) for number in range(4)]


def test_on_one_thread_a_task_waits_until_the_result_before_it_is_taken():
    done = []
    results = run_threaded([lambda n=n: done.append(n) for n in range(3)], threads=1)
    next(results)
    assert done == [0]


def test_an_error_in_a_thread_reaches_the_caller():
    def fail():
        raise ValueError("here")

    with pytest.raises(ValueError, match="here"):
        list(run_threaded([fail, fail], threads=2))


def ppo():
    trainer = PPOTrainer(tiny.policy(), tiny.policy(), end_token=21, end=EndRule(tokens=6, truncate_after=2), seed=3,
                         settings=PPOSettings(episodes=80, batch_size=8, learning_rate=1e-4))
    for batch in range(2):
        trainer.step(QUERIES, torch.arange(8) + 8 * batch, lambda queries, truncated: truncated.float().mean(dim=1))
    return trainer.policy


def reward():
    model = RewardModel.from_language_model(tiny.gpt2(), seed=2)
    candidates = torch.randint(0, 8, (8, 4, 5), generator=torch.Generator().manual_seed(0))
    fit_reward_model(model, Comparisons(QUERIES, candidates, torch.arange(8) % 4), seed=1,
                     settings=RewardFitSettings(learning_rate=1e-4, batch_size=4))
    return model


def language_model():
    model = tiny.gpt2()
    fit_language_model(model, tokens=[[row % 8, 1, 2, 3, row % 5][:2 + row % 4] for row in range(16)], seed=0,
                       settings=LanguageModelFitSettings(learning_rate=1e-4, batch_size=8, steps=3))
    return model


@pytest.mark.parametrize("train", [ppo, reward, language_model])
def test_threaded_training_is_repeatable_to_the_bit_and_agrees_with_training_in_turn_to_rounding(threads, train):
    weights = []
    for count in (2, 2, 1):
        threads(count)
        weights.append(torch.cat([p.detach().flatten() for p in train().parameters()]))
    assert torch.equal(weights[0], weights[1])
    torch.testing.assert_close(weights[0], weights[2], rtol=1e-4, atol=1e-4)


def test_samples_do_not_depend_on_the_threads(threads):
    tokens = []
    for count in (1, 2):
        threads(count)
        tokens.append(sample_responses(tiny.policy(), QUERIES, length=6, seed=1, stream_ids=torch.arange(8),
                                       candidates=2).tokens)
    assert torch.equal(*tokens)
