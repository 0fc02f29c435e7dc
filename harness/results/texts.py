"""What the arms' texts are like, from every text's own figures: means with intervals, paired differences, preference.

Seeds of a budget are put together. Runs and articles (test queries) are random factors; about these policies only,
articles are resampled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from harness.records import ArmKey, Contrast
from harness.results.records import Outcomes
from harness.results.text_records import CopyingGrowth, CopyingPreference, FirstThreeWords, Growth, TextRow
from harness.seeds import numpy_generator
from harness.statistics.mean_over_runs import means_over_runs
from harness.statistics.resampling import MeanInterval, bootstrap_means, mean_of_defined
from harness.text.copying import COPYING_KEYS, SHARES
from harness.text.preference_table import copying_by_preference
from harness.text.rouge import ROUGE_KEYS

Measures = Mapping[ArmKey, Mapping[str, np.ndarray]]
"""By arm the figures of its texts: {name: (n,)}, NaN where undefined."""

_GROWING = ("novel_trigrams", "novel_sentences")


def text_rows(measures: Measures, *, confidence: float, seed: int, compared_with: ArmKey) -> list[TextRow]:
    """One row for each baseline, control and budget: means with intervals, and what they differ by from the arm
    `compared_with` on the same queries.
    """
    rows = []
    for group, names in _groups(measures).items():
        keys = [key for key in (*ROUGE_KEYS, *COPYING_KEYS, "words") if key in measures[names[0]]]
        values = _stacked(measures, names, keys)
        # The name of a random stream: it must not change.
        stream = f"{group.arm}/{group.label_budget}"
        difference = None
        other = measures.get(compared_with)
        if other is not None and group != compared_with:
            shared = [key for key in keys if key in other]
            base = np.tile(_stacked(measures, [compared_with], shared), (len(names), 1))
            difference = _intervals(shared, _stacked(measures, names, shared) - base, n_runs=len(names),
                                    confidence=confidence, seed=seed, stream=f"{stream}-{compared_with}", signed=True)
        rows.append(TextRow(
            arm=group, n_texts=len(values), difference=difference,
            measures=_intervals(keys, values, n_runs=len(names), confidence=confidence, seed=seed, stream=stream),
            first_three_words=_first_three_words(measures, names)))
    return rows


def growth_rows(measures: Measures, *, confidence: float, seed: int) -> list[CopyingGrowth]:
    """What more labels did to copying: for each kind of policy its smallest and its largest budget, on the same queries
    and training seeds. Measures: novel trigrams and novel sentences.
    """
    budgets: dict[str, list[int]] = {}
    for group in _groups(measures):
        if group.label_budget:
            budgets.setdefault(group.arm, []).append(group.label_budget)
    rows = []
    for arm, known in budgets.items():
        small, large = min(known), max(known)
        seeds = [key.seed for key in measures
                 if key.arm == arm and key.label_budget == small and ArmKey(arm, large, key.seed) in measures]
        if small == large or not seeds:
            continue
        keys = [key for key in _GROWING if key in measures[ArmKey(arm, small, seeds[0])]]
        before, after = (_stacked(measures, [ArmKey(arm, budget, number) for number in seeds], keys)
                         for budget in (small, large))
        differences = _intervals(keys, after - before, n_runs=len(seeds), confidence=confidence, seed=seed,
                                 stream=f"{arm}/{small}-{large}", signed=True)
        rows.append(CopyingGrowth(arm=arm, smallest=small, largest=large, measures={
            key: Growth(mean_of_defined(before[:, column]), mean_of_defined(after[:, column]), differences[key])
            for column, key in enumerate(keys)}))
    return rows


def preference_rows(outcomes: Outcomes, measures: Measures, *, baselines: Sequence[str],
                    confidence: float) -> list[CopyingPreference]:
    """Copying × accuracy × preference, for each kind of policy and baseline: what the judge made of copied sentences.

    accurate: whether all names and numbers of a text stand in its source. All budgets and seeds together; intervals
    clustered by query.
    """
    rows = []
    met = [(Contrast(ArmKey(pair.contrast.arm.arm), pair.contrast.opponent), pair) for pair in outcomes.pairs
           if str(pair.contrast.opponent) in baselines]
    for contrast in dict.fromkeys(contrast for contrast, _ in met):
        pairs = [pair for other, pair in met if other == contrast]
        arms = [pair.contrast.arm for pair in pairs]
        copied, invented = _stacked(measures, arms, ["copied_sentences", "invented_names"]).T
        cells = copying_by_preference(
            copied, (invented == 0).tolist(), np.concatenate([pair.outcomes for pair in pairs]),
            items=list(outcomes.queries) * len(pairs), confidence=confidence)
        rows += [CopyingPreference(contrast=contrast, copied=cell.copied, accurate=cell.accurate,
                                   n=cell.rate.n_judgments, win_rate=cell.rate.win_rate, ci_low=cell.rate.ci_low,
                                   ci_high=cell.rate.ci_high, why_undefined=cell.rate.why_undefined)
                 for cell in cells]
    return rows


def _groups(measures: Measures) -> dict[ArmKey, list[ArmKey]]:
    """The arms of each budget, one a seed."""
    groups: dict[ArmKey, list[ArmKey]] = {}
    for key in measures:
        groups.setdefault(ArmKey(key.arm, key.label_budget), []).append(key)
    return groups


def _stacked(measures: Measures, names: Sequence[ArmKey], keys: Sequence[str]) -> np.ndarray:
    """(texts of all the named arms, keys)"""
    return np.concatenate([np.column_stack([measures[name][key] for key in keys]) for name in names])


def _intervals(keys: Sequence[str], values: np.ndarray, *, n_runs: int, confidence: float, seed: int, stream: str,
               signed: bool = False) -> dict[str, MeanInterval]:
    """values: (texts, keys), the same articles for each run in turn. signed: they are differences."""
    n_articles = len(values) // n_runs
    articles, runs = np.tile(np.arange(n_articles), n_runs), np.repeat(np.arange(n_runs), n_articles)
    these = bootstrap_means(values, articles, numpy_generator(seed, "texts", stream), confidence=confidence)
    highest = {key: 1.0 if key in SHARES or key in ROUGE_KEYS else np.inf for key in keys}
    found = means_over_runs(values, articles=articles, runs=runs, these_runs=these, confidence=confidence,
                            ranges=[(-highest[key] if signed else 0.0, highest[key]) for key in keys])
    return dict(zip(keys, found, strict=True))


def _first_three_words(measures: Measures, names: Sequence[ArmKey]) -> FirstThreeWords:
    """How often a text opens with its source's first three words: of all, and split by the source's preamble."""
    copied, preamble = _stacked(measures, names, ["first_three_words", "has_preamble"]).T
    return FirstThreeWords(all=mean_of_defined(copied), with_preamble=mean_of_defined(copied[preamble == 1]),
                           without_preamble=mean_of_defined(copied[preamble == 0]))
