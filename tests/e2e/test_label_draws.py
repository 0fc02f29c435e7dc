"""Labels that people gave, or that a file has, are a pool from which every run draws its own: as simulated ones are.

`harness export-labels --seed` writes what one run drew.
"""

import itertools
import json

import pytest

from harness import export_labels
from harness.run import main
from tests.e2e.runs import TINY, command, results
from tests.e2e.test_human_labels import _label

SMALLER, LARGER, POOL, HELD_OUT, SEEDS = 3, 6, 10, 4, (1, 2)
SMALL = {**{key: value for key, value in TINY.items() if key != "labels.budgets"}, "seeds": str([*SEEDS]),
         "ppo.episodes": 32, "task.queries.test": 12, "task.queries.train": 200, "supervised": "null",
         "evaluation.baselines": "[zero_shot]"}
DRAWN = f"budgets: [{SMALLER}, {LARGER}, {POOL}], validation: {HELD_OUT}"


def _run(settings):
    words = command(settings=settings, jobs=1)
    return main(words[words.index("-m") + 2:])


def _drawn(folder, settings, *, budget, seed):
    """The labels of one run's reward model, each by its query and choice."""
    out = folder / f"labels-{budget}-{seed}.json"
    words = command(settings=settings)
    assert export_labels.main([*words[words.index("-m") + 2:], "--out", str(out), "--budget", str(budget),
                               "--seed", str(seed)]) == 0
    return [(tuple(row["query"]), row["best"]) for row in json.loads(out.read_text())]


def _of_people(folder):
    settings = {**SMALL, "labels": f"{{source: human, {DRAWN}}}"}
    assert _run(settings) == 3
    assert _label(folder, 100) >= POOL + HELD_OUT, "the pool is labelled once, whoever draws from it"
    return settings


def _of_a_file(folder):
    rows = [{"query": f"They met {number} times.", "best": number % 4,
             "candidates": [f" It rained{mark}" for mark in (".", "!", "?", "")]} for number in range(POOL + HELD_OUT)]
    (folder / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return {**SMALL, "labels": f"{{source: imported, path: labels.jsonl, {DRAWN}}}"}


@pytest.mark.parametrize("source", [_of_people, _of_a_file])
def test_every_run_draws_its_own_labels_of_one_pool_and_smaller_budgets_are_nested(tmp_path, monkeypatch, source):
    monkeypatch.chdir(tmp_path)
    settings = source(tmp_path)
    assert _run(settings) == 0
    drawn = {(budget, seed): _drawn(tmp_path, settings, budget=budget, seed=seed)
             for budget, seed in itertools.product((SMALLER, LARGER, POOL), SEEDS)}
    assert all(len(set(labels)) == budget for (budget, _), labels in drawn.items())
    for seed in SEEDS:
        whole = drawn[POOL, seed]
        assert (drawn[SMALLER, seed], drawn[LARGER, seed]) == (whole[:SMALLER], whole[:LARGER]), "nested within a run"
    first, second = SEEDS
    assert set(drawn[LARGER, first]) != set(drawn[LARGER, second]), "another run has others"
    assert set(drawn[POOL, first]) == set(drawn[POOL, second]), "of one pool, without what is held out"

    rows = results(tmp_path)["reward_models"]
    assert [(row["trained_on"], row["validated_on"]) for row in rows if row["label_budget"] == SMALLER] == [
        (SMALLER, HELD_OUT)] * len(SEEDS)
