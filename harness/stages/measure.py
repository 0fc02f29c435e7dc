"""Stage: what one arm's texts are like: ROUGE against the human text, copying from the source, the gold score."""

from __future__ import annotations

import numpy as np

from harness.artifacts.call import StageCall
from harness.artifacts.files import read_samples, write_measures
from harness.artifacts.log import StageLog
from harness.artifacts.outcome import summary_of
from harness.labels.scorers import get_scorer, invented_names
from harness.records import Done
from harness.results.file import write_measured
from harness.results.text_records import ArmMeasures, CopyingDetails, Measured
from harness.statistics.resampling import mean_of_defined
from harness.study.slices import MeasureSlice
from harness.tasks.query_table import read_queries
from harness.text.copying import COPYING_KEYS, copy_statistics
from harness.text.rouge import ROUGE_KEYS, rouge_scores


def run(call: StageCall[MeasureSlice], log: StageLog) -> Done:
    """The arm's entry of `arms` in results.json; beside it every text's own figures, for intervals and comparisons."""
    queries = read_queries(call.inputs["queries"] / "test.arrow")
    samples = read_samples(call.inputs["sample"])
    texts = [sample.text for sample in samples]
    gold = get_scorer(call.settings.gold_scorer)(queries, texts)
    sources = [query.source or query.text for query in queries]
    copying = copy_statistics(texts, sources, preambles=[query.has_preamble for query in queries])
    rouge = _rouge(texts, [query.reference for query in queries])
    summary = summary_of(call.inputs["sample"])
    assert call.arm is not None
    entry = ArmMeasures(
        arm=call.arm, n_queries=len(samples),
        rouge={key: _rounded(mean_of_defined(values)) for key, values in rouge.items()} if rouge else None,
        copying={key: _rounded(mean_of_defined(copying.values[key])) for key in COPYING_KEYS},
        gold_score=round(float(np.mean(gold)), 6), reward_model_score=_rounded(summary.get("reward_model_score")),
        kl_to_reference=_rounded(summary.get("kl_to_reference")),
        mean_tokens=_rounded(summary["mean_tokens"]) if samples[0].tokens else None, valid=round(summary["valid"], 6))
    places = np.histogram(copying.copied_positions, bins=10, range=(0, 1))[0]
    write_measured(call.out, Measured(entry, CopyingDetails(tuple(places.tolist()), copying.settings)))
    write_measures(call.out, {
        **copying.values, **rouge, "first_three_words": copying.first_three_words, "gold_score": gold,
        "words": np.array([len(text.split()) for text in texts], dtype=float),
        "invented_names": np.array([invented_names(*pair) for pair in zip(queries, texts, strict=True)], dtype=float),
        "has_preamble": np.array([np.nan if query.has_preamble is None else query.has_preamble for query in queries],
                                 dtype=float)})
    return Done({"gold_score": float(np.mean(gold))})


def _rouge(texts: list[str], references: list[str | None]) -> dict[str, np.ndarray]:
    """{key: (n,)} F-measures, NaN for a query without a human text; nothing where none has one."""
    pairs = {index: (texts[index], reference) for index, reference in enumerate(references) if reference}
    if not pairs:
        return {}
    values = {key: np.full(len(texts), np.nan) for key in ROUGE_KEYS}
    for key, found in rouge_scores(*zip(*pairs.values(), strict=True)).items():
        values[key][list(pairs)] = found
    return values


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
