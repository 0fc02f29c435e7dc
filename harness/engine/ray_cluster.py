"""Runs the stages of one study on the machines of a Ray cluster, which share a file system.

Every machine has the harness installed and sees the folder of `mlruns` under the same path. Stages read and write
there, so nothing but calls, progress and outcomes travels. Only the driver writes to MLflow, as everywhere.
"""

from __future__ import annotations

import os
import socket
import threading
from concurrent.futures import Future
from typing import Any

from harness.artifacts.call import StageCall
from harness.engine.local import Send
from harness.engine.worker import run_stage
from harness.errors import InputError
from harness.records import Done, Pending
from harness.study.slices import StageSlice

_SECONDS = 5.0
_PASSED_ON = ("OMP_WAIT_POLICY", "HARNESS_CHECKPOINT_SECONDS", "HARNESS_KERNELS", "CXX", "HF_HOME", "HF_HUB_OFFLINE",
              "PYTHONPATH")
"""Variables of the driver that a stage must see as well."""


class ProgressPump:
    """Hands on what workers put into a queue, from a thread of its own, until it is closed. queue: get and put."""

    def __init__(self, queue: Any, send: Send) -> None:
        self._queue = queue
        self._thread = threading.Thread(target=self._forward, args=(send,), daemon=True)
        self._thread.start()

    def _forward(self, send: Send) -> None:
        while (note := self._queue.get()) is not None:
            send(*note)

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join()


class RayCluster:
    """Stages as Ray tasks. Ray ends the tasks of a driver that is gone, as the pool of processes does."""

    def __init__(self, address: str, slots: int | None, threads: int, send: Send) -> None:
        """address: `local` starts Ray on this machine; `auto` or `HOST:PORT` joins a cluster.

        slots: stages at once; None fills the cluster's cores at `threads` each.
        """
        ray = _connect(address)
        cores = int(ray.cluster_resources().get("CPU", 1))
        self.slots = slots or max(1, cores // threads)
        from ray.util.queue import Queue

        self._ray = ray
        self._queue = Queue()
        # A stage is not repeated behind the engine's back: the engine resumes it, and says so.
        self._task = ray.remote(max_retries=0)(_run_on_cluster)
        self._pump = ProgressPump(self._queue, send)

    def submit(self, call: StageCall[StageSlice]) -> Future[Done | Pending]:
        # A stage never waits for more cores than the cluster's own machines have: what it may use is in call.threads.
        task = self._task.options(num_cpus=min(call.threads, self._largest_machine()), name=call.name)
        result: Future[Done | Pending] = Future()
        result.set_running_or_notify_cancel()
        task.remote(call, self._queue).future().add_done_callback(lambda done: _settle(done, result))
        return result

    def _largest_machine(self) -> int:
        machines = [node["Resources"].get("CPU", 0) for node in self._ray.nodes() if node["Alive"]]
        return max(1, int(max(machines, default=1)))

    def close(self) -> None:
        self._pump.close()
        self._ray.shutdown()

    def abandon(self, code: int) -> None:
        self._ray.shutdown()


def _check_answers(address: str) -> None:
    """Raises InputError where nobody listens at HOST:PORT. Ray itself would try for minutes."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not colon:
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_SECONDS).close()
    except (OSError, ValueError, OverflowError) as error:
        raise _no_cluster(address, str(error)) from None


def _no_cluster(address: str, reason: str) -> InputError:
    return InputError(f"no Ray cluster answers at {address} ({reason})", key="--cluster",
                      cure="Start one with `ray start --head`, or use --cluster local.")


def _connect(address: str) -> Any:
    _check_answers(address)
    try:
        import ray
    except ImportError:
        raise InputError("Ray is not installed", key="--cluster", cure="pip install 'ray>=2.9'") from None
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    where: dict[str, Any] = {"include_dashboard": False} if address == "local" else {"address": address}
    try:
        ray.init(**where, log_to_driver=False, logging_level="ERROR", runtime_env={"env_vars": environment})
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise _no_cluster(address, (str(error).splitlines() or [type(error).__name__])[0]) from None
    return ray


def _settle(done: Future[Done | Pending], result: Future[Done | Pending]) -> None:
    """Pass on the outcome. Ray wraps what a stage raised; the engine wants the error itself."""
    error = done.exception()
    if error is None:
        result.set_result(done.result())
    else:
        result.set_exception(getattr(error, "cause", None) or error)


def _run_on_cluster(call: StageCall[StageSlice], queue: Any) -> Done | Pending:
    return run_stage(call, lambda told: queue.put((call.name, told)))
