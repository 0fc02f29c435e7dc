"""Stage: many samples of the policy that training starts from, to some validation queries."""

from __future__ import annotations

import numpy as np
import torch

from harness.algorithms.responses import truncate
from harness.artifacts.call import StageCall
from harness.artifacts.files import model_path
from harness.artifacts.log import StageLog
from harness.labels.frontier_samples import FrontierSamples
from harness.labels.scorers import get_scorer
from harness.models.generation import EndToken, sample_responses
from harness.models.loading import load_tokenizer
from harness.models.placement import frozen
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.records import Done
from harness.study.slices import FrontierSamplesSlice
from harness.tasks.query_table import read_queries
from harness.tasks.text_tokens import decode, single_token


def run(call: StageCall[FrontierSamplesSlice], log: StageLog) -> Done:
    """One file for all budgets and seeds, whose rewards the PPO stages add."""
    settings, rule = call.settings, call.settings.task.response
    path = model_path(call.inputs["policy"])
    tokenizer = load_tokenizer(path)
    policy = Policy.from_pretrained(path, temperature=settings.task.temperature, placement=frozen(settings.compute))
    queries = read_queries(call.inputs["queries"] / "valid.arrow")[:settings.queries]
    end = single_token(tokenizer, rule.end, key="task.response.end")
    sampled = sample_responses(policy, TokenBatch.from_sequences([query.tokens for query in queries]).to(policy.device),
                               length=rule.tokens, seed=call.seed, candidates=settings.samples,
                               end=EndToken(end, rule.truncate_after), stream_ids=torch.arange(len(queries)))
    cut = truncate(sampled.tokens.cpu(), end_token=end, truncate_after=rule.truncate_after)
    figures = {"valid": float(cut.valid.double().mean())}
    gold = np.full(cut.valid.shape, np.nan)
    if settings.gold_scorer is not None:
        texts = decode(tokenizer, cut.tokens.flatten(0, 1).tolist())
        each = [query for query in queries for _ in range(settings.samples)]
        gold = np.asarray(get_scorer(settings.gold_scorer)(each, texts), dtype=np.float64).reshape(gold.shape)
        figures["gold_score"] = float(gold.mean())
    FrontierSamples(cut.tokens.numpy().astype(np.int32), cut.valid.numpy(), gold).save(call.out)
    return Done(figures)
