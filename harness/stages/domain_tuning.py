"""Stage: the base model is trained further on the task's text (the paper's books, Ziegler 3.1)."""

from __future__ import annotations

from harness.artifacts.call import StageCall
from harness.artifacts.files import model_path
from harness.artifacts.fitting import checkpoint_of, reporter
from harness.artifacts.log import StageLog
from harness.models.loading import load_language_model, load_tokenizer, save_model
from harness.models.placement import trained
from harness.records import Done
from harness.seeds import derive_seed
from harness.study.slices import DomainTuningSlice
from harness.tasks.pretraining import pretraining_texts
from harness.tasks.token_blocks import blocks_of
from harness.training.language_model_fit import evaluate_language_model, fit_language_model


def run(call: StageCall[DomainTuningSlice], log: StageLog) -> Done:
    """Blocks of query and response length; as many as the settings' steps take, or all the text there is."""
    task, fit = call.settings.task, call.settings.fit
    path = model_path(call.inputs["base"])
    model, tokenizer = load_language_model(path, placement=trained(call.settings.compute)), load_tokenizer(path)
    block = task.query_tokens + task.response.tokens
    wanted = None if fit.steps is None else fit.steps * fit.batch_size * block
    blocks = blocks_of(pretraining_texts(task, "train"), tokenizer, tokens=wanted, block=block)
    held_out = blocks_of(pretraining_texts(task, "valid"), tokenizer, tokens=200 * block, block=block)
    before = evaluate_language_model(model, tokens=held_out)
    fit_language_model(model, tokens=blocks, settings=fit, seed=derive_seed(call.seed, "order"),
                       compute=call.settings.compute, on_step=reporter(log), checkpoint=checkpoint_of(call, log))
    after = evaluate_language_model(model, tokens=held_out)
    save_model(model, call.out / "model", tokenizer)
    checkpoint_of(call, log).clear()
    return Done({"nats_per_token": after, "nats_per_token_before": before})
