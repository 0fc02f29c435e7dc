"""Random seeds from names: which numbers they give is part of every study's results."""

import hashlib
import itertools

import numpy as np

from harness.seeds import derive_seed, numpy_generator


def test_a_seed_is_the_hash_of_its_root_and_path() -> None:
    digest = hashlib.sha256(b"7\x1fstr:labels\x1fint:3").digest()
    assert derive_seed(7, "labels", 3) == int.from_bytes(digest[:8], "big") // 2


def test_every_part_of_the_path_and_its_order_count() -> None:
    paths = [(), ("a",), ("b",), ("a", "b"), ("b", "a"), ("ab",), ("a", 1), ("a", "1"), (1, "a")]
    seeds = [derive_seed(root, *path) for root, path in itertools.product((0, 1), paths)]
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_a_generator_leaves_the_global_random_state_alone() -> None:
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    first, again = (numpy_generator(3, "items").random(4) for _ in range(2))
    assert first.tolist() == again.tolist() == np.random.default_rng(derive_seed(3, "items")).random(4).tolist()
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002
