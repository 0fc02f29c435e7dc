"""The trunk of small GPT-2-shaped models in single precision on a CPU, through compiled kernels.

There torch's own operators spend more time between the matrix products than in them.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from harness.algorithms.logprobs import TokenLogprobs
from harness.kernels.facade import SMALL, Blocks, Decoding, Embeddings, Rows, Shape, Vocabulary, cache_sizes
from harness.models.attention import rows_of
from harness.models.gpt2_trunk import GPT2Trunk
from harness.models.picking import Picked
from harness.models.prompts import TokenBatch
from harness.models.threaded import NARROW
from harness.models.trunk import Hidden, Layout, require_context, sequence_layout

MULTIPLE = 16
"""The kernels' rows are whole vectors."""


def serves(body: Any) -> bool:
    """Whether the kernels compute a body that GPT2Trunk serves, when it is in single precision on the CPU."""
    width = int(body.config.n_embd)
    inner = body.config.n_inner or 4 * width
    return width <= NARROW and width % MULTIPLE == 0 and inner == 4 * width and SMALL.is_available()


class CompiledTrunk(GPT2Trunk):
    """See `trunk.Trunk`. Its parent does what the kernels do not: half precision, and a GPU."""

    def __init__(self, body: Any, head: Any | None = None) -> None:
        super().__init__(body, head)
        self.shape = Shape(width=int(body.config.n_embd), heads=self._heads, epsilon=self._epsilon,
                           scales=tuple(layer.scale for layer in self._layers))

    @property
    def parameters(self) -> list[Tensor]:
        return [tensor for layer in self._layers for pair in layer[:-1] for tensor in pair] + list(self._norm)

    def _compiled(self) -> bool:
        table = self._token_table
        return table.dtype is torch.float32 and table.device.type == "cpu"

    def hidden(self, layout: Layout) -> Hidden:
        if not self._compiled():
            return super().hidden(layout)
        require_context(layout.longest, self.context)
        x = self._embed(layout.tokens, layout.positions)
        return Hidden(_Hidden.apply(  # type: ignore[no-untyped-call]
            x, rows_of(layout), self.shape, self.checkpoint_activations, *self.parameters))

    def token_logprobs(self, states: Tensor, tokens: Tensor, *, temperature: float,
                       head: Tensor | None = None) -> TokenLogprobs:
        if self._head is None or not self._compiled():
            return super().token_logprobs(states, tokens, temperature=temperature, head=head)
        logprobs, entropies = _TokenLogprobs.apply(  # type: ignore[no-untyped-call]
            states.reshape(-1, self.shape.width), self._head, tokens.reshape(-1), temperature)
        return TokenLogprobs(logprobs.view(tokens.shape), entropies.view(tokens.shape))

    def cached(self, *, query: int, candidates: int, length: int) -> int:
        if not self._compiled():
            return super().cached(query=query, candidates=candidates, length=length)
        return len(self.shape.scales) * sum(cache_sizes(self.shape, candidates=candidates, time=query, length=length))

    def prefill(self, queries: TokenBatch, *, candidates: int, length: int) -> tuple[Tensor, Any]:
        if not self._compiled():
            return super().prefill(queries, candidates=candidates, length=length)
        queries = queries.left_padded
        require_context(queries.longest + length, self.context)
        layout = sequence_layout(queries.tokens, select=1, longest=queries.longest if queries.is_padded else None)
        assert self._head is not None
        decoding = CompiledDecoding(
            Blocks(self.shape, self.parameters), self._embed(layout.tokens, layout.positions), rows_of(layout),
            lengths=queries.lengths, candidates=candidates, length=length,
            embeddings=Embeddings(self._token_table, self._position_table, self._head))
        return decoding.first_hidden, decoding


class CompiledDecoding(Decoding):
    """See `trunk.Decoding`."""

    def pick(self, hidden: Tensor, chance: Tensor, *, temperature: float) -> Picked:
        return Picked(*super().pick(hidden, chance, temperature=temperature))


class _Hidden(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, rows: Rows, shape: Shape, checkpoint: bool, *parameters: Tensor) -> Tensor:
        x, wanted = x.contiguous(), any(ctx.needs_input_grad)
        out, kept = Blocks(shape, parameters).forward(x, rows, keep=wanted and not checkpoint)
        if wanted:
            ctx.save_for_backward(x if kept is None else kept, *parameters)
            ctx.rows, ctx.shape, ctx.checkpoint = rows, shape, checkpoint
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        saved, *parameters = ctx.saved_tensors
        grad, rows = grads[0].contiguous(), ctx.rows
        backward = Blocks(ctx.shape, parameters, for_backward=True)
        gradients = [torch.zeros_like(parameter) for parameter in parameters]
        if not ctx.checkpoint:
            return backward.backward(grad, rows, saved, gradients), None, None, None, *gradients
        # One row at a time is made again.
        forward, parts = Blocks(ctx.shape, parameters), []
        for row in range(len(grad)):
            here = rows.at(row)
            _, kept = forward.forward(saved[row:row + 1], here, keep=True)
            assert kept is not None
            parts.append(backward.backward(grad[row:row + 1], here, kept, gradients))
        return torch.cat(parts), None, None, None, *gradients


class _TokenLogprobs(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, hidden: Tensor, table: Tensor, tokens: Tensor, temperature: float) -> tuple[Tensor, Tensor]:
        hidden, table, tokens = hidden.contiguous(), table.contiguous(), tokens.contiguous()
        found = Vocabulary(hidden.detach(), table.detach(), tokens, temperature).logprobs()
        ctx.save_for_backward(hidden, table, tokens, found.normalizers)
        ctx.temperature = temperature
        ctx.mark_non_differentiable(found.entropies)
        return found.logprobs, found.entropies

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        hidden, table, tokens, normalizers = ctx.saved_tensors
        vocabulary = Vocabulary(hidden, table, tokens, ctx.temperature)
        return *vocabulary.backward(normalizers, grads[0].contiguous()), None, None
