"""A tokenizer trained on a study's own text."""

from harness.tasks.text_tokens import decode, encode
from harness.tasks.tokenizer import train_tokenizer


def test_every_text_has_tokens_and_comes_back_from_them():
    tokenizer = train_tokenizer(iter(["the cat sat on the mat"] * 50), 300)
    texts = ["the cat", "ÄÖ – 日本\n\ttabs", "  spaces  ", "<|endoftext"]
    tokens = encode(tokenizer, texts)
    assert decode(tokenizer, tokens) == texts
    assert len(encode(tokenizer, [" the"])[0]) == 1, "what it read often is one token"
    assert len(tokenizer) <= 300
    assert tokenizer.eos_token == "<|endoftext|>"
