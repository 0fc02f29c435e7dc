"""Language modelling on the task's own text."""

from harness.models.loading import load_language_model
from harness.study.slices import DomainTuningSlice
from harness.training.settings import LanguageModelFitSettings
from tests.unit.stages.stage_calls import STUDY, call_stage


def test_the_model_is_better_on_validation_text_than_before(inputs, tmp_path):
    settings = DomainTuningSlice(task=STUDY.task, compute=STUDY.compute,
                                 fit=LanguageModelFitSettings(learning_rate=1e-2, batch_size=8, steps=20))
    done = call_stage(settings, {"base": inputs["start"]}, tmp_path)
    assert done.summary["nats_per_token"] < done.summary["nats_per_token_before"] - 0.5
    assert load_language_model(tmp_path / "model").config.n_layer == 1
    assert not (tmp_path / "checkpoint" / "checkpoint.pt").exists()
