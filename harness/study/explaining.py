"""Turns pydantic's errors about a study file into one line: what, where, and how to mend it."""

from __future__ import annotations

import difflib
import re
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from ruamel.yaml.comments import CommentedMap

from harness.errors import InputError
from harness.study.overrides import COMMAND, set_by_command
from harness.study.spec import StudySpec
from harness.study.yaml_tree import as_yaml, line_of

_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
_MISSING = ("missing", "missing_argument")
_EMPTY = ("too_short", "string_too_short")
_OTHER_TYPE = {
    "a list": ("tuple_type", "list_type"),
    "a mapping of keys to values": ("dict_type", "model_type", "model_attributes_type", "dataclass_type"),
    "a text": ("string_type",), "true or false": ("bool_type", "bool_parsing"),
    "a whole number": ("int_type", "int_parsing", "int_from_float"), "a number": ("float_type", "float_parsing"),
    "a whole number of at most 18 digits": ("int_parsing_size",)}
"""What a person calls what pydantic asks for, and pydantic's names of the errors."""
_CHANGES = {1: "Change the value.", 2: "Change one of the two."}
"""By how many keys contradict each other."""
_OF_ONE_KEY = re.compile(r"([a-z_]+) ((?:must|is) .*)")
_SHOWN = 60
_NAMES = {"study": "Letters, digits, '_', '.' and '-', the first a letter or a digit.",
          "arm": "Small letters, digits and '_', the first a letter."}
_RENAMED = {("task", "response", "text"): "end", ("task", "response", "after"): "truncate_after",
            ("ppo", "kl", "start"): "coefficient"}
"""Keys that older study files hold, and what each is named: `end`, where they say `text`."""


def names_unknown_key(error: ValidationError) -> bool:
    """Whether it is about a key that no study has."""
    return any(found["type"] in _UNKNOWN for found in error.errors(include_url=False))


def explain(error: ValidationError, tree: CommentedMap, file: str,
             overridden: Sequence[tuple[str, ...]]) -> InputError:
    """The first error, as one line. Pydantic's tags of discriminated unions are not part of the path."""
    # A misspelt key is also a missing one: the misspelling is what to mend.
    first = min(error.errors(include_url=False), key=lambda found: found["type"] not in _UNKNOWN)
    place = _place_in_tree(first["loc"], tree, names_a_key=first["type"] in (*_UNKNOWN, *_MISSING))
    key = ".".join(map(str, place)) or None
    kind, message = first["type"], first["msg"].removeprefix("Value error, ")
    cure = None
    if kind in _UNKNOWN:
        message, cure = "unknown key", _cure_of_unknown(place, tree)
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
        set_here = [name for name in keys if set_by_command(name, overridden)]
        place = (set_here or [name for name in keys if line_of(tree, name)] or keys)[0]
        key, cure = ".".join(place), _CHANGES.get(len(keys), "Change one of them.")
    elif kind in _EMPTY:
        message, cure = "it is empty", "Give at least one." if kind == "too_short" else "Write something."
    elif kind == "string_pattern_mismatch":
        message, cure = f"{first['input']!r} is no name for this", _NAMES[str(place[-1])]
    elif needed := next((name for name, kinds in _OTHER_TYPE.items() if kind in kinds), None):
        message, cure = f"{needed} is needed here, not {_shown(first['input'])}", "Change the value."
        if needed == "a text" and isinstance(first["input"], Mapping):
            cure = "Put a text with a colon in quotes."
    elif kind == "value_error" and (own := _of_one_key(message, place, tree)) is not None:
        place, message, cure = (*place, own[0]), own[1], "Change the value."
        key = ".".join(map(str, place))
    elif "input" in first and not isinstance(first["input"], Mapping):
        message = f"{message}, not {_shown(first['input'])}" if kind != "value_error" else message
        cure = "Change the value."
    elif kind == "value_error":
        cure = "Change one of its values."
    from_command = set_by_command(place, overridden)
    return InputError(message[:1].lower() + message[1:], file=COMMAND if from_command else file,
                      line=None if from_command else line_of(tree, place), key=key, cure=cure)


def _of_one_key(message: str, place: tuple[Any, ...], tree: CommentedMap) -> tuple[str, str] | None:
    """The key and the rest of what a part of the study says of a single key of its own: `batch_size must be ...`."""
    said = _OF_ONE_KEY.fullmatch(message)
    return (said[1], said[2]) if said is not None and said[1] in _known_keys(place, tree) else None


def _shown(value: Any) -> str:
    spelled = value in ("true", "false")  # as `plain` has written it
    text = "a mapping" if isinstance(value, Mapping) else "nothing" if value is None else (
        value if spelled else as_yaml(value))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _cure_of_unknown(place: tuple[Any, ...], tree: CommentedMap) -> str:
    if place in _RENAMED:
        return f"It is named '{_RENAMED[place]}': write {'.'.join((*place[:-1], _RENAMED[place]))}."
    known = _known_keys(place[:-1], tree)
    near = difflib.get_close_matches(str(place[-1]), known, n=1, cutoff=0.5)
    return f"Did you mean '{near[0]}'?" if near else f"Known here: {', '.join(known)}."


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
        return typing.get_type_hints(kind)
    return {}


def _field_names(kind: Any) -> list[str]:
    return list(_annotations(kind))


def _field_types(kind: Any, part: Any) -> list[Any]:
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
    for name in ("kind", "source"):
        annotation = _annotations(kind).get(name)
        if annotation is not None and set(map(str, typing.get_args(annotation))) & tags:
            return True
    return False
