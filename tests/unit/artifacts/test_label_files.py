"""The label files released with the paper: what is read is what reward models see, and what is written reads again."""

import json

import numpy as np
import pytest

from harness.artifacts.label_files import imported_table, write_token_ids
from harness.artifacts.label_table import LabelTable
from harness.errors import InputError
from harness.labels.imported import read_labels
from harness.models.loading import load_tokenizer
from harness.records import PAD
from harness.study.loading import load_study
from tests.e2e.runs import ROOT
from tests.shared_data import shared_folder

TLDR = (198, 198, 14990, 26, 7707, 25)
ARTICLE = (14906, 25, 628)
NEWLINE = 198


@pytest.fixture(scope="module")
def gpt2():
    return load_tokenizer(shared_folder("models", "gpt2-tokenizer"))


def _task(name):
    return load_study(ROOT / "studies" / "paper" / f"{name}.yaml", ["preset=released"]).task


def released_file(path, *, count, query_length, response_length, padding, seed=0):
    """A file as the authors released them: fixed lengths, padding on the right, best at random."""
    rng = np.random.default_rng(seed)

    def padded(length):
        used = int(rng.integers(1, length + 1))
        return [*rng.integers(0, 50257, size=used).tolist(), *[padding] * (length - used)]

    rows = [{"query": padded(query_length), **{f"sample{k}": padded(response_length) for k in range(4)},
             "best": int(rng.integers(4))} for _ in range(count)]
    path.write_text(json.dumps(rows))
    return rows


def _table(path, task, tokenizer, budget):
    labels = read_labels(path, "token_ids", tokenizer, candidates=4, budget=budget, longest=task.response.tokens)
    return imported_table(labels, task, tokenizer, queries_are_bare=True)


@pytest.mark.shared
@pytest.mark.parametrize("padding", [50257, 50259])
@pytest.mark.parametrize(("name", "before", "after"), [("sentiment", (), ()), ("tldr", (), TLDR),
                                                       ("cnndm", ARTICLE, TLDR)])
def test_a_released_query_gets_the_frame_that_the_policy_is_given(tmp_path, gpt2, name, before, after, padding):
    task = _task(name)
    length = task.query_tokens - len(before) - len(after)
    assert length == {"sentiment": 64, "tldr": 500, "cnndm": 500}[name]
    rows = released_file(tmp_path / "l.json", count=5, query_length=length, response_length=task.response.tokens,
                         padding=padding)
    table = _table(tmp_path / "l.json", task, gpt2, budget=3)
    assert table.best.tolist() == [row["best"] for row in rows[:3]]
    for query, row in zip(table.queries, rows, strict=False):
        own = [token for token in row["query"] if token != padding]
        assert [token for token in query if token != PAD] == [*before, *own, *after]


@pytest.mark.shared
def test_a_released_sample_is_truncated_as_the_reward_model_sees_it(tmp_path, gpt2):
    """A newline at 54 does not end it, one at 56 does; what follows is padding to the model."""
    task = _task("tldr")
    sample = [11] * 54 + [NEWLINE, 11, NEWLINE] + [12] * 18
    row = {"query": [5, 6], **{f"sample{k}": sample for k in range(4)}, "best": 2}
    (tmp_path / "l.json").write_text(json.dumps([row]))
    table = _table(tmp_path / "l.json", task, gpt2, budget=1)
    assert table.candidates[0, 0].tolist() == sample[:57] + [PAD] * 18


@pytest.mark.shared
@pytest.mark.parametrize("name", ["sentiment", "tldr", "cnndm"])
def test_labels_that_were_written_read_again_and_write_the_same_bytes(tmp_path, gpt2, name):
    task = _task(name)
    rng = np.random.default_rng(1)
    frames = {"sentiment": ((), ()), "tldr": ((), TLDR), "cnndm": (ARTICLE, TLDR)}
    before, after = frames[name]
    queries = [[*before, *rng.integers(300, 50257, size=int(size)).tolist(), *after] for size in (3, 40, 7)]
    width = max(map(len, queries))
    end = 13 if name == "sentiment" else NEWLINE
    candidates = rng.integers(300, 50257, size=(3, 4, task.response.tokens))
    stop = task.response.truncate_after + 2
    candidates[:, :, stop], candidates[:, :, stop + 1:] = end, PAD
    table = LabelTable(queries=np.array([[PAD] * (width - len(query)) + query for query in queries], dtype=np.int32),
                       candidates=candidates.astype(np.int32), best=np.array([3, 0, 2]),
                       scores=np.full((3, 4), 0.5), rows=np.arange(3))
    write_token_ids(tmp_path / "ours.json", [table], task, gpt2)
    row = json.loads((tmp_path / "ours.json").read_text())[0]
    assert list(row) == ["query", "sample0", "sample1", "sample2", "sample3", "best"]
    # As released: no prefix, no suffix, one length for all, padding 50259 on the right.
    assert row["query"] == [*queries[0][len(before):len(queries[0]) - len(after)],
                            *[50259] * (task.query_tokens - len(before) - len(after) - 3)]
    assert row["sample1"] == [*candidates[0, 1, :stop + 1].tolist(), *[50259] * (task.response.tokens - stop - 1)]

    again = _table(tmp_path / "ours.json", task, gpt2, budget=3)
    for column in ("queries", "candidates", "best"):
        assert np.array_equal(getattr(table, column), getattr(again, column))
    write_token_ids(tmp_path / "again.json", [again], task, gpt2)
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "ours.json").read_bytes()


@pytest.mark.shared
@pytest.mark.parametrize(("change", "expected"), [
    ({"best": 4}, r"label 1: 'best' must be one of 0\.\.3, not 4"),
    ({"sample2": "text"}, r"label 1: 'sample2' must be a list of token ids"),
    ({"sample2": [1, 2, 3, 4, 5]}, r"label 1: a candidate has 5 tokens, and a response at most 4"),
    ({"sample2": [1, True]}, r"label 1: 'sample2' must be a list of token ids"),
    ({"query": [50259, 50259]}, r"label 1: a query or sample has no token but 50259, which is past"),
    ({"sample2": [11, 50259, 12, 50259]}, r"label 1: padding stands between the tokens of 'sample2'"),
    ({"sample4": [1, 2]}, r"sample4: label 1: there are more than 4 samples\. Set labels.candidates"),
    ({"query": [50257, 50259]}, r"label 1: token ids 50257, 50259 are past .* only one id can be padding"),
])
def test_a_bad_row_is_named_by_its_index(tmp_path, gpt2, change, expected):
    rows = released_file(tmp_path / "l.json", count=3, query_length=8, response_length=4, padding=50259)
    rows[1] = {**rows[1], **change}
    (tmp_path / "l.json").write_text(json.dumps(rows))
    with pytest.raises(InputError, match=expected):
        read_labels(tmp_path / "l.json", "token_ids", gpt2, candidates=4, budget=3, longest=4)


@pytest.mark.shared
@pytest.mark.parametrize(("form", "content", "expected"), [
    ("token_ids", "[" * 100_000, r"not a JSON file in UTF-8 \(maximum recursion"),
    ("token_ids", f'[{{"query": [{"9" * 6000}]}}]', r"not a JSON file in UTF-8 \(Exceeds the limit"),
    ("token_ids", "[]", r"larger than the 0 labels there are\. Give a file with labels"),
    ("texts", '{"query":' * 100_000, r":1: not a line of JSON"),
    ("texts", f'{{"best": {"9" * 6000}}}', r":1: not a line of JSON"),
    ("texts", '{"query": "a \\ud800", "candidates": ["a", "b", "c", "d"], "best": 0}', r":1: .*surrogates not allowed"),
])
def test_a_file_that_json_or_the_tokenizer_chokes_on_is_one_line(tmp_path, gpt2, form, content, expected):
    (tmp_path / "l.json").write_text(content)
    with pytest.raises(InputError, match=expected) as caught:
        read_labels(tmp_path / "l.json", form, gpt2, candidates=4, budget=3, longest=4)
    assert "\n" not in str(caught.value)
