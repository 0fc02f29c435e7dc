"""The garbage collector while modules are imported."""

import gc
import weakref

from harness.imports import without_collector


class Loop:
    def __init__(self):
        self.itself = self


def test_the_collector_rests_and_finds_later_garbage_all_the_same():
    with without_collector():
        assert not gc.isenabled()
    assert gc.isenabled()
    with without_collector():
        lost = weakref.ref(Loop())
    gc.collect()
    assert lost() is None
    gc.disable()
    try:
        with without_collector():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
