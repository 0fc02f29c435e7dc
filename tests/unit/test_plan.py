"""The plan's hash changes with every part of it, and what differs is named."""

from dataclasses import replace

from harness.statistics.plan import AnalysisPlan, differences
from harness.statistics.raters import ExclusionRules


def test_every_change_of_the_plan_changes_its_digest_and_is_named() -> None:
    plan = AnalysisPlan()
    changed = [replace(plan, margin=0.1), replace(plan, baselines=("supervised", "zero_shot")),
               replace(plan, exclusions=ExclusionRules(min_gold_accuracy=0.7)),
               replace(plan, estimand="majority")]
    digests = {other.digest() for other in [plan, AnalysisPlan(), *changed]}
    assert len(digests) == 5
    assert differences(plan, AnalysisPlan()) == []
    assert [differences(plan, other)[0].split(":")[0] for other in changed] == [
        "margin", "baselines", "exclusions", "estimand"]
