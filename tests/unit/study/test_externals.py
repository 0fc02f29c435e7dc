"""What lies outside the study file is known by its content."""

from harness.study.externals import external_digests
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
