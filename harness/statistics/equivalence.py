"""Tests whether two arms differ by less than a margin (equivalence), or one is not worse (non-inferiority).

'Little benefit from more labels' is then a claim that can fail. A difference that is not significant shows nothing.
Here the burden of proof lies with whoever says 'no difference'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Estimate(Protocol):
    """A win rate with its error: a `WinRate` of given policies, or a `RateOverRuns` of a way of training."""

    @property
    def win_rate(self) -> float | None:
        """W, None where there are no judgments."""

    @property
    def ci_low(self) -> float | None:
        """The lower end of its interval, None where there is none."""

    @property
    def standard_error(self) -> float | None:
        """None where the judgments are unanimous."""

    @property
    def degrees_of_freedom(self) -> float:
        """Of t."""

    @property
    def fewer_clusters(self) -> int:
        """What the exact test of unanimous judgments counts."""

    @property
    def why_undefined(self) -> str | None:
        """Why there is no interval."""


@dataclass(frozen=True)
class Equivalence:
    """W(A over B) compared with ½ ± margin, in both directions.

    margin: the largest difference that does not matter, in (0, ½). alpha: the level of the tests. win_rate: W(A over
    B). p_a_not_better: one-sided p of H0 'W is ½ + margin or more'. Small: A is not better than B by more than the
    margin, so B is non-inferior. p_a_not_worse: one-sided p of H0 'W is ½ - margin or less'. Small: A is not worse than
    B by more than the margin, so A is non-inferior. p_equivalent: the larger of both (two one-sided tests).
    lower_bound, upper_bound: the one-sided bounds of W at level alpha. verdict: what was shown of A against B, in
    words. why_undefined: why there are no p values and bounds.
    """

    margin: float
    alpha: float
    win_rate: float | None
    p_a_not_better: float | None
    p_a_not_worse: float | None
    p_equivalent: float | None
    lower_bound: float | None
    upper_bound: float | None
    verdict: str
    why_undefined: str | None


def equivalence(rate: Estimate, *, margin: float, alpha: float = 0.05) -> Equivalence:
    """Both one-sided tests of a win rate, by its own standard error and degrees of freedom.

    margin in (0, ½), fixed before the first judgment. Unanimous judgments are tested by the exact
    binomial over the fewer clusters.
    """
    _check(margin, alpha)
    if rate.win_rate is None or rate.ci_low is None:
        return _undefined(rate, margin, alpha)
    if rate.standard_error is None:
        wins = round(rate.win_rate * rate.fewer_clusters)
        return equivalence_of_counts(wins, rate.fewer_clusters, margin=margin, alpha=alpha)
    from scipy import special

    error, freedom = rate.standard_error, rate.degrees_of_freedom
    p_a_not_better = float(special.stdtr(freedom, (rate.win_rate - 0.5 - margin) / error))
    p_a_not_worse = float(special.stdtr(freedom, (0.5 - margin - rate.win_rate) / error))
    one_sided, two_sided = ((max(rate.win_rate - reach * error, 0.0), min(rate.win_rate + reach * error, 1.0))
                            for reach in (float(special.stdtrit(freedom, 1 - level)) for level in (alpha, alpha / 2)))
    return _record(rate.win_rate, margin, alpha, p_a_not_better, p_a_not_worse, one_sided, two_sided)


def equivalence_of_counts(wins: int, n: int, *, margin: float, alpha: float = 0.05) -> Equivalence:
    """The exact binomial tests for n independent votes without ties, such as a published table gives."""
    from scipy import stats

    _check(margin, alpha)
    p_a_not_better = float(stats.binomtest(wins, n, 0.5 + margin, alternative="less").pvalue)
    p_a_not_worse = float(stats.binomtest(wins, n, 0.5 - margin, alternative="greater").pvalue)
    exact = stats.binomtest(wins, n)
    one_sided, two_sided = (exact.proportion_ci(confidence_level=1 - level, method="exact")
                            for level in (2 * alpha, alpha))
    return _record(wins / n, margin, alpha, p_a_not_better, p_a_not_worse,
                   (float(one_sided.low), float(one_sided.high)), (float(two_sided.low), float(two_sided.high)))


def was_enough(result: Equivalence) -> bool:
    """Whether W(large over small) is shown to be below one half plus the margin."""
    return result.p_a_not_better is not None and result.p_a_not_better < result.alpha


def _check(margin: float, alpha: float) -> None:
    if not 0 < margin < 0.5:
        raise ValueError(f"margin must be in (0, 0.5), not {margin}")
    if not 0 < alpha < 0.5:
        raise ValueError(f"alpha must be in (0, 0.5), not {alpha}")


def _record(win_rate: float, margin: float, alpha: float, p_a_not_better: float, p_a_not_worse: float,
            one_sided: tuple[float, float], two_sided: tuple[float, float]) -> Equivalence:
    # 'Better by more than the margin' says more than 'different' and must not be easier to show: two-sided bounds.
    p_equivalent = max(p_a_not_better, p_a_not_worse)
    if p_equivalent < alpha:
        verdict = "equivalent"
    elif p_a_not_worse < alpha:
        verdict = "better by more than the margin" if two_sided[0] > 0.5 + margin else "not worse"
    elif p_a_not_better < alpha:
        verdict = "worse by more than the margin" if two_sided[1] < 0.5 - margin else "not better"
    else:
        verdict = "inconclusive"
    return Equivalence(margin, alpha, win_rate, p_a_not_better, p_a_not_worse, p_equivalent, *one_sided, verdict,
                       why_undefined=None)


def _undefined(rate: Estimate, margin: float, alpha: float) -> Equivalence:
    return Equivalence(margin, alpha, rate.win_rate, p_a_not_better=None, p_a_not_worse=None, p_equivalent=None,
                       lower_bound=None, upper_bound=None, verdict="undefined",
                       why_undefined=rate.why_undefined)
