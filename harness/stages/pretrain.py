"""Stage: a small GPT-2 and its tokenizer, from scratch, on the task's own text (the embedded default)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from harness.artifacts.call import StageCall, StageLog
from harness.artifacts.fitting import blocks_of, checkpoint_of, reporter
from harness.errors import InputError
from harness.models.loading import ModelShape, build_language_model, save_model
from harness.models.placement import trained
from harness.records import Done
from harness.seeds import derive_seed
from harness.tasks.sources import Document
from harness.tasks.spec import ContinuationTask, SummarizationTask
from harness.tasks.summarization import pretraining_document
from harness.text.tokenization import split_sentences
from harness.training.language_model_fit import evaluate_language_model, fit_language_model

_END_OF_TEXT = "<|endoftext|>"
_TOKENIZER_DOCUMENTS = 4000


def run(call: StageCall, log: StageLog) -> Done:
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
                       compute=call.settings.compute, on_step=reporter(log), checkpoint=checkpoint_of(call))
    held_out = blocks_of(pretraining_texts(task, "valid"), tokenizer, tokens=min(spec.tokens, 200 * spec.context),
                         block=spec.context)
    nats = evaluate_language_model(model, tokens=held_out)
    save_model(model, call.out / "model", tokenizer)
    checkpoint_of(call).clear()
    return Done({"nats_per_token": nats, "tokens": float(blocks.numel()), "vocabulary": float(len(tokenizer)),
                 "parameters": float(sum(parameter.numel() for parameter in model.parameters()))})


def train_tokenizer(texts: Iterator[str], vocabulary: int) -> PreTrainedTokenizerFast:
    """A byte-level BPE (as GPT-2's), so that every text has tokens and the decoding is exact."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    bpe.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=[_END_OF_TEXT], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token=_END_OF_TEXT, bos_token=_END_OF_TEXT,
                                   unk_token=_END_OF_TEXT, clean_up_tokenization_spaces=False)


def pretraining_texts(task: ContinuationTask | SummarizationTask, split: str) -> Iterator[str]:
    """Documents as the base model reads them; for summarization shares of them with a summary or an extract behind."""
    seen = False
    for number, document in enumerate(task.source.documents(split)):  # type: ignore[arg-type]
        seen = True
        yield _text(task, document, number)
    if not seen:
        raise InputError(f"the text source has no {split} text", key="task.source", cure="Give more text.")


def _text(task: ContinuationTask | SummarizationTask, document: Document, number: int) -> str:
    if task.kind == "continuation" or not document.reference:
        return document.text
    rng = np.random.Generator(np.random.Philox(key=number))
    share = rng.random() - task.pretraining_summaries
    if share < 0:
        answer = document.reference
    elif share < task.pretraining_extracts:
        sentences = split_sentences(document.text)
        answer = sentences[int(rng.integers(len(sentences)))].text
    else:
        return f"{task.prefix}{document.text}"
    return pretraining_document(document.text, answer, prefix=task.prefix, suffix=task.suffix)
