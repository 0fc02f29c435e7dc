"""Every study that ships loads, and its plan is in an order that can be run."""

import pytest

from harness.study.arms import end_arms
from harness.study.loading import load_study
from harness.study.plan import make_plan
from tests.e2e.runs import ROOT

STUDIES = sorted((ROOT / "studies").rglob("*.yaml"))


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """The variables that shipped studies name."""
    (tmp_path / "texts").mkdir()
    for name in ("TEXTS", "BASE_MODEL"):
        monkeypatch.setenv(name, str(tmp_path / "texts"))
    monkeypatch.setenv("PAIRS", str(tmp_path / "pairs.jsonl"))


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: str(path.relative_to(ROOT / "studies")))
def test_every_shipped_study_loads_and_plans(path, environment):
    study = load_study(path)
    plan = make_plan(study, {})
    assert plan.stages[-1].kind == "report"
    made = set()
    for stage in plan.stages:
        assert set(stage.inputs.values()) <= made, f"{stage.name} stands before one of its inputs"
        made.add(stage.fingerprint)
    ends = set(end_arms(study).values())
    trained = [arm for arm in plan.arms if arm.label_budget is not None and arm not in ends]
    with_labels = sum(policy.reward == "model" for policy in study.policies) + len(study.evaluation.best_of)
    without = len(study.policies) + len(study.evaluation.best_of) - with_labels
    assert len(trained) == (with_labels * len(study.labels.budgets) + without) * len(study.seeds)
