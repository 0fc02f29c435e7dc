"""Samples of the reference policy on train queries, on which the scale of a reward is set (Ziegler 2.1)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from harness.algorithms.responses import truncate
from harness.models.generation import sample_responses
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.seeds import derive_seed, numpy_generator
from harness.tasks.query_table import QueryTable
from harness.tasks.text_tokens import single_token
from harness.training.settings import EndRule

_SAMPLED_AT_ONCE = 256


class ReferenceSamples(NamedTuple):
    """rows: (n,) of the query table. queries: n rows. responses: (n, R), truncated."""

    rows: np.ndarray
    queries: TokenBatch
    responses: Tensor


def reference_samples(policy: Policy, tokenizer: object, table: QueryTable, *, count: int, rule: EndRule,
                      seed: int) -> ReferenceSamples:
    """One response to each of `count` train queries, drawn with replacement."""
    rows = numpy_generator(seed, "normalization").integers(len(table), size=count)
    queries = TokenBatch.from_sequences(table.tokens(rows))
    sampled = sample_responses(policy, queries, length=rule.tokens, seed=derive_seed(seed, "normalization"),
                               stream_ids=torch.arange(len(queries)), micro_batch=_SAMPLED_AT_ONCE)
    end = single_token(tokenizer, rule.end, key="task.response.end")
    responses = sampled.tokens.squeeze(1).cpu()
    cut = truncate(responses, end_token=end, truncate_after=rule.truncate_after)
    return ReferenceSamples(rows, queries, cut.tokens)
