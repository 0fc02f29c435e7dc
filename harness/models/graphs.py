"""Sampling as one CUDA graph: thousands of small kernels launched at once, with the host out of the way."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import Tensor

from harness.models.generation import Responses, sample_responses, sampling_micro_batch
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch

MOST = 4
"""Shapes that get a graph. Others are sampled without one."""

WARM_UPS = 2


class SamplingGraphs:
    """Called like `sample_responses`, with the same numbers; a graph is made for each shape when it is first met.

    A graph reads the policy's weights where they lie, so it goes on with weights that an optimizer moves in place.
    """

    def __init__(self) -> None:
        self._graphs: dict[tuple[Any, ...], _Graph | None] = {}
        # One memory pool for all: they never run at the same time, and what they give is copied out directly.
        self._pool = torch.cuda.graph_pool_handle()

    def __call__(self, policy: Policy, queries: TokenBatch, *, stream_ids: Tensor, **settings: Any) -> Responses:
        queries = queries.to(policy.device)
        rows = len(queries)
        most = sampling_micro_batch(policy, query=queries.tokens.shape[1], length=settings["length"],
                                    candidates=settings.get("candidates", 1))
        size = -(-rows // -(-rows // most))
        found = []
        for start in range(0, rows, size):
            # The last ones again with some before them, so that all have the size of one graph.
            first = min(start, rows - size)
            part = self._sample(policy, queries[first:first + size], stream_ids[first:first + size], settings)
            found.append([None if x is None else x[start - first:] for x in part])
        tokens, logprobs, values = zip(*found, strict=True)
        return Responses(torch.cat(tokens), torch.cat(logprobs), None if values[0] is None else torch.cat(values))

    def _sample(self, policy: Policy, queries: TokenBatch, stream_ids: Tensor, settings: dict[str, Any]) -> Responses:
        shape = (id(policy), *queries.tokens.shape, queries.is_padded, *sorted(settings.items()))
        if shape not in self._graphs and len(self._graphs) < MOST:
            self._graphs[shape] = self._graph(policy, queries, stream_ids, settings)
        graph = self._graphs.get(shape)
        if graph is None:
            return sample_responses(policy, queries, stream_ids=stream_ids, **settings)
        return graph.replay(queries, stream_ids)

    def _graph(self, policy: Policy, queries: TokenBatch, stream_ids: Tensor,
               settings: dict[str, Any]) -> _Graph | None:
        """None where this model cannot be recorded: an architecture may ask the host in its forward pass."""
        try:
            return _Graph(policy, queries, stream_ids, settings, self._pool)
        except RuntimeError as error:
            warnings.warn(f"sampling goes on without a CUDA graph ({error})", stacklevel=2)
            return None


class _Graph:
    """The kernels of one call of `sample_responses`, on inputs and outputs that stay where they are."""

    def __init__(self, policy: Policy, queries: TokenBatch, stream_ids: Tensor, settings: dict[str, Any],
                 pool: Any) -> None:
        self._tokens = queries.left_padded.tokens.clone()
        self._stream_ids = stream_ids.to(policy.device).clone()

        def sample() -> Responses:
            # A new batch each time: what one has found out about its tokens would not be found out in the graph.
            batch = TokenBatch(self._tokens).known_as(queries)
            return sample_responses(policy, batch, stream_ids=self._stream_ids, **settings)

        beside = torch.cuda.Stream()
        beside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(beside):
            for _ in range(WARM_UPS):  # libraries set memory aside at their first call, which a graph must not record
                sample()
        torch.cuda.current_stream().wait_stream(beside)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph, pool=pool):
            self._responses = sample()

    def replay(self, queries: TokenBatch, stream_ids: Tensor) -> Responses:
        self._tokens.copy_(queries.left_padded.tokens)
        self._stream_ids.copy_(stream_ids)
        self._graph.replay()
        found = self._responses
        return Responses(tokens=found.tokens.clone(), logprobs=found.logprobs.clone(),
                         values=None if found.values is None else found.values.clone())
