"""Log-probabilities of chosen tokens from a model's logits, through the compiled kernel where it can be used."""

from __future__ import annotations

from torch import Tensor

from harness.algorithms import logprobs as plain
from harness.kernels.facade import logits as kernel


def token_logprobs(logits: Tensor, tokens: Tensor) -> plain.TokenLogprobs:
    """See `algorithms.logprobs.token_logprobs`, at temperature 1."""
    if kernel.serves(logits):
        return plain.TokenLogprobs(*kernel.token_logprobs(logits, tokens))
    return plain.token_logprobs(logits, tokens)
