"""Stage: a small GPT-2 and its tokenizer are trained from scratch on the task's own text."""

from __future__ import annotations

from itertools import islice

from harness.artifacts.call import StageCall
from harness.artifacts.fitting import checkpoint_of, reporter
from harness.artifacts.log import StageLog
from harness.models.loading import ModelShape, build_language_model, save_model
from harness.models.placement import trained
from harness.records import Done
from harness.seeds import derive_seed
from harness.study.slices import PretrainSlice
from harness.tasks.pretraining import pretraining_texts
from harness.tasks.token_blocks import blocks_of
from harness.tasks.tokenizer import train_tokenizer
from harness.training.language_model_fit import evaluate_language_model, fit_language_model

_TOKENIZER_DOCUMENTS = 4000


def run(call: StageCall[PretrainSlice], log: StageLog) -> Done:
    """Train the tokenizer, then the model, each token seen once per epoch; report nats a token on validation text."""
    spec, task = call.settings.model, call.settings.task
    tokenizer = train_tokenizer(islice(pretraining_texts(task, "train"), _TOKENIZER_DOCUMENTS), spec.vocabulary)
    model = build_language_model(
        ModelShape(layers=spec.layers, width=spec.width, heads=spec.heads, context=spec.context,
                   vocab_size=len(tokenizer)),
        seed=derive_seed(call.seed, "weights"), end_of_text=tokenizer.eos_token_id)
    model.to(trained(call.settings.compute).device)
    blocks = blocks_of(pretraining_texts(task, "train"), tokenizer, tokens=spec.tokens, block=spec.context)
    fit_language_model(model, tokens=blocks, settings=spec.fit, seed=derive_seed(call.seed, "order"),
                       compute=call.settings.compute, on_step=reporter(log), checkpoint=checkpoint_of(call, log))
    held_out = blocks_of(pretraining_texts(task, "valid"), tokenizer, tokens=min(spec.tokens, 200 * spec.context),
                         block=spec.context)
    nats = evaluate_language_model(model, tokens=held_out)
    save_model(model, call.out / "model", tokenizer)
    checkpoint_of(call, log).clear()
    return Done({"nats_per_token": nats, "tokens": float(blocks.numel()), "vocabulary": float(len(tokenizer)),
                 "parameters": float(sum(parameter.numel() for parameter in model.parameters()))})
