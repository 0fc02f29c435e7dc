"""ROUGE and copy statistics of every arm and of the controls (`harness textstats`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from harness.seeds import numpy_generator
from harness.statistics.resampling import MeanInterval, bootstrap_means, mean_of_defined
from harness.text.arm_records import ArmDifference, ArmTexts, Described, OpeningShares, TextMeasures
from harness.text.copying import (
    COPYING_KEYS,
    CopyStatistics,
    FragmentRule,
    copy_statistics,
    has_preamble,
    lead,
    random_sentences,
)
from harness.text.rouge import ROUGE_KEYS, counts_for_rouge, rouge_scores
from harness.text.texts_file import TextRow
from harness.text.tokenization import Tokenizer

REFERENCE, LEAD, RANDOM = "reference", "lead-3", "random_sentences"
CONTROLS = (REFERENCE, LEAD, RANDOM)


@dataclass(frozen=True, kw_only=True)
class TextSettings:
    """What the measures depend on. preamble_rule: how a source is found to open with a preamble."""

    tokenizer: Tokenizer
    stemmer: bool = False
    split_summaries: bool = False
    fragments: FragmentRule = "newsroom"
    preamble_rule: Literal["tldr", "cnndm"] | None = None
    controls: bool = True
    resamples: int = 1000
    confidence: float = 0.95
    seed: int = 0


@dataclass(frozen=True)
class _Measured:
    """One arm's rows and its measures, (n, k) each, NaN where undefined."""

    arm: str
    rows: Sequence[TextRow]
    rouge: NDArray[np.float64] | None
    copying: CopyStatistics | None

    @property
    def articles(self) -> list[str]:
        return [row.article for row in self.rows]

    def copying_values(self) -> NDArray[np.float64] | None:
        if self.copying is None:
            return None
        return np.column_stack([self.copying.values[key] for key in COPYING_KEYS])


def measure_arms(rows: Sequence[TextRow], settings: TextSettings) -> TextMeasures:
    """All measures: arms (controls last, marked), paired differences between arms, settings."""
    by_arm: dict[str, list[TextRow]] = {}
    for row in rows:
        by_arm.setdefault(row.arm, []).append(row)
    controls_by_arm = {arm: control for arm, control in _controls(rows, settings).items()
                       if control and arm not in by_arm} if settings.controls else {}
    found = _measured(by_arm | controls_by_arm, settings)
    measured, controls = found[:len(by_arm)], found[len(by_arm):]
    return TextMeasures(
        arms=(*(_of_arm(found, settings, control=False) for found in measured),
              *(_of_arm(found, settings, control=True) for found in controls)),
        differences=tuple(_difference(a, b, settings) for a, b in combinations(measured, 2)),
        warnings=_blind_to(rows), settings=_described(settings, measured))


def _blind_to(rows: Sequence[TextRow]) -> tuple[str, ...]:
    texts = (text for row in rows if row.references for text in (row.response, *row.references))
    n = sum(not counts_for_rouge(text) for text in texts)
    return (f"{n} texts or references have no letter a-z and no digit: ROUGE sees nothing there",) if n else ()


def _controls(rows: Sequence[TextRow], settings: TextSettings) -> dict[str, list[TextRow]]:
    """The reference, lead-3, and random sentences as long as the responses there: one row an article."""
    found: dict[str, list[TextRow]] = {name: [] for name in CONTROLS}
    rng = numpy_generator(settings.seed, "random_sentences")
    by_article: dict[str, list[TextRow]] = {}
    for row in rows:
        by_article.setdefault(row.article, []).append(row)
    for same in by_article.values():
        row = same[0]
        if row.source is None:
            continue
        length = round(np.mean([len(settings.tokenizer.tokens(other.response)) for other in same]))
        drawn = random_sentences(row.source, length, rng, tokenizer=settings.tokenizer)
        found[LEAD].append(replace(row, arm=LEAD, response=lead(row.source, 3)))
        found[RANDOM].append(replace(row, arm=RANDOM, response=drawn))
        if row.references:
            found[REFERENCE].append(replace(row, arm=REFERENCE, response=row.references[0], references=()))
    return found


def _measured(by_arm: Mapping[str, Sequence[TextRow]], settings: TextSettings) -> list[_Measured]:
    """Each arm's measures. Copying is measured for all arms together: their sources are mostly the same."""
    sourced = [(arm, row, row.source) for arm, rows in by_arm.items() for row in rows if row.source is not None]
    sources = [source for _, _, source in sourced]
    preambles = [row.has_preamble if settings.preamble_rule is None else has_preamble(source, settings.preamble_rule)
                 for _, row, source in sourced]
    copying = copy_statistics([row.response for _, row, _ in sourced], sources, tokenizer=settings.tokenizer,
                              preambles=preambles, fragments=settings.fragments,
                              cut_off=[arm != REFERENCE for arm, _, _ in sourced])
    found = []
    start = 0
    for arm, rows in by_arm.items():
        has_source = [row.source is not None for row in rows]
        end = start + sum(has_source)
        of_arm = _spread_out(copying.take(slice(start, end)), has_source) if end > start else None
        found.append(_Measured(arm, rows, _rouge(rows, settings), of_arm))
        start = end
    return found


def _rouge(rows: Sequence[TextRow], settings: TextSettings) -> NDArray[np.float64] | None:
    """(n, k), NaN for a row without a reference; None where no row has one."""
    referenced = [index for index, row in enumerate(rows) if row.references]
    if not referenced:
        return None
    rouge = np.full((len(rows), len(ROUGE_KEYS)), np.nan)
    scores = rouge_scores([rows[index].response for index in referenced],
                          [rows[index].references for index in referenced], stemmer=settings.stemmer,
                          split_summaries=settings.split_summaries)
    rouge[referenced] = np.column_stack([scores[key] for key in ROUGE_KEYS])
    return rouge


def _spread_out(copying: CopyStatistics, has_source: list[bool]) -> CopyStatistics:
    """The values at the places of their rows, NaN for rows without a source."""
    at = np.flatnonzero(has_source)
    values = {}
    for key, known in copying.values.items():
        values[key] = np.full(len(has_source), np.nan)
        values[key][at] = known
    return replace(copying, values=values)


def _of_arm(found: _Measured, settings: TextSettings, *, control: bool) -> ArmTexts:
    rouge = None if found.rouge is None else _with_intervals(ROUGE_KEYS, found.rouge, found, settings)
    values, copying = found.copying_values(), found.copying
    if values is None or copying is None:
        return ArmTexts(found.arm, control, len(found.rows), rouge, None)
    return ArmTexts(
        found.arm, control, len(found.rows), rouge, _with_intervals(COPYING_KEYS, values, found, settings),
        first_three_words=OpeningShares(
            all=copying.first_three_rate(), with_preamble=copying.first_three_rate(preamble=True),
            without_preamble=copying.first_three_rate(preamble=False), why_undefined=_why_no_share(copying)),
        distinct_ngrams={key: mean_of_defined(known) for key, known in copying.distinct_ngrams.items()},
        copied_positions=tuple(round(float(place), 4) for place in copying.copied_positions))


def _why_no_share(copying: CopyStatistics) -> str | None:
    """Why a share of the texts that open with the source's first three words is undefined."""
    preambles = copying.preambles
    if copying.first_three_rate() is None:
        return "no source has three words"
    if all(known is None for known in preambles):
        return "nobody said which sources have one (--preamble, or has_preamble in the file)"
    missing = [f"no source {name} one" for known, name in ((True, "has"), (False, "lacks")) if known not in preambles]
    return ", ".join(missing) or None


def _with_intervals(keys: Sequence[str], values: NDArray[np.float64], found: _Measured,
                    settings: TextSettings) -> dict[str, MeanInterval]:
    rng = numpy_generator(settings.seed, "bootstrap", found.arm)
    return dict(zip(keys, bootstrap_means(values, found.articles, rng, resamples=settings.resamples,
                                          confidence=settings.confidence), strict=True))


def _difference(a: _Measured, b: _Measured, settings: TextSettings) -> ArmDifference:
    """Mean paired differences a - b on the articles that both arms have."""
    place = {article: index for index, article in enumerate(b.articles)}
    pairs = [(index, place[article]) for index, article in enumerate(a.articles) if article in place]
    if not pairs:
        return ArmDifference(a.arm, b.arm, 0, None, None, "no article in common")
    at_a, at_b = (np.array(side) for side in zip(*pairs, strict=True))
    articles = [a.articles[index] for index in at_a]
    rng = numpy_generator(settings.seed, "difference", a.arm, b.arm)

    def measured(keys: Sequence[str], of_a: NDArray[np.float64] | None,
                 of_b: NDArray[np.float64] | None) -> dict[str, MeanInterval] | None:
        if of_a is None or of_b is None:
            return None
        return dict(zip(keys, bootstrap_means(of_a[at_a] - of_b[at_b], articles, rng, resamples=settings.resamples,
                                              confidence=settings.confidence), strict=True))

    return ArmDifference(a.arm, b.arm, len(pairs), measured(ROUGE_KEYS, a.rouge, b.rouge),
                         measured(COPYING_KEYS, a.copying_values(), b.copying_values()))


def _described(settings: TextSettings, measured: list[_Measured]) -> Described:
    copying = next((found.copying for found in measured if found.copying is not None), None)
    return Described(
        rouge={"stemmer": settings.stemmer, "tokens": "letters a-z and digits, lower case",
               "rougeLsum_sentences": "our splitter" if settings.split_summaries else "lines",
               "several_references": "the best F-measure, for each measure apart"},
        copying=None if copying is None else dict(copying.settings), preamble_rule=settings.preamble_rule,
        intervals=f"bootstrap over articles, {settings.resamples} resamples, seed {settings.seed}, "
                  f"{settings.confidence:.0%}")
