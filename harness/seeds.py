"""Random seeds by hashing: every random choice names its path, and no global random state is touched."""

import hashlib

import numpy as np


def derive_seed(root: int, *path: str | int) -> int:
    """A seed in [0, 2**63) that depends on the root seed and on every part of the path, in order."""
    text = "\x1f".join([str(root), *(f"{type(part).__name__}:{part}" for part in path)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def numpy_generator(root: int, *path: str | int) -> np.random.Generator:
    """A NumPy generator seeded by `derive_seed`."""
    return np.random.default_rng(derive_seed(root, *path))
