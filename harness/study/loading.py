"""A study file becomes a `StudySpec`, or one clear error with file, line, key and cure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from harness.errors import InputError
from harness.study.explaining import explain, names_unknown_key
from harness.study.overrides import overridden_tree, set_by_command
from harness.study.presets import PRESET_KEY, preset_names
from harness.study.spec import StudySpec
from harness.study.yaml_tree import expand_variables, line_of, plain


def load_study(path: str | Path, overrides: Sequence[str] = ()) -> StudySpec:
    """Read, override and check a study file.

    overrides: `dotted.key=value`, the value as YAML; `preset=name` chooses one of the file's presets. `${NAME}` in a
    text is the environment variable, and `${NAME:-other}` has a default. Raises InputError with file, line, key and
    cure.
    """
    tree, overridden = overridden_tree(path, overrides)
    expand_variables(tree, (), str(path), tree)
    try:
        study = StudySpec.model_validate(plain(tree))
    except ValidationError as error:
        raise explain(error, tree, str(path), overridden) from None
    for name in preset_names(path):
        _check_keys(path, name)
    return study


def _check_keys(path: str | Path, preset: str) -> None:
    """Raise InputError for a key that no study has, in a preset that is perhaps not the one that holds: it would be
    found on the day it is chosen.
    """
    tree, _ = overridden_tree(path, [f"{PRESET_KEY}={preset}"])
    try:
        StudySpec.model_validate(plain(tree))
    except ValidationError as error:
        if names_unknown_key(error):
            raise explain(error, tree, str(path), []) from None


def placed(error: InputError, path: str | Path, overrides: Sequence[str] = ()) -> InputError:
    """What was found wrong after loading, such as a missing folder, with the study's line where its key stands."""
    if error.key is None or error.file == str(path):
        return error
    tree, overridden = overridden_tree(path, overrides)
    place = tuple(int(part) if part.isdigit() else part for part in error.key.split("."))
    from_command, line = set_by_command(place, overridden), line_of(tree, place)
    if not from_command and line is None:
        return error
    there = ":".join(str(part) for part in (error.file, error.line) if part is not None)
    return InputError(f"{there}: {error.problem}" if there else error.problem, key=error.key, cure=error.cure,
                      file="--set" if from_command else str(path), line=None if from_command else line)
