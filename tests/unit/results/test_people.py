"""What people said: who stands against whom."""

import pytest

from harness.records import ArmKey, Contrast, Judgment
from harness.results.people import votes_of_judgments


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
