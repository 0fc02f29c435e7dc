"""Of the policies in the last quarter of training the nearest to a KL are kept, some on either side of it."""

from hypothesis import given
from hypothesis import strategies as st

from harness.training.snapshots import Snapshots


def kept(kls, *, kl, most):
    snapshots = Snapshots(kl, most=most, total=len(kls))
    for step, each in enumerate(kls, start=1):
        snapshots.offer(step, each, lambda step=step: {"step": step})
    return snapshots.kept


def test_what_comes_before_is_passed_over_and_the_nearest_stay():
    kls = [2.0] * 50 + [1.0 + step / 10 for step in range(50)]
    found = kept(kls, kl=5.0, most=4)
    # Running means of eight: at step 50 + n it is 1 + (n − 4.5)/10, so 5 is passed between n = 44 and 45.
    assert [each.step for each in found] == [93, 94, 95, 96]
    assert all(each.weights == {"step": each.step} for each in found)


@given(st.lists(st.floats(0, 10), min_size=2, max_size=60), st.integers(2, 5))
def test_both_sides_are_kept_where_both_were_seen(kls, most):
    found = kept(kls, kl=5.0, most=most)
    assert 1 <= len(found) <= most
    means = [sum(kls[max(0, step - 8):step]) / min(step, 8) for step in range(1, len(kls) + 1)]
    seen = [mean for step, mean in enumerate(means, start=1) if step >= 0.75 * len(kls)]
    for side in (lambda mean: mean <= 5.0, lambda mean: mean > 5.0):
        if any(map(side, seen)):
            assert any(side(each.kl) for each in found)


@given(st.lists(st.floats(0, 10), min_size=4, max_size=40), st.data())
def test_a_resumed_run_keeps_the_same(kls, data):
    stop = data.draw(st.integers(1, len(kls) - 1))
    first = Snapshots(5.0, most=3, total=len(kls))
    for step, each in enumerate(kls[:stop], start=1):
        first.offer(step, each, lambda step=step: {"step": step})
    second = Snapshots(5.0, most=3, total=len(kls))
    second.load_state_dict(first.state_dict())
    for step, each in enumerate(kls[stop:], start=stop + 1):
        second.offer(step, each, lambda step=step: {"step": step})
    assert second.kept == kept(kls, kl=5.0, most=3)
