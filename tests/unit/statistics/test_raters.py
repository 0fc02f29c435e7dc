"""What is measured of a rater, and who is excluded by rules that were frozen beforehand."""

import numpy as np

from harness.statistics.raters import ExclusionRules, exclusions, rater_quality


def test_raters_are_excluded_by_the_frozen_rules_only() -> None:
    chosen = ["a", "a", "b", "tie", "b", "b", "a", "a"]
    quality = rater_quality(["x"] * 4 + ["y"] * 4, [1, 2, 3, 4] * 2, chosen,
                            gold=["a", "a", "b", None, "a", "a", "b", None], seconds=np.full(8, 5.0))
    assert [(record.gold_accuracy, record.n_gold) for record in quality] == [(1.0, 3), (0.0, 3)]
    assert quality[0].tie_rate == 0.25
    assert quality[0].repeat_consistency is None
    assert [gone.rater for gone in exclusions(quality, ExclusionRules(min_gold_accuracy=0.5))] == ["y"]
    # A rule without figures to apply it to, or none at all, excludes nobody.
    assert exclusions(quality, ExclusionRules(min_repeat_consistency=0.9)) == []
    assert exclusions(quality, ExclusionRules()) == []


def test_a_rule_needs_its_checks_before_it_excludes() -> None:
    quality = rater_quality(["x"] * 3, ["1", "2", "3"], ["a", "a", "b"], gold=["b", "b", "b"])
    assert exclusions(quality, ExclusionRules(min_gold_accuracy=0.5, min_checks=4)) == []
    assert len(exclusions(quality, ExclusionRules(min_gold_accuracy=0.5, min_checks=3))) == 1
