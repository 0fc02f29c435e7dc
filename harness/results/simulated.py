"""results.json from the arms' measures and the judges' outcomes. Pure: records in, plain JSON values out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from harness.records import ArmKey
from harness.statistics.dose_response import DoseResponse, dose_response
from harness.statistics.equivalence import equivalence, was_enough
from harness.statistics.multiplicity import benjamini_hochberg, gatekeeping, holm
from harness.statistics.plan import Estimand
from harness.statistics.seed_spread import seed_spread
from harness.statistics.win_rate import win_rate


@dataclass(frozen=True)
class Votes:
    """All outcomes of one arm's budget against one opponent: (n,) each. From the arm's side, 1, ½ or 0."""

    outcomes: np.ndarray
    queries: np.ndarray
    seeds: np.ndarray
    raters: np.ndarray | None = None

    @property
    def items(self) -> list[str]:
        """An item is one query in one seed's comparison."""
        return [f"{query}|{seed}" for query, seed in zip(self.queries, self.seeds, strict=True)]


Key = tuple[str, int, str, int | None]
"""(arm, its label budget, the opponent's arm, the opponent's label budget where that alone differs, or None)."""


def votes_of_pairs(document: Mapping[str, Any]) -> dict[Key, Votes]:
    """The judge stage's outcomes.json, the seeds of a budget put together."""
    gathered: dict[Key, list[tuple[Sequence[float], int]]] = {}
    for pair in document["pairs"]:
        arm, opponent = ArmKey.parse(pair["arm"]), ArmKey.parse(pair["baseline"])
        assert arm.label_budget is not None and arm.seed is not None
        # Another arm of the same budget (offline against online) is an opponent as a baseline is.
        opponent_budget = opponent.label_budget if opponent.arm == arm.arm else None
        gathered.setdefault((arm.arm, arm.label_budget, opponent.arm, opponent_budget), []).append(
            (pair["outcomes"], arm.seed))
    queries = np.array(document["queries"], dtype=object)
    return {key: Votes(outcomes=np.concatenate([np.asarray(outcomes) for outcomes, _ in parts]),
                       queries=np.concatenate([queries for _ in parts]),
                       seeds=np.concatenate([np.full(len(outcomes), seed) for outcomes, seed in parts]))
            for key, parts in gathered.items()}


def of_estimand(votes: Mapping[Key, Votes], estimand: Estimand) -> dict[Key, Votes]:
    """The votes that the planned win rate averages: all of them, the decisive ones, or one an item, its majority's."""
    if estimand == "ties_half":
        return dict(votes)
    return {key: _decisive(found) if estimand == "ties_left_out" else _majority(found) for key, found in votes.items()}


def _decisive(votes: Votes) -> Votes:
    kept = votes.outcomes != 0.5
    return Votes(votes.outcomes[kept], votes.queries[kept], votes.seeds[kept],
                 None if votes.raters is None else votes.raters[kept])


def _majority(votes: Votes) -> Votes:
    """One vote an item; a tie where two outcomes are equally frequent."""
    _, first, item = np.unique(votes.items, return_index=True, return_inverse=True)
    counts = np.stack([np.bincount(item, weights=votes.outcomes == value) for value in (1.0, 0.5, 0.0)])
    single = (counts == counts.max(axis=0)).sum(axis=0) == 1
    outcomes = np.where(single, np.array([1.0, 0.5, 0.0])[counts.argmax(axis=0)], 0.5)
    return replace(votes, outcomes=outcomes, queries=votes.queries[first], seeds=votes.seeds[first], raters=None)


def win_rate_rows(votes: Mapping[Key, Votes], *, judge: str, confidence: float,
                  baselines: Sequence[str]) -> list[dict[str, Any]]:
    """One row for each arm, budget and baseline, the seeds together; Holm over all rows.

    baselines: those whose tests confirm, in the order of gatekeeping: `p_value_gatekept`. The rows of others are
    exploratory: `p_value_explored` is adjusted by Benjamini-Hochberg.
    """
    rows: list[dict[str, Any]] = []
    for (arm, budget, opponent, opponent_budget), found in votes.items():
        if opponent_budget is not None:
            continue
        rate = win_rate(found.outcomes, items=found.items, raters=found.raters, queries=found.queries,
                        confidence=confidence)
        spread = seed_spread(found.outcomes, found.seeds, items=found.items, confidence=confidence)
        rows.append({
            "arm": arm, "label_budget": budget, "baseline": opponent, "judge": judge,
            "win_rate": rate.win_rate, "ci_low": rate.ci_low, "ci_high": rate.ci_high,
            "win_rate_without_ties": rate.win_rate_without_ties, "win_rate_majority": rate.win_rate_majority,
            "n_items": rate.n_items, "n_judgments": rate.n_judgments, "n_raters": rate.n_raters,
            "wins": rate.wins, "ties": rate.ties, "losses": rate.losses, "p_value": rate.p_value,
            "method": rate.method, "why_undefined": rate.why_undefined, "notes": list(rate.notes),
            "seed_sd": spread.seed_sd, "seed_ci_low": spread.ci_low, "seed_ci_high": spread.ci_high,
            "by_seed": [{"seed": int(seed), "win_rate": value} for seed, value in spread.win_rates.items()]})
    for row, p_value in zip(rows, holm([row["p_value"] for row in rows]), strict=True):
        row["p_value_holm"] = p_value
    _gatekeep(rows, baselines)
    return rows


def _gatekeep(rows: list[dict[str, Any]], baselines: Sequence[str]) -> None:
    """Largest budget against each baseline in their order, then the other budgets with Holm, for each arm apart."""
    for row in rows:
        row |= {"confirmatory": row["baseline"] in baselines, "p_value_gatekept": None, "p_value_explored": None}
    order = {name: place for place, name in enumerate(baselines)}
    planned = [row for row in rows if row["confirmatory"]]
    for arm in dict.fromkeys(row["arm"] for row in planned):
        mine = [row for row in planned if row["arm"] == arm]
        largest = max(row["label_budget"] for row in mine)
        first = sorted((row for row in mine if row["label_budget"] == largest), key=lambda row: order[row["baseline"]])
        rest = [row for row in mine if row["label_budget"] != largest]
        in_order, family = gatekeeping([row["p_value"] for row in first], [row["p_value"] for row in rest])
        for row, p_value in zip([*first, *rest], [*in_order, *family], strict=True):
            row["p_value_gatekept"] = p_value
    explored = [row for row in rows if not row["confirmatory"]]
    for row, p_value in zip(explored, benjamini_hochberg([row["p_value"] for row in explored]), strict=True):
        row["p_value_explored"] = p_value


def equivalence_rows(votes: Mapping[Key, Votes], *, margin: float, confidence: float,
                     judge: str) -> list[dict[str, Any]]:
    """Largest budget (a) against each smaller one (b): is a not better by more than the margin?"""
    rows = []
    for (arm, budget, opponent, opponent_budget), found in votes.items():
        if opponent_budget is None:
            continue
        rate = win_rate(found.outcomes, items=found.items, raters=found.raters, queries=found.queries,
                        confidence=confidence)
        result = equivalence(rate, margin=margin, alpha=1 - confidence)
        spread = seed_spread(found.outcomes, found.seeds, items=found.items, confidence=confidence)
        rows.append({
            "arm_a": arm, "budget_a": budget, "arm_b": opponent, "budget_b": opponent_budget, "judge": judge,
            "margin": margin, "win_rate": rate.win_rate, "ci_low": rate.ci_low, "ci_high": rate.ci_high,
            "p_non_inferior": result.p_not_better, "p_equivalent": result.p_equivalent,
            "verdict": result.verdict, "why_undefined": result.why_undefined,
            "seed_sd": spread.seed_sd, "seed_ci_low": spread.ci_low, "seed_ci_high": spread.ci_high,
            "by_seed": [{"seed": int(seed), "win_rate": value} for seed, value in spread.win_rates.items()],
            "was_enough": was_enough(result)})
    return rows


def dose_response_document(votes: Mapping[Key, Votes], *, confidence: float) -> dict[str, Any]:
    """For each arm and baseline the fit of logit(W) on log2(labels), under `ARM vs BASELINE`."""
    found: dict[str, Any] = {}
    series: dict[tuple[str, str], list[tuple[int, Votes]]] = {}
    for (arm, budget, opponent, opponent_budget), votes_here in votes.items():
        if opponent_budget is None and budget > 0:
            series.setdefault((arm, opponent), []).append((budget, votes_here))
    for (arm, opponent), parts in series.items():
        fit = dose_response(
            np.concatenate([part.outcomes for _, part in parts]),
            np.concatenate([np.full(len(part.outcomes), budget) for budget, part in parts]).tolist(),
            items=[f"{budget}|{item}" for budget, part in parts for item in part.items],
            queries=[query for _, part in parts for query in part.queries],
            seeds=[seed for _, part in parts for seed in part.seeds], confidence=confidence)
        found[f"{arm} vs {opponent}"] = _fit_document(fit)
    return found


def _fit_document(fit: DoseResponse) -> dict[str, Any]:
    document = asdict(fit)
    document["points"] = [{"label_budget": point.label_budget, "win_rate": point.rate.win_rate,
                           "ci_low": point.rate.ci_low, "ci_high": point.rate.ci_high, "isotonic": point.isotonic}
                          for point in fit.points]
    return document


def finite(document: Any) -> Any:
    """Plain JSON values: NumPy scalars become Python's; a NaN or infinity is refused where it would be written."""
    if isinstance(document, Mapping):
        return {str(key): finite(value) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [finite(value) for value in document]
    return document.item() if isinstance(document, np.generic) else document
