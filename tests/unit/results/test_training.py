"""What training came to: rows of runs and reward models, and the learning curves."""

import pytest

from harness.records import ArmKey
from harness.results.training import accuracy_curves, learning_curves, not_comparable, reward_model_rows, run_rows
from harness.statistics.learning_curve import LabelerCeiling
from harness.training.settings import KLSettings, PPOSettings

PPO = PPOSettings(episodes=3200, batch_size=64, kl=KLSettings(target=6.0, horizon=2000))


def summary(accuracy, labels):
    return {"trained_on": float(labels), "validated_on": 500.0, "validation_accuracy": accuracy,
            "validation_loss": 1.1, "validation_confidence": 0.8, "validation_calibration_error": 0.2,
            "gain": 1.0, "bias": 0.0}


def test_reward_models_are_one_curve_over_the_same_held_out_labels():
    gaps = {100: 0.4, 400: 0.2}
    rows = reward_model_rows({ArmKey("rl", labels, seed): summary(0.9 - gap, labels)
                              for labels, gap in gaps.items() for seed in (1, 2)})
    (curve,) = accuracy_curves(rows, LabelerCeiling(0.9, 0.5, 0.8), confidence=0.95)
    assert (curve.arm, curve.n_labels) == ("rl", 500)
    assert [(point.label_budget, point.accuracy, point.n_runs) for point in curve.points] == [
        (100, pytest.approx(0.5), 2), (400, pytest.approx(0.7), 2)]
    assert (curve.points[0].log_loss, curve.points[0].log_loss_low) == (pytest.approx(1.1), pytest.approx(1.1))
    assert (curve.points[0].confidence, curve.points[0].calibration_error) == (pytest.approx(0.8), pytest.approx(0.2))
    assert curve.power_law.exponent == pytest.approx(0.5)
    (without,) = accuracy_curves(rows, None, confidence=0.95)
    assert without.power_law is None


def steps(kls, scores):
    return [{"objective/kl": kl, "objective/kl_coef": 0.1, "objective/gold_score": score,
             "objective/score_of_valid": score} for kl, score in zip(kls, scores, strict=True)]


def test_a_run_says_where_it_ended_and_where_it_is_compared():
    arm = ArmKey("rl", 100, 1)
    (row,) = run_rows({arm: steps([3.0] * 9 + [6.1], [0.0] * 10)}, {arm: {"snapshot_kl": 5.5}}, PPO)
    assert (row.arm, row.compared_at, row.end.kl, row.end.converged) == (arm, 5.5, 6.1, True)
    assert run_rows({arm: steps([3.0], [0.0])}, {arm: {}}, PPO) == []


@pytest.mark.parametrize(("kls", "barred"), [
    ([2.0, 1.81, 2.19], {}), ([2.0, 2.0, 1.79], {"rl": "1 of 3 runs with 100 labels did not come to a KL of 2 nats"}),
    ([2.21, 2.0, 1.7], {"rl": "2 of 3 runs with 100 labels did not come to a KL of 2 nats"})])
def test_a_run_is_compared_where_it_is_within_a_tenth_of_the_kl(kls, barred):
    arms = {ArmKey("rl", 100, seed): kl for seed, kl in enumerate(kls)}
    rows = run_rows(dict.fromkeys(arms, steps([6.0] * 10, [0.0] * 10)),
                    {arm: {"snapshot_kl": kl} for arm, kl in arms.items()}, PPO)
    assert {arm.arm: why for arm, why in not_comparable(rows, compared_at=2.0).items()} == barred


def test_learning_curves_have_the_mean_and_the_range_of_a_budgets_runs():
    curves = {ArmKey("rl", 100, seed): [{"episodes": 64.0 * step, "objective/kl": seed * step, "objective/score": 1.0}
                                        for step in range(1, 5)] for seed in (1, 2)}
    score, kl = learning_curves(curves)
    assert (kl.arm, kl.metric, kl.band.x[0], kl.band.x[-1]) == (ArmKey("rl", 100), "kl", 64.0, 256.0)
    assert (kl.band.mean[-1], kl.band.low[-1], kl.band.high[-1]) == (6.0, 4.0, 8.0)
    assert (score.metric, set(score.band.mean)) == ("score", {1.0})
    assert learning_curves({arm: steps[:1] for arm, steps in curves.items()}) == []
