"""What the stages that train share: text into blocks, and a loop's report into the stage's log."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from torch import Tensor

from harness.artifacts.call import StageCall, StageLog
from harness.errors import InputError
from harness.tasks.text_tokens import encode
from harness.training.checkpoint import Checkpoint
from harness.training.language_model_fit import pack_blocks

_AT_ONCE = 512
_LOGGED_STEPS = 200
_CHECKPOINT_SECONDS = 30.0


def blocks_of(texts: Iterator[str], tokenizer: Any, *, tokens: int | None, block: int) -> Tensor:
    """Packed blocks (n, block) int64 of about `tokens` tokens (None: all there are), end-of-text between the texts."""
    sequences: list[list[int]] = []
    count = 0
    while (tokens is None or count < tokens) and (batch := list(islice(texts, _AT_ONCE))):
        for sequence in encode(tokenizer, batch):
            if tokens is not None and count >= tokens:
                break
            sequences.append(sequence)
            count += len(sequence) + 1
    try:
        return pack_blocks(sequences, block=block, separator=tokenizer.eos_token_id)
    except ValueError:
        raise InputError(f"the text has {count} tokens, fewer than one block of {block}", key="task.source",
                         cure="Give more text.") from None


def checkpoint_of(call: StageCall) -> Checkpoint:
    """A stage's checkpoint, in its own folder. HARNESS_CHECKPOINT_SECONDS sets how often (default 30)."""
    seconds = float(os.environ.get("HARNESS_CHECKPOINT_SECONDS", _CHECKPOINT_SECONDS))
    return Checkpoint(call.out / "checkpoint", every_seconds=seconds)


def reporter(log: StageLog) -> Callable[[int, int, dict[str, float]], None]:
    """A loop's on_step: progress at each step, metrics at about 200 of them and at the last."""
    first = True

    def on_step(step: int, total: int, metrics: dict[str, float]) -> None:
        nonlocal first
        if first:
            # A resumed loop begins behind its checkpoint; what it logs again must not stand twice.
            log.rewind(step - 1)
            first = False
        every = max(1, total // _LOGGED_STEPS)
        if step % every == 0 or step == total:
            log.metrics(metrics, step)
        log.progress(step, total, f"loss {metrics['train/loss']:.3f}")

    return on_step
