"""Settings of the C allocator and the garbage collector for a process in which models work.

By default glibc gives each large block back to the kernel at once; the next tensor of that size then gets pages that
the kernel must first find and fill with zeros. In training loops, which ask for the same sizes again and again, that
took a tenth of a small model's update on a quiet machine and a third on a busy one. It also gives each thread an arena
of its own, and what is freed in one serves no other thread: the peak of threaded work crept up for hundreds of updates.
And Python's collector searches again and again all that libraries made when they were imported: another twelfth.
"""

from __future__ import annotations

import ctypes
import functools
import gc
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # the names M_... of <malloc.h>
_LARGEST_REUSED = 1 << 30


@functools.cache
def prepare_process() -> bool:
    """Keep freed blocks of up to a gibibyte for the next tensor of any thread, and leave what is there now out of the
    search for garbage. Whether the first was possible. Threads that have an arena already keep it.

    The most memory that is held at any time stays what it was: a block is reused, never doubled.
    """
    gc.freeze()
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    options = {_MMAP_THRESHOLD: _LARGEST_REUSED, _TRIM_THRESHOLD: 2**31 - 1, _ARENA_MAX: 1}
    return all(mallopt(option, value) for option, value in options.items())
