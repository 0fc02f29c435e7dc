"""Worker processes: one that is killed takes no other stage along."""

import os
from concurrent.futures.process import BrokenProcessPool

import pytest

from harness.artifacts.call import StageCall
from harness.engine.execution import describe_failure
from harness.engine.local import ProcessPool


class Deadly:
    """Ends the process that reads it."""

    def __reduce__(self):
        return os._exit, (9,)


def _call(tmp_path, settings=None):
    return StageCall(kind="no such stage", name="a stage", settings=settings, out=tmp_path / "out", inputs={}, seed=0,
                     arm=None, threads=1)


def _looked_up(future):
    """In a living worker, which has no stage of that name."""
    assert isinstance(future.exception(timeout=60), ModuleNotFoundError)


def test_a_worker_that_is_killed_takes_no_other_stage_along(tmp_path):
    pool = ProcessPool(2, lambda name, progress: None)
    try:
        beside, killed = pool.submit(_call(tmp_path)), pool.submit(_call(tmp_path, Deadly()))
        with pytest.raises(BrokenProcessPool) as caught:
            killed.result(timeout=60)
        assert describe_failure(caught.value).startswith("its process was killed")
        _looked_up(beside)
        for future in [pool.submit(_call(tmp_path)) for _ in range(pool.slots)]:
            _looked_up(future)
    finally:
        pool.close()
