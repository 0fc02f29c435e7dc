"""Settings that are each possible and together are not."""

import pytest

from harness.errors import InputError
from harness.study.loading import load_study
from tests.e2e.runs import ROOT

QUICK = ROOT / "studies" / "quick.yaml"
COPIER = ROOT / "studies" / "smart_copier.yaml"
ONLINE = ROOT / "studies" / "online.yaml"


@pytest.mark.parametrize(("study", "overrides", "expected"), [
    (QUICK, ["supervised=null"], "supervised: evaluation.baselines names supervised, but supervised is null"),
    (QUICK, ["supervised=null", "evaluation.baselines=[zero_shot]", "policies=[{arm: rl, start: supervised}]"],
     "policies: a policy starts at supervised, but supervised is null"),
    (QUICK, ["labels={source: human, budgets: [20]}"], "supervised.scorer must be named when the labels are not sim"),
    (QUICK, ["policies=[{arm: rl}, {arm: rl}]"], "policies: an arm is listed twice"),
    (QUICK, ["task.source={kind: storyworld, genre: reports}"], "the genre must be stories for a continuation task"),
    (COPIER, ["task.source={kind: storyworld, genre: stories}"], "the genre must be reports for a summarization task"),
    (COPIER, ["task.source={kind: text, path: here}"], "task.source: plain text files have no summaries"),
    (COPIER, ["task.source={kind: jsonl, path: here}"], "task.source.reference_key: it names the summaries' key"),
    (COPIER, ["task.source={kind: hub, name: here}"], "task.source.reference_column: it names the summaries' column"),
    (COPIER, ["task.pretraining_extracts=0.9"], "task.pretraining_extracts: .* is more than 1, all there is"),
    (ONLINE, ["policies.1.online.rounds=129"], "rl_online has 129 rounds, more than the 128 batches"),
    (ONLINE, ["labels={source: human, budgets: [500, 2000]}"],
     "mock_reward has the simulated labeler's scorer as its reward, but the labels are human"),
    (ONLINE, ["policies=[{arm: rl_online, collection: online}]"], "best_of needs a policy with offline labels"),
    (ONLINE, ["evaluation.best_of=[4, 4]"], "evaluation.best_of: a number is listed twice"),
    (QUICK, ["supervised.keep=1.0e-9"], r"supervised.keep 1e-09 of supervised.pairs 3,000 is less than one pair"),
    (QUICK, [f"seeds={list(range(1001))}", "labels.budgets=[20]"],
     r"--set: seeds: seeds, labels.budgets and policies ask for 1,001 × 1 × 1 training runs, more than 1,000 in all"),
    (QUICK, ["evaluation.people={items: 3}", "seeds=[1, 2, 3, 4]"], "fewer than the 4 seeds"),
])
def test_settings_that_do_not_fit_together_are_refused(study, overrides, expected):
    with pytest.raises(InputError, match=expected):
        load_study(study, overrides)


def test_imported_labels_bring_their_own_queries():
    few = ["labels.budgets=[20]", "task.queries.train=10"]
    with pytest.raises(InputError, match=r"asks for 20 labels, each on a query of its own"):
        load_study(QUICK, few)
    imported = "labels={source: imported, path: labels.jsonl, budgets: [20]}"
    assert load_study(QUICK, [imported, "supervised.scorer=vader", *few]).task.queries.train == 10


def test_a_thousand_runs_are_not_too_many():
    study = load_study(QUICK, [f"seeds={list(range(500))}", "labels.budgets=[20, 40]"])
    assert len(study.seeds) * len(study.labels.budgets) * len(study.policies) == 1000
