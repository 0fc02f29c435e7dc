"""The leak scan: what in the texts alone tells the arms apart, before any rater sees them.

A rater who can guess the arm is not blind. The scan does not forbid anything: arms that differ in length may
differ rightly. It says what the raters could go by, and the owner decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.ratings.blinding import Pair
from harness.records import Contrast

TELLING = 0.75
"""A feature tells the arms apart where it orders a pair rightly this often (0.5 is chance)."""

IDENTITY = re.compile(r"\b(as an ai|ai language model|language model|openai|chatgpt|gpt-?\d|claude|llama|i cannot "
                      r"assist|fine-?tuned|reinforcement learning)\b", re.IGNORECASE)
ARTEFACT = re.compile(r"<\|[^|>]*\|>|</?s>|\[/?INST\]|\ufffd|TL;DR|^\s*(?:Assistant|Human|User):|[ \t]{3,}|\n{3,}",
                      re.MULTILINE)


@dataclass(frozen=True)
class Leak:
    """One thing that tells two arms apart. in_arm, in_opponent: how the texts of each have it, in words.

    separation: how often it orders a pair rightly, 0.5 to 1.
    """

    contrast: Contrast
    what: str
    in_arm: str
    in_opponent: str
    separation: float


def scan(pairs: Sequence[Pair]) -> list[Leak]:
    """Every leak, the most telling first, for each pair of arms, their runs together."""
    grouped: dict[Contrast, list[Pair]] = {}
    for pair in pairs:
        grouped.setdefault(pair.contrast.without_seeds, []).append(pair)
    found = [leak for contrast, same in grouped.items() for leak in _scan_contrast(contrast, same)]
    return sorted(found, key=lambda leak: -leak.separation)


def _scan_contrast(contrast: Contrast, pairs: Sequence[Pair]) -> list[Leak]:
    named = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in {
        part for arm in (contrast.arm, contrast.opponent) for part in re.split(r"[/_\W]+", str(arm))
        if len(part) > 3}) or r"(?!)", re.IGNORECASE)
    features: dict[str, Callable[[str], float]] = {
        "length in words": lambda text: len(text.split()),
        "ends with a full stop": lambda text: text.rstrip().endswith((".", "!", "?", "\u201d", '"')),
        "words that name a model": lambda text: bool(IDENTITY.search(text)),
        "a word of the arm's name": lambda text: bool(named.search(text)),
        "artefacts of generation": lambda text: bool(ARTEFACT.search(text)),
        "begins with a capital letter": lambda text: text.lstrip()[:1].isupper(),
        "line breaks": lambda text: text.strip().count("\n"),
        "repeated words": lambda text: 1 - len(set(text.lower().split())) / max(len(text.split()), 1),
        "letters outside plain English": lambda text: sum(ord(letter) > 0x2FF for letter in text),
    }
    leaks = []
    for name, feature in features.items():
        ours = np.array([feature(pair.text) for pair in pairs], float)
        theirs = np.array([feature(pair.opponent_text) for pair in pairs], float)
        separation = auc(ours, theirs)
        marked = name in ("words that name a model", "a word of the arm's name", "artefacts of generation")
        rare_but_plain = marked and ours.mean() != theirs.mean() and max(ours.mean(), theirs.mean()) > 0.02
        if max(separation, 1 - separation) >= TELLING or rare_but_plain:
            leaks.append(Leak(contrast, name, _say(ours), _say(theirs), max(separation, 1 - separation)))
    return leaks


def auc(a: np.ndarray, b: np.ndarray) -> float:
    """The chance that a random value of `a` is above one of `b`, ties half."""
    return float(np.mean((a[:, None] > b[None, :]) + 0.5 * (a[:, None] == b[None, :])))


def _say(values: np.ndarray) -> str:
    return f"{values.mean():.0%}" if set(values) <= {0.0, 1.0} else f"{values.mean():.1f} on average"
