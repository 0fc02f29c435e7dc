"""Queries of running text are cut to the token as the method says."""

import pytest

from harness.models.loading import load_tokenizer
from harness.tasks.continuation import continuation_queries
from harness.tasks.sources import Document
from harness.tasks.text_tokens import decode, encode
from harness.training.settings import EndRule
from tests.shared_data import shared_folder

PERIOD = 13


@pytest.fixture(scope="module")
def gpt2():
    return load_tokenizer(shared_folder("models", "gpt2-tokenizer"))


@pytest.fixture(scope="module")
def llama():
    return load_tokenizer(shared_folder("models", "stories260K"))


def _continuations(tokenizer, text, **more):
    settings = {"query_tokens": 12, "query_tokens_min": 2, "start": ".", "end": ".", "per_document": None,
                "response": EndRule(tokens=6, end=".", truncate_after=2), **more}
    return list(continuation_queries([Document(id="d", text=text)], tokenizer, **settings))


@pytest.mark.shared
def test_a_query_begins_after_the_first_start_and_ends_at_the_last_end(gpt2):
    text = "Cut away. One two three. Four five six. Seven eight nine ten eleven twelve thirteen fourteen."
    query = _continuations(gpt2, text)[0]
    assert query.text == " One two three. Four five six."
    assert query.tokens == tuple(encode(gpt2, [" One two three. Four five six."])[0])
    assert query.tokens[-1] == PERIOD
    assert decode(gpt2, [query.reference_tokens]) == [" Seven eight nine ten eleven twelve"]


@pytest.mark.shared
def test_without_a_start_the_query_begins_with_the_text(gpt2):
    queries = _continuations(gpt2, "One two. Three four five six seven eight.", start=None, query_tokens=4)
    assert queries[0].text == "One two."


@pytest.mark.shared
def test_the_human_continuation_is_cut_by_the_end_rule(gpt2):
    query = _continuations(gpt2, "X. One two. A b c. D e f g h i j.", query_tokens=4)[0]
    assert query.reference == " A b c."
    assert len(query.reference_tokens) == 6


@pytest.mark.shared
def test_windows_of_one_text_share_no_token(gpt2):
    words = " ".join(f"Word{number} goes here." for number in range(60))
    queries = _continuations(gpt2, words)
    assert len(queries) > 5
    total = sum(len(query.tokens) + len(query.reference_tokens) for query in queries)
    assert total <= len(encode(gpt2, [words])[0])


def test_a_tokenizer_with_a_bos_begins_every_query_with_it(llama):
    query = _continuations(llama, "Once. Tom ran home. He was glad and he was very tired.", query_tokens=14,
                           response=EndRule(tokens=3, end=".", truncate_after=1))[0]
    assert query.tokens[0] == llama.bos_token_id
    assert "Tom ran" in query.text
