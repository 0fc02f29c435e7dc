"""Reads a study's YAML as a tree that knows its lines, and replaces `${NAME}` by environment variables."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent, ScalarEvent

from harness.errors import InputError, look_for
from harness.shipped import STUDIES, study_names

NOT_YAML = (YAMLError, ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError)
"""What reading raises: of a number, date or tag that says something else, of nesting without end, of a mapping as a key
of a mapping. The reader has no one type for them.
"""
_MOST_BYTES = 100_000
"""Of a study file. Of a megabyte reading takes half a minute; the longest that is shipped has 4,000."""
_MOST_VALUES = 10_000
"""What a text may come to with its aliases written out. Without aliases it may be as long as it is."""
_DEEPEST = 100
"""Of collections within each other. The time of reading grows with the square of the depth."""
_UNCOUNTABLE = 10**18
"""What an estimate multiplies must stay below the largest floating-point number."""
_UNREADABLE = re.compile(r"[-+]?[0-9][0-9_]{999,}")
"""Python makes no number of more than 4300 digits, and says so in its own words."""
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


def read_tree(path: Path) -> CommentedMap:
    look_for(path)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"a study file of more than {_MOST_BYTES:,} bytes is none", file=str(path),
                             cure="Give the YAML of a study; texts and labels are files of their own.")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError("there is no such study file", file=str(path), cure=_nearby_studies(path.parent)) from None
    except IsADirectoryError:
        raise InputError("it is a folder, not a study file", file=str(path), cure=_nearby_studies(path)) from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=str(path),
                         cure="Change its permissions, or give another path.") from None
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 (byte 0x{error.object[error.start]:02x})", file=str(path),
                         line=error.object[:error.start].count(b"\n") + 1, cure="Save the file as UTF-8.") from None
    try:
        check_aliases(text, file=str(path))
        with warnings.catch_warnings():  # an anchor may be set anew, and what it meant before is no matter
            warnings.simplefilter("ignore", ReusedAnchorWarning)
            tree = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InputError(f"not valid YAML: {error.problem}", file=str(path), line=line,
                         cure="Mend the YAML there or just above it.") from None
    except NOT_YAML as error:
        raise InputError(f"not valid YAML: {' '.join(str(error).split())}", file=str(path),
                         cure="Mend the value, or put it in quotes.") from None
    if not isinstance(tree, CommentedMap):
        problem = "it is empty" if tree is None else "a study file is a mapping of keys to values"
        raise InputError(problem, file=str(path),
                         cure=f"Begin from one in {STUDIES}.")
    return tree


def check_aliases(text: str, *, file: str, key: str | None = None) -> None:
    """Raise InputError where aliases make millions of values of a few lines, or repeat what they stand in.

    Counts and builds nothing: the time is that of reading the text. What is no YAML raises one of NOT_YAML.
    """
    sizes: dict[str | None, int] = {}
    begun: list[tuple[str | None, int]] = []
    count = 0
    for event in YAML(typ="rt").parse(text):
        if isinstance(event, CollectionEndEvent):
            anchor, before = begun.pop()
            sizes[anchor] = count - before
        elif isinstance(event, AliasEvent):
            count += sizes.get(event.anchor, 0)
            within = any(anchor == event.anchor for anchor, _ in begun)
            if within or count > _MOST_VALUES:
                raise InputError(
                    f"the alias *{event.anchor} stands within what it repeats" if within else
                    f"with its aliases written out it has more than {_MOST_VALUES} values", file=file, key=key,
                    line=None if key else event.start_mark.line + 1, cure="Write out what is meant.")
        elif isinstance(event, ScalarEvent) and event.implicit[0] and _UNREADABLE.fullmatch(event.value):
            raise _uncountable(file, None if key else event.start_mark.line + 1, key)
        elif isinstance(event, NodeEvent):
            if isinstance(event, CollectionStartEvent):
                begun.append((event.anchor, count))
                if len(begun) > _DEEPEST:
                    raise ValueError(f"values are nested more than {_DEEPEST} deep")
            count += 1
            sizes[event.anchor] = 1


def _nearby_studies(folder: Path) -> str:
    folder = folder if folder.is_dir() else Path("studies")
    near = sorted(str(found) for found in folder.glob("*.yaml"))
    return (f"There are: {', '.join(near)}. " if near else "Give the path of a YAML file. ") + (
        f"Studies that come with the harness go by their names: {', '.join(study_names())}.")


def expand_variables(node: Any, place: tuple[Any, ...], file: str, root: CommentedMap) -> None:
    items = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for key, value in list(items):
        here = (*place, key)
        if isinstance(node, Mapping) and not isinstance(key, str):
            raise InputError(f"the key {as_yaml(key)} is no name, as all keys are", file=file, line=line_of(root, here),
                             key=".".join(map(str, place)) or None, cure="Take it out, or name the key that is meant.")
        if not isinstance(value, str):
            expand_variables(value, here, file, root)
            continue
        if "${" in value:
            node[key] = value = _VARIABLE.sub(partial(_variable, place=here, file=file, root=root), value)
        wrong = "a null character" if "\0" in value else None if _is_text(value) else "half of a surrogate pair"
        if wrong:
            raise InputError(f"{wrong} is in no text or path", file=file, line=line_of(root, here),
                             key=".".join(map(str, here)), cure="Take it out.")


def check_counts(node: Any, place: tuple[Any, ...], file: str, root: CommentedMap) -> None:
    """Raise InputError for a whole number too large for anything. root: the tree, which knows the lines."""
    for key, value in node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ():
        here = (*place, key)
        if isinstance(value, int) and abs(value) >= _UNCOUNTABLE:
            raise _uncountable(file, line_of(root, here), ".".join(map(str, here)))
        check_counts(value, here, file, root)


def _uncountable(file: str, line: int | None, key: str | None) -> InputError:
    return InputError("a whole number of 19 digits or more counts nothing that can be run", file=file, line=line,
                      key=key, cure="Write a smaller one.")


def as_yaml(value: Any) -> str:
    """A value as it stands in a study file, where Python has another word for it."""
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _variable(match: re.Match[str], *, place: tuple[Any, ...], file: str, root: CommentedMap) -> str:
    name, default = match.groups()
    value = os.environ.get(name)
    if not value and default is not None:  # set to nothing counts as not set, as in a shell
        return default
    if value is None:
        key = ".".join(map(str, place))
        raise InputError(f"the environment variable {name} is not set", file=file, line=line_of(root, place), key=key,
                         cure=f"Set it ({name}=... before the command), or give --set {key}=...")
    return value


def line_of(tree: Any, place: tuple[Any, ...]) -> int | None:
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


def plain(node: Any, *, spelled: bool = False) -> Any:
    """Without what the reader adds. spelled: true and false as texts."""
    if isinstance(node, Mapping):
        return {key if isinstance(key, str) else str(key): plain(value, spelled=spelled)
                for key, value in node.items()}
    if isinstance(node, list | tuple):
        return tuple(plain(value, spelled=spelled) for value in node)
    return as_yaml(node) if spelled and isinstance(node, bool) else node
