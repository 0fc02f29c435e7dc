"""The three splits of a task share no query."""

from itertools import islice

import pytest

from harness.models.loading import load_tokenizer
from harness.study.loading import load_study
from harness.tasks.queries import split_queries
from tests.e2e.runs import ROOT
from tests.shared_data import shared_folder


@pytest.fixture(scope="module")
def gpt2():
    return load_tokenizer(shared_folder("models", "gpt2-tokenizer"))


@pytest.mark.shared
def test_splits_share_no_query(gpt2):
    task = load_study(ROOT / "studies" / "quick.yaml").task
    seen = {}
    for split, queries in split_queries(task, gpt2):
        seen[split] = {query.tokens for query in islice(queries, 300)}
        assert len(seen[split]) == 300
    assert not (seen["test"] & seen["train"] or seen["valid"] & seen["train"] or seen["test"] & seen["valid"])
