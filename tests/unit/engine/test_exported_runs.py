"""What people said in the app of the same responses is found again."""

from __future__ import annotations

from pathlib import Path

import pytest
from rating_helpers import Clock, item_set, publish

from harness.engine.exported_runs import judged_elsewhere
from harness.ratings.store import RatingStore
from harness.results.people import study_report
from harness.study.loading import load_study
from harness.study.plan import make_plan
from tests.e2e.runs import ROOT

QUICK = ROOT / "studies" / "quick.yaml"


def test_what_people_said_elsewhere_of_the_same_responses_is_found_once_unblinded(
        store: RatingStore, clock: Clock) -> None:
    plan = make_plan(load_study(QUICK), {})
    some = tuple(sorted(plan.responses.values()))[:2]
    study = publish(store, item_set(1, overlap=1), responses=some)
    publish(store, item_set(1, overlap=1, seed=8), name="other texts", responses=("0" * 32,))
    assert judged_elsewhere(plan) == []
    store.close(study)
    study_report(store, study)
    assert [found.name for found in judged_elsewhere(plan)] == ["pilot"]
    added = make_plan(plan.study, {}, judged_elsewhere(plan))
    asked = {stage.fingerprint: stage.settings.name for stage in added.stages if stage.kind == "people"}
    assert [asked[fingerprint] for fingerprint in added.report.inputs.in_order("evaluations")] == ["pilot"]
    assert judged_elsewhere(added) == []


def test_an_empty_file_in_the_store_s_place_stays_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "ratings.db"
    file.touch()
    monkeypatch.setenv("HARNESS_RATINGS_URL", f"sqlite:///{file}")
    assert judged_elsewhere(make_plan(load_study(QUICK), {})) == []
    assert [(each.name, each.stat().st_size) for each in tmp_path.iterdir()] == [("ratings.db", 0)]
