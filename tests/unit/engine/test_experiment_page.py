"""What MLflow's page shows of a study: the answer, and views in the form in which the page saves them."""

import json
from pathlib import Path

from harness.engine.experiment_page import experiment_tags
from harness.shipped import STUDIES
from harness.study.loading import load_study
from tests.result_records import equivalence_row, results_of, win_rate_row

STUDY = load_study(STUDIES / "quick.yaml")
TAGS = experiment_tags("7", STUDY, results_of(win_rates=[win_rate_row()],
                                              equivalence=[equivalence_row(1000, 250, 0.5)]),
                       Path("mlruns/reports/quick"))


def test_the_description_has_links_question_answer_and_places():
    first, question, answer, places = TAGS["mlflow.note.content"].split("\n\n")
    assert "#/experiments/7/runs" in first and "viewStateShareKey=harness-win-rates" in first
    assert question == f"**{STUDY.title}**"
    assert "250 labels" in answer
    assert "`mlruns/reports/quick/report.html`" in places, "as the command names it: a moved folder keeps it"
    assert "`mlruns/reports/quick/results.json`" in places
    assert TAGS["mlflow.experimentKind"] == "custom_model_development"


def test_a_view_is_named_and_charts_each_baseline():
    view = json.loads(TAGS["mlflow.sharedViewState.harness-win-rates"])
    state = json.loads(view["state"])
    assert view["name"] == "Win rate against label budget" and state["searchFilter"] == "tags.level = 'arm'"
    first, second = (section["uuid"] for section in state["compareRunSections"])
    drawn = [(chart["metricSectionId"], chart["xaxis"]["key"], chart["yaxis"]["key"])
             for chart in state["compareRunCharts"]]
    assert drawn == [
        *((first, "label_budget", f"win_rate_vs_{baseline}") for baseline in STUDY.evaluation.baselines),
        (second, "label_budget", "reward_model_accuracy"), (second, "kl_to_reference", "gold_score")]
