"""Digests of what lies outside the study file: texts, weights, label files, a scorer's source or weights."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path

from harness.errors import InputError, MissingInput, blamed_on, look_for
from harness.hub import is_path
from harness.labels.scorers import CLASSIFIER
from harness.study.parts import ScratchModel
from harness.study.spec import StudySpec
from harness.tasks.hub import HubDataset
from harness.tasks.sources import JsonlPairs, TextFiles

_PIECE = 1 << 20
_BIG, _STRIDE = 64 << 20, 8 << 20
"""Of weights above 64 MiB a piece in every 8 is read: gigabytes take a second, and training changes them everywhere."""

_KEYS = {"source": "task.source", "labels": "labels.path"}

_OF_A_MODEL = ("config.json", "tokenizer.json")
"""One of them is in a model's folder; the tokenizer alone is enough for a plan."""


def external_digests(study: StudySpec, *, absent: list[MissingInput] | None = None) -> dict[str, str]:
    """Digest by name: `source`, `base_model`, `labels`, `scorer:NAME`. Raises InputError for what is not there.

    absent: where given, takes the errors of what is not there; it then has no digest, and its stages will have other
    fingerprints once it is there. What is broken is refused all the same.
    """
    found = {}
    for name, digest in _digests(study):
        try:
            found[name] = digest()
        except MissingInput as error:
            if absent is None:
                raise
            absent.append(error)
    return found


def check_unchanged(study: StudySpec, externals: Mapping[str, str]) -> None:
    """Raise InputError where one of these digests is not that of what lies there now. Files whose times and sizes are
    those of before are not read again.
    """
    for name, digest in _digests(study):
        try:
            same = name not in externals or digest() == externals[name]
        except (InputError, OSError):
            same = False
        if not same:
            raise InputError("what lies there has changed since the command began", key=_KEYS.get(name, name),
                             cure="Give the same command again: it looks anew.")


def _digests(study: StudySpec) -> Iterator[tuple[str, Callable[[], str]]]:
    source = study.task.source
    if isinstance(source, TextFiles | JsonlPairs):
        yield "source", lambda: _digest_source(source)
    elif isinstance(source, HubDataset) and look_for(source.name, key="task.source"):
        yield "source", lambda: _digest_path(Path(source.name), whole=True)
    if not isinstance(study.base_model, ScratchModel):
        base_model = study.base_model
        if look_for(base_model, key="base_model"):
            yield "base_model", lambda: _digest_base_model(Path(base_model))
        elif is_path(base_model):
            yield "base_model", lambda: _absent(base_model, "model", key="base_model")
    if study.labels.source == "imported":
        labels = Path(study.labels.path)
        yield "labels", lambda: _digest_labels(labels)
    for scorer, key in sorted(named_scorers(study).items()):
        if scorer.startswith(CLASSIFIER):
            name = scorer.removeprefix(CLASSIFIER)
            if look_for(name, key=key):
                yield f"scorer:{scorer}", partial(_digest_path, Path(name), whole=True)
            elif is_path(name):
                yield f"scorer:{scorer}", partial(_absent, name, "classifier", key=key)
        elif ":" in scorer:
            yield f"scorer:{scorer}", partial(_digest_module, scorer.split(":")[0], key=key)


def named_scorers(study: StudySpec) -> dict[str, str]:
    """Every scorer that the study names, and the key that names it."""
    found = {}
    if study.supervised is not None and study.supervised.scorer:
        found[study.supervised.scorer] = "supervised.scorer"
    if study.labels.source == "simulated":
        found[study.labels.labeler.scorer] = "labels.labeler.scorer"
    return {**found, study.evaluation.judge.scorer: "evaluation.judge.scorer"}


def _absent(path: str, what: str, *, key: str) -> str:
    raise MissingInput(f"there is no folder {path}", key=key, cure=f"Give a {what}'s folder or a name on the hub.")


def _digest_base_model(path: Path) -> str:
    if path.is_file():
        raise InputError(f"{path} is a file", key="base_model", cure="Give a model's folder or a name on the hub.")
    if not any((path / name).is_file() for name in _OF_A_MODEL):
        raise InputError(f"the folder {path} holds no model: it has no {_OF_A_MODEL[0]}", key="base_model",
                         cure="Give a folder written by save_pretrained.")
    return _digest_path(path, whole=False)


def _digest_source(source: TextFiles | JsonlPairs) -> str:
    with blamed_on("task.source"):
        source.check()
    paths = (source.path, source.valid_path, source.test_path)
    return _hash("".join(_digest_path(Path(path), whole=True) for path in paths if path))


def _digest_labels(path: Path) -> str:
    cure = "Give the path of a file of labels; texts as JSONL, or the paper's token ids as JSON."
    if not look_for(path, key="labels.path"):
        raise MissingInput(f"there is no label file {path}", key="labels.path", cure=cure)
    if path.is_dir():
        raise InputError(f"{path} is a folder", key="labels.path", cure=cure)
    return _digest_path(path, whole=True)


def _digest_path(path: Path, *, whole: bool) -> str:
    """Of the relative names and contents below a path. whole=False: of big files a part only."""
    parts = []
    for file in _files(path):
        found = file.stat()
        content = _digest_file(file, found.st_size, (found.st_ino, found.st_mtime_ns, found.st_ctime_ns), whole=whole)
        name = file.name if file == path else str(file.relative_to(path))
        parts.append(f"{name} {found.st_size} {content}")
    return _hash("\n".join(parts))


@cache
def _digest_file(file: Path, size: int, stamp: tuple[int, ...], *, whole: bool) -> str:
    """stamp: by which a file that was changed is known as another."""
    content = hashlib.sha256()
    with file.open("rb") as stream:
        for start in range(0, size, _PIECE if whole or size <= _BIG else _STRIDE):
            stream.seek(start)
            content.update(stream.read(_PIECE))
    return content.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    else:
        yield from (file for file in sorted(path.rglob("*")) if file.is_file())


def _digest_module(name: str, *, key: str) -> str:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        spec = None
    if spec is not None and spec.origin in ("built-in", "frozen"):
        return _hash(name)  # it belongs to Python and has no file
    if spec is None or spec.origin is None or not Path(spec.origin).is_file():
        raise MissingInput(f"there is no Python module '{name}' for the scorer", key=key,
                         cure="Write module:function, with the module on PYTHONPATH.")
    return _digest_path(Path(spec.origin), whole=True)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
