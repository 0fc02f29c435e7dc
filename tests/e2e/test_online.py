"""Online collection from the command line: every source of labels, with best-of-n and an upper bound beside it."""

import json

import numpy as np
import pytest

from harness.artifacts.label_table import LabelTable
from harness.models.classifiers import Classifier
from harness.models.loading import ModelShape
from harness.ratings.protocol import StudyKind
from harness.ratings.store import open_store
from harness.run import main
from harness.tasks.tokenizer import train_tokenizer
from tests.e2e.runs import TINY, command, results
from tests.e2e.test_human_labels import _label

SMALL = {key: value for key, value in TINY.items() if key not in ("supervised.pairs", "labels.budgets")} | {
    "seeds": "[1]", "ppo.episodes": 192, "task.queries.test": 12, "task.queries.train": 200}
TWO_ARMS = {"policies": "[{arm: rl}, {arm: rl_online, collection: online, online: {rounds: 2}}]",
            "evaluation.best_of": "[]"}


def _run(folder, monkeypatch, **settings):
    """The command in this process: a study this small takes less time than a new one does to start."""
    monkeypatch.chdir(folder)
    words = command(study="online", settings=SMALL | settings, jobs=1)
    return main(words[words.index("-m") + 2:])


def _label_counts(folder):
    return sorted(len(LabelTable.load(path.parent)) for path in (folder / "mlruns" / "artifacts").rglob("labels.npy"))


def test_a_classifier_labels_online_and_offline_and_is_optimized_itself(tmp_path, monkeypatch):
    tokenizer = train_tokenizer(iter(["They laughed. He wept in the rain. She smiled at him."] * 20), 300)
    shape = ModelShape(layers=1, width=16, heads=2, context=64, vocab_size=len(tokenizer))
    Classifier.new(tokenizer, ["neg", "pos"], base=shape, seed=1).save_pretrained(tmp_path / "clf")
    settings = {"labels.labeler.scorer": "classifier:clf", "evaluation.judge.scorer": "classifier:clf",
                "labels.budgets": "[24]", "policies.1.online.rounds": 3, "evaluation.best_of": "[4]"}
    assert _run(tmp_path, monkeypatch, **settings) == 0
    document = results(tmp_path)
    arms = {(arm["arm"], arm["label_budget"]): arm for arm in document["arms"]}
    assert set(arms) == {("zero_shot", None), ("reference", None), ("rl", 24), ("rl_online", 24), ("mock_reward", 0),
                         ("best_of_4", 24)}
    assert arms["best_of_4", 24]["kl_to_reference"] == pytest.approx(np.log(4) - 3 / 4, abs=1e-6)
    assert arms["mock_reward", 0]["reward_model_score"] is None
    assert arms["rl_online", 24]["reward_model_score"] is not None
    judged = {(row["arm"], row["baseline"]) for row in document["win_rates"]}
    assert judged == {*((arm, baseline) for arm in ("rl", "rl_online", "mock_reward", "best_of_4")
                        for baseline in ("zero_shot", "reference")), ("rl_online", "rl"),
                      ("rl", "mock_reward"), ("rl_online", "mock_reward")}
    assert document["upper_bounds"] == ["mock_reward"]
    rounds = [(row["round"], row["episodes"], row["labels"]) for row in document["online_rounds"]]
    # 6 + 18·(1 − (1 − n/N)²) at n/N = 0 and ⅓: 6 and 16; the last round has all 24. The offline arm has its own 24.
    assert rounds == [(1, 0, 6), (2, 64, 16), (3, 128, 24)]
    assert _label_counts(tmp_path) == [6, 8, 10, 24]
    page = (tmp_path / "mlruns" / "reports" / "tiny" / "report.html").read_text(encoding="utf-8")
    assert "Online collection" in page
    assert "mock-reward is an upper bound" in page


def test_people_are_asked_once_a_round(tmp_path, monkeypatch, capsys):
    settings = {"labels": "{source: human, budgets: [8]}", **TWO_ARMS}
    assert _run(tmp_path, monkeypatch, **settings) == 3
    assert "8 labels are missing" in capsys.readouterr().out, "the offline arm's, the online arm's first 2 among them"
    assert _label(tmp_path, 100) >= 8
    assert _run(tmp_path, monkeypatch, **settings) == 3
    # 2 + 6·(1 − ¼) would be the schedule's at half time; the last round has what is left.
    assert "6 labels are missing" in capsys.readouterr().out
    assert _label(tmp_path, 101) >= 6
    assert _run(tmp_path, monkeypatch, **settings) == 0
    assert _label_counts(tmp_path) == [2, 2, 6, 6], "the online arm's first 2 are among the pool's"
    store = open_store(f"sqlite:///{tmp_path}/mlruns/ratings.db")
    assert len(store.studies(StudyKind.LABELS)) == 1, "one queue holds the tasks of all rounds"


def test_a_file_of_labels_is_taken_in_order_by_the_rounds(tmp_path, monkeypatch):
    rows = [{"query": f"They met {number} times.", "candidates": [f" It rained{mark}" for mark in (".", "!", "?", "")],
             "best": number % 4} for number in range(24)]
    (tmp_path / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    labels = "{source: imported, path: labels.jsonl, budgets: [24]}"
    assert _run(tmp_path, monkeypatch, labels=labels, **TWO_ARMS) == 0
    (table,) = [LabelTable.load(path.parent) for path in (tmp_path / "mlruns" / "artifacts").rglob("labels.npy")]
    assert table.best.tolist() == [row["best"] for row in rows]
    trained = [json.loads(path.read_text())["summary"]
               for path in (tmp_path / "mlruns" / "artifacts").rglob("outcome.json")]
    assert sorted(figures["trained_on"] + figures["validated_on"] for figures in trained
                  if "trained_on" in figures) == [6, 24]


def test_online_and_gold_arms_are_compared_at_the_plan_s_kl(tmp_path, monkeypatch):
    policies = f"{TWO_ARMS['policies'][:-1]}, {{arm: mock_reward, reward: gold}}]"
    settings = {"labels.budgets": "[24]", "policies": policies, "evaluation.best_of": "[]",
                "evaluation.plan.compare_at": "{kl: 0.05}"}
    assert _run(tmp_path, monkeypatch, **settings) == 0
    document = results(tmp_path)
    runs = {(row["arm"], row["label_budget"]): row["compared_at"] for row in document["runs"]}
    assert set(runs) == {("rl", 24), ("rl_online", 24), ("mock_reward", 0)}
    assert all(kl is not None for kl in runs.values()), "each was kept near the KL"
    arms = {arm["arm"] for arm in document["arms"]}
    assert {f"{arm}{end}" for arm in ("rl", "rl_online", "mock_reward") for end in ("", "_end")} <= arms
    judged = {(row["arm"], row["baseline"]) for row in document["win_rates"]}
    assert {("rl_online", "rl"), ("rl_online_end", "rl_end"), ("rl", "mock_reward"),
            ("rl_end", "mock_reward_end")} <= judged
    kept = [json.loads(path.read_text()) for path in (tmp_path / "mlruns" / "artifacts").rglob("snapshots.json")]
    assert len(kept) == len(runs), "one file a policy, of an online arm's last round"
    for kl in runs.values():
        assert any(min(each["kl"] for each in snapshots) <= kl <= max(each["kl"] for each in snapshots)
                   for snapshots in kept)
