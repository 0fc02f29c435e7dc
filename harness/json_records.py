"""Frozen dataclasses as JSON and back: the one rule by which every file that holds records is written and read.

A field is a key. `field(metadata=INLINE)`: the keys of the field's record stand among those of the record around it.
`field(metadata=spread(...))`: the value is several keys, such as an arm `arm`, `label_budget` and `seed`. A type with a
static method `parse`, such as `ArmKey`, is the text that `str` makes of it.
"""

from __future__ import annotations

import json
import os
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np

T = TypeVar("T")
_MARK = "json"


class MalformedError(ValueError):
    """A JSON value that is not what its record asks for. key: where it stands, such as `arms.3.gold_score`."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key}: {problem}" if key else problem)
        self.key, self.problem = key, problem


@dataclass(frozen=True)
class Spread:
    """A value that lies in a record as several keys. keys: the type of each. split, join: to their values and back;
    join is None where a record is only written.
    """

    keys: Mapping[str, Any]
    split: Callable[[Any], Sequence[Any]]
    join: Callable[..., Any] | None


INLINE: Mapping[str, Any] = {_MARK: "inline"}
"""The metadata of a field whose own record's keys stand among those of the record around it."""


def spread(keys: Mapping[str, Any], *, split: Callable[[Any], Sequence[Any]],
           join: Callable[..., Any] | None = None) -> Mapping[str, Any]:
    """The metadata of a field that is written as several keys; see `Spread`."""
    return {_MARK: Spread(keys, split, join)}


def keys_of(record: type) -> Iterator[tuple[str, Any, Field[Any]]]:
    """(key, type, field) for every key of a record's JSON object, in their order; an inlined record is one entry, under
    its field's name.
    """
    hints = _hints(record)
    for part in fields(record):
        mark = part.metadata.get(_MARK)
        if isinstance(mark, Spread):
            yield from ((key, kind, part) for key, kind in mark.keys.items())
        else:
            yield part.name, hints[part.name], part


def is_inline(part: Field[Any]) -> bool:
    """Whether the field's own keys stand among those of the record around it."""
    return part.metadata.get(_MARK) == "inline"


def to_json(value: Any) -> Any:
    """Plain JSON values of records, mappings, sequences and NumPy scalars."""
    if _is_text(type(value)):
        return str(value)
    if is_dataclass(value):
        return _object(value)
    if isinstance(value, Mapping):
        return {str(key): to_json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(inner) for inner in value]
    return value.item() if isinstance(value, np.generic) else value


def from_json(kind: type[T], document: Any) -> T:
    """The record that `to_json` wrote. Keys that it does not have are passed over.

    Raises MalformedError for a key that is missing, unless its field has a default, and for a value of another type.
    """
    record: T = _value(kind, document, "")
    return record


def write_json(path: Path, document: object) -> None:
    """Complete or absent; NaN and infinity are refused, because they are not JSON."""
    temporary = path.with_name(f"part-{path.name}")
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
    try:
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)  # half a file would keep a full disk full


def _object(record: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in fields(record):
        value, mark = getattr(record, part.name), part.metadata.get(_MARK)
        if isinstance(mark, Spread):
            found |= dict(zip(mark.keys, map(to_json, mark.split(value)), strict=True))
        elif mark == "inline":
            found |= to_json(value)
        else:
            found[part.name] = to_json(value)
    return found


def _value(kind: Any, value: Any, at: str) -> Any:
    """The value of this type at this place."""
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return value
    if origin in (typing.Union, types.UnionType):
        (present,) = (part for part in parts if part is not type(None))
        return None if value is None else _value(present, value, at)
    if origin is Literal:
        return _checked(value, value in parts, at, f"one of {', '.join(map(repr, parts))}")
    if origin is tuple:
        _checked(value, isinstance(value, list), at, "a list")
        return tuple(_value(parts[0], inner, f"{at}.{place}") for place, inner in enumerate(value))
    if origin is not None:
        _checked(value, isinstance(value, dict), at, "an object")
        return {_value(parts[0], key, at): _value(parts[1], inner, f"{at}.{key}") for key, inner in value.items()}
    if _is_text(kind):
        return _parsed(kind, value, at)
    if is_dataclass(kind):
        return _record(kind, value, at)
    return _checked(value, _is_plain(kind, value), at, _NAMES[kind])


_NAMES = {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}


def _is_plain(kind: type, value: Any) -> bool:
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, int | float) if kind is float else isinstance(value, kind)


def _record(kind: Any, value: Any, at: str) -> Any:
    _checked(value, isinstance(value, dict), at, "an object")
    found = {}
    for part in fields(kind):
        mark, hint = part.metadata.get(_MARK), _hints(kind)[part.name]
        if isinstance(mark, Spread):
            assert mark.join is not None, f"{kind.__name__} is only written"
            found[part.name] = mark.join(*(_of_key(value, key, its, at, MISSING) for key, its in mark.keys.items()))
        elif mark == "inline":
            found[part.name] = _value(hint, value, at)
        else:
            found[part.name] = _of_key(value, part.name, hint, at, part.default)
    return kind(**found)


def _of_key(document: Mapping[str, Any], key: str, kind: Any, at: str, default: Any) -> Any:
    where = f"{at}.{key}".removeprefix(".")
    if key in document:
        return _value(kind, document[key], where)
    if default is MISSING:
        raise MalformedError(where, "is missing")
    return default


def _parsed(kind: Any, value: Any, at: str) -> Any:
    _checked(value, isinstance(value, str), at, "a text")
    try:
        return kind.parse(value)
    except ValueError as error:
        raise MalformedError(at, str(error)) from None


def _checked(value: Any, is_right: bool, at: str, wanted: str) -> Any:
    if not is_right:
        raise MalformedError(at.removeprefix("."), f"is not {wanted}")
    return value


def _is_text(kind: type) -> bool:
    return hasattr(kind, "parse")


@cache
def _hints(record: type) -> dict[str, Any]:
    return typing.get_type_hints(record)
