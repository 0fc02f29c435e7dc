"""Making, loading and saving language models and tokenizers, with errors that a user can mend."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, AutoModelForCausalLM, AutoTokenizer, GPT2Config, GPT2LMHeadModel

from harness.errors import InputError

DTYPES = {"float32": torch.float32, "float64": torch.float64, "bfloat16": torch.bfloat16, "float16": torch.float16}


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
    """A GPT-2 with random weights that depend on the seed alone. end_of_text: the token id, where there is one."""
    config = GPT2Config(
        vocab_size=shape.vocab_size, n_positions=shape.context, n_embd=shape.width, n_layer=shape.layers,
        n_head=shape.heads, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
        bos_token_id=end_of_text, eos_token_id=end_of_text,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return GPT2LMHeadModel(config).eval()


def load_language_model(name_or_path: str | Path, *, dtype: str = "float32") -> Any:
    """Whatever AutoModelForCausalLM takes: a folder or a hub name. Raises InputError with a cure."""
    return _load(AutoModelForCausalLM, name_or_path, dtype)


def load_body(name_or_path: str | Path, *, dtype: str = "float32") -> Any:
    """The model without its head, from whatever AutoModel takes. Raises InputError with a cure."""
    return _load(AutoModel, name_or_path, dtype)


def load_tokenizer(name_or_path: str | Path) -> Any:
    """Whatever AutoTokenizer takes. Raises InputError with a cure."""
    _check_folder(name_or_path)
    try:
        return AutoTokenizer.from_pretrained(str(name_or_path))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ImportError) as error:
        raise _not_loaded("tokenizer", name_or_path, error) from error


def save_language_model(model: Any, path: str | Path, tokenizer: Any | None = None) -> None:
    """A folder that AutoModelForCausalLM (and AutoTokenizer, where one is given) loads."""
    save_model(model, path, tokenizer)


def save_model(model: Any, path: str | Path, tokenizer: Any | None) -> None:
    """The module's own save_pretrained, and the tokenizer's."""
    Path(path).mkdir(parents=True, exist_ok=True)
    model.save_pretrained(path)
    if tokenizer is not None:
        tokenizer.save_pretrained(path)


def _load(auto_class: Any, name_or_path: str | Path, dtype: str) -> Any:
    if dtype not in DTYPES:
        raise InputError(f"unknown number format {dtype!r}", key="dtype", cure=f"Take one of {', '.join(DTYPES)}")
    folder = _check_folder(name_or_path)
    if folder is not None:
        _check_weights(folder)
    try:
        return auto_class.from_pretrained(str(name_or_path), dtype=DTYPES[dtype]).eval()
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise _not_loaded("model", name_or_path, error) from error


def _check_folder(name_or_path: str | Path) -> Path | None:
    """The folder, or None for a hub name. A path that is not there is no hub name."""
    path = Path(name_or_path).expanduser()
    if path.is_dir():
        return path
    text = str(name_or_path)
    if isinstance(name_or_path, Path) or text.startswith((".", "/", "~")) or text.count("/") > 1:
        raise InputError("there is no such folder", file=text, cure="Give a model's folder or a name on the hub")
    return None


def _check_weights(folder: Path) -> None:
    if not (folder / "config.json").is_file():
        raise InputError("the folder has no config.json", file=str(folder),
                         cure="Give a folder written by save_pretrained")
    if not any(folder.glob("*.safetensors")) and not any(folder.glob("*.bin")):
        raise InputError("the folder has no weights (*.safetensors or *.bin)", file=str(folder),
                         cure="Give a folder written by save_pretrained")


def _not_loaded(what: str, name_or_path: str | Path, error: Exception) -> InputError:
    reason = " ".join(str(error).split())
    if len(reason) > 200:
        reason = reason[:200] + "..."
    if Path(name_or_path).expanduser().is_dir():
        cure = f"Check that the folder holds a {what} in Hugging Face format"
    else:
        cure = "Check the name and the connection to the hub, or give a folder"
    return InputError(f"the {what} could not be loaded ({reason})", file=str(name_or_path), cure=cure)
