"""Stage: the responses of one arm to the test queries, which are the same for every arm."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from harness.algorithms.responses import penalize, truncate
from harness.artifacts.call import StageCall
from harness.artifacts.files import model_path, write_samples, write_table
from harness.artifacts.log import StageLog
from harness.artifacts.snapshots import mixture_at, read_snapshots
from harness.errors import InputError
from harness.models.generation import EndToken, sample_responses, sampling_micro_batch
from harness.models.loading import load_tokenizer
from harness.models.placement import frozen
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.models.reward import RewardModel
from harness.records import PAD, Done, Query, Sample
from harness.seeds import numpy_generator
from harness.statistics.frontier import best_of_kl
from harness.study.slices import BestOfSlice, SampleSlice, TextBaseline, TextsSlice
from harness.tasks.query_table import read_queries
from harness.tasks.text_tokens import decode, single_token
from harness.text.copying import lead, random_sentences
from harness.text.tokenization import load_tokenizer as load_word_tokenizer
from harness.training.rollout import evaluate_in_micro_batches, sampled_logprobs_and_values

_AT_ONCE = 64
_TABLE_ROWS = 100


def run(call: StageCall[SampleSlice], log: StageLog) -> Done:
    """Sample a policy, or take the texts of a baseline that no model writes."""
    queries = read_queries(call.inputs["queries"] / "test.arrow")
    if isinstance(call.settings, TextsSlice):
        samples, scores = _text_samples(call, call.settings.baseline, queries), None
    elif isinstance(call.settings, BestOfSlice):
        samples, scores = _best_of_samples(call, call.settings.n, queries, log)
    else:
        samples, scores = _policy_samples(call, queries, log)
    write_samples(call.out, samples)
    shown = slice(0, _TABLE_ROWS)
    write_table(call.out / "samples.table.json", {
        "query": [query.text for query in queries[shown]], "response": [sample.text for sample in samples[shown]],
        "score": (scores if scores is not None else [None] * len(samples))[shown],
        "kl": [sample.kl_to_reference for sample in samples[shown]],
        "valid": [sample.valid for sample in samples[shown]]})
    figures = {"valid": float(np.mean([sample.valid for sample in samples]))}
    if samples[0].tokens:  # texts that no model wrote have none
        figures["mean_tokens"] = float(np.mean([len(sample.tokens) for sample in samples]))
    if samples[0].kl_to_reference is not None:
        figures["kl_to_reference"] = float(np.mean([sample.kl_to_reference for sample in samples]))
    if scores is not None:
        figures["reward_model_score"] = float(np.mean(scores))
    return Done(figures)


def _sampled_policy(call: StageCall[SampleSlice], folder: Path) -> tuple[Policy, Any, int]:
    """The policy that writes the responses, its tokenizer, and the token that ends a response. folder: of its weights.
    """
    path, task = model_path(folder), call.settings.task
    tokenizer = load_tokenizer(path)
    policy = Policy.from_pretrained(path, temperature=task.temperature, placement=frozen(call.settings.compute))
    return policy, tokenizer, single_token(tokenizer, task.response.end, key="task.response.end")


def _policy_samples(call: StageCall[SampleSlice], queries: list[Query],
                    log: StageLog) -> tuple[list[Sample], list[float] | None]:
    """As the policy is at the end of its training, or as it was at a KL: there each query is answered by one of two
    snapshots, drawn so that the mean over queries is that KL.
    """
    policy, at_kl, place = call.inputs["policy"], call.settings.at_kl, frozen(call.settings.compute)
    reference = Policy.from_pretrained(model_path(call.inputs["reference_policy"]), placement=place,
                                       temperature=call.settings.task.temperature)
    reward_folder = call.inputs.get("reward_model")
    reward_model = RewardModel.from_pretrained(model_path(reward_folder), placement=place) if reward_folder else None
    answers = partial(_answers, call, queries=queries, reference=reference, reward_model=reward_model, log=log)
    if at_kl is None:
        found = answers(policy, rows=np.arange(len(queries)))
    else:
        mixture = mixture_at(at_kl, read_snapshots(policy))
        upper = numpy_generator(call.seed, "snapshot").random(len(queries)) < mixture.share_upper
        found = {}
        for snapshot, rows in ((mixture.lower, np.flatnonzero(~upper)), (mixture.upper, np.flatnonzero(upper))):
            if len(rows):
                found |= answers(policy / snapshot.folder, rows=rows)
    samples = [found[row][0] for row in range(len(queries))]
    return samples, [found[row][1] for row in range(len(queries))] if reward_model is not None else None


@torch.no_grad()
def _answers(call: StageCall[SampleSlice], folder: Path, *, queries: list[Query], rows: np.ndarray, reference: Policy,
             reward_model: RewardModel | None, log: StageLog) -> dict[int, tuple[Sample, float]]:
    """To the queries of these rows, with the reward model's score of each (NaN without one). folder: of the weights."""
    rule, place = call.settings.task.response, frozen(call.settings.compute)
    policy, tokenizer, end = _sampled_policy(call, folder)
    found: dict[int, tuple[Sample, float]] = {}
    for start in range(0, len(rows), _AT_ONCE):
        these = rows[start:start + _AT_ONCE]
        batch = TokenBatch.from_sequences([queries[row].tokens for row in these]).to(place.device)
        sampled = sample_responses(policy, batch, length=rule.tokens, seed=call.seed,
                                   stream_ids=torch.from_numpy(these))
        tokens = sampled.tokens.squeeze(1)
        cut = truncate(tokens, end_token=end, truncate_after=rule.truncate_after)
        logprobs, _ = sampled_logprobs_and_values(policy, batch, sampled)
        kl = (logprobs - evaluate_in_micro_batches(reference, batch, tokens)[0]).sum(dim=1).tolist()
        scores = [math.nan] * len(these) if reward_model is None else reward_model.score(batch, cut.tokens).tolist()
        texts = decode(tokenizer, cut.tokens.tolist())
        for place_in_batch, row in enumerate(these.tolist()):
            kept = tuple(token for token in cut.tokens[place_in_batch].tolist() if token != PAD)
            sample = _sample(call, queries[row], texts[place_in_batch], kept, bool(cut.valid[place_in_batch]),
                             kl[place_in_batch])
            found[row] = sample, scores[place_in_batch]
        log.progress(min(start + _AT_ONCE, len(rows)), len(rows))
    return found


@torch.no_grad()
def _best_of_samples(call: StageCall[SampleSlice], n: int, queries: list[Query],
                     log: StageLog) -> tuple[list[Sample], list[float] | None]:
    """Of n samples of ρ the one with the highest score; what breaks the end rule has the penalty for its score."""
    task, rule, place = call.settings.task, call.settings.task.response, frozen(call.settings.compute)
    policy, tokenizer, end = _sampled_policy(call, call.inputs["policy"])
    reward_model = RewardModel.from_pretrained(model_path(call.inputs["reward_model"]), placement=place)
    at_once = min(_AT_ONCE, sampling_micro_batch(policy, query=task.query_tokens, candidates=n, length=rule.tokens))
    samples: list[Sample] = []
    scores: list[float] = []
    for start in range(0, len(queries), at_once):
        some = queries[start:start + at_once]
        batch = TokenBatch.from_sequences([query.tokens for query in some]).to(place.device)
        sampled = sample_responses(policy, batch, length=rule.tokens, seed=call.seed, candidates=n,
                                   end=EndToken(end, rule.truncate_after),
                                   stream_ids=torch.arange(start, start + len(some)))
        cut = truncate(sampled.tokens, end_token=end, truncate_after=rule.truncate_after)
        raw = reward_model.score(batch, cut.tokens)
        best = penalize(raw, cut.valid, penalty=rule.penalty).argmax(dim=1)
        rows = torch.arange(len(some), device=best.device)
        tokens, valid = cut.tokens[rows, best].tolist(), cut.valid[rows, best].tolist()
        scores += raw[rows, best].tolist()
        for query, text, row, ends in zip(some, decode(tokenizer, tokens), tokens, valid, strict=True):
            kept = tuple(token for token in row if token != PAD)
            samples.append(_sample(call, query, text, kept, ends, best_of_kl(n)))
        log.progress(min(start + at_once, len(queries)), len(queries))
    return samples, scores


def _text_samples(call: StageCall[SampleSlice], baseline: TextBaseline, queries: list[Query]) -> list[Sample]:
    words, task = load_word_tokenizer(), call.settings.task
    samples = []
    for number, query in enumerate(queries):
        if baseline == "reference":
            text = query.reference
        elif query.source is None or task.kind == "continuation":
            text = None
        elif baseline == "lead":
            text = lead(query.source, task.lead_sentences)
        else:
            length = len(words.tokens(query.reference or "")) or 30
            text = random_sentences(query.source, length, numpy_generator(call.seed, number))
        if text is None:
            raise InputError(f"query {query.id} has no text for the baseline {baseline}",
                             key="evaluation.baselines", cure=f"Leave {baseline} out.")
        samples.append(_sample(call, query, text, (), True, None))
    return samples


def _sample(call: StageCall[SampleSlice], query: Query, text: str, tokens: tuple[int, ...], valid: bool,
            kl: float | None) -> Sample:
    assert call.arm is not None
    return Sample(query_id=query.id, arm=call.arm, text=text.strip(), tokens=tokens, valid=valid, kl_to_reference=kl)
