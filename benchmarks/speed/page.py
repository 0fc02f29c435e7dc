"""Writes the measured figures into docs/performance.json, and from there into docs/performance.md."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.speed.contest import ratio, ratios
from benchmarks.speed.workload import SHAPES
from benchmarks.write_table import measured, write_table

DOCS = Path(__file__).resolve().parents[2] / "docs"
FIGURES, PAGE, PICTURE = DOCS / "performance.json", DOCS / "performance.md", DOCS / "images" / "cost.svg"
GOALS = {"a": (6, None, None), "b": (4, None, None), "c": (4, 6.5, 3.5)}
"""Times TRL: single precision over its single precision, bf16 over its single precision, bf16 over its bf16."""

PPO_COLUMNS = ["shape", "program", "episodes/s", "seconds / floor", "peak MiB", "times TRL fp32", "times TRL bf16",
               "gain from the shared trunk", "times the single file"]


def keep(part: str, figures: Mapping[str, Any]) -> None:
    """Replace a part's figures; shapes and studies that were not run keep theirs."""
    document = _figures()
    before = document.get(part, {"figures": {}, "dates": {}})
    conditions = _conditions()
    document[part] = {"figures": before["figures"] | figures, "conditions": conditions,
                      "dates": before["dates"] | dict.fromkeys(figures, conditions["date"])}
    FIGURES.write_text(json.dumps(document, indent=1), encoding="utf-8")


def _figures() -> dict[str, Any]:
    return json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.is_file() else {}


def _conditions() -> dict[str, Any]:
    names = ("torch", "transformers", "trl", "accelerate", "numpy")
    installed = {package.metadata["Name"].lower() for package in importlib.metadata.distributions()}
    return {"date": measured(), "load": round(os.getloadavg()[0], 1),
            "machine": f"{_processor()}, {os.cpu_count()} cores", "threads": torch.get_num_threads(),
            "python": platform.python_version(),
            "versions": {name: importlib.metadata.version(name) for name in names if name in installed}}


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def write() -> None:
    """Every table whose figures there are."""
    document = _figures()
    tables = {"ppo": _ppo, "sampling": _sampling, "reward": _reward, "jobs": _jobs, "memory": _memory,
              "studies": _studies}
    for name, make in tables.items():
        if name in document:
            columns, rows = make(document[name]["figures"])
            write_table(name, columns, rows, note=_note(document[name]), document=PAGE)
    if "commands" in document:
        seconds = document["commands"]["figures"]["help_seconds"]
        write_table("commands", ["command", "seconds"], [["`python -m harness.run --help`", f"{seconds:.2f}"]],
                    note=_note(document["commands"]), document=PAGE)
    if "studies" in document:
        _draw(document["studies"])


def _note(part: Mapping[str, Any]) -> str:
    """The conditions of the latest run, and when the figures were measured that it left alone."""
    conditions = part["conditions"]
    earlier = "; ".join(f"{name}, {date}" for name, date in part["dates"].items() if date != conditions["date"])
    versions = ", ".join(f"{name} {version}" for name, version in conditions["versions"].items())
    return (f"{conditions['machine']}; {conditions['threads']} threads for each program; "
            f"Python {conditions['python']}, {versions}. Measured {conditions['date']}; "
            f"load average at the end {conditions['load']}." + (f" Measured earlier: {earlier}." if earlier else ""))


def _ppo(figures: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    rows = []
    for name, found in figures.items():
        shape, contests, rates = SHAPES[name], found["contests"], found["rates"]
        single, half, trunks = (contests[key] for key in ("fp32", "bf16", "trunks"))
        single_goal, half_goal, same_goal = GOALS[name]

        def row(program: str, results: Mapping[str, Any], *times: str,  # type: ignore[no-untyped-def]
                shape=shape, rates=rates) -> list[str]:
            rate = statistics.median(results[program]["rates"])
            above = _above_floor(rate, shape.gflop_per_episode, rates["bf16" if "bf16" in program else "fp32"])
            cells = [f"({shape.name})", program, f"{rate:.3g}", above, f"{results[program]['peak_mib']:,.0f}", *times]
            return cells + [""] * (len(PPO_COLUMNS) - len(cells))

        rows += [
            row("ours fp32", single, _times(single, "ours fp32", "trl fp32", single_goal), "",
                f"{ratio(trunks, 'single file fp32', 'single file, two trunks fp32'):.2f}",
                _times(single, "ours fp32", "single file fp32", 2)),
            row("trl fp32", single),
            row("single file fp32", single),
            row("single file, two trunks fp32", trunks, "", "", "",
                _times(trunks, "single file, two trunks fp32", "single file fp32", None)),
            row("ours bf16", half, _times(single, "ours bf16", "trl fp32", half_goal),
                _times(half, "ours bf16", "trl bf16", same_goal)),
            row("trl bf16", half),
        ]
    return PPO_COLUMNS, rows


def _above_floor(rate: float, gflop: float, gflop_per_second: float) -> str:
    """A program's seconds for a unit of so many Gflop, divided by the floor's, from its units a second."""
    return f"{gflop_per_second / gflop / rate:.1f}"


def _times(results: Mapping[str, Any], one: str, other: str, goal: float | None) -> str:
    """The median of a ratio, its smallest and largest round, and its goal."""
    found = ratios(results, one, other)
    return (f"{statistics.median(found):.2f} ({found[0]:.2f} to {found[-1]:.2f}"
            + (f"; goal {goal:g})" if goal else ")"))


def _sampling(figures: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    rows = []
    for name, found in figures.items():
        results = found["results"]
        for k, what in ((4, "best-of-4 candidates"), (1, "one response a query")):
            ours, theirs = (statistics.median(results[f"{who} {k}"]["rates"]) for who in ("ours", "generate"))
            above = _above_floor(ours, SHAPES[name].gflop_per_response(k), found["gflop_per_second"])
            goal = 3 if k == 4 else None
            rows.append([f"({name})", what, f"{ours:,.4g}", f"{24 * ours:,.0f}", above,
                         f"{theirs:,.4g}", _times(results, f"ours {k}", f"generate {k}", goal),
                         *(f"{results[f'{who} {k}']['peak_mib']:,.0f}" for who in ("ours", "generate"))])
    return ["shape", "what", "ours, responses/s", "ours, tokens/s", "seconds / floor", "`generate`, responses/s",
            "times `generate`", "peak MiB, ours", "peak MiB, `generate`"], rows


def _reward(figures: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    rows = []
    for name, found in figures.items():
        results = found["results"]
        rate = statistics.median(results["shared"]["rates"])
        rows.append([f"({name})", f"{rate:,.4g}",
                     _above_floor(rate, SHAPES[name].gflop_per_label, found["gflop_per_second"]),
                     _times(results, "shared", "separate", 1.5), _times(results, "shared", "module", 1.5),
                     f"{results['shared']['peak_mib']:,.0f}", f"{results['module']['peak_mib']:,.0f}"])
    return ["shape", "labels/s", "seconds / floor", "times four passes of our trunk",
            "times four passes of transformers' module", "peak MiB", "peak MiB, the module"], rows


def _jobs(figures: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    rows = [[f"({name})", *(f"{statistics.median(results[which]['rates']):,.3g}" for which in ("at once", "one")),
             f"{ratio(results, 'at once', 'one'):.2f}"] for name, results in figures.items()]
    return ["shape", "one stage on each core, episodes/s in all", "one stage on all cores, episodes/s",
            "ratio"], rows


def _memory(figures: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    rows = [[what, *(f"{int(amount):,}: {peak:,.0f} MiB" for amount, peak in peaks.items())]
            for what, peaks in figures.items()]
    return ["what", "small amount", "large amount"], rows


def _studies(figures: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    goals = {"label_budget": "900", "quick": "90"}
    rows = [[f"`{name}.yaml`", f"{found['seconds']:,.0f}", goals.get(name, ""),
             _number(found.get("cached_seconds"), ".1f"), _number(found.get("peak_mib"), ",.0f")]
            for name, found in figures.items()]
    return ["study", "seconds with nothing cached", "goal", "seconds with everything cached (goal 5)",
            "peak MiB of the largest process"], rows


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _draw(part: Mapping[str, Any]) -> None:
    """Seconds of the reward-model stages over labels, with a straight line, and of one PPO stage over its episodes."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    study = "label_budget" if "label_budget" in part["figures"] else next(iter(part["figures"]))
    found = part["figures"][study]
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    figure.supxlabel(f"{study}.yaml; {part['conditions']['machine']}; {part['dates'][study]}", fontsize="small",
                     color="#666666")
    left, right = figure.subplots(1, 2)
    points = [(int(name.split("/")[1]), seconds) for name, kind, seconds in found["stages"] if kind == "reward_model"]
    budgets, seconds = (np.array(values) for values in zip(*points, strict=True))
    slope, start = np.polyfit(budgets, seconds, deg=1)
    left.plot([0, max(budgets)], [start, start + slope * max(budgets)], color="#b8c4da")
    left.plot(budgets, seconds, "o", color="#3a5a98")
    left.set(xlabel="labels", ylabel="seconds of a reward-model stage", xlim=(0, None), ylim=(0, None))
    right.plot(*zip(*found["episodes"], strict=True), color="#3a5a98")
    right.set(xlabel="episodes", ylabel="seconds of a PPO stage", xlim=(0, None), ylim=(0, None))
    PICTURE.parent.mkdir(exist_ok=True)
    with rc_context({"svg.hashsalt": "cost"}):  # the same figures, the same file
        figure.savefig(PICTURE, metadata={"Date": None})
