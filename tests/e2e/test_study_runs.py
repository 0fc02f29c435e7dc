"""Whole studies, as a user runs them: real training at a tiny scale, and what harness.stages.report makes of it."""

import html
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from mlflow.tracking import MlflowClient
from safetensors.torch import load_file

from harness.artifacts.label_table import LabelTable
from harness.engine.exported_runs import exported_times, finished_studies, load_samples
from harness.records import PAD
from tests.e2e.runs import TINY, command, results, run_study, variables


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder in which the tiny study ran undisturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    process = run_study(folder)
    assert process.returncode == 0, process.stdout + process.stderr
    return folder


def test_a_study_ends_with_report_and_results(finished):
    document = results(finished)
    assert document["simulated_labels"] is True
    assert {(arm["arm"], arm["label_budget"], arm["seed"]) for arm in document["arms"]} == {
        ("zero_shot", None, None), ("supervised", None, None), ("reference", None, None),
        *(("rl", budget, seed) for budget in (40, 80) for seed in (1, 2))}
    assert all(arm["n_queries"] == 24 for arm in document["arms"])
    for row in document["win_rates"]:
        assert row["wins"] + row["ties"] + row["losses"] == row["n_judgments"] == 48
        assert row["win_rate"] == pytest.approx((row["wins"] + row["ties"] / 2) / row["n_judgments"])
        assert row["ci_low"] <= row["win_rate"] <= row["ci_high"]
        assert row["p_value"] <= row["p_value_holm"]
    assert {(row["budget_a"], row["budget_b"]) for row in document["equivalence"]} == {(80, 40)}
    page = _page(finished)
    assert "simulated judge" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
    assert "<script" not in page
    headings = re.findall(r'<h2 id="([^"]+)"', page)
    assert len(headings) == len(set(headings)) > 10
    assert all(f'href="#{heading}"' in page for heading in headings)


def test_how_long_further_runs_would_take_is_noted_beside_the_results(finished):
    times = exported_times(finished / "mlruns" / "reports" / "tiny")
    assert times.another.keys() == {"rl/80 vs rl/40"}
    assert times.another["rl/80 vs rl/40"] > 0
    assert times.again > 0


def _page(folder):
    return (folder / "mlruns" / "reports" / "tiny" / "report.html").read_text(encoding="utf-8")


def test_a_plan_that_is_changed_after_the_judgments_is_told(finished):
    plan = results(finished)["analysis_plan"]
    assert plan["differences"] == []
    assert "Analysed as planned" in _page(finished)
    client = MlflowClient(f"sqlite:///{finished}/mlruns/mlflow.db")
    experiment = client.get_experiment_by_name("tiny").experiment_id
    frozen = client.search_runs([experiment], f"tags.analysis_plan = '{plan['digest']}'")
    assert frozen, "the plan's hash is logged with the execution"
    process = run_study(finished, settings={**TINY, "evaluation.plan.margin": 0.1})
    assert process.returncode == 0, process.stdout + process.stderr
    assert "1 stages executed" in process.stdout, "nothing is judged again"
    changed = results(finished)["analysis_plan"]
    assert changed["digest"] == plan["digest"]
    assert changed["differences"] == ["margin: planned 0.05, done 0.1"]
    assert "Not as planned" in _page(finished)
    assert run_study(finished).returncode == 0


def test_the_rating_app_finds_the_finished_study(finished):
    ((study,), _) = finished_studies(finished / "mlruns" / "reports")
    samples = load_samples(study)
    assert {str(sample.arm) for sample in samples} == {"zero_shot", "supervised", "reference",
                                                       "rl/40/1", "rl/40/2", "rl/80/1", "rl/80/2"}
    assert len({sample.query_id for sample in samples}) == 24
    assert all(sample.query_text for sample in samples)


def test_a_second_run_executes_nothing(finished):
    began = time.monotonic()
    process = run_study(finished)
    assert process.returncode == 0
    assert "0 stages executed" in process.stdout
    (answer,) = re.findall(r"^.*\b40 labels were (?:not )?enough.*$", process.stdout, re.MULTILINE)
    assert html.escape(answer, quote=False) in _page(finished), "the terminal says what the report begins with"
    assert time.monotonic() - began < 60
    execution, stages, arms = _newest_execution(finished)
    (report,) = stages
    assert report.info.run_name == "report"
    assert report.data.tags["reused_from"], "what is taken is noted, the whole tree is not written once more"
    assert len(arms) == len(results(finished)["arms"])
    reused = json.loads((finished / "mlruns" / "artifacts" / execution / "artifacts" / "reused.json").read_text())
    assert reused["report"] == report.data.tags["reused_from"]
    assert f"{len(reused)} reused" in process.stdout
    assert {"pretrain", "ppo rl/40/1"} <= reused.keys()


def _newest_execution(folder):
    """The execution that began last, and the runs of stages and of arms below it."""
    client = MlflowClient(f"sqlite:///{folder}/mlruns/mlflow.db")
    experiment = client.get_experiment_by_name("tiny").experiment_id
    newest = client.search_runs([experiment], "tags.level = 'execution'", order_by=["attributes.start_time DESC"])[0]
    first = _below(client, newest)
    second = [run for parent in first for run in _below(client, parent)]
    return newest.info.run_id, *(
        [run for run in (*first, *second) if run.data.tags["level"] == level] for level in ("stage", "arm"))


def _below(client, parent):
    return client.search_runs([parent.info.experiment_id], f"tags.mlflow.parentRunId = '{parent.info.run_id}'")


def test_the_numbers_do_not_depend_on_the_number_of_jobs(finished, tmp_path):
    process = run_study(tmp_path, jobs=1)
    assert process.returncode == 0, process.stdout + process.stderr
    assert results(tmp_path) == results(finished)


def test_one_more_budget_runs_only_its_own_arms(finished):
    process = run_study(finished, settings={**TINY, "labels.budgets": "[40, 60, 80]"})
    assert process.returncode == 0, process.stdout + process.stderr
    ended = [line for line in process.stdout.splitlines() if "] done " in line]
    assert not any("pretrain" in line or "/40/" in line or "/80/" in line for line in ended)
    assert sum("ppo rl/60/" in line for line in ended) == 2
    _, stages, arms = _newest_execution(finished)
    assert sum("reused_from" not in stage.data.tags for stage in stages) == len(ended)
    assert {"pretrain", "ppo rl/40/1"} <= {
        stage.info.run_name for stage in stages if stage.data.tags.get("reused_from")}
    assert len(arms) == 9
    # Leave the plain study's report where the other tests look for it.
    assert run_study(finished).returncode == 0


def test_what_is_saved_loads_with_from_pretrained(finished):
    from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer

    folders = [path.parent for path in (finished / "mlruns" / "artifacts").rglob("model/config.json")]
    policies = [folder for folder in folders if (folder / "value_head.safetensors").is_file()]
    rewards = [folder for folder in folders if (folder / "reward_head.safetensors").is_file()]
    assert policies
    assert rewards
    AutoTokenizer.from_pretrained(policies[0])
    AutoModelForCausalLM.from_pretrained(policies[0])
    assert AutoModelForSequenceClassification.from_pretrained(rewards[0]).config.num_labels == 1


def test_all_budgets_and_runs_draw_from_one_pool_that_is_labelled_once(finished):
    tables = [LabelTable.load(path.parent) for path in (finished / "mlruns" / "artifacts").rglob("labels.npy")]
    assert [len(table) for table in tables] == [80]


def test_no_labeler_sees_a_response_that_breaks_the_end_rule(finished):
    for path in (finished / "mlruns" / "artifacts").rglob("labels.npy"):
        table = LabelTable.load(path.parent)
        assert table.candidates.shape[1] == 4
        last = np.where(table.candidates != PAD, table.candidates, 0)
        length = (table.candidates != PAD).sum(axis=2)
        ends = np.take_along_axis(last, length[..., None] - 1, axis=2)
        assert len(np.unique(ends)) == 1, "every candidate ends with the one end token"


def test_mlflow_holds_the_study(finished):
    client = MlflowClient(f"sqlite:///{finished}/mlruns/mlflow.db")
    experiment = client.get_experiment_by_name("tiny").experiment_id
    arms = client.search_runs([experiment], "tags.level = 'arm' and params.arm = 'rl'", max_results=500)
    budgets = {run.data.params["label_budget"] for run in arms}
    assert {"40", "80"} <= budgets
    assert all(0 <= run.data.metrics["win_rate_vs_zero_shot"] <= 1 for run in arms)
    ppo = client.search_runs([experiment], "tags.kind = 'ppo' and tags.is_original = 'true'")[0]
    history = client.get_metric_history(ppo.info.run_id, "objective/kl")
    assert [point.step for point in history] == list(range(1, 11))
    for name in ("objective/score", "ppo/loss/policy", "ppo/val/var_explained", "objective/gold_score", "episodes/s"):
        assert name in ppo.data.metrics
    assert not client.search_runs([experiment], "attributes.status = 'RUNNING'")


def _wait_for(condition, process, seconds=240):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit
        if process.poll() is not None:
            return
        time.sleep(0.02)


def _read_while_there(path):
    """The stage may end meanwhile, and move its folder. (`os.walk` passes over what is gone, `Path.rglob` raises.)"""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


@pytest.mark.parametrize(("moment", "how"), [
    ("ppo", signal.SIGKILL), ("pretrain", signal.SIGKILL), ("labels", signal.SIGINT)])
def test_a_killed_study_goes_on_to_the_same_results(finished, tmp_path, moment, how):
    marks = {"ppo": "objective/kl", "pretrain": "train/lr", "labels": None}
    process = subprocess.Popen(command(), cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                               env=variables({"HARNESS_CHECKPOINT_SECONDS": "0"}))

    def reached():
        work = tmp_path / "mlruns" / "underway"
        if moment == "labels":
            # Moved to the artifacts as soon as it is whole: either place says that labels are being made.
            return any("labels.npy" in files for _, _, files in os.walk(tmp_path / "mlruns"))
        logs = {folder: _read_while_there(Path(folder) / "metrics.jsonl")
                for folder, _, files in os.walk(work) if "metrics.jsonl" in files}
        return any(marks[moment] in log and len(log.splitlines()) >= 3 and (Path(folder) / "checkpoint").is_dir()
                   for folder, log in logs.items())

    _wait_for(reached, process)
    process.send_signal(how)
    said = process.communicate()[1]
    if how is signal.SIGINT:
        assert process.returncode == 130
        assert said.strip() == "stopped; the same command goes on from here"
    again = run_study(tmp_path)
    assert again.returncode == 0, again.stdout + again.stderr
    assert results(tmp_path) == results(finished)


def test_two_processes_run_one_study_between_them(finished, tmp_path):
    both = [subprocess.Popen(command(), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             env=variables()) for _ in range(2)]
    outputs = [process.communicate(timeout=600)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert results(tmp_path) == results(finished)
    done = [line.split("] done ")[1].split("  ")[0] for output in outputs for line in output.splitlines()
            if "] done " in line and "nats_per_token" in line]
    assert done == ["pretrain"], "the first stage ran in one of them only"


def test_the_quick_study_learns_what_its_labels_ask_for(tmp_path):
    process = run_study(tmp_path, settings={})
    assert process.returncode == 0, process.stdout + process.stderr
    document = results(tmp_path, "quick")
    rates = {(row["label_budget"], row["baseline"]): row for row in document["win_rates"]}
    # A policy that learnt nothing wins 0.50 with a standard error of 0.022 a seed. One seed's policy wins 0.63 to 0.75,
    # by no more than the last bits of its sums.
    assert rates[4000, "zero_shot"]["win_rate"] > 0.6
    assert all(point["win_rate"] > 0.56 for point in rates[4000, "zero_shot"]["by_seed"])
    assert rates[4000, "zero_shot"]["win_rate"] > rates[16, "zero_shot"]["win_rate"]
    gold = {(arm["arm"], arm["label_budget"], arm["seed"]): arm["gold_score"] for arm in document["arms"]}
    assert gold["rl", 4000, 1] > gold["zero_shot", None, None] + 0.2


def test_a_study_in_half_precision_with_checkpoints_ends_in_single_precision_models(tmp_path):
    changes = {"compute.precision": "bf16", "compute.checkpoint_activations": "true", "seeds": "[1]",
               "labels.budgets": "[40]", "ppo.episodes": 64}
    process = run_study(tmp_path, settings=TINY | changes)
    assert process.returncode == 0, process.stdout + process.stderr
    weights = [load_file(path) for path in (tmp_path / "mlruns" / "artifacts").rglob("model.safetensors")]
    assert len(weights) >= 4
    assert {tensor.dtype for state in weights for tensor in state.values()} == {torch.float32}
    zero_shot = next(arm for arm in results(tmp_path, "tiny")["arms"] if arm["arm"] == "zero_shot")
    assert zero_shot["kl_to_reference"] == 0.0
