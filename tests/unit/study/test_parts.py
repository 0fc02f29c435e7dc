"""The parts of a study refuse settings that are impossible by themselves."""

import pytest

from harness.errors import InputError
from harness.study.loading import load_study
from tests.e2e.runs import ROOT

ONLINE = ROOT / "studies" / "online.yaml"


@pytest.mark.parametrize(("overrides", "expected"), [
    (["policies.0.online={rounds: 3}"], "collection is offline"),
    (["policies.2.collection=online"], "reward: gold needs no labels"),
    (["evaluation.best_of=[1]"], "evaluation.best_of.0: .*2"),
    (["policies.0.arm=best_of_4"], "baseline's name"),
    (["policies.1.online.round=3"], "policies.1.online.round: unknown key. Did you mean 'rounds'"),
])
def test_an_impossible_policy_is_refused(overrides, expected):
    with pytest.raises(InputError, match=expected):
        load_study(ONLINE, overrides)


@pytest.mark.parametrize(("override", "most"), [
    ("base_model.layers=1001", 1000), ("base_model.width=100096", 100_000), ("base_model.context=1000001", 1_000_000),
    ("base_model.vocabulary=1000001", 1_000_000), ("labels.candidates=1001", 1000),
    ("labels.pool=10000001", 10_000_000), ("labels.validation=10000001", 10_000_000),
    ("task.queries.train=20000001", 20_000_000), ("task.temperature=1001", 1000),
    ("evaluation.best_of=[1000001]", 1_000_000),
    ("supervised.pairs=20000001", 20_000_000), ("supervised.learning_rates=[1.0e+31]", 10**30),
    ("base_model.tokens=10000000000000", 10**12),
    ("evaluation.people={items: 10001}", 10_000), ("evaluation.people={overlap: 51}", 50),
])
def test_a_size_that_means_nothing_is_refused_with_its_bound(override, most):
    with pytest.raises(InputError, match=rf"{override.partition('=')[0]}.*: input should be less than .* {most}, not"):
        load_study(ONLINE, [override])


@pytest.mark.parametrize(("override", "expected"), [
    ("task.temperature=1.0e-300", r"task.temperature: input should be greater than or equal to 0\.001"),
    ("ppo.epochs=10001", r"ppo.epochs: must be 10,000 or less"),
    ("ppo.episodes=1000000001", r"ppo.episodes: must be 1,000,000,000 or less"),
    ("ppo.learning_rate=1.0e+300", r"ppo.learning_rate: must be positive and at most 1e\+30, not 1e\+300"),
    ("reward_model.learning_rate=1.0e+31", r"reward_model.learning_rate: must be positive and at most 1e\+30"),
    ("base_model.fit.learning_rate=0", r"base_model.fit.learning_rate: must be positive and at most 1"),
    ("domain_tuning={steps: 1000000001}", r"domain_tuning.steps: must be in 1\.\.1000000000"),
    ("ppo.snapshots=1001", r"ppo.snapshots: must be in 2\.\.1000"),
    ("supervised.fit.epochs=1.0e+308", r"supervised.fit.epochs: must be positive and at most 10,000"),
])
def test_a_training_without_end_or_meaning_is_refused(override, expected):
    with pytest.raises(InputError, match=expected):
        load_study(ONLINE, [override])
