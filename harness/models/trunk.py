"""One interface to any causal language model's body: hidden states where they are asked for, and decoding.

Rows are left-padded queries, optionally followed by tokens of responses. Which token may see which, and where
each stands, is written in a `Layout`; no trunk guesses it from token ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from harness.algorithms.logprobs import TokenLogprobs
from harness.errors import InputError
from harness.models.picking import Picked
from harness.models.prompts import TokenBatch
from harness.records import PAD


@dataclass(frozen=True, eq=False)
class Layout:
    """What a forward pass reads.

    tokens: (rows, time) int64 without PAD (any id stands where there is no token). positions: (rows, time) or
    (1, time) int64. visible: None where every token sees all before it in its row; else (rows or 1, time, time)
    bool, [row, t, s] whether t sees s. select: (rows, m) int64, the positions whose hidden state is wanted, or
    an int m for the last m positions. longest: how many positions the longest row takes.
    """

    tokens: Tensor
    positions: Tensor
    visible: Tensor | None
    select: Tensor | int
    longest: int


class Hidden(NamedTuple):
    """states: (rows, m, width), the last layer's normalised hidden states at `Layout.select`.

    head: the output embedding that logits of these states are to be made with, so that its gradient joins that of the
    token table; None for the trunk's own.
    """

    states: Tensor
    head: Tensor | None = None


class Decoding(Protocol):
    """A running generation: the keys and values of what has been read."""

    def step(self, tokens: Tensor) -> Tensor:
        """Read one more token of each sample, (rows, k), and give the hidden state after it, (rows, k, width)."""

    def pick(self, hidden: Tensor, chance: Tensor, *, temperature: float) -> Picked:
        """The next tokens after the hidden states, (rows, 1 or k, width), by their chances, (rows, k)."""

    def keep(self, rows: Tensor) -> None:
        """Go on with these rows alone, (n,) int64."""


class Trunk(Protocol):
    """The body of a language model, and its head.

    checkpoint_activations: keep each block's input alone for the backward pass, and compute the rest again.
    """

    checkpoint_activations: bool

    @property
    def context(self) -> int:
        """The most positions a row may have."""

    def hidden(self, layout: Layout) -> Hidden:
        """What a forward pass gives."""

    def logits(self, states: Tensor, *, temperature: float, head: Tensor | None = None) -> Tensor:
        """(..., vocabulary), divided by the temperature. states: (..., width). head: see `Hidden`."""

    def token_logprobs(self, states: Tensor, tokens: Tensor, *, temperature: float,
                       head: Tensor | None = None) -> TokenLogprobs:
        """Of the tokens, (...) int64, after the hidden states, (..., width). head: see `Hidden`."""

    def cached(self, *, query: int, candidates: int, length: int) -> int:
        """How many numbers a decoding keeps of one query of so many tokens: keys and values."""

    def prefill(self, queries: TokenBatch, *, candidates: int, length: int) -> tuple[Tensor, Decoding]:
        """The hidden state after each query, (rows, width), and a decoding of k candidates of `length` tokens."""


def require_context(wanted: int, context: int) -> None:
    """Raises InputError where a row would be longer than the model can read."""
    if wanted > context:
        raise InputError(f"a query and its response take {wanted} positions, the model has {context}",
                         cure="Shorten the query or the response, or take a model with a longer context")


def causal(time: int, device: torch.device) -> Tensor:
    """(time, time) bool: [t, s] whether s is not after t."""
    return torch.ones(time, time, dtype=torch.bool, device=device).tril()


def _hide_padding(visible: Tensor, is_token: Tensor) -> Tensor:
    """(rows, time, time) bool: as `visible`, (time, time), but only tokens are seen.

    A padding position sees itself, so that its softmax stays finite; nothing ever looks at the result.
    """
    itself = torch.eye(visible.shape[0], dtype=torch.bool, device=visible.device)
    return visible & is_token[:, None, :] | itself


def visible_with_padding(is_token: Tensor) -> Tensor:
    """(rows, time, time) bool: causal, and only tokens are seen."""
    return _hide_padding(causal(is_token.shape[1], is_token.device), is_token)


def sequence_layout(tokens: Tensor, *, select: Tensor | int, longest: int | None = None) -> Layout:
    """Plain rows: positions count the tokens of a row, padding on either side is seen by none.

    tokens: with PAD. longest: how many tokens the longest row has, where any row has padding; None where none has.
    """
    if longest is None:
        positions = torch.arange(tokens.shape[1], device=tokens.device)[None]
        return Layout(tokens, positions, None, select, tokens.shape[1])
    is_token = tokens != PAD
    positions = (is_token.cumsum(dim=1) - 1).clamp(min=0)
    return Layout(tokens.clamp(min=0), positions, visible_with_padding(is_token), select, longest)


def response_layout(queries: TokenBatch, responses: Tensor) -> Layout:
    """Queries with one whole response each, (rows, R), seen where the response's tokens are predicted.

    The last response token is not read: nothing is predicted after it.
    """
    queries = queries.left_padded
    tokens = torch.cat([queries.tokens, responses[:, :-1]], dim=1)
    longest = queries.longest + responses.shape[1] - 1 if queries.is_padded else None
    return sequence_layout(tokens, select=responses.shape[1], longest=longest)


def candidates_layout(queries: TokenBatch, candidates: Tensor) -> Layout:
    """Queries with k truncated responses each, (rows, k, R), PAD after their ends.

    A query is read once and seen by all its candidates; they do not see each other. Selected is each
    candidate's last token, (rows, k). What stands after it is seen by nothing that is selected, so it needs
    no mask. A candidate without any token is read as its first position: truncation never makes one.
    """
    queries = queries.left_padded
    rows, k, length = candidates.shape
    device, time = candidates.device, queries.tokens.shape[1]
    last = (candidates != PAD).sum(dim=2).clamp(min=1) - 1
    starts = time + torch.arange(k, device=device) * length
    tokens = torch.cat([queries.tokens, candidates.reshape(rows, k * length)], dim=1).clamp(min=0)
    query_positions = (queries.is_token.cumsum(dim=1) - 1).clamp(min=0)
    offsets = torch.arange(length, device=device).repeat(k)
    positions = torch.cat([query_positions, queries.lengths[:, None] + offsets], dim=1)
    visible = None
    if k > 1 or queries.is_padded:
        shared = _branches_visible(time, k=k, length=length, device=device)
        readable = torch.ones(rows, k * length, dtype=torch.bool, device=device)
        visible = (_hide_padding(shared, torch.cat([queries.is_token, readable], dim=1))
                   if queries.is_padded else shared[None])
    return Layout(tokens, positions, visible, starts + last, queries.longest + length)


def _branches_visible(time: int, *, k: int, length: int, device: torch.device) -> Tensor:
    """(time + k·length,) squared, bool: a trunk of `time` tokens that each of k branches continues by itself."""
    branch = torch.arange(-time, k * length, device=device).clamp(min=-1).div(length, rounding_mode="floor")
    same = (branch[:, None] == branch[None, :]) | (branch[None, :] < 0)
    return same & causal(time + k * length, device)
