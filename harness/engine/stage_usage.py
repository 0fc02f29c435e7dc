"""How long a stage took and how much memory it needed: noted beside its files, for MLflow alone.

The peak is that of the process in which the stage ran, with all that was loaded before. Linux sets it back when a stage
begins, so that a worker's former stages do not count; on other systems they do.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from harness.artifacts.files import read_json
from harness.json_records import write_json

_FILE = "usage.json"
_MIB = 1 << 20
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_RESET_PEAK = "5"
"""See proc(5)."""


@contextmanager
def noted_usage(folder: Path) -> Iterator[None]:
    """Write what happens inside into the folder at its end. A stage that goes on after a kill counts from there.

    The outcome is to be written inside: it has no digest of these figures, which are never the same twice.
    """
    (folder / _FILE).unlink(missing_ok=True)  # of an attempt that waited for people: the outcome would list it
    with suppress(OSError):
        _CLEAR.write_text(_RESET_PEAK, encoding="ascii")
    cuda = _cuda()
    if cuda is not None:
        cuda.reset_peak_memory_stats()
    began = time.monotonic()
    yield
    usage = {"seconds": time.monotonic() - began, "peak_memory_mib": _peak_memory() / _MIB}
    cuda = _cuda()
    if cuda is not None:
        usage["peak_gpu_memory_mib"] = cuda.max_memory_allocated() / _MIB
    write_json(folder / _FILE, usage)


def usage_metrics(folder: Path) -> dict[str, float]:
    """The figures of a stage, under the prefix by which MLflow's page knows them; none where none were noted, or the
    note is damaged.
    """
    try:
        return {f"system/{name}": float(value) for name, value in read_json(folder / _FILE).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _peak_memory() -> int:
    """Bytes."""
    with suppress(OSError):
        for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest << 10


def _cuda() -> Any | None:
    """torch's module for GPUs where this process uses one."""
    torch = sys.modules.get("torch")
    return torch.cuda if torch is not None and torch.cuda.is_initialized() else None
