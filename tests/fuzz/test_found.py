"""What fuzzing has found: each input that once ended in a traceback, or in no plain line, is refused in one line."""

import json

import pytest

from tests.fuzz.checking import check, warm_up
from tests.fuzz.seeds import CONTINUATION, RATINGS_CSV_FULL, SUMMARIZATION
from tests.fuzz.targets import TARGETS

TOKENIZER_THAT_PANICS = json.dumps({
    "version": "1.0", "added_tokens": [], "pre_tokenizer": None, "normalizer": None, "decoder": None,
    "post_processor": {"type": "TemplateProcessing", "special_tokens": {}, "pair": [{"Sequence": {
        "id": "A", "type_id": 0}}], "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {
            "id": "B", "type_id": 1}}]}, "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}).encode()
HEADER = b"item_id,rater_id,left_arm,right_arm,choice\n"
FOUND = [
    # White space alone was taken for a choice, and there is none of that name.
    ("ratings, CSV", HEADER + b"1,r,a,b, \n"),
    # A name with a line break, and one of thousands of letters, went into the message as they were.
    ("ratings, CSV", b"item_id,rater_id,left_arm,right_arm,\"a\nb\"\n1,r,a,b,left\n"),
    ("ratings, CSV", b"item_id,rater_id,left_arm,right_arm," + b"x" * 5000 + b"\n1,r,a,b,left\n"),
    ("study", b'{"a\\nb": 1}'),
    # Carriage returns end lines too, which the numbers of the lines that are left out did not say.
    ("texts, CSV", b"id,response,reference\n1,\xff,c\r2,b,c\r3,b\r"),
    # Half a surrogate pair is a text that no tokenizer takes.
    ("source, JSONL", b'{"text": "\\ud800", "summary": "s", "id": 1}\n' * 9),
    # A mapping cannot be the key of a mapping, nor a value be tagged as what it is not.
    ("study", b"{? {a: {b: 1}} : 1}"),
    # Half a surrogate pair is a text that can be hashed, written and printed nowhere.
    ("study", CONTINUATION.replace(b"A first look", b'"\\ud800"')),
    ("study --set", b'title="\\ud800"'),
    # What transformers and tokenizers raise of a model's broken files is of any class, even of none but `Exception`.
    ("model, config.json", b'{"model_type": "gpt2", "summary_use_proj": "tie"}'), ("model, config.json", b"Infinity"),
    ("model, config.json", b'{"model_type": "llama", "hidden_size": 8, "num_attention_heads": 3}'),
    ("model, config.json", b'{"model_type": "gpt2", "n_layer": true, "n_embd": 8, "n_head": 2, "n_positions": 64, '
                           b'"vocab_size": 9}'),
    ("model, tokenizer.json", b'{"version": "1.0", "normalizer": "x"}'), ("model, tokenizer.json", b'{"a":' * 2000),
    ("model, tokenizer.json", TOKENIZER_THAT_PANICS),
    # Numbers that no estimate can be made of, and names that no disk takes.
    ("study --dry-run", CONTINUATION.replace(b"episodes: 64", b"episodes: 1" + b"0" * 400)),
    ("study", SUMMARIZATION.replace(b"some/model", b"x" * 3000)),
    ("study", CONTINUATION.replace(b"[25, 100]", b"[25, 2000000000]").replace(b"train: 600", b"train: 9000000000")),
    ("study", CONTINUATION.replace(b"rounds: 3", b"rounds: 30000").replace(b"episodes: 64", b"episodes: 9000000")),
    # An older outcome, which has no digest of itself.
    ("outcome.json", b'{"summary": {}, "environments": []}'), ("outcome.json", b'{"summary": 1}'),
    # Responses that the app makes studies of.
    ("samples.jsonl", b'{"query_id": "q", "query_text": "t", "arm": [], "text": "x"}'),
    ("samples.jsonl", b'{"query_id": "q", "query_text": "t", "arm": "a", "text": "\\ud800"}'),
    ("samples.jsonl", b'{"a":' * 2000), ("samples.jsonl", b'{"query_id": ' + b"9" * 5000 + b"}"),
    ("execution.json", b'{"a":' * 2000), ("execution.json", b'{"execution": 5}'), ("execution.json", b"[]"),
    ("study --set", b"base_model\xef\xbb\xbf.layers=3"),
]


@pytest.mark.parametrize(("name", "content"), FOUND, ids=[f"{name} {place}" for place, (name, _) in enumerate(FOUND)])
def test_what_was_found_is_refused_in_one_line(name, content, tmp_path):
    warm_up(TARGETS[name], tmp_path)
    assert not check(TARGETS[name], content, tmp_path)


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("content", [RATINGS_CSV_FULL[:RATINGS_CSV_FULL.rindex(b"i7,")]])
def test_nothing_stands_beside_the_results(content, tmp_path):
    """Rounding left a variance below zero, and NumPy warned of its root."""
    warm_up(TARGETS["analyze"], tmp_path)
    assert check(TARGETS["analyze"], content, tmp_path)
