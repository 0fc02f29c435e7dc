"""How files of results spell arms and contrasts: as keys of their own, or as one name."""

from __future__ import annotations

from harness.json_records import spread
from harness.records import ArmKey, Contrast, arm_of

ARM = spread({"arm": str}, split=lambda key: (str(key),), join=arm_of)
"""An arm as one name, `arm`: rl/5000/2, zero_shot, or any other."""

ARM_AND_BUDGET = spread({"arm": str, "label_budget": int | None}, join=ArmKey,
                        split=lambda key: (key.arm, key.label_budget))
"""An arm, its seeds together: `arm` and `label_budget`."""

ARM_BUDGET_AND_SEED = spread({"arm": str, "label_budget": int | None, "seed": int | None}, join=ArmKey,
                             split=lambda key: (key.arm, key.label_budget, key.seed))
"""One arm: `arm`, `label_budget` and `seed`."""

ARM_AND_BASELINE = spread(
    {"arm": str, "label_budget": int, "baseline": str},
    split=lambda pair: (pair.arm.arm, pair.arm.label_budget, pair.opponent.arm),
    join=lambda arm, budget, baseline: Contrast(ArmKey(arm, budget), ArmKey(baseline)))
"""A budget of an arm against a baseline, seeds together: `arm`, `label_budget` and `baseline`."""

KIND_AND_BASELINE = spread(
    {"arm": str, "baseline": str}, split=lambda pair: (pair.arm.arm, pair.opponent.arm),
    join=lambda arm, baseline: Contrast(ArmKey(arm), ArmKey(baseline)))
"""A kind of policy against a baseline, budgets and seeds together: `arm` and `baseline`."""

TWO_BUDGETS = spread(
    {"arm_a": str, "budget_a": int, "arm_b": str, "budget_b": int},
    split=lambda pair: (pair.arm.arm, pair.arm.label_budget, pair.opponent.arm, pair.opponent.label_budget),
    join=lambda arm_a, budget_a, arm_b, budget_b: Contrast(ArmKey(arm_a, budget_a), ArmKey(arm_b, budget_b)))
"""A larger budget (a) against a smaller one (b), seeds together: `arm_a`, `budget_a`, `arm_b` and `budget_b`."""

TWO_ARMS = spread({"arm_a": str, "arm_b": str}, split=lambda pair: (str(pair.arm), str(pair.opponent)),
                  join=lambda arm_a, arm_b: Contrast(arm_of(arm_a), arm_of(arm_b)))
"""Two arms as one name each: `arm_a` and `arm_b`."""

POLICY_AND_BASELINE = spread({"arm": str, "baseline": str}, split=lambda pair: (str(pair.arm), str(pair.opponent)),
                             join=lambda arm, baseline: Contrast(arm_of(arm), arm_of(baseline)))
"""One trained policy against a baseline, as one name each: `arm` and `baseline`."""
