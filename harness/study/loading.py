"""YAML <-> spec: overrides, environment variables, and errors with file, line, key and the nearest right key."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from harness.errors import InputError
from harness.shipped import STUDIES, study_names
from harness.study.presets import PRESET_KEY, PRESETS_KEY, merge_preset
from harness.study.spec import StudySpec

_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
_MISSING = ("missing", "missing_argument")
_EMPTY = ("too_short", "string_too_short")
_NAMES = {"study": "Letters, digits, '_', '.' and '-', the first a letter or a digit.",
          "arm": "Small letters, digits and '_', the first a letter."}
_NO_YAML = (YAMLError, ValueError, RecursionError)
"""What reading raises: of a number, date or tag that says something else, of nesting without end."""
_SHOWN = 60
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


def load_study(path: str | Path, overrides: Sequence[str] = ()) -> StudySpec:
    """Read, override and check a study file.

    overrides: `dotted.key=value`, the value as YAML; `preset=name` chooses one of the file's presets. `${NAME}` in a
    text is the environment variable, and `${NAME:-other}` has a default. Raises InputError with file, line, key and
    cure.
    """
    tree, overridden = _overridden_tree(path, overrides)
    _expand_variables(tree, (), str(path), tree)
    try:
        return StudySpec.model_validate(_plain(tree))
    except ValidationError as error:
        raise _explain(error, tree, str(path), overridden) from None


def placed(error: InputError, path: str | Path, overrides: Sequence[str] = ()) -> InputError:
    """What was found wrong after loading, such as a missing folder, with the study's line where its key stands."""
    if error.key is None or error.file == str(path):
        return error
    tree, overridden = _overridden_tree(path, overrides)
    place = tuple(int(part) if part.isdigit() else part for part in error.key.split("."))
    from_command, line = _from_command(place, overridden), _line(tree, place)
    if not from_command and line is None:
        return error
    there = ":".join(str(part) for part in (error.file, error.line) if part is not None)
    return InputError(f"{there}: {error.problem}" if there else error.problem, key=error.key, cure=error.cure,
                      file="--set" if from_command else str(path), line=None if from_command else line)


def _overridden_tree(path: str | Path, overrides: Sequence[str]) -> tuple[CommentedMap, list[tuple[str, ...]]]:
    """The file with its preset and all overrides, and the keys that the overrides set."""
    tree = _read(Path(path))
    choices = [override for override in overrides if override.partition("=")[0] == PRESET_KEY]
    overridden = [_override(tree, override) for override in choices]
    merge_preset(tree, file=str(path), from_command=bool(choices))
    return tree, overridden + [_override(tree, override) for override in overrides if override not in choices]


def _read(path: Path) -> CommentedMap:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError("there is no such study file", file=str(path), cure=_nearby_studies(path.parent)) from None
    except IsADirectoryError:
        raise InputError("it is a folder, not a study file", file=str(path), cure=_nearby_studies(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read as UTF-8 text ({error})", file=str(path)) from None
    try:
        tree = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InputError(f"not valid YAML: {error.problem}", file=str(path), line=line,
                         cure="Mend the YAML there or just above it.") from None
    except _NO_YAML as error:
        raise InputError(f"not valid YAML: {' '.join(str(error).split())}", file=str(path),
                         cure="Mend the value, or put it in quotes.") from None
    if not isinstance(tree, CommentedMap):
        raise InputError("a study file is a mapping of keys to values", file=str(path),
                         cure=f"Begin from one in {STUDIES}.")
    return tree


def _nearby_studies(folder: Path) -> str:
    folder = folder if folder.is_dir() else Path("studies")
    near = sorted(str(found) for found in folder.glob("*.yaml"))
    return (f"There are: {', '.join(near)}. " if near else "Give the path of a YAML file. ") + (
        f"Studies that come with the harness go by their names: {', '.join(study_names())}.")


def _override(tree: CommentedMap, override: str) -> tuple[str, ...]:
    key, equals, text = override.partition("=")
    parts = tuple(key.split("."))
    if not equals or not all(parts):
        raise InputError(f"'{override}' is not dotted.key=value", file="--set",
                         cure="Write for example --set ppo.episodes=4096.")
    if parts[0] == PRESETS_KEY:
        raise InputError("a preset is chosen, not changed", file="--set", key=key,
                         cure=f"Write --set {PRESET_KEY}=NAME, and override the key itself: "
                              f"--set {'.'.join(parts[2:]) or 'ppo.episodes'}=...")
    try:
        value = YAML(typ="safe").load(text)
        _plain(value)  # an alias may stand within what it repeats
    except _NO_YAML:
        raise InputError(f"the value '{text[:_SHOWN]}' is not valid YAML", file="--set", key=key,
                         cure="Close its brackets and quotes, or put all of it in quotes.") from None
    node: Any = tree
    for part in parts[:-1]:
        following = _child(node, part)
        if not isinstance(following, CommentedMap | CommentedSeq | dict | list):
            following = CommentedMap()
            _assign(node, part, following, key)
        node = following
    _assign(node, parts[-1], value, key)
    return parts


def _child(node: Any, part: str) -> Any:
    if isinstance(node, Sequence) and not isinstance(node, str):
        return node[int(part)] if part.isdigit() and int(part) < len(node) else None
    return node.get(part)


def _assign(node: Any, part: str, value: Any, key: str) -> None:
    if isinstance(node, list):
        if not part.isdigit() or int(part) >= len(node):
            raise InputError(f"'{part}' is not a position in this list of {len(node)}", file="--set", key=key,
                             cure="Count from 0, or set the whole list.")
        node[int(part)] = value
    else:
        node[part] = value


def _expand_variables(node: Any, place: tuple[Any, ...], file: str, root: CommentedMap) -> None:
    items = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for key, value in list(items):
        here = (*place, key)
        if isinstance(value, str) and "\0" in value:
            raise InputError("a null character is in no text or path", file=file, line=_line(root, here),
                             key=".".join(map(str, here)), cure="Take it out.")
        if isinstance(value, str) and "${" in value:
            node[key] = _VARIABLE.sub(partial(_variable, place=here, file=file, root=root), value)
        else:
            _expand_variables(value, here, file, root)


def _variable(match: re.Match[str], *, place: tuple[Any, ...], file: str, root: CommentedMap) -> str:
    name, default = match.groups()
    value = os.environ.get(name)
    if not value and default is not None:  # set to nothing counts as not set, as in a shell
        return default
    if value is None:
        key = ".".join(map(str, place))
        raise InputError(f"the environment variable {name} is not set", file=file, line=_line(root, place), key=key,
                         cure=f"Set it ({name}=... before the command), or give --set {key}=...")
    return value


def _plain(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key if isinstance(key, str) else str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return tuple(_plain(value) for value in node)
    return node


def _explain(error: ValidationError, tree: CommentedMap, file: str,
             overridden: Sequence[tuple[str, ...]]) -> InputError:
    """The first error, as one line. Pydantic's tags of discriminated unions are not part of the path."""
    # A misspelt key is also a missing one: the misspelling is what to mend.
    first = min(error.errors(include_url=False), key=lambda found: found["type"] not in _UNKNOWN)
    place = _place_in_tree(first["loc"], tree, names_a_key=first["type"] in (*_UNKNOWN, *_MISSING))
    key = ".".join(map(str, place)) or None
    kind, message = first["type"], first["msg"].removeprefix("Value error, ")
    cure = None
    if kind in _UNKNOWN:
        message = "unknown key"
        known = _known_keys(place[:-1], tree)
        near = difflib.get_close_matches(str(place[-1]), known, n=1, cutoff=0.5)
        cure = f"Did you mean '{near[0]}'?" if near else f"Known here: {', '.join(known)}."
    elif kind in _MISSING:
        message, cure = "this key is missing", "Add it."
    elif kind == "union_tag_invalid":
        tag = str(first["ctx"]["discriminator"]).strip("'")
        place, key = (*place, tag), f"{key}.{tag}"
        message, cure = f"there is no '{first['ctx']['tag']}'", f"Choose from {first['ctx']['expected_tags']}."
    elif kind == "union_tag_not_found":
        tag = str(first["ctx"]["discriminator"]).strip("'")
        message, cure = f"'{tag}' is missing", f"Add {key}.{tag}."
    elif kind == "contradiction":
        keys = [tuple(name.split(".")) for name in first["ctx"]["keys"]]
        set_here = [name for name in keys if _from_command(name, overridden)]
        place = (set_here or [name for name in keys if _line(tree, name)] or keys)[0]
        key, cure = ".".join(place), "Change one of the two." if len(keys) > 1 else "Change the value."
    elif kind in _EMPTY:
        message, cure = "it is empty", "Give at least one." if kind == "too_short" else "Write something."
    elif kind == "string_pattern_mismatch":
        message, cure = f"{first['input']!r} is no name for this", _NAMES[str(place[-1])]
    elif "input" in first and not isinstance(first["input"], Mapping):
        message = f"{message}, not {first['input']!r}" if kind != "value_error" else message
        cure = "Change the value."
    elif kind == "value_error":
        cure = "Change one of its values."
    from_command = _from_command(place, overridden)
    return InputError(message[:1].lower() + message[1:], file="--set" if from_command else file,
                      line=None if from_command else _line(tree, place), key=key, cure=cure)


def _from_command(place: tuple[Any, ...], overridden: Sequence[tuple[str, ...]]) -> bool:
    return any(_one_is_within_the_other(tuple(map(str, place)), parts) for parts in overridden)


def _one_is_within_the_other(place: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Whether what is wrong was set from the command line: itself, what it lies in, or something in it."""
    shared = min(len(place), len(parts))
    return bool(place) and place[:shared] == parts[:shared]


def _place_in_tree(location: tuple[Any, ...], tree: Any, *, names_a_key: bool) -> tuple[Any, ...]:
    """The location without the tags of unions. names_a_key: its last part is a key, be it in the tree or not."""
    place: list[Any] = []
    node = tree
    for index, part in enumerate(location):
        last = index == len(location) - 1
        in_list = isinstance(node, list | tuple) and isinstance(part, int) and part < len(node)
        if in_list or (isinstance(node, Mapping) and part in node):
            place.append(part)
            node = node[part]
        elif last and names_a_key and isinstance(node, Mapping):
            place.append(part)
    return tuple(place)


def _line(tree: Any, place: tuple[Any, ...]) -> int | None:
    """The line, counted from 1, of the deepest key on the way to `place` that stands in the file."""
    line = None
    node = tree
    for part in place:
        try:
            found = node.lc.key(part)[0] if isinstance(node, CommentedMap) else node.lc.item(part)[0]
        except (AttributeError, KeyError, TypeError):
            break
        line = found + 1
        node = node[part]
    return line


def _known_keys(place: tuple[Any, ...], tree: Any) -> list[str]:
    """The keys allowed at a place, found by walking the types beside the values."""
    kinds: list[Any] = [StudySpec]
    node = tree
    for part in place:
        node = node[part]
        kinds = [inner for kind in kinds for inner in _field_types(kind, part)]
    tags = {str(value) for value in node.values()} if isinstance(node, Mapping) else set()
    keys: list[str] = []
    for kind in kinds:
        if len(kinds) == 1 or _tag_matches(kind, tags):
            keys.extend(_field_names(kind))
    return keys or [name for kind in kinds for name in _field_names(kind)]


def _annotations(kind: Any) -> dict[str, Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: field.annotation for name, field in kind.model_fields.items()}
    if isinstance(kind, type) and hasattr(kind, "__dataclass_fields__"):
        import typing
        return typing.get_type_hints(kind)
    return {}


def _field_names(kind: Any) -> list[str]:
    return list(_annotations(kind))


def _field_types(kind: Any, part: Any) -> list[Any]:
    import typing
    annotation = kind if isinstance(part, int) else _annotations(kind).get(part)
    found: list[Any] = []
    waiting = [annotation]
    while waiting:
        current = waiting.pop()
        if _annotations(current):
            found.append(current)
        waiting.extend(typing.get_args(current))
    return found


def _tag_matches(kind: Any, tags: set[str]) -> bool:
    import typing
    for name in ("kind", "source"):
        annotation = _annotations(kind).get(name)
        if annotation is not None and set(map(str, typing.get_args(annotation))) & tags:
            return True
    return False
