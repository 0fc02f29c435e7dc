"""What lies outside the study file is known by its content."""

import pytest

from harness.errors import InputError, MissingInput
from harness.study.externals import check_unchanged, external_digests
from harness.study.loading import load_study
from tests.e2e.runs import ROOT

QUICK = ROOT / "studies" / "quick.yaml"
ONE_POLICY = ["policies=[{arm: rl}]", "evaluation={baselines: [zero_shot]}"]


def test_a_base_model_is_known_by_the_middle_of_its_weights_too(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    weights = bytearray(5 << 20)
    digests = []
    for place in (0, 1, 5 << 19):
        weights[place] += 1
        (tmp_path / "model.safetensors").write_bytes(weights)
        digests.append(external_digests(load_study(QUICK, [f"base_model={tmp_path}"]))["base_model"])
    assert len(set(digests)) == 3


def test_what_changes_while_the_study_runs_is_noticed(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"one")
    study = load_study(QUICK, [f"base_model={tmp_path}"])
    digests = external_digests(study)

    def has_changed():
        with pytest.raises(InputError, match=r"base_model: what lies there has changed since the command began\. Give"):
            check_unchanged(study, digests)
        check_unchanged(study, {})

    check_unchanged(study, digests)
    weights.write_bytes(b"two")
    has_changed()
    weights.write_bytes(b"one")
    check_unchanged(study, digests)
    weights.unlink()
    has_changed()
    (tmp_path / "config.json").unlink()
    tmp_path.rmdir()
    check_unchanged(study, {})


@pytest.mark.parametrize(("override", "problem"), [
    ("task.source={kind: text, path: absent}", "there is no such file or folder"),
    ("base_model=./absent", "there is no folder ./absent"),
    ("labels={source: imported, path: absent, budgets: [2]}", "there is no label file absent"),
])
def test_a_plan_goes_on_without_what_is_not_there(tmp_path, monkeypatch, override, problem):
    monkeypatch.chdir(tmp_path)
    absent: list[MissingInput] = []
    assert external_digests(load_study(QUICK, [override, "supervised=null", *ONE_POLICY]), absent=absent) == {}
    assert problem in str(absent[0])


@pytest.mark.parametrize(("override", "problem"), [
    ("task.source={kind: text, path: empty}", r"task.source: the folder has no .txt files"),
    ("task.source={kind: jsonl, path: broken.jsonl}", r"broken.jsonl:1: task.source: not valid JSON"),
    ("task.source={kind: text, path: /dev/null}", r"/dev/null: task.source: it is no regular file"),
    ("task.source={kind: text, path: to_itself}", r"to_itself: task.source: cannot be read .Too many levels"),
    ("base_model=/dev/null", r"/dev/null: base_model: it is no regular file"),
    ("base_model=./empty", r"the folder empty holds no model"),
    ("labels={source: imported, path: empty, budgets: [2]}", r"labels.path: empty is a folder"),
    ("labels={source: imported, path: /dev/null, budgets: [2]}", r"/dev/null: labels.path: it is no regular file"),
    ("labels={source: imported, path: to_itself, budgets: [2]}", r"to_itself: labels.path: cannot be read .Too many"),
])
def test_no_plan_is_made_of_what_is_broken(tmp_path, monkeypatch, override, problem):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "to_itself").symlink_to("to_itself")
    (tmp_path / "broken.jsonl").write_text("{broken")
    with pytest.raises(InputError, match=problem):
        external_digests(load_study(QUICK, [override, "supervised=null", *ONE_POLICY]), absent=[])
