"""The same win rates by other models, and all arms on one scale: each beside what the model's own library says."""

import numpy as np
import pytest
import statsmodels.api as sm

from harness.records import ArmKey, Contrast
from harness.results.rates import win_rate_rows
from harness.results.records import Outcomes, PairOutcomes
from harness.results.robustness import fragility_rows, sensitivity_rows, strengths
from harness.results.votes import votes_of_outcomes

QUERIES = tuple(f"q{k}" for k in range(80))
ARMS = {10: 0.5, 40: 0.7}
RNG = np.random.default_rng(0)
OUTCOMES = Outcomes("simulated", "vader", QUERIES, tuple(
    PairOutcomes(Contrast(ArmKey("rl", budget, seed), ArmKey("zero_shot")),
                 tuple((RNG.random(80) < chance).astype(float).tolist()))
    for budget, chance in ARMS.items() for seed in (1, 2)))
VOTES = votes_of_outcomes(OUTCOMES)
MEASURES = {arm: {"words": RNG.normal(20, 4, 80)} for arm in
            [ArmKey("zero_shot"), *(ArmKey("rl", budget, seed) for budget in ARMS for seed in (1, 2))]}


def _rate(budget: int) -> float:
    return float(np.mean([pair.outcomes for pair in OUTCOMES.pairs if pair.contrast.arm.label_budget == budget]))


def test_only_the_largest_budget_is_computed_in_other_ways() -> None:
    rows = sensitivity_rows(VOTES, OUTCOMES, MEASURES, controls=("length-controlled",), confidence=0.95, seed=0)
    assert {row.contrast for row in rows} == {Contrast(ArmKey("rl", 40), ArmKey("zero_shot"))}
    answers = {row.answer.model: row.answer for row in rows}
    for model in ("as planned", "these policies only", "ties left out", "bootstrap over queries",
                  "training seeds as the sample"):
        assert answers[model].estimate == pytest.approx(_rate(40)), model
    assert answers["length-controlled (Bradley-Terry)"].estimate == pytest.approx(_rate(40), abs=0.05)


def test_the_planned_row_is_the_win_rate_row_and_these_policies_stand_below_it() -> None:
    rows = [row.answer for row in sensitivity_rows(VOTES, OUTCOMES, MEASURES, controls=(), confidence=0.95, seed=0)]
    (planned,) = (row for row in win_rate_rows(VOTES, judge="simulated", confidence=0.95, baselines=())
                  if row.contrast.arm.label_budget == 40)
    assert [(row.model, row.ci_low, row.ci_high) for row in rows[:2]] == [
        ("as planned", planned.rate.ci_low, planned.rate.ci_high),
        ("these policies only", planned.these_runs.ci_low, planned.these_runs.ci_high)]
    assert rows[2].ci_low == planned.rate.ci_low, "there are no ties to leave out"
    one_run = {contrast: found.take(found.seeds == 1) for contrast, found in VOTES.items()}
    models = [row.answer.model for row in sensitivity_rows(one_run, OUTCOMES, MEASURES, controls=(), confidence=0.95,
                                                           seed=0)]
    assert models[:2] == ["as planned", "ties left out"]


def test_the_length_controlled_rate_is_a_logistic_regression_s() -> None:
    rows = sensitivity_rows(VOTES, OUTCOMES, MEASURES, controls=("length-controlled",), confidence=0.95, seed=0)
    controlled = next(row.answer for row in rows if row.answer.model.startswith("length"))
    lengths = np.concatenate([MEASURES[pair.contrast.arm]["words"] - MEASURES[ArmKey("zero_shot")]["words"]
                              for pair in OUTCOMES.pairs])
    is_large = np.repeat([pair.contrast.arm.label_budget == 40 for pair in OUTCOMES.pairs], 80)
    design = np.column_stack([is_large, ~is_large, lengths]).astype(float)
    fit = sm.GLM(np.concatenate([pair.outcomes for pair in OUTCOMES.pairs]), design,
                 family=sm.families.Binomial()).fit(cov_type="cluster", cov_kwds={
                     "groups": np.tile(np.arange(80), 4), "use_correction": False})
    expected = 1 / (1 + np.exp(-np.array([fit.params[0], *fit.conf_int()[0]])))
    assert (controlled.estimate, controlled.ci_low, controlled.ci_high) == pytest.approx(expected, abs=1e-6)


def test_strengths_of_arms_that_met_the_baseline_alone_are_their_log_odds() -> None:
    found = strengths(OUTCOMES, MEASURES)
    expected = {f"rl/{budget}": np.log(_rate(budget) / (1 - _rate(budget))) for budget in ARMS}
    assert {row.arm: row.log_strength for row in found.bradley_terry} == pytest.approx(expected | {"zero_shot": 0.0})
    assert (found.baseline, found.nu) == ("zero_shot", None)


def test_each_budget_has_its_fragility() -> None:
    rows = {row.contrast.arm.label_budget: row.fragility for row in fragility_rows(VOTES, confidence=0.95)}
    assert {budget: found.n_judgments for budget, found in rows.items()} == {10: 160, 40: 160}
    # One vote an item: so many wins must go for the other to lead.
    wins = round(160 * _rate(40))
    assert rows[40].votes_to_reverse == wins - (160 - wins) + 1
