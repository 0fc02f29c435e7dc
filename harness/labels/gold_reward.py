"""The simulated labeler's own scorer as the reward of PPO: the upper bound of the paper's mock task (Ziegler 3.1.1)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from harness.algorithms.normalization import gain_and_bias
from harness.errors import InputError
from harness.labels.reference_samples import reference_samples
from harness.labels.scorers import get_scorer
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.tasks.query_table import QueryTable
from harness.tasks.text_tokens import decode
from harness.training.rollout import Score
from harness.training.settings import EndRule


class GoldReward:
    """Scores with mean 0 and variance 1 on samples of the reference policy, as a reward model's have."""

    def __init__(self, name: str, reference: Policy, tokenizer: Any, table: QueryTable, *, samples: int, rule: EndRule,
                 seed: int) -> None:
        """Raises InputError where the scorer gives every sample the same score."""
        self._scorer, self._tokenizer = get_scorer(name), tokenizer
        drawn = reference_samples(reference, tokenizer, table, count=samples, rule=rule, seed=seed)
        try:
            self.scale = gain_and_bias(self._raw(table, drawn.rows, drawn.responses))
        except ValueError as error:
            raise InputError(f"the scorer '{name}' cannot be a reward: {error}", key="policies",
                             cure="Choose another scorer, or reward: model.") from None

    def of(self, table: QueryTable, rows: np.ndarray) -> Score:
        """The scores of responses to these rows of a query table, in this order."""
        def score(queries: TokenBatch, responses: Tensor) -> Tensor:
            raw = self._raw(table, rows, responses)
            return (self.scale.gain * raw + self.scale.bias).to(responses.device)

        return score

    def _raw(self, table: QueryTable, rows: np.ndarray, responses: Tensor) -> Tensor:
        """responses: (n, R), or (n, k, R) for k of each row."""
        length = responses.shape[-1]
        each = np.repeat(rows, responses[0].numel() // length)
        texts = decode(self._tokenizer, responses.cpu().reshape(-1, length).tolist())
        raw = np.asarray(self._scorer(table.take(each), texts), dtype=np.float64)
        return torch.from_numpy(raw).reshape(responses.shape[:-1])
