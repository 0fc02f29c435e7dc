"""The other models of the same judgments: near the win rate where they can be fitted, silent where not."""

import numpy as np
import pytest
from statsmodels.discrete.discrete_model import Logit

from harness.statistics.sensitivity import gee_within_items, sensitivity
from harness.statistics.simulation import Design, simulate_judgments
from harness.statistics.win_rate import win_rate


def test_other_models_agree_with_the_win_rate() -> None:
    judged = simulate_judgments(Design(win_rate=0.65, n_items=150), np.random.default_rng(7))
    side = np.random.default_rng(8).integers(2, size=len(judged.items))
    rate = win_rate(judged.outcomes, items=judged.items, raters=judged.raters)
    gee, mixed, conditional = sensitivity(judged.outcomes, items=judged.items, raters=judged.raters,
                                          a_was_left=side)
    assert gee.estimate == pytest.approx(rate.win_rate, abs=0.01)
    assert mixed.estimate == pytest.approx(rate.win_rate, abs=0.06)
    assert conditional.ci_low < 0 < conditional.ci_high


def test_models_that_cannot_be_fitted_say_why() -> None:
    undefined = sensitivity(np.ones(4), items=[1, 1, 2, 2], raters=[1, 2, 1, 2], a_was_left=np.ones(4))
    assert [(model.estimate, bool(model.why_undefined)) for model in undefined] == [(None, True)] * 3


def test_gee_of_one_vote_an_item_is_a_plain_logit_with_robust_errors() -> None:
    outcomes = np.array([1.0] * 70 + [0.0] * 30)
    found = gee_within_items(outcomes, items=range(100))
    fit = Logit(outcomes, np.ones(100)).fit(disp=0, cov_type="HC0")
    expected = 1 / (1 + np.exp(-np.array([fit.params[0], *fit.conf_int()[0]])))
    assert (found.estimate, found.ci_low, found.ci_high) == pytest.approx(expected, abs=1e-6)


def test_two_matched_judgments_give_the_log_ratio_of_the_discordant_items() -> None:
    # Each item once with A on the left and once on the right. McNemar's odds ratio: 12 items where only the
    # left one was chosen, 4 where only the right one was; items with two wins or two losses say nothing.
    left_only, right_only, both = [1.0, 0.0] * 12, [0.0, 1.0] * 4, [1.0, 1.0] * 9
    outcomes = np.array(left_only + right_only + both)
    items, side = np.repeat(np.arange(25), 2), np.tile([1.0, 0.0], 25)
    conditional = sensitivity(outcomes, items=items, raters=np.tile([1, 2], 25), a_was_left=side)[2]
    assert conditional.estimate == pytest.approx(np.log(12 / 4), abs=1e-4)
