"""Stage: supervised fine-tuning on demonstrations, the best learning rate of a sweep (Ziegler 3.1 and 3.2).

A demonstration is a reference summary, or for a style a human continuation that the labeler's criterion ranks high.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.labels.scorers import get_scorer
from harness.models.loading import load_language_model, load_tokenizer, save_model
from harness.models.placement import trained
from harness.records import Done, Query
from harness.seeds import derive_seed, numpy_generator
from harness.stages.artifacts import model_path, write_json
from harness.stages.context import StageCall, StageLog
from harness.stages.fitting import checkpoint_of, reporter
from harness.tasks.query_table import QueryTable
from harness.training.language_model_fit import evaluate_language_model, fit_language_model

_STEP_STRIDE = 1_000_000


def run(call: StageCall, log: StageLog) -> Done:
    """Every rate of the sweep is logged; the lowest loss on validation demonstrations wins."""
    settings = call.settings
    path = model_path(call.inputs["start"])
    tokenizer = load_tokenizer(path)
    train = _demonstrations(call, "train", settings.supervised.pairs)
    valid = _demonstrations(call, "valid", settings.supervised.pairs)
    before = evaluate_language_model(_load(call, path), tokens=valid.tokens, counted=valid.counted)
    losses = {}
    for number, rate in enumerate(settings.supervised.learning_rates):
        losses[rate] = _fit_one(call, log, number, rate, path, train, valid)
    best = min(losses, key=lambda rate: losses[rate])
    model = _load(call, _candidate(call, settings.supervised.learning_rates.index(best)))
    save_model(model, call.out / "model", tokenizer)
    by_rate = {str(rate): loss for rate, loss in losses.items()}
    write_json(call.out / "sweep.json", {"validation_nats_per_token": by_rate, "best": best, "before": before})
    return Done({"validation_nats": losses[best], "validation_nats_before": before, "learning_rate": best,
                 "demonstrations": float(len(train.tokens))})


@dataclasses.dataclass(frozen=True)
class _Demonstrations:
    tokens: list[tuple[int, ...]]
    counted: list[list[bool]]


def _demonstrations(call: StageCall, split: str, most: int) -> _Demonstrations:
    """Query and human answer in one sequence; the loss counts the answer only."""
    table = QueryTable(call.inputs["queries"] / f"{split}.parquet")
    rows = np.sort(numpy_generator(call.seed, "pairs", split).permutation(len(table))[:most])
    queries = [query for query in table.take(rows) if query.reference_tokens]
    if not queries:
        raise InputError(f"no {split} query has a human answer", key="supervised",
                         cure="Give text with references, or --set supervised=null.")
    kept = _best_by_scorer(queries, call)
    tokens = [query.tokens + query.reference_tokens for query in kept]
    counted = [[False] * len(query.tokens) + [True] * len(query.reference_tokens) for query in kept]
    return _Demonstrations(tokens, counted)


def _best_by_scorer(queries: list[Query], call: StageCall) -> list[Query]:
    if call.settings.scorer is None:
        return queries
    scores = get_scorer(call.settings.scorer)(queries, [query.reference or "" for query in queries])
    keep = max(1, round(call.settings.supervised.keep * len(queries)))
    return [queries[index] for index in np.sort(np.argsort(-scores, kind="stable")[:keep])]


def _load(call: StageCall, path: str | Path) -> Any:
    return load_language_model(path, placement=trained(call.settings.compute))


def _candidate(call: StageCall, number: int) -> Path:
    return call.out / f"rate_{number}"


def _fit_one(call: StageCall, log: StageLog, number: int, rate: float, path: str, train: _Demonstrations,
             valid: _Demonstrations) -> float:
    folder = _candidate(call, number)
    if not (folder / "config.json").is_file():
        model = _load(call, path)
        settings = dataclasses.replace(call.settings.supervised.fit, learning_rate=rate)
        fit_language_model(model, tokens=train.tokens, counted=train.counted, settings=settings,
                           seed=derive_seed(call.seed, "order"), on_step=reporter(log, offset=number * _STEP_STRIDE),
                           checkpoint=checkpoint_of(call, f"_{number}"), compute=call.settings.compute)
        part = folder.with_name(f"{folder.name}.part")
        save_model(model, part, None)
        part.rename(folder)
        checkpoint_of(call, f"_{number}").clear()
    return evaluate_language_model(_load(call, folder), tokens=valid.tokens, counted=valid.counted)
