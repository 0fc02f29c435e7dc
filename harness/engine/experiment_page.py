"""What MLflow's page shows of a study: its question and answer, and two views that open with one click each.

A view is a tag of the experiment, in the form in which MLflow's own page (3.x) saves views: a filter, columns and
charts. A page that does not know the form leaves it alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from harness.reporting.win_rates import headline
from harness.results.records import Results
from harness.study.spec import StudySpec

TRAINING = {"mlflow.experimentKind": "custom_model_development"}
"""MLflow's word for experiments that train models; others open on a page for chats."""

_VIEW = "mlflow.sharedViewState."
_ARMS, _CURVES = "harness-arms", "harness-win-rates"
_WORKFLOW = "workflowType=machine_learning"


def runs_address(experiment: str) -> str:
    """Where MLflow's page shows the runs of an experiment, below the server's own address."""
    return f"#/experiments/{experiment}/runs?{_WORKFLOW}"


def experiment_tags(experiment: str, study: StudySpec, results: Results, output: Path) -> dict[str, str]:
    """The experiment's description and views after an execution. output: the folder of report and results."""
    return {**TRAINING, "mlflow.note.content": _description(experiment, study, results, output),
            _VIEW + _CURVES: _view("Win rate against label budget", _charts(study.evaluation.baselines)),
            _VIEW + _ARMS: _view("Arms", {})}


def _description(experiment: str, study: StudySpec, results: Results, output: Path) -> str:
    """Markdown. The page shows the first line only, until it is opened: so the links stand there."""
    def link(name: str, view: str, mode: str) -> str:
        return f"[{name}]({runs_address(experiment)}&compareRunsMode={mode}&viewStateShareKey={quote(view)})"

    place = output.as_posix()  # as the user names it: a folder that is moved keeps it
    return "\n\n".join([
        f"{link('Win rate against label budget', _CURVES, 'CHART')} · {link('Arms', _ARMS, 'TABLE')}",
        f"**{study.title or study.study}**", headline(study, results),
        f"Report: `{place}/report.html`, results: `{place}/results.json`. The execution's run has "
        "both, and every figure under `figures`."])


def _charts(baselines: Sequence[str]) -> dict[str, Any]:
    """Scatter charts, a point for each arm: its win rate over each baseline, its reward model, its score and KL."""
    drawn = {"Win rate against label budget": [("label_budget", f"win_rate_vs_{baseline}") for baseline in baselines],
             "What labels buy a reward model, and KL a policy": [("label_budget", "reward_model_accuracy"),
                                                                 ("kl_to_reference", "gold_score")]}
    charts = [{"uuid": f"{y}-{x}", "type": "SCATTER", "runsCountToCompare": 1000, "deleted": False,
               "isGenerated": False, "metricSectionId": section, "xaxis": {"key": x, "type": "METRIC"},
               "yaxis": {"key": y, "type": "METRIC"}} for section, pairs in drawn.items() for x, y in pairs]
    return {"compareRunCharts": charts, "compareRunSections": [
        {"uuid": section, "name": section, "display": True, "isReordered": False, "deleted": False,
         "isGenerated": False} for section in drawn]}


def _view(name: str, charts: Mapping[str, Any]) -> str:
    """Runs are grouped, because a chart has no point for a run that is folded under its parent."""
    state = {"searchFilter": "tags.level = 'arm'", "orderByKey": "attributes.start_time", "orderByAsc": False,
             "startTime": "ALL", "lifecycleFilter": "Active", "datasetsFilter": [], "modelVersionFilter": "All Runs",
             "runsHiddenMode": "SHOW_ALL", "useGroupedValuesInCharts": False, "isAccordionReordered": True,
             "groupBy": {"aggregateFunction": "average", "groupByKeys": [{"mode": "tag", "groupByData": "level"}]},
             "selectedColumns": [f"params.`{key}`" for key in ("label_budget", "seed")]
             + ["metrics.`win_rate_vs_zero_shot`", "metrics.`kl_to_reference`", "metrics.`gold_score`"], **charts}
    return json.dumps({"name": name, "createdAt": 1, "updatedAt": 1, "state": json.dumps(state)})
