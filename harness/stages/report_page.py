"""The report as one HTML file: the answer first, then the evidence, then how it was made."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from harness.stages import report_plots
from harness.stages.published import beside_the_paper
from harness.stages.results import finite


@dataclass(frozen=True)
class ReportMaterial:
    """All that the page shows. curves: metric records by arm. details: by arm, from the measure stage."""

    study: dict[str, Any]
    results: dict[str, Any]
    details: dict[str, Any]
    curves: dict[str, list[dict[str, Any]]]
    reward_models: dict[str, dict[str, float]]
    examples: list[dict[str, Any]]
    versions: dict[str, str]


def render(material: ReportMaterial) -> str:
    """The page. Every text of a model or a source is escaped."""
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True,
                              undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(percent=_percent, number=_number, p_value=_p_value, thousands=_thousands)
    plots = {name: _plot(draw, material) for name, draw in report_plots.PLOTS.items()}
    return environment.get_template("report.html.j2").render(
        study=material.study, results=material.results, plots={name: plot for name, plot in plots.items() if plot},
        answers=answers(material.results), copying_rows=_arms_by_budget(material.results["arms"]),
        first_words=material.details, examples=material.examples, reward_models=material.reward_models,
        published=beside_the_paper(material.study, material.results, material.details),
        versions=material.versions, settings=json.dumps(finite(material.study), indent=1))


def answers(results: dict[str, Any]) -> list[str]:
    """The sentences that stand first: how many labels were enough, and did training beat the baselines."""
    judge = "the simulated judge" if results["simulated_judge"] else "the raters"
    sentences = []
    for arm in dict.fromkeys(row["arm_a"] for row in results["equivalence"]):
        sentences += [row["sentence"] for row in results["equivalence"] if row["arm_a"] == arm]
    largest = max((row["label_budget"] for row in results["win_rates"]), default=None)
    for row in results["win_rates"]:
        if row["label_budget"] == largest and row["win_rate"] is not None:
            if row["ci_low"] is None:
                verdict = "not told apart from"
            else:
                verdict = ("preferred to" if row["ci_low"] > 0.5 else "worse than" if row["ci_high"] < 0.5
                           else "not told apart from")
            sentences.append(
                f"With {_thousands(largest)} labels {row['arm']} is {verdict} "
                f"{row['baseline'].replace('_', '-')} by {judge}: it wins "
                f"{_percent(row['win_rate'])} ({_percent(row['ci_low'])} to {_percent(row['ci_high'])}).")
    return sentences


def _arms_by_budget(arms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a baseline and one a budget, the seeds averaged where a figure is defined."""
    groups: dict[tuple[str, int | None], list[dict[str, Any]]] = {}
    for entry in arms:
        groups.setdefault((entry["arm"], entry["label_budget"]), []).append(entry)
    return [_mean_of(entries) for entries in groups.values()]


def _mean_of(entries: list[Any]) -> Any:
    first = entries[0]
    if isinstance(first, dict):
        return {key: _mean_of([entry[key] for entry in entries if entry is not None]) for key in first}
    numbers = [entry for entry in entries if isinstance(entry, int | float)]
    return sum(numbers) / len(numbers) if numbers and not isinstance(first, bool | str) else first


def _plot(draw: Callable[[ReportMaterial], bytes | None], material: ReportMaterial) -> str | None:
    picture = draw(material)
    return None if picture is None else f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}"


def _percent(value: float | None) -> str:
    return "undefined" if value is None else f"{100 * value:.1f}%"


def _number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _p_value(value: float | None) -> str:
    return "undefined" if value is None else "< .001" if value < 0.001 else f"{value:.3f}".lstrip("0")


def _thousands(value: float | None) -> str:
    return "–" if value is None else f"{round(value):,}"
