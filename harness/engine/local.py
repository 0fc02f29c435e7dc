"""Runs stages on this machine: in this process, or in a pool of processes."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import warnings
from collections.abc import Callable, Sized
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection
from typing import Protocol

from harness.artifacts.call import StageCall
from harness.artifacts.log import Told
from harness.engine.interrupts import unheard
from harness.engine.worker import run_stage
from harness.records import Done, Pending
from harness.study.slices import StageSlice

Send = Callable[[str, Told], None]


class Executor(Protocol):
    """Runs stages. `slots`: how many at once."""

    slots: int

    def submit(self, call: StageCall[StageSlice]) -> Future[Done | Pending]: ...

    def close(self) -> None: ...

    def abandon(self, code: int) -> None:
        """End what runs without waiting for it; where that takes this process with it, it exits with this code."""


class InThisProcess:
    """One stage at a time in a thread of this process: for one job, and for debugging."""

    slots = 1

    def __init__(self, send: Send) -> None:
        self._send = send
        self._pool = ThreadPoolExecutor(1)

    def submit(self, call: StageCall[StageSlice]) -> Future[Done | Pending]:
        return self._pool.submit(run_stage, call, lambda told: self._send(call.name, told))

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def abandon(self, code: int) -> None:
        # A thread in the middle of a stage cannot be ended from outside: the process goes with it.
        sys.stdout.flush()
        os._exit(code)


@dataclass
class _Worker:
    """A pool of one process, the last stage it was given, and the thread that hands on what it tells.

    told: this process's own end of the worker's pipe, until the worker has it.
    """

    pool: ProcessPoolExecutor
    reader: threading.Thread
    told: Connection
    last: Future[Done | Pending] | None = None

    def submit(self, call: StageCall[StageSlice]) -> Future[Done | Pending]:
        """Raises BrokenProcessPool where the process was killed."""
        try:
            self.last = self.pool.submit(_run_in_worker, call)
            return self.last
        finally:
            self.told.close()  # the worker alone holds it now, so its death ends the pipe

    @property
    def idle(self) -> bool:
        return self.last is None or self.last.done()


def load_ahead() -> None:
    """Let the libraries of workers load from now on, in the process that workers are forked from, beside this one."""
    _outlive_tracker()
    multiprocessing.set_forkserver_preload(["harness.engine.worker_libraries"])
    resource_tracker.ensure_running()  # first, since starting it makes all signals heard again
    with unheard():
        forkserver.ensure_running()


_unregister = resource_tracker.unregister


def _outlive_tracker() -> None:
    """Python's tracker of semaphores may be killed: another begins at once, and nothing is lost. But it would warn of
    that, and print a traceback for each semaphore that goes and of which it never heard.
    """
    warnings.filterwarnings("ignore", "resource_tracker: process died unexpectedly")
    resource_tracker.unregister = _tell_and_unregister


def _tell_and_unregister(name: Sized, rtype: str) -> None:
    resource_tracker.register(name, rtype)
    _unregister(name, rtype)


class ProcessPool:
    """Worker processes that live as long as the study, forked from one that has imported torch.

    Each is a pool of its own with a pipe of its own: where the system kills one for want of memory, the stages of the
    others go on. A queue that all write to has a lock, and who is killed with it keeps it for ever.
    """

    def __init__(self, slots: int, send: Send) -> None:
        self.slots = slots
        self._context = multiprocessing.get_context("forkserver")
        self._workers: list[_Worker] = []
        self._send = send

    def _new_worker(self) -> _Worker:
        load_ahead()
        hears, tells = self._context.Pipe(duplex=False)
        reader = threading.Thread(target=self._hand_on, args=(hears,), daemon=True)
        reader.start()
        return _Worker(ProcessPoolExecutor(1, mp_context=self._context, initializer=_start_worker, initargs=(tells,)),
                       reader, tells)

    def _hand_on(self, hears: Connection) -> None:
        """Until the worker's end, which may come in the middle of a word."""
        with hears:
            while True:
                try:
                    note = hears.recv()
                except (EOFError, OSError):
                    return
                self._send(*note)

    def submit(self, call: StageCall[StageSlice]) -> Future[Done | Pending]:
        place = next((number for number, worker in enumerate(self._workers) if worker.idle), len(self._workers))
        if place == len(self._workers):
            self._workers.append(self._new_worker())
        worker = self._workers[place]
        try:
            return worker.submit(call)
        except BrokenProcessPool:  # killed, in its last stage or since
            worker = self._workers[place] = self._new_worker()
            return worker.submit(call)

    def close(self) -> None:
        self._shut_down()
        for worker in self._workers:
            worker.reader.join()

    def abandon(self, code: int) -> None:
        for process in multiprocessing.active_children():
            process.kill()
        self._shut_down()

    def _shut_down(self) -> None:
        for worker in self._workers:
            worker.pool.shutdown(wait=True, cancel_futures=True)


_tells: Connection | None = None
_one_word = threading.Lock()


def _start_worker(tells: Connection) -> None:
    global _tells
    _tells = tells
    threading.Thread(target=_end_with_driver, daemon=True).start()


def _end_with_driver() -> None:
    """A worker must not write on after its driver was killed: the resumed study uses the same folders."""
    driver = multiprocessing.parent_process()
    assert driver is not None
    driver.join()
    os._exit(1)


def _run_in_worker(call: StageCall[StageSlice]) -> Done | Pending:
    return run_stage(call, lambda told: _tell(call.name, told))


def _tell(name: str, told: Told) -> None:
    assert _tells is not None
    try:
        with _one_word:
            _tells.send((name, told))
    except BrokenPipeError:  # the driver was killed
        os._exit(1)
