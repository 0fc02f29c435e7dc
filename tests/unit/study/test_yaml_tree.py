"""A study's YAML as a tree that knows its lines, and environment variables in it."""

import pytest

from harness.errors import InputError
from harness.study.yaml_tree import expand_variables, line_of, plain, read_tree

TEXT = """# A comment.
study: tiny
task:
  source: {kind: text, path: "${TEXTS:-here}/a"}
  names:
    - one
    - ${NAME}
"""


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "s.yaml").write_text(TEXT)
    return read_tree(tmp_path / "s.yaml")


@pytest.mark.parametrize(("place", "line"), [
    (("study",), 2), (("task", "source", "path"), 4), (("task", "names", 1), 7), (("task", "names", "x"), 5),
    (("task", "unknown"), 3), (("unknown",), None)])
def test_a_line_is_that_of_the_deepest_key_that_is_there(tree, place, line) -> None:
    assert line_of(tree, place) == line


def test_variables_are_put_in_and_their_defaults_where_they_are_not_set(tree, monkeypatch) -> None:
    monkeypatch.setenv("NAME", "two")
    monkeypatch.setenv("TEXTS", "")
    expand_variables(tree, (), "s.yaml", tree)
    assert plain(tree) == {"study": "tiny", "task": {
        "source": {"kind": "text", "path": "here/a"}, "names": ("one", "two")}}


def test_a_variable_that_is_not_set_names_its_line_and_key(tree, monkeypatch) -> None:
    monkeypatch.delenv("NAME", raising=False)
    with pytest.raises(InputError, match=r"s.yaml:7: task.names.1: the environment variable NAME is not set"):
        expand_variables(tree, (), "s.yaml", tree)


@pytest.mark.parametrize(("content", "problem"), [
    ("a: [1", r"s.yaml:\d: not valid YAML"), ("- 1\n", "a study file is a mapping"),
    ("a: 2024-99-99", "not valid YAML")])
def test_what_is_no_study_file_is_one_message(tmp_path, content, problem) -> None:
    (tmp_path / "s.yaml").write_text(content)
    with pytest.raises(InputError, match=problem):
        read_tree(tmp_path / "s.yaml")
    with pytest.raises(InputError, match=r"it is a folder, not a study file. There are: .*s.yaml"):
        read_tree(tmp_path)
