"""Studies on people's own text and on real weights, at a tiny scale: the whole path, not the result."""

import json

import pytest

from tests.e2e.runs import results, run_study
from tests.shared_data import shared_folder

SMALL = {
    "study": "tiny", "seeds": "[1]", "labels.budgets": "[24]", "supervised.pairs": 60, "task.queries.test": 12,
    "task.queries.valid": 16, "task.queries.train": 300, "reward_model.normalization_samples": 16,
    "ppo.episodes": 32, "ppo.batch_size": 16,
}


def _check(folder, arms):
    document = results(folder)
    assert {arm["arm"] for arm in document["arms"]} == arms
    for arm in document["arms"]:
        assert arm["rouge"] is not None
        assert arm["copying"]["novel_trigrams"] is not None


@pytest.mark.shared
@pytest.mark.parametrize("model", ["novels-gpt2", "stories260K"])
def test_novels_are_continued_from_real_weights(tmp_path, model):
    environment = {"TEXTS": str(shared_folder("data", "novels", "valid")),
                   "BASE_MODEL": str(shared_folder("models", model))}
    settings = {**SMALL, "task.response.truncate_after": 4,
                "domain_tuning": "{learning_rate: 1.0e-4, batch_size: 8, steps: 5}"}
    process = run_study(tmp_path, study="continue_my_text", settings=settings, environment=environment)
    assert process.returncode == 0, process.stdout + process.stderr
    _check(tmp_path, {"zero_shot", "supervised", "reference", "rl", "rl_end"})
    again = run_study(tmp_path, study="continue_my_text", settings=settings,
                      environment={**environment, "PYTHONPROFILEIMPORTTIME": "1"})
    assert "0 stages executed" in again.stdout
    imported = {line.split("|")[-1].strip() for line in again.stderr.splitlines()}
    assert "harness.engine.execution" in imported
    assert "torch" not in imported  # it takes longer to load than all the rest of such a run


@pytest.mark.shared
@pytest.mark.parametrize(("data", "keys"), [
    ("tldr", {"task.source.source_key": "post", "task.source.reference_key": "tldr"}),
    ("cnndm", {"task.source.source_key": "article", "task.source.reference_key": "highlights",
               "task.prefix": '"Article:\\n\\n"', "task.cut_at": '". "'}),
])
def test_real_posts_and_articles_are_summarized(tmp_path, data, keys):
    root = shared_folder("data", data)
    environment = {"PAIRS": str(root / "train.jsonl"), "BASE_MODEL": str(shared_folder("models", "novels-gpt2"))}
    settings = {**SMALL, **keys, "task.source.valid_path": root / "valid.jsonl",
                "task.source.test_path": root / "test.jsonl",
                "task.query_tokens": 200, "task.response.tokens": 24, "task.response.truncate_after": 0,
                "task.response.end": '"."', "supervised.learning_rates": "[1.0e-4]"}
    process = run_study(tmp_path, study="summarize_my_pairs", settings=settings, environment=environment)
    assert process.returncode == 0, process.stdout + process.stderr
    _check(tmp_path, {"zero_shot", "supervised", "reference", "lead", "random_sentences", "rl", "supervised_rl"})


@pytest.mark.shared
@pytest.mark.parametrize(("settings", "expected"), [
    ({"task.query_tokens": 500}, ["longer than the 512 tokens of context", "Set task.query_tokens to 488 or less"]),
    ({"task.queries.test": 99999}, ["test queries, fewer than the 99999", "task.queries.test"]),
    ({"labels": "{source: imported, path: labels.json, format: token_ids, budgets: [2]}", "supervised.scorer": "vader"},
     ["label 0: token ids 9000, 9001 are past", "another tokenizer"]),
    ({"labels": "{source: imported, path: short.json, format: token_ids, budgets: [2]}", "supervised.scorer": "vader"},
     ["budget of 2 is larger than the 1 labels"]),
    ({"base_model": "no_weights"}, ["no_weights", "no weights"]),
    ({"task.source.path": "empty"}, ["empty"]),
])
def test_what_is_wrong_with_files_is_said_before_anything_is_written(tmp_path, settings, expected):
    row = {"query": [5], "sample0": [6], "sample1": [7], "sample2": [8], "sample3": [9], "best": 0}
    (tmp_path / "labels.json").write_text(json.dumps([{**row, "query": [9000, 9001]}, row]))
    (tmp_path / "short.json").write_text(json.dumps([row]))
    (tmp_path / "no_weights").mkdir()
    (tmp_path / "no_weights" / "config.json").write_text('{"model_type": "gpt2"}')
    (tmp_path / "empty").mkdir()
    before = sorted(tmp_path.iterdir())
    environment = {"TEXTS": str(shared_folder("data", "novels", "valid")),
                   "BASE_MODEL": str(shared_folder("models", "novels-gpt2"))}
    process = run_study(tmp_path, study="continue_my_text", settings={**SMALL, **settings}, environment=environment)
    assert process.returncode == 2, process.stdout + process.stderr
    assert "Traceback" not in process.stderr
    assert len(process.stderr.strip().splitlines()) == 1
    for part in expected:
        assert part in process.stderr
    assert sorted(tmp_path.iterdir()) == before
