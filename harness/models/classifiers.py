"""Sequence classifiers through transformers: what stands in for people in the paper's mock task (Ziegler 3.1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import AutoConfig, AutoModelForSequenceClassification, GPT2Config

from harness.errors import InputError
from harness.models.loading import ModelShape, load_classifier, load_language_model, load_tokenizer, save_model

_READ_TOGETHER = 128
_DECIMALS = 4
_SPACE = " "
"""Stands for an empty text, which would have no token."""


class Classifier:
    """A model and its tokenizer. The positive class is the one whose name begins with `pos`, else the last."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        tokenizer.padding_side = "right"
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token
        if model.config.pad_token_id is None:
            model.config.pad_token_id = tokenizer.pad_token_id
        self.model, self.tokenizer = model.eval(), tokenizer
        self.labels = [str(model.config.id2label[index]) for index in range(model.config.num_labels)]
        self.positive = next((index for index, label in enumerate(self.labels) if label.lower().startswith("pos")),
                             len(self.labels) - 1)
        self._longest = min(getattr(model.config, "max_position_embeddings", None) or tokenizer.model_max_length,
                            tokenizer.model_max_length)

    @classmethod
    def from_pretrained(cls, path: str | Path) -> Classifier:
        """A folder or a hub name. Raises InputError with a cure."""
        return cls(load_classifier(path), load_tokenizer(path))

    @classmethod
    def new(cls, tokenizer: Any, labels: Sequence[str], *, base: str | ModelShape, seed: int) -> Classifier:
        """With a new head on a pretrained body (a folder or hub name), or a small GPT-2 from scratch."""
        classes = {"num_labels": len(labels), "id2label": dict(enumerate(labels)),
                   "label2id": {label: index for index, label in enumerate(labels)}}
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            if isinstance(base, ModelShape):
                end = tokenizer.eos_token_id
                config = GPT2Config(
                    vocab_size=base.vocab_size, n_positions=base.context, n_embd=base.width, n_layer=base.layers,
                    n_head=base.heads, bos_token_id=end, eos_token_id=end, pad_token_id=end, **classes)
                return cls(AutoModelForSequenceClassification.from_config(config), tokenizer)
            body = load_language_model(base)
            config = AutoConfig.from_pretrained(str(base), trust_remote_code=False, **classes)
            model = AutoModelForSequenceClassification.from_config(config)
            setattr(model, model.base_model_prefix, body.base_model)
        return cls(model, tokenizer)

    def save_pretrained(self, path: str | Path) -> None:
        """A folder that transformers' Auto classes load."""
        save_model(self.model, path, self.tokenizer)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids, with the special tokens that the model was made for, cut to its context."""
        ids = self.tokenizer([text or _SPACE for text in texts], truncation=True, max_length=self._longest)
        return [list(row) for row in ids["input_ids"]]

    def logits(self, sequences: Sequence[Sequence[int]]) -> Tensor:
        """(rows, classes), differentiable."""
        batch = self.tokenizer.pad({"input_ids": [list(row) for row in sequences]}, return_tensors="pt")
        result: Tensor = self.model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
        return result

    @torch.no_grad()
    def log_odds(self, texts: Sequence[str]) -> np.ndarray:
        """(texts,): the log odds of the positive class, or the only logit of a model that has one.

        Rounded, so that a score does not depend on the texts beside it.
        """
        sequences = self.encode(texts)
        order = sorted(range(len(sequences)), key=lambda index: len(sequences[index]))
        found = np.empty(len(sequences))
        for start in range(0, len(order), _READ_TOGETHER):
            rows = order[start:start + _READ_TOGETHER]
            logits = self.logits([sequences[row] for row in rows]).double()
            wanted = logits[:, self.positive]
            if logits.shape[1] > 1:
                others = [index for index in range(logits.shape[1]) if index != self.positive]
                wanted = wanted - logits[:, others].logsumexp(dim=1)
            found[rows] = wanted.numpy()
        return np.round(found, _DECIMALS)


def check_classifier(path: str | Path) -> None:
    """Raises InputError where there is no sequence classifier. Reads its configuration alone."""
    try:
        classes = AutoConfig.from_pretrained(str(path), trust_remote_code=False).architectures or []
    except (OSError, ValueError, KeyError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"there is no such classifier ({reason})", file=str(path), key="scorer",
                         cure="Give a classifier's folder or its name on the hub.") from None
    if not any("Classification" in name for name in classes):
        raise InputError("this model is no sequence classifier", file=str(path), key="scorer",
                         cure="Give a classifier, or train one: harness classifier --help.")
