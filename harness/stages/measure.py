"""Stage: what one arm's texts are like: ROUGE against the human text, copying from the source, the gold score."""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.labels.scorers import get_scorer
from harness.records import Done
from harness.stages.artifacts import read_json, read_samples, write_json
from harness.stages.context import StageCall, StageLog
from harness.tasks.query_table import read_queries
from harness.text.copying import COPYING_KEYS, copy_statistics, mean_of_defined
from harness.text.rouge import rouge_scores


def run(call: StageCall, log: StageLog) -> Done:
    """One entry of `arms` in results.json, and what stands beside it in the report."""
    queries = read_queries(call.inputs["queries"] / "test.parquet")
    samples = read_samples(call.inputs["sample"])
    texts = [sample.text for sample in samples]
    gold = get_scorer(call.settings.gold_scorer)(queries, texts)
    sources = [query.source or query.text for query in queries]
    copying = copy_statistics(texts, sources, preambles=[query.has_preamble for query in queries])
    summary = read_json(call.inputs["sample"] / "outcome.json")["summary"]
    assert call.arm is not None
    entry: dict[str, Any] = {
        "arm": call.arm.arm, "label_budget": call.arm.label_budget, "seed": call.arm.seed, "n_queries": len(samples),
        "rouge": _rouge(texts, [query.reference for query in queries]),
        "copying": {key: _rounded(mean_of_defined(copying.values[key])) for key in COPYING_KEYS},
        "gold_score": _rounded(float(np.mean(gold))),
        "reward_model_score": _rounded(summary.get("reward_model_score")),
        "kl_to_reference": _rounded(summary.get("kl_to_reference")),
        "mean_tokens": _rounded(summary["mean_tokens"]) if samples[0].tokens else None,
        "valid": _rounded(summary["valid"]),
    }
    positions = copying.copied_positions
    details = {
        "first_three_words_copied": {
            "all": copying.first_three_rate(), "with_preamble": copying.first_three_rate(preamble=True),
            "without_preamble": copying.first_three_rate(preamble=False)},
        "copied_sentence_positions": np.histogram(positions, bins=10, range=(0, 1))[0].tolist(),
        "copying_settings": copying.settings,
        "gold_scores": [_rounded(float(score)) for score in gold],
    }
    write_json(call.out / "measure.json", {"entry": entry, "details": details})
    return Done({"gold_score": float(np.mean(gold))})


def _rouge(texts: list[str], references: list[str | None]) -> dict[str, float] | None:
    """Mean F-measures over the queries that have a human text; None where none has."""
    pairs = [(text, reference) for text, reference in zip(texts, references, strict=True) if reference]
    if not pairs:
        return None
    scores = rouge_scores([text for text, _ in pairs], [reference for _, reference in pairs])
    return {key: round(float(np.mean(values)), 6) for key, values in scores.items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
