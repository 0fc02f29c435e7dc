"""What can be said of a ratings file, as records: the keys of `harness analyze --json`."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.cli.rows import LeftOutRows
from harness.json_records import INLINE
from harness.statistics.agreement import Agreement
from harness.statistics.dose_response import DoseResponse
from harness.statistics.equivalence import Equivalence
from harness.statistics.fragility import Fragility
from harness.statistics.paired_models import ArmStrength, Effect
from harness.statistics.raters import ExclusionRules, RaterQuality
from harness.statistics.run_errors import Scope, TheseRuns
from harness.statistics.sensitivity import Sensitivity
from harness.statistics.sides import PositionTest, SwappedRepeats
from harness.statistics.win_rate import WinRate


@dataclass(frozen=True, kw_only=True)
class AnalysisSettings:
    """baseline: the arm that every pair with it is measured against (arm_b), and the models' zero.

    majority: one vote an item, its raters' majority. rules: what excludes a rater. sensitivity: fit the
    slow models too. looking_early: judgments still come in, so test by e-processes too. resamples: of the
    bootstraps, 0 for none.
    """

    baseline: str | None = None
    margin: float = 0.05
    confidence: float = 0.95
    majority: bool = False
    sensitivity: bool = False
    looking_early: bool = False
    resamples: int = 1000
    seed: int = 0
    rules: ExclusionRules = field(default_factory=ExclusionRules)


@dataclass(frozen=True)
class OfPair:
    """Something that is said of two arms, from arm_a's side."""

    arm_a: str
    arm_b: str

    def __str__(self) -> str:
        return f"{self.arm_a} over {self.arm_b}"


@dataclass(frozen=True)
class OfTheseRuns(TheseRuns):
    """The same comparison, with its test of equivalence."""

    equivalence: Equivalence
    why_undefined: str | None


@dataclass(frozen=True)
class Comparison(OfPair):
    """A pair of arms. p_value_holm: adjusted by Holm over all pairs.

    scope: `procedure` where interval, p value and equivalence hold for another training run too, else `these policies`.
    n_runs: 0 where not every judgment names its run. equivalence: with one run its verdict is `not decided`.
    """

    rate: WinRate = field(metadata=INLINE)
    p_value_holm: float | None
    scope: Scope
    n_runs: int
    these_runs: OfTheseRuns
    equivalence: Equivalence

    @property
    def is_of_one_run(self) -> bool:
        """Whether nothing can be said of another run, though the file names runs."""
        return self.n_runs == 1


@dataclass(frozen=True)
class PartRate(OfPair):
    """A pair of arms within one label budget, run, seed or rater. Of a budget, the rate is as in a `Comparison`."""

    rate: WinRate = field(metadata=INLINE)


@dataclass(frozen=True)
class BudgetRate(PartRate):
    label_budget: int | str


@dataclass(frozen=True)
class RunRate(PartRate):
    run: int | str


@dataclass(frozen=True)
class OneSeedRate(PartRate):
    seed: int | str


@dataclass(frozen=True)
class RaterRate(PartRate):
    rater: int | str


@dataclass(frozen=True)
class EarlyLook(OfPair):
    """The e-process of a pair: n_outcomes so far, the e-value now, after how many outcomes it was decided with Holm
    (None: not yet), and p values that hold at every look.
    """

    n_outcomes: int
    e_value: float
    rejected_at: int | None
    p_value: float | None
    p_value_holm: float | None


@dataclass(frozen=True)
class ControlledRate(OfPair):
    """The win rate of a pair where both texts have the same length, or copy as much."""

    win_rate: float | None


@dataclass(frozen=True)
class ControlledModel:
    """Bradley-Terry with one covariate. effect: of one standard deviation more of it on the left."""

    model: str
    n_judgments: int
    effect: Effect | None
    strengths: tuple[ArmStrength, ...]
    notes: tuple[str, ...]
    win_rates: tuple[ControlledRate, ...]


@dataclass(frozen=True)
class DavidsonModel:
    """Strengths with ties as an outcome of their own. nu: how common ties are, None where why_undefined says why."""

    strengths: tuple[ArmStrength, ...]
    nu: float | None
    why_undefined: str | None
    side: Effect


@dataclass(frozen=True)
class PairFragility(OfPair):
    """How few votes carry the verdict on a pair."""

    fragility: Fragility = field(metadata=INLINE)


@dataclass(frozen=True)
class PairSensitivity(OfPair):
    """One other model's answer for a pair."""

    answer: Sensitivity = field(metadata=INLINE)


@dataclass(frozen=True)
class QualityRow:
    """A rater's figures, and why some are undefined."""

    quality: RaterQuality = field(metadata=INLINE)
    why_undefined: str | None


@dataclass(frozen=True)
class NoCurve:
    """Why there is no dose-response of a file."""

    why_undefined: str


@dataclass(frozen=True)
class Analysis:
    """All that can be said of a ratings file; docs/statistics.md describes every key.

    comparisons_without_exclusion: with every rater, empty where no rule excluded one.
    """

    comparisons: tuple[Comparison, ...]
    looking_early: tuple[EarlyLook, ...]
    position: PositionTest
    bradley_terry: tuple[ArmStrength, ...]
    bradley_terry_side: Effect
    bradley_terry_controlled: tuple[ControlledModel, ...]
    davidson: DavidsonModel
    agreement: Agreement
    fragility: tuple[PairFragility, ...]
    by_label_budget: tuple[BudgetRate, ...]
    by_run: tuple[RunRate, ...]
    by_seed: tuple[OneSeedRate, ...]
    by_rater: tuple[RaterRate, ...]
    dose_response: DoseResponse | NoCurve
    sensitivity: tuple[PairSensitivity, ...]
    quality: tuple[QualityRow, ...]
    swapped_repeats: SwappedRepeats
    comparisons_without_exclusion: tuple[Comparison, ...]
    excluded: tuple[LeftOutRows, ...]
    warnings: tuple[str, ...]
    settings: AnalysisSettings
