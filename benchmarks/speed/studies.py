"""Whole studies from nothing and from the cache, how their cost grows, and how quickly the commands answer."""

from __future__ import annotations

import argparse
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_SECONDS_BETWEEN_LOOKS = 0.5
_STAGES = """
    SELECT name.value, kind.value, (runs.end_time - runs.start_time) / 1000.0, runs.run_uuid
    FROM runs JOIN tags AS name ON name.run_uuid = runs.run_uuid AND name.key = 'mlflow.runName'
              JOIN tags AS kind ON kind.run_uuid = runs.run_uuid AND kind.key = 'kind'
              JOIN tags AS original ON original.run_uuid = runs.run_uuid AND original.key = 'is_original'
    WHERE runs.status = 'FINISHED' AND original.value = 'true'
"""
_EXECUTIONS = """
    SELECT MAX(runs.end_time - runs.start_time) / 1000.0
    FROM runs JOIN tags ON tags.run_uuid = runs.run_uuid AND tags.key = 'level' AND tags.value = 'execution'
              JOIN experiments ON experiments.experiment_id = runs.experiment_id
    WHERE runs.status = 'FINISHED' AND experiments.name = ?
"""
_EPISODES = "SELECT value, timestamp / 1000.0 FROM metrics WHERE run_uuid = ? AND key = 'episodes' ORDER BY step"


def commands(options: argparse.Namespace) -> dict[str, Any]:
    """Median seconds of `--help`, of five."""
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "harness.run", "--help"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - began)
    print(f"--help {statistics.median(seconds):.2f} s", flush=True)
    return {"help_seconds": statistics.median(seconds)}


def studies(options: argparse.Namespace) -> dict[str, Any]:
    """Each study from nothing in a folder of its own and once more from the cache; or read from a finished run."""
    found = {}
    for name in options.studies:
        if options.mlruns is not None:
            found[name] = _read(options.mlruns, name)
            continue
        with tempfile.TemporaryDirectory() as folder:
            seconds, peak = _run(name, folder)
            cached, _ = _run(name, folder)
            found[name] = {**_read(Path(folder, "mlruns"), name), "seconds": seconds, "peak_mib": peak,
                           "cached_seconds": cached}
        print(f"{name}: {seconds:.0f} s, largest process {peak:.0f} MiB, cached {cached:.1f} s", flush=True)
    return found


def _run(name: str, folder: str) -> tuple[float, float]:
    """Seconds, and the peak memory of the largest of its processes in MiB."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "harness.run", str(ROOT / "studies" / f"{name}.yaml")]
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
                               stdout=subprocess.DEVNULL, start_new_session=True)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, _largest(session=process.pid))
        with suppress(subprocess.TimeoutExpired):
            process.wait(_SECONDS_BETWEEN_LOOKS)
    if process.returncode != 0:
        raise SystemExit(f"the study {name} failed; its message is above")
    return time.perf_counter() - began, peak


def _largest(session: int) -> float:
    """The peak so far of a session's largest process in MiB. Workers are their server's children, not the command's."""
    peaks = [0.0]
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.getsid(int(folder.name)) == session:
                found = re.search(r"VmHWM:\s+(\d+) kB", (folder / "status").read_text())
                peaks += [int(found[1]) / 1024] if found else []
    return max(peaks)


def _read(mlruns: Path, name: str) -> dict[str, Any]:
    """From the study's own records: seconds of the longest execution, of each stage, and PPO's episodes over time."""
    with closing(sqlite3.connect(f"file:{mlruns / 'mlflow.db'}?mode=ro", uri=True)) as database:
        (seconds,) = database.execute(_EXECUTIONS, (name,)).fetchone()
        stages = database.execute(_STAGES).fetchall()
        ppo = [run for _, kind, _, run in stages if kind == "ppo"]
        points = database.execute(_EPISODES, (ppo[0],)).fetchall() if ppo else []
    return {"seconds": seconds, "stages": [[stage, kind, length] for stage, kind, length, _ in stages],
            "episodes": [[episodes, at - points[0][1]] for episodes, at in points]}
