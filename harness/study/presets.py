"""Presets of a study file: named parts of a study, of which one is chosen.

Under `presets` they stand by name; `preset` says which one holds.
What a preset gives replaces what stands beside it in the file, key by key, before anything is checked. Each value keeps
the line it stands on, so that an error names it.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from ruamel.yaml.comments import CommentedMap

from harness.errors import InputError
from harness.study.yaml_tree import read_tree

PRESET_KEY = "preset"
PRESETS_KEY = "presets"


def preset_names(path: str | Path) -> list[str]:
    """Of a study file that could be read before. Most have none, and are not parsed once more."""
    if not re.search(rf"(?m)^{PRESETS_KEY}\s*:", Path(path).read_text(encoding="utf-8")):
        return []
    return [str(name) for name in read_tree(Path(path)).get(PRESETS_KEY, {})]


def merge_preset(tree: CommentedMap, *, file: str, from_command: bool) -> None:
    """Put the chosen preset in its place, and take `preset` and `presets` out. Does nothing where there are none.

    from_command: the choice is the command line's, and an error in it is blamed on that. Raises InputError.
    """
    blame = "--set" if from_command else file
    if PRESETS_KEY not in tree:
        if PRESET_KEY in tree:
            raise InputError("the study has no presets", file=blame, key=PRESET_KEY, cure="Leave the key out.")
        return
    line = tree.lc.key(PRESETS_KEY)[0] + 1
    presets, name = tree.pop(PRESETS_KEY), tree.pop(PRESET_KEY, None)
    if not isinstance(presets, CommentedMap) or not all(isinstance(part, CommentedMap) for part in presets.values()):
        raise InputError("presets are parts of a study by name", file=file, line=line, key=PRESETS_KEY,
                         cure="Write `presets:` and below it, for example, `paper: {ppo: {episodes: 2000000}}`.")
    if isinstance(name, list | dict) or name not in presets:
        near = difflib.get_close_matches(str(name), list(presets), n=1)
        raise InputError("which preset holds is not said" if name is None else f"there is no preset '{name}'",
                         file=blame, key=PRESET_KEY,
                         cure=f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(presets)}.")
    _merge(tree, presets[name])


def _merge(into: CommentedMap, part: CommentedMap) -> None:
    for key, value in part.items():
        if isinstance(value, CommentedMap) and isinstance(into.get(key), CommentedMap):
            _merge(into[key], value)
        else:
            into[key] = value
            into.lc.add_kv_line_col(key, part.lc.data[key])
