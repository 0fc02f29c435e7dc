"""What people said: who stands against whom."""

import numpy as np
import pytest

from harness.records import ArmKey, Contrast, Judgment
from harness.results.people import votes_of_judgments
from harness.results.rates import win_rate_rows
from harness.results.votes import Votes


@pytest.mark.parametrize(("judged", "contrast", "outcome"), [
    ("rl/40/1 vs rl/80/1", Contrast(ArmKey("rl", 80), ArmKey("rl", 40)), 0.0),
    ("zero_shot vs rl/40/1", Contrast(ArmKey("rl", 40), ArmKey("zero_shot")), 0.0),
    ("mock_reward/0/1 vs rl/40/1", Contrast(ArmKey("rl", 40), ArmKey("mock_reward")), 0.0),
    ("mock_reward/0/1 vs zero_shot", Contrast(ArmKey("mock_reward", 0), ArmKey("zero_shot")), 1.0),
    ("zero_shot vs mock_reward/0/1", Contrast(ArmKey("mock_reward", 0), ArmKey("zero_shot")), 0.0),
])
def test_people_s_judgments_are_of_budgets_only_where_nothing_else_differs(judged, contrast, outcome) -> None:
    """Two budgets of one arm answer 'did more labels help?'; every other opponent is one to win against."""
    judgment = Judgment("i", "q", "amber", Contrast.parse(judged), 1.0, True)
    ((found, votes),) = votes_of_judgments([judgment]).items()
    assert found == contrast
    assert votes.outcomes.tolist() == [outcome]


def test_runs_of_both_sides_are_kept_where_they_are_not_the_same() -> None:
    crossed = [Judgment("i", "q", "amber", Contrast.parse(f"rl/80/{ours} vs rl/40/{theirs}"), 1.0, True)
               for ours in (1, 2) for theirs in (1, 2)]
    (votes,) = votes_of_judgments(crossed).values()
    assert votes.seeds.tolist() == [1, 1, 2, 2]
    assert votes.opponent_seeds is not None
    assert votes.opponent_seeds.tolist() == [1, 2, 1, 2]
    assert len(set(votes.items)) == 4
    (alike,) = votes_of_judgments([crossed[0], crossed[3]]).values()
    assert alike.opponent_seeds is None


def test_intervals_of_items_that_draw_their_runs_hold_for_another_run() -> None:
    """The design of people's studies: each item is a query of its own of one of the runs; several raters judge it."""
    runs, items, raters, overlap, studies = 6, 60, 12, 3, 300
    rng = np.random.default_rng(5)
    contrast, held = Contrast(ArmKey("rl", 80), ArmKey("zero_shot")), 0
    query = np.repeat(np.arange(items), overlap)
    for _ in range(studies):
        rater = ((rng.permutation(items)[:, None] * overlap + np.arange(overlap)) % raters).ravel()
        logit = (rng.normal(0, 0.3, runs)[query % runs] + rng.normal(0, 1.0, items)[query]
                 + rng.normal(0, 0.5, raters)[rater])
        votes = Votes((rng.random(len(query)) < 1 / (1 + np.exp(-logit))).astype(float), query.astype(object),
                      query % runs, rater.astype(object))
        (row,) = win_rate_rows({contrast: votes}, judge="human", confidence=0.95, baselines=["zero_shot"])
        assert (row.scope, row.n_runs) == ("procedure", runs)
        held += row.rate.ci_low <= 0.5 <= row.rate.ci_high
    # Nominally 95%: 275 or fewer of 300 have a chance of 1%.
    assert held > 275
