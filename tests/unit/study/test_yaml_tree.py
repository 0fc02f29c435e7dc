"""A study's YAML as a tree that knows its lines, and environment variables in it."""

from pathlib import Path

import pytest

from harness.errors import InputError
from harness.study.yaml_tree import check_counts, expand_variables, line_of, plain, read_tree
from tests.unit.study.alias_bombs import alias_bomb

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


@pytest.mark.parametrize(("check", "value", "said"), [
    (expand_variables, '"\\0"', "a null character is in no text"),
    (expand_variables, '"\\ud800"', "half of a surrogate pair is in no text"),
    (check_counts, "1" + "0" * 18, "a whole number of 19 digits or more"),
    (check_counts, "-1" + "0" * 400, "a whole number of 19 digits or more"),
    (check_counts, "0x" + "f" * 5000, "a whole number of 19 digits or more")])
def test_what_is_no_text_and_no_count_is_refused_with_its_line(tmp_path, check, value, said) -> None:
    (tmp_path / "s.yaml").write_text(f"study: a\nppo:\n  episodes: {value}\n")
    tree = read_tree(tmp_path / "s.yaml")
    with pytest.raises(InputError, match=rf"^s.yaml:3: ppo.episodes: {said}"):
        check(tree, (), "s.yaml", tree)


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
    ("a: [1", r"s.yaml:\d: not valid YAML"), ("- 1\n", "a study file is a mapping"), ("", "it is empty"),
    ("a: 2024-99-99", "not valid YAML")])
def test_what_is_no_study_file_is_one_message(tmp_path, content, problem) -> None:
    (tmp_path / "s.yaml").write_text(content)
    with pytest.raises(InputError, match=problem):
        read_tree(tmp_path / "s.yaml")
    with pytest.raises(InputError, match="/dev/zero: it is no regular file"):
        read_tree(Path("/dev/zero"))
    with pytest.raises(InputError, match=r"it is a folder, not a study file. There are: .*s.yaml"):
        read_tree(tmp_path)


@pytest.mark.parametrize("form", ["list", "merge"])
def test_a_file_that_aliases_blow_up_is_refused_at_once(tmp_path, form, spare_memory) -> None:
    (tmp_path / "s.yaml").write_text(f"study: bomb\nwhat: {alias_bomb(form)}\n")
    with pytest.raises(InputError, match=r"s.yaml:2: with its aliases written out it has more than 10000 values"):
        read_tree(tmp_path / "s.yaml")


def test_an_alias_within_what_it_repeats_is_named_with_its_line(tmp_path) -> None:
    (tmp_path / "s.yaml").write_text("study: &whole\n  a: 1\n  b: *whole\n")
    with pytest.raises(InputError, match=r"s.yaml:3: the alias \*whole stands within what it repeats. Write out"):
        read_tree(tmp_path / "s.yaml")


def test_anchors_aliases_and_merge_keys_say_what_they_repeat(tmp_path) -> None:
    (tmp_path / "s.yaml").write_text(
        "fit: &fit {rate: 1, steps: &n 2}\nother: {<<: *fit, rate: 3}\nsame: *fit\nnumbers: [*n, *n]\n")
    tree = read_tree(tmp_path / "s.yaml")
    expand_variables(tree, (), "s.yaml", tree)
    assert plain(tree) == {"fit": {"rate": 1, "steps": 2}, "other": {"rate": 3, "steps": 2},
                           "same": {"rate": 1, "steps": 2}, "numbers": (2, 2)}


def test_a_long_file_without_aliases_is_no_bomb(tmp_path) -> None:
    (tmp_path / "s.yaml").write_text(f"numbers: [{', '.join(['1'] * 10_001)}]\n")
    assert len(read_tree(tmp_path / "s.yaml")["numbers"]) == 10_001


def test_a_file_too_long_for_a_study_is_not_read(tmp_path) -> None:
    (tmp_path / "s.yaml").write_text("a: 1\n" + "#" * 99_990)
    assert read_tree(tmp_path / "s.yaml") == {"a": 1}
    (tmp_path / "s.yaml").write_text("a: 1\n" + "#" * 100_000)
    with pytest.raises(InputError, match=r"s.yaml: a study file of more than 100,000 bytes is none. Give the YAML"):
        read_tree(tmp_path / "s.yaml")
