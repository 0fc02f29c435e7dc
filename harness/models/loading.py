"""Making, loading and saving language models and tokenizers, with errors that a user can mend."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    GPT2Config,
    GPT2LMHeadModel,
)
from transformers.utils import logging as transformers_logging

from harness.errors import InputError
from harness.hub import is_path
from harness.models.divergence import diverged_model, finite_weights
from harness.models.mlflow_flavor import write_mlmodel
from harness.models.placement import SINGLE_ON_CPU, Placement

TOKENIZER_FILES = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model", "tekken.json")

_REASONS = {
    "We couldn't connect to": "it is not in the cache, and the hub cannot be reached",
    "is not a local folder and is not a valid model identifier": "the hub has none of this name that you may read",
    "You are trying to access a gated repo": "its owner gives access on request",
    "Unrecognized model in": "its config.json names no known model_type",
    "does not recognize this architecture": "the installed transformers does not know its architecture"}
"""What long texts of transformers begin with or hold, and what they say."""
_LONGEST = 200

# A study shows progress of its own; one bar for each file loaded would tear it.
transformers_logging.disable_progress_bar()


@dataclass(frozen=True, kw_only=True)
class ModelShape:
    """A GPT-2 from scratch. context: the most positions of query and response together."""

    layers: int
    width: int
    heads: int
    context: int
    vocab_size: int

    def __post_init__(self) -> None:
        for name in ("layers", "width", "heads", "context", "vocab_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, not {getattr(self, name)}")
        if self.width % self.heads:
            raise ValueError(f"width {self.width} is not a multiple of heads {self.heads}")


def build_language_model(shape: ModelShape, *, seed: int, end_of_text: int | None = None) -> GPT2LMHeadModel:
    """A GPT-2 with random weights that depend on the seed alone.

    end_of_text: the token's id, where there is one.
    """
    config = GPT2Config(
        vocab_size=shape.vocab_size, n_positions=shape.context, n_embd=shape.width, n_layer=shape.layers,
        n_head=shape.heads, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
        bos_token_id=end_of_text, eos_token_id=end_of_text,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return GPT2LMHeadModel(config).eval()


def check_language_model(name_or_path: str | Path) -> int | None:
    """How many positions a model has (None where it does not say), read without its weights.

    Raises InputError with a cure where load_language_model would.
    """
    folder = _check_folder(name_or_path)
    if folder is not None:
        _check_weights(folder)
    try:
        config = AutoConfig.from_pretrained(str(name_or_path), trust_remote_code=False)
    except Exception as error:
        raise _not_loaded("model", name_or_path, error) from error
    context = getattr(config, "max_position_embeddings", None)
    return int(context) if context else None


def load_language_model(name_or_path: str | Path, *, placement: Placement = SINGLE_ON_CPU) -> Any:
    """Whatever AutoModelForCausalLM takes: a folder or a hub name. Raises InputError with a cure."""
    return _load(AutoModelForCausalLM, name_or_path, placement)


def load_classifier(path: str | Path, *, placement: Placement = SINGLE_ON_CPU) -> Any:
    """What `RewardModel.save_pretrained` wrote, with Hugging Face's own class. Raises InputError with a cure."""
    return _load(AutoModelForSequenceClassification, path, placement)


def load_tokenizer(name_or_path: str | Path) -> Any:
    """Whatever AutoTokenizer takes. Raises InputError with a cure."""
    folder = _check_folder(name_or_path)
    if folder is not None and not any((folder / name).is_file() for name in TOKENIZER_FILES):
        # transformers would make an empty tokenizer of the model's configuration.
        raise InputError("the folder has no tokenizer", file=str(folder),
                         cure=f"Save the model's tokenizer beside it ({TOKENIZER_FILES[0]})")
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(name_or_path), trust_remote_code=False)
        tokenizer(["", "A text."])  # some broken files are found out by use alone
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the tokenizers is no Exception
        raise _not_loaded("tokenizer", name_or_path, error) from error
    return tokenizer


def save_model(model: Any, path: str | Path, tokenizer: Any | None = None) -> None:
    """A folder that transformers' Auto classes load: the module's own save_pretrained, and the tokenizer's.

    With a tokenizer MLflow loads it too.
    """
    Path(path).mkdir(parents=True, exist_ok=True)
    model.save_pretrained(path)
    for file in Path(path).glob("*.safetensors"):
        _open_to_others(file)
    if tokenizer is not None:
        saved = tokenizer.save_pretrained(path)
        write_mlmodel(Path(path), model, tokenizer, [file for file in saved if Path(file).is_file()])


def save_tensors(tensors: dict[str, torch.Tensor], path: Path) -> None:
    """A .safetensors file, as `safetensors.torch.load_file` reads it."""
    save_file(tensors, path)
    _open_to_others(path)


def _open_to_others(file: Path) -> None:
    """safetensors writes what only its owner may read: whoever may use the folder may then use the file."""
    file.chmod(file.parent.stat().st_mode & 0o666)


def _load(auto_class: Any, name_or_path: str | Path, placement: Placement) -> Any:
    folder = _check_folder(name_or_path)
    if folder is not None:
        _check_weights(folder)
    try:
        model = auto_class.from_pretrained(str(name_or_path), dtype=placement.dtype, trust_remote_code=False)
    except Exception as error:
        raise _not_loaded("model", name_or_path, error) from error
    if not finite_weights(model):
        raise diverged_model("its weights are not finite", file=str(name_or_path))
    return model.to(placement.device).eval()


def _check_folder(name_or_path: str | Path) -> Path | None:
    """The folder, or None for a hub name. A path that is not there is no hub name."""
    path = Path(name_or_path)
    if path.is_dir():
        return path
    text = str(name_or_path)
    if isinstance(name_or_path, Path) or is_path(text):
        raise InputError("there is no such folder", file=text,
                         cure="Give a model's folder or a name on the hub")
    return None


def _check_weights(folder: Path) -> None:
    if not (folder / "config.json").is_file():
        raise InputError("the folder has no config.json", file=str(folder),
                         cure="Give a folder written by save_pretrained")
    if not any(folder.glob("*.safetensors")) and not any(folder.glob("*.bin")):
        raise InputError("the folder has no weights (*.safetensors or *.bin)", file=str(folder),
                         cure="Give a folder written by save_pretrained")


def _not_loaded(what: str, name_or_path: str | Path, error: BaseException) -> InputError:
    """Of whatever transformers raises: for a broken file that is any class, and of tokenizers `Exception` itself."""
    said = " ".join(str(error).split())
    reason = next((short for sign, short in _REASONS.items() if sign in said), said)
    if len(reason) > _LONGEST:
        reason = reason[:_LONGEST] + "..."
    if Path(name_or_path).is_dir():
        cure = f"Check that the folder holds a {what} in Hugging Face format"
    else:
        cure = ("Check the name and the connection to the hub, or give a folder with config.json, weights "
                "(*.safetensors) and tokenizer.json, as save_pretrained writes them")
    return InputError(f"the {what} could not be loaded ({reason})", file=str(name_or_path), cure=cure)
