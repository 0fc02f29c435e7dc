"""How many rows are read, and how many queries sampled, at once. Pure rules, without torch: a plan promises by them.

No gradient and no sample depends on them beyond rounding.
"""

from __future__ import annotations

PASS_NUMBERS = 1_500_000
"""Numbers in a layer's widest tensor at which a CPU pass was fastest: they stay in its caches. Half as many or
twice as many cost a few percent, a batch of 256 rows at once 37% (3 layers, width 96)."""

PASS_TOKENS = 1024
"""A CPU pass has at least so many tokens: fewer leave the matrix products of a wide model too thin."""

GPU_PASS_TOKENS = 12_288
"""Tokens of a GPU pass. A third of them leaves the GPU waiting for the host, which launches some 3,000 kernels a pass
whatever its size (GPT-2 774M on an H200: an epoch of 512 episodes took 0.77 s, 0.52 s with twice as many, 0.48 s with
all 45,000 at once, which hold 66 GiB)."""

PASS_LOGITS = {"cpu": 1 << 26, "cuda": 1 << 28}
"""Logits made at once by a pass: 256 MiB and 1 GiB in single precision."""

SAMPLED_LOGITS = {"cpu": 1 << 22, "cuda": 1 << 26}
"""Logits of one sampling step, of which sampling holds a few arrays. 16 MiB in single precision is a little faster on a
processor than more, and holds less; a GPU wants many rows."""

SAMPLED_CACHE = {"cpu": 1 << 29, "cuda": 1 << 32}
"""Numbers among the keys and values of what is sampled at once: 8 GiB in half precision on a GPU, 2 GiB in single on a
CPU. Queries of 512 tokens to a model of 774M parameters take 50 GiB in a batch of 512."""


SAMPLED_TOGETHER = 128
"""Samples of a small model on a CPU that go on side by side: one reading of the weights serves them all, and their keys
and values stay in its caches. Eight times as many took 1.3 times as long a token (width 96). Wide models, whose weights
outweigh keys and values, want more: a 64th of their width squared."""


def rows_per_pass(*, time: int, width: int, device: str, logits_per_row: int = 1) -> int:
    """How many rows of `time` positions a model of this width reads at once where the settings leave it open.

    device: `cpu` or `cuda`.
    """
    tokens = GPU_PASS_TOKENS if device == "cuda" else max(PASS_TOKENS, PASS_NUMBERS // (4 * width))
    return max(1, min(PASS_LOGITS[device] // logits_per_row, tokens // time))


def queries_per_sampling(*, device: str, width: int, candidates: int, logits_per_query: int,
                         cache_per_query: int) -> int:
    """How many queries are sampled at once. cache_per_query: numbers, keys and values of query and candidates."""
    most = min(SAMPLED_LOGITS[device] // logits_per_query, SAMPLED_CACHE[device] // cache_per_query)
    if device == "cpu":
        most = min(most, max(SAMPLED_TOGETHER, width * width // 64) // candidates)
    return max(1, most)
