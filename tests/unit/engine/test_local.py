"""Worker processes: one that is killed takes no other stage along."""

import os
import subprocess
import sys
import threading
from concurrent.futures.process import BrokenProcessPool

import pytest

from harness.artifacts.call import StageCall
from harness.engine.execution import describe_failure
from harness.engine.local import ProcessPool
from harness.errors import InputError
from harness.study.inputs import Inputs
from harness.study.slices import BaseModelSlice
from tests.e2e.runs import ROOT


class Deadly:
    """Ends the process that reads it."""

    def __reduce__(self):
        return os._exit, (9,)


def _call(tmp_path, settings=None):
    """settings: by default a base model that is not there."""
    settings = settings or BaseModelSlice(name=str(tmp_path / "nothing"))
    return StageCall(name="a stage", settings=settings, out=tmp_path / "out", inputs=Inputs({}), seed=0, threads=1)


def _looked_up(future):
    """In a living worker, which says that there is no such model."""
    assert isinstance(future.exception(timeout=60), InputError)


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


class DeadlyInTheMiddleOfAWord:
    """Ends the process that reads it, when it has told its driver a part of something."""

    def __reduce__(self):
        return exec, ("import os; from harness.engine import local\n"
                      "os.write(local._tells.fileno(), bytes(2)); os._exit(9)",)


def test_a_worker_that_is_killed_while_it_tells_something_silences_no_other(tmp_path):
    pool = ProcessPool(2, lambda name, progress: None)
    killed = pool.submit(_call(tmp_path, DeadlyInTheMiddleOfAWord()))
    with pytest.raises(BrokenProcessPool):
        killed.result(timeout=60)
    _looked_up(pool.submit(_call(tmp_path)))
    closing = threading.Thread(target=pool.close, daemon=True)
    closing.start()
    closing.join(timeout=60)
    assert not closing.is_alive()


TRACKER_KILLED = """
import os, signal
from multiprocessing import resource_tracker
from pathlib import Path
from harness.engine.local import ProcessPool
from tests.unit.engine.test_local import _call, _looked_up

pool = ProcessPool(2, lambda name, progress: None)
beside = [pool.submit(_call(Path.cwd())) for _ in range(2)]
tracker = resource_tracker._resource_tracker._pid
os.kill(tracker, signal.SIGKILL)
os.waitpid(tracker, 0)
for future in (*beside, pool.submit(_call(Path.cwd()))):
    _looked_up(future)
pool.close()
"""


def test_a_tracker_of_semaphores_that_is_killed_is_no_word(tmp_path):
    done = subprocess.run([sys.executable, "-c", TRACKER_KILLED], cwd=tmp_path, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
