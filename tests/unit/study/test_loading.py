"""A study file that cannot be read, or names what is not there, is one line with file, line, key and cure."""

import time
from pathlib import Path

import pytest

from harness.errors import InputError
from harness.run import main
from harness.study.loading import load_study
from tests.e2e.runs import ROOT

QUICK = ROOT / "studies" / "quick.yaml"


def _write(tmp_path, text):
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("override", [
    "evaluation.people={instructions: ''}", "labels={source: human, budgets: [20], title: ''}"])
def test_what_people_read_is_not_empty(override):
    with pytest.raises(InputError, match=r"it is empty\. Write something"):
        load_study(QUICK, [override])


@pytest.mark.parametrize("key", [
    "ppo.learning_rate", "ppo.clip", "ppo.kl.target", "ppo.value_coefficient", "supervised.fit.epochs",
    "supervised.fit.weight_decay", "supervised.learning_rates.0", "task.temperature", "task.response.penalty",
    "labels.labeler.noise"])
@pytest.mark.parametrize("value", [".inf", ".nan", "inf"])
def test_every_number_is_finite(key, value):
    with pytest.raises(InputError, match=rf"^--set: {key}: .*not '?{value.strip('.')}"):
        load_study(QUICK, [f"{key}={value}"])


@pytest.mark.parametrize("override", [
    "ppo.micro_batch=0", "reward_model.micro_batch=-1", "ppo.value_coefficient=-1", "supervised.fit.weight_decay=-1",
    "supervised.fit.clip_gradient=0"])
def test_a_number_that_cannot_be_trained_with_is_refused(override):
    name, _, value = override.split(".")[-1].partition("=")
    with pytest.raises(InputError, match=rf"^--set: .*{name}: must .*not {value}"):
        load_study(QUICK, [override])


def test_an_environment_variable_that_is_not_set_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("NOT_THERE", raising=False)
    path = _write(tmp_path, QUICK.read_text(encoding="utf-8").replace(
        "{kind: storyworld, genre: stories}", "{kind: text, path: '${NOT_THERE}'}"))
    with pytest.raises(InputError, match=r"yaml:\d+: task.source.path: the environment variable NOT_THERE is not set"):
        load_study(path)
    monkeypatch.setenv("NOT_THERE", "somewhere")
    assert load_study(path).task.source.path == "somewhere"


def test_an_environment_variable_that_is_empty_has_its_default(monkeypatch):
    path = ROOT / "studies" / "paper" / "tldr.yaml"
    for value, expected in (("", "labels/tldr/online_45k.json"), ("mine.json", "mine.json")):
        monkeypatch.setenv("LABELS", value)
        assert load_study(path, ["preset=released"]).labels.path == expected


def test_a_tilde_is_the_home_folder(monkeypatch):
    monkeypatch.setenv("HOME", "/somebody")
    imported = "labels={source: imported, path: ~/labels.jsonl, budgets: [20]}"
    study = load_study(QUICK, ["base_model=~/models/mine", imported, "supervised.scorer=classifier:~/stars",
                               "task.source={kind: text, path: ~/books, valid_path: ~/others}"])
    assert study.base_model == "/somebody/models/mine"
    assert study.labels.path == "/somebody/labels.jsonl"
    assert study.supervised.scorer == "classifier:/somebody/stars"
    assert (study.task.source.path, study.task.source.valid_path) == ("/somebody/books", "/somebody/others")
    with pytest.raises(InputError, match="base_model: it is empty"):
        load_study(QUICK, ["base_model=''"])


def test_broken_yaml_and_a_missing_file(tmp_path):
    with pytest.raises(InputError, match=r"study.yaml:2: not valid YAML"):
        load_study(_write(tmp_path, "study: x\n  y: [1"))
    with pytest.raises(InputError, match="no such study file"):
        load_study(tmp_path / "absent.yaml")
    with pytest.raises(InputError, match=r"it is a folder, not a study file. There are: .*study.yaml"):
        load_study(tmp_path)


@pytest.mark.parametrize("value", ["!!int many", "2001-99-99", "[" * 3000 + "]" * 3000, "\0"],
                         ids=["number", "date", "deep", "null"])
def test_what_yaml_cannot_read_is_one_line(tmp_path, value):
    with pytest.raises(InputError) as caught:
        load_study(_write(tmp_path, f"study: x\nseed: {value}\n"))
    assert str(caught.value).startswith(f"{tmp_path}/study.yaml: not valid YAML: ")
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match=r"^--set: seed: the value '.{1,60}' is not valid YAML. Close its brackets"):
        load_study(QUICK, [f"seed={value}"])


def test_a_number_longer_than_python_reads_is_called_too_large(tmp_path, monkeypatch):
    said = "a whole number of 19 digits or more counts nothing that can be run. Write a smaller one."
    path = _write(tmp_path, f"study: x\nseed: {'9' * 6000}\n")
    with pytest.raises(InputError, match=rf"study.yaml:2: {said}"):
        load_study(path)
    with pytest.raises(InputError, match=rf"^--set: seeds: {said}"):
        load_study(QUICK, [f"seeds=[{'9' * 6000}]"])
    monkeypatch.setenv("SEED", "9" * 400)
    with pytest.raises(InputError, match=rf"seed: {said}"):
        load_study(QUICK, ["seed=${SEED}"])
    with pytest.raises(InputError, match=r"seed: a whole number of at most 18 digits is needed here, not 1e\+300"):
        load_study(QUICK, ["seed=1.0e+300"])


@pytest.mark.parametrize(("override", "said"), [
    ("seed=true", "seed: a whole number is needed here, not true"),
    ("seeds=[1, false]", "seeds.1: a whole number is needed here, not false"),
    ("labels.budgets=[true]", "labels.budgets.0: a whole number is needed here, not true"),
    ("evaluation.best_of=[true]", "evaluation.best_of.0: a whole number is needed here, not true"),
    ("reward_model.batch_size=true", "reward_model.batch_size: a whole number is needed here, not true"),
    ("ppo.learning_rate=true", "ppo.learning_rate: a number is needed here, not true"),
    ("title=true", "title: a text is needed here, not true"),
    ("base_model=true", "base_model: a text is needed here, not true"),
    ("supervised=true", "supervised: a mapping of keys to values is needed here, not true"),
])
def test_true_is_neither_a_number_nor_a_text(override, said):
    with pytest.raises(InputError, match=rf"^--set: {said}\. Change the value\."):
        load_study(QUICK, [override])
    assert not load_study(QUICK, ["ppo.whiten_rewards=false"]).ppo.whiten_rewards


@pytest.mark.parametrize(("path", "override", "said"), [
    ("file:///", "seed=1", r"^file:///: it is an address, and no path"),
    (QUICK, "base_model=https://huggingface.co/gpt2", "^--set: base_model: it is an address, and neither"),
    (QUICK, "task.source={kind: text, path: 'file:///texts'}", "^--set: task.source.path: is an address, and no path"),
    (QUICK, "task.source={kind: hub, name: 'https://hub/a'}", "^--set: task.source.name: is an address: the hub's"),
    (QUICK, "labels={source: imported, path: 'file:///', budgets: [2]}", "path: it is an address, and neither"),
])
def test_an_address_is_not_taken_for_a_path(path, override, said):
    with pytest.raises(InputError, match=said):
        load_study(path, [override])


@pytest.mark.parametrize(("text", "said"), [
    ("1: 2", "study.yaml:3: the key 1 is no name"), ("true: 2", "study.yaml:3: the key true is no name"),
    ("ppo:\n  1.5: 2", "study.yaml:4: ppo: the key 1.5 is no name"), ("? [a, b]\n: 3", "the key .* is no name")])
def test_a_key_that_is_no_text_is_not_taken_for_a_line(tmp_path, text, said):
    with pytest.raises(InputError, match=said):
        load_study(_write(tmp_path, f"study: x\nseed: 3\n{text}\n"))


@pytest.mark.parametrize(("old", "new", "line_of", "said"), [
    ("judge: {scorer: vader", "judge: {scorer: vadr", "judge:", "evaluation.judge.scorer: there is no scorer 'vadr'"),
    ("labeler: {scorer: vader", "labeler: {scorer: no.such:thing", "labeler:",
     "labels.labeler.scorer: there is no Python module 'no.such'"),
    ("judge: {scorer: vader", "judge: {scorer: 'os:getcwd'", "judge:",
     "evaluation.judge.scorer: the scorer 'os:getcwd' is no function of two lists, queries and responses"),
    ("{kind: storyworld, genre: stories}", "{kind: text, path: nowhere}", "source:",
     "task.source: nowhere: there is no such file or folder"),
])
def test_what_is_not_there_is_blamed_on_the_line_that_names_it(tmp_path, monkeypatch, capsys, old, new, line_of, said):
    path = _write(tmp_path, QUICK.read_text(encoding="utf-8").replace(old, new, 1))
    monkeypatch.chdir(tmp_path)
    assert main([str(path)]) == 2
    number = next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if line_of in line)
    message = capsys.readouterr().err.strip()
    assert message.startswith(f"error: {path}:{number}: {said}")
    assert "\n" not in message
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_may_not_be_read_is_one_line(tmp_path, monkeypatch, capsys):
    (tmp_path / "text.txt").write_text("A text.", encoding="utf-8")

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    monkeypatch.chdir(tmp_path)
    assert main([str(QUICK), "--set", "task.source={kind: text, path: text.txt}"]) == 2
    assert capsys.readouterr().err == (
        "error: text.txt: cannot be read (Permission denied). Change its permissions, or give another path.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["text.txt"]


def test_a_study_file_that_is_not_utf_8_names_the_line(tmp_path, capsys):
    path = tmp_path / "study.yaml"
    path.write_bytes("study: quick\ntitle: naïve\n".encode("latin-1"))
    assert main([str(path)]) == 2
    assert capsys.readouterr().err == f"error: {path}:2: not UTF-8 (byte 0xef). Save the file as UTF-8.\n"


@pytest.mark.parametrize(("arguments", "said"), [
    (["--cluster", "127.0.0.1:9"], "error: --cluster: no Ray cluster answers at 127.0.0.1:9 ("),
    (["--set", "compute.device=cuda"], "error: --set: compute.device: the study wants a GPU, and torch finds none."),
])
def test_what_the_machine_lacks_is_said_at_once_and_nothing_is_written(tmp_path, monkeypatch, capsys, arguments, said):
    pytest.importorskip("ray")
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.chdir(tmp_path)
    began = time.monotonic()
    assert main([str(QUICK), *arguments]) == 2
    assert time.monotonic() - began < 30
    message = capsys.readouterr().err
    assert message.startswith(said) and message.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
