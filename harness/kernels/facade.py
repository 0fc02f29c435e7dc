"""All that the rest of the harness may use of the compiled kernels; only `models/` imports it.

Of the small library the types, for use where `SMALL.is_available()`; of the large one a module for each operation,
whose `serves` says what it takes.
"""

from harness.kernels.large import activation, adam, gemm_amx, gemm_skinny, heads, logits
from harness.kernels.library import SMALL, KernelsInUse, describe
from harness.kernels.rows import Rows
from harness.kernels.small.blocks import Blocks, Shape, cache_sizes
from harness.kernels.small.decoding import Decoding, Embeddings
from harness.kernels.small.vocabulary import Vocabulary

__all__ = ["SMALL", "Blocks", "Decoding", "Embeddings", "KernelsInUse", "Rows", "Shape", "Vocabulary",
           "activation", "adam", "cache_sizes", "describe", "gemm_amx", "gemm_skinny", "heads", "logits"]
