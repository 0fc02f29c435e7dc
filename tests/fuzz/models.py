"""Targets: the configuration and the tokenizer of a model's folder, as a plan and a study read them before anything."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from transformers import GPT2Config, LlamaConfig

from harness import run
from harness.models.loading import check_language_model, load_tokenizer
from harness.study.model_shape import model_shape
from harness.tasks.text_tokens import beginning_tokens, encode
from harness.tasks.tokenizer import train_tokenizer
from tests.fuzz.checking import Target
from tests.fuzz.commands import at_home_in, run_command
from tests.fuzz.mutations import mutate_json
from tests.fuzz.seeds import PLAIN_TEXT, PRESETS

_SIZES = {"n_layer": 1, "n_embd": 8, "n_head": 2, "vocab_size": 400, "n_positions": 64, "bos_token_id": 0,
          "eos_token_id": 0}


@cache
def _configurations() -> tuple[bytes, bytes]:
    return (GPT2Config(**_SIZES).to_json_string().encode(),
            LlamaConfig(vocab_size=400, hidden_size=8, num_attention_heads=2).to_json_string().encode())


@cache
def _tokenizers() -> tuple[bytes]:
    trained = train_tokenizer(iter([PLAIN_TEXT.decode()]), 300)
    document = json.loads(trained.backend_tokenizer.to_str())
    kept = sorted(document["model"]["vocab"], key=document["model"]["vocab"].get)[:120]
    document["model"] |= {"vocab": {token: place for place, token in enumerate(kept)}, "merges": []}
    return (json.dumps(document).encode(),)


def _study_beside(folder: Path) -> None:
    (folder / "model" / "model.safetensors").write_bytes(b"")
    (folder / "study.yaml").write_bytes(PRESETS.replace(b"gpt2", b"model"))
    (folder / "texts.txt").write_bytes(PLAIN_TEXT)


def _read_configuration(path: Path) -> None:
    with at_home_in(path.parents[1]):
        run_command(run.main, ["study.yaml", "--dry-run"])
    check_language_model(str(path.parent))


def _configuration_beside(folder: Path) -> None:
    (folder / "model" / "config.json").write_bytes(_configurations()[0])


def _read_tokenizer(path: Path) -> None:
    model_shape(str(path.parent))
    tokenizer = load_tokenizer(str(path.parent))
    beginning_tokens(tokenizer)
    encode(tokenizer, ["A text.", ""])


MODEL_TARGETS = (
    Target(name="model, config.json", file="model/config.json", mutate=mutate_json, prepare=_study_beside,
           read=_read_configuration, seeds=_configurations, names=("model",)),
    Target(name="model, tokenizer.json", file="model/tokenizer.json", mutate=mutate_json, prepare=_configuration_beside,
           read=_read_tokenizer, seeds=_tokenizers, names=("model",)),
)
