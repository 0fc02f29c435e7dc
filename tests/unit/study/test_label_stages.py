"""The labels of a plan: one pool that runs draw from, and labels that are held out."""

from harness.study.collector import StageCollector
from harness.study.label_stages import LabelStages
from harness.study.loading import load_study
from harness.study.plan import make_plan
from harness.study.planner import Planner
from tests.e2e.runs import ROOT

QUICK = ROOT / "studies" / "quick.yaml"


def stages_of(*overrides):
    study = load_study(QUICK, ["labels.budgets=[100, 250]", *overrides])
    planner = Planner(study, {})
    base = planner.base_model()
    return planner, LabelStages(planner, zero_shot=base, queries=planner.queries(base))


def pieces(stages):
    return [(stage.settings.start, stage.settings.stop) for stage in stages.values()]


def test_every_budget_is_drawn_from_the_whole_pool():
    _, labels = stages_of("labels.pool=3000")
    assert pieces(labels.of_budget(100)) == pieces(labels.of_budget(250)) == [(0, 1000), (1000, 2000), (2000, 3000)]
    assert labels.draw(1).pool == 3000
    assert labels.draw(1).seed != labels.draw(2).seed
    assert labels.draw(None) is None, "what has no seed is no run"


def test_shared_labels_are_the_first_ones():
    _, labels = stages_of("labels.draws=shared")
    assert pieces(labels.of_budget(100)) == [(0, 100)]
    assert labels.draw(1) is None


def test_validation_labels_lie_behind_the_pool_and_every_reward_model_is_held_against_them():
    _, labels = stages_of("labels.validation=50")
    (held_out,) = labels.validation().values()
    assert (held_out.settings.start, held_out.settings.stop) == (250, 300)
    plan = make_plan(load_study(QUICK, ["labels.validation=50"]), {})
    models = [stage for stage in plan.stages if stage.kind == "reward_model"]
    assert len({stage.inputs["validation_labels"] for stage in (*models, plan.report)}) == 1


def test_a_draw_changes_no_label():
    _, labels = stages_of()
    _, shared = stages_of("labels.draws=shared")
    assert labels.of_budget(250)[0].fingerprint == shared.of_budget(250)[0].fingerprint


def test_a_stage_depends_on_the_digests_of_what_it_reads_and_no_other():
    plan = StageCollector(load_study(QUICK), {"labels": "one", "source": "two"})
    assert plan.external("labels", "scorer:vader", None) == {"labels": "one"}
