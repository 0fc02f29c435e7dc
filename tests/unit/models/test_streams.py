"""Counter-based random numbers: equal to the same hash in Python's integers, uniform, and free of neighbours."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from harness.models.streams import uniforms

MASK, GOLDEN = (1 << 64) - 1, 0x9E3779B97F4A7C15


def mix(x):
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


@given(seed=st.integers(0, 2**63 - 1), stream=st.integers(0, 2**40), candidate=st.integers(0, 3),
       position=st.integers(0, 9))
def test_numbers_are_the_hash_of_their_place(seed, stream, candidate, position):
    state = mix((seed + GOLDEN) & MASK)
    for place in (stream, candidate, position):
        state = mix((state + (place + 1) * GOLDEN) & MASK)
    ours = uniforms(seed=seed, stream_ids=torch.tensor([5, stream]), candidates=4, length=10)
    assert ours[1, candidate, position].item() == (state >> 16) / 2**48


def test_numbers_are_uniform_and_streams_do_not_correlate():
    draws = uniforms(seed=11, stream_ids=torch.arange(2000), candidates=2, length=16).numpy()
    assert draws.min() >= 0.0 and draws.max() < 1.0
    counts = np.histogram(draws, bins=64, range=(0, 1))[0]
    expected = draws.size / 64
    assert ((counts - expected) ** 2 / expected).sum() < 64 + 5 * np.sqrt(2 * 64)
    for a, b in ((draws[:-1], draws[1:]), (draws[:, 0], draws[:, 1]), (draws[..., :-1], draws[..., 1:])):
        assert abs(np.corrcoef(a.flatten(), b.flatten())[0, 1]) < 5 / np.sqrt(a.size)
