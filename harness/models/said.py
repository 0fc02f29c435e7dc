"""What a model says of tokens, from its logits: through the kernel where it serves, else through torch's operators."""

from __future__ import annotations

from torch import Tensor

from harness.algorithms import logprobs as plain
from harness.kernels import logits as kernel


def token_logprobs(logits: Tensor, tokens: Tensor) -> plain.TokenLogprobs:
    """See `algorithms.logprobs.token_logprobs`, at temperature 1."""
    if kernel.serves(logits):
        return plain.TokenLogprobs(*kernel.token_logprobs(logits, tokens))
    return plain.token_logprobs(logits, tokens)
