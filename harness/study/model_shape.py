"""Reads the shape of a base model without loading it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from harness.study.parts import ScratchModel
from harness.training.memory import TransformerShape

_GPT2_VOCABULARY = 50257
_GPT2_CONTEXT = 1024
_GPT2 = {"gpt2": (12, 768, 12), "gpt2-medium": (24, 1024, 16), "gpt2-large": (36, 1280, 20), "gpt2-xl": (48, 1600, 25)}
"""(layers, width, heads) of the models that OpenAI released; 124M, 355M, 774M and 1.5B parameters."""
_UNHEARD_OF = 2**63
"""No size of a model is this large: what says so is broken."""
_HUB_ORGANIZATION = "openai-community/"
_TOKENIZER = "tokenizer.json"


@dataclass(frozen=True)
class KnownShape:
    """note: where the shape is from, when it is not the model's own."""

    shape: TransformerShape
    note: str = ""


def model_shape(base_model: str | ScratchModel) -> KnownShape | None:
    """The shape of a GPT-2: by its name, by a folder's configuration, or from scratch. None for what is no GPT-2.

    A folder with nothing but GPT-2's tokenizer stands for the smallest GPT-2, and the note says so.
    """
    if isinstance(base_model, ScratchModel):
        return KnownShape(TransformerShape(layers=base_model.layers, width=base_model.width, heads=base_model.heads,
                                           vocabulary=base_model.vocabulary, context=base_model.context))
    folder = Path(base_model)
    if not folder.is_dir():
        return _released(base_model.removeprefix(_HUB_ORGANIZATION))
    if (folder / "config.json").is_file():
        return _configured(_document(folder / "config.json"))
    if _vocabulary(folder) == _GPT2_VOCABULARY:
        smallest = _released("gpt2")
        assert smallest is not None
        return KnownShape(smallest.shape, note="the folder has GPT-2's tokenizer alone: taken for gpt2, 124M")
    return None


def _released(name: str) -> KnownShape | None:
    if name not in _GPT2:
        return None
    layers, width, heads = _GPT2[name]
    return KnownShape(TransformerShape(layers=layers, width=width, heads=heads, vocabulary=_GPT2_VOCABULARY,
                                       context=_GPT2_CONTEXT))


def _configured(config: dict[str, object]) -> KnownShape | None:
    keys = ("n_layer", "n_embd", "n_head", "vocab_size", "n_positions")
    numbers = [config.get(key) for key in keys]
    sizes = [number for number in numbers if type(number) is int and 0 < number < _UNHEARD_OF]
    if config.get("model_type") != "gpt2" or len(sizes) < len(keys):
        return None
    layers, width, heads, vocabulary, context = sizes
    return KnownShape(TransformerShape(layers=layers, width=width, heads=heads, vocabulary=vocabulary, context=context))


def _vocabulary(folder: Path) -> int | None:
    if not (folder / _TOKENIZER).is_file():
        return None
    model = _document(folder / _TOKENIZER).get("model")
    vocabulary = model.get("vocab") if isinstance(model, dict) else None
    return len(vocabulary) if isinstance(vocabulary, dict | list) else None


def _document(path: Path) -> dict[str, object]:
    """Empty for a broken file: a plan says that the shape is not known, and loading the model says why."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
