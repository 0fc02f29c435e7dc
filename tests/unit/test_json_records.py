"""A record is the same after it was written and read; another value is refused by the place where it stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pytest

from harness.json_records import INLINE, MalformedError, from_json, keys_of, spread, to_json, write_json
from harness.records import ArmKey, Contrast


@dataclass(frozen=True)
class Inner:
    mean: float | None
    method: Literal["t", "none"] = "t"


@dataclass(frozen=True)
class Outer:
    arm: ArmKey = field(metadata=spread({"arm": str, "budget": int}, join=ArmKey,
                                        split=lambda key: (key.arm, key.label_budget)))
    inner: Inner = field(metadata=INLINE)
    contrast: Contrast
    parts: tuple[Inner, ...]
    named: Mapping[str, int]
    is_small: bool = False


RECORD = Outer(ArmKey("rl", 10), Inner(0.5), Contrast(ArmKey("rl", 10), ArmKey("zero_shot")), (Inner(None, "none"),),
               {"a": 1})
DOCUMENT = {"arm": "rl", "budget": 10, "mean": 0.5, "method": "t", "contrast": "rl/10 vs zero_shot",
            "parts": [{"mean": None, "method": "none"}], "named": {"a": 1}, "is_small": False}


def test_a_record_is_one_object_and_the_same_after_reading():
    assert to_json(RECORD) == DOCUMENT
    assert from_json(Outer, json.loads(json.dumps(DOCUMENT))) == RECORD


def test_a_key_with_a_default_may_be_missing_and_unknown_keys_are_passed_over():
    document = {name: value for name, value in DOCUMENT.items() if name not in ("method", "is_small")}
    assert from_json(Outer, {**document, "added_later": 1}) == RECORD


@pytest.mark.parametrize(("changes", "key", "problem"), [
    ({"mean": "high"}, "mean", "is not a number"), ({"mean": True}, "mean", "is not a number"),
    ({"budget": 1.5}, "budget", "is not a whole number"), ({"parts": [{"mean": []}]}, "parts.0.mean", "a number"),
    ({"parts": {}}, "parts", "is not a list"), ({"named": [1]}, "named", "is not an object"),
    ({"named": {"a": "b"}}, "named.a", "is not a whole number"), ({"contrast": "rl"}, "contrast", "not two arms"),
    ({"method": "z"}, "method", "is not one of 't', 'none'"), ({"is_small": 1}, "is_small", "true or false")])
def test_another_value_is_refused_by_its_place(changes, key, problem):
    with pytest.raises(MalformedError, match=problem) as caught:
        from_json(Outer, {**DOCUMENT, **changes})
    assert caught.value.key == key


def test_a_missing_key_is_refused_by_its_place():
    with pytest.raises(MalformedError, match=r"parts\.0\.mean: is missing"):
        from_json(Outer, {**DOCUMENT, "parts": [{}]})


def test_numpy_scalars_become_numbers():
    assert json.dumps(to_json({"n": np.int64(3), "x": np.float64(0.5), "yes": np.bool_(True)})) == (
        '{"n": 3, "x": 0.5, "yes": true}')


def test_nan_is_refused_where_it_would_be_written_and_leaves_no_file(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "x.json", {"x": float("nan")})
    assert not (tmp_path / "x.json").exists()


def test_the_keys_of_a_record_are_those_of_its_object():
    assert [key for key, _, _ in keys_of(Outer)] == ["arm", "budget", "inner", "contrast", "parts", "named", "is_small"]
