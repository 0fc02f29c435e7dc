"""People judge a study's responses, blind; the same command waits for them and then reports what they said.

harness.results.people_records holds it, harness.results.answers counts answers, harness.reporting.people writes it.
"""

import itertools
import json

import pytest
from mlflow.tracking import MlflowClient

from harness.engine.exported_runs import finished_studies, load_samples, log_seal
from harness.ratings.assignment import NoAssignment
from harness.ratings.drafting import Sizes, draft_study
from harness.ratings.protocol import StudyProtocol
from harness.ratings.publishing import study_seal
from harness.ratings.store import open_store
from harness.records import ArmKey, Contrast
from harness.results.people import study_report
from tests.e2e.runs import TINY, results, run_study

PLAIN = {**TINY, "labels.budgets": "[24]", "seeds": "[1]", "ppo.episodes": 64, "evaluation.baselines": "[zero_shot]",
         # Long enough that most responses of an untaught model end: the others are shown to nobody.
         "task.response.tokens": 48, "base_model.tokens": 100_000, "task.queries.test": 64}
ASKED = {**PLAIN, "evaluation.people": "{items: 5, overlap: 2, gold: 0, repeats: 0, training: 0, qualification: 0}"}


def _judge_everything(store, name, folder):
    """Two raters who always prefer what the trained policy wrote; the same text twice is a tie to them."""
    files = [path.read_text(encoding="utf-8").splitlines() for path in folder.rglob("samples.jsonl")]
    preferred = {row["text"] for row in map(json.loads, itertools.chain(*files)) if row["arm"] == "rl"}
    study = store.study_id(name)
    known = {rater.handle: rater.id for rater in store.raters()}
    for handle in ("amber", "birch"):
        rater = known.get(handle) or store.add_rater(handle)
        store.consent(study, rater)
        while not isinstance(held := store.next_assignment(study, rater), NoAssignment):
            left, right = (text in preferred for text in store.show(rater, held).texts)
            store.vote(rater, held, revision=0, choice="tie" if left == right else "left" if left else "right")


def _human(folder):
    return [row for row in results(folder)["win_rates"] if row["judge"] == "human"]


def test_a_study_waits_for_its_judges_and_reports_what_they_said(tmp_path):
    seconds = itertools.count(1_900_000_000, 10)
    first = run_study(tmp_path, settings=ASKED)
    assert first.returncode == 3, first.stdout + first.stderr
    assert "waiting for people: 10 judgments are missing" in first.stdout
    assert "Open the app with `harness app`" in first.stdout
    assert {row["judge"] for row in results(tmp_path)["win_rates"]} == {"simulated"}
    assert "people are awaited" in (tmp_path / "mlruns/reports/tiny/report.html").read_text(encoding="utf-8")
    ((finished,), _) = finished_studies(tmp_path / "mlruns" / "reports")
    assert load_samples(finished), "the leak scan and the rehearsal can be made before the first judgment"

    store = open_store(f"sqlite:///{tmp_path}/mlruns/ratings.db", clock=lambda: float(next(seconds)))
    (study,) = store.studies()
    client = MlflowClient(f"sqlite:///{tmp_path}/mlruns/mlflow.db")
    experiment = client.get_experiment_by_name("tiny").experiment_id
    (published,) = client.search_runs([experiment], "tags.kind = 'publish'")
    sealed = json.loads((tmp_path / published.info.artifact_uri.removeprefix("file://") / "seal.json").read_text())
    assert sealed["seal"] == study.seal
    assert published.info.end_time <= study.created_at, "the seal is in MLflow before anybody can judge"
    assert "zero_shot/" not in json.dumps(sealed), "the arm map is not"

    _judge_everything(store, study.name, tmp_path)
    store.close(study.id)
    study_report(store, study.id)
    last = run_study(tmp_path, settings=ASKED)
    assert last.returncode == 0, last.stdout + last.stderr
    (row,) = _human(tmp_path)
    assert (row["wins"] + row["ties"], row["losses"], row["n_judgments"], row["n_raters"]) == (10, 0, 10, 2)
    assert row["win_rate"] == pytest.approx((row["wins"] + row["ties"] / 2) / 10)
    assert {row["judge"] for row in results(tmp_path)["win_rates"]} == {"human", "simulated"}
    arm, *_ = client.search_runs([experiment], "tags.level = 'arm' and params.arm = 'rl'",
                                 order_by=["attributes.start_time DESC"])
    assert arm.data.metrics["win_rate_vs_zero_shot_human"] == pytest.approx(row["win_rate"])
    page = (tmp_path / "mlruns/reports/tiny/report.html").read_text(encoding="utf-8")
    assert "compared by people" in page
    assert "10 judgments by 2 people" in page

    _a_study_made_in_the_app_comes_back_too(tmp_path, store, client)


def _a_study_made_in_the_app_comes_back_too(folder, store, client):
    """As the Own page makes it, from the finished execution; here on top of what the study file asked for."""
    ((finished,), _) = finished_studies(folder / "mlruns" / "reports")
    compared = Contrast(ArmKey("rl", 24, 1), ArmKey("zero_shot"))
    draft = draft_study(load_samples(finished), [compared], Sizes(
        items=3, overlap=2, gold=0, repeats=0, training=0, qualification=0), seed=1)
    protocol = StudyProtocol(name="made in the app", title="t", instructions="i", seed=1,
                             responses=finished.fingerprints([compared.arm, compared.opponent]))
    log_seal(finished, protocol, study_seal(protocol, draft.items))
    made = store.publish_study(protocol, draft.items.items, draft.items.key)
    (artifact,) = client.list_artifacts(finished.execution, "seals")
    assert store.study(made).seal[:8] in artifact.path
    _judge_everything(store, "made in the app", folder)
    store.close(made)
    study_report(store, made)

    process = run_study(folder, settings=PLAIN)
    assert process.returncode == 0, process.stdout + process.stderr
    assert [row["n_judgments"] for row in _human(folder)] == [6, 10]
    assert results(folder)["people"][0]["study"] == "made in the app"
