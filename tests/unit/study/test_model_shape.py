"""What a plan knows of a model's folder, also of a broken one."""

import pytest

from harness.study.model_shape import model_shape


@pytest.mark.parametrize(("name", "content"), [
    ("config.json", "{"), ("config.json", "[]"), ("tokenizer.json", "no JSON"), ("tokenizer.json", "{}"),
    ("tokenizer.json", '{"model": {}}'), ("tokenizer.json", '{"model": {"vocab": 3}}'),
])
def test_a_broken_folder_has_a_shape_that_is_not_known(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    assert model_shape(str(tmp_path)) is None
