"""The win rate of a pair of arms in a ratings file: about the way of training where the file names runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.records import TWO_RUNS
from harness.seeds import numpy_generator
from harness.statistics.analysis_records import AnalysisSettings, Comparison, OfTheseRuns
from harness.statistics.arm_pairs import ArmPair, arm_pairs
from harness.statistics.equivalence import equivalence
from harness.statistics.multiplicity import holm
from harness.statistics.ratings_file import Ratings
from harness.statistics.runs import RateOverRuns, rate_over_runs
from harness.statistics.win_rate import Labels, WinRate, win_rate


@dataclass(frozen=True)
class PairRate:
    """A pair's win rate. these_policies: about them alone. over_runs: None where not every judgment names its run."""

    these_policies: WinRate
    over_runs: RateOverRuns | None

    @property
    def rate(self) -> WinRate:
        """With the interval that holds for another run too, where there are several."""
        return self.these_policies if self.over_runs is None else replace(
            self.over_runs.primary, bootstrap=self.these_policies.bootstrap)


def pair_rate(ratings: Ratings, pair: ArmPair, settings: AnalysisSettings, *, bootstrap: bool) -> PairRate:
    """Of the pair's judgments. bootstrap: add the two-way bootstrap, about these policies."""
    rng = None
    if bootstrap and settings.resamples > 0:
        rng = numpy_generator(settings.seed, "win_rate", pair.arm_a, pair.arm_b)
    items, raters = ratings.item[pair.rows], ratings.rater[pair.rows]
    queries = None if ratings.query is None else ratings.query[pair.rows]
    these = win_rate(pair.outcomes, items=items, raters=raters, queries=queries, confidence=settings.confidence,
                     bootstrap=rng, resamples=settings.resamples)
    runs = None if ratings.training_runs is None else ratings.training_runs[pair.rows]
    if runs is None or "" in runs:
        return PairRate(these, None)
    own, other = _two_runs(runs)
    return PairRate(these, rate_over_runs(pair.outcomes, items=items, queries=items if queries is None else queries,
                                          runs=own, opponent_runs=other, raters=raters,
                                          confidence=settings.confidence))


def _two_runs(runs: Labels) -> tuple[list[str], list[str] | None]:
    """Of each judgment its two runs, the same one twice where both arms had it; None where no judgment names two.

    Which arm had which does not matter: a run on both sides is one run.
    """
    split = [run.partition(TWO_RUNS) for run in runs]
    if not any(between for _, between, _ in split):
        return list(runs), None
    return [first for first, *_ in split], [second or first for first, _, second in split]


def comparisons(ratings: Ratings, settings: AnalysisSettings) -> tuple[Comparison, ...]:
    """Every pair of arms, with Holm over all of them."""
    pairs = arm_pairs(ratings, settings.baseline)
    found = [pair_rate(ratings, pair, settings, bootstrap=True) for pair in pairs]
    adjusted = holm([each.rate.p_value for each in found])
    return tuple(_comparison(pair, each, p_holm, settings)
                 for pair, each, p_holm in zip(pairs, found, adjusted, strict=True))


def notes_on_runs(ratings: Ratings, rows: Sequence[Comparison], settings: AnalysisSettings) -> list[str]:
    """What a reader must know of runs: pairs of one run, and judgments that name none."""
    runs = ratings.training_runs
    if runs is None:
        return []
    notes = [f"{row}: one training run, so this is about these policies only; nothing is decided about another run"
             for row in rows if row.is_of_one_run]
    for pair in arm_pairs(ratings, settings.baseline):
        n = int((runs[pair.rows] == "").sum())
        if 0 < n < len(pair.rows):
            notes.append(f"{pair.arm_a} over {pair.arm_b}: {n} of {len(pair.rows)} judgments name no run, so this is "
                         f"about these policies only")
    return notes


def _comparison(pair: ArmPair, found: PairRate, p_holm: float | None, settings: AnalysisSettings) -> Comparison:
    tests = {"margin": settings.margin, "alpha": 1 - settings.confidence}
    these, over = found.these_policies, found.over_runs
    of_these = equivalence(these, **tests)
    test = of_these if over is None else equivalence(over, **tests)
    if over is not None and over.scope == "these policies" and test.why_undefined:
        test = replace(test, verdict="not decided")
    return Comparison(pair.arm_a, pair.arm_b, found.rate, p_holm,
                      scope="these policies" if over is None else over.scope,
                      n_runs=0 if over is None else over.n_runs, equivalence=test,
                      these_runs=OfTheseRuns(these.ci_low, these.ci_high, these.p_value, of_these, these.why_undefined))
