"""The texts that a base model from scratch is pretrained on, which are the task's own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from harness.errors import InputError
from harness.tasks.sources import Document, Split
from harness.tasks.spec import TaskSpec
from harness.text.tokenization import split_sentences


def pretraining_texts(task: TaskSpec, split: Split) -> Iterator[str]:
    """Documents as the base model reads them; for summarization shares of them with a summary or an extract behind."""
    seen = False
    for number, document in enumerate(task.source.documents(split)):
        seen = True
        yield _text(task, document, number)
    if not seen:
        raise InputError(f"the text source has no {split} text", key="task.source", cure="Give more text.")


def _text(task: TaskSpec, document: Document, number: int) -> str:
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
    return _with_answer(document.text, answer, prefix=task.prefix, suffix=task.suffix)


def _with_answer(text: str, answer: str, *, prefix: str, suffix: str) -> str:
    """A document that shows what follows the suffix, so that a small base model can be asked zero-shot."""
    return f"{prefix}{text}{suffix} {answer.strip()}\n"
