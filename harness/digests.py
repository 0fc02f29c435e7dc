"""Canonical JSON and its SHA-256 hash: what seals, chains, plans and fingerprints are computed with."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical_json(content: Any) -> str:
    """The one spelling of a value that is hashed: sorted keys, no spaces, ASCII. Raises ValueError for NaN."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest(content: Any) -> str:
    """SHA-256 of the canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def fingerprint(content: Any) -> str:
    """What a stage or a study file is known by: SHA-256 of its JSON, 32 hexadecimal digits.

    Unlike in `canonical_json` letters outside ASCII stand for themselves.
    """
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
