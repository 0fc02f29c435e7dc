"""Hashes that stores and MLflow runs hold already must come out the same for ever."""

import hashlib
import math

import pytest

from harness.digests import canonical_json, digest, fingerprint


def test_the_canonical_text_does_not_depend_on_the_order_of_keys_or_on_tuples():
    assert canonical_json({"b": (1, 2.5), "a": "é"}) == r'{"a":"\u00e9","b":[1,2.5]}'
    assert canonical_json({"a": "é", "b": [1, 2.5]}) == canonical_json({"b": (1, 2.5), "a": "é"})
    with pytest.raises(ValueError, match="JSON"):
        canonical_json(math.nan)


def test_a_digest_is_sha256_of_the_canonical_text():
    assert digest([1, "é"]) == hashlib.sha256(rb'[1,"\u00e9"]').hexdigest()


def test_a_fingerprint_is_half_of_sha256_and_spells_letters_as_they_are():
    assert fingerprint([1, "é"]) == hashlib.sha256('[1,"é"]'.encode()).hexdigest()[:32]
