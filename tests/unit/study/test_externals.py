"""What lies outside the study file is known by its content."""

import pytest

from harness.errors import InputError
from harness.study.externals import check_unchanged, external_digests
from harness.study.loading import load_study
from tests.e2e.runs import ROOT

QUICK = ROOT / "studies" / "quick.yaml"


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
