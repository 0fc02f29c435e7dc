"""How much memory PPO takes, from the shapes alone: for a plan, before anything is loaded. Pure, without torch.

The largest parts are counted tensor by tensor as `models.gpt2_trunk` makes them with torch's operators; tests compare
them with the tensors of a real forward pass. (What goes through `harness.kernels`, small models above all, keeps less.)
What is left out (the allocator's waste, kernels' workspace, libraries) is a few percent on top.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from harness.models.micro_batch import queries_per_micro_batch, rows_per_micro_batch
from harness.training.settings import ComputeSettings, EndRule, PPOSettings

SINGLE = 4


@dataclass(frozen=True, kw_only=True)
class TransformerShape:
    """A GPT-2. layers, width, heads, vocabulary; context: positions with an embedding; tied: head and token table."""

    layers: int
    width: int
    heads: int
    vocabulary: int
    context: int
    tied: bool = True

    @property
    def parameters(self) -> int:
        """Weights of body and language-model head (GPT-2 124M, 355M, 774M, 1.5B are 124.4, 354.8, 774.0, 1557.6M)."""
        w = self.width
        block = 12 * w * w + 13 * w
        tables = (self.vocabulary * (1 if self.tied else 2) + self.context) * w
        return self.layers * block + tables + 2 * w


@dataclass(frozen=True, kw_only=True)
class PPOMemory:
    """Bytes. policy: its weights, and their copy in half precision. frozen_models: reference policy and reward model.

    gradients, adam: in single precision. activations: kept by one micro-batch for its backward pass. logits: of
    that micro-batch. sampling: keys, values and logits of the queries that are sampled from together, which a GPU's
    graph keeps while the model trains.
    """

    policy: int
    frozen_models: int
    gradients: int
    adam: int
    activations: int
    logits: int
    sampling: int

    @property
    def peak(self) -> int:
        """The most that is held at one time on a GPU; on a CPU less, where sampling gives its memory back."""
        return sum(size for _, size in self.rows())

    def rows(self) -> list[tuple[str, int]]:
        """(name, bytes) of every part, for a table."""
        return [(field.name, getattr(self, field.name)) for field in fields(self)]


def ppo_memory(shape: TransformerShape, *, settings: PPOSettings, compute: ComputeSettings, query_tokens: int,
               response: EndRule, fused: bool = True) -> PPOMemory:
    """What PPO on this shape holds. fused: attention and activation in one kernel each, as on a GPU."""
    number = 2 if compute.precision == "bf16" else SINGLE
    weights, time = shape.parameters, query_tokens + response.tokens
    device = "cuda" if fused else "cpu"
    rows = settings.micro_batch or rows_per_micro_batch(time=time, width=shape.width, device=device,
                                                        logits_per_row=response.tokens * shape.vocabulary)
    rows = min(rows, settings.batch_size // settings.minibatches)
    sampled = queries_per_micro_batch(device=device, width=shape.width, candidates=1, logits_per_query=shape.vocabulary,
                                      cache_per_query=_cached(shape, tokens=time))
    half_copy = weights * number if number < SINGLE else 0
    return PPOMemory(
        policy=weights * SINGLE + half_copy,
        frozen_models=2 * weights * number,
        # In half precision the gradient of the micro-batch at hand stands beside the sum.
        gradients=weights * SINGLE + half_copy,
        adam=2 * weights * SINGLE,
        activations=rows * activation_bytes(shape, time=time, number=number, fused=fused,
                                            checkpoint=compute.checkpoint_activations),
        logits=rows * response.tokens * logits_bytes(shape.vocabulary, number=number),
        sampling=min(settings.batch_size, sampled) * sampling_bytes(
            shape, query_tokens=query_tokens, response=response.tokens, number=number),
    )


def activation_bytes(shape: TransformerShape, *, time: int, number: int, fused: bool, checkpoint: bool) -> int:
    """What the blocks keep of one row of `time` positions for the backward pass. number: bytes of one.

    The last block is counted whole, though it is computed at the response's positions only.
    """
    layer = _kept_by_a_block(shape, time=time, number=number, fused=fused)
    if not checkpoint:
        return shape.layers * layer
    return shape.layers * time * shape.width * number + layer


def _kept_by_a_block(shape: TransformerShape, *, time: int, number: int, fused: bool) -> int:
    """In widths: both norms' inputs and outputs (4), q, k and v (3), what attention gives, and what the feed-forward
    layer keeps at 4 widths each: before and after its activation, and the activation's slope where it is not fused.

    Attention keeps its result once more where it is fused, and its probabilities where it is not.
    """
    widths = 4 + 3 + 1 + (8 + 1 if fused else 12)
    probabilities = 0 if fused else shape.heads * time * time
    statistics = 2 * 2 * time * SINGLE
    return (widths * shape.width * time + probabilities) * number + statistics


def logits_bytes(vocabulary: int, *, number: int) -> int:
    """Of one position in training: logits, their probabilities and their gradients, wide ones in single precision."""
    widened = SINGLE if number < SINGLE else 0
    return vocabulary * (2 * number + widened + 2 * SINGLE)


def _cached(shape: TransformerShape, *, tokens: int) -> int:
    """Numbers among the keys and values of so many tokens."""
    return 2 * shape.layers * shape.width * tokens


def sampling_bytes(shape: TransformerShape, *, query_tokens: int, response: int, number: int,
                   candidates: int = 1) -> int:
    """Of one query while its candidates are sampled: keys and values of query and candidates, and one step's logits.

    The logits of a step become log-probabilities, probabilities, and their sum in double precision.
    """
    cache = _cached(shape, tokens=query_tokens + candidates * response) * number
    widened = SINGLE if number < SINGLE else 0
    return cache + candidates * shape.vocabulary * (number + widened + 2 * SINGLE + 2 * SINGLE)
