"""What fuzzing has found: each input that once ended in a traceback, or in no plain line, is refused in one line."""

import pytest

from tests.fuzz.checking import check, warm_up
from tests.fuzz.seeds import CONTINUATION
from tests.fuzz.targets import TARGETS

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
