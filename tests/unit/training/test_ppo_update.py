"""PPO's loop: repeatable and resumable to the bit, and free of the traps that other implementations fell into."""

import copy

import pytest
import torch

from harness.algorithms.responses import truncate
from harness.errors import TrainingDiverged
from harness.records import PAD
from harness.training.ppo_update import PPOTrainer
from harness.training.settings import EndRule, KLSettings, PPOSettings
from tests import tiny

BATCH, END_TOKEN = 8, 21
END = EndRule(tokens=6, truncate_after=2, penalty=-1.0)
QUERIES = tiny.random_queries([3, 7, 1, 5, 2, 6, 4, 3])


def trainer(*, seed=3, **changes):
    settings = {"episodes": 10 * BATCH, "batch_size": BATCH, "learning_rate": 1e-3,
                "kl": KLSettings(coefficient=0.2, target=1.0, horizon=100)} | changes
    return PPOTrainer(tiny.policy(), tiny.policy(), settings=PPOSettings(**settings), end_token=END_TOKEN, end=END,
                      seed=seed)


def score(queries, truncated):
    """Any function of the truncated response."""
    return (truncated.clamp(min=0) % 7).float().mean(dim=1)


def run(made, batches, *, start=0):
    return [made.step(QUERIES, torch.arange(BATCH) + BATCH * batch, score) for batch in range(start, start + batches)]


def weights(made):
    return torch.cat([p.detach().flatten() for p in made.policy.parameters()])


@pytest.mark.parametrize("changes", [{}, {"minibatches": 2, "micro_batch": 3}], ids=["whole", "minibatches"])
def test_a_run_is_repeatable_and_resumable_to_the_bit(tmp_path, changes):
    undisturbed = trainer(**changes)
    first = run(undisturbed, 5)
    stopped = trainer(**changes)
    run(stopped, 2)
    torch.save(stopped.state_dict(), tmp_path / "state.pt")
    resumed = trainer(**changes)
    resumed.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True))
    last = run(resumed, 3, start=2)
    assert torch.equal(weights(undisturbed), weights(resumed))
    assert undisturbed.kl.beta == resumed.kl.beta
    assert torch.equal(first[-1].tokens, last[-1].tokens)
    timed = {"episodes/s", "tokens/s", "seconds/collect", "seconds/update"}
    assert {k: v for k, v in first[-1].metrics.items() if k not in timed} == \
           {k: v for k, v in last[-1].metrics.items() if k not in timed}


def test_a_state_is_a_copy_that_later_steps_leave_alone():
    made = trainer()
    state = made.state_dict()
    before = copy.deepcopy(state["policy"])
    run(made, 1)
    assert all(torch.equal(before[name], value) for name, value in state["policy"].items())


def test_micro_batches_leave_the_gradient_unchanged():
    gradients = []
    for micro_batch in (None, 1, 3):
        made = trainer(micro_batch=micro_batch, epochs=1)
        made.optimizer.step = lambda learning_rate: None  # keep the gradients of the first minibatch, before Adam
        made.optimizer.zero_grad = lambda: None
        run(made, 1)
        gradients.append({name: p.grad for name, p in made.policy.named_parameters()})
    for other in gradients[1:]:
        for name, grad in gradients[0].items():
            torch.testing.assert_close(other[name], grad, rtol=1e-4, atol=1e-5 * float(grad.abs().max()))


def test_the_reference_stays_and_the_policy_moves():
    made = trainer()
    reference = torch.cat([p.flatten().clone() for p in made.reference.parameters()])
    start = weights(made)
    run(made, 2)
    assert torch.equal(torch.cat([p.flatten() for p in made.reference.parameters()]), reference)
    assert not torch.equal(weights(made), start)


def test_a_reference_that_would_move_along_is_refused():
    policy = tiny.policy()
    with pytest.raises(ValueError, match="shares parameters"):
        PPOTrainer(policy, policy, settings=PPOSettings(episodes=8, batch_size=8), end_token=END_TOKEN, end=END, seed=0)
    with pytest.raises(ValueError, match="temperature"):
        PPOTrainer(tiny.policy(temperature=0.7), tiny.policy(temperature=1.0), end_token=END_TOKEN, end=END, seed=0,
                   settings=PPOSettings(episodes=8, batch_size=8))


def test_the_penalty_replaces_the_score_and_the_score_sees_the_truncated_response():
    seen = []

    def remembering(queries, truncated):
        seen.append((queries.sequences(), truncated.clone()))
        return torch.full((BATCH,), 10.0)

    step = trainer().step(QUERIES, torch.arange(BATCH) + 40, remembering)
    expected = truncate(step.tokens, end_token=END_TOKEN, truncate_after=END.truncate_after)
    assert torch.equal(seen[0][1], expected.tokens)
    assert seen[0][0] == QUERIES.sequences()
    assert expected.valid.any() and not expected.valid.all()
    assert step.scores.tolist() == [10.0 if valid else -1.0 for valid in expected.valid]
    assert bool((step.tokens != PAD).all()), "the policy is trained on whole sampled responses"


def test_the_reported_kl_is_that_of_the_distributions_trained_on():
    """Sampled tokens, before truncation, at the temperature: recomputed from the modules' own logits."""
    made = trainer(kl=KLSettings(coefficient=0.2))
    run(made, 3)
    before = copy.deepcopy(made.policy)
    step = made.step(QUERIES, torch.arange(BATCH) + 900, score)
    total = 0.0
    for query, response in zip(QUERIES.sequences(), step.tokens.tolist(), strict=True):
        tokens = torch.tensor([[*query, *response]])
        for model, sign in ((before, 1), (made.reference, -1)):
            with torch.no_grad():
                logits = model.language_model(tokens).logits[0, len(query) - 1:-1] / 0.7
            picked = torch.log_softmax(logits, dim=-1).gather(1, torch.tensor(response)[:, None])
            total += sign * picked.sum().item()
    assert step.metrics["objective/kl"] == pytest.approx(total / BATCH, abs=1e-4)
    assert step.kl_to_reference.mean().item() == pytest.approx(total / BATCH, abs=1e-4)
    metrics = step.metrics
    assert metrics["objective/score_total"] == pytest.approx(metrics["objective/score"] - 0.2 * metrics["objective/kl"])


@pytest.mark.parametrize("minibatches", [1, 4])
def test_the_learning_rate_decays_once_a_batch(minibatches):
    rates = [step.metrics["ppo/lr"] for step in run(trainer(minibatches=minibatches), 10)]
    assert rates == pytest.approx([1e-3 * (1 - batch / 10) for batch in range(10)])


def test_beta_moves_once_a_batch_by_the_whole_batch():
    made = trainer(minibatches=4)
    steps = run(made, 2)
    error = min(max(steps[0].metrics["objective/kl"] / 1.0 - 1.0, -0.2), 0.2)
    assert steps[0].metrics["objective/kl_coef"] == 0.2
    assert steps[1].metrics["objective/kl_coef"] == pytest.approx(0.2 * (1 + error * BATCH / 100))


def test_the_first_ratio_is_one():
    """Log-probabilities kept from sampling are those of the first epoch, so nothing is clipped in it."""
    step = run(trainer(epochs=1), 1)[0]
    assert step.metrics["ppo/policy/approxkl"] < 1e-9
    assert step.metrics["ppo/policy/clipfrac"] == 0.0
    assert step.metrics["ppo/val/clipfrac"] == 0.0


@pytest.mark.parametrize("builder", tiny.BUILDERS.values(), ids=tiny.BUILDERS.keys())
def test_no_logits_are_made_for_the_query(builder):
    policy = tiny.policy(builder=builder)
    shapes = []
    token_logprobs = policy.trunk.token_logprobs

    def watched(states, tokens, **settings):
        shapes.append(tuple(states.shape))
        return token_logprobs(states, tokens, **settings)

    policy.trunk.token_logprobs = watched
    policy.evaluate(QUERIES, torch.ones(BATCH, 6, dtype=torch.int64))
    assert shapes == [(BATCH, 6, policy.width)]


def test_a_loss_that_is_not_finite_stops_before_the_weights_are_touched():
    made = trainer()
    run(made, 2)
    made.state_dict()
    before = weights(made)
    with pytest.raises(TrainingDiverged, match="step 2; the last good checkpoint is step 2"):
        made.step(QUERIES, torch.arange(BATCH) + 99, lambda queries, truncated: torch.full((BATCH,), float("nan")))
    assert torch.equal(weights(made), before)
