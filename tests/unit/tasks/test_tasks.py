"""Queries are cut to the token as the method says, on the real GPT-2 tokenizer and on one with a BOS of its own."""

from itertools import islice

import pytest

from harness.errors import InputError
from harness.models.loading import load_tokenizer
from harness.study.loading import load_study
from harness.tasks.continuation import continuation_queries
from harness.tasks.pretraining import pretraining_texts
from harness.tasks.queries import split_queries
from harness.tasks.query_table import QueryTable, read_queries, write_queries
from harness.tasks.sources import Document
from harness.tasks.summarization import summary_queries
from harness.tasks.text_tokens import decode, encode, single_token
from harness.text.tokenization import split_sentences
from harness.training.settings import EndRule
from tests.e2e.runs import ROOT
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


@pytest.mark.shared
def test_a_base_model_reads_as_many_summaries_and_extracts_as_asked():
    task = load_study(ROOT / "studies" / "smart_copier.yaml").task
    count, kinds = 600, {"summary": 0, "extract": 0, "alone": 0}
    for document, text in zip(islice(task.source.documents("train"), count),
                              pretraining_texts(task, "train"), strict=False):
        source, suffix, answer = text.partition(task.suffix)
        assert source == document.text
        if not suffix:
            kinds["alone"] += 1
        elif answer == f" {document.reference}\n":
            kinds["summary"] += 1
        else:
            assert answer[1:-1] in [sentence.text.strip() for sentence in split_sentences(document.text)]
            kinds["extract"] += 1
    # Four standard errors of the binomial counts are 39.2 and 44.9.
    assert abs(kinds["summary"] - 0.2 * count) < 40
    assert abs(kinds["extract"] - 0.3 * count) < 46


def test_a_tokenizer_with_a_bos_begins_every_query_with_it(llama):
    query = _continuations(llama, "Once. Tom ran home. He was glad and he was very tired.", query_tokens=14,
                           response=EndRule(tokens=3, end=".", truncate_after=1))[0]
    assert query.tokens[0] == llama.bos_token_id
    assert "Tom ran" in query.text


@pytest.mark.shared
def test_an_end_text_of_several_tokens_is_refused(gpt2):
    assert single_token(gpt2, "\n", key="task.response.end") == 198
    with pytest.raises(InputError, match="not a single token"):
        single_token(gpt2, "the very end", key="task.response.end")


@pytest.mark.shared
def test_splits_share_no_query(gpt2):
    from itertools import islice
    from pathlib import Path

    root = Path(__file__).resolve().parents[3]
    task = load_study(root / "studies" / "quick.yaml").task
    seen = {}
    for split, queries in split_queries(task, gpt2):
        seen[split] = {query.tokens for query in islice(queries, 300)}
        assert len(seen[split]) == 300
    assert not (seen["test"] & seen["train"] or seen["valid"] & seen["train"] or seen["test"] & seen["valid"])


def test_query_tables_give_back_what_was_written(tmp_path, monkeypatch):
    from harness.records import Query

    queries = [Query(id=str(number), tokens=tuple(range(number + 1)), text=f"t{number}",
                     reference=None if number % 2 else "r", reference_tokens=(1, 2),
                     facts=(("a", "b"), ("c",)), has_preamble=None) for number in range(10)]
    monkeypatch.setattr("harness.tasks.query_table._BATCH", 4)
    assert write_queries(tmp_path / "q.arrow", iter(queries)) == 10
    assert read_queries(tmp_path / "q.arrow") == queries
    table = QueryTable(tmp_path / "q.arrow")
    assert table.take([7, 2]) == [queries[7], queries[2]]
    assert [tuple(row.tolist()) for row in table.tokens([9, 0, 4])] == [queries[row].tokens for row in (9, 0, 4)]
