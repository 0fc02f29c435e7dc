"""A summary query is prefix, source and suffix, cut to the token."""

import pytest

from harness.errors import InputError
from harness.models.loading import load_tokenizer
from harness.tasks.sources import Document
from harness.tasks.summarization import summary_queries
from harness.tasks.text_tokens import encode
from harness.training.settings import EndRule
from tests.shared_data import shared_folder


@pytest.fixture(scope="module")
def gpt2():
    return load_tokenizer(shared_folder("models", "gpt2-tokenizer"))


@pytest.mark.shared
def test_a_summary_query_is_prefix_source_suffix(gpt2):
    settings = {"query_tokens": 24, "prefix": "Article:\n\n", "suffix": "\n\nTL;DR:", "cut_at": "\n",
                "response": EndRule(tokens=8, end="\n", truncate_after=2)}
    document = Document(id="d", text="First line here.\nSecond line that is far too long to fit into the query at all.",
                        reference="Two lines.")
    query = next(iter(summary_queries([document], gpt2, **settings)))
    assert query.tokens == tuple(encode(gpt2, ["Article:\n\n"])[0] + encode(gpt2, ["First line here."])[0]
                                 + encode(gpt2, ["\n\nTL;DR:"])[0])
    assert query.source == "First line here."
    assert query.reference_tokens == (*encode(gpt2, [" Two lines."])[0], 198)
    whole = next(iter(summary_queries([document], gpt2, **{**settings, "cut_at": None})))
    assert len(whole.tokens) == 24
    # Prefix and suffix are 9 tokens: one more is left for the text, or none.
    assert len(next(iter(summary_queries([document], gpt2, **{**settings, "query_tokens": 10}))).tokens) == 10
    with pytest.raises(InputError, match=r"task.query_tokens: 9 tokens leave none for the text: .* Set it above 9"):
        next(iter(summary_queries([document], gpt2, **{**settings, "query_tokens": 9})))
