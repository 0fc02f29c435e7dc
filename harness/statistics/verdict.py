"""Whether fewer labels were enough: one of three verdicts for each budget, about a way of training.

- enough: W(largest over this budget) is shown to be below one half plus the margin, one-sided at α. Budgets are asked
  from the largest down, each only where all above it were enough: closed testing in a fixed order, so that the chance
  of any wrong 'enough' is at most α.
- not enough: the largest budget is better by more than the margin. The two-sided interval lies above one half plus the
  margin, and the one-sided p value stays below α after Holm's adjustment over the budgets.
- not decided: neither.

Both come from one interval, so 'enough' never contradicts 'better by more than the margin'. The interval is that of
`runs.py`: with one training run a budget there is none, and nothing is decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.statistics.equivalence import Equivalence, equivalence, was_enough
from harness.statistics.more_runs import MoreRuns, runs_to_decide
from harness.statistics.multiplicity import holm
from harness.statistics.runs import RateOverRuns

Verdict = Literal["enough", "not enough", "not decided"]


@dataclass(frozen=True)
class BudgetVerdict:
    """What is known of one budget against the largest.

    label_budget: the smaller budget. verdict: the finding. why_not_decided: None where it is decided. rate: W(largest
    over it). test: its comparison with one half plus and minus the margin, about the way of training. these_runs: the
    same about these policies only, a footnote. more_runs: how many runs would decide; None where it is decided, where
    it waits for a larger budget or cannot be compared, or where nothing is known of what runs differ by.
    """

    label_budget: int
    verdict: Verdict
    why_not_decided: str | None
    rate: RateOverRuns
    test: Equivalence
    these_runs: Equivalence
    more_runs: MoreRuns | None


def budget_verdicts(rates: Mapping[int, RateOverRuns], *, margin: float, alpha: float = 0.05,
                    power: float = 0.8, not_comparable: Mapping[int, str] | None = None) -> tuple[BudgetVerdict, ...]:
    """The verdict on each budget below the largest, from the largest of them down.

    rates: W(largest over budget) by budget. margin in (0, ½) and alpha in (0, ½), fixed beforehand. power: the chance
    of a verdict that `more_runs` aims at. not_comparable: budgets that cannot be decided whatever their win rate, such
    as where training had not converged, and why.
    """
    barred = not_comparable or {}
    budgets = sorted(rates, reverse=True)
    tests = {budget: equivalence(rates[budget], margin=margin, alpha=alpha) for budget in budgets}
    insufficient = _not_enough(tests) - set(barred)
    found: list[BudgetVerdict] = []
    for budget in budgets:
        rate, test = rates[budget], tests[budget]
        last = found[-1] if found else None
        why = barred.get(budget) or _why_not_decided(rate, test, last)
        verdict: Verdict = "not enough" if budget in insufficient else "not decided" if why else "enough"
        open_itself = verdict == "not decided" and budget not in barred and not was_enough(test)
        more = None
        if open_itself and rate.spread is not None and rate.win_rate is not None:
            more = runs_to_decide(rate.spread, have=rate.n_runs, win_rate=rate.win_rate, margin=margin, alpha=alpha,
                                  power=power)
        found.append(BudgetVerdict(budget, verdict, why if verdict == "not decided" else None, rate, test,
                                   equivalence(rate.these_runs, margin=margin, alpha=alpha), more))
    return tuple(found)


def smallest_enough(verdicts: Sequence[BudgetVerdict]) -> int | None:
    """The smallest budget that was enough, None where none was."""
    return min((each.label_budget for each in verdicts if each.verdict == "enough"), default=None)


def _not_enough(tests: Mapping[int, Equivalence]) -> set[int]:
    """The budgets than which the largest is better by more than the margin, with Holm over all of them."""
    better = {budget for budget, test in tests.items() if test.verdict == "better by more than the margin"}
    if not better or len(tests) <= 2:
        return better  # Each was shown at α/2, which is Holm's first step of two.
    p_values = [None if test.p_a_not_better is None else 1 - test.p_a_not_better for test in tests.values()]
    adjusted = dict(zip(tests, holm(p_values), strict=True))
    return {budget for budget in better
            if (p_value := adjusted[budget]) is not None and p_value < tests[budget].alpha}


def _why_not_decided(rate: RateOverRuns, test: Equivalence, larger: BudgetVerdict | None) -> str | None:
    """Why this budget is not shown to be enough; None where it is."""
    if test.why_undefined:
        about = "about these policies only: " if rate.scope == "these policies" else ""
        return f"{about}{test.why_undefined}"
    if not was_enough(test):
        return f"the largest budget may be better by more than {100 * test.margin:g} points"
    if larger is not None and larger.verdict != "enough":
        return f"{larger.label_budget:,} labels were not shown to be enough, so fewer are not asked about"
    return None
