"""Fitting a language model to text: pretraining from scratch, domain tuning, supervised fine-tuning."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from harness.algorithms.schedules import warmup_then
from harness.models.checkpoints import layer_checkpoints
from harness.models.micro_batch import rows_per_micro_batch
from harness.models.threaded import run_threaded, threads_for
from harness.models.trunk import Hidden, sequence_layout
from harness.models.trunks import trunk_of
from harness.records import PAD
from harness.seeds import derive_seed
from harness.training.adam import Adam
from harness.training.batching import epoch_batches, micro_batches
from harness.training.checkpoint import Checkpoint
from harness.training.loop import OnStep, run_steps
from harness.training.settings import DEFAULT_COMPUTE, ComputeSettings, LanguageModelFitSettings

ADAM_EPSILON = 1e-8


class TextRows(NamedTuple):
    """inputs: (rows, time), right-padded, PAD replaced. targets: (rows, time), PAD where nothing is to be learnt."""

    inputs: Tensor
    targets: Tensor


def pack_blocks(sequences: Sequence[Sequence[int]], *, block: int, separator: int | None) -> Tensor:
    """The sequences one after another, the separator after each, cut into (n, block); the rest is dropped.

    Raises ValueError where there are fewer tokens than one block.
    """
    ends = [] if separator is None else [separator]
    stream = np.concatenate([np.asarray([*sequence, *ends], dtype=np.int64) for sequence in sequences])
    blocks = len(stream) // block
    if blocks == 0:
        raise ValueError(f"{len(stream)} tokens do not fill one block of {block}")
    return torch.from_numpy(stream[:blocks * block].reshape(blocks, block))


def fit_language_model(model: Any, *, tokens: Tensor | Sequence[Sequence[int]],
                       counted: Sequence[Sequence[bool]] | None = None, settings: LanguageModelFitSettings,
                       seed: int, compute: ComputeSettings = DEFAULT_COMPUTE, on_step: OnStep | None = None,
                       checkpoint: Checkpoint | None = None) -> dict[str, float]:
    """AdamW with warm-up, in place; gives the last step's metrics.

    tokens: packed blocks (n, time), or sequences of different lengths. counted: for sequences, which of their
    tokens the loss counts as targets (a summary's, but not its article's); all by default. Raises
    TrainingDiverged.
    """
    data = _Data(tokens, counted)
    per_epoch = math.ceil(len(data) / settings.batch_size)
    total = settings.steps or max(1, round((settings.epochs or 0) * per_epoch))
    order = _Order(data.lengths, batch_size=settings.batch_size, seed=seed, per_epoch=per_epoch)
    forward = _forward(model, dropout=settings.dropout > 0, checkpoint_activations=compute.checkpoint_activations)

    def backward(step: int) -> dict[str, float]:
        rows = data.rows(order.batch(step), model.device)
        with torch.random.fork_rng(enabled=settings.dropout > 0):
            if settings.dropout > 0:
                torch.manual_seed(derive_seed(seed, "dropout", step))
            return {"train/loss": _nats(model, rows, forward, optimizer=optimizer, threads=threads)}

    # With dropout the micro-batches draw from one random state, in turn.
    threads = 1 if settings.dropout > 0 else threads_for(model.config.hidden_size, model.device)
    optimizer = Adam(model, epsilon=ADAM_EPSILON, weight_decay=settings.weight_decay, compute=compute)
    with _dropout(model, settings.dropout):
        return run_steps(
            model, optimizer, total=total,
            backward=backward, clip_gradient=settings.clip_gradient, on_step=on_step, checkpoint=checkpoint,
            guess=math.log(model.config.vocab_size),
            learning_rate=lambda step: settings.learning_rate * warmup_then(
                step, total=total, warmup=settings.warmup, schedule=settings.schedule),
        )


@torch.no_grad()
def evaluate_language_model(model: Any, *, tokens: Tensor | Sequence[Sequence[int]],
                            counted: Sequence[Sequence[bool]] | None = None, batch_size: int = 32) -> float:
    """Nats per counted token, over all rows together."""
    data = _Data(tokens, counted)
    forward = _forward(model, dropout=False)
    order = np.argsort(data.lengths, kind="stable")
    threads = threads_for(model.config.hidden_size, model.device)
    total, count = 0.0, 0
    for start in range(0, len(data), batch_size):
        rows = data.rows(order[start:start + batch_size], model.device)
        here = int((rows.targets != PAD).sum())
        total += _nats(model, rows, forward, threads=threads) * here
        count += here
    return total / count


class _Data:
    """Rows of any length, padded only when they meet in a batch."""

    def __init__(self, tokens: Tensor | Sequence[Sequence[int]], counted: Sequence[Sequence[bool]] | None) -> None:
        if isinstance(tokens, Tensor):
            if counted is not None:
                raise ValueError("packed blocks count every token; give sequences where some do not count")
            self._tokens: list[Tensor] = list(tokens.long().unbind(0))
        else:
            self._tokens = [torch.as_tensor(np.asarray(row, dtype=np.int64)) for row in tokens]
        self._counted = None if counted is None else [torch.as_tensor(np.asarray(row, dtype=bool)) for row in counted]
        self.lengths = np.array([len(row) for row in self._tokens])
        if len(self._tokens) == 0 or self.lengths.min() < 2:
            raise ValueError("there must be text, and each sequence needs two tokens or more")
        if self._counted is not None and [len(row) for row in self._counted] != self.lengths.tolist():
            raise ValueError("counted must have the shape of tokens")

    def __len__(self) -> int:
        return len(self._tokens)

    def rows(self, picked: np.ndarray, device: torch.device) -> TextRows:
        picked_tokens = [self._tokens[row] for row in picked]
        targets = [row[1:] for row in picked_tokens]
        if self._counted is not None:
            targets = [row.masked_fill(~self._counted[index][1:], PAD)
                       for row, index in zip(targets, picked, strict=True)]
        pad = nn.utils.rnn.pad_sequence
        return TextRows(inputs=pad([row[:-1] for row in picked_tokens], batch_first=True).to(device),
                        targets=pad(targets, batch_first=True, padding_value=PAD).to(device))


class _Order:
    """Which rows a step takes: a function of the seed and the step."""

    def __init__(self, lengths: np.ndarray, *, batch_size: int, seed: int, per_epoch: int) -> None:
        self._lengths, self._batch_size, self._seed, self._per_epoch = lengths, batch_size, seed, per_epoch
        self._epoch, self._batches = -1, list[np.ndarray]()

    def batch(self, step: int) -> np.ndarray:
        epoch, index = divmod(step, self._per_epoch)
        if epoch != self._epoch:
            self._batches = epoch_batches(self._lengths, batch_size=self._batch_size, seed=self._seed, epoch=epoch)
            self._epoch = epoch
        return self._batches[index]


def _forward(model: Any, *, dropout: bool,
             checkpoint_activations: bool = False) -> Callable[[TextRows, Tensor], Tensor]:
    """(rows, which targets) -> their log-probabilities. Padding is on the right, where causality hides it."""
    trunk = trunk_of(model)
    trunk.checkpoint_activations = checkpoint_activations

    def logprobs(rows: TextRows, where: Tensor) -> Tensor:
        if dropout:
            with layer_checkpoints(model.base_model, enabled=checkpoint_activations):
                hidden = Hidden(model.base_model(input_ids=rows.inputs, use_cache=False).last_hidden_state)
        else:
            hidden = trunk.hidden(sequence_layout(rows.inputs, select=rows.inputs.shape[1]))
        return trunk.token_logprobs(hidden.states[where], rows.targets[where], temperature=1.0,
                                    head=hidden.head).logprobs

    return logprobs


def _nats(model: Any, rows: TextRows, forward: Callable[[TextRows, Tensor], Tensor], *, threads: int,
          optimizer: Adam | None = None) -> float:
    """The mean loss of a batch; its gradient goes to the optimizer where there is one."""
    counted = int((rows.targets != PAD).sum())
    if counted == 0:
        return 0.0
    time = rows.inputs.shape[1]
    size = rows_per_micro_batch(time=time, width=model.config.hidden_size, device=model.device.type,
                                logits_per_row=time * model.config.vocab_size)

    def read(part: Tensor) -> tuple[float, list[Tensor | None]]:
        some = TextRows(rows.inputs[part], rows.targets[part])
        where = some.targets != PAD
        loss = -forward(some, where).sum() / counted
        # A micro-batch without a counted target has no loss to derive.
        wanted = optimizer is not None and bool(where.any())
        return loss.item(), optimizer.gradients(loss) if optimizer and wanted else []

    total = 0.0
    same = torch.zeros(len(rows.inputs), dtype=torch.int64, device=rows.inputs.device)
    parts = micro_batches(same, size=size, threads=threads)
    for loss, gradients in run_threaded([partial(read, part) for part in parts], threads=threads):
        total += loss
        if optimizer is not None and gradients:
            optimizer.accumulate(gradients)
    return total


@contextmanager
def _dropout(model: Any, probability: float) -> Iterator[None]:
    """The module's dropout layers set to the probability, and its mode to training, for as long as this lasts."""
    if probability == 0:
        yield
        return
    layers = [module for module in model.modules() if isinstance(module, nn.Dropout)]
    before = [layer.p for layer in layers]
    for layer in layers:
        layer.p = probability
    model.train()
    try:
        yield
    finally:
        model.eval()
        for layer, p in zip(layers, before, strict=True):
            layer.p = p
