"""The comparisons: which programs are measured together on which work.

Every function gives plain values for docs/performance.json.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.speed.contest import Program, compete, ratio
from benchmarks.speed.floor import best_rate
from benchmarks.speed.workload import CANDIDATES

FITS = "benchmarks.speed.fits"
OURS, SINGLE, TRL = "benchmarks.speed.ours", "benchmarks.speed.single_file", "benchmarks.speed.trl_peer"
BF16 = {"ACCELERATE_MIXED_PRECISION": "bf16"}


def floor(options: argparse.Namespace) -> dict[str, Any]:
    """The best matrix rate in each precision, Gflop/s."""
    return {precision: best_rate(precision) for precision in ("fp32", "bf16")}


def ppo(options: argparse.Namespace) -> dict[str, Any]:
    """For each shape: the results of two contests (single precision and bf16), and the matrix rates around them."""
    _require_trl()
    found = {}
    for name in options.shapes:
        rates = floor(options)
        single = [_program("ours", "fp32", name), _program("trl", "fp32", name), _program("single file", "fp32", name),
                  _program("ours", "bf16", name)]
        half = [_program("ours", "bf16", name), _program("trl", "bf16", name)]
        trunks = [_program("single file", "fp32", name),
                  Program("single file, two trunks fp32", f"{SINGLE}:ppo", {"name": name, "separate_value": True})]
        contests = {key: compete(programs, rounds=rounds) for key, programs, rounds in (
            ("fp32", single, options.rounds), ("bf16", half, options.rounds),
            ("trunks", trunks, min(3, options.rounds)))}
        found[name] = {"rates": rates, "contests": contests}
        _show_ppo(name, contests)
    return found


def _program(who: str, precision: str, shape: str) -> Program:
    name = f"{who} {precision}"
    if who == "ours":
        return Program(name, f"{OURS}:ppo", {"name": shape, "precision": precision})
    if who == "trl":
        return Program(name, f"{TRL}:ppo", {"name": shape}, BF16 if precision == "bf16" else {})
    return Program(name, f"{SINGLE}:ppo", {"name": shape})


def _show_ppo(name: str, contests: dict[str, Any]) -> None:
    for results in contests.values():
        for program, result in results.items():
            print(f"({name}) {program:28} {sorted(result['rates'])[len(result['rates']) // 2]:9.3f} episodes/s "
                  f"{result['peak_mib']:7.0f} MiB", flush=True)
    print(f"({name}) fp32 over TRL {ratio(contests['fp32'], 'ours fp32', 'trl fp32'):.2f}, over the single file "
          f"{ratio(contests['fp32'], 'ours fp32', 'single file fp32'):.2f}; bf16 over TRL fp32 "
          f"{ratio(contests['fp32'], 'ours bf16', 'trl fp32'):.2f}, over TRL bf16 "
          f"{ratio(contests['bf16'], 'ours bf16', 'trl bf16'):.2f}; two trunks slow the single file by "
          f"{ratio(contests['trunks'], 'single file fp32', 'single file, two trunks fp32'):.2f}", flush=True)


def sampling(options: argparse.Namespace) -> dict[str, Any]:
    """Responses a second to 64 queries: four to each, and one, beside `generate`."""
    def programs(shape: str) -> list[Program]:
        return [Program(f"{who} {k}", f"{module}:sampling", {"name": shape, "candidates": k})
                for k in (CANDIDATES, 1) for who, module in (("ours", OURS), ("generate", SINGLE))]

    return _of_small_shapes(options, programs, {"best-of-4, times generate": ("ours 4", "generate 4"),
                                                "one response, times generate": ("ours 1", "generate 1")})


def reward(options: argparse.Namespace) -> dict[str, Any]:
    """Labels a second in training: the query read once, in k passes of this project's trunk, of the module's own."""
    def programs(shape: str) -> list[Program]:
        return [Program("shared", f"{OURS}:reward_step", {"name": shape, "shares_query": True}),
                Program("separate", f"{OURS}:reward_step", {"name": shape, "shares_query": False}),
                Program("module", f"{SINGLE}:reward_step", {"name": shape})]

    return _of_small_shapes(options, programs, {
        "times own separate passes": ("shared", "separate"), "times the module's": ("shared", "module")})


def jobs(options: argparse.Namespace) -> dict[str, Any]:
    """As many PPO stages at once as there are cores, with a thread each, beside one that has them all."""
    found, cores = {}, len(os.sched_getaffinity(0))
    for name in options.shapes:
        found[name] = compete([
            Program("at once", f"{FITS}:narrow", {"name": name, "threads": 1}, processes=cores),
            Program("one", f"{FITS}:narrow", {"name": name, "threads": cores})], rounds=options.rounds)
        print(f"({name}) {cores} stages at once {ratio(found[name], 'at once', 'one'):.2f}", flush=True)
    return found


def memory(options: argparse.Namespace) -> dict[str, Any]:
    """Peak memory after a little work and after much: it must not grow with episodes or labels.

    A little is more than the allocator takes to come to rest, about a hundred updates.
    """
    found = {}
    for what, build, arguments, little, much in (
            ("PPO updates of 64 episodes on (a)", f"{FITS}:repeated", {"name": "a", "precision": "fp32"}, 200, 800),
            ("reward-model labels on (a)", f"{FITS}:reward_fit", {}, 10_000, 60_000)):
        peaks = {}
        for amount in (little, much):
            program = Program(what, build, {**arguments, "amount": amount})
            peaks[str(amount)] = compete([program], rounds=1, run_seconds=0)[what]["peak_mib"]
        found[what] = peaks
        print(what, peaks, flush=True)
    return found


def _of_small_shapes(options: argparse.Namespace, programs: Callable[[str], list[Program]],
                     shown: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Results by shape, with the matrix rate after them. shown: ratios of two programs that are printed, by name.

    Without the largest shape, where each run takes minutes; PPO has measured it already.
    """
    found = {}
    for name in options.shapes:
        if name != "c":
            results = compete(programs(name), rounds=options.rounds)
            found[name] = {"gflop_per_second": best_rate("fp32"), "results": results}
            print(f"({name})", ", ".join(f"{what} {ratio(results, *pair):.2f}" for what, pair in shown.items()),
                  flush=True)
    return found


def _require_trl() -> None:
    if importlib.util.find_spec("trl") is None:
        raise SystemExit("TRL is not installed. `make bench` does that and measures everything; for a part alone: "
                         ".venv/bin/python -m pip install --editable '.[bench]' --constraint constraints.txt")
