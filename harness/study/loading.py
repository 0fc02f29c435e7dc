"""A study file becomes a `StudySpec`, or one clear error with file, line, key and cure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from harness.errors import InputError
from harness.study.explaining import explain, names_unknown_key
from harness.study.overrides import COMMAND, overridden_tree, set_by_command
from harness.study.presets import PRESET_KEY, preset_names
from harness.study.spec import StudySpec
from harness.study.yaml_tree import check_counts, expand_variables, line_of, plain


def load_study(path: str | Path, overrides: Sequence[str] = ()) -> StudySpec:
    """Read, override and check a study file.

    overrides: `dotted.key=value`, the value as YAML; `preset=name` chooses one of the file's presets. `${NAME}` in a
    text is the environment variable, and `${NAME:-other}` has a default. Raises InputError with file, line, key and
    cure.
    """
    try:
        study = _loaded(path, overrides)
    except InputError as error:
        raise _blamed(error, path, overrides) from None
    for name in preset_names(path):
        _check_keys(path, name)
    return study


def _loaded(path: str | Path, overrides: Sequence[str]) -> StudySpec:
    tree, overridden = overridden_tree(path, overrides)
    expand_variables(tree, (), str(path), tree)
    check_counts(tree, (), str(path), tree)
    try:
        StudySpec.model_validate(plain(tree, spelled=True))  # pydantic would take true for the number 1
        study = StudySpec.model_validate(plain(tree))
    except ValidationError as error:
        raise explain(error, tree, str(path), overridden) from None
    check_counts(study.document(), (), str(path), tree)  # numbers that were texts, of variables say
    return study


def _blamed(error: InputError, path: str | Path, overrides: Sequence[str]) -> InputError:
    """Of the command line where the error is not there without some of the overrides: what is wrong with another key
    can be their fault.
    """
    if error.file == COMMAND:
        return error
    guilty = [override for number, override in enumerate(overrides)
              if override.partition("=")[0] != PRESET_KEY  # what a preset gives stands in the file
              and not _is_there_too(error, path, [*overrides[:number], *overrides[number + 1:]])]
    if not guilty:
        return error
    return InputError(error.problem, file=" ".join(f"{COMMAND} {override}" for override in guilty), key=error.key,
                      cure=error.cure)


def _is_there_too(error: InputError, path: str | Path, overrides: Sequence[str]) -> bool:
    try:
        _loaded(path, overrides)
    except InputError as other:
        return (other.problem, other.key) == (error.problem, error.key)
    return False


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
                      file=COMMAND if from_command else str(path), line=None if from_command else line)
