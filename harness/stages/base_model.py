"""Stage: a base model that is there already, in a folder or on the hub, is noted and used where it lies."""

from __future__ import annotations

from harness.artifacts.call import StageCall
from harness.artifacts.files import note_base_model
from harness.artifacts.log import StageLog
from harness.models.loading import load_language_model, load_tokenizer
from harness.records import Done
from harness.study.slices import BaseModelSlice


def run(call: StageCall[BaseModelSlice], log: StageLog) -> Done:
    """Load it once, so that what is wrong with it is said here, and note where it is."""
    name = call.settings.name
    model = load_language_model(name)
    load_tokenizer(name)
    note_base_model(call.out, name)
    return Done({"parameters": float(sum(parameter.numel() for parameter in model.parameters()))})
