"""Puts the values of `--set dotted.key=value` into a study, and knows which keys came from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from harness.errors import InputError
from harness.hub import is_address
from harness.study.presets import PRESET_KEY, PRESETS_KEY, merge_preset
from harness.study.yaml_tree import NOT_YAML, check_aliases, read_tree

COMMAND = "--set"
"""The place of a mistake on the command line, where another is a file's name."""
_SHOWN = 60


def overridden_tree(path: str | Path, overrides: Sequence[str]) -> tuple[CommentedMap, list[tuple[str, ...]]]:
    """The file with its preset and all overrides, and the keys that the overrides set."""
    if is_address(str(path)):
        raise InputError("it is an address, and no path", file=str(path), cure="Give the path of a YAML file.")
    tree = read_tree(Path(path))
    choices = [override for override in overrides if override.partition("=")[0] == PRESET_KEY]
    overridden = [_override(tree, override) for override in choices]
    merge_preset(tree, file=str(path), from_command=bool(choices))
    return tree, overridden + [_override(tree, override) for override in overrides if override not in choices]


def _override(tree: CommentedMap, override: str) -> tuple[str, ...]:
    key, equals, text = override.partition("=")
    parts = tuple(key.split("."))
    if not equals or not all(parts):
        raise InputError(f"'{override}' is not dotted.key=value", file=COMMAND,
                         cure="Write for example --set ppo.episodes=4096.")
    if parts[0] == PRESETS_KEY:
        raise InputError("a preset is chosen, not changed", file=COMMAND, key=key,
                         cure=f"Write --set {PRESET_KEY}=NAME, and override the key itself: "
                              f"--set {'.'.join(parts[2:]) or 'ppo.episodes'}=...")
    try:
        check_aliases(text, file=COMMAND, key=key)
        value = YAML(typ="safe").load(text)
    except NOT_YAML:
        raise InputError(f"the value '{text[:_SHOWN]}' is not valid YAML", file=COMMAND, key=key,
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
            raise InputError(f"'{part}' is not a position in this list of {len(node)}", file=COMMAND, key=key,
                             cure="Count from 0, or set the whole list.")
        node[int(part)] = value
    else:
        node[part] = value


def set_by_command(place: tuple[Any, ...], overridden: Sequence[tuple[str, ...]]) -> bool:
    """Whether the value at this place, something in it, or what it lies in was set on the command line."""
    return any(_one_is_within_the_other(tuple(map(str, place)), parts) for parts in overridden)


def _one_is_within_the_other(place: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    shared = min(len(place), len(parts))
    return bool(place) and place[:shared] == parts[:shared]
