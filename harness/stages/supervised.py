"""Stage: a policy is fine-tuned on demonstrations at one learning rate (Ziegler 3.1 and 3.2).

A demonstration is a reference summary, or for a style a human continuation that the labeler's criterion ranks high.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from harness.artifacts.call import StageCall
from harness.artifacts.files import model_path
from harness.artifacts.fitting import checkpoint_of, reporter
from harness.artifacts.log import StageLog
from harness.errors import InputError
from harness.labels.scorers import get_scorer
from harness.models.loading import load_language_model, load_tokenizer, save_model
from harness.models.placement import trained
from harness.records import Done
from harness.seeds import derive_seed, numpy_generator
from harness.study.slices import SupervisedSlice
from harness.tasks.query_table import QueryTable
from harness.training.language_model_fit import evaluate_language_model, fit_language_model

_READ_AT_ONCE = 4096


def run(call: StageCall[SupervisedSlice], log: StageLog) -> Done:
    """Fit, and give the loss on validation demonstrations, by which the best rate of a sweep is chosen."""
    spec = call.settings.supervised
    rate, = spec.learning_rates
    path = model_path(call.inputs["start"])
    model, tokenizer = load_language_model(path, placement=trained(call.settings.compute)), load_tokenizer(path)
    train = _demonstrations(call, "train", spec.pairs)
    valid = _demonstrations(call, "valid", spec.pairs)
    before = evaluate_language_model(model, tokens=valid.tokens, counted=valid.counted)
    fit = replace(spec.fit, learning_rate=rate)
    fit_language_model(model, tokens=train.tokens, counted=train.counted, settings=fit,
                       seed=derive_seed(call.seed, "order"), compute=call.settings.compute, on_step=reporter(log),
                       checkpoint=checkpoint_of(call, log))
    after = evaluate_language_model(model, tokens=valid.tokens, counted=valid.counted)
    save_model(model, call.out / "model", tokenizer)
    checkpoint_of(call, log).clear()
    return Done({"validation_nats": after, "validation_nats_before": before, "learning_rate": rate,
                 "demonstrations": float(len(train.tokens))})


@dataclass(frozen=True)
class _Demonstrations:
    """A row each: query and human answer in one int32 array; True where the loss counts, at the answer's tokens."""

    tokens: Sequence[Any]
    counted: Sequence[Any]


def _demonstrations(call: StageCall[SupervisedSlice], split: str, most: int) -> _Demonstrations:
    table = QueryTable(call.inputs["queries"] / f"{split}.arrow")
    rows = np.sort(numpy_generator(call.seed, "pairs", split).permutation(len(table))[:most])
    scorer = get_scorer(call.settings.scorer) if call.settings.scorer else None
    tokens: list[np.ndarray] = []
    counted: list[np.ndarray] = []
    scores: list[float] = []
    # Records of hundreds of thousands of queries would take more memory than the model.
    for start in range(0, len(rows), _READ_AT_ONCE):
        queries = [query for query in table.take(rows[start:start + _READ_AT_ONCE]) if query.reference_tokens]
        for query in queries:
            tokens.append(np.array(query.tokens + query.reference_tokens, dtype=np.int32))
            counted.append(np.arange(len(tokens[-1])) >= len(query.tokens))
        if scorer is not None and queries:
            scores += scorer(queries, [query.reference or "" for query in queries]).tolist()
    if not tokens:
        raise InputError(f"no {split} query has a human answer", key="supervised",
                         cure="Give text with references, or --set supervised=null.")
    if scorer is None:
        return _Demonstrations(tokens, counted)
    keep = max(1, round(call.settings.supervised.keep * len(tokens)))
    best = np.sort(np.argsort(-np.array(scores), kind="stable")[:keep])
    return _Demonstrations([tokens[index] for index in best], [counted[index] for index in best])
