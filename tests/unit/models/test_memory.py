"""What commands do to the allocator and the garbage collector, and that models leave both alone."""

import gc
import os
import platform
import subprocess
import sys

import pytest

from harness.models.reward import RewardModel
from tests import tiny

ARENAS_OF_FOUR_THREADS = """
import ctypes, sys, threading
from harness.models.memory import prepare_process

if "prepared" in sys.argv:
    assert prepare_process()
libc, meet = ctypes.CDLL(None), threading.Barrier(4)
libc.malloc.restype = ctypes.c_void_p

def allocate():
    libc.malloc(100_000)
    meet.wait()

threads = [threading.Thread(target=allocate) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="arenas are glibc's")
def test_what_one_thread_frees_another_can_use():
    def arenas(*arguments):
        command = [sys.executable, "-c", ARENAS_OF_FOUR_THREADS, *arguments]
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
        return subprocess.run(command, env=clean, capture_output=True, text=True, check=True).stdout.count("<heap nr=")

    assert arenas("prepared") == 1 < arenas()


def test_a_model_leaves_the_garbage_collector_alone():
    before = gc.get_freeze_count(), gc.get_threshold(), gc.isenabled()
    RewardModel.from_language_model(tiny.policy().language_model, seed=0)
    assert (gc.get_freeze_count(), gc.get_threshold(), gc.isenabled()) == before
