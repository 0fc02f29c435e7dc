"""Refuses sizes of a study that this machine's memory cannot hold, by the largest arrays that they ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from harness.engine.resources import on_gpu
from harness.errors import InputError
from harness.study.model_shape import model_shape
from harness.study.parts import ScratchModel
from harness.study.spec import StudySpec
from harness.tasks.sources import StoryworldSource
from harness.training.memory import SINGLE, TransformerShape, activation_bytes, logits_bytes, sampling_bytes
from harness.training.snapshots import snapshot_steps

_GIB = 1 << 30
_TOKEN = 8
"""Bytes of a token's number."""


class Array(NamedTuple):
    """key: of the study, to be set lower. what: it holds. size: in bytes, at the least."""

    key: str
    what: str
    size: int


def machine_memory() -> int:
    """Bytes of this machine's memory."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def check_memory(study: StudySpec, memory: int) -> None:
    """Raises InputError where one array of the study takes more than so many bytes."""
    for key, what, size in _arrays(study):
        if size > memory:
            raise InputError(f"{what} would take {size / _GIB:,.1f} GiB of memory, and this machine has "
                             f"{memory / _GIB:,.1f} GiB", key=key, cure="Set it lower.")


def _arrays(study: StudySpec) -> Iterator[Array]:
    task = study.task
    known = model_shape(study.base_model)
    if isinstance(study.base_model, ScratchModel):
        assert known is not None
        yield from _of_pretraining(study, study.base_model, known.shape)
    if known is not None and not on_gpu(study):  # what a GPU holds is not in this memory
        yield from _of_sampling(study, known.shape)
        if study.evaluation.plan.compare_at is not None:
            kept = len(snapshot_steps(most=study.ppo.snapshots, total=study.ppo.updates))
            yield Array("ppo.snapshots", f"{kept:,} copies of the weights", kept * known.shape.parameters * SINGLE)
    episode = task.query_tokens * _TOKEN + task.response.tokens * (_TOKEN + SINGLE)
    yield Array("ppo.batch_size", "a batch of episodes", study.ppo.batch_size * episode)
    yield Array("reward_model.normalization_samples", "the samples that set a reward model's scale",
                study.reward_model.normalization_samples * episode)
    yield Array("task.queries.test", "the test queries", task.queries.test * task.query_tokens * _TOKEN)


def _of_pretraining(study: StudySpec, model: ScratchModel, shape: TransformerShape) -> Iterator[Array]:
    """The key is that of the size which is the most times what it is by default."""
    key = max(("layers", "width", "vocabulary", "context"),
              key=lambda name: getattr(model, name) / ScratchModel.model_fields[name].default)
    weights = shape.parameters * SINGLE
    if isinstance(study.task.source, StoryworldSource):  # others end where their texts do
        yield Array("base_model.tokens", "the text to pretrain on", model.tokens * _TOKEN)
    yield Array(f"base_model.{key}", f"the weights of {shape.parameters:,} parameters", weights)
    if not on_gpu(study):
        yield Array(f"base_model.{key}", f"weights, gradients and Adam's moments of {shape.parameters:,} parameters",
                    4 * weights)
        kept = activation_bytes(shape, time=model.context, number=SINGLE, fused=True,
                                checkpoint=study.compute.checkpoint_activations)
        yield Array("base_model.context", "training on one text of that length",
                    kept + model.context * logits_bytes(model.vocabulary, number=SINGLE))


def _of_sampling(study: StudySpec, shape: TransformerShape) -> Iterator[Array]:
    """All responses to a query are sampled together."""
    number = 2 if study.compute.precision == "bf16" else SINGLE
    counts = [("evaluation.best_of", n) for n in study.evaluation.best_of]
    if study.labels.source != "imported":
        counts.append(("labels.candidates", study.labels.candidates))
    for key, count in counts:
        yield Array(key, f"sampling {count:,} responses to one query", sampling_bytes(
            shape, query_tokens=study.task.query_tokens, response=study.task.response.tokens, number=number,
            candidates=count))
