"""Of the policies in the last two fifths of training some are kept, evenly spaced, the last one among them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.training.snapshots import Snapshots


def kept(total, *, most):
    snapshots = Snapshots(most=most, total=total)
    for step in range(1, total + 1):
        snapshots.offer(step, lambda step=step: {"step": step})
    return snapshots.kept


@pytest.mark.parametrize(("total", "most", "steps"), [
    (192, 8, [116, 127, 138, 149, 159, 170, 181, 192]), (100, 2, [60, 100]), (100, 6, [60, 68, 76, 84, 92, 100]),
    (4, 8, [3, 4]), (1, 2, [1]), (2, 2, [2])])
def test_they_are_evenly_spaced_over_the_last_two_fifths(total, most, steps):
    found = kept(total, most=most)
    assert [each.step for each in found] == steps
    assert all(each.weights == {"step": each.step} for each in found)


@given(st.integers(1, 500), st.integers(2, 12))
def test_there_are_no_more_than_asked_for_and_the_end_is_one(total, most):
    steps = [each.step for each in kept(total, most=most)]
    assert 1 <= len(steps) <= most and steps[-1] == total and steps[0] >= 0.6 * total


@given(st.integers(4, 40), st.data())
def test_a_resumed_run_keeps_the_same(total, data):
    stop = data.draw(st.integers(1, total - 1))
    first = Snapshots(most=3, total=total)
    for step in range(1, stop + 1):
        first.offer(step, lambda step=step: {"step": step})
    second = Snapshots(most=3, total=total)
    second.load_state_dict(first.state_dict())
    for step in range(stop + 1, total + 1):
        second.offer(step, lambda step=step: {"step": step})
    assert second.kept == kept(total, most=3)
