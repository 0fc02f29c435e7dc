"""The one line that a user's mistake becomes."""

import os
import pickle

import pytest

from harness.errors import InputError, StoreRefused, TrainingDiverged, blamed_on, look_for, readable_inputs


@pytest.mark.parametrize(("places", "line"), [
    ({}, "no such arm"),
    ({"file": "a.yaml"}, "a.yaml: no such arm"),
    ({"file": "a.yaml", "line": 3, "key": "ppo.kl", "cure": "Take rl"}, "a.yaml:3: ppo.kl: no such arm. Take rl"),
    ({"key": "--baseline"}, "--baseline: no such arm")])
def test_a_message_names_file_line_key_and_cure_as_far_as_they_are_known(places, line) -> None:
    assert str(InputError("no such arm", **places)) == line


@pytest.mark.parametrize(("problem", "shown"), [
    ("no column 'a\nb'", r"no column 'a\nb'"), ("\x1b[31m \ud800 \u2028", r"\x1b[31m \ud800 \u2028"), ("é 雪", "é 雪")])
def test_a_message_is_one_line_whatever_stands_in_the_file(problem, shown) -> None:
    assert str(InputError(problem, file="a.csv", line=1)) == f"a.csv:1: {shown}"


def test_long_names_are_cut_in_the_middle_and_the_cure_stays() -> None:
    said = str(InputError("no key " + "x" * 5000 + "y", file="a.csv", key="k" * 5000, cure="Write one"))
    assert said.startswith("a.csv: kkk") and " … " in said and said.endswith("xy. Write one")
    assert len(said) < 1100


def test_errors_keep_what_they_say_on_their_way_from_a_worker() -> None:
    for error in (InputError("no such arm", file="a.yaml", line=3, key="arm", cure="Take rl"),
                  StoreRefused("this user may not read it", file="outcome.json"),
                  TrainingDiverged("the loss", step=7, last_good=None, advice="Lower the learning rate.")):
        there = pickle.loads(pickle.dumps(error))  # noqa: S301 - its own bytes
        assert (type(there), str(there), vars(there)) == (type(error), str(error), vars(error))


def test_a_loss_that_is_not_finite_names_the_last_good_checkpoint() -> None:
    assert str(TrainingDiverged("the loss is not finite", step=7, last_good=5, advice="Go slower.")) == (
        "training diverged: the loss is not finite at step 7; the last good checkpoint is step 5. Go slower.")


def test_a_mistake_found_further_down_is_blamed_on_the_key_of_the_study() -> None:
    said = r"^a.jsonl:2: task.source: not valid JSON. Mend it$"
    with pytest.raises(InputError, match=said), blamed_on("task.source"):
        raise InputError("not valid JSON", file="a.jsonl", line=2, key="text", cure="Mend it")


def test_a_file_that_the_system_refuses_is_a_mistake_of_the_user(tmp_path) -> None:
    said = r"missing.txt: cannot be read \(No such file or directory\)"
    with pytest.raises(InputError, match=said), readable_inputs():
        (tmp_path / "missing.txt").read_text()


def test_what_has_no_end_or_no_path_is_no_file(tmp_path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "to itself").symlink_to("to itself")
    os.mkfifo(tmp_path / "pipe")
    assert look_for(tmp_path) and look_for(tmp_path / "file")
    assert not look_for(tmp_path / "missing") and not look_for(tmp_path / "file" / "below")
    for name, said in (("pipe", "it is no regular file"), ("to itself", "cannot be read .Too many levels"),
                       ("n" * 300, "cannot be read .File name too long"), ("\0", "it is no path")):
        with pytest.raises(InputError, match=f"--key: {said}"):
            look_for(tmp_path / name, key="--key")
