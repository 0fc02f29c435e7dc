"""Everything that can be said of a ratings file, as one JSON-ready record (`harness.analyze --json`)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.seeds import numpy_generator
from harness.statistics.agreement import agreement
from harness.statistics.arm_pairs import ArmPair, arm_pairs
from harness.statistics.bradley_terry import BradleyTerry, fit_bradley_terry
from harness.statistics.clustered import FloatArray, rows_by_label
from harness.statistics.davidson import fit_davidson
from harness.statistics.dose_response import dose_response
from harness.statistics.equivalence import equivalence
from harness.statistics.fragility import fragility
from harness.statistics.multiplicity import holm
from harness.statistics.paired_models import ArmStrength, Effect
from harness.statistics.quality_of_file import quality_and_repeats
from harness.statistics.raters import ExclusionRules, exclusions, idle_rules, why_undefined
from harness.statistics.ratings_file import Ratings
from harness.statistics.sensitivity import sensitivity
from harness.statistics.sequential import by_arrival, e_process
from harness.statistics.sides import position_test
from harness.statistics.win_rate import WinRate, majority_outcomes, win_rate

Json = dict[str, Any]

LARGEST_BREAKDOWN = 20_000
"""Rows. Hundreds of raters times a thousand pairs of arms are a judgment each, and take longer than all else."""


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


def analyse(ratings: Ratings, settings: AnalysisSettings) -> Json:
    """All results. Raises InputError for a baseline or a file that leaves nothing to compare."""
    _check_baseline(ratings, settings.baseline)
    quality, repeats = quality_and_repeats(ratings)
    left_out = exclusions(quality, settings.rules)
    repeated = np.array([repeat is not None for repeat in ratings.repeat_of], dtype=bool)
    checks = ~np.isnan(ratings.gold) | repeated
    counted = ratings.take(~checks)
    excluded: list[Json] = []
    if checks.any():
        excluded.append({"reason": "gold and repeated items check raters, not arms", "n": int(checks.sum())})
    of_excluded_raters = np.isin(counted.rater, [exclusion.rater for exclusion in left_out])
    for exclusion in left_out:
        n = int(np.sum(counted.rater == exclusion.rater))
        excluded.append({"reason": exclusion.reason, "rater": exclusion.rater, "n": n})
    kept = counted.take(~of_excluded_raters)
    if len(kept) == 0:
        if not left_out:
            raise InputError("every judgment is of a gold or a repeated item, which check raters and compare no arms")
        raise InputError("no judgments are left after the exclusions", cure="Loosen the rules")
    used = _majority_votes(kept) if settings.majority else kept
    result = _results(used, kept, settings)
    result["quality"] = [asdict(record) | {"why_undefined": why_undefined(record)} for record in quality]
    result["warnings"] += idle_rules(quality, settings.rules)
    result["swapped_repeats"] = asdict(repeats)
    result["excluded"] = excluded
    if left_out:
        everyone = _majority_votes(counted) if settings.majority else counted
        result["comparisons_without_exclusion"] = _comparisons(everyone, settings)
    return result


def _check_baseline(ratings: Ratings, baseline: str | None) -> None:
    arms = sorted({*ratings.left, *ratings.right})
    if baseline is not None and baseline not in arms:
        raise InputError(f"no arm {baseline!r} in the ratings", key="--baseline",
                         cure=f"The arms are {', '.join(arms[:20])}")


def _majority_votes(ratings: Ratings) -> Ratings:
    """One judgment an item: its most frequent outcome by arm, a tie where two are equally frequent."""
    outcomes = _of_first_arm(ratings)
    _, first, inverse = np.unique(ratings.item.astype(str), return_index=True, return_inverse=True)
    by_item = majority_outcomes(outcomes, inverse)
    one = ratings.take(first)
    nobody = np.full(len(one), "majority", dtype=object)
    return replace(one, rater=nobody, outcomes=np.where(one.left < one.right, by_item, 1 - by_item),
                   seconds=np.full(len(one), np.nan))


def _of_first_arm(ratings: Ratings) -> FloatArray:
    """(n,) the outcome of the arm whose name comes first: the same for all raters of an item, on any side."""
    return np.where(ratings.left < ratings.right, ratings.outcomes, 1 - ratings.outcomes)


def _results(used: Ratings, kept: Ratings, settings: AnalysisSettings) -> Json:
    """used: what win rates come from (majority votes, maybe). kept: the judgments themselves."""
    comparisons = _comparisons(used, settings)
    clusters = used.query if used.query is not None else used.item
    plain = fit_bradley_terry(used.left, used.right, used.outcomes, baseline=settings.baseline,
                              items=clusters, raters=used.rater)
    davidson = fit_davidson(used.left, used.right, used.outcomes, baseline=settings.baseline,
                            items=clusters, raters=used.rater)
    position = position_test(kept.left, kept.right, kept.outcomes, kept.rater)
    agreed = agreement(_of_first_arm(kept), items=kept.item, rng=numpy_generator(settings.seed, "agreement"),
                       resamples=settings.resamples, confidence=settings.confidence)
    breakdowns = {by: _breakdown(used, settings, by) for by in ("label_budget", "seed", "rater")}
    notes = {note for row in comparisons for note in row["notes"]}
    notes |= {why for _, why in breakdowns.values() if why is not None}
    return {
        "comparisons": comparisons,
        "looking_early": _looking_early(kept, settings),
        "position": asdict(position),
        "bradley_terry": [_strength(strength) for strength in plain.strengths],
        "bradley_terry_side": _side(plain.side),
        "bradley_terry_controlled": _controlled(used, settings, comparisons),
        "davidson": {"strengths": [_strength(strength) for strength in davidson.strengths], "nu": davidson.nu,
                     "why_undefined": davidson.nu_why_undefined, "side": _side(davidson.side)},
        "agreement": asdict(agreed),
        "fragility": [_fragility_row(used, pair, settings) for pair in arm_pairs(used, settings.baseline)],
        **{f"by_{name}": rows for name, (rows, _) in breakdowns.items()},
        "dose_response": _dose_response(used, settings),
        "sensitivity": _sensitivity(used, settings),
        "warnings": sorted({*notes, *plain.notes, *davidson.notes}),
        "settings": asdict(settings),
    }


def _win_rate(ratings: Ratings, pair: ArmPair, settings: AnalysisSettings, *, bootstrap: bool) -> WinRate:
    rng = None
    if bootstrap and settings.resamples > 0:
        rng = numpy_generator(settings.seed, "win_rate", pair.arm_a, pair.arm_b)
    return win_rate(pair.outcomes, items=ratings.item[pair.rows], raters=ratings.rater[pair.rows],
                    queries=None if ratings.query is None else ratings.query[pair.rows],
                    confidence=settings.confidence, bootstrap=rng, resamples=settings.resamples)


def _comparisons(ratings: Ratings, settings: AnalysisSettings) -> list[Json]:
    pairs = arm_pairs(ratings, settings.baseline)
    rates = [_win_rate(ratings, pair, settings, bootstrap=True) for pair in pairs]
    adjusted = holm([rate.p_value for rate in rates])
    rows = []
    for pair, rate, p_holm in zip(pairs, rates, adjusted, strict=True):
        row = _rate_row(pair, rate) | {"p_value_holm": p_holm}
        tested = equivalence(rate, margin=settings.margin, alpha=1 - settings.confidence)
        # From arm_a's side, like all of the row: arm_a is not worse than arm_b by more than the margin.
        row["equivalence"] = {"margin": settings.margin, "p_non_inferior": tested.p_a_not_worse,
                              "p_b_non_inferior": tested.p_a_not_better, "p_equivalent": tested.p_equivalent,
                              "verdict": tested.verdict, "why_undefined": tested.why_undefined}
        rows.append(row)
    return rows


def _looking_early(ratings: Ratings, settings: AnalysisSettings) -> list[Json]:
    """The e-process of each pair over its queries (else items), the first judgment of each; p values hold at every
    look. ratings: the judgments themselves, as a majority changes while they come in."""
    if not settings.looking_early:
        return []
    pairs = arm_pairs(ratings, settings.baseline)
    clusters = ratings.query if ratings.query is not None else ratings.item
    processes = [e_process(by_arrival(pair.outcomes, clusters[pair.rows], ratings.decided[pair.rows]))
                 for pair in pairs]
    adjusted = holm([process.p_value for process in processes])
    alpha = 1 - settings.confidence
    return [{"arm_a": pair.arm_a, "arm_b": pair.arm_b, "n_outcomes": len(process.log_values),
             "e_value": process.value,
             # Holm gives this pair the part p / p_holm of alpha.
             "rejected_at": None if p_holm is None or p_holm > alpha
             else process.rejected_at(alpha * process.p_value / p_holm),
             "p_value": process.p_value, "p_value_holm": p_holm}
            for pair, process, p_holm in zip(pairs, processes, adjusted, strict=True)]


def _rate_row(pair: ArmPair, rate: WinRate) -> Json:
    row = {"arm_a": pair.arm_a, "arm_b": pair.arm_b, **asdict(rate)}
    row["notes"] = list(rate.notes)
    return row


def _strength(strength: ArmStrength) -> Json:
    return {"arm": strength.arm, "log_strength": strength.log_strength, "se": strength.standard_error,
            "why_undefined": strength.why_undefined}


def _side(effect: Effect | None) -> Json:
    why = "left out: the judgments do not tell it from the arms"
    return {"estimate": None, "standard_error": None, "why_undefined": why} if effect is None else asdict(effect)


def _controlled(ratings: Ratings, settings: AnalysisSettings, comparisons: list[Json]) -> list[Json]:
    """The length-controlled and the copy-controlled model, where the file has the columns."""
    models = []
    for name, left, right in (("length-controlled", "left_length", "right_length"),
                              ("copy-controlled", "left_copying", "right_copying")):
        if left not in ratings.numbers or right not in ratings.numbers:
            continue
        difference = ratings.numbers[left] - ratings.numbers[right]
        known = ratings.take(~np.isnan(difference))
        model: BradleyTerry = fit_bradley_terry(
            known.left, known.right, known.outcomes, baseline=settings.baseline,
            covariates={name: difference[~np.isnan(difference)]},
            items=known.query if known.query is not None else known.item, raters=known.rater)
        effect = model.covariates.get(name)
        models.append({
            "model": name, "n_judgments": len(known), "effect": None if effect is None else asdict(effect),
            "strengths": [_strength(strength) for strength in model.strengths], "notes": list(model.notes),
            "win_rates": [{"arm_a": row["arm_a"], "arm_b": row["arm_b"],
                           "win_rate": model.win_rate(row["arm_a"], row["arm_b"])} for row in comparisons],
        })
    return models


def _fragility_row(ratings: Ratings, pair: ArmPair, settings: AnalysisSettings) -> Json:
    found = fragility(pair.outcomes, items=ratings.item[pair.rows], raters=ratings.rater[pair.rows],
                      queries=None if ratings.query is None else ratings.query[pair.rows],
                      confidence=settings.confidence)
    return {"arm_a": pair.arm_a, "arm_b": pair.arm_b, **asdict(found)}


def _breakdown(ratings: Ratings, settings: AnalysisSettings, by: str) -> tuple[list[Json], str | None]:
    """Win rates of each pair within each label budget, seed or rater; none where there is one value.

    With more than `LARGEST_BREAKDOWN` rows none either, and what to tell the reader.
    """
    column = {"rater": ratings.rater, "seed": ratings.seed}.get(by, ratings.numbers.get(by))
    if column is None:
        return [], None
    known = np.flatnonzero(np.array([value == value and value != "" for value in column.tolist()], dtype=bool))
    parts = {value: ratings.take(known[at]) for value, at in rows_by_label(column[known]).items()}
    if len(parts) < 2:
        return [], None
    cells = [(value, part, pair) for value, part in parts.items() for pair in arm_pairs(part, settings.baseline)]
    if len(cells) > LARGEST_BREAKDOWN:
        return [], f"no win rates by {by.replace('_', ' ')}: they would be {len(cells):,} rows of few judgments each"
    rows = []
    for value, part, pair in cells:
        label = int(value) if isinstance(value, float) and value.is_integer() else str(value)
        rows.append({by: label, **_rate_row(pair, _win_rate(part, pair, settings, bootstrap=False))})
    return rows, None


def _dose_response(ratings: Ratings, settings: AnalysisSettings) -> Json:
    """The curve of the budgets against the baseline, or why there is none."""
    budgets = ratings.numbers.get("label_budget")
    if budgets is None or settings.baseline is None:
        return {"why_undefined": "needs a label_budget column and --baseline"}
    against = (ratings.left == settings.baseline) ^ (ratings.right == settings.baseline)
    part = ratings.take(against & ~np.isnan(budgets))
    if len(part) == 0:
        return {"why_undefined": "no judgments of a label budget against the baseline"}
    outcomes = np.where(part.right == settings.baseline, part.outcomes, 1 - part.outcomes)
    curve = dose_response(outcomes, part.numbers["label_budget"].tolist(), items=part.item,
                          queries=part.query, raters=part.rater, seeds=part.seed,
                          confidence=settings.confidence)
    return asdict(curve)


def _sensitivity(ratings: Ratings, settings: AnalysisSettings) -> list[Json]:
    if not settings.sensitivity:
        return []
    rows = []
    for pair in arm_pairs(ratings, settings.baseline):
        found = sensitivity(pair.outcomes, items=ratings.item[pair.rows], raters=ratings.rater[pair.rows],
                            a_was_left=(ratings.left[pair.rows] == pair.arm_a).astype(np.float64),
                            queries=None if ratings.query is None else ratings.query[pair.rows],
                            confidence=settings.confidence)
        rows += [{"arm_a": pair.arm_a, "arm_b": pair.arm_b, **asdict(model)} for model in found]
    return rows
