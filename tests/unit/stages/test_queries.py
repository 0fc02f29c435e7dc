"""The queries of the three splits."""

from harness.models.loading import load_tokenizer
from harness.tasks.query_table import read_queries
from tests.unit.stages.stage_calls import STUDY


def test_no_two_splits_share_a_query_and_each_has_as_many_as_asked(inputs):
    found = {split: read_queries(inputs["queries"] / f"{split}.arrow") for split in ("train", "valid", "test")}
    assert {split: len(queries) for split, queries in found.items()} == {"train": 60, "valid": 8, "test": 12}
    texts = [{query.tokens for query in queries} for queries in found.values()]
    assert len(set.union(*texts)) == sum(map(len, texts)) == 80


def test_queries_are_texts_in_the_tokens_of_the_base_model(inputs):
    tokenizer = load_tokenizer(inputs["start"] / "model")
    for query in read_queries(inputs["queries"] / "test.arrow"):
        assert tokenizer.decode(query.tokens) == query.text
        assert len(query.tokens) <= STUDY.task.query_tokens
