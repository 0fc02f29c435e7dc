"""What is wrong with a study's inputs is said before anything is written."""

import json

import pytest

from harness.engine.preflight import check_context, check_inputs
from harness.errors import InputError
from harness.models.loading import ModelShape, build_language_model, save_model
from harness.shipped import STUDIES
from harness.study.loading import load_study
from harness.tasks.tokenizer import train_tokenizer

QUICK = STUDIES / "quick.yaml"


def test_a_query_and_its_response_must_fit_into_the_context() -> None:
    study = load_study(QUICK)
    longest = study.task.query_tokens + study.task.response.tokens
    check_context(study, longest)
    check_context(study, None)
    with pytest.raises(InputError) as caught:
        check_context(study, longest - 1)
    assert caught.value.cure == f"Set task.query_tokens to {study.task.query_tokens - 1} or less."


def test_a_scorer_that_is_not_there_is_blamed_on_its_key() -> None:
    with pytest.raises(InputError, match=r"^labels.labeler.scorer: .*no_such_scorer"):
        check_inputs(load_study(QUICK, ["labels.labeler.scorer=no_such_scorer"]), queries_are_known=True)


def test_labels_are_looked_at_before_a_model_from_scratch_is_made(tmp_path) -> None:
    path = tmp_path / "labels.json"
    good = {"query": [5], "sample0": [6], "sample1": [2047], "best": 0}
    labels = f"labels={{source: imported, path: {path}, format: token_ids, candidates: 2, budgets: [2]}}"
    study = load_study(QUICK, [labels, "supervised.scorer=vader"])
    path.write_text(json.dumps([good, good]))
    check_inputs(study, queries_are_known=True)
    path.write_text(json.dumps([good, {**good, "query": [2048, 2049]}]))
    with pytest.raises(InputError, match=r"label 1: token ids 2048, 2049 are past the tokenizer's 2048 entries"):
        check_inputs(study, queries_are_known=True)


def test_text_that_is_too_short_whatever_the_tokenizer_is_said_before_one_is_made(tmp_path) -> None:
    for name in ("train", "valid", "test"):
        (tmp_path / f"{name}.txt").write_text("A cat sat. " * 100 + "A.")  # 1,102 bytes
    paths = ", ".join(f"{key}: {tmp_path}/{name}.txt" for key, name in (
        ("path", "train"), ("valid_path", "valid"), ("test_path", "test")))
    sets = [f"task.source={{kind: text, {paths}}}", "task.query_tokens_min=10", "task.queries.per_document=null",
            "task.response={tokens: 10, truncate_after: 0}", "labels.budgets=[20]", "supervised=null",
            "evaluation={baselines: [zero_shot]}", "policies=[{arm: rl}]"]
    check_inputs(load_study(QUICK, [*sets, "task.queries.test=55"]), queries_are_known=False)
    with pytest.raises(InputError, match=r"the text gives at most 55 test queries, fewer than the 56 that the study"):
        check_inputs(load_study(QUICK, [*sets, "task.queries.test=56"]), queries_are_known=False)
    with pytest.raises(InputError, match=r"at most 55 train queries, fewer than the 56"):
        check_inputs(load_study(QUICK, [*sets, "task.queries.test=9", "labels.budgets=[56]"]), queries_are_known=False)


def test_each_pair_is_one_query_at_most(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PAIRS", str(path := tmp_path / "pairs.jsonl"))
    monkeypatch.setenv("BASE_MODEL", "none")
    path.write_text('{"text": "A long article.", "short": "An article."}\n{"text": "No summary.", "short": ""}\n' * 60)
    (tmp_path / "test.jsonl").write_text(path.read_text())
    source = f"{{kind: jsonl, path: {path}, test_path: {tmp_path}/test.jsonl, reference_key: short}}"
    study = load_study(STUDIES / "summarize_my_pairs.yaml", [
        f"task.source={source}", "task.queries.test=61", "base_model={context: 1024}"])
    with pytest.raises(InputError, match=r"the text gives at most 60 test queries, fewer than the 61"):
        check_inputs(study, queries_are_known=False)


@pytest.fixture(scope="module")
def base_model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    tokenizer = train_tokenizer(iter(["The cat sat on the mat and looked at the moon.\n"] * 50), 300)
    shape = ModelShape(layers=1, width=16, heads=2, context=64, vocab_size=len(tokenizer))
    save_model(build_language_model(shape, seed=0), folder, tokenizer)
    return folder


def test_the_context_of_a_base_model_on_disk_is_read(base_model) -> None:
    overrides = [f"base_model={base_model}", "task.response.tokens=16", "task.query_tokens=60"]
    with pytest.raises(InputError, match=r"plus task.response.tokens 16 is longer than the 64 tokens of context"):
        check_inputs(load_study(QUICK, overrides), queries_are_known=True)
    check_inputs(load_study(QUICK, [*overrides[:-1], "task.query_tokens=20"]), queries_are_known=True)
