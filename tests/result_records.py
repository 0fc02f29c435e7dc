"""Records of results for tests: small ones, in which a test names only what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.records import ArmKey, Contrast
from harness.results.rate_records import EquivalenceRow, SeedRate, SeedRates, Strengths, WinRateRow
from harness.results.records import VERSION, PlanOfStudy, Quality, Results
from harness.results.text_records import ArmMeasures, FirstThreeWords, TextRow
from harness.statistics.agreement import Agreement
from harness.statistics.equivalence import Equivalence
from harness.statistics.plan import AnalysisPlan
from harness.statistics.resampling import MeanInterval
from harness.statistics.run_errors import TheseRuns
from harness.statistics.win_rate import WinRate

ONE_SEED = SeedRates(None, None, None, (SeedRate(1, 0.7),))


def rate(win_rate: float | None = 0.7, **changes: Any) -> WinRate:
    return WinRate(**{
        "win_rate": win_rate, "ci_low": 0.6, "ci_high": 0.8, "win_rate_without_ties": win_rate,
        "win_rate_majority": win_rate, "wins": 7, "ties": 0, "losses": 3, "n_items": 10, "n_judgments": 10,
        "n_raters": 1, "p_value": 0.01, "standard_error": 0.05, "degrees_of_freedom": 9, "fewer_clusters": 10,
        "confidence": 0.95, "method": "clustered by item, t", "bootstrap": None, "why_undefined": None, "notes": (),
        **changes})


def win_rate_row(arm: str = "rl", label_budget: int = 250, baseline: str = "zero_shot", *,
                 found: WinRate | None = None, **changes: Any) -> WinRateRow:
    return WinRateRow(**{
        "contrast": Contrast(ArmKey(arm, label_budget), ArmKey(baseline)), "judge": "simulated",
        "rate": found or rate(), "scope": "these policies", "n_runs": 1, "these_runs": TheseRuns(0.6, 0.8, 0.01),
        "seeds": ONE_SEED, "p_value_holm": 0.01, "confirmatory": True,
        "p_value_gatekept": 0.01, "p_value_explored": None, **changes})


def equivalence_row(larger: int, smaller: int, win_rate: float) -> EquivalenceRow:
    test = Equivalence(margin=0.05, alpha=0.05, win_rate=win_rate, p_a_not_better=0.5, p_a_not_worse=0.001,
                       p_equivalent=0.5, lower_bound=0.5, upper_bound=0.6, verdict="not worse", why_undefined=None)
    return EquivalenceRow(contrast=Contrast(ArmKey("rl", larger), ArmKey("rl", smaller)), judge="human", test=test,
                          ci_low=0.49, ci_high=0.61, finding="not decided", why_not_decided="a test", n_runs=1,
                          spread=None, more_runs=None, these_runs=test, seeds=ONE_SEED)


def arm_measures(arm: str, label_budget: int | None = None, seed: int | None = None, *, novel: float = 0.5,
                 rouge: float = 0.25) -> ArmMeasures:
    return ArmMeasures(
        arm=ArmKey(arm, label_budget, seed), n_queries=4, copying={"novel_sentences": novel},
        rouge={"rouge1": rouge, "rouge2": rouge / 2, "rougeL": rouge, "rougeLsum": rouge}, gold_score=0.5,
        reward_model_score=None, kl_to_reference=0.0, mean_tokens=20.0, valid=1.0)


def text_row(arm: str, label_budget: int | None = None, *, opens_alike: float | None = None,
             **means: float) -> TextRow:
    return TextRow(arm=ArmKey(arm, label_budget), n_texts=4, difference=None,
                   measures={name: MeanInterval(mean, None, None, "a test") for name, mean in means.items()},
                   first_three_words=FirstThreeWords(opens_alike, None, None))


def results_of(*, win_rates: Sequence[WinRateRow] = (), equivalence: Sequence[EquivalenceRow] = (),
               arms: Sequence[ArmMeasures] = (), texts: Sequence[TextRow] = (), **changes: Any) -> Results:
    """A study's results with nothing in them but what is given."""
    plan = AnalysisPlan()
    return Results(**{
        "version": VERSION, "study": "tiny", "spec_digest": "0" * 32, "commit": "unknown", "dirty": False,
        "simulated_labels": True, "simulated_judge": True, "left_out": (), "awaited": (), "upper_bounds": (),
        "analysis_plan": PlanOfStudy(plan.digest(), plan, ()), "arms": tuple(arms), "win_rates": tuple(win_rates),
        "equivalence": tuple(equivalence), "dose_response": (), "sensitivity": (), "fragility": (),
        "reward_models": (), "accuracy_curves": (), "runs": (), "learning_curves": (), "frontier": (),
        "online_rounds": (),
        "strengths": Strengths("zero_shot", (), (), None, None, ()), "texts": tuple(texts),
        "copying_growth": (), "copying_by_preference": (), "agreement": Agreement.undefined("nobody to agree with"),
        "quality": Quality(why_undefined="nobody"), "people": (), "responses": {}, **changes})
