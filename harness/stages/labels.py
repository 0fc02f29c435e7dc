"""Stage: one piece of the labels, each the best of k responses to a query (Ziegler 2.3).

Labels are numbered by one seeded permutation of the queries, and candidates are samples of ρ. In online collection a
run takes them in its own order, and in the later rounds half of the k are the policy's as the last round left it. Label
i is still about the query that it would be about offline.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import torch

from harness.algorithms.responses import truncate
from harness.artifacts.call import StageCall
from harness.artifacts.files import model_path, write_table
from harness.artifacts.label_files import imported_table
from harness.artifacts.label_table import LabelTable, query_rows
from harness.artifacts.log import StageLog
from harness.durable import open_sealed, write_sealed
from harness.errors import DamagedFile, InputError
from harness.labels.draws import label_numbers
from harness.labels.imported import read_labels
from harness.labels.simulated import SimulatedLabeler
from harness.models.generation import EndToken, sample_responses, sampling_micro_batch
from harness.models.loading import load_tokenizer
from harness.models.placement import frozen
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.records import PAD, Done, LabelTask, Pending
from harness.seeds import derive_seed, numpy_generator
from harness.study.inputs import SingleInput
from harness.study.parts import ChoiceModel, HumanLabels, ImportedLabels
from harness.study.slices import LabelsSlice, OnlineLabelsSlice
from harness.tasks.query_table import QueryTable
from harness.tasks.text_tokens import decode, single_token

_MOST_AT_ONCE = 256
_MOST_ROUNDS = 64
_PROBED = 64
_MOSTLY = 0.98
_ROUND_STRIDE = 1 << 40


def run(call: StageCall[LabelsSlice], log: StageLog) -> Done | Pending:
    """Sample candidates, let the labeler choose, write the table. Label i depends on the seed and on i alone."""
    settings = call.settings
    labels = settings.labels
    if labels.source == "imported":
        return _imported(call, labels)
    train = QueryTable(call.inputs["queries"] / "train.arrow")
    order = numpy_generator(call.seed, "order").permutation(len(train))
    numbers = label_numbers(settings.start, settings.stop, settings.draw)
    if numbers.max() >= len(order):
        raise InputError(f"{numbers.max() + 1} labels need as many train queries, and there are {len(order)}",
                         key="labels.budgets", cure="Give more text, or lower the budget.")
    rows = order[numbers]
    queries = train.take(rows)
    tokenizer = load_tokenizer(model_path(call.inputs["policy"]))
    candidates = _kept_candidates(call, tokenizer, [query.tokens for query in queries], numbers, log)

    texts = decode(tokenizer, candidates.reshape(-1, candidates.shape[-1]).tolist())
    k = labels.candidates
    batch = f"-{settings.batch}" if isinstance(settings, OnlineLabelsSlice) else ""
    tasks = [LabelTask(id=f"{number:07d}{batch}", query=query, candidates=tuple(texts[index * k:(index + 1) * k]))
             for index, (number, query) in enumerate(zip(numbers, queries, strict=True))]
    if labels.source == "human":
        chosen = _human_choices(call, labels, tasks)
        if isinstance(chosen, Pending):
            return chosen
        best, scores = chosen, np.full((len(tasks), k), np.nan)
    else:
        best, scores = _simulated_choices(labels.labeler, tasks, numbers, seed=call.seed)
    # A task that the study's owner took out as broken has no label and counts as none.
    labelled = np.flatnonzero(best >= 0)
    table = LabelTable(queries=query_rows([queries[index].tokens for index in labelled]),
                       candidates=candidates[labelled], best=best[labelled], scores=scores[labelled],
                       rows=rows[labelled])
    table.save(call.out)
    _write_examples(call, [tasks[index] for index in labelled], table)
    return Done(_summary(table))


def _human_choices(call: StageCall[LabelsSlice], labels: HumanLabels, tasks: list[LabelTask]) -> np.ndarray | Pending:
    """People's choices so far, −1 for tasks that were taken out; Pending while any other is missing."""
    from harness.labels.human import HumanLabeler

    queue = call.settings.queue
    assert queue is not None
    labeler = HumanLabeler(queue, title=labels.title, instructions=labels.instructions)
    chosen = labeler.choose(tasks, seed=call.seed)
    retired = labeler.retired()
    missing = tuple(task.id for task, choice in zip(tasks, chosen, strict=True)
                    if choice is None and task.id not in retired)
    if missing:
        return Pending(f"{len(missing)} labels are missing in the queue {queue}", len(missing), tasks=missing)
    return np.array([-1 if choice is None else choice for choice in chosen], dtype=np.int64)


def _simulated_choices(model: ChoiceModel, tasks: list[LabelTask], numbers: np.ndarray, *,
                       seed: int) -> tuple[np.ndarray, np.ndarray]:
    simulated = SimulatedLabeler(model.scorer, noise=model.noise, lapse_rate=model.lapse_rate)
    scores = simulated.scores(tasks)
    chosen = simulated.choose(tasks, seed=seed, numbers=numbers.tolist(), scores=scores)
    return np.array(chosen, dtype=np.int64), scores


def _kept_candidates(call: StageCall[LabelsSlice], tokenizer: Any, queries: list[tuple[int, ...]], numbers: np.ndarray,
                     log: StageLog) -> np.ndarray:
    """The candidates, from the stage's folder where an earlier attempt, still waiting for people, left them."""
    path = call.out / "candidates.npy"
    if path.is_file():
        try:
            with open_sealed(path) as file:
                return np.asarray(np.load(file))
        except (DamagedFile, ValueError, EOFError) as error:
            log.say(f"damaged: {error}; sampled again")
    k = call.settings.labels.candidates
    if "trained_policy" in call.inputs:
        # With one seed for both, their samples would be alike for as long as the policies are.
        parts = [_candidates(call, "policy", tokenizer, queries, numbers, log, k=k - k // 2, stream="candidates"),
                 _candidates(call, "trained_policy", tokenizer, queries, numbers, log, k=k // 2, stream="trained")]
        found = np.concatenate(parts, axis=1)
    else:
        found = _candidates(call, "policy", tokenizer, queries, numbers, log, k=k, stream="candidates")
    if call.settings.labels.source == "human":
        write_sealed(path, lambda file: np.save(file, found))
    return found


def _candidates(call: StageCall[LabelsSlice], name: SingleInput, tokenizer: Any, queries: list[tuple[int, ...]],
                numbers: np.ndarray, log: StageLog, *, k: int, stream: str) -> np.ndarray:
    """(n, k, R) truncated responses that all obey the end rule: those which break it are never shown to a labeler.

    name: of the input that samples them. stream: of random numbers.
    """
    rule = call.settings.task.response
    policy = Policy.from_pretrained(model_path(call.inputs[name]), temperature=call.settings.task.temperature,
                                    placement=frozen(call.settings.compute))
    end = single_token(tokenizer, rule.end, key="task.response.end")
    found = np.full((len(queries), k, rule.tokens), PAD, dtype=np.int32)
    have = np.zeros(len(queries), dtype=int)
    seed = derive_seed(call.seed, stream)
    draws = _draws_at_once(call, policy, end, k)
    # Similar lengths side by side need little padding; a sample does not depend on its neighbours. The longest go
    # first: what they leave in memory is large enough for all that follow.
    by_length = np.argsort([-len(query) for query in queries], kind="stable")
    at_once = min(_MOST_AT_ONCE, sampling_micro_batch(policy, query=max(map(len, queries)), candidates=draws,
                                                      length=rule.tokens))
    for start in range(0, len(queries), at_once):
        waiting = by_length[start:start + at_once]
        for attempt in range(_MOST_ROUNDS):
            batch = TokenBatch.from_sequences([queries[index] for index in waiting])
            sampled = sample_responses(policy, batch, length=rule.tokens, seed=seed, candidates=draws,
                                       end=EndToken(end, rule.truncate_after),
                                       stream_ids=torch.from_numpy(numbers[waiting] + attempt * _ROUND_STRIDE))
            cut = truncate(sampled.tokens, end_token=end, truncate_after=rule.truncate_after)
            for index, tokens, valid in zip(waiting, cut.tokens.cpu().numpy(), cut.valid.cpu().numpy(), strict=True):
                good = tokens[valid][:k - have[index]]
                found[index, have[index]:have[index] + len(good)] = good
                have[index] += len(good)
            waiting = waiting[have[waiting] < k]
            if not len(waiting):
                break
        if len(waiting):
            raise InputError(
                f"for {len(waiting)} queries the policy hardly ever ends with {rule.end!r} at or after token "
                f"{rule.truncate_after}",
                key="task.response", cure="Choose another 'end', a lower 'truncate_after', or more 'tokens'.")
        log.progress(min(start + at_once, len(queries)), len(queries))
    return found


def _draws_at_once(call: StageCall[LabelsSlice], policy: Policy, end: int, k: int) -> int:
    """How many responses to draw so that k of them mostly obey the end rule: a query is then read once.

    The share that obeys is taken from the first train queries, not from this piece's own: label i must not depend on
    the piece it is made in.
    """
    rule = call.settings.task.response
    train = QueryTable(call.inputs["queries"] / "train.arrow")
    tokens = train.tokens(np.arange(min(_PROBED, len(train))))
    batch = TokenBatch.from_sequences(tokens)
    sampled = sample_responses(policy, batch, length=rule.tokens, candidates=k,
                               seed=derive_seed(call.seed, "probe"), stream_ids=torch.arange(len(tokens)))
    valid = truncate(sampled.tokens, end_token=end, truncate_after=rule.truncate_after).valid.double().mean().item()
    return min(4 * k, math.ceil(1.25 * k / max(valid, 0.01))) if valid < _MOSTLY else k


def _imported(call: StageCall[LabelsSlice], spec: ImportedLabels) -> Done:
    settings = call.settings
    tokenizer = load_tokenizer(model_path(call.inputs["policy"]))
    labels = read_labels(Path(spec.path), spec.format, tokenizer, candidates=spec.candidates, budget=settings.stop,
                         longest=settings.task.response.tokens)[settings.start:]
    table = imported_table(labels, settings.task, tokenizer, queries_are_bare=spec.queries == "bare")
    table.save(call.out)
    return Done(_summary(table))


def _summary(table: LabelTable) -> dict[str, float]:
    figures = {"labels": float(len(table))}
    if np.isfinite(table.scores).all():
        best = table.scores.argmax(axis=1)
        figures["agreement_with_scorer"] = float((best == table.best).mean())
        figures["mean_score"] = float(table.scores.mean())
    return figures


def _write_examples(call: StageCall[LabelsSlice], tasks: list[LabelTask], table: LabelTable) -> None:
    shown = tasks[:50]
    columns: dict[str, list[Any]] = {"label": [task.id for task in shown], "query": [task.query.text for task in shown]}
    for index in range(table.candidates.shape[1]):
        columns[f"candidate_{index}"] = [task.candidates[index] for task in shown]
    columns["best"] = table.best[:50].tolist()
    columns["source"] = [call.settings.labels.source] * len(shown)
    write_table(call.out / "labels.table.json", columns)
