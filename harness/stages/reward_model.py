"""Stage: the reward model of one label budget and seed (Ziegler 2.1; released train_reward.py)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from harness.artifacts.call import StageCall
from harness.artifacts.files import model_path
from harness.artifacts.fitting import checkpoint_of, reporter
from harness.artifacts.label_table import LabelFiles
from harness.artifacts.log import StageLog
from harness.labels.draws import budget_numbers
from harness.labels.reference_samples import reference_samples
from harness.models.loading import load_language_model, load_tokenizer
from harness.models.placement import frozen, trained
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.models.reward import RewardModel
from harness.records import Done
from harness.seeds import derive_seed, numpy_generator
from harness.study.slices import RewardModelSlice
from harness.tasks.query_table import QueryTable
from harness.training.comparisons import Comparisons
from harness.training.reward_fit import evaluate_reward_model, fit_reward_model, normalize_reward_model


def run(call: StageCall[RewardModelSlice], log: StageLog) -> Done:
    """Fit on the budget's labels, then set gain and bias on samples of the reference policy.

    It is held against the study's validation labels, or else against a share of its own that is left out of the fit.
    """
    settings = call.settings
    train, valid = _labels(call)
    path = model_path(call.inputs["start"])
    tokenizer = load_tokenizer(path)
    reference = Policy.from_pretrained(path, temperature=settings.temperature, placement=frozen(settings.compute))
    _, queries, responses = reference_samples(
        reference, tokenizer, QueryTable(call.inputs["queries"] / "train.arrow"),
        count=settings.fit.normalization_samples, rule=settings.response, seed=call.seed)
    del reference
    model = RewardModel.from_language_model(load_language_model(path, placement=trained(settings.compute)),
                                            seed=derive_seed(call.seed, "head"))
    if settings.fit.normalize_before:
        normalize_reward_model(model, queries=queries, responses=responses)

    fit_reward_model(model, train, settings=settings.fit, seed=derive_seed(call.seed, "order"),
                     compute=settings.compute, on_step=reporter(log), checkpoint=checkpoint_of(call, log))
    figures = {"trained_on": float(len(train)), "validated_on": float(len(valid))}
    if len(valid):
        result = evaluate_reward_model(model, valid)
        figures |= {"validation_loss": result.loss, "validation_accuracy": result.accuracy,
                    "validation_confidence": result.calibration.confidence,
                    "validation_calibration_error": result.calibration.error}
    scale = normalize_reward_model(model, queries=queries, responses=responses)
    figures |= {"gain": scale.gain, "bias": scale.bias}
    model.save_pretrained(call.out / "model", tokenizer)
    checkpoint_of(call, log).clear()
    return Done(figures)


def _labels(call: StageCall[RewardModelSlice]) -> tuple[StoredLabels, StoredLabels]:
    """What the reward model is fitted to, and what it is held against."""
    settings = call.settings
    files = LabelFiles(call.inputs.in_order("labels"))
    own = budget_numbers(settings.label_budget, settings.draw, there=len(files))
    folder = call.inputs.get("validation_labels")
    if folder is not None:
        others = LabelFiles([folder])
        return StoredLabels(files, own), StoredLabels(others, np.arange(len(others)))
    held_out = int(settings.fit.validation_share * len(own))
    own = own[numpy_generator(call.seed, "validation").permutation(len(own))]
    return StoredLabels(files, own[held_out:]), StoredLabels(files, own[:held_out])


class StoredLabels:
    """Some labels of the files, as a fit asks for them (`LabelSource`)."""

    def __init__(self, files: LabelFiles, numbers: np.ndarray) -> None:
        self._files, self._numbers = files, numbers
        candidates, length = files.candidates_shape
        self.width = files.query_width + candidates * length

    def __len__(self) -> int:
        return len(self._numbers)

    def take(self, rows: Tensor) -> Comparisons:
        table = self._files.take(self._numbers[rows.numpy()])
        queries, candidates, best = (torch.from_numpy(array.astype(np.int64))
                                     for array in (table.queries, table.candidates, table.best))
        return Comparisons(TokenBatch(queries), candidates, best)
