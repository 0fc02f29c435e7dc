"""How many rows a micro-batch has: in a forward and backward pass, and in sampling.

Pure rules, without torch: a plan promises memory by them. No gradient and no sample depends on them beyond rounding.
"""

from __future__ import annotations

MICRO_BATCH_NUMBERS = 1_500_000
"""Numbers in a layer's widest tensor at which a micro-batch on a CPU was fastest: they stay in its caches. Half as many
or twice as many cost a few percent, all 256 rows of a batch together 37% (3 layers, width 96)."""

MICRO_BATCH_TOKENS = 1024
"""A micro-batch on a CPU has at least so many tokens: fewer leave the matrix products of a wide model too thin."""

GPU_MICRO_BATCH_TOKENS = 12_288
"""Tokens of a micro-batch on a GPU. A third of them leaves the GPU waiting for the host, which launches some 3,000
kernels for each whatever its size (GPT-2 774M on an H200: an epoch of 512 episodes took 0.77 s, 0.52 s with twice as
many, 0.48 s with all 45,000 together, which hold 66 GiB)."""

MICRO_BATCH_LOGITS = {"cpu": 1 << 26, "cuda": 1 << 28}
"""Logits of one micro-batch: 256 MiB and 1 GiB in single precision."""

SAMPLED_LOGITS = {"cpu": 1 << 22, "cuda": 1 << 26}
"""Logits of one sampling step, of which sampling holds a few arrays. 16 MiB in single precision is a little faster on a
processor than more, and holds less; a GPU wants many rows."""

SAMPLED_CACHE = {"cpu": 1 << 29, "cuda": 1 << 32}
"""Numbers of keys and values of a micro-batch in sampling: 8 GiB in half precision on a GPU, 2 GiB in single on a CPU.
Queries of 512 tokens to a model of 774M parameters take 50 GiB in a batch of 512."""

SAMPLED_TOGETHER = 128
"""Samples of a small model on a CPU that go on side by side: one reading of the weights serves them all, and their keys
and values stay in its caches. Eight times as many took 1.3 times as long a token (width 96). Wide models, whose weights
outweigh keys and values, want more: a 64th of their width squared."""


def rows_per_micro_batch(*, time: int, width: int, device: str, logits_per_row: int = 1) -> int:
    """How many rows of `time` positions a model of this width reads together where the settings leave it open.

    device: `cpu` or `cuda`.
    """
    tokens = GPU_MICRO_BATCH_TOKENS if device == "cuda" else max(MICRO_BATCH_TOKENS, MICRO_BATCH_NUMBERS // (4 * width))
    return max(1, min(MICRO_BATCH_LOGITS[device] // logits_per_row, tokens // time))


def queries_per_micro_batch(*, device: str, width: int, candidates: int, logits_per_query: int,
                            cache_per_query: int) -> int:
    """How many queries are sampled from together. cache_per_query: numbers, keys and values of query and candidates."""
    most = min(SAMPLED_LOGITS[device] // logits_per_query, SAMPLED_CACHE[device] // cache_per_query)
    if device == "cpu":
        most = min(most, max(SAMPLED_TOGETHER, width * width // 64) // candidates)
    return max(1, most)
