"""A tracking server that stops for a while, that refuses, and that is slow."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from tests.faults import proxy
from tests.faults.bench import SERVED, Bench, finished_stages
from tests.faults.command import Ended, Wrong
from tests.faults.fault import Fault
from tests.faults.verdicts import MENDED, SAME, Verdict, compared, complaint, goes_on, reused

START_LIMIT = 180.0
_LEAN = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
"""Seven processes that poll for jobs of its own are left out."""
REFUSED = 4
"""The exit code of a refusal."""


class Server:
    """MLflow's own server on this machine, with its database and artifacts below a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns when it answers."""
        words = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(self.port),
                 "--backend-store-uri", f"sqlite:///{self._folder}/server.db", "--workers", "1",
                 "--artifacts-destination", str(self._folder / SERVED)]
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(words, cwd=self._folder, stdout=log, stderr=log, start_new_session=True,
                                             env={**os.environ, **_LEAN})
        limit = time.monotonic() + START_LIMIT
        while not self._answers():
            if time.monotonic() > limit or self._process.poll() is not None:
                self.stop()
                raise RuntimeError(f"MLflow's server does not start; see {self._folder}/server.log")
            time.sleep(0.2)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        """At once, as when its machine goes down."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    server = Server(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def stopped(bench: Bench, number: int) -> Verdict:
    """Away for 30 to 60 seconds at a random moment: the study waits and goes on by itself."""
    dice, undisturbed = bench.dice("stopped", number), bench.undisturbed
    folder = bench.fresh("stopped")
    with serving(folder) as server:
        process = bench.study.start(folder, "--tracking-uri", server.url)
        bench.half_way(process, folder, dice)
        server.stop()
        seconds = dice.uniform(30, 60)
        time.sleep(seconds)
        server.start()
        ended = process.end()
        if ended.code == 0:
            said = compared(bench.study, folder, undisturbed.results, ended)
            return Verdict(SAME, f"away for {seconds:.0f} s: {said or 'nothing said'}")
        said = complaint(ended)
        goes_on(bench.study, folder, undisturbed.results, "--tracking-uri", server.url)
        return Verdict(MENDED, f"away for {seconds:.0f} s: {said}")


def refused(bench: Bench, number: int, *, status: int) -> Verdict:
    """From a random request on every answer is a refusal: one line and exit code 4. With access again, the stages that
    were finished are taken, not computed again.
    """
    dice, undisturbed = bench.dice(f"refused {status}", number), bench.undisturbed
    folder = bench.fresh("refused")
    with serving(folder) as server, proxy.before(server.port) as door:
        door.refuses, door.refused_from = status, int(10 ** dice.uniform(0, 2.3))
        ended = bench.study.run(folder, "--tracking-uri", door.url)
        if ended.code == 0:
            raise Wrong(f"refused from request {door.refused_from} on, and exit code 0")
        said = complaint(ended)
        if ended.code != REFUSED:
            raise Wrong(f"exit code {ended.code} where the server refuses from request {door.refused_from} on: {said}")
        door.refuses = 0
        there = finished_stages(folder)
        again: Ended = bench.study.run(folder, "--tracking-uri", door.url)
        compared(bench.study, folder, undisturbed.results, again)
        if reused(again) < there - 3:  # those that ran at that moment were not finished
            raise Wrong(f"{there} stages were there and {reused(again)} were taken")
        return Verdict(MENDED, f"from request {door.refused_from} on: {said}")


def slow(bench: Bench, number: int) -> Verdict:
    """Every answer comes 50 to 300 milliseconds later."""
    folder = bench.fresh("slow")
    with serving(folder) as server, proxy.before(server.port) as door:
        door.delay = bench.dice("slow", number).uniform(0.05, 0.3)
        return goes_on(bench.study, folder, bench.undisturbed.results, "--tracking-uri", door.url)


FAULTS = (
    Fault("tracking server stopped for 30 to 60 s", 3, stopped),
    Fault("tracking server answers 401", 3, partial(refused, status=401)),
    Fault("tracking server answers 403", 3, partial(refused, status=403)),
    Fault("tracking server slow", 2, slow),
)
