"""What the arms' texts are like, from every text's own figures: means with intervals, paired differences, preference.

Pure: records in, plain JSON values out. Seeds of a budget are put together; articles (test queries) are resampled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from harness.records import ArmKey
from harness.seeds import numpy_generator
from harness.statistics.resampling import bootstrap_means
from harness.text.copying import COPYING_KEYS
from harness.text.preference_table import copying_by_preference
from harness.text.rouge import ROUGE_KEYS

Measures = Mapping[str, Mapping[str, np.ndarray]]
"""By arm (`rl/5000/2`, `zero_shot`) the figures of its texts: {name: (n,)}, NaN where undefined."""

_GROWING = ("novel_trigrams", "novel_sentences")


def text_rows(measures: Measures, *, confidence: float, seed: int, compared_with: str) -> list[dict[str, Any]]:
    """One row for each baseline, control and budget: means with intervals, and what they differ by.

    Each measure is {mean, low, high}; `difference` the same for the paired difference from the arm `compared_with`.
    """
    rows = []
    for (arm, budget), names in _groups(measures).items():
        keys = [key for key in (*ROUGE_KEYS, *COPYING_KEYS, "words") if key in measures[names[0]]]
        values = _stacked(measures, names, keys)
        articles = np.tile(np.arange(len(values) // len(names)), len(names))
        row: dict[str, Any] = {
            "arm": arm, "label_budget": budget, "n_texts": len(values),
            "measures": _intervals(keys, values, articles, confidence=confidence, seed=seed, name=f"{arm}/{budget}"),
            "difference": None,
            "first_three_words": _first_three_words(measures, names)}
        other = measures.get(compared_with)
        if other is not None and arm != compared_with:
            shared = [key for key in keys if key in other]
            base = np.tile(_stacked(measures, [compared_with], shared), (len(names), 1))
            row["difference"] = _intervals(shared, _stacked(measures, names, shared) - base, articles,
                                           confidence=confidence, seed=seed, name=f"{arm}/{budget}-{compared_with}")
        rows.append(row)
    return rows


def growth_rows(measures: Measures, *, confidence: float, seed: int) -> list[dict[str, Any]]:
    """What more labels did to copying: for each kind of policy its smallest and its largest budget.

    Each measure is {smallest, largest} (means) and {mean, low, high} of the paired difference, on the same queries and
    training seeds. Measures: novel trigrams and novel sentences.
    """
    budgets: dict[str, list[int]] = {}
    for arm, budget in _groups(measures):
        if budget:
            budgets.setdefault(arm, []).append(budget)
    rows = []
    for arm, known in budgets.items():
        small, large = min(known), max(known)
        seeds = [key.seed for key in map(ArmKey.parse, measures)
                 if key.arm == arm and key.label_budget == small and str(ArmKey(arm, large, key.seed)) in measures]
        if small == large or not seeds:
            continue
        keys = [key for key in _GROWING if key in measures[str(ArmKey(arm, small, seeds[0]))]]
        before, after = (_stacked(measures, [str(ArmKey(arm, budget, number)) for number in seeds], keys)
                         for budget in (small, large))
        articles = np.tile(np.arange(len(before) // len(seeds)), len(seeds))
        differences = _intervals(keys, after - before, articles, confidence=confidence, seed=seed,
                                 name=f"{arm}/{small}-{large}")
        rows.append({"arm": arm, "smallest": small, "largest": large, "measures": {
            key: {"smallest": _mean(before[:, column]), "largest": _mean(after[:, column]), **differences[key]}
            for column, key in enumerate(keys)}})
    return rows


def _mean(values: np.ndarray) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else None


def preference_rows(document: Mapping[str, Any], measures: Measures, *, baselines: Sequence[str],
                    confidence: float) -> list[dict[str, Any]]:
    """Copying × accuracy × preference, for each kind of policy and baseline: what the judge made of copied sentences.

    document: the judge's outcomes.json. accurate: whether all names and numbers of a text stand in its source.
    All budgets and seeds together; intervals clustered by query.
    """
    rows = []
    kinds = dict.fromkeys((ArmKey.parse(pair["arm"]).arm, pair["baseline"]) for pair in document["pairs"]
                          if pair["baseline"] in baselines)
    for arm, baseline in kinds:
        pairs = [pair for pair in document["pairs"]
                 if ArmKey.parse(pair["arm"]).arm == arm and pair["baseline"] == baseline]
        names = [pair["arm"] for pair in pairs]
        copied, invented = _stacked(measures, names, ["copied_sentences", "invented_names"]).T
        cells = copying_by_preference(
            copied, (invented == 0).tolist(), np.concatenate([pair["outcomes"] for pair in pairs]),
            items=list(document["queries"]) * len(pairs), confidence=confidence)
        rows += [{"arm": arm, "baseline": baseline, "copied": cell.copied, "accurate": cell.accurate,
                  "n": cell.rate.n_judgments, "win_rate": cell.rate.win_rate, "ci_low": cell.rate.ci_low,
                  "ci_high": cell.rate.ci_high, "why_undefined": cell.rate.why_undefined} for cell in cells]
    return rows


def _groups(measures: Measures) -> dict[tuple[str, int | None], list[str]]:
    """(arm, label budget) -> its arms, one a seed."""
    groups: dict[tuple[str, int | None], list[str]] = {}
    for name in measures:
        key = ArmKey.parse(name)
        groups.setdefault((key.arm, key.label_budget), []).append(name)
    return groups


def _stacked(measures: Measures, names: Sequence[str], keys: Sequence[str]) -> np.ndarray:
    """(texts of all the named arms, keys)"""
    return np.concatenate([np.column_stack([measures[name][key] for key in keys]) for name in names])


def _intervals(keys: Sequence[str], values: np.ndarray, articles: np.ndarray, *, confidence: float, seed: int,
               name: str) -> dict[str, Any]:
    found = bootstrap_means(values, articles, numpy_generator(seed, "texts", name), confidence=confidence)
    return {key: asdict(interval) for key, interval in zip(keys, found, strict=True)}


def _first_three_words(measures: Measures, names: Sequence[str]) -> dict[str, float | None]:
    """How often a text opens with its source's first three words: of all, and split by the source's preamble."""
    copied, preamble = _stacked(measures, names, ["first_three_words", "has_preamble"]).T
    parts = {"all": np.full(len(copied), True), "with_preamble": preamble == 1, "without_preamble": preamble == 0}
    rates = {}
    for name, chosen in parts.items():
        known = copied[chosen & ~np.isnan(copied)]
        rates[name] = float(known.mean()) if len(known) else None
    return rates
