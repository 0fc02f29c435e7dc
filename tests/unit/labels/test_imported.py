"""Label files are checked row by row."""

import json

import pytest

from harness.errors import InputError
from harness.labels.imported import check_labels, read_labels
from harness.tasks.tokenizer import train_tokenizer

GOOD = {"query": "the cat", "candidates": [" sat", " ran"], "best": 1}


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(iter(["the cat sat on the mat and ran away from the dog"] * 20), 300)


def _texts(tmp_path, *rows):
    path = tmp_path / "labels.jsonl"
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def test_labels_of_texts_become_the_tokenizers_ids(tmp_path, tokenizer):
    label = read_labels(_texts(tmp_path, GOOD), "texts", tokenizer, candidates=2, budget=1, longest=24)[0]
    assert tokenizer.decode(label.query) == "the cat"
    assert [tokenizer.decode(candidate) for candidate in label.candidates] == [" sat", " ran"]
    assert label.best == 1


@pytest.mark.parametrize(("row", "expected"), [
    ("{broken", r"labels.jsonl:2: .*JSON"),
    ({**GOOD, "best": 2}, r"labels.jsonl:2: best: 'best' must be one of 0\.\.1, not 2"),
    ({**GOOD, "best": True}, r"must be one of 0\.\.1"),
    ({**GOOD, "candidates": ["one"]}, r"labels.jsonl:2: candidates: 'candidates' must be 2 texts"),
    ({"candidates": ["a", "b"], "best": 0}, r"labels.jsonl:2: query"),
])
def test_a_bad_label_is_named_by_its_line(tmp_path, tokenizer, row, expected):
    with pytest.raises(InputError, match=expected):
        read_labels(_texts(tmp_path, GOOD, row), "texts", tokenizer, candidates=2, budget=2, longest=24)


def _released(tmp_path, rows):
    path = tmp_path / "offline.json"
    path.write_text(json.dumps(rows))
    return path


@pytest.mark.parametrize("padding", [50257, 50259])
def test_padding_of_released_labels_is_read_from_the_data(tmp_path, tokenizer, padding):
    row = {"query": [padding, padding, 5, 6], "sample0": [7, 8, padding], "sample1": [9, padding, padding], "best": 0}
    label = read_labels(_released(tmp_path, [row]), "token_ids", tokenizer, candidates=2, budget=1, longest=24)[0]
    assert label.query == (5, 6)
    assert label.candidates == ((7, 8), (9,))


def test_released_labels_of_another_tokenizer_are_refused(tmp_path, tokenizer):
    rows = [{"query": [5, 6], "sample0": [7], "sample1": [9], "best": 0},
            {"query": [5, 4000], "sample0": [7], "sample1": [5000], "best": 0}]
    with pytest.raises(InputError, match=r"label 1: token ids 4000, 5000 are past .*another tokenizer"):
        read_labels(_released(tmp_path, rows), "token_ids", tokenizer, candidates=2, budget=2, longest=24)


def test_a_budget_larger_than_the_labels_is_refused(tmp_path, tokenizer):
    with pytest.raises(InputError, match="budget of 3 is larger than the 1 labels"):
        read_labels(_texts(tmp_path, GOOD), "texts", tokenizer, candidates=2, budget=3, longest=24)


RELEASED = {"query": [5, 6], "sample0": [7], "sample1": [9], "best": 0}


def test_without_a_tokenizer_good_labels_pass(tmp_path):
    check_labels(_texts(tmp_path, GOOD), "texts", candidates=2, budget=1, vocabulary=300)
    padded = _released(tmp_path, [{**RELEASED, "sample0": [7, 300, 300]}])
    for vocabulary in (300, 400, None):  # with 400 at most it may have 300, and then 300 is padding
        check_labels(padded, "token_ids", candidates=2, budget=1, vocabulary=vocabulary)


@pytest.mark.parametrize(("form", "rows", "expected"), [
    ("texts", [], r"budget of 2 is larger than the 0 labels"),
    ("texts", [GOOD], r"budget of 2 is larger than the 1 labels"),
    ("texts", [GOOD, "{broken"], r"labels.jsonl:2: .*JSON"),
    ("texts", [[GOOD]], r"labels.jsonl:1: labels.format: a list stands here, .* Write one"),
    ("texts", ["[", GOOD, "]"], r"labels.jsonl:1: labels.format: a list stands here"),
    ("texts", [GOOD, {**GOOD, "best": 2}], r"labels.jsonl:2: best: 'best' must be one of 0\.\.1, not 2"),
    ("token_ids", [RELEASED], r"budget of 2 is larger than the 1 labels"),
    ("token_ids", {}, r"one JSON list"),
    ("token_ids", [RELEASED, {**RELEASED, "sample1": "text"}], r"label 1: 'sample1' must be a list of token ids"),
    ("token_ids", [RELEASED, {**RELEASED, "query": [4000, 4001]}], r"label 1: token ids 4000, 4001 are past"),
    ("token_ids", [RELEASED, {**RELEASED, "query": [600]}], r"label 1: .* no token but 600, which is past the .* 300"),
    ("token_ids", [{**RELEASED, "sample0": [10**20]}], r"label 0: .* no token but 100000000000000000000, which is"),
    ("token_ids", [RELEASED, {**RELEASED, "sample0": [7, 4000, 8]}], r"padding stands between the tokens of 'sample0'"),
])
def test_what_is_wrong_with_labels_whatever_the_tokenizer_is_found_without_one(tmp_path, form, rows, expected):
    path = _texts(tmp_path, *rows) if form == "texts" else _released(tmp_path, rows)
    with pytest.raises(InputError, match=expected):
        check_labels(path, form, candidates=2, budget=2, vocabulary=300)
