"""Records of what the judgments say: win rates, equivalence, dose-response, and what they hang on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.json_records import INLINE, spread
from harness.records import Contrast
from harness.results.spelling import ARM_AND_BASELINE, KIND_AND_BASELINE, TWO_BUDGETS
from harness.statistics.dose_response import CurveFit
from harness.statistics.equivalence import Equivalence
from harness.statistics.fragility import Fragility
from harness.statistics.more_runs import MoreRuns, RunVariance
from harness.statistics.paired_models import ArmStrength
from harness.statistics.run_errors import Scope, TheseRuns
from harness.statistics.sensitivity import Sensitivity
from harness.statistics.verdict import Verdict
from harness.statistics.win_rate import WinRate


@dataclass(frozen=True)
class SeedRate:
    """One training seed.

    seed: its number. win_rate: of its policy alone.
    """

    seed: int
    win_rate: float


@dataclass(frozen=True)
class SeedRates:
    """The spread over training seeds, apart from the spread over items and raters.

    seed_sd: standard deviation of win rates between seeds, beyond what sampling explains. seed_ci_low, seed_ci_high: a
    t interval over the seeds, which holds for a new training run too. All three are null with one seed. by_seed: each
    seed alone.
    """

    seed_sd: float | None
    seed_ci_low: float | None
    seed_ci_high: float | None
    by_seed: tuple[SeedRate, ...]


@dataclass(frozen=True)
class WinRateRow:
    """One budget of an arm against one baseline, the seeds together. A run is a draw of labels and a training seed.

    arm, label_budget: who was judged. A budget of 0 needed no labels. baseline: against whom; this may be another
    arm of the same budget. judge: `simulated` or `human`. scope: `procedure` where interval and p value hold for
    another run too, `these policies` where there is one run only. n_runs: how many there are. these_runs: interval
    and p value about these policies only. p_value_holm: adjusted by Holm over all rows of this judge. confirmatory:
    whether it is part of the plan's order of tests. p_value_gatekept: adjusted by that order, null where
    exploratory. p_value_explored: adjusted by Benjamini and Hochberg over the exploratory rows, null where
    confirmatory. study: the evaluation by people that it comes from, null for the study's own judge.
    """

    contrast: Contrast = field(metadata=ARM_AND_BASELINE)
    judge: str
    rate: WinRate = field(metadata=INLINE)
    scope: Scope
    n_runs: int
    these_runs: TheseRuns
    seeds: SeedRates = field(metadata=INLINE)
    p_value_holm: float | None
    confirmatory: bool
    p_value_gatekept: float | None
    p_value_explored: float | None
    study: str | None = None

    @property
    def p_value_planned(self) -> float | None:
        """The p value that the plan gives it: by the order of tests, or of what is explored."""
        return self.p_value_gatekept if self.confirmatory else self.p_value_explored


@dataclass(frozen=True)
class EquivalenceRow:
    """Did more labels help? The largest budget (A) against a smaller one (B) of the same arm, the runs together.

    arm_a, budget_a: the larger budget. arm_b, budget_b: the smaller one. judge: `simulated` or `human`. ci_low,
    ci_high: the two-sided interval of the win rate, for another run too. finding: whether the smaller budget was
    `enough`, `not enough`, or that is `not decided`. why_not_decided: null where it is decided. n_runs: of each budget.
    spread: where the variance of the win rate comes from; null with one run.
    more_runs: how many runs would decide; null where it is decided or nothing is known of what runs differ by.
    these_runs: the same test about these policies only. study: as in `win_rates`.
    """

    contrast: Contrast = field(metadata=TWO_BUDGETS)
    judge: str
    test: Equivalence = field(metadata=INLINE)
    ci_low: float | None
    ci_high: float | None
    finding: Verdict
    why_not_decided: str | None
    n_runs: int
    spread: RunVariance | None
    more_runs: MoreRuns | None
    these_runs: Equivalence
    seeds: SeedRates = field(metadata=INLINE)
    study: str | None = None

    @property
    def scope(self) -> Scope:
        """What the interval is about."""
        return "procedure" if self.n_runs > 1 else "these policies"

    @property
    def was_enough(self) -> bool:
        """Whether the smaller budget is shown to have been enough."""
        return self.finding == "enough"

    @property
    def between_runs_sd(self) -> float | None:
        """Standard deviation of the win rate between runs, beyond what sampling explains."""
        return None if self.spread is None else self.spread.between_runs_sd


@dataclass(frozen=True)
class DosePoint:
    """One label budget of a curve, the seeds together.

    label_budget: how many labels. win_rate, ci_low, ci_high: over the baseline, as in `win_rates`. isotonic: the win
    rate by the isotonic fit.
    """

    label_budget: int
    win_rate: float | None
    ci_low: float | None
    ci_high: float | None
    isotonic: float


@dataclass(frozen=True)
class DoseCurve(CurveFit):
    """How the win rate over one baseline grows with the label budget.

    arm, baseline: whose win rate, and over whom. points: one for each budget, ascending. intercept: of logit(W) on
    log2(labels). slope: change of logit(W) when labels double. curvature: below 0 where the gain levels off.
    slope_over_runs: the slope of each run's own win rates, with runs as the only sample. saturating: W = a +
    b(1 - 2^(-labels / c)), where the budgets identify it. notes: what must be read with it.
    """

    contrast: Contrast = field(metadata=KIND_AND_BASELINE)
    points: tuple[DosePoint, ...]


BY_CONTRAST = spread({"dose_response": Mapping[str, DoseCurve]}, join=lambda curves: tuple(curves.values()),
                     split=lambda curves: ({str(curve.contrast): curve for curve in curves},))
"""Curves as one object, by `ARM vs BASELINE`."""


@dataclass(frozen=True)
class SensitivityRow:
    """The win rate of an arm's largest budget over one baseline, computed in one way.

    arm, label_budget, baseline: as in `win_rates`.
    """

    contrast: Contrast = field(metadata=ARM_AND_BASELINE)
    answer: Sensitivity = field(metadata=INLINE)


@dataclass(frozen=True)
class FragilityRow:
    """How few judgments must be dropped to change the verdict of one row of `win_rates`. A is the arm, B the baseline.

    arm, label_budget, baseline: as in `win_rates`.
    """

    contrast: Contrast = field(metadata=ARM_AND_BASELINE)
    fragility: Fragility = field(metadata=INLINE)


@dataclass(frozen=True)
class Strengths:
    """All arms on one scale, the seeds together.

    baseline: the arm whose log strength is 0. bradley_terry: log strengths; a tie counts as half a win for both.
    davidson: log strengths; a tie is an outcome of its own. nu: how common ties are between equals (Davidson).
    nu_why_undefined: why nu is null. notes: what must be read with them.
    """

    baseline: str
    bradley_terry: tuple[ArmStrength, ...]
    davidson: tuple[ArmStrength, ...]
    nu: float | None
    nu_why_undefined: str | None
    notes: tuple[str, ...]
