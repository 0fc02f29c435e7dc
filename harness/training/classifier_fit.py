"""Fitting a text classifier: the mock labeler of the paper, or any other (Ziegler 3.1.1)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from harness.algorithms.schedules import warmup_then
from harness.models.classifiers import Classifier
from harness.training.adam import Adam
from harness.training.batching import epoch_batches
from harness.training.loop import OnStep, run_steps
from harness.training.settings import LanguageModelFitSettings

_ADAM_EPSILON = 1e-8
_READ_TOGETHER = 128


def fit_classifier(classifier: Classifier, *, texts: Sequence[str], labels: Sequence[int],
                   settings: LanguageModelFitSettings, seed: int, on_step: OnStep | None = None) -> dict[str, float]:
    """Cross-entropy with AdamW, in place, without dropout; gives the last step's metrics.

    labels: the class of each text. Raises ValueError where there is not one for each, TrainingDiverged.
    """
    if len(texts) != len(labels) or not texts:
        raise ValueError(f"{len(texts)} texts and {len(labels)} labels")
    sequences = classifier.encode(texts)
    lengths, targets = np.array([len(row) for row in sequences]), torch.tensor(labels)
    per_epoch = math.ceil(len(sequences) / settings.batch_size)
    total = settings.steps or max(1, round((settings.epochs or 0) * per_epoch))
    epochs = math.ceil(total / per_epoch)
    batches = [batch for epoch in range(epochs)
               for batch in epoch_batches(lengths, batch_size=settings.batch_size, seed=seed, epoch=epoch)]

    def backward(step: int) -> dict[str, float]:
        rows = batches[step]
        loss = cross_entropy(classifier.logits([sequences[row] for row in rows]), targets[rows])
        loss.backward()
        return {"train/loss": loss.item()}

    return run_steps(
        classifier.model, Adam(classifier.model, epsilon=_ADAM_EPSILON, weight_decay=settings.weight_decay),
        total=total, backward=backward, clip_gradient=settings.clip_gradient, on_step=on_step, checkpoint=None,
        guess=math.log(max(2, int(classifier.model.config.num_labels))),
        learning_rate=lambda step: settings.learning_rate * warmup_then(
            step, total=total, warmup=settings.warmup, schedule=settings.schedule))


@torch.no_grad()
def classifier_accuracy(classifier: Classifier, *, texts: Sequence[str], labels: Sequence[int]) -> float:
    """The share of texts whose most likely class is their label."""
    right = 0
    for start in range(0, len(texts), _READ_TOGETHER):
        logits = classifier.logits(classifier.encode(texts[start:start + _READ_TOGETHER]))
        right += int((logits.argmax(dim=1) == torch.tensor(labels[start:start + _READ_TOGETHER])).sum())
    return right / len(texts)
