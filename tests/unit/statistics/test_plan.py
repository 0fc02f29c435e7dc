"""The plan's hash changes with every part of it, and what differs is named."""

import json
from dataclasses import replace

import pytest

from harness.statistics.plan import AnalysisPlan, differences
from harness.statistics.raters import ExclusionRules


def test_every_change_of_the_plan_changes_its_digest_and_is_named() -> None:
    plan = AnalysisPlan()
    changed = [replace(plan, margin=0.1), replace(plan, baselines=("supervised", "zero_shot")),
               replace(plan, exclusions=ExclusionRules(min_gold_accuracy=0.7)),
               replace(plan, estimand="majority"), replace(plan, gatekeeping=("zero_shot",))]
    digests = {other.digest() for other in [plan, AnalysisPlan(), *changed]}
    assert len(digests) == 6
    assert differences(plan, AnalysisPlan()) == []
    assert [differences(plan, other)[0].split(":")[0] for other in changed] == [
        "margin", "baselines", "exclusions", "estimand", "gatekeeping"]


def test_a_plan_survives_its_text() -> None:
    plan = AnalysisPlan(baselines=("reference",), gatekeeping=("reference",), margin=0.1,
                        exclusions=ExclusionRules(min_gold_accuracy=0.7, min_checks=5))
    assert AnalysisPlan.from_json(json.loads(json.dumps(plan.as_json()))) == plan


@pytest.mark.parametrize(("name", "value"), [("margin", 0), ("margin", 0.5), ("confidence", 0.5), ("confidence", 1)])
def test_a_plan_that_could_decide_nothing_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} must be between"):
        AnalysisPlan(**{name: value})
