"""Two snapshots that bracket a KL are mixed so that the mean over queries is that KL."""

import pytest

from harness.artifacts.snapshots import StoredSnapshot, mixture_at, read_snapshots, write_snapshots

FIVE, SEVEN, NINE = (StoredSnapshot(f"snapshots/{kl}", 10 * kl, float(kl)) for kl in (5, 7, 9))


def test_the_tightest_pair_is_mixed():
    found = mixture_at(6.5, [NINE, FIVE, SEVEN])
    assert (found.lower, found.upper, found.share_upper) == (FIVE, SEVEN, 0.75)
    assert found.kl == pytest.approx(6.5)


@pytest.mark.parametrize(("kl", "nearest"), [(4.0, FIVE), (9.5, NINE), (9.0, NINE)])
def test_where_none_lies_on_the_other_side_it_is_the_nearest(kl, nearest):
    found = mixture_at(kl, [FIVE, NINE])
    assert (found.lower, found.upper, found.kl) == (nearest, nearest, nearest.kl)


def test_they_are_read_as_they_were_written(tmp_path):
    write_snapshots(tmp_path, [FIVE, NINE])
    assert read_snapshots(tmp_path) == (FIVE, NINE)
