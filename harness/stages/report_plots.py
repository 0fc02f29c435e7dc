"""The report's plots, as SVG. Colours are told apart by people who do not see red and green alike."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np

matplotlib.use("svg")

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from harness.study.stage import ArmKey

if TYPE_CHECKING:
    from harness.stages.report_page import ReportMaterial

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#555555")
_STYLE = {"axes.spines.top": False, "axes.spines.right": False, "font.size": 10, "axes.grid": True,
          "grid.alpha": 0.25, "svg.fonttype": "none", "svg.hashsalt": "report"}


def dose_response(material: ReportMaterial) -> bytes | None:
    """Win rate against label budget, with intervals and every seed's point, one panel a baseline."""
    rows = material.results["win_rates"]
    baselines = list(dict.fromkeys(row["baseline"] for row in rows))
    if not rows:
        return None
    with plt.rc_context(_STYLE):
        figure, panels = plt.subplots(1, len(baselines), figsize=(4.2 * len(baselines), 3.4), sharey=True,
                                      squeeze=False)
        for panel, baseline in zip(panels[0], baselines, strict=True):
            series = dict.fromkeys((row["arm"], row["judge"]) for row in rows)
            judges = {judge for _, judge in series}
            for colour, (arm, judge) in zip(_COLOURS, series, strict=False):
                mine = [row for row in rows if (row["baseline"], row["arm"], row["judge"]) == (baseline, arm, judge)
                        and row["win_rate"] is not None]
                label = arm if len(judges) == 1 else f"{arm}, {judge}"
                budgets = [row["label_budget"] for row in mine]
                rates = [row["win_rate"] for row in mine]
                # Where all outcomes agree there may be no interval, or one that ends at the rate but for rounding.
                below = [max(row["win_rate"] - _or(row["ci_low"], row["win_rate"]), 0.0) for row in mine]
                above = [max(_or(row["ci_high"], row["win_rate"]) - row["win_rate"], 0.0) for row in mine]
                panel.errorbar(budgets, rates, yerr=[below, above], marker="o", capsize=3, color=colour, label=label,
                               linestyle="--" if len(judges) > 1 and judge == "simulated" else "-")
                for row in mine:
                    panel.scatter([row["label_budget"]] * len(row["by_seed"]),
                                  [point["win_rate"] for point in row["by_seed"]], s=14, color=colour, alpha=0.45)
            panel.axhline(0.5, color="#555555", linewidth=0.8, linestyle="--")
            panel.set_xscale("log")
            ticks = sorted({row["label_budget"] for row in rows})
            panel.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
            panel.minorticks_off()
            panel.set_title(f"against {baseline.replace('_', '-')}")
            panel.set_xlabel("labels")
            panel.set_ylim(0, 1)
        panels[0][0].set_ylabel("win rate")
        panels[0][0].legend(loc="lower right", frameon=False)
        return _svg(figure)


def _curves(material: ReportMaterial, names: dict[str, str], xlabel: str, ylabel: str, *,
            x: str) -> bytes | None:
    """The named metrics of every trained policy; one colour a budget, one line a seed, one style a metric."""
    if not material.curves:
        return None
    budgets = list(dict.fromkeys(ArmKey.parse(arm).label_budget for arm in material.curves))
    with plt.rc_context(_STYLE):
        figure, panel = plt.subplots(figsize=(6.4, 3.4))
        for arm, records in material.curves.items():
            key = ArmKey.parse(arm)
            colour = _COLOURS[budgets.index(key.label_budget) % len(_COLOURS)]
            for style, name in zip(("-", "--", ":"), names, strict=False):
                points = np.array([(record["metrics"][x], record["metrics"][name])
                                   for record in records if name in record["metrics"]])
                if len(points):
                    smooth = _smoothed(points)
                    panel.plot(smooth[:, 0], smooth[:, 1], style, color=colour, linewidth=1.2, alpha=0.8)
        handles: list[Any] = [plt.Line2D([], [], color=_COLOURS[index % len(_COLOURS)], label=f"{budget:,} labels")
                              for index, budget in enumerate(budgets) if budget is not None]
        handles += [plt.Line2D([], [], color="#555555", linestyle=style, label=label)
                    for style, label in zip(("-", "--", ":"), names.values(), strict=False)]
        panel.legend(handles=handles, frameon=False, fontsize=8)
        panel.set_xlabel(xlabel)
        panel.set_ylabel(ylabel)
        return _svg(figure)


def _smoothed(points: np.ndarray) -> np.ndarray:
    """Running means over a fifteenth of the points: (m, 2). Single batches are too noisy to read."""
    width = max(1, len(points) // 15)
    kernel = np.ones(width) / width
    return np.stack([np.convolve(column, kernel, mode="valid") for column in points.T], axis=1)


def kl_curve(material: ReportMaterial) -> bytes | None:
    """KL to the reference policy against episodes."""
    return _curves(material, {"objective/kl": "KL to the reference"}, "episodes", "nats per episode", x="episodes")


def over_optimization(material: ReportMaterial) -> bytes | None:
    """The reward model's score and the simulated labeler's own against KL: where they part, the model is exploited."""
    has_gold = any("objective/gold_score" in record["metrics"]
                   for records in material.curves.values() for record in records)
    if not has_gold:
        return None
    return _curves(material, {"objective/score_of_valid": "reward model's score",
                              "objective/gold_score": "simulated labeler's own score"},
                   "KL to the reference, nats per episode", "score", x="objective/kl")


def copied_positions(material: ReportMaterial) -> bytes | None:
    """Where in the source the copied sentences stand."""
    counts = {arm: details["copied_sentence_positions"] for arm, details in material.details.items()
              if sum(details["copied_sentence_positions"])}
    if not counts or material.study["task"]["kind"] != "summarization":
        return None
    groups: dict[str, list[float]] = {}
    for arm, histogram in counts.items():
        key = ArmKey.parse(arm)
        label = key.arm.replace("_", "-") if key.label_budget is None else f"{key.arm} {key.label_budget:,}"
        groups[label] = [a + b for a, b in zip(groups.get(label, [0.0] * 10), histogram, strict=True)]
    with plt.rc_context(_STYLE):
        figure, panel = plt.subplots(figsize=(6.4, 3.4))
        for colour, (label, histogram) in zip(_COLOURS * 3, groups.items(), strict=False):
            total = sum(histogram)
            panel.plot([5 + 10 * place for place in range(10)], [value / total for value in histogram], marker=".",
                       color=colour, label=label)
        panel.set_xlabel("place in the source, percent")
        panel.set_ylabel("share of the copied sentences")
        panel.legend(frameon=False, fontsize=8)
        return _svg(figure)


def _or(value: float | None, other: float) -> float:
    return other if value is None else value


def _svg(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.tight_layout()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    plt.close(figure)
    return buffer.getvalue()


PLOTS: dict[str, Callable[[ReportMaterial], bytes | None]] = {
    "dose_response": dose_response, "kl": kl_curve, "over_optimization": over_optimization,
    "copied_positions": copied_positions,
}
