"""What a win rate is made from: which votes count, and which arms stand against each other."""

import numpy as np
import pytest

from harness.records import ArmKey, Contrast
from harness.results.rates import win_rate_rows
from harness.results.records import Outcomes, PairOutcomes
from harness.results.votes import Votes, of_estimand, votes_of_outcomes

CONTRAST = Contrast(ArmKey("rl", 10), ArmKey("zero_shot"))


def test_the_estimand_decides_what_ties_and_raters_count() -> None:
    # Three items by three raters: won 3 : 0, lost 1 : 2, all tied. By hand: (1 + 1/3 + 1/2) / 3; (1 + 1/3) / 2 of
    # the decisive votes; (1 + 0 + 1/2) / 3 of the items' majorities.
    votes = {CONTRAST: Votes(
        np.array([1, 1, 1, 1, 0, 0, 0.5, 0.5, 0.5]), np.repeat(np.array(["a", "b", "c"], dtype=object), 3),
        np.ones(9, dtype=int), np.array(list("xyz") * 3, dtype=object))}
    found = {estimand: win_rate_rows(of_estimand(votes, estimand), judge="human", confidence=0.95,
                                     baselines=())[0].rate.win_rate
             for estimand in ("ties_half", "ties_left_out", "majority")}
    assert found == pytest.approx({"ties_half": 11 / 18, "ties_left_out": 2 / 3, "majority": 0.5})


def test_the_seeds_of_a_budget_are_put_together_and_keep_their_numbers() -> None:
    outcomes = Outcomes("simulated", "vader", ("q1", "q2"), tuple(
        PairOutcomes(Contrast(ArmKey("rl", 10, seed), ArmKey("zero_shot")), values)
        for seed, values in ((1, (1.0, 0.0)), (2, (0.5, 1.0)))))
    ((contrast, votes),) = votes_of_outcomes(outcomes).items()
    assert contrast == CONTRAST
    assert votes.outcomes.tolist() == [1.0, 0.0, 0.5, 1.0]
    assert votes.items == ["q1|1", "q2|1", "q1|2", "q2|2"]


@pytest.mark.parametrize(("opponent", "together"), [
    (ArmKey("rl", 4, 1), ArmKey("rl", 4)), (ArmKey("online", 10, 1), ArmKey("online")),
    (ArmKey("zero_shot"), ArmKey("zero_shot"))])
def test_an_opponent_has_a_budget_only_where_that_alone_differs(opponent, together) -> None:
    outcomes = Outcomes("simulated", "vader", ("q",), (PairOutcomes(Contrast(ArmKey("rl", 10, 1), opponent), (1.0,)),))
    assert list(votes_of_outcomes(outcomes)) == [Contrast(ArmKey("rl", 10), together)]
