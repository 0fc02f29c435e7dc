"""What a plan knows of a model's folder, also of a broken one."""

import pytest

from harness.study.model_shape import model_shape

_GPT2 = '{{"model_type": "gpt2", "n_layer": {}, "n_embd": 8, "n_head": 2, "n_positions": 64, "vocab_size": 9}}'


@pytest.mark.parametrize(("name", "content"), [
    ("config.json", "{"), ("config.json", "[]"), ("tokenizer.json", "no JSON"), ("tokenizer.json", "{}"),
    ("config.json", _GPT2.format("true")), ("config.json", _GPT2.format("0")), ("config.json", _GPT2.format("9" * 400)),
    ("tokenizer.json", '{"model": {}}'), ("tokenizer.json", '{"model": {"vocab": 3}}'),
])
def test_a_broken_folder_has_a_shape_that_is_not_known(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    assert model_shape(str(tmp_path)) is None
