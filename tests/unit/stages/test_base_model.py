"""A base model from outside is used where it lies."""

from harness.artifacts.files import model_path
from harness.models.loading import load_language_model
from harness.study.slices import BaseModelSlice
from tests.unit.stages.stage_calls import call_stage


def test_nothing_is_copied_and_its_parameters_are_counted(inputs, tmp_path):
    folder = inputs["start"] / "model"
    done = call_stage(BaseModelSlice(name=str(folder)), {}, tmp_path / "base")
    assert model_path(tmp_path / "base") == str(folder)
    assert [path.name for path in (tmp_path / "base").iterdir()] == ["base_model.json"]
    assert done.summary == {"parameters": sum(each.numel() for each in load_language_model(folder).parameters())}
