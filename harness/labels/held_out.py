"""What a policy gains for its KL: measured on validation queries while it trains, beside many samples of ρ to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from harness.algorithms.responses import penalize, truncate
from harness.labels.frontier_samples import FrontierSamples
from harness.labels.simulated import SimulatedLabeler
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.records import Query
from harness.seeds import derive_seed
from harness.tasks.text_tokens import decode, single_token
from harness.training.kl_measure import sampled_with_kl
from harness.training.rollout import Score
from harness.training.settings import EndRule

_RESPONSES = 2
"""Of the policy to each query, whenever it is measured. The queries are always the same, so that times compare."""
_FEWEST_TIMES, _MOST_TIMES = 4, 12
_BATCHES_A_TIME = 10
"""A measurement takes no longer than a batch, so together they add a tenth at most, but for the shortest runs."""


def measured_steps(total: int, *, every: int) -> set[int]:
    """The PPO batches after which a policy is measured: multiples of `every`, closer where its KL moves most."""
    times = min(_MOST_TIMES, max(_FEWEST_TIMES, total // _BATCHES_A_TIME))
    return {every * max(1, int(total * (number / times) ** 2 / every)) for number in range(1, times + 1)}


class HeldOut:
    """The queries that `samples` answers. score: of responses to them. labeler: None where people label."""

    def __init__(self, samples: FrontierSamples, queries: Sequence[Query], tokenizer: Any, *, rule: EndRule,
                 score: Score, labeler: SimulatedLabeler | None, seed: int) -> None:
        self._samples, self._queries = samples, list(queries)[:len(samples.valid)]
        self._tokenizer, self._rule, self._score, self._labeler, self._seed = tokenizer, rule, score, labeler, seed
        self._end = single_token(tokenizer, rule.end, key="task.response.end")

    def rewards_of_reference(self) -> np.ndarray:
        """(q, k): the rewards of the samples of ρ, the penalty in the place of the score where it is due."""
        batch = TokenBatch.from_sequences([query.tokens for query in self._queries])
        return self._rewards(batch, torch.from_numpy(self._samples.responses.astype(np.int64)),
                             torch.from_numpy(self._samples.valid))

    def metrics(self, policy: Policy, reference: Policy) -> dict[str, float]:
        """Means over fresh responses: KL (nats an episode) and reward; with a simulated labeler its own score, and how
        often it would prefer them to samples of ρ.
        """
        each = [query for query in self._queries for _ in range(_RESPONSES)]
        batch = TokenBatch.from_sequences([query.tokens for query in each])
        tokens, kl = sampled_with_kl(policy, reference, batch, length=self._rule.tokens,
                                     seed=derive_seed(self._seed, "held out"))
        cut = truncate(tokens.cpu(), end_token=self._end, truncate_after=self._rule.truncate_after)
        figures = {"held_out/kl": float(kl.mean()),
                   "held_out/score": float(self._rewards(batch, cut.tokens, cut.valid).mean())}
        if self._labeler is not None:
            gold = self._labeler.scores_of(each, decode(self._tokenizer, cut.tokens.tolist()))
            wins = self._labeler.chance_preferred(gold.reshape(-1, _RESPONSES, 1) - self._samples.gold[:, None, :])
            figures |= {"held_out/gold_score": float(gold.mean()), "held_out/win_rate": float(wins.mean())}
        return figures

    def _rewards(self, queries: TokenBatch, responses: torch.Tensor, valid: torch.Tensor) -> np.ndarray:
        scores = self._score(queries, responses).double().cpu()
        return np.asarray(penalize(scores, valid, penalty=self._rule.penalty).numpy())
